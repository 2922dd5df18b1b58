"""Refund payments: sent by a job, confirmed by the provider or by finance; only then is the request a success (RFD-3).

A payment is written before anything is sent. No lock is held over a call to the outside.
"""

import logging
from collections.abc import Sequence

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

from . import asking
from .evidence import evidence_attach
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
    asks = gateway_for(payment.gateway).answers
    with transaction.atomic():
        sent = transitions.apply(PAYMENT, payment.pk, "send", actor=Actor.system(SENDER), asks=asks)
    return _take_note(sent, _call(sent, "refund"))


def payment_follow(*, payment: RefundPayment) -> RefundPayment:
    """Ask what came of a payment, and write it down; to be called with one that `payments_to_follow` has claimed.

    Only where the provider has never heard of the number, within the time in which it would know, is the identical
    request sent again, with the same number.
    Raises: StaleVersion when somebody moved it meanwhile.
    """
    outcome = _call(payment, "query")
    if outcome.status == "not_found" and asking.in_time(payment):
        outcome = _call(payment, "refund")
    return _take_note(payment, outcome)


def payments_to_follow(*, limit: int = asking.BATCH) -> list[RefundPayment]:
    """Claim payments that it is time to ask about, longest waiting first."""
    rows = RefundPayment.objects.filter(pk__in=asking.claim(RefundPayment, limit=limit))
    return list(rows.select_related("refund__order").order_by("pk"))


def payment_ask(*, payment: RefundPayment, actor: Actor) -> None:
    """Have the provider asked at once, for finance. Raises: as `asking.ask_now`, LookupError."""
    asking.ask_now(payment, actor=actor, answers=gateway_for(payment.gateway).answers)


def payment_send_again(*, payment: RefundPayment, actor: Actor, version: int | None = None) -> RefundPayment:
    """Let a refused payment go out again, with the same number: had it moved after all, it does not move twice.

    Emits: payment.promised. Raises: Forbidden, TransitionNotAllowed.
    """
    with transaction.atomic(savepoint=False):
        again: RefundPayment = transitions.apply(PAYMENT, payment.pk, "send_again", actor=actor, version=version)
        return again


def _call(payment: RefundPayment, verb: str) -> Outcome:
    assert payment.sent_at is not None
    request = RefundRequest(payment.payment_no, payment.refund.order.order_no, payment.amount_fen, payment.sent_at)
    gateway = gateway_for(payment.gateway)
    try:
        outcome: Outcome = getattr(gateway, verb)(request)
    except OSError:
        log.warning("no answer from the gateway", extra={"payment_no": payment.payment_no}, exc_info=True)
        return Outcome("unknown")
    return outcome


def _take_note(payment: RefundPayment, outcome: Outcome) -> RefundPayment:
    """Write down what is known, unless the payment has moved since the call."""
    actor, seen = Actor.system(SENDER), payment.version
    if outcome.status == "done":
        return payment_confirm(payment=payment, actor=actor, reference=outcome.reference, version=seen)
    if outcome.status == "failed":
        words = outcome.message or outcome.code
        return payment_fail(payment=payment, actor=actor, failure=words, code=outcome.code, version=seen)
    if outcome.status in ("unknown", "not_found") and payment.status == PaymentStatus.SENT:
        with transaction.atomic():
            lost: RefundPayment = transitions.apply(PAYMENT, payment.pk, "lose_track", actor=actor, version=seen)
            return lost
    return payment


