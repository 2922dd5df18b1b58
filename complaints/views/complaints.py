"""Complaints in the console: the list with its tabs, and one complaint with the basics on it (CMP-1)."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from aftersales.core import keyset
from aftersales.core.api.base import actor_of
from aftersales.core.machine import AGENT, SUPERVISOR
from aftersales.core.views.access import looking_actor, open_to
from aftersales.core.views.buttons import step_buttons
from complaints import selectors
from complaints.states import COMPLAINT

LOOKERS = (AGENT, SUPERVISOR)
KEYS = {
    "reply": "a",
    "confirm": "y",
    "refuse": "n",
    "settle": "t",
    "close": "x",
    "escalate": "s",
    "accuse": "m",
    "postpone": "e",
    "withdraw": "w",
}
FIRST = ("reply", "confirm", "close")
"""What the page proposes: the first of these that is possible."""


@require_safe
@open_to(*LOOKERS)
def complaints(request: HttpRequest) -> HttpResponse:
    """Show complaints by where they are, the one whose reply is due first at the top."""
    actor, me = looking_actor(request), actor_of(request)
    first = "escalated" if me.role == SUPERVISOR else "reply"
    tab, asked = request.GET.get("tab", first), request.GET.get("q", "").strip()[:64]
    tab = tab if tab in selectors.TABS else first
    rows = selectors.complaints_with_number(actor, asked) if asked else selectors.complaint_rows(actor, tab)
    page = keyset.page(rows, request.GET, ("-id",) if asked else selectors.TABS[tab].ordering)
    labels = {key: each.label for key, each in selectors.TABS.items()}
    active = "" if asked else tab
    context = {
        "tab": active,
        "asked": asked,
        "tabs": keyset.tabs(reverse("complaints:complaints"), labels, selectors.complaint_counts(actor), active),
        "page": page,
        "rows": page.rows,
    }
    return render(request, "complaints/complaints.html", context)


@require_safe
@open_to(*LOOKERS)
def complaint(request: HttpRequest, complaint_no: str) -> HttpResponse:
    """Show one complaint: what it says, the basics for the reply, and what can be done."""
    page = selectors.complaint_page(actor_of(request), complaint_no)
    context = {
        "page": page,
        "complaint": page.complaint,
        "order": page.complaint.order,
        "actions": _actions(page),
        "query": f"?shop={page.complaint.shop.code}",
    }
    return render(request, "complaints/complaint.html", context)


def _actions(page: selectors.ComplaintPage) -> list[dict[str, Any]]:
    can = {entry["action"] for entry in page.actions if entry["allowed"]}
    first = next((action for action in FIRST if action in can), "")
    if page.complaint.answered_at and first == "reply":
        first = "close" if "close" in can else ""
    return step_buttons(
        page.actions,
        scope="complaint",
        keys=KEYS,
        labels=COMPLAINT.actions,
        address=lambda action: reverse(f"complaints:{action}", args=[page.complaint.complaint_no]),
        first={first},
    )
