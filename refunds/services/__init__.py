"""What changes requests and their money. Callers use `services.<entity>_<action>`."""

from .applying import refund_apply, refund_cancel, refund_modify
from .arrival import arrival_follow_up
from .assessing import Ask, LineAsk
from .deciding import (
    refund_agree,
    refund_already_shipped,
    refund_receive,
    refund_refuse,
    refund_return_shipment,
    refund_return_undo,
    refund_void,
    refunds_overtake,
)
from .disputes import DISPUTE, dispute_add_evidence, refund_decide, refund_intervene, refund_settle
from .evidence import (
    evidence_attach,
    evidence_expire,
    evidence_hold,
    evidence_pass_on,
    evidence_store,
    evidence_take_back,
)
from .inspecting import Found
from .insurance import insurance_record
from .machine import REFUND, refund_lock
from .messages import message_write
from .notices import notice_resolve, notice_take
from .offering import refundable
from .payments import (
    payment_ask,
    payment_confirm,
    payment_fail,
    payment_follow,
    payment_send,
    payment_send_again,
    payments_to_follow,
)
from .payouts import (
    PAYOUT,
    PayeeData,
    payee_disclose,
    payees_erase,
    payout_approve,
    payout_ask,
    payout_confirm,
    payout_correct_payee,
    payout_edit,
    payout_fail,
    payout_follow,
    payout_open,
    payout_reject,
    payout_send,
    payout_send_again,
    payout_submit,
    payout_withdraw,
    payouts_approve,
    payouts_to_follow,
)
from .promising import PAYMENT
from .proposing import PROPOSAL, proposal_accept, proposal_decline, proposal_make, proposal_withdraw
from .reconciling import bill_fetch, bill_keep, bills_compare, days_to_fetch, difference_resolve
from .replacing import (
    exchange_confirm_received,
    exchange_promise_first,
    exchange_settle_difference,
    exchange_ship,
    exchange_to_refund,
)
from .tallies import tallies_sum_up
from .timing import refunds_follow_platform

__all__ = [
    "DISPUTE",
    "PAYMENT",
    "PAYOUT",
    "PROPOSAL",
    "REFUND",
    "Ask",
    "Found",
    "LineAsk",
    "PayeeData",
    "arrival_follow_up",
    "bill_fetch",
    "bill_keep",
    "bills_compare",
    "days_to_fetch",
    "difference_resolve",
    "dispute_add_evidence",
    "evidence_attach",
    "evidence_expire",
    "evidence_hold",
    "evidence_pass_on",
    "evidence_store",
    "evidence_take_back",
    "exchange_confirm_received",
    "exchange_promise_first",
    "exchange_settle_difference",
    "exchange_ship",
    "exchange_to_refund",
    "insurance_record",
    "message_write",
    "notice_resolve",
    "notice_take",
    "payee_disclose",
    "payees_erase",
    "payment_ask",
    "payment_confirm",
    "payment_fail",
    "payment_follow",
    "payment_send",
    "payment_send_again",
    "payments_to_follow",
    "payout_approve",
    "payout_ask",
    "payout_confirm",
    "payout_correct_payee",
    "payout_edit",
    "payout_fail",
    "payout_follow",
    "payout_open",
    "payout_reject",
    "payout_send",
    "payout_send_again",
    "payout_submit",
    "payout_withdraw",
    "payouts_approve",
    "payouts_to_follow",
    "proposal_accept",
    "proposal_decline",
    "proposal_make",
    "proposal_withdraw",
    "refund_agree",
    "refund_already_shipped",
    "refund_apply",
    "refund_cancel",
    "refund_decide",
    "refund_intervene",
    "refund_lock",
    "refund_modify",
    "refund_receive",
    "refund_refuse",
    "refund_return_shipment",
    "refund_return_undo",
    "refund_settle",
    "refund_void",
    "refundable",
    "refunds_follow_platform",
    "refunds_overtake",
    "tallies_sum_up",
]
