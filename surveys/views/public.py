"""The buyer's page, behind a signed address: no login, no session, nothing about him on it (SAT-1).

The address itself is the permission: nobody can make up another one, and a page elsewhere does not know it. So there
is no CSRF token, which would need a cookie that the browsers inside of messengers drop. Every answer is marked as not
to be kept, not to be found by search engines, and not to be told to the next site.
"""

from collections.abc import Callable
from functools import wraps

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template import loader
from django.utils import translation
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from aftersales.core import clock, errors
from aftersales.core.api.throttling import address_within
from surveys import selectors, services
from surveys.forms import AnswerForm
from surveys.models import Survey

LANGUAGES = dict(settings.LANGUAGES)
TAIL = 4
"""So many characters of the order's number are shown: enough for the buyer to know it, too few to use it."""
View = Callable[[HttpRequest, str], HttpResponse]


def _discreet(view: View) -> View:
    """Speak the buyer's language, and keep the address and the page to him."""

    @wraps(view)
    def guarded(request: HttpRequest, token: str) -> HttpResponse:
        chosen = request.GET.get("lang", "")
        with translation.override(chosen if chosen in LANGUAGES else translation.get_language()):
            response = view(request, token)
        response["Referrer-Policy"] = "no-referrer"
        response["X-Robots-Tag"] = "noindex, nofollow"
        return response

    return guarded


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@_discreet
def public(request: HttpRequest, token: str) -> HttpResponse:
    """Ask the buyer, take his answer once, and thank him; say kindly when that is over."""
    if not address_within(request, "survey"):
        return _say(request, "busy", 429)
    try:
        survey = selectors.survey_by_token(token)
    except errors.NotFound:
        return _say(request, "unknown", 404)
    if survey.answered_at is not None:
        return _say(request, "answered", 200, survey)
    if survey.expires_at <= clock.now() or not survey.is_open:
        return _say(request, "over", 410, survey)
    form = AnswerForm(request.POST if request.method == "POST" else None)
    if not form.is_bound or not form.is_valid():
        return _say(request, "ask", 422 if form.is_bound else 200, survey, form)
    try:
        services.survey_answer(survey=survey, marks=form.marks(), comment=form.cleaned_data["comment"])
    except errors.Conflict:  # sent twice, or a call ended it in between: what stands is what was first
        return public_again(request, survey)
    return _say(request, "thanks", 200, survey)


def public_again(request: HttpRequest, survey: Survey) -> HttpResponse:
    """Say how a survey stands that somebody was faster with."""
    answered = Survey.objects.filter(pk=survey.pk, answered_at__isnull=False).exists()
    return _say(request, "answered", 200, survey) if answered else _say(request, "over", 410, survey)


def _say(
    request: HttpRequest, what: str, status: int, survey: Survey | None = None, form: AnswerForm | None = None
) -> HttpResponse:
    context = {
        "what": what,
        "form": form,
        "shop": survey.shop.name if survey else "",
        "order_tail": survey.order.order_no[-TAIL:] if survey else "",
        "language": translation.get_language(),
        "chosen": request.GET.get("lang", "") if request.GET.get("lang", "") in LANGUAGES else "",
        "languages": [("zh-hans", "中文"), ("en", "English")],
    }
    # No request: nothing of a person who may be signed in, no session is read, no cookie set.
    return HttpResponse(loader.render_to_string("surveys/public.html", context), status=status)
