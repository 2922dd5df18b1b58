"""Service in the console: sheets by where they are, one sheet, the files, an engineer's visits (SVC)."""

from typing import Any

import structlog
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from aftersales.core import keyset
from aftersales.core.api.base import actor_of
from aftersales.core.machine import AGENT, SUPERVISOR, WAREHOUSE
from aftersales.core.views.access import looking_actor, open_to
from aftersales.core.views.buttons import step_buttons
from refunds.states import PAYOUT
from service.selectors import rows as selectors
from service.selectors.page import SheetPage, is_his, quote_lines, sheet_page
from service.serializers import slip
from service.states import SERVICE

log = structlog.get_logger(__name__)
LOOKERS = (AGENT, SUPERVISOR, WAREHOUSE)
KEYS = {
    "assign": "a",
    "set_out": "o",
    "repair": "r",
    "quote": "q",
    "accept": "y",
    "decline": "n",
    "pay": "z",
    "finish": "f",
    "archive": "x",
    "accept_terms": "t",
    "expect": "e",
    "receive": "i",
    "find": "d",
    "send_back": "s",
    "call": "c",
    "solve": "p",
    "ask_free": "g",
    "approve_free": "v",
    "bill": "l",
    "make_up": "m",
    "cancel": "w",
}
FIRST = tuple(KEYS)[:14]
"""What the page proposes: the first of these that is possible."""


@require_safe
@open_to(*LOOKERS)
def sheets(request: HttpRequest) -> HttpResponse:
    """Show sheets by where they are, the one whose time is over first at the top."""
    actor = looking_actor(request)
    tab, asked = request.GET.get("tab", "reported"), request.GET.get("q", "").strip()[:64]
    tab = tab if tab in selectors.TABS else "reported"
    found = selectors.sheets_found(actor, asked) if asked else selectors.sheet_rows(actor, tab)
    page = keyset.page(found, request.GET, ("-id",) if asked else selectors.TABS[tab].ordering)
    labels = {key: each.label for key, each in selectors.TABS.items()}
    active = "" if asked else tab
    context = {
        "tab": active,
        "asked": asked,
        "tabs": keyset.tabs(reverse("service:sheets"), labels, selectors.sheet_counts(actor), active),
        "page": page,
        "rows": page.rows,
    }
    return render(request, "service/sheets.html", context)


@require_safe
@open_to(*LOOKERS)
def sheet(request: HttpRequest, sheet_no: str) -> HttpResponse:
    """Show one sheet: the file, what was said and done, and what can be done."""
    actor = actor_of(request)
    page = sheet_page(actor, sheet_no)
    if is_his(page.sheet, actor):
        log.info("service.contact_shown", sheet=page.sheet.sheet_no, user=actor.user_id)
    context = {
        "page": page,
        "sheet": page.sheet,
        "line": page.sheet.file.order_line,
        "order": page.sheet.order,
        "quotes": [{"quote": quote, "lines": quote_lines(quote)} for quote in reversed(page.quotes)],
        "actions": _actions(page),
        "may_pay_out": actor.role in PAYOUT.roles_of["open"],
        "query": f"?shop={page.sheet.shop.code}",
    }
    return render(request, "service/sheet.html", context)


@require_safe
@open_to(*LOOKERS)
def paper(request: HttpRequest, sheet_no: str) -> FileResponse:
    """Give the sheet as a PDF, for the buyer's signature."""
    return slip.download(sheet_page(actor_of(request), sheet_no))


@require_safe
@open_to(*LOOKERS)
def files(request: HttpRequest) -> HttpResponse:
    """Look service files up: by phone, serial, contract or order number (SVC-1)."""
    actor, asked = looking_actor(request), request.GET.get("q", "").strip()[:64]
    page = keyset.page(selectors.files_found(actor, asked), request.GET, ("-id",))
    context = {"asked": asked, "page": page, "rows": selectors.file_rows(list(page.rows))}
    return render(request, "service/files.html", context)


@require_safe
@open_to(*LOOKERS)
def today(request: HttpRequest) -> HttpResponse:
    """Show an engineer his visits, for his phone: where, whom to call, and the next step (SVC-3)."""
    actor = actor_of(request)
    visits = selectors.visits_of(actor)
    if visits:
        log.info("service.contact_shown", sheets=[one.sheet_no for one in visits], user=actor.user_id)
    shown = [{"sheet": one, "step": _next(one.status), "label": SERVICE.actions[_next(one.status)]} for one in visits]
    return render(request, "service/today.html", {"visits": shown})


def _next(status: str) -> str:
    """Name the step that an engineer takes next."""
    steps = {"assigned": "set_out", "on_the_way": "repair", "quoted": "accept", "accepted": "repair"}
    return steps.get(status, "pay" if status == "repaired" else "finish")


def _actions(page: SheetPage) -> list[dict[str, Any]]:
    can = {entry["action"] for entry in page.actions if entry["allowed"]}
    first = next((action for action in FIRST if action in can), "")
    return step_buttons(
        page.actions,
        scope="service",
        keys=KEYS,
        labels=SERVICE.actions,
        address=lambda action: reverse(f"service:{action}", args=[page.sheet.sheet_no]),
        first={first},
    )
