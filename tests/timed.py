"""Every deadline that acts by itself (domain.md §17): a subject that has it, its default, what it does."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.utils import timezone

from aftersales.core import transitions
from aftersales.core.models import Shop
from orders import services as orders
from orders.models import Order
from refunds.models import Refund
from tests import factories
from tests.refunds.standings import agree, receive, refuse, send_back

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@dataclass(frozen=True)
class Timed:
    """A rule: how a subject comes to have it now, when it is due from now, and where it leads."""

    rule: str
    policy: str
    build: Callable[..., Any]
    due: timedelta
    action: str
    ends: str
    against_shop: bool

    def __str__(self) -> str:
        return self.policy.removeprefix("deadline.")

    @property
    def kind(self) -> str:
        """Whose deadline it is: an order's or a request's."""
        return "order" if self.rule in ("TMO-8", "TMO-10", "TMO-15") else "refund"

    @property
    def binding(self) -> transitions.Binding:
        """The binding of its subject."""
        return transitions.bindings[self.kind]


def _only(shop: Shop, **order: Any) -> Refund:
    line = factories.line(seven_day_return=False)
    return factories.make_refund(factories.make_order(shop, line, sign=True, **order), goods_status="received")


def _slow_return(shop: Shop, **order: Any) -> Refund:
    line = factories.line(seven_day_return=False)
    return factories.make_return(factories.make_order(shop, line, sign=True, **order), reason="quality")


def _back(shop: Shop, **order: Any) -> Refund:
    return factories.make_return(factories.make_order(shop, sign=True, **order))


def _finished(shop: Shop, **order: Any) -> Order:
    shipped = factories.make_order(shop, ship=True, **order)
    return orders.order_confirm_receipt(order=shipped, actor=factories.staff())


def _paid_now(shop: Shop, **order: Any) -> Order:
    return factories.make_order(shop, **({"paid_at": timezone.now()} | order))


TIMED = (
    Timed(
        "TMO-1",
        "deadline.TMO-1",
        lambda shop, **order: factories.make_refund(factories.make_order(shop, **order)),
        48 * HOUR,
        "agree",
        "WAIT_SYSTEM_TRANSFER",
        True,
    ),
    Timed("TMO-2", "deadline.TMO-2", _only, 5 * DAY, "agree", "WAIT_SYSTEM_TRANSFER", True),
    Timed("TMO-3", "deadline.TMO-3", _back, 3 * DAY, "agree", "WAIT_BUYER_RETURN_GOODS", True),
    Timed("TMO-4", "deadline.TMO-4", _slow_return, 5 * DAY, "agree", "WAIT_BUYER_RETURN_GOODS", True),
    Timed(
        "TMO-5", "deadline.TMO-5", lambda shop, **order: agree(_back(shop, **order)), 7 * DAY, "expire", "CLOSED", False
    ),
    Timed(
        "TMO-6",
        "deadline.TMO-6",
        lambda shop, **order: send_back(_back(shop, **order)),
        10 * DAY,
        "agree",
        "WAIT_SYSTEM_TRANSFER",
        True,
    ),
    Timed(
        "TMO-6",
        "deadline.TMO-6.surface",
        lambda shop, **order: send_back(_back(shop, **order), surface=True),
        30 * DAY,
        "agree",
        "WAIT_SYSTEM_TRANSFER",
        True,
    ),
    Timed(
        "TMO-7",
        "deadline.TMO-7",
        lambda shop, **order: refuse(_only(shop, **order)),
        7 * DAY,
        "expire",
        "CLOSED",
        False,
    ),
    Timed("TMO-8", "deadline.TMO-8", _finished, 15 * DAY, "end_aftersale", "TRADE_FINISHED", False),
    Timed(
        "TMO-10",
        "deadline.TMO-10",
        lambda shop, **order: factories.make_order(shop, ship=True, **order),
        10 * DAY,
        "confirm_receipt",
        "TRADE_FINISHED",
        False,
    ),
    Timed(
        "TMO-10",
        "deadline.TMO-10.surface",
        lambda shop, **order: factories.make_order(shop, ship=True, shipping="surface", **order),
        30 * DAY,
        "confirm_receipt",
        "TRADE_FINISHED",
        False,
    ),
    Timed(
        "TMO-10",
        "deadline.TMO-10.virtual",
        lambda shop, **order: factories.make_order(shop, ship=True, shipping="virtual", **order),
        3 * DAY,
        "confirm_receipt",
        "TRADE_FINISHED",
        False,
    ),
    Timed(
        "TMO-14",
        "deadline.TMO-14",
        lambda shop, **order: receive(send_back(_back(shop, **order)), passed=True),
        7 * DAY,
        "mark_overdue",
        "WAIT_SYSTEM_TRANSFER",
        True,
    ),
    Timed("TMO-15", "deadline.TMO-15", _paid_now, 48 * HOUR, "mark_late", "WAIT_SELLER_SEND_GOODS", True),
)
