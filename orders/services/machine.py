"""The order's binding to `core.transitions`: how it is locked and what its steps set."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from aftersales.core.auth import Actor
from aftersales.core.regions import province_of
from aftersales.core.transitions import Binding
from orders.models import Order
from orders.states import ORDER as MACHINE


def order_lock(ids: Sequence[int], skip_locked: bool) -> list[Order]:
    """Lock the orders' rows by key, leaving out held ones with `skip_locked`; this is the first lock of every path.

    Not their keys: who only refers to an order, as a note does, then need not wait until its sweep or step is over.
    """
    rows = Order.objects.filter(pk__in=ids).order_by("pk").select_related("shop")
    return list(rows.select_for_update(of=("self",), no_key=True, skip_locked=skip_locked))


def _pay(order: Order, *, actor: Actor, at: datetime, paid_at: datetime | None = None) -> None:
    order.paid_at = paid_at or at


def _ship(order: Order, *, actor: Actor, at: datetime, shipped_at: datetime | None = None) -> None:
    order.shipped_at = shipped_at or at  # of the last parcel: the receiving period counts from it (TMO-10)


def _sign(order: Order, *, actor: Actor, at: datetime, signed_at: datetime | None = None) -> None:
    order.signed_at = signed_at or at


def _finish(order: Order, *, actor: Actor, at: datetime) -> None:
    order.finished_at = at


def _mark_late(order: Order, *, actor: Actor, at: datetime) -> None:
    order.is_late = True


def _end_aftersale(order: Order, *, actor: Actor, at: datetime) -> None:
    order.aftersale_ended = True


def _erase(order: Order, *, actor: Actor, at: datetime) -> None:
    order.erased_at = at
    order.receiver_name = order.receiver_phone = order.receiver_phone_tail = order.receiver_address = ""
    order.receiver_region = province_of(order.receiver_region)
    order.seller_memo = ""


def _update(order: Order, *, actor: Actor, at: datetime, fields: dict[str, Any]) -> None:
    for name, value in fields.items():
        setattr(order, name, value)


ORDER = Binding(
    machine=MACHINE,
    model=Order,
    number="order_no",
    lock=order_lock,
    prepare={
        "pay": _pay,
        "ship": _ship,
        "sign": _sign,
        "confirm_receipt": _finish,
        "mark_late": _mark_late,
        "end_aftersale": _end_aftersale,
        "update": _update,
        "erase": _erase,
    },
    saved=(
        "paid_at",
        "shipped_at",
        "signed_at",
        "finished_at",
        "is_late",
        "aftersale_ended",
        "erased_at",
        "platform_deadlines",
        "buyer",
        "payment_channel",
        "freight_insurance",
        "receiver_name",
        "receiver_phone",
        "receiver_phone_tail",
        "receiver_region",
        "receiver_address",
        "seller_memo",
        "seller_flag",
    ),
)
