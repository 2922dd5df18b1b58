"""What waits in the warehouse: orders to be voided before they leave, parcels that come back."""

from typing import Any

from django.db.models import OuterRef, Prefetch, Q, QuerySet, Subquery

from aftersales.core.auth import Actor
from logistics.models import Carrier
from refunds.models import Refund, RefundLine, ReturnShipment
from refunds.states import ExchangeStatus, Flow, RefundStatus

COUNT_CAP = 1000
MOST_FOUND = 10
ORDERING = ("urgent_at", "id")


EXPECTED = Q(status__in=[RefundStatus.WAIT_SELLER_CONFIRM_GOODS, ExchangeStatus.WAIT_SELLER_CONFIRM_GOODS]) | Q(
    status=ExchangeStatus.WAIT_BUYER_CONFIRM_GOODS, ships_first=True, received_at=None
)
RECEIVED_NEXT = frozenset(
    {
        RefundStatus.WAIT_SELLER_CONFIRM_GOODS,
        ExchangeStatus.WAIT_SELLER_CONFIRM_GOODS,
        ExchangeStatus.WAIT_BUYER_CONFIRM_GOODS,
    }
)


def voids_waiting(actor: Actor) -> QuerySet[Refund]:
    """Give the open before-shipment requests that the warehouse has not answered, by what is left of time (VOI-2)."""
    rows = Refund.objects.filter(status=RefundStatus.WAIT_SELLER_AGREE, flow=Flow.UNSHIPPED, void_result="")
    return actor.visible(rows)


def parcels_expected(actor: Actor) -> QuerySet[Refund]:
    """Give the requests whose goods are on their way back (RET-1), also for replacements that went first (EXC-4)."""
    return actor.visible(Refund.objects.filter(EXPECTED))


def received_unrefunded(actor: Actor) -> QuerySet[Refund]:
    """Give the requests whose goods are here and whose money has not moved, the oldest first (RET-4, TMO-14)."""
    rows = Refund.objects.filter(status=RefundStatus.WAIT_SYSTEM_TRANSFER, received_at__isnull=False)
    return actor.visible(rows)


def replacements_to_send(actor: Actor) -> QuerySet[Refund]:
    """Give the exchanges and reships whose goods the shop owes, by what is left of time (TMO-13).

    Also those that were promised to go first, once the return has a number. Who waits for money, waits (EXC-2).
    """
    owed = Q(status=ExchangeStatus.WAIT_SELLER_SEND_GOODS)
    first = Q(status=ExchangeStatus.WAIT_SELLER_CONFIRM_GOODS, ships_first=True)
    settled = Q(difference_fen=0) | Q(difference_settled=True)
    return actor.visible(Refund.objects.filter(owed | first, settled))


def with_goods(rows: QuerySet[Refund]) -> QuerySet[Refund]:
    """Bring order, shop, lines and the current return shipment along: two statements more, whatever the number."""
    lines = Prefetch("lines", RefundLine.objects.filter(quantity__gt=0).select_related("order_line").order_by("id"))
    names = Carrier.objects.filter(code__iexact=OuterRef("carrier")).values("name")[:1]
    current = ReturnShipment.objects.filter(superseded_at=None).annotate(carrier_name=Subquery(names))
    shipments = Prefetch("return_shipments", current, to_attr="on_its_way")
    return rows.select_related("order__buyer", "shop").prefetch_related(lines, shipments)


def counted(rows: QuerySet[Any]) -> int:
    """Count up to the cap, so that no number of rows costs more than a thousand."""
    return rows.order_by().values("pk")[:COUNT_CAP].count()


def parcels_found(actor: Actor, asked: str) -> list[Refund]:
    """Find requests by tracking, refund, order or goods number as it was scanned; those to be received first (RET-1).

    Each number has its index, so this asks for keys by each of them and for the rows once: four statements.
    """
    asked = asked.strip()
    if not asked:
        return []
    seen = actor.visible(Refund.objects.all())
    by_key = (
        seen.filter(refund_no=asked)
        .values_list("pk")
        .union(
            seen.filter(return_shipments__tracking_no=asked.upper()).values_list("pk"),
            seen.filter(order__order_no=asked).values_list("pk"),
        )
    )
    keys = list(by_key[:100])
    if not keys:  # a goods number is no key of a request: only what is awaited is looked through (RET-1)
        awaited = seen.filter(EXPECTED, lines__order_line__goods_no__iexact=asked).order_by("-id")
        keys = list(awaited.values_list("pk").distinct()[:MOST_FOUND])
    found = list(with_goods(Refund.objects.filter(pk__in=[key for (key,) in keys])).order_by("-id")[:MOST_FOUND])
    return sorted(found, key=lambda refund: refund.status not in RECEIVED_NEXT)


def request_found(actor: Actor, refund_no: str) -> Refund | None:
    """Find one request with its goods, for a decision about it."""
    return with_goods(actor.visible(Refund.objects.filter(refund_no=refund_no))).first()
