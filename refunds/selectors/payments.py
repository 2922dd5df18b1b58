"""Refund payments that somebody must do something about."""

import logging

from django.db.models import QuerySet

from refunds.gateways import gateway_for
from refunds.models import RefundPayment
from refunds.states import PaymentStatus

BATCH = 200
log = logging.getLogger(__name__)


def payments_to_send() -> QuerySet[RefundPayment]:
    """Give promised payments, oldest first, a batch at a time."""
    rows: QuerySet[RefundPayment] = RefundPayment.objects.filter(status=PaymentStatus.PROMISED)
    return rows.order_by("id")[:BATCH]


def payments_to_follow() -> list[RefundPayment]:
    """Give payments without an answer whose gateway can be asked, oldest first, a batch at a time."""
    waiting = RefundPayment.objects.filter(status__in=[PaymentStatus.SENT, PaymentStatus.UNKNOWN])
    rows = waiting.select_related("refund__order").order_by("id")[:BATCH]
    return [payment for payment in rows if _can_be_asked(payment.gateway)]


def _can_be_asked(name: str) -> bool:
    try:
        return gateway_for(name).answers
    except LookupError:  # its payments wait until the installation is mended; those of the others do not
        log.exception("the gateway is not set up", extra={"gateway": name})
        return False
