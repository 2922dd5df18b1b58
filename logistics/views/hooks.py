"""Where tracking services tell where parcels are: checked, kept, answered as they want it. No person comes here."""

import logging

from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, JsonResponse, QueryDict
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST
from prometheus_client import Counter

from logistics import services
from logistics.gateways import push_checked

log = logging.getLogger(__name__)
MOST_BYTES = 1024 * 1024
PUSHES = Counter("aftersales_tracking_pushes", "Pushes of the tracking service, by what became of them.", ["result"])
REFUSALS = {"unsigned": 400, "unreadable": 400, "too_long": 413, "not_set_up": 503}


@csrf_exempt
@require_POST
def kuaidi100(request: HttpRequest) -> JsonResponse:
    """Take a push of kuaidi100's. What is not answered with success comes again, three times (field-facts §4.1)."""
    if int(request.META.get("CONTENT_LENGTH") or 0) > MOST_BYTES:
        return _refused("too_long")
    try:
        form = QueryDict(request.read(MOST_BYTES + 1).decode(), encoding="utf-8")
        param = form.get("param", "")
        if "\x00" in param:
            raise ValueError("a character that no text has")
        push = push_checked(param, form.get("sign", ""))
    except LookupError:
        return _refused("not_set_up")
    except PermissionError:
        return _refused("unsigned")
    except (OSError, ValueError, SuspiciousOperation):
        return _refused("unreadable")
    # A number that is not ours is answered with success, too: it would only come again.
    PUSHES.labels(services.push_take(push=push, body=param)).inc()
    return JsonResponse({"result": True, "returnCode": "200", "message": "成功"})


def _refused(why: str) -> JsonResponse:
    log.warning("a push of the tracking service was refused: %s", why)
    PUSHES.labels(why).inc()
    return JsonResponse({"result": False, "returnCode": "500", "message": "失败"}, status=REFUSALS[why])
