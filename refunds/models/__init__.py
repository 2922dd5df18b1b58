"""The tables of the refunds app."""

from .evidence import Evidence
from .refunds import (
    Dispute,
    Inspection,
    Message,
    Refund,
    RefundLine,
    RefundPayment,
    RefundVersion,
    ReturnShipment,
    Tally,
)

__all__ = [
    "Dispute",
    "Evidence",
    "Inspection",
    "Message",
    "Refund",
    "RefundLine",
    "RefundPayment",
    "RefundVersion",
    "ReturnShipment",
    "Tally",
]
