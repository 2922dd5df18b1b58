"""The page of one request: whole, as a pane beside the list, and its parts again when something has changed."""

import secrets
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_GET

from aftersales.core.api.base import actor_of
from aftersales.core.context_processors import SHOP_SESSION_KEY
from tickets.selectors import request_page as selectors

from .asking import console_view


@require_GET
@console_view
def detail(request: HttpRequest, refund_no: str) -> HttpResponse:
    """Show everything about a request; for a script the content alone, to stand beside the list."""
    page = selectors.request_page(actor_of(request), refund_no)
    return render(request, "tickets/request_detail.html", {"page": page, **_reply()})


@require_GET
@console_view
def live(request: HttpRequest, refund_no: str) -> HttpResponse:
    """Answer 204 while nothing has changed since `seen`, else the parts of the page; asked every few seconds."""
    actor = actor_of(request)
    if request.GET.get("seen") == selectors.request_stamp(actor, refund_no):
        return HttpResponse(status=204)
    page = selectors.request_page(actor, refund_no)
    return render(request, "tickets/request/parts.html", {"page": page, "fresh": True})


@require_GET
@console_view
def next_case(request: HttpRequest, refund_no: str) -> HttpResponseBase:
    """Go on to the next request that waits for a decision, in order of urgency."""
    actor = actor_of(request)
    refund = selectors.request_get_for(actor, refund_no)
    found = selectors.request_next(
        actor, refund, after=_moment(request.GET.get("after", "")), shop_id=request.session.get(SHOP_SESSION_KEY)
    )
    if found:
        return redirect("tickets:request_detail", found)
    return redirect("tickets:queue")


def _reply() -> dict[str, Any]:
    """Give the conversation's form a key that makes a second press harmless."""
    return {"reply_key": secrets.token_urlsafe(16)}


def _moment(text: str) -> datetime | None:
    try:
        moment = parse_datetime(text)
    except ValueError:
        return None
    return moment if moment is not None and moment.tzinfo is not None else None
