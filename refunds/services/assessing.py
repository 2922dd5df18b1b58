"""What a buyer may ask for: kind, reason, lines, quantity and amount against the rules (APP-1…10, AMT-1…4, TMO-8, 9).

Pure judgement on an order whose row is locked and whose lines are loaded; nothing is written here.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.utils.translation import gettext_lazy as _

from aftersales.core import clock, errors, money, policies
from aftersales.core.machine import WhyNot
from orders.models import Order, OrderLine
from orders.states import OrderStatus, Shipping
from refunds.states import GOODS_KINDS, Flow, GoodsStatus, Kind, Phase, Reason
from refunds.states.words import LATER_KINDS, REASONS, SELLER_FAULT

from .settling import Settled, Sum, max_line_fen, settle, settled_together

REFUNDABLE = (
    OrderStatus.WAIT_SELLER_SEND_GOODS,
    OrderStatus.SELLER_CONSIGNED_PART,
    OrderStatus.WAIT_BUYER_CONFIRM_GOODS,
    OrderStatus.TRADE_FINISHED,
)


@dataclass(frozen=True, slots=True)
class LineAsk:
    """One line of what is asked; without an amount the most that is possible, without a sku the same goods again."""

    line_no: str
    quantity: int
    amount_fen: int | None = None
    exchange_sku: str = ""


@dataclass(frozen=True, slots=True)
class Ask:
    """What a buyer asks for."""

    kind: str
    goods_status: str
    reason: str
    lines: tuple[LineAsk, ...]
    description: str = ""


@dataclass(frozen=True, slots=True)
class AssessedLine:
    """A line with the amount that is asked for it, in fen; of no units: what was held back on it, let go (AMT-3).

    `held_fen` is what is held back on the line from now on, below nothing what is not any more.
    """

    line: OrderLine
    quantity: int
    amount_fen: int
    takes_units: bool
    exchange_sku: str = ""
    held_fen: int = 0


@dataclass(frozen=True, slots=True)
class Assessment:
    """A request that the rules allow. `amount_fen` is the lines' amounts and the postage."""

    flow: Flow
    phase: Phase
    fast: bool
    lines: tuple[AssessedLine, ...]
    postage_fen: int
    sums: tuple[Sum, ...] = ()

    @property
    def amount_fen(self) -> int:
        """What is asked for in all."""
        return sum(line.amount_fen for line in self.lines) + self.postage_fen


def seven_day_until(order: Order) -> datetime | None:
    """Say until when the seven-day reason holds: the policy's time from 00:00 after the day of signing (TMO-9)."""
    if order.signed_at is None:
        return None
    next_day = clock.shanghai_day(order.signed_at) + timedelta(days=1)
    start = datetime.combine(next_day, time(0), tzinfo=clock.SHANGHAI)
    until: datetime = start + policies.get("deadline.TMO-9", shop_id=order.shop_id)
    return until


def why_no_request(order: Order, asked_at: datetime | None = None) -> WhyNot | None:
    """Say why no request at all is possible for the order now, or None; one that was `asked_at` then came in time."""
    if not order.escrow:
        return WhyNot("ORD-3", _("Only escrow orders can be refunded here."))
    if order.status not in REFUNDABLE:
        return WhyNot(
            "APP-4", _("No request is possible while the order is “%(s)s”.") % {"s": order.get_status_display()}
        )
    if order.status == OrderStatus.TRADE_FINISHED:
        window = policies.get("deadline.TMO-8", shop_id=order.shop_id)
        over = order.finished_at is not None and (asked_at or clock.now()) >= order.finished_at + window
        if over or (order.aftersale_ended and asked_at is None):
            return WhyNot("TMO-8", _("The time in which the buyer could apply after the trade finished is over."))
    return None


_FLOWS: dict[str, Flow] = {
    Kind.RETURN_REFUND: Flow.RETURN_REFUND,
    Kind.EXCHANGE: Flow.EXCHANGE,
    Kind.RESHIP: Flow.RESHIP,
}


def flow_of(order: Order, lines: Iterable[OrderLine], kind: str) -> Flow:
    """Say which way a request for `lines` takes. Raises: RuleViolation APP-4 for shipped and unshipped lines mixed."""
    shipped = {line.shipped for line in lines}
    if len(shipped) > 1:
        raise errors.RuleViolation("APP-4", _("Ask for shipped and unshipped goods in separate requests."))
    if shipped == {False} and order.status != OrderStatus.TRADE_FINISHED:
        return Flow.UNSHIPPED
    return _FLOWS.get(kind, Flow.REFUND_ONLY)


def reasons_for(flow: str, goods_status: str) -> tuple[Reason, ...]:
    """Give the reasons that make sense (APP-2, APP-3); none where the combination itself does not."""
    return REASONS.get((flow, goods_status), ())


