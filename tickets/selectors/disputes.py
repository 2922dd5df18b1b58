"""Requests in which the platform has stepped in: how long, how much, until when (DIS-2)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from aftersales.core import calendar, policies
from aftersales.core.auth import Actor
from aftersales.core.models import LogEntry
from refunds.models import Dispute, Evidence
from refunds.states import UNDECIDED, DisputeStatus
from refunds.states.grounds import broken_in

from .dispute_parts import kit

TABS = ("open", "ended")
COUNT_CAP = 1000


def disputes(actor: Actor, tab: str) -> QuerySet[Dispute]:
    """Give the disputes that wait for a decision, or those that ended."""
    rows = actor.visible(Dispute.objects.all())
    if tab == "open":
        return rows.filter(status__in=UNDECIDED)
    return rows.exclude(status__in=UNDECIDED)


def ordering(tab: str) -> Sequence[str]:
    """Give the order of a tab: those that wait longest first, of ended ones the latest."""
    return ("id",) if tab == "open" else ("-id",)


def with_request(rows: QuerySet[Dispute]) -> QuerySet[Dispute]:
    """Bring along what a row shows, in the same statement."""
    return rows.select_related("refund__order__buyer", "refund__assignee", "shop")


def dispute_rows(found: Sequence[Dispute]) -> list[dict[str, Any]]:
    """Give each dispute with its times and, while it is undecided, its risk: what its kit lacks, what it goes against.

    Two statements more. TMO-11, TMO-12, DIS-2, DIS-3, DEC-4.
    """
    undecided = [one for one in found if one.status in UNDECIDED]
    shown: dict[int, list[dict[str, Any]]] = {one.refund_id: [] for one in undecided}
    files = Evidence.objects.filter(refund__in=list(shown)).exclude(shows="") if shown else Evidence.objects.none()
    for row in files.values("refund_id", "shows", "side"):
        shown[row["refund_id"]].append(dict(row))
    against = _broken_by(list(shown))
    return [_row(one, shown.get(one.refund_id), against.get(one.refund_id, [])) for one in found]


def _broken_by(refund_ids: Sequence[int]) -> dict[int, list[str]]:
    """Give the rules that the last refusal of each request went against."""
    refusals = LogEntry.objects.filter(subject_type="refund", subject_id__in=refund_ids, action="refuse")
    notes = refusals.order_by("id").values_list("subject_id", "note") if refund_ids else []
    return {refund_id: broken_in(note) for refund_id, note in notes}


def _row(dispute: Dispute, evidence: list[dict[str, Any]] | None, against: list[str]) -> dict[str, Any]:
    pieces = [] if evidence is None else kit(dispute.refund.reason, evidence)
    runs = dispute.status == DisputeStatus.REQUESTED and dispute.seller_evidence_until is not None
    return {
        "dispute": dispute,
        "refund": dispute.refund,
        "decided_by": decision_due(dispute),
        "evidence_until": dispute.seller_evidence_until if runs else None,
        "against": against,
        "missing": [piece["label"] for piece in pieces if not piece["there"]],
    }


def decision_due(dispute: Dispute) -> datetime | None:
    """Say when the platform's working days are over; None for a year that the calendar lacks."""
    if dispute.decision_due_at is not None:
        kept: datetime = dispute.decision_due_at
        return kept
    try:
        return calendar.add_workdays(dispute.created_at, policies.number("deadline.TMO-12", shop_id=dispute.shop_id))
    except calendar.CalendarYearMissing:
        return None


def counted(rows: QuerySet[Any]) -> int:
    """Count up to the cap."""
    return rows.order_by().values("pk")[:COUNT_CAP].count()
