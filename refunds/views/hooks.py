"""Where providers tell what happened: checked, kept, and answered as they want it. No person ever comes here."""

import logging

from django.conf import settings
from django.http import HttpRequest, HttpResponse, QueryDict
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from refunds import services
from refunds.gateways import alipay_notice

log = logging.getLogger(__name__)
MOST_BYTES = 64 * 1024
TAKEN, REFUSED = "success", "failure"


@csrf_exempt
@require_POST
def alipay(request: HttpRequest) -> HttpResponse:
    """Take a notification of Alipay's: `success`, or it comes again for a day (field-facts §3)."""
    if int(request.META.get("CONTENT_LENGTH") or 0) > MOST_BYTES:
        return _answer(REFUSED, 413)
    try:
        body = request.read(MOST_BYTES + 1)
        form = QueryDict(body.decode(), encoding="utf-8").dict()
        notice = alipay_notice({str(name): str(value) for name, value in form.items()})
    except LookupError:
        log.warning("a notification came, but Alipay is not set up")
        return _answer(REFUSED, 503)
    except (OSError, ValueError) as wrong:
        log.warning("a notification was refused: %s", type(wrong).__name__)
        return _answer(REFUSED, 400)
    services.notice_take(provider="alipay", notice=notice)
    return _answer(TAKEN, 200)


def _answer(word: str, status: int) -> HttpResponse:
    return HttpResponse(word, status=status, content_type=f"text/plain; charset={settings.DEFAULT_CHARSET}")
