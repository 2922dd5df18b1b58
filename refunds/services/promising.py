"""The promise of money: the moment in which a request binds a part of what the buyer paid (AMT-1, AMT-2, RFD-3).

The order's row is locked here, so the checks are exact; the CHECK constraints on order and line stand behind them.
"""

from collections.abc import Sequence
from datetime import datetime

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from aftersales.core import clock, errors, money, transitions
from aftersales.core.auth import Actor
from aftersales.core.bulk import Batch, allocate_numbered
from aftersales.core.steps import Step
from aftersales.core.transitions import Binding
from orders.models import Order, OrderLine
from orders.services import order_lock
from refunds.models import Refund, RefundPayment
from refunds.services.asking import first_look
from refunds.services.booking import payments_book
from refunds.states import PAYMENT as MACHINE
from refunds.states import PaymentStatus


def check_money(refund: Refund) -> None:
    """Make sure that order and lines still hold what the request asks. Raises: RuleViolation AMT-2."""
    left = refund.order.left_fen
    # What is held back stays within the line's share as well, and what is let go was held (AMT-3).
    lines = [
        min(line.order_line.left_fen - line.amount_fen - line.held_fen, line.order_line.held_fen + line.held_fen)
        for line in refund.lines.all()
    ]
    over = max(refund.amount_fen - left, -min(lines, default=0))
    if over > 0:
        rest = max(refund.amount_fen - over, 0)
        raise errors.RuleViolation(
            "AMT-2",
            _("Only ¥%(left)s of what the buyer paid is left to give back.") % {"left": money.yuan(rest)},
            max_fen=rest,
        )


def payments_promise(steps: list[Step]) -> None:
    """Bind the money of agreed requests on lines and orders, and write their payments, set-based.

    Locks: nothing new; orders and requests are held by the step. Emits: payment.promised.
    """
    refunds: list[Refund] = [step.subject for step in steps]
    batch = Batch()
    batch.add(
        OrderLine,
        ["promised_fen", "held_fen", "returned_quantity"],
        [
            (line.order_line_id, line.amount_fen, line.held_fen, line.quantity if line.takes_units else 0)
            for refund in refunds
            for line in refund.lines.all()
        ],
    )
    batch.add(
        Order,
        ["promised_fen", "postage_given_fen"],
        [(refund.order_id, refund.amount_fen, refund.postage_fen) for refund in refunds],
    )
    at = clock.now()
    day = clock.shanghai_day(at)
    numbers = allocate_numbered(RefundPayment, len(refunds), sequence="refunds_payment_no")
    payments = [
        RefundPayment(
            pk=key,
            payment_no=f"RP{day:%Y%m%d}{number:06d}",
            refund=refund,
            shop_id=refund.shop_id,
            status=PaymentStatus.PROMISED,
            amount_fen=refund.amount_fen,
            gateway=settings.AFTERSALES["refund_gateway"],
            created_at=at,
        )
        for refund, (key, number) in zip(refunds, numbers, strict=True)
    ]
    transitions.create_many(PAYMENT, payments, actor=steps[0].actor, action="promise", batch=batch)


def payment_lock(ids: Sequence[int], skip_locked: bool) -> list[RefundPayment]:
    """Lock the payments' orders, requests and then the payments themselves."""
    keys = Order.objects.filter(refunds__payments__in=ids).values_list("pk", flat=True)
    held = {order.pk for order in order_lock(list(keys), skip_locked)}
    refunds = Refund.objects.filter(payments__in=ids, order_id__in=held).order_by("pk")
    kept = list(refunds.select_for_update(of=("self",), no_key=True).values_list("pk", flat=True))
    rows = RefundPayment.objects.filter(pk__in=ids, refund_id__in=kept).order_by("pk").select_related("refund__order")
    return list(rows.select_for_update(of=("self",), no_key=True))


def _send(payment: RefundPayment, *, actor: Actor, at: datetime, asks: bool) -> None:
    payment.attempt += 1
    payment.sent_at, payment.asked, payment.unmoved_by = at, 0, None
    payment.ask_at = first_look(at, answers=asks)


def _confirm(
    payment: RefundPayment,
    *,
    actor: Actor,
    at: datetime,
    reference: str,
    unproved: Sequence[errors.FieldError] = (),
) -> None:
    """RFD-3: what had failed went another way, of which nobody else can say whether it went."""
    if payment.status == PaymentStatus.FAILED and unproved:
        raise errors.Invalid(errors=list(unproved))
    payment.reference, payment.settled_at, payment.ask_at = reference, at, None
    payment.failure = payment.code = ""


def _fail(payment: RefundPayment, *, actor: Actor, at: datetime, failure: str, code: str = "") -> None:
    payment.failure, payment.code, payment.ask_at = failure[:200], code[:64], None


def _report_unmoved(payment: RefundPayment, *, actor: Actor, at: datetime) -> None:
    payment.unmoved_by_id, payment.ask_at = actor.user_id, at


PAYMENT = Binding(
    machine=MACHINE,
    model=RefundPayment,
    number="payment_no",
    lock=payment_lock,
    entered={PaymentStatus.DONE: (payments_book,)},
    prepare={
        "send": _send,
        "confirm": _confirm,
        "fail": _fail,
        "report_unmoved": _report_unmoved,
        "accept_unmoved": _fail,
    },
    saved=(
        "reference",
        "failure",
        "code",
        "gateway",
        "attempt",
        "sent_at",
        "asked",
        "ask_at",
        "unmoved_by",
        "settled_at",
    ),
)
