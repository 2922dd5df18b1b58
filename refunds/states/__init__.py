"""The state machines of the refunds app: the request, the payment of its money, the dispute about it."""

from .dispute import DISPUTE, DisputeStatus
from .payment import PAYMENT, PaymentStatus
from .refund import OPEN_STATES, REFUND, RefundStatus
from .words import Flow, GoodsStatus, Kind, Phase, Reason, RefusalReason

__all__ = [
    "DISPUTE",
    "OPEN_STATES",
    "PAYMENT",
    "REFUND",
    "DisputeStatus",
    "Flow",
    "GoodsStatus",
    "Kind",
    "PaymentStatus",
    "Phase",
    "Reason",
    "RefundStatus",
    "RefusalReason",
]
