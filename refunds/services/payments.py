"""Refund payments: sent by a job, confirmed by the provider or by finance; only then is the request a success (RFD-3).

A payment is written before anything is sent. No lock is held over a call to the outside.
"""

import logging

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from aftersales.core import errors, transitions
from aftersales.core.auth import Actor
from orders import services as orders
from orders.models import Order
from orders.states import OPEN_STATES as ORDER_OPEN
from refunds.gateways import Outcome, RefundRequest, gateway_for
from refunds.models import RefundPayment
from refunds.states import PaymentStatus

from .machine import REFUND
from .promising import PAYMENT

log = logging.getLogger(__name__)
SENDER = "payments"


def payment_send(*, payment: RefundPayment) -> RefundPayment:
    """Send a promised payment to its gateway, at most once.

    The row says "sent" before the call, so a crash in between is answered by asking. Locks: the payment's order,
    not across the call. Emits: payment.sent, then payment.done | payment.failed | payment.unknown.
    Raises: TransitionNotAllowed if another worker was first; LookupError for a gateway that is not set up, with the
    payment still promised.
    """
    gateway_for(payment.gateway)
    with transaction.atomic():
        sent = transitions.apply(PAYMENT, payment.pk, "send", actor=Actor.system(SENDER))
    return _take_note(sent, _call(sent, "refund"))


def payment_follow(*, payment: RefundPayment) -> RefundPayment:
    """Ask the gateway what came of a payment that was sent or lost track of, and write it down.

    Only where the provider has never heard of the number is the identical request sent again, with the same number.
    """
    outcome = _call(payment, "query")
    if outcome.status == "not_found":
        outcome = _call(payment, "refund")
    return _take_note(payment, outcome)


def _call(payment: RefundPayment, verb: str) -> Outcome:
    request = RefundRequest(payment.payment_no, payment.refund.order.order_no, payment.amount_fen, payment.updated_at)
    gateway = gateway_for(payment.gateway)
    try:
        outcome: Outcome = getattr(gateway, verb)(request)
    except OSError:
        log.warning("no answer from the gateway", extra={"payment_no": payment.payment_no}, exc_info=True)
        return Outcome("unknown")
    return outcome


def _take_note(payment: RefundPayment, outcome: Outcome) -> RefundPayment:
    if outcome.status == "done":
        return payment_confirm(payment=payment, actor=Actor.system(SENDER), reference=outcome.reference)
    if outcome.status == "failed":
        return payment_fail(payment=payment, actor=Actor.system(SENDER), failure=outcome.message)
    if outcome.status == "unknown" and payment.status == PaymentStatus.SENT:
        with transaction.atomic():
            lost: RefundPayment = transitions.apply(PAYMENT, payment.pk, "lose_track", actor=Actor.system(SENDER))
            return lost
    return payment


def payment_confirm(
    *, payment: RefundPayment, actor: Actor, reference: str, version: int | None = None
) -> RefundPayment:
    """Write down that the money moved; the request succeeds, and an order given back whole is closed.

    Locks: order, request, payment. Emits: payment.done, refund.succeeded, order.closed.
    Raises: Invalid without a reference, Forbidden, TransitionNotAllowed (confirmed before).
    """
    if not reference.strip():
        text = _("Give the provider's reference of the payment.")
        raise errors.Invalid(errors=[errors.FieldError("reference", "required", text)])
    with transaction.atomic(savepoint=False):
        done: RefundPayment = transitions.apply(
            PAYMENT, payment.pk, "confirm", actor=actor, version=version, reference=reference.strip()
        )
        transitions.apply(REFUND, done.refund_id, "succeed", actor=Actor.system(SENDER), note=reference.strip())
        _move_order(done.refund.order_id)
        return done


def payment_fail(*, payment: RefundPayment, actor: Actor, failure: str, version: int | None = None) -> RefundPayment:
    """Write down that a payment did not work; finance makes it good another way (RFD-3). Emits: payment.failed."""
    with transaction.atomic(savepoint=False):
        failed: RefundPayment = transitions.apply(
            PAYMENT, payment.pk, "fail", actor=actor, version=version, note=failure, failure=failure
        )
        return failed


def _move_order(order_id: int) -> None:
    """Close a trade of which nothing is left: every unit or every fen was given back before it was finished.

    A partly shipped one of which the rest was given back counts as shipped.
    """
    order = Order.objects.prefetch_related("lines").get(pk=order_id)
    if order.status not in ORDER_OPEN:
        return
    actor = Actor.system(SENDER)
    units_left = any(line.quantity_left for line in order.lines.all() if line.paid_share_fen)
    if not order.open_requests and (order.refunded_fen == order.paid_fen or not units_left):
        orders.order_close(order=order, actor=actor, note="refunded")
    else:
        orders.order_nothing_left_to_ship(order=order, actor=actor)
