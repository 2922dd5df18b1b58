"""Small tools of the tests."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from aftersales.core import calendar, policies
from aftersales.core.errors import Problem
from aftersales.core.models import Deadline, LogEntry, OutboxEvent
from complaints.models import Complaint, ComplaintReply
from feedback.models import FeedbackCase, FeedbackEvidence, FeedbackReport
from invoices.models import Invoice
from logistics.models import (
    Claim,
    ClaimLine,
    Packing,
    Parcel,
    ParcelScan,
    UnclaimedParcel,
    VoidList,
    VoidListLine,
)
from orders.models import Buyer, Order, OrderLine, OrderNote
from refunds.models import (
    Dispute,
    Evidence,
    Inspection,
    InspectionLine,
    Message,
    Payee,
    Payout,
    PayoutLine,
    Refund,
    RefundLine,
    RefundPayment,
    RefundVersion,
    ReturnShipment,
)
from service.models import ServiceDispatch, ServiceFile, ServiceQuote, ServiceSheet, TermsAcceptance
from surveys.models import Survey, SurveyAnswer, SurveyCall


@contextmanager
def refused(kind: type[Problem], rule: str = "") -> Iterator[pytest.ExceptionInfo[Problem]]:
    """Expect a refusal, undone as a request undoes it; with `rule`, the one that it must name."""
    with pytest.raises(kind) as info, transaction.atomic():
        yield info
    if rule:
        assert info.value.extra.get("rule") == rule, info.value.extra


def written() -> dict[str, list[tuple[Any, ...]]]:
    """Everything that a step could write, but for the kept answers of keyed requests."""
    kept = {
        LogEntry: ("id",),
        OutboxEvent: ("id",),
        Deadline: ("id", "status", "due_at", "remaining"),
        Buyer: ("id", "nick", "level"),
        Order: "id status version promised_fen refunded_fen postage_given_fen open_requests seller_flag".split(),
        OrderLine: "id promised_fen refunded_fen returned_quantity shipped".split(),
        OrderNote: ("id",),
        Refund: "id status version amount_fen refunded_fen in_dispute due_at".split(),
        RefundLine: "id amount_fen quantity is_open".split(),
        RefundPayment: "id status version reference".split(),
        RefundVersion: ("id",),
        Message: ("id",),
        Dispute: "id status version".split(),
        ReturnShipment: "id superseded_at".split(),
        Inspection: ("id",),
        InspectionLine: ("id",),
        Evidence: "id refund payout".split(),
        Payee: ("id",),
        Payout: "id status version amount_fen payee approved_by".split(),
        PayoutLine: "id exclusive".split(),
        Parcel: "id status version last_scan_at".split(),
        ParcelScan: ("id",),
        VoidList: ("id",),
        VoidListLine: "id answer late_answer".split(),
        Claim: "id status version amount_fen recovered_fen stamped_by".split(),
        ClaimLine: "id quantity exclusive".split(),
        Invoice: "id status version amount_fen".split(),
        ServiceFile: ("id", "accepted_on"),
        ServiceSheet: "id status version charge respond_due_at".split(),
        ServiceDispatch: ("id", "done_at"),
        ServiceQuote: ("id",),
        TermsAcceptance: ("id",),
        Complaint: "id status version malice reply_due_at".split(),
        ComplaintReply: "id text".split(),
        FeedbackCase: "id status version answer_due_at".split(),
        FeedbackEvidence: ("id",),
        FeedbackReport: ("id",),
        Survey: "id status version call_due_at tries".split(),
        SurveyAnswer: ("id",),
        SurveyCall: ("id",),
        Packing: "id superseded_at".split(),
        UnclaimedParcel: "id outcome refund".split(),
    }
    return {model.__name__: list(model.objects.order_by("pk").values_list(*names)) for model, names in kept.items()}


@contextmanager
def unchanged() -> Iterator[None]:
    """Expect that nothing is written: no log row, no event, the same versions and sums."""
    before = written()
    yield
    assert written() == before


LONG = 1e6  # seconds


@contextmanager
def statements() -> Iterator[list[str]]:
    """Collect the SQL statements of the block, without the savepoints that stand for a request's transaction.

    What was read before of figures and working days stays fresh for so long: a count says nothing of the clock.
    """
    found: list[str] = []
    with (
        patch.object(calendar, "FRESH_SECONDS", LONG),
        patch.object(policies.snapshot, "FRESH_SECONDS", LONG),
        CaptureQueriesContext(connection) as captured,
    ):
        yield found
    begins = ("SAVEPOINT", "RELEASE", "ROLLBACK TO", "BEGIN", "COMMIT")
    found += [one["sql"] for one in captured.captured_queries if not one["sql"].startswith(begins)]
