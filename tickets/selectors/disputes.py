"""Requests in which the platform has stepped in: how long, how much, until when (DIS-2)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from aftersales.core import calendar, policies
from aftersales.core.auth import Actor
from refunds.models import Dispute
from refunds.states import DisputeStatus

TABS = ("open", "ended")
COUNT_CAP = 1000


def disputes(actor: Actor, tab: str) -> QuerySet[Dispute]:
    """Give the disputes that wait for a decision, or those that ended."""
    rows = actor.visible(Dispute.objects.all())
    if tab == "open":
        return rows.filter(status=DisputeStatus.REQUESTED)
    return rows.exclude(status=DisputeStatus.REQUESTED)


def ordering(tab: str) -> Sequence[str]:
    """Give the order of a tab: those that wait longest first, of ended ones the latest."""
    return ("id",) if tab == "open" else ("-id",)


def with_request(rows: QuerySet[Dispute]) -> QuerySet[Dispute]:
    """Bring along what a row shows, in the same statement."""
    return rows.select_related("refund__order__buyer", "refund__assignee", "shop")


def dispute_rows(found: Sequence[Dispute]) -> list[dict[str, Any]]:
    """Give each dispute with the end of the platform's time (TMO-12), where the calendar knows it."""
    return [{"dispute": one, "refund": one.refund, "decided_by": decision_due(one)} for one in found]


def decision_due(dispute: Dispute) -> datetime | None:
    """Work out when the platform's working days are over; None for a year that the calendar lacks."""
    try:
        return calendar.add_workdays(dispute.created_at, policies.number("deadline.TMO-12", shop_id=dispute.shop_id))
    except calendar.CalendarYearMissing:
        return None


def counted(rows: QuerySet[Any]) -> int:
    """Count up to the cap."""
    return rows.order_by().values("pk")[:COUNT_CAP].count()
