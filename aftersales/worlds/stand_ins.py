"""Plain objects that stand in for rows, so that the very conditions, guards and prepares that run can be asked.

A stand-in is made of a state, changed by a step, and read back into a state.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

from aftersales.core.auth import Actor
from refunds.states import GOODS_KINDS, Flow, GoodsStatus, Kind

from .state import PAID, Payment, Request, Trade

THEN, NEVER = datetime(2000, 1, 1, tzinfo=UTC), datetime(9999, 1, 1, tzinfo=UTC)
SHOP = 1
KINDS: dict[str, str] = {
    Flow.UNSHIPPED: Kind.REFUND_ONLY,
    Flow.REFUND_ONLY: Kind.REFUND_ONLY,
    Flow.RETURN_REFUND: Kind.RETURN_REFUND,
    Flow.EXCHANGE: Kind.EXCHANGE,
    Flow.RESHIP: Kind.RESHIP,
}
ACTORS: dict[str, Actor] = {
    "buyer": Actor(kind="buyer", role="buyer", name="buyer", shop_ids=None),
    "platform": Actor(kind="platform", role="platform", name="platform", shop_ids=None),
    "system": Actor(kind="system", role="system", name="system", shop_ids=None),
    **{
        role: Actor(kind="staff", role=role, name=role, user_id=number, shop_ids=None)
        for number, role in enumerate(("agent", "warehouse", "finance", "supervisor"), 1)
    },
}


class Rows:
    """What a reverse relation gives."""

    def __init__(self, rows: Iterable[Any] = ()) -> None:
        self.rows = list(rows)

    def all(self) -> list[Any]:
        """Give all."""
        return self.rows


def payment_of(payment: Payment) -> Any:
    """Make a payment as its guards see it; the provider has been asked since the report."""
    return SimpleNamespace(
        status=payment.status,
        shop_id=SHOP,
        gateway="alipay" if payment.to_ask else "manual",
        unmoved_by_id=ACTORS["finance"].user_id if payment.reported else None,
        ask_at=None,
    )


def order_of(trade: Trade) -> Any:
    """Make an order as its guards and conditions see it."""
    return SimpleNamespace(
        status=trade.status,
        shop_id=SHOP,
        open_requests=trade.open_requests,
        is_late=trade.is_late,
        aftersale_ended=trade.aftersale_ended,
        escrow=True,
        finished_at=None,
        paid_at=THEN,
        shipped_at=THEN,
        signed_at=None,
        left_fen=trade.left,
        get_status_display=lambda: trade.status,
    )


def trade_from(order: Any, trade: Trade) -> Trade:
    """Read the order's fields back."""
    return trade._replace(status=order.status, is_late=order.is_late, aftersale_ended=order.aftersale_ended)


def dispute_of(status: str, *, late: bool) -> Any:
    """Make a dispute as its conditions see it."""
    return SimpleNamespace(status=status, is_overdue=late, shop_id=SHOP)


def refund_of(request: Request, *, left: int = PAID, shipped: bool = False) -> Any:
    """Make a request as everything that looks at one sees it; of its order what is left, and whether the line left.

    Its line is there where the rules look at the goods themselves, before shipment: elsewhere sums of the whole request
    say the same, and writing lines would need a database.
    """
    kind = KINDS[request.flow]
    rest = SimpleNamespace(shipped=shipped, left_fen=left, held_fen=0)
    lines = (
        [SimpleNamespace(order_line=rest, amount_fen=request.amount, held_fen=0, quantity=1)]
        if request.flow == Flow.UNSHIPPED
        else []
    )
    return SimpleNamespace(
        status=request.status,
        flow=request.flow,
        kind=kind,
        wants_goods=kind in GOODS_KINDS,
        goods_status=GoodsStatus.NOT_RECEIVED if request.takes else GoodsStatus.RECEIVED,
        fast=request.fast,
        amount_fen=request.amount,
        postage_fen=0,
        refunded_fen=0,
        refusals=0,
        refused_as="",
        created_at=THEN if request.waited else NEVER,
        in_dispute=request.in_dispute,
        due_paused=request.still,
        void_result=request.void_result,
        goods_sent_back=request.goods_sent_back,
        return_by_surface=False,
        return_address={"city": "here"},
        received_at=THEN if request.received else None,
        marked_overdue=request.marked_overdue,
        ships_first=request.ships_first,
        difference_fen=int(request.differs),
        difference_settled=request.settled,
        replacement_trouble=request.trouble,
        shop_id=SHOP,
        shop=SimpleNamespace(return_address={"city": "here"}),
        order=SimpleNamespace(left_fen=left),
        lines=Rows(lines),
    )


def request_from(refund: Any, request: Request) -> Request:
    """Read the request's fields back."""
    return request._replace(
        status=str(refund.status),
        flow=str(refund.flow),
        takes=refund.flow != Flow.REFUND_ONLY or refund.goods_status == GoodsStatus.NOT_RECEIVED,
        fast=refund.fast,
        amount=refund.amount_fen,
        in_dispute=refund.in_dispute,
        void_result=refund.void_result,
        goods_sent_back=refund.goods_sent_back,
        received=refund.received_at is not None,
        marked_overdue=refund.marked_overdue,
        ships_first=refund.ships_first,
        differs=bool(refund.difference_fen),
        settled=refund.difference_settled,
        trouble=str(refund.replacement_trouble),
    )


__all__ = ["ACTORS", "PAID", "SHOP", "THEN", "dispute_of", "order_of", "refund_of", "request_from", "trade_from"]
