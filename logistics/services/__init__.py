"""What the warehouse and the carriers do to orders and requests."""

from . import claims
from .packing import parcel_pack
from .shipping import (
    order_confirm_receipt,
    order_ship,
    parcel_correct,
    replacement_record,
    return_shipment_record,
    void_answer,
)
from .unclaimed import unclaimed_match, unclaimed_record, unclaimed_settle
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
    "Given",
    "Outcome",
    "claims",
    "order_confirm_receipt",
    "order_ship",
    "parcel_correct",
    "parcel_pack",
    "replacement_record",
    "return_shipment_record",
    "unclaimed_match",
    "unclaimed_record",
    "unclaimed_settle",
    "void_answer",
    "void_line_answer",
    "void_line_stopped",
    "void_lines_answer",
    "void_lines_settle",
    "void_list_make",
    "void_lists_make_due",
]
