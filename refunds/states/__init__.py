"""The state machines of the refunds app: the request of every kind, its payment, payouts, disputes."""

from .dispute import DISPUTE, UNDECIDED, DisputeStatus, Piece, kit_of
from .exchange import OPEN as OPEN_EXCHANGES
from .exchange import ExchangeStatus, ReplacementTrouble
from .payment import PAYMENT, PaymentStatus
from .payout import OPEN_PAYOUTS, PAYOUT, AccountType, PayoutFault, PayoutPurpose, PayoutStatus
from .proposal import PROPOSAL, ProposalKind, ProposalStatus
from .refund import (
    CLOSED_BY_RECEIPT,
    MONEY_STATES,
    OPEN_STATES,
    PLATFORM_NUMBERS,
    REFUND,
    UNSETTLED_STATES,
    RefundStatus,
)
from .words import GOODS_KINDS, Flow, GoodsStatus, Kind, Phase, Reason, RefusalReason

__all__ = [
    "CLOSED_BY_RECEIPT",
    "DISPUTE",
    "GOODS_KINDS",
    "MONEY_STATES",
    "OPEN_EXCHANGES",
    "OPEN_PAYOUTS",
    "OPEN_STATES",
    "PAYMENT",
    "PAYOUT",
    "PLATFORM_NUMBERS",
    "PROPOSAL",
    "REFUND",
    "UNDECIDED",
    "UNSETTLED_STATES",
    "AccountType",
    "DisputeStatus",
    "ExchangeStatus",
    "Flow",
    "GoodsStatus",
    "Kind",
    "PaymentStatus",
    "PayoutFault",
    "PayoutPurpose",
    "PayoutStatus",
    "Phase",
    "Piece",
    "ProposalKind",
    "ProposalStatus",
    "Reason",
    "RefundStatus",
    "RefusalReason",
    "ReplacementTrouble",
    "kit_of",
]
