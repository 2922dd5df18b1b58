"""Payouts in the console: the list with its tabs, one payout with all that judging it takes, and a sheet (PAY)."""

import json
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from aftersales.core import keyset
from aftersales.core.api.base import actor_of
from aftersales.core.auth import Actor
from aftersales.core.machine import AGENT, FINANCE, SUPERVISOR
from aftersales.core.transitions import why_not
from aftersales.core.views.access import looking_actor, open_to
from aftersales.core.views.buttons import step_buttons
from aftersales.core.views.exports import RUNS, ExportDialog
from refunds import services
from refunds.forms import RevealForm
from refunds.models import Payout
from refunds.selectors import payout_page as page_selectors
from refunds.selectors import payout_rows as selectors
from refunds.selectors.payouts import payout_get_for
from refunds.services.payouts import exporting
from refunds.services.payouts.payees import DISCLOSE
from refunds.states import PAYOUT, PayoutFault, PayoutStatus
from refunds.states.payout import APPROVERS

from .payments import asked_now

LOOKERS = (AGENT, FINANCE, SUPERVISOR)
KEYS = {
    "approve": "a",
    "reject": "r",
    "submit": "s",
    "edit": "e",
    "correct_payee": "p",
    "confirm": "c",
    "fail": "f",
    "report_unmoved": "n",
    "accept_unmoved": "y",
    "send_again": "g",
    "withdraw": "w",
}
FIRST = ("approve", "submit", "send_again")
"""What the page proposes, where it is possible; after a wrong account or name, its correction."""


@require_safe
@open_to(*LOOKERS)
def payouts(request: HttpRequest) -> HttpResponse:
    """Show payouts by where they are, the one that waits longest first."""
    actor, me = looking_actor(request), actor_of(request)
    tab, asked = _asked(request)
    rows = selectors.payouts_with_number(actor, asked) if asked else selectors.payout_rows(actor, tab)
    ordering = ("-id",) if asked else selectors.TABS[tab].ordering
    page = keyset.page(selectors.with_case(rows), request.GET, ordering)
    labels = {key: each.label for key, each in selectors.TABS.items()}
    active = "" if asked else tab
    context = {
        "tab": active,
        "asked": asked,
        "tabs": keyset.tabs(reverse("refunds:payouts"), labels, selectors.payout_counts(actor), active),
        "page": page,
        "rows": [_row(payout, me) for payout in page.rows],
        "sum_fen": selectors.shown_fen(page.rows),
        "may_export": me.role in APPROVERS,
        "may_pick": tab == "approve" and not asked and me.role in APPROVERS,
        "export_url": f"{reverse('refunds:payouts_export')}?{request.GET.urlencode()}",
    }
    return render(request, "refunds/payouts.html", context)


@require_safe
@open_to(*LOOKERS)
def payout(request: HttpRequest, payout_no: str) -> HttpResponse:
    """Show one payout: what for, how much, to whom, what warns, and what can be done."""
    actor = actor_of(request)
    page = page_selectors.payout_page(actor, payout_no)
    context = {
        "page": page,
        "payout": page.payout,
        "order": page.payout.order,
        "refund": page.payout.refund,
        "shots": page_selectors.shots(page.files),
        "actions": _actions(page),
        "person": _payee(page.payout),
        "may_ask": actor.role == FINANCE and page.payout.status == PayoutStatus.UNKNOWN,
        "may_reveal": actor.may(DISCLOSE) and page.payout.payee.erased_at is None,
    }
    return render(request, "refunds/payout.html", context)


class Export(ExportDialog):
    """Start an export of a tab, or of what a search leads to."""

    roles = APPROVERS
    template_name = "refunds/payouts_export.html"

    def load(self, **kwargs: Any) -> None:
        """Take the list from the address."""
        self.looks = looking_actor(self.request)
        self.tab, self.asked = _asked(self.request)

    def context(self) -> dict[str, Any]:
        """Say how much it would be."""
        rows, most = exporting.payouts_wanted(self.looks, self.tab, self.asked), exporting.most_rows()
        return {"rows": rows, "most": most, "confirm_disabled": not 0 < rows <= most}

    def act(self, data: dict[str, Any]) -> str:
        """Queue it."""
        services.payouts_export_start(actor=self.looks, tab=self.tab, asked=self.asked, form=data["format"])
        return str(RUNS)


@require_POST
@open_to(FINANCE)
def ask(request: HttpRequest, payout_no: str) -> HttpResponse:
    """Have the provider asked now."""
    actor = actor_of(request)
    found = payout_get_for(actor, payout_no)
    home = reverse("refunds:payout", args=[payout_no])
    return asked_now(request, home, lambda: services.payout_ask(payout=found, actor=actor))


@require_http_methods(["GET", "HEAD", "POST"])
@open_to(FINANCE)
def reveal(request: HttpRequest, payout_no: str) -> HttpResponse:
    """Show account and name in full, after a reason was given and kept (PAY-2)."""
    actor = actor_of(request)
    found = payout_get_for(actor, payout_no)
    form = RevealForm(request.POST if request.method == "POST" else None)
    home = reverse("refunds:payout", args=[payout_no])
    if not (form.is_bound and form.is_valid()):
        context = {"form": form, "payout": found, "form_url": request.path, "cancel_url": home}
        return render(request, "refunds/payout_reveal.html", context, status=422 if form.is_bound else 200)
    payee = services.payee_disclose(payout=found, actor=actor, reason=form.cleaned_data["reason"])
    if not getattr(request, "htmx", None):
        context = {"payout": found, "person": _person(payee.account, payee.name), "back_url": home}
        response = render(request, "refunds/payout_payee.html", context)
    else:
        context = {"number": payout_no, "person": _person(payee.account, payee.name)}
        response = render(request, "refunds/_payee_shown.html", context)
        response["HX-Trigger-After-Swap"] = json.dumps({"dialog:close": ""})
    response["Cache-Control"] = "no-store"
    return response


def _asked(request: HttpRequest) -> tuple[str, str]:
    tab = request.GET.get("tab", "")
    fallback = "approve" if actor_of(request).role in APPROVERS else "all"
    return tab if tab in selectors.TABS else fallback, request.GET.get("q", "").strip()[:64]


def _row(payout: Payout, actor: Actor) -> dict[str, Any]:
    """Give a payout with whether this person may approve it now, from the edge table."""
    stop = why_not(PAYOUT, payout, actor, "approve") if actor.role in APPROVERS else None
    return {
        "payout": payout,
        "approve": actor.role in APPROVERS and stop is None,
        "why_not": stop.text if stop is not None else "",
        "failed": payout.status == PayoutStatus.FAILED,
        "since": payout.paid_at or payout.sent_at or payout.updated_at,
    }


def _actions(page: page_selectors.PayoutPage) -> list[dict[str, Any]]:
    """Give the buttons; with a wrong payee nothing comes before correcting him."""
    return step_buttons(
        page.actions,
        scope="payout",
        keys=KEYS,
        labels=PAYOUT.actions,
        address=lambda action: reverse(f"refunds:payout_{action}", args=[page.payout.payout_no]),
        first=("correct_payee",) if page.payout.fault == PayoutFault.PAYEE else FIRST,
    )


def _payee(payout: Payout) -> dict[str, str]:
    payee = payout.payee
    return _person(payee.masked_account, payee.masked_name) | {"address": payee.get_account_type_display()}


def _person(account: str, name: str) -> dict[str, str]:
    return {"name": name, "phone": account}