def assess(
    order: Order,
    lines: Sequence[OrderLine],
    ask: Ask,
    *,
    open_lines: set[int],
    postage_asked: int,
    coming: Collection[int] = (),
    asked_at: datetime | None = None,
    shop_turns: bool = False,
) -> Assessment:
    """Judge what is asked. `open_lines` are order lines with another open request, `postage_asked` the postage in them.

    `coming` are those whose goods another request gives money for, undecided. A request that is modified counts as
    asked when it was applied for: `asked_at` is what the terms look at. With `shop_turns` it is the shop that makes a
    refund of an exchange.
    Raises: RuleViolation or Conflict with the rule's id.
    """
    _check_kind(ask)
    stop = why_no_request(order, asked_at)
    if stop is not None:
        raise _stopped(order, stop)
    chosen = _choose_lines(lines, ask, open_lines)
    flow = flow_of(order, [line for line, _ask in chosen], ask.kind)
    _check_words(order, flow, ask, [line for line, _ask in chosen], asked_at or clock.now())
    takes_units = flow != Flow.REFUND_ONLY or ask.goods_status == GoodsStatus.NOT_RECEIVED
    by_goods = ask.kind in GOODS_KINDS
    settled = None
    if takes_units and not by_goods:
        fault = shop_turns or ask.reason in SELLER_FAULT
        settled = _settle(order, lines, chosen, coming, fault=fault, alone=not shop_turns)
    assessed = tuple(_assess_line(line, wanted, flow, ask, takes_units, settled) for line, wanted in chosen)
    postage = 0 if by_goods else _postage(order, lines, assessed, flow, ask, open_lines, postage_asked)
    fast = _is_fast(order, flow, ask, assessed)
    rest = tuple(AssessedLine(line, 0, fen, False, held_fen=-fen) for line, fen in settled.rest) if settled else ()
    result = Assessment(
        flow, phase_of(order), fast, assessed + rest, postage, settled.sums if settled is not None else ()
    )
    if result.amount_fen <= 0 and not by_goods:
        if any(item.held_fen for item in assessed):
            raise errors.RuleViolation("AMT-3", _("What is kept costs as much by itself as was paid for all of it."))
        raise errors.RuleViolation("AMT-1", _("Nothing was paid for these goods, so nothing can be given back."))
    return result


def phase_of(order: Order) -> Phase:
    """Before success or after (APP-4)."""
    return Phase.AFTERSALE if order.status == OrderStatus.TRADE_FINISHED else Phase.ONSALE


def _stopped(order: Order, stop: WhyNot) -> errors.Problem:
    if stop.rule == "APP-4":
        return errors.Conflict(stop.text, rule=stop.rule, status_now=order.status, allowed_actions=[])
    return errors.RuleViolation(stop.rule, stop.text)


def _settle(
    order: Order,
    lines: Sequence[OrderLine],
    chosen: Sequence[tuple[OrderLine, LineAsk]],
    coming: Collection[int],
    *,
    fault: bool,
    alone: bool,
) -> Settled:
    """Settle bundles, thresholds and gifts; returns of one bundle go one after the other (AMT-3).

    Raises: Conflict AMT-3 where another request of the bundle is undecided and `alone` is asked for.
    """
    bundles = {line.bundle for line, _ask in chosen if settled_together(order, lines, line.bundle)}
    other = next((line for line in lines if line.bundle in bundles and line.pk in coming), None)
    if other is not None and alone:
        raise errors.Conflict(
            _(
                "Goods of “%(bundle)s” have an open request already, and what comes back depends on what is kept: "
                "change that request, or wait for its end."
            )
            % {"bundle": other.bundle},
            rule="AMT-3",
            code="request_open",
        )
    return settle(order, lines, {line.pk: wanted.quantity for line, wanted in chosen}, fault=fault)


def _check_kind(ask: Ask) -> None:
    if ask.kind in LATER_KINDS:
        raise errors.RuleViolation(
            "APP-1",
            _("This kind of request is not handled here yet: ask for a refund, a return or an exchange."),
            code="kind_not_available",
        )
    if not ask.lines:
        raise errors.RuleViolation("APP-7", _("Choose at least one line."))


def _choose_lines(lines: Sequence[OrderLine], ask: Ask, open_lines: set[int]) -> list[tuple[OrderLine, LineAsk]]:
    by_number = {line.line_no: line for line in lines}
    chosen: list[tuple[OrderLine, LineAsk]] = []
    for position, wanted in enumerate(ask.lines):
        line = by_number.get(wanted.line_no)
        if line is None or any(line is other for other, _ask in chosen):
            text: errors.Text = _("The order has no such line, or it is named twice.")
            raise errors.RuleViolation(
                "APP-7", text, errors=[errors.FieldError(f"lines[{position}].line_no", "unknown_line", text)]
            )
        if line.pk in open_lines:
            raise errors.Conflict(
                _("Line %(line)s has an open request already.") % {"line": line.line_no},
                rule="APP-7",
                code="request_open",
            )
        if not 1 <= wanted.quantity <= line.quantity_left:
            text = _("%(left)s of line %(line)s are left to ask for.") % {
                "left": line.quantity_left,
                "line": line.line_no,
            }
            raise errors.RuleViolation(
                "APP-7", text, errors=[errors.FieldError(f"lines[{position}].quantity", "quantity", text)]
            )
        chosen.append((line, wanted))
    return chosen


