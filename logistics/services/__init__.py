"""What the warehouse and the carriers do to orders and requests."""

from .packing import parcel_pack
from .shipping import order_confirm_receipt, order_ship, replacement_record, return_shipment_record, void_answer
from .unclaimed import unclaimed_match, unclaimed_record, unclaimed_settle

__all__ = [
    "order_confirm_receipt",
    "order_ship",
    "parcel_pack",
    "replacement_record",
    "return_shipment_record",
    "unclaimed_match",
    "unclaimed_record",
    "unclaimed_settle",
    "void_answer",
]
