"""Ready words in the console: picked for a case, listed, written and switched off (TKT-3)."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from aftersales.core import errors
from aftersales.core.api.base import actor_of
from aftersales.core.auth import Actor
from aftersales.core.views.access import open_to
from tickets.selectors import replies
from tickets.selectors.request_rows import request_get_for
from tickets.selectors.tickets import ticket_get_for
from tickets.states import WORKERS

LANGUAGES = tuple(code for code, _name in settings.LANGUAGES)


@require_safe
@open_to(*WORKERS)
def pick(request: HttpRequest) -> HttpResponse:
    """Give the ready words for one case (`?refund=` or `?ticket=`), with what stands for their variables there."""
    actor = actor_of(request)
    case = case_of(actor, request)
    language = language_of(request)
    values = replies.values_of(case, actor)
    closing = replies.closing_words(shop_id=case.shop_id, text="您" if language == "zh-hans" else "")
    if case.ticket is not None and case.on_ticket:
        macro_url = reverse("tickets:ticket_macro", args=[case.ticket.ticket_no])
    else:
        macro_url = reverse("tickets:request_macro", args=[request.GET["refund"]])
    context = {
        "rows": [
            _row(one, values, macro_url) for one in replies.replies_for(actor, shop_id=case.shop_id, language=language)
        ],
        "language": language,
        "languages": [(code, "中文" if code == "zh-hans" else "English") for code in LANGUAGES],
        "closing": replies.filled(closing, values),
    }
    return render(request, "tickets/_picker.html", context)


def case_of(actor: Actor, request: HttpRequest) -> replies.Case:
    """Find the request or the ticket that the address names. Raises: NotFound, Forbidden."""
    if number := request.GET.get("refund", ""):
        refund = request_get_for(actor, readable(number))
        return replies.Case(refund.order, refund=refund)
    ticket = ticket_get_for(actor, readable(request.GET.get("ticket", "")))
    return replies.Case(ticket.order, refund=ticket.refund, ticket=ticket, on_ticket=True)


def readable(number: str) -> str:
    """Give a number that the database can look for. Raises: NotFound."""
    if not number or "\0" in number or len(number) > 64:
        raise errors.NotFound()
    return number


def language_of(request: HttpRequest) -> str:
    """Give the language that is asked for, else that of the page."""
    asked = request.GET.get("language", "")
    if asked in LANGUAGES:
        return asked
    spoken = get_language()
    return spoken if spoken in LANGUAGES else LANGUAGES[0]


def _row(one: replies.ReadyWords, values: dict[str, str], macro_url: str) -> dict[str, Any]:
    text = replies.filled(one.text, values)
    words = (one.shortcut, one.title, text, one.situation_words, one.category_words)
    return {
        "key": one.key,
        "title": one.title,
        "situation": one.situation_words,
        "category": one.category_words,
        "shortcut": one.shortcut,
        "own": one.row is not None and one.row.owner_id is not None,
        "text": text,
        "macro_url": f"{macro_url}?macro={one.row.pk}" if one.row is not None and one.is_macro else "",
        "find": " ".join(words).lower(),
        "open": ", ".join(f"{{{name}}}" for name in replies.unfilled(text)),
    }
