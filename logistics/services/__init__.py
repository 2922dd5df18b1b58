"""What the warehouse and the carriers do to orders, requests and parcels."""

from . import carriers, claims
from .attention import attention_settle, parcels_watch
from .following import number_ask, push_take, pushes_drain, pushes_expire, subscriptions_ask, subscriptions_open
from .gifts import gift_missing, gift_promise, gifts_leave
from .machine import PARCEL
from .missing import Found, missing_settle
from .packing import parcel_pack
from .parcels import (
    order_sign_by_parcels,
    parcel_confirm_lost,
    parcel_correct,
    parcel_deny,
    parcel_recall,
    replacement_follow,
)
from .shipping import (
    order_confirm_receipt,
    order_ship,
    replacement_record,
    return_shipment_record,
    void_answer,
)
from .tracking import Scan, scans_record
from .unclaimed import unclaimed_match, unclaimed_record, unclaimed_settle, unclaimed_unmatch
from .voids import (
    ANSWER,
    MAKE,
    Given,
    Outcome,
    void_line_answer,
    void_line_stopped,
    void_lines_answer,
    void_lines_settle,
    void_list_make,
    void_lists_make_due,
)

__all__ = [
    "ANSWER",
    "MAKE",
    "PARCEL",
    "Found",
    "Given",
    "Outcome",
    "Scan",
    "attention_settle",
    "carriers",
    "claims",
    "gift_missing",
    "gift_promise",
    "gifts_leave",
    "missing_settle",
    "number_ask",
    "order_confirm_receipt",
    "order_ship",
    "order_sign_by_parcels",
    "parcel_confirm_lost",
    "parcel_correct",
    "parcel_deny",
    "parcel_pack",
    "parcel_recall",
    "parcels_watch",
    "push_take",
    "pushes_drain",
    "pushes_expire",
    "replacement_follow",
    "replacement_record",
    "return_shipment_record",
    "scans_record",
    "subscriptions_ask",
    "subscriptions_open",
    "unclaimed_match",
    "unclaimed_record",
    "unclaimed_settle",
    "unclaimed_unmatch",
    "void_answer",
    "void_line_answer",
    "void_line_stopped",
    "void_lines_answer",
    "void_lines_settle",
    "void_list_make",
    "void_lists_make_due",
]
