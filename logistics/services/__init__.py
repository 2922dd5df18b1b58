"""What the warehouse and the carriers do to orders and requests."""

from .following import push_take, pushes_expire, subscriptions_open
from .shipping import order_confirm_receipt, order_ship, replacement_record, return_shipment_record, void_answer

__all__ = [
    "order_confirm_receipt",
    "order_ship",
    "push_take",
    "pushes_expire",
    "replacement_record",
    "return_shipment_record",
    "subscriptions_open",
    "void_answer",
]