def _check_words(order: Order, flow: Flow, ask: Ask, lines: list[OrderLine], asked_at: datetime) -> None:
    if flow == Flow.UNSHIPPED and ask.kind != Kind.REFUND_ONLY:
        raise errors.RuleViolation("APP-4", _("Before shipment only a refund can be asked for."))
    reasons = reasons_for(flow, ask.goods_status)
    if not reasons:
        text = (
            _("Goods that were not received cannot be returned.")
            if ask.goods_status == GoodsStatus.NOT_RECEIVED
            else _("Goods that were not shipped cannot have been received.")
        )
        raise errors.RuleViolation("APP-2", text)
    if ask.reason not in reasons:
        allowed = _(", ").join([str(possible.label) for possible in reasons])
        raise errors.RuleViolation(
            "APP-3", _("This reason does not fit; possible are: %(reasons)s.") % {"reasons": allowed}
        )
    if ask.reason == Reason.SEVEN_DAY:
        _check_seven_days(order, lines, asked_at)


def _check_seven_days(order: Order, lines: list[OrderLine], asked_at: datetime) -> None:
    if not all(line.seven_day_return for line in lines):
        raise errors.RuleViolation("LAW-1", _("These goods are sold without the seven-day return."))
    until = seven_day_until(order)
    if until is not None and asked_at >= until:
        raise errors.RuleViolation("TMO-9", _("The seven days since the goods were signed for are over."))


def _assess_line(
    line: OrderLine, wanted: LineAsk, flow: Flow, ask: Ask, takes_units: bool, settled: Settled | None
) -> AssessedLine:
    if ask.kind in GOODS_KINDS:
        if not max_line_fen(line, wanted.quantity):
            text = _("Nothing is left of what was paid for these goods, so they are not sent again or exchanged.")
            raise errors.RuleViolation("AMT-1", text)
        if wanted.amount_fen:
            raise errors.RuleViolation("EXC-1", _("An exchange or a reship asks for goods, not for money."), max_fen=0)
        return AssessedLine(line, wanted.quantity, 0, takes_units, wanted.exchange_sku)
    most = settled.most[line.pk] if settled else max_line_fen(line, wanted.quantity)
    amount = most if wanted.amount_fen is None else wanted.amount_fen
    if amount < 0:
        raise errors.RuleViolation("AMT-1", _("An amount cannot be less than nothing."), max_fen=most)
    if amount > most:
        raise errors.RuleViolation(
            "AMT-3" if settled and settled.held[line.pk] > 0 else "AMT-2",
            _("At most ¥%(most)s can be asked for line %(line)s.") % {"most": money.yuan(most), "line": line.line_no},
            max_fen=most,
        )
    if amount != most and ask.goods_status == GoodsStatus.NOT_RECEIVED:
        raise errors.RuleViolation(
            "APP-5",
            _("For goods that were not received the whole amount is asked for: ¥%(most)s.")
            % {"most": money.yuan(most)},
            max_fen=most,
        )
    return AssessedLine(line, wanted.quantity, amount, takes_units, held_fen=settled.held[line.pk] if settled else 0)


def _postage(
    order: Order,
    lines: Sequence[OrderLine],
    assessed: Sequence[AssessedLine],
    flow: Flow,
    ask: Ask,
    open_lines: set[int],
    postage_asked: int,
) -> int:
    """Add the postage with the last line before shipment; after it only when the seller is at fault (AMT-4)."""
    free = order.postage_fen - order.postage_given_fen - postage_asked
    if free <= 0:
        return 0
    if flow != Flow.UNSHIPPED and ask.reason not in SELLER_FAULT:
        return 0
    if not all(item.takes_units for item in assessed):
        return 0
    going = {item.line.pk: item.quantity for item in assessed}
    paid_for = [line for line in lines if line.paid_share_fen]  # a free gift that is kept holds nothing back (LAW-3)
    stays = any(line.pk not in open_lines and line.quantity_left > going.get(line.pk, 0) for line in paid_for)
    return 0 if stays else free


def _is_fast(order: Order, flow: Flow, ask: Ask, assessed: Sequence[AssessedLine]) -> bool:
    """The short deadline: seven-day goods that the buyer has, and virtual goods (TMO-3)."""
    if flow in (Flow.UNSHIPPED, Flow.EXCHANGE, Flow.RESHIP):
        return False
    has_goods = ask.goods_status == GoodsStatus.RECEIVED
    return order.shipping == Shipping.VIRTUAL or (has_goods and all(item.line.seven_day_return for item in assessed))
