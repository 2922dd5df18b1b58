"""The order's state machine (ORD-1): statuses, steps and deadlines. The only place where they are written down."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from aftersales.core.machine import (
    AGENT,
    BUYER,
    FINANCE,
    PLATFORM,
    SUPERVISOR,
    SYSTEM,
    WAREHOUSE,
    Condition,
    DeadlineRule,
    Edge,
    Machine,
    WhyNot,
)


class OrderStatus(models.TextChoices):
    """Trade statuses as the platform writes them."""

    WAIT_BUYER_PAY = "WAIT_BUYER_PAY", _("Waiting for payment")
    WAIT_SELLER_SEND_GOODS = "WAIT_SELLER_SEND_GOODS", _("Paid, waiting to be shipped")
    SELLER_CONSIGNED_PART = "SELLER_CONSIGNED_PART", _("Partly shipped")
    WAIT_BUYER_CONFIRM_GOODS = "WAIT_BUYER_CONFIRM_GOODS", _("Shipped, waiting for receipt")
    TRADE_FINISHED = "TRADE_FINISHED", _("Trade finished")
    TRADE_CLOSED = "TRADE_CLOSED", _("Trade closed")


class Shipping(models.TextChoices):
    """How the goods travel, which decides the receiving period (TMO-10)."""

    COURIER = "courier", _("Courier")
    SURFACE = "surface", _("Surface mail")
    VIRTUAL = "virtual", _("Virtual goods")


S = OrderStatus
FRONT = frozenset({BUYER, SYSTEM})
DESK = frozenset({AGENT, SUPERVISOR})
SHIPPERS = frozenset({BUYER, AGENT, SUPERVISOR, WAREHOUSE, SYSTEM})
OPEN_STATES = (S.WAIT_BUYER_PAY, S.WAIT_SELLER_SEND_GOODS, S.SELLER_CONSIGNED_PART, S.WAIT_BUYER_CONFIRM_GOODS)
ERASABLE = (S.TRADE_FINISHED, S.TRADE_CLOSED)
SHIPPED_STATES = (S.SELLER_CONSIGNED_PART, S.WAIT_BUYER_CONFIRM_GOODS)


def no_open_request(order: Any, actor: Any) -> WhyNot | None:
    """ORD-7: receipt is not confirmed while a request is open."""
    if order.open_requests:
        return WhyNot("ORD-7", _("A request is open; confirming receipt would close it and pay the shop."))
    return None


not_yet_late = Condition("not marked late", lambda order: not order.is_late)
not_yet_erased = Condition("not erased", lambda order: order.erased_at is None)
window_open = Condition("aftersale window open", lambda order: not order.aftersale_ended)


def _receiving_period(order: Any) -> str:
    return {
        Shipping.VIRTUAL: "deadline.TMO-10.virtual",
        Shipping.SURFACE: "deadline.TMO-10.surface",
    }.get(order.shipping, "deadline.TMO-10")


_EDGES = (
    *(Edge("register", "", state, FRONT | DESK, "order.registered") for state in S.values),
    *(Edge("update", state, state, FRONT | DESK, "order.updated") for state in S.values),
    Edge("pay", S.WAIT_BUYER_PAY, S.WAIT_SELLER_SEND_GOODS, FRONT, "order.paid"),
    Edge("ship", S.WAIT_SELLER_SEND_GOODS, S.WAIT_BUYER_CONFIRM_GOODS, SHIPPERS, "order.shipped", "all"),
    Edge("ship", S.WAIT_SELLER_SEND_GOODS, S.SELLER_CONSIGNED_PART, SHIPPERS, "order.shipped", "part"),
    Edge("ship", S.SELLER_CONSIGNED_PART, S.WAIT_BUYER_CONFIRM_GOODS, SHIPPERS, "order.shipped", "all"),
    Edge("ship", S.SELLER_CONSIGNED_PART, S.SELLER_CONSIGNED_PART, SHIPPERS, "order.shipped", "part"),
    *(Edge("sign", state, state, SHIPPERS, "order.signed") for state in SHIPPED_STATES),
    Edge("sign", S.TRADE_FINISHED, S.TRADE_FINISHED, SHIPPERS, "order.signed"),
    Edge(
        "confirm_receipt",
        S.WAIT_BUYER_CONFIRM_GOODS,
        S.TRADE_FINISHED,
        FRONT | DESK,
        "order.finished",
        guards=(no_open_request,),
    ),
    Edge(
        "extend_receipt", S.WAIT_BUYER_CONFIRM_GOODS, S.WAIT_BUYER_CONFIRM_GOODS, FRONT | DESK, "order.receipt_extended"
    ),
    *(Edge("close", state, S.TRADE_CLOSED, FRONT | {PLATFORM}, "order.closed") for state in OPEN_STATES),
    *(
        Edge("mark_late", state, state, frozenset({SYSTEM}), "order.late", when=not_yet_late)
        for state in (S.WAIT_SELLER_SEND_GOODS, S.SELLER_CONSIGNED_PART)
    ),
    *(Edge("erase", state, state, frozenset({SYSTEM}), "order.erased", when=not_yet_erased) for state in ERASABLE),
    Edge("end_aftersale", S.TRADE_FINISHED, S.TRADE_FINISHED, frozenset({SYSTEM}), "order.aftersale_ended"),
)

ORDER = Machine(
    name="order",
    labels={state.value: state.label for state in S},
    edges=_EDGES,
    terminal=frozenset({S.TRADE_CLOSED}),
    tracked=(
        "status",
        "paid_at",
        "paid_fen",
        "postage_fen",
        "shipping",
        "shipped_at",
        "signed_at",
        "finished_at",
        "is_late",
        "aftersale_ended",
        "erased_at",
    ),
    actions={
        "ship": _("Ship"),
        "sign": pgettext_lazy("step", "Signed for"),
        "confirm_receipt": _("Confirm receipt"),
        "extend_receipt": _("Extend receipt"),
        "close": _("Close the trade"),
        "register": _("Register"),
        "update": _("Update"),
        "pay": _("Paid"),
        "mark_late": _("Late in shipping"),
        "end_aftersale": _("End of the aftersale window"),
        "erase": _("Erase personal data"),
    },
    outcomes={"ship_all": _("Ship all"), "ship_part": _("Ship a part")},
    title=pgettext_lazy("machine", "Order"),
    internal=frozenset({"update", "pay", "close", "mark_late", "end_aftersale", "erase"}),
    deadlines=(
        DeadlineRule(
            "TMO-15",
            S.WAIT_SELLER_SEND_GOODS,
            "mark_late",
            "deadline.TMO-15",
            when=not_yet_late,
            against_shop=True,
            starts=lambda order: order.paid_at,
        ),
        DeadlineRule(
            "TMO-15",
            S.SELLER_CONSIGNED_PART,
            "mark_late",
            "deadline.TMO-15",
            when=not_yet_late,
            against_shop=True,
            starts=lambda order: order.paid_at,
        ),
        DeadlineRule(
            "TMO-10",
            S.WAIT_BUYER_CONFIRM_GOODS,
            "confirm_receipt",
            _receiving_period,
            starts=lambda order: order.shipped_at,
        ),
        DeadlineRule(
            "TMO-8",
            S.TRADE_FINISHED,
            "end_aftersale",
            "deadline.TMO-8",
            when=window_open,
            starts=lambda order: order.finished_at,
        ),
    ),
)
READERS = frozenset({BUYER, AGENT, SUPERVISOR, WAREHOUSE, FINANCE})
