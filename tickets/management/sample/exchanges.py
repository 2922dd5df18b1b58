"""Exchanges and reships in the sample data: the words in which they are told (EXC)."""

from collections.abc import Callable

from logistics import services as logistics
from refunds import services as refunds

from .case import Case


def _swap(case: Case, more: str) -> None:
    """Agree to other goods that cost so many fen more, or less."""
    lines = [line.order_line for line in case.refund.lines.select_related("order_line")]
    prices = {line.line_no: max(line.paid_share_fen // line.quantity + int(more), 0) for line in lines}
    refunds.refund_agree(refund=case.refund, actor=case.agent, new_prices=prices)


def _settle_swap(case: Case, more: str) -> None:
    """Let the buyer pay the difference, as shops do it: by an order of its own."""
    number = f"41{case.rng.randrange(10**12):012d}"
    refunds.exchange_settle_difference(refund=case.refund, actor=case.agent, note=f"补差价订单 {number}")


def _first(case: Case, more: str) -> None:
    refunds.exchange_promise_first(refund=case.refund, actor=case.agent, note="买家着急用")


def _replace(case: Case, more: str) -> None:
    carrier, number = case.parcel()
    store = case.cast.warehouse
    logistics.replacement_record(refund=case.refund, actor=store, carrier=carrier, tracking_no=number, scan_seen=True)


def _got(case: Case, more: str) -> None:
    refunds.exchange_confirm_received(refund=case.refund, actor=case.stage.buyer)


def _refund_it(case: Case, more: str) -> None:
    """Turn it into a refund, with which the story goes on."""
    case.turn_into_refund("这一款没有货了")


WORDS: dict[str, Callable[[Case, str], object]] = {
    "swap": _swap,
    "settle_swap": _settle_swap,
    "first": _first,
    "replace": _replace,
    "got": _got,
    "refund_it": _refund_it,
}
