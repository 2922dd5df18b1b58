"""What the warehouse and the carriers do to orders and requests."""

from . import claims
from .shipping import order_confirm_receipt, order_ship, replacement_record, return_shipment_record, void_answer

__all__ = [
    "claims",
    "order_confirm_receipt",
    "order_ship",
    "replacement_record",
    "return_shipment_record",
    "void_answer",
]
