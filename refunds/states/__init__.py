"""The state machines of the refunds app: the request, the payment of its money, payouts, disputes."""

from .dispute import DISPUTE, DisputeStatus
from .payment import PAYMENT, PaymentStatus
from .payout import OPEN_PAYOUTS, PAYOUT, AccountType, PayoutFault, PayoutPurpose, PayoutStatus
from .refund import OPEN_STATES, REFUND, RefundStatus
from .words import Flow, GoodsStatus, Kind, Phase, Reason, RefusalReason

__all__ = [
    "DISPUTE",
    "OPEN_PAYOUTS",
    "OPEN_STATES",
    "PAYMENT",
    "PAYOUT",
    "REFUND",
    "AccountType",
    "DisputeStatus",
    "Flow",
    "GoodsStatus",
    "Kind",
    "PaymentStatus",
    "PayoutFault",
    "PayoutPurpose",
    "PayoutStatus",
    "Phase",
    "Reason",
    "RefundStatus",
    "RefusalReason",
]
