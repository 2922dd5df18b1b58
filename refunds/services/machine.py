"""The request's binding to `core.transitions`: how it is locked, what its steps set, and what follows from them."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Prefetch
from django.utils.translation import gettext_lazy as _

from aftersales.core import errors, money
from aftersales.core.auth import Actor
from aftersales.core.bulk import Batch
from aftersales.core.steps import Step
from aftersales.core.transitions import Binding
from orders import services as orders
from orders.models import Order, OrderLine
from refunds.models import Refund, RefundLine
from refunds.states import REFUND as MACHINE
from refunds.states import ExchangeStatus, Flow, RefundStatus

from . import exchanging, inspecting, lawful, overtaking, promising

S, X = RefundStatus, ExchangeStatus


def refund_lock(ids: Sequence[int], skip_locked: bool) -> list[Refund]:
    """Lock the orders of the requests, then the requests, each by key; load what every step needs to know.

    One order of locks for every path: order, request, payment. With `skip_locked` requests whose order somebody holds
    are left out.
    """
    keys = Refund.objects.filter(pk__in=ids).values("order_id")
    rows = Order.objects.filter(pk__in=keys).order_by("pk").select_related("shop")
    held = {row.pk: row for row in rows.select_for_update(of=("self",), no_key=True, skip_locked=skip_locked)}
    lines = Prefetch("lines", RefundLine.objects.select_related("order_line"))
    found = Refund.objects.filter(pk__in=ids, order_id__in=held).order_by("pk").prefetch_related(lines)
    refunds = list(found.select_for_update(of=("self",), no_key=True))
    for refund in refunds:
        refund.order = held[refund.order_id]
        refund.shop = refund.order.shop
    return refunds


def _agree(
    refund: Refund,
    *,
    actor: Actor,
    at: datetime,
    amount_fen: int | None = None,
    return_address: dict[str, Any] | None = None,
    new_prices: dict[str, int] | None = None,
    ships_first: bool = False,
) -> None:
    if refund.wants_goods:
        exchanging.agree_on_goods(refund, new_prices=new_prices, return_address=return_address, ships_first=ships_first)
        if refund.goods_sent_back:
            exchanging.received(refund, at=at)
        return
    if amount_fen is not None and amount_fen != refund.amount_fen:
        reduce_amount(refund, amount_fen)
    if refund.status == S.WAIT_SELLER_AGREE and refund.flow == Flow.RETURN_REFUND:
        address = return_address or refund.shop.return_address
        if not address:
            raise errors.RuleViolation("RFD-4", _("A return needs an address: give one, or set the shop's default."))
        refund.return_address = address
    else:
        _check_not_gone(refund)
        promising.check_money(refund)


def _check_not_gone(refund: Refund) -> None:
    """RFD-2: goods that have left are not refunded as unshipped, not even by the clock before the news is heard."""
    if refund.flow == Flow.UNSHIPPED and any(line.order_line.shipped for line in refund.lines.all() if line.quantity):
        raise errors.Conflict(_("The goods have left meanwhile: this request is closed by it."), rule="RFD-2")


def reduce_amount(refund: Refund, amount_fen: int) -> None:
    """Settle for less than was asked: the lines and the postage share the reduction, exact to the fen."""
    if amount_fen > refund.amount_fen:
        raise errors.RuleViolation(
            "AMT-2",
            _("That is more than the buyer asked for (¥%(asked)s).") % {"asked": money.yuan(refund.amount_fen)},
        )
    if amount_fen <= 0:
        raise errors.RuleViolation("AMT-1", _("The amount must be more than nothing; to give nothing, refuse."))
    lines = list(refund.lines.all())
    *shares, postage = money.split(amount_fen, [*(line.amount_fen for line in lines), refund.postage_fen])
    for line, share in zip(lines, shares, strict=True):
        line.amount_fen = share
    RefundLine.objects.bulk_update(lines, ["amount_fen"])
    refund.amount_fen, refund.postage_fen = amount_fen, postage


def _refuse(refund: Refund, *, actor: Actor, at: datetime, reason: str, says: lawful.Says = lawful.NOTHING) -> str:
    """DEC-4: on a lawful ground, or by a supervisor who says that it is not; the log's note tells which."""
    added = lawful.check(refund, actor=actor, ground=reason, says=says)
    _count_refusal(refund, reason)
    return added


def _count_refusal(refund: Refund, reason: str) -> None:
    refund.refusals += 1
    refund.refused_as = reason


def _void(refund: Refund, *, actor: Actor, at: datetime) -> None:
    refund.void_result = "voided"


def _already_shipped(refund: Refund, *, actor: Actor, at: datetime) -> None:
    refund.void_result = "already_shipped"


def _return_shipment(refund: Refund, *, actor: Actor, at: datetime, surface: bool = False) -> None:
    refund.goods_sent_back = True
    refund.return_by_surface = surface


def _undo_return(refund: Refund, *, actor: Actor, at: datetime) -> None:
    refund.goods_sent_back = False
    refund.return_by_surface = False


def _receive_pass(refund: Refund, *, actor: Actor, at: datetime, amount_fen: int | None = None) -> None:
    exchanging.received(refund, at=at)
    if not refund.wants_goods:
        promising.check_money(refund)


def _receive_fail(
    refund: Refund,
    *,
    actor: Actor,
    at: datetime,
    reason: str,
    found: Sequence[inspecting.Found] | None = None,
    why: str = "",
) -> str:
    """DEC-4, LAW-2: a failed inspection refuses, so that it stands on what was found like any refusal."""
    lines = inspecting.lines_found(refund, found, passed=False)
    added = lawful.check_inspection(refund, actor=actor, lines=lines, why=why)
    exchanging.received(refund, at=at)
    _count_refusal(refund, reason)
    return added


