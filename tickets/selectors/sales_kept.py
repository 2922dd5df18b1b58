"""How often a sale was kept: exchanges offered instead of returns, accepted and saved, by agent and month (DEC-5)."""

from datetime import date
from typing import Any

from django.db.models import Count, Exists, F, Max, OuterRef, Q

from aftersales.core.auth import Actor
from logistics.selectors.claim_rows import month_of
from refunds.models import Proposal
from refunds.states import ExchangeStatus, Kind, ProposalStatus

FIGURES = ("offered", "accepted", "declined", "unanswered", "saved")
_ACCEPTED = Q(status=ProposalStatus.ACCEPTED)
_ARRIVED = Q(refund__kind=Kind.EXCHANGE, refund__status=ExchangeStatus.SUCCESS)


def sales_kept(actor: Actor, month: date) -> list[dict[str, Any]]:
    """Give each agent's offers of a month of Shanghai and what came of them until now, the most offers first.

    Of several offers that a buyer accepted for one request the last saved the sale. One statement, by an index.
    """
    first, last = month_of(month)
    made = actor.visible(Proposal.objects.filter(keeps_sale=True, created_at__gte=first, created_at__lt=last))
    later = Proposal.objects.filter(
        _ACCEPTED, refund=OuterRef("refund"), keeps_sale=True, number__gt=OuterRef("number")
    )
    found = (
        made.annotate(later=Exists(later))
        .values("author_id")
        .annotate(
            name=Max("author_name"),
            offered=Count("pk"),
            accepted=Count("pk", filter=_ACCEPTED),
            declined=Count("pk", filter=Q(status=ProposalStatus.DECLINED)),
            unanswered=Count("pk", filter=Q(status=ProposalStatus.LAPSED)),
            saved=Count("pk", filter=_ACCEPTED & _ARRIVED & Q(later=False)),
        )
        .order_by(F("offered").desc(), "name")
    )
    return [row | {"share": share(row)} for row in found]


def together(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Add the agents up."""
    total: dict[str, Any] = {name: sum(row[name] for row in rows) for name in FIGURES}
    return total | {"share": share(total)}


def share(row: dict[str, Any]) -> int | None:
    """Give how many of a hundred offers saved the sale; None without any."""
    return round(100 * row["saved"] / row["offered"]) if row["offered"] else None
