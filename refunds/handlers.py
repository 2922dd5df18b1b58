"""What the refunds app does when it hears news. Each may hear the same news twice."""

import logging

from aftersales.core.errors import Conflict, Problem
from aftersales.core.models import OutboxEvent
from orders.models import Order

from . import services
from .models import Payout, RefundPayment
from .states import PaymentStatus, PayoutStatus

log = logging.getLogger(__name__)


def order_was_updated(event: OutboxEvent) -> None:
    """Let the open requests of the order keep the platform's own moments, where it has any (domain.md §17)."""
    order = Order.objects.get(pk=event.subject_id)
    if order.platform_deadlines and order.open_requests:
        services.refunds_follow_platform(order=order)


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
