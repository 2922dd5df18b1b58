"""Orders on which a refund was asked for and goods were sent instead, until the trade ends (EXC-6)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext as _

from aftersales.core.auth import Actor
from aftersales.core.deadlines import OPEN
from aftersales.core.models import Deadline
from orders.states import OrderStatus
from refunds.models import Refund, RefundLine, RefundVersion
from refunds.states import GOODS_KINDS, OPEN_EXCHANGES, OPEN_STATES, ExchangeStatus, Kind, RefundStatus

ORDERING = ("-id",)
UNFINISHED = (OrderStatus.SELLER_CONSIGNED_PART, OrderStatus.WAIT_BUYER_CONFIRM_GOODS)
MONEY_KINDS = (Kind.REFUND_ONLY, Kind.RETURN_REFUND)


def served(actor: Actor) -> QuerySet[Refund]:
    """Give the exchanges and reships, under way or done, that took the place of a refund in a trade that goes on.

    Either the same request asked for money first, or another one did for the same goods and was not paid.
    """
    first = RefundVersion.objects.filter(refund=OuterRef("pk"), asked__kind__in=MONEY_KINDS)
    beside = RefundLine.objects.filter(
        order_line__refund_lines__refund=OuterRef("pk"), refund__kind__in=MONEY_KINDS
    ).exclude(refund__status=RefundStatus.SUCCESS)
    rows = actor.visible(Refund.objects.filter(kind__in=GOODS_KINDS, order__status__in=UNFINISHED))
    rows = rows.filter(status__in=[*OPEN_EXCHANGES, ExchangeStatus.SUCCESS])
    return rows.filter(Q(Exists(first)) | Q(Exists(beside)))


def with_what_is_left(rows: QuerySet[Refund]) -> QuerySet[Refund]:
    """Bring along what a row shows: order, buyer, a request for money that is still open, until when receipt runs."""
    leftover = (
        Refund.objects.filter(order=OuterRef("order"), kind__in=MONEY_KINDS, status__in=OPEN_STATES)
        .order_by("id")
        .values("refund_no")[:1]
    )
    receipt = Deadline.objects.filter(
        subject_type="order", subject_id=OuterRef("order_id"), rule="TMO-10", status__in=OPEN
    ).values("due_at")[:1]
    rows = rows.annotate(leftover=Subquery(leftover), receipt_until=Subquery(receipt))
    return rows.select_related("order__buyer", "shop")


def served_rows(found: Sequence[Refund]) -> list[dict[str, Any]]:
    """Give each with what is to be done next; no statement more."""
    return [{"refund": one, "next": next_step(one), "receipt_until": _until(one)} for one in found]


def next_step(refund: Refund) -> str:
    """Say what is to be done until the trade ends (EXC-6, EXC-4)."""
    leftover: str | None = getattr(refund, "leftover", None)
    if leftover:
        return _("Refuse or cancel %(number)s in agreement with the buyer") % {"number": leftover}
    if refund.status == ExchangeStatus.SUCCESS:
        return _("Remind the buyer to confirm receipt")
    if refund.status == ExchangeStatus.WAIT_BUYER_CONFIRM_GOODS and refund.ships_first and refund.received_at is None:
        return _("Follow the return: the replacement went first")
    if refund.status == ExchangeStatus.WAIT_BUYER_CONFIRM_GOODS:
        return _("Follow the replacement until it is there")
    return _("See the exchange through")


def _until(refund: Refund) -> datetime | None:
    until: datetime | None = getattr(refund, "receipt_until", None)
    return until
