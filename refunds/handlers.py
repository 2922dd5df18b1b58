"""What the refunds app does when it hears news. Each may hear the same news twice."""

import logging

from aftersales.core.auth import Actor
from aftersales.core.errors import Conflict, Problem
from aftersales.core.models import OutboxEvent
from aftersales.core.webhooks.messages import Message
from orders.models import Order

from . import services
from .models import Dispute, Payout, Proposal, RefundPayment
from .selectors import refund_document
from .selectors.payouts import payout_document
from .states import GOODS_KINDS, PaymentStatus, PayoutStatus

log = logging.getLogger(__name__)


def order_was_updated(event: OutboxEvent) -> None:
    """Let the open requests of the order keep the platform's own moments, where it has any (domain.md §17)."""
    order = Order.objects.get(pk=event.subject_id)
    if order.platform_deadlines and order.open_requests:
        services.refunds_follow_platform(order=order)


def order_was_shipped(event: OutboxEvent) -> None:
    """Close the before-shipment requests of goods that left by any way, such as an import of orders (RFD-2).

    Where the warehouse or an agent ships, they are closed in the same transaction already.
    """
    order = Order.objects.get(pk=event.subject_id)
    if order.open_requests:
        gone = list(order.lines.filter(shipped=True).values_list("pk", flat=True))
        services.refunds_overtake(order_id=order.pk, actor=Actor.system("shipment"), by="by_shipment", line_ids=gone)


def payment_was_promised(event: OutboxEvent) -> None:
    """Send the payment; one that was sent meanwhile is left alone (RFD-3)."""
    payment = RefundPayment.objects.get(pk=event.subject_id)
    if payment.status != PaymentStatus.PROMISED:
        return
    try:
        services.payment_send(payment=payment)
    except Conflict:
        log.info("another worker sent the payment", extra={"payment_no": payment.payment_no})


def payout_was_approved(event: OutboxEvent) -> None:
    """Send the payout; one that was sent, edited or rejected meanwhile is left alone (PAY-6)."""
    payout = Payout.objects.get(pk=event.subject_id)
    if payout.status != PayoutStatus.APPROVED:
        return
    try:
        services.payout_send(payout=payout)
    except Problem:
        log.info("another worker moved the payout", extra={"payout_no": payout.payout_no})


def refund_message(event: OutboxEvent) -> Message:
    """Tell of a request what `GET /refunds/…` gives the shop; one for goods has types of its own, `exchange.…`."""
    body = refund_document(Actor.front_end(event.shop_id), event.subject_id)
    family = "exchange" if body["kind"] in GOODS_KINDS else "refund"
    return Message(f"{family}.{event.topic.partition('.')[2]}", body["refund_no"], body)


def dispute_message(event: OutboxEvent) -> Message:
    """Tell of a dispute its request, which has the dispute in it."""
    refund_id = Dispute.objects.values_list("refund", flat=True).get(pk=event.subject_id)
    body = refund_document(Actor.front_end(event.shop_id), refund_id)
    return Message(event.topic, body["refund_no"], body)


def proposal_message(event: OutboxEvent) -> Message:
    """Tell of a proposal its request, which has the proposals in it."""
    refund_id = Proposal.objects.values_list("refund", flat=True).get(pk=event.subject_id)
    body = refund_document(Actor.front_end(event.shop_id), refund_id)
    return Message(event.topic, body["refund_no"], body)


def payout_message(event: OutboxEvent) -> Message:
    """Tell of a payout what `GET /payouts/…` gives the shop; the payee is masked (PAY-2)."""
    number = Payout.objects.values_list("payout_no", flat=True).get(pk=event.subject_id)
    return Message(event.topic, number, payout_document(Actor.front_end(event.shop_id), number))
