"""What the refunds app does when it hears news. Each may hear the same news twice."""

import logging

from aftersales.core.errors import Conflict
from aftersales.core.models import OutboxEvent

from . import services
from .models import RefundPayment
from .states import PaymentStatus

log = logging.getLogger(__name__)


def payment_was_promised(event: OutboxEvent) -> None:
    """Send the payment; one that was sent meanwhile is left alone (RFD-3)."""
    payment = RefundPayment.objects.get(pk=event.subject_id)
    if payment.status != PaymentStatus.PROMISED:
        return
    try:
        services.payment_send(payment=payment)
    except Conflict:
        log.info("another worker sent the payment", extra={"payment_no": payment.payment_no})
