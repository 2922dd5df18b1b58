"""What the warehouse and the carriers do to orders, requests and parcels."""

from .following import number_ask, push_take, pushes_drain, pushes_expire, subscriptions_ask, subscriptions_open
from .machine import PARCEL
from .parcels import order_sign_by_parcels, parcel_confirm_lost, parcel_deny, parcel_recall
from .shipping import order_confirm_receipt, order_ship, replacement_record, return_shipment_record, void_answer
from .tracking import Scan, scans_record

__all__ = [
    "PARCEL",
    "Scan",
    "number_ask",
    "order_confirm_receipt",
    "order_ship",
    "order_sign_by_parcels",
    "parcel_confirm_lost",
    "parcel_deny",
    "parcel_recall",
    "push_take",
    "pushes_drain",
    "pushes_expire",
    "replacement_record",
    "return_shipment_record",
    "scans_record",
    "subscriptions_ask",
    "subscriptions_open",
    "void_answer",
]
