"""Claims in the console: the list with its tabs, the table by carrier, one claim, and its slip (CLM)."""

from datetime import date
from itertools import pairwise
from typing import Any

from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from aftersales.core import clock, keyset
from aftersales.core.api.base import actor_of
from aftersales.core.machine import AGENT, FINANCE, SUPERVISOR, WAREHOUSE
from aftersales.core.views.access import looking_actor, open_to
from aftersales.core.views.buttons import step_buttons
from logistics.models import Claim
from logistics.selectors import claim_page as page_selectors
from logistics.selectors import claim_rows as selectors
from logistics.selectors.claims import with_case
from logistics.serializers import claim_slip
from logistics.states.claim import CLAIM, DESK, OPEN_CLAIMS, STAMPERS
from refunds.selectors.payout_page import shots

LOOKERS = (AGENT, FINANCE, SUPERVISOR, WAREHOUSE)
KEYS = {
    "stamp": "a",
    "hand_over": "o",
    "submit": "s",
    "accept": "y",
    "reject": "r",
    "appeal": "g",
    "record_payment": "c",
    "edit": "e",
    "write_off": "x",
    "withdraw": "w",
}
FIRST = ("stamp", "hand_over", "submit", "record_payment", "appeal")
"""What the page proposes, where it is possible."""


@require_safe
@open_to(*LOOKERS)
def claims(request: HttpRequest) -> HttpResponse:
    """Show claims by where they are, the one that waits longest first."""
    actor, me = looking_actor(request), actor_of(request)
    first = {FINANCE: "stamp", WAREHOUSE: "submit"}.get(me.role, "carrier")
    tab, asked = request.GET.get("tab", first), request.GET.get("q", "").strip()[:64]
    tab = tab if tab in selectors.TABS else first
    rows = selectors.claims_with_number(actor, asked) if asked else selectors.claim_rows(actor, tab)
    ordering = ("-id",) if asked else selectors.TABS[tab].ordering
    page = keyset.page(with_case(rows), request.GET, ordering)
    labels = {key: each.label for key, each in selectors.TABS.items()}
    active = "" if asked else tab
    context = {
        "tab": active,
        "asked": asked,
        "tabs": keyset.tabs(reverse("logistics:claims"), labels, selectors.claim_counts(actor), active),
        "page": page,
        "rows": [{"claim": claim, "open": claim.status in OPEN_CLAIMS} for claim in page.rows],
        "sums": selectors.sums(page.rows),
        "may_pick": tab == "stamp" and not asked and me.role in STAMPERS,
    }
    return render(request, "logistics/claims.html", context)


@require_safe
@open_to(*LOOKERS)
def carriers(request: HttpRequest) -> HttpResponse:
    """Show what carriers owe: open claims by age, and what they paid in a month."""
    actor = looking_actor(request)
    month = _month(request.GET.get("month", ""))
    rows = selectors.by_carrier(actor, month)
    names = ("claims", "claimed_fen", "paid", "asked_fen", "recovered_fen")
    context = {
        "month": f"{month:%Y-%m}",
        "rows": rows,
        "total": {name: sum(row[name] for row in rows) for name in names},
        "ages": _ages(),
    }
    return render(request, "logistics/claims_by_carrier.html", context)


@require_safe
@open_to(*LOOKERS)
def claim(request: HttpRequest, claim_no: str) -> HttpResponse:
    """Show one claim: the slip, what was done for the buyer, and what can be done."""
    actor = actor_of(request)
    page = page_selectors.claim_page(actor, claim_no)
    context = {
        "page": page,
        "claim": page.claim,
        "order": page.claim.order,
        "shots": shots(page.photos),
        "actions": _actions(page),
        "may_serve": actor.role in DESK and page.is_open and not page.serving.served,
        "query": f"?shop={page.claim.shop.code}",
    }
    return render(request, "logistics/claim.html", context)


@require_safe
@open_to(*LOOKERS)
def slip(request: HttpRequest, claim_no: str) -> FileResponse:
    """Give the slip as a PDF: for the stamp, the warehouse and the carrier (CLM-1, CLM-2)."""
    return claim_slip.download(page_selectors.claim_page(actor_of(request), claim_no))


def actions_of(claim: Claim, entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Give the buttons of a claim."""
    return step_buttons(
        entries,
        scope="claim",
        keys=KEYS,
        labels=CLAIM.actions,
        address=lambda action: reverse(f"logistics:claim_{action}", args=[claim.claim_no]),
        first=FIRST,
    )


def _actions(page: page_selectors.ClaimPage) -> list[dict[str, Any]]:
    return actions_of(page.claim, page.actions)


def _month(text: str) -> date:
    """Read a month such as 2026-11; anything else is this one."""
    today = clock.shanghai_day(clock.now())
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError:
        return today.replace(day=1)


def _ages() -> list[str]:
    first, last = selectors.AGES[0], selectors.AGES[-1]
    between = [_("%(from)s to %(to)s days") % {"from": a + 1, "to": b} for a, b in pairwise(selectors.AGES)]
    return [_("up to %(days)s days") % {"days": first}, *between, _("over %(days)s days") % {"days": last}]
