"""What changes an order. Callers use `services.<entity>_<action>`."""

from .machine import ORDER, order_lock
from .moving import (
    lines_to_ship,
    note_add,
    note_settle,
    notes_add,
    order_close,
    order_confirm_receipt,
    order_extend_receipt,
    order_nothing_left_to_ship,
    order_ship,
    order_sign,
    receipt_go_on,
    receipt_hold,
)
from .registering import LineData, OrderData, order_register, paid_shares

__all__ = [
    "ORDER",
    "LineData",
    "OrderData",
    "lines_to_ship",
    "note_add",
    "note_settle",
    "notes_add",
    "order_close",
    "order_confirm_receipt",
    "order_extend_receipt",
    "order_lock",
    "order_nothing_left_to_ship",
    "order_register",
    "order_ship",
    "order_sign",
    "paid_shares",
    "receipt_go_on",
    "receipt_hold",
]
