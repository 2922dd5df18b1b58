"""The tables of the refunds app."""

from .books import LedgerEntry
from .evidence import Evidence
from .inspections import InspectionLine
from .insurance import InsuranceAnswer
from .notices import ProviderNotice
from .parcels import Inspection, ReplacementShipment, ReturnShipment
from .payouts import Payee, PayeeDisclosure, Payout, PayoutLine
from .proposals import Proposal
from .reconciliation import Bill, Difference
from .refunds import (
    Dispute,
    Message,
    Refund,
    RefundLine,
    RefundPayment,
    RefundVersion,
    Tally,
)

__all__ = [
    "Bill",
    "Difference",
    "Dispute",
    "Evidence",
    "Inspection",
    "InspectionLine",
    "InsuranceAnswer",
    "LedgerEntry",
    "Message",
    "Payee",
    "PayeeDisclosure",
    "Payout",
    "PayoutLine",
    "Proposal",
    "ProviderNotice",
    "Refund",
    "RefundLine",
    "RefundPayment",
    "RefundVersion",
    "ReplacementShipment",
    "ReturnShipment",
    "Tally",
]
