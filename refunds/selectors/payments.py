"""Refund payments that the job has to send."""

from django.db.models import QuerySet

from refunds.models import RefundPayment
from refunds.states import PaymentStatus

BATCH = 200


def payments_to_send() -> QuerySet[RefundPayment]:
    """Give promised payments, oldest first, a batch at a time."""
    rows: QuerySet[RefundPayment] = RefundPayment.objects.filter(status=PaymentStatus.PROMISED)
    return rows.order_by("id")[:BATCH]
