"""The list of claims: by where they are, found by any number, and by carrier: how old, how much came back (CLM-4)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from aftersales.core import clock, keyset
from aftersales.core.auth import Actor
from aftersales.core.machine import FINANCE, WAREHOUSE
from logistics.models import Carrier, Claim
from logistics.states.claim import OPEN_CLAIMS, ClaimStatus

from .claims import require_reader

S = ClaimStatus
LATE = "late"
AGES = (7, 15, 30)
"""Days at which a claim passes into the next column of the table by carrier."""


@dataclass(frozen=True, slots=True)
class Tab:
    """A tab of the list: its name, which states, in which order, and whether it is counted."""

    label: str | Promise
    statuses: tuple[str, ...]
    ordering: tuple[str, ...] = ("id",)
    counted: bool = True


TABS: dict[str, Tab] = {
    "stamp": Tab(pgettext_lazy("claim", "To stamp"), (S.DRAFTED,)),
    "submit": Tab(pgettext_lazy("claim", "To submit"), (S.STAMPED, S.HANDED_OVER)),
    "carrier": Tab(pgettext_lazy("claim", "With the carrier"), (S.SUBMITTED, S.REJECTED)),
    "pay": Tab(pgettext_lazy("claim", "To be paid"), (S.ACCEPTED,)),
    LATE: Tab(pgettext_lazy("claim", "Late"), OPEN_CLAIMS),
    "done": Tab(_("Done"), (S.PAID, S.WRITTEN_OFF, S.WITHDRAWN), ("-id",), counted=False),
    "all": Tab(_("All"), (), ("-id",), counted=False),
}


def claim_rows(actor: Actor, tab: str) -> QuerySet[Claim]:
    """Give the claims of a tab, unordered. Raises: Forbidden."""
    require_reader(actor)
    rows: QuerySet[Claim] = actor.visible(Claim.objects.all())
    if tab == LATE:
        rows = rows.filter(is_late=True)
    statuses = TABS[tab].statuses
    return rows.filter(status__in=statuses) if statuses else rows


def claims_with_number(actor: Actor, asked: str) -> QuerySet[Claim]:
    """Give the claims that a number of a claim, an order or a parcel, or the carrier's own, leads to: one statement."""
    require_reader(actor)
    rows = actor.visible(Claim.objects.all())
    keys = (
        rows.filter(claim_no=asked)
        .values("pk")
        .union(
            rows.filter(order__order_no=asked).values("pk"),
            rows.filter(parcel__tracking_no=asked.upper()).values("pk"),
        )
    )
    return rows.filter(pk__in=keys)


def claim_counts(actor: Actor) -> dict[str, int]:
    """Count what waits in each tab, up to a cap, in one statement for each counted tab."""
    return {key: keyset.counted(claim_rows(actor, key)) for key, tab in TABS.items() if tab.counted}


def claims_waiting(actor: Actor) -> QuerySet[Claim]:
    """Give what waits for this person's role: to be stamped, to be submitted, or for the others what is late."""
    return claim_rows(actor, {FINANCE: "stamp", WAREHOUSE: "submit"}.get(actor.role, LATE))


def sums(rows: Sequence[Claim]) -> dict[str, int]:
    """Add up what is shown."""
    return {"claimed": sum(row.amount_fen for row in rows), "recovered": sum(row.recovered_fen for row in rows)}


def by_carrier(actor: Actor, month: date) -> list[dict[str, Any]]:
    """Give each carrier's open claims by age, and what it was asked for and paid in a month of Shanghai.

    Three statements: over the open claims, and over those that were paid in the month, each by an index of its own.
    Raises: Forbidden.
    """
    require_reader(actor)
    now = clock.now()
    ends = [now - timedelta(days=days) for days in AGES]
    ages = {
        f"age{number}": Count("pk", filter=_between(ends[number] if number < len(ends) else None, newest))
        for number, newest in enumerate([None, *ends])
    }
    waiting = actor.visible(Claim.objects.filter(status__in=OPEN_CLAIMS)).values("carrier").order_by("carrier")
    found = {row["carrier"]: row for row in waiting.annotate(claims=Count("pk"), claimed_fen=Sum("amount_fen"), **ages)}
    first, last = month_of(month)
    paid = actor.visible(Claim.objects.filter(paid_at__gte=first, paid_at__lt=last)).values("carrier")
    came = {
        row["carrier"]: row
        for row in paid.annotate(paid=Count("pk"), asked_fen=Sum("amount_fen"), recovered_fen=Sum("recovered_fen"))
    }
    names = {carrier.code: carrier.name for carrier in Carrier.objects.filter(code__in={*found, *came})}
    none = dict.fromkeys(("claims", "claimed_fen", "paid", "asked_fen", "recovered_fen"), 0)
    rows = [none | found.get(code, {}) | came.get(code, {}) for code in {*found, *came}]
    for row in rows:
        row["name"] = names.get(row["carrier"], row["carrier"])
        row["ages"] = [row.get(f"age{number}", 0) for number in range(len(AGES) + 1)]
        row["share"] = round(100 * row["recovered_fen"] / row["asked_fen"]) if row["asked_fen"] else None
    return sorted(rows, key=lambda row: (-row["claimed_fen"], row["carrier"]))


def month_of(day: date) -> tuple[datetime, datetime]:
    """Give the first moment of a month of Shanghai and that of the next."""
    first = datetime(day.year, day.month, 1, tzinfo=clock.SHANGHAI)
    following = (first + timedelta(days=32)).replace(day=1)
    return first, following


def _between(oldest: datetime | None, newest: datetime | None) -> Q:
    """Choose the claims that were drafted after `oldest` and not after `newest`; None: no end on that side."""
    chosen = Q()
    if oldest is not None:
        chosen &= Q(created_at__gt=oldest)
    if newest is not None:
        chosen &= Q(created_at__lte=newest)
    return chosen
