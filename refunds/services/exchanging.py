"""What the steps of exchanges and reships set, and what follows from them (EXC, AMT-5).

Prices are agreed with the exchange and the difference is noted on the order at once; a request that turns into a refund
opens one that goes on where the goods are.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from aftersales.core import errors, money, policies, transitions
from aftersales.core.auth import Actor
from aftersales.core.bulk import Batch
from aftersales.core.machine import PLATFORM
from aftersales.core.steps import Step
from orders import services as orders
from orders.models import Order
from orders.models.orders import Flag
from orders.states import OrderStatus
from refunds.models import Payout, Refund, RefundLine, ReturnShipment
from refunds.states import REFUND as MACHINE
from refunds.states import ExchangeStatus, Flow, GoodsStatus, Kind, PayoutPurpose, PayoutStatus, RefundStatus
from refunds.states.exchange import ReplacementTrouble, turns_anew

from .assessing import Ask, Assessment, LineAsk
from .recording import assess_ask, earlier, keep_version, new_refund, write_lines

S, X = RefundStatus, ExchangeStatus
FOLLOWER = "exchange"


# --- What the steps set -----------------------------------------------------------------------------------------------


def agree_on_goods(
    refund: Refund,
    *,
    new_prices: Mapping[str, int] | None = None,
    return_address: dict[str, Any] | None = None,
    ships_first: bool = False,
) -> None:
    """Fix the price difference and where the goods go back to, at the agreement; later it only receives the goods.

    `new_prices` are fen for one unit of the new goods, by line number; a line without one costs what was paid for it.
    Raises: RuleViolation RFD-4 without an address, Invalid for an unknown line.
    """
    if refund.status not in (X.WAIT_SELLER_AGREE, X.WAIT_BUYER_MODIFY):
        return
    if refund.flow == Flow.EXCHANGE:
        refund.return_address = return_address or refund.shop.return_address
        if not refund.return_address:
            text = _("A return needs an address: give one, or set the shop's default.")
            raise errors.RuleViolation("RFD-4", text)
        refund.ships_first = ships_first
    lines = list(refund.lines.all())
    known = {line.order_line.line_no for line in lines}
    if unknown := set(new_prices or ()) - known:
        text = _("The request has no such line: %(lines)s") % {"lines": ", ".join(sorted(unknown))}
        raise errors.Invalid(errors=[errors.FieldError("new_prices", "unknown_line", text)])
    for line in lines:
        line.exchange_price_fen = (new_prices or {}).get(line.order_line.line_no)
    refund.difference_fen = sum(difference_of(line) for line in lines)
    refund.difference_settled = False
    RefundLine.objects.bulk_update(lines, ["exchange_price_fen"])


def difference_of(line: RefundLine) -> int:
    """Give the price of the new goods less the paid share of the old ones; nothing without an agreed price (AMT-5)."""
    if line.exchange_price_fen is None:
        return 0
    paid = money.unit_shares(line.order_line.paid_share_fen, line.order_line.quantity)
    taken = line.order_line.returned_quantity
    return line.exchange_price_fen * line.quantity - sum(paid[taken : taken + line.quantity])


def promise_first(refund: Refund, *, actor: Actor, at: datetime) -> None:
    """Note that the replacement goes before the return is here (EXC-4)."""
    refund.ships_first = True


def settle_difference(refund: Refund, *, actor: Actor, at: datetime) -> None:
    """Take the difference as settled; what the shop owes must have been opened as a payout (EXC-2)."""
    if refund.difference_fen < 0:
        opened = Payout.objects.filter(refund=refund, purpose=PayoutPurpose.EXCHANGE_DIFFERENCE)
        if not opened.exclude(status=PayoutStatus.REJECTED).exists():
            text = _("Open a payout of ¥%(amount)s for the difference first.")
            raise errors.RuleViolation("EXC-2", text % {"amount": money.yuan(-refund.difference_fen)})
    refund.difference_settled = True


def ship_replacement(refund: Refund, *, actor: Actor, at: datetime) -> None:
    """Send it: before the return is here where that was promised, else the goods are received with it (3 → 13)."""
    if refund.status == X.WAIT_SELLER_CONFIRM_GOODS and not refund.ships_first:
        refund.received_at = at
    if refund.status != X.WAIT_BUYER_CONFIRM_GOODS:  # there it corrects a number, which proves nothing (LOG-6)
        refund.replacement_trouble = ""


def replacement_is_there(refund: Refund, *, actor: Actor, at: datetime) -> None:
    """Take back that it is not with the buyer: it turned up, was proved, or he has it after all (LOG-6)."""
    refund.replacement_trouble = ""


def replacement_denied(refund: Refund, *, actor: Actor, at: datetime) -> None:
    """Note that the buyer denies having it: it does not count as received by time alone (LOG-6)."""
    refund.replacement_trouble = ReplacementTrouble.DENIED


def replacement_lost(refund: Refund, *, actor: Actor, at: datetime) -> None:
    """Note that it did not reach him: the shop sends it again, or gives the money back (LOG-6, CLM-3)."""
    refund.replacement_trouble = ReplacementTrouble.LOST


def received(refund: Refund, *, at: datetime) -> None:
    """Note that the goods are back."""
    refund.received_at = at
    refund.marked_overdue = False


def to_refund(refund: Refund, *, actor: Actor, at: datetime) -> None:
    """Judge the refund that this turns into, under the lock. Raises: RuleViolation where nothing can be given back."""
    ask = Ask(
        kind=Kind.RETURN_REFUND if refund.flow == Flow.EXCHANGE else Kind.REFUND_ONLY,
        goods_status=GoodsStatus.RECEIVED if refund.flow == Flow.EXCHANGE else refund.goods_status,
        reason=refund.reason,
        description=refund.description,
        lines=tuple(LineAsk(line.order_line.line_no, line.quantity) for line in refund.lines.all()),
    )
    lines, before = list(refund.order.lines.order_by("pk")), earlier(refund.order, refund)
    judged = assess_ask(refund.order, lines, ask, before, asked_at=refund.created_at, shop_turns=True)
    refund.opens = (ask, judged, before)


# --- What follows from them -------------------------------------------------------------------------------------------


def note_agreement(steps: list[Step]) -> None:
    """Note the agreement and its difference on the order, and give the buyer more time for receipt (AMT-5, EXC-3)."""
    for step in steps:
        refund: Refund = step.subject
        if step.edge.source not in (X.WAIT_SELLER_AGREE, X.WAIT_BUYER_MODIFY) or refund.goods_sent_back:
            continue
        orders.note_add(order=refund.order, actor=step.actor, text=_agreement(refund))
        if refund.order.status == OrderStatus.WAIT_BUYER_CONFIRM_GOODS:
            most = policies.number("order.extension_days_max", shop_id=refund.shop_id)
            days = min(policies.number("order.extension_days_exchange", shop_id=refund.shop_id), most)
            actor = Actor.system(FOLLOWER) if step.actor.role == PLATFORM else step.actor
            orders.order_extend_receipt(order=refund.order, actor=actor, days=days)


def _agreement(refund: Refund) -> str:
    words = {"number": refund.refund_no, "amount": money.yuan(abs(refund.difference_fen))}
    if refund.flow == Flow.RESHIP:
        return _("Reship %(number)s agreed.") % words
    if refund.difference_fen > 0:
        return _("Exchange %(number)s agreed; the buyer pays a difference of ¥%(amount)s first.") % words
    if refund.difference_fen < 0:
        return _("Exchange %(number)s agreed; the buyer gets a difference of ¥%(amount)s.") % words
    return _("Exchange %(number)s agreed, without a price difference.") % words


def turn_into_refunds(steps: list[Step]) -> None:
    """Open the refund that each request turns into, where its goods are; the earlier request keeps its history (EXC-1).

    Once the replacement has left, that is what the buyer has to send back: the refund is decided anew (`turns_anew`).
    Emits: refund.created, payment.promised where the goods are back. What the buyer paid on top is noted as owed.
    """
    for step in steps:
        refund: Refund = step.subject
        ask, judged, before = refund.opens
        anew = turns_anew(step.edge, refund.flow)
        new = _turned(refund, ask, judged, before, anew=anew)
        batch = Batch().add(Order, ["open_requests"], [(refund.order_id, 1)])
        write_lines(batch, new, judged)
        keep_version(batch, new, ask, judged, number=1, at=new.created_at)
        binding = transitions.bindings[MACHINE.name]  # which is made of these functions
        transitions.create(binding, new, actor=step.actor, action="turn", note=refund.refund_no, batch=batch)
        orders.receipt_hold([refund.order_id])
        parcel = ReturnShipment.objects.filter(refund=refund, superseded_at=None).first()
        if parcel is not None and not anew:
            ReturnShipment.objects.create(
                refund=new, carrier=parcel.carrier, tracking_no=parcel.tracking_no, created_at=parcel.created_at
            )
        if refund.difference_fen > 0 and refund.difference_settled:
            text = _("%(number)s became a refund: give back the difference of ¥%(amount)s that the buyer paid.")
            words = {"number": refund.refund_no, "amount": money.yuan(refund.difference_fen)}
            orders.note_add(order=refund.order, actor=step.actor, text=text % words, flag=Flag.YELLOW)


def _turned(refund: Refund, ask: Ask, judged: Assessment, before: list[RefundLine], *, anew: bool) -> Refund:
    """Make the refund, not saved: decided anew, or agreed already, and received where the goods are."""
    more: dict[str, Any] = {"turned_from": refund, "assignee_id": refund.assignee_id}
    if not anew:
        status = S.WAIT_SELLER_CONFIRM_GOODS if refund.goods_sent_back else S.WAIT_BUYER_RETURN_GOODS
        more |= {
            "status": S.WAIT_SYSTEM_TRANSFER if refund.received_at is not None else status,
            "return_address": refund.return_address,
            "goods_sent_back": refund.goods_sent_back,
            "return_by_surface": refund.return_by_surface,
            "received_at": refund.received_at,
        }
    return new_refund(refund.order, ask, judged, before, **more)