def payment_confirm(
    *,
    payment: RefundPayment,
    actor: Actor,
    reference: str,
    version: int | None = None,
    evidence_ids: Sequence[str] = (),
    buyer_confirmed: bool = False,
) -> RefundPayment:
    """Write down that the money moved; the request succeeds, and an order given back whole is closed.

    What had failed was made good another way: that wants a proof, whose files stay with the request, and that the buyer
    has confirmed it. Locks: order, request, payment. Emits: payment.done, refund.succeeded, order.closed.
    Raises: Invalid without a reference, or without proof or word of the buyer; Forbidden, TransitionNotAllowed
    (confirmed before).
    """
    if not reference.strip():
        text = _("Give the provider's reference of the payment.")
        raise errors.Invalid(errors=[errors.FieldError("reference", "required", text)])
    note = str(_("Made good another way; the buyer has confirmed that the money is there.")) if buyer_confirmed else ""
    with transaction.atomic(savepoint=False):
        done: RefundPayment = transitions.apply(
            PAYMENT,
            payment.pk,
            "confirm",
            actor=actor,
            version=version,
            note=note,
            reference=reference.strip(),
            unproved=_unproved(evidence_ids, buyer_confirmed=buyer_confirmed),
        )
        evidence_attach(refund=done.refund, evidence_ids=list(evidence_ids), actor=actor, purpose="receipt")
        transitions.apply(REFUND, done.refund_id, "succeed", actor=Actor.system(SENDER), note=reference.strip())
        _move_order(done.refund.order_id)
        return done


def _unproved(evidence_ids: Sequence[str], *, buyer_confirmed: bool) -> list[errors.FieldError]:
    """Say what is missing to believe that money went another way."""
    missing = []
    if not evidence_ids:
        text = _("Add the proof of the payment: a picture or PDF of the receipt.")
        missing.append(errors.FieldError("evidence", "required", text))
    if not buyer_confirmed:
        text = _("This payment had failed: the buyer must have confirmed that the money is there.")
        missing.append(errors.FieldError("buyer_confirmed", "required", text))
    return missing


def payment_fail(
    *, payment: RefundPayment, actor: Actor, failure: str, code: str = "", version: int | None = None
) -> RefundPayment:
    """Write down that a payment did not work; finance sends it again, or makes it good another way (RFD-3).

    Emits: payment.failed. Raises: TransitionNotAllowed PAY-9 for a person, where a provider was to move it.
    """
    with transaction.atomic(savepoint=False):
        failed: RefundPayment = transitions.apply(
            PAYMENT, payment.pk, "fail", actor=actor, version=version, note=failure, failure=failure, code=code
        )
        return failed


def payment_report_unmoved(
    *, payment: RefundPayment, actor: Actor, reason: str, evidence_ids: Sequence[str], version: int | None = None
) -> RefundPayment:
    """Report that a payment without an answer has not moved, with a proof; somebody else has to agree (PAY-9, RFD-3).

    The provider is asked once more at once. Locks: order, request, payment. Emits: payment.unknown.
    Raises: Invalid, Forbidden, TransitionNotAllowed.
    """
    asking.report_check(reason, evidence_ids)
    with transaction.atomic(savepoint=False):
        told: RefundPayment = transitions.apply(
            PAYMENT, payment.pk, "report_unmoved", actor=actor, version=version, note=reason.strip()
        )
        evidence_attach(refund=told.refund, evidence_ids=list(evidence_ids), actor=actor, purpose="receipt")
        return told


def payment_accept_unmoved(
    *, payment: RefundPayment, actor: Actor, reason: str, version: int | None = None
) -> RefundPayment:
    """Agree with somebody else's report that no money has moved; only then may it be made good another way (PAY-9).

    Locks: order, request, payment. Emits: payment.failed. Raises: Invalid, Forbidden, TransitionNotAllowed.
    """
    asking.report_check(reason)
    failure = reason.strip()
    with transaction.atomic(savepoint=False):
        failed: RefundPayment = transitions.apply(
            PAYMENT, payment.pk, "accept_unmoved", actor=actor, version=version, note=failure, failure=failure
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
    # While a price is held back for a gift, the gift may still come after the goods (LAW-3).
    units_left = any(line.held_fen or (line.quantity_left and line.paid_share_fen) for line in order.lines.all())
    if not order.open_requests and (order.refunded_fen == order.paid_fen or not units_left):
        orders.order_close(order=order, actor=actor, note="refunded")
    else:
        orders.order_nothing_left_to_ship(order=order, actor=actor)