def _modify(refund: Refund, *, actor: Actor, at: datetime, judge: Callable[[Refund], dict[str, Any]]) -> None:
    for name, value in judge(refund).items():
        setattr(refund, name, value)
    refund.refused_as = ""


def _intervene(refund: Refund, *, actor: Actor, at: datetime) -> None:
    refund.in_dispute = True
    refund.due_paused = True


def _decide_for_buyer(refund: Refund, *, actor: Actor, at: datetime) -> None:
    refund.in_dispute = False
    if refund.wants_goods:
        if refund.status in (X.WAIT_SELLER_SEND_GOODS, X.WAIT_BUYER_CONFIRM_GOODS):
            exchanging.to_refund(refund, actor=actor, at=at)
        else:
            exchanging.agree_on_goods(refund)
        return
    promising.check_money(refund)


def _pay_part(refund: Refund, *, actor: Actor, at: datetime, amount_fen: int) -> None:
    refund.in_dispute = False
    if amount_fen != refund.amount_fen:
        reduce_amount(refund, amount_fen)
    promising.check_money(refund)


def _end_dispute(refund: Refund, *, actor: Actor, at: datetime) -> None:
    refund.in_dispute = False


def _mark_overdue(refund: Refund, *, actor: Actor, at: datetime) -> None:
    refund.marked_overdue = True


def _succeed(refund: Refund, *, actor: Actor, at: datetime) -> None:
    refund.refunded_fen = refund.amount_fen


def _stamp(step: Step) -> None:
    refund = step.subject
    if refund.status in MACHINE.terminal:
        refund.finished_at = step.at
        refund.in_dispute = False


def _release(steps: list[Step]) -> None:
    """An ended request frees its lines, and the receiving period goes on when it was the last (ORD-6, TMO-7)."""
    refunds = [step.subject for step in steps]
    batch = Batch().add(Order, ["open_requests"], [(refund.order_id, -1) for refund in refunds])
    closing = [(line.pk, False) for refund in refunds for line in refund.lines.all()]
    batch.update(RefundLine, ["is_open"], closing).run()
    orders.receipt_go_on([refund.order_id for refund in refunds])


def _settle_books(steps: list[Step]) -> None:
    """Money that has moved turns from promised into refunded, on lines and orders alike (AMT-2)."""
    refunds = [step.subject for step in steps]
    batch = Batch()
    batch.add(
        OrderLine,
        ["promised_fen", "refunded_fen"],
        [(line.order_line_id, -line.amount_fen, line.amount_fen) for refund in refunds for line in refund.lines.all()],
    )
    batch.add(
        Order,
        ["promised_fen", "refunded_fen"],
        [(refund.order_id, -refund.amount_fen, refund.amount_fen) for refund in refunds],
    )
    batch.run()


REFUND = Binding(
    machine=MACHINE,
    model=Refund,
    number="refund_no",
    lock=refund_lock,
    prepare={
        "agree": _agree,
        "refuse": _refuse,
        "void_result_voided": _void,
        "void_result_already_shipped": _already_shipped,
        "return_shipment": _return_shipment,
        "undo_return": _undo_return,
        "receive_pass": _receive_pass,
        "receive_fail": _receive_fail,
        "modify": _modify,
        "intervention": _intervene,
        "decision_buyer": _decide_for_buyer,
        "decision_partial": _pay_part,
        "decision_seller": _end_dispute,
        "settle_withdrawn": _end_dispute,
        "settle_refund": _pay_part,
        "mark_overdue": _mark_overdue,
        "succeed": _succeed,
        "promise_first": exchanging.promise_first,
        "settle_difference": exchanging.settle_difference,
        "ship_replacement": exchanging.ship_replacement,
        "confirm_received": exchanging.replacement_is_there,
        "replacement_denied": exchanging.replacement_denied,
        "delivery_proved": exchanging.replacement_is_there,
        "replacement_lost": exchanging.replacement_lost,
        "replacement_found": exchanging.replacement_is_there,
        "to_refund": exchanging.to_refund,
    },
    stamp=_stamp,
    taken=dict.fromkeys(overtaking.MOVES, (overtaking.proposals_follow,)),
    entered={
        S.WAIT_SYSTEM_TRANSFER: (promising.payments_promise,),
        S.SUCCESS: (_settle_books, _release),
        S.CLOSED: (_release,),
        X.WAIT_BUYER_RETURN_GOODS: (exchanging.note_agreement,),
        X.WAIT_SELLER_SEND_GOODS: (exchanging.note_agreement,),
        X.CLOSED: (_release,),
        X.SUCCESS: (_release,),
        X.TO_REFUND: (_release, exchanging.turn_into_refunds),
    },
    saved=(
        "kind",
        "goods_status",
        "phase",
        "flow",
        "fast",
        "reason",
        "description",
        "amount_fen",
        "postage_fen",
        "refunded_fen",
        "refusals",
        "refused_as",
        "void_result",
        "in_dispute",
        "return_address",
        "return_by_surface",
        "goods_sent_back",
        "received_at",
        "marked_overdue",
        "ships_first",
        "difference_fen",
        "difference_settled",
        "replacement_trouble",
        "finished_at",
        "due_at",
        "due_action",
        "due_against_shop",
        "due_paused",
        "settlement",
        "summary",
    ),
)
