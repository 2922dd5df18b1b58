"""Many orders and requests at once, written with the log rows and deadlines that the services would give them."""

from datetime import datetime, timedelta

from django.db.models import F

from aftersales.core import clock, transitions
from aftersales.core.models import Deadline, Shop
from orders import services as orders
from orders.models import Buyer, Order, OrderLine
from refunds import services as refunds
from refunds.models import Refund, RefundLine
from tests import factories


def many_requests(count: int, *, paid_at: datetime | None = None, shop: Shop | None = None) -> list[Refund]:
    """Make `count` paid orders of one line, each with a before-shipment request for all of it."""
    shop = shop or factories.make_shop()
    at = clock.now()
    person = Buyer.objects.create(shop=shop, buyer_id=f"many-{shop.pk}", nick="many")
    actor = factories.buyer(shop)
    made = [
        Order(
            shop=shop,
            order_no=f"M{number:07d}",
            buyer=person,
            status="WAIT_SELLER_SEND_GOODS",
            created_at=at,
            paid_at=paid_at or at,
            paid_fen=1000 + number,
            postage_fen=100,
        )
        for number in range(count)
    ]
    made = list(transitions.create_many(orders.ORDER, made, actor=actor, action="register"))
    lines = OrderLine.objects.bulk_create(
        OrderLine(
            order=order,
            line_no="1",
            title="tea",
            unit_price_fen=order.paid_fen - 100,
            quantity=1,
            paid_share_fen=order.paid_fen - 100,
        )
        for order in made
    )
    asked = [
        Refund(
            refund_no=f"M{shop.pk}-{order.pk}",
            shop=shop,
            order=order,
            status="WAIT_SELLER_AGREE",
            kind="refund_only",
            goods_status="not_received",
            phase="onsale",
            flow="unshipped",
            reason="no_longer_wanted",
            amount_fen=order.paid_fen,
            postage_fen=100,
            created_at=at,
        )
        for order in made
    ]
    asked = list(transitions.create_many(refunds.REFUND, asked, actor=actor, action="apply"))
    RefundLine.objects.bulk_create(
        RefundLine(refund=refund, order_line=line, quantity=1, amount_fen=line.paid_share_fen)
        for refund, line in zip(asked, lines, strict=True)
    )
    Order.objects.filter(pk__in=[order.pk for order in made]).update(open_requests=F("open_requests") + 1)
    return asked


def make_all_due(*, spread: timedelta = timedelta(seconds=1)) -> None:
    """Let every running deadline be over, the first of them by `spread`."""
    rows = list(Deadline.objects.filter(status="running").order_by("pk").values_list("pk", flat=True))
    now = clock.now()
    for row in Deadline.objects.filter(pk__in=rows).iterator():
        row.due_at = now - spread * ((row.pk % 7) + 1) / 7
        row.save(update_fields=["due_at"])
