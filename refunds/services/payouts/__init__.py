"""What changes payouts: opened, approved by somebody else, sent by a job, known to be paid (PAY)."""

from .approving import payout_approve, payout_reject, payout_withdraw, payouts_approve
from .exporting import payouts_export_start
from .machine import PAYOUT
from .many import payouts_approve_start
from .opening import payout_correct_payee, payout_edit, payout_open, payout_submit
from .payees import PayeeData, payee_disclose, payees_erase
from .sending import (
    payout_accept_unmoved,
    payout_ask,
    payout_confirm,
    payout_fail,
    payout_follow,
    payout_report_unmoved,
    payout_send,
    payout_send_again,
    payouts_to_follow,
)

__all__ = [
    "PAYOUT",
    "PayeeData",
    "payee_disclose",
    "payees_erase",
    "payout_accept_unmoved",
    "payout_approve",
    "payout_ask",
    "payout_confirm",
    "payout_correct_payee",
    "payout_edit",
    "payout_fail",
    "payout_follow",
    "payout_open",
    "payout_reject",
    "payout_report_unmoved",
    "payout_send",
    "payout_send_again",
    "payout_submit",
    "payout_withdraw",
    "payouts_approve",
    "payouts_approve_start",
    "payouts_export_start",
    "payouts_to_follow",
]
