"""What changes requests and their money. Callers use `services.<entity>_<action>`."""

from .applying import refund_apply, refund_cancel, refund_modify
from .assessing import Ask, LineAsk
from .deciding import (
    refund_agree,
    refund_already_shipped,
    refund_receive,
    refund_refuse,
    refund_return_shipment,
    refund_void,
    refunds_overtake,
)
from .disputes import DISPUTE, refund_decide, refund_intervene, refund_settle
from .evidence import evidence_attach, evidence_expire, evidence_store
from .machine import REFUND
from .messages import message_write
from .offering import refundable
from .payments import payment_confirm, payment_fail, payment_follow, payment_send
from .promising import PAYMENT
from .tallies import tallies_sum_up
from .timing import refunds_follow_platform

__all__ = [
    "DISPUTE",
    "PAYMENT",
    "REFUND",
    "Ask",
    "LineAsk",
    "evidence_attach",
    "evidence_expire",
    "evidence_store",
    "message_write",
    "payment_confirm",
    "payment_fail",
    "payment_follow",
    "payment_send",
    "refund_agree",
    "refund_already_shipped",
    "refund_apply",
    "refund_cancel",
    "refund_decide",
    "refund_intervene",
    "refund_modify",
    "refund_receive",
    "refund_refuse",
    "refund_return_shipment",
    "refund_settle",
    "refund_void",
    "refundable",
    "refunds_follow_platform",
    "refunds_overtake",
    "tallies_sum_up",
]
