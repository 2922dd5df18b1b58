"""What requests and their money keep of a person, and how long they need it (LAW-7)."""

from django.db.models import Q

from aftersales.core import clock
from aftersales.core.retention import ERASED, Record, gone, without
from refunds.models import Dispute, Evidence, Message, Payout, Proposal, Refund, RefundVersion
from refunds.states import OPEN_EXCHANGES, OPEN_PAYOUTS, OPEN_STATES

from .evidence import evidence_files_erase

_FILES = {"erased_at": clock.now, "original_name": "", "actor_name": ERASED}

RECORDS = (
    Record(
        Refund,
        "order",
        "updated_at",
        Q(status__in=(*OPEN_STATES, *OPEN_EXCHANGES)),
        {"description": gone("description")},
        "refund",
    ),
    Record(RefundVersion, "refund__order", personal={"asked": without("asked", "description")}),
    Record(Message, "refund__order", "created_at", personal={"text": gone("text"), "author_name": ERASED}),
    Record(Proposal, "refund__order", "updated_at", personal={"text": gone("text")}, subject="proposal"),
    Record(
        Dispute,
        "refund__order",
        "updated_at",
        personal={"text": gone("text"), "decision_text": gone("decision_text")},
        subject="dispute",
    ),
    Record(
        Payout,
        "order",
        "updated_at",
        Q(status__in=OPEN_PAYOUTS),
        {"note": gone("note"), "second_reason": gone("second_reason")},
        "payout",
    ),
    Record(Evidence, "refund__order", personal=_FILES, after=evidence_files_erase),
    Record(Evidence, "payout__order", personal=_FILES, after=evidence_files_erase),
    Record(Evidence, "order", personal=_FILES, after=evidence_files_erase),
)
