"""What the warehouse and the carriers do to orders and requests."""

from .shipping import (
    order_confirm_receipt,
    order_ship,
    parcel_correct,
    replacement_record,
    return_shipment_record,
    void_answer,
)

__all__ = [
    "order_confirm_receipt",
    "order_ship",
    "parcel_correct",
    "replacement_record",
    "return_shipment_record",
    "void_answer",
]
