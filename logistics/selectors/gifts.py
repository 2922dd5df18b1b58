"""Gifts that were promised: which wait for their parcel, which are owed (MIS-3, ORD-5)."""

from django.db.models import QuerySet

from aftersales.core.auth import Actor
from logistics.models import PromisedGift
from orders.models import Order
from orders.states import OrderStatus

UNSHIPPED = (OrderStatus.WAIT_SELLER_SEND_GOODS, OrderStatus.SELLER_CONSIGNED_PART)
MOST = 50


def gifts_waiting(order: Order) -> QuerySet[PromisedGift]:
    """Give the gifts that still have to go into the order's parcel."""
    return PromisedGift.objects.filter(order=order, packed_at=None, owed_at=None).order_by("id")


def gifts_to_pack(actor: Actor) -> list[PromisedGift]:
    """Give the gifts of all orders that have not left, the oldest promise first: for who packs (MIS-3)."""
    rows = PromisedGift.objects.filter(packed_at=None, owed_at=None, order__status__in=UNSHIPPED)
    return list(actor.visible(rows).select_related("order", "shop").order_by("id")[:MOST])


def gifts_of(order: Order) -> list[PromisedGift]:
    """Give what was promised with an order, in its order."""
    return list(PromisedGift.objects.filter(order=order).select_related("note").order_by("id"))
