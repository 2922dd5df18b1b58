"""Feedback cases in the console: the list with its tabs, and one case with what is behind it (SAT-2)."""

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
from feedback import selectors
from feedback.states import FEEDBACK, GOODS

LOOKERS = (AGENT, SUPERVISOR, GOODS)
KEYS = {"take": "t", "answer": "a", "close": "x", "reopen": "o"}
FIRST = ("take", "answer", "close")
"""What the page proposes: the first of these that is possible."""


@require_safe
@open_to(*LOOKERS)
def cases(request: HttpRequest) -> HttpResponse:
    """Show cases by where they are, the one whose answer is due first at the top."""
    actor = looking_actor(request)
    tab = request.GET.get("tab", "open")
    tab = tab if tab in selectors.TABS else "open"
    page = keyset.page(selectors.feedback_rows(actor, tab), request.GET, selectors.TABS[tab].ordering)
    labels = {key: each.label for key, each in selectors.TABS.items()}
    context = {
        "tabs": keyset.tabs(reverse("feedback:cases"), labels, selectors.feedback_counts(actor), tab),
        "page": page,
        "rows": page.rows,
    }
    return render(request, "feedback/cases.html", context)


@require_safe
@open_to(*LOOKERS)
def case(request: HttpRequest, case_no: str) -> HttpResponse:
    """Show one case: the requests and words behind it, the answer, what came of it."""
    page = selectors.feedback_page(actor_of(request), case_no)
    context = {"page": page, "case": page.case, "actions": _actions(page)}
    return render(request, "feedback/case.html", context)


def _actions(page: selectors.FeedbackPage) -> list[dict[str, Any]]:
    can = {entry["action"] for entry in page.actions if entry["allowed"]}
    return step_buttons(
        page.actions,
        scope="feedback",
        keys=KEYS,
        labels=FEEDBACK.actions,
        address=lambda action: reverse(f"feedback:{action}", args=[page.case.case_no]),
        first={next((action for action in FIRST if action in can), "")},
    )
