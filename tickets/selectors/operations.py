"""How the system itself is doing: news that did not arrive, deadlines that did not act, money without an answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet

from aftersales.core import calendar, clock, invariants, policies
from aftersales.core.auth import Actor
from aftersales.core.models import ConsistencyCheck, Deadline, Erasure, OutboxEvent
from refunds.models import RefundPayment
from refunds.states import PaymentStatus

from .invariant_words import invariant_words

COUNT_CAP = 1000
SHOWN = 20
MOST_VIOLATIONS = 20


@dataclass(frozen=True, slots=True)
class Gauge:
    """A number that should be zero: how many, the oldest, and the first of them."""

    count: int
    rows: Sequence[Any]
    since: datetime | None

    @property
    def capped(self) -> bool:
        """Whether there are more than were counted."""
        return self.count >= COUNT_CAP


def _gauge(rows: QuerySet[Any], order: Sequence[str], moment: str) -> Gauge:
    first = list(rows.order_by(*order)[:SHOWN])
    count = len(first)
    if count == SHOWN:
        count = rows.order_by().values("pk")[:COUNT_CAP].count()
    return Gauge(count, first, getattr(first[0], moment) if first else None)


def outbox_waiting(actor: Actor) -> Gauge:
    """Give the news that should have been told by now."""
    rows = actor.visible(OutboxEvent.objects.all()).filter(delivered_at=None, next_try_at__lte=_late())
    return _gauge(rows, ("next_try_at", "id"), "created_at")


def outbox_failing(actor: Actor) -> Gauge:
    """Give the news that somebody could not take, and that is tried again later."""
    rows = actor.visible(OutboxEvent.objects.all()).filter(delivered_at=None).exclude(error="")
    return _gauge(rows, ("next_try_at", "id"), "created_at")


def deadlines_late(actor: Actor) -> Gauge:
    """Give the deadlines that should have acted by now (I8)."""
    rows = actor.visible(Deadline.objects.all()).filter(status=Deadline.Status.RUNNING, due_at__lt=_late())
    return _gauge(rows, ("due_at", "id"), "due_at")


def deadlines_failed(actor: Actor) -> Gauge:
    """Give the deadlines that gave up."""
    rows = actor.visible(Deadline.objects.all()).filter(status=Deadline.Status.FAILED)
    return _gauge(rows, ("id",), "due_at")


def payments_unknown(actor: Actor) -> Gauge:
    """Give the payments of which nobody knows whether they moved, for longer than the policy allows (I10)."""
    since = clock.now() - policies.duration("payment.unknown_escalates")
    rows = actor.visible(RefundPayment.objects.filter(status=PaymentStatus.UNKNOWN, updated_at__lt=since))
    return _gauge(rows.select_related("refund"), ("id",), "updated_at")


def payments_failed(actor: Actor) -> Gauge:
    """Give the payments that wait to be made good another way."""
    rows = actor.visible(RefundPayment.objects.filter(status=PaymentStatus.FAILED))
    return _gauge(rows.select_related("refund"), ("id",), "updated_at")


def calendar_state() -> dict[str, list[int]]:
    """Give the years that the calendar of working days lacks, and those not announced yet."""
    first, last = calendar.needed_years()
    return {
        "missing": calendar.missing_years(first, last),
        "provisional": calendar.provisional_years(first, last),
    }


def last_check() -> ConsistencyCheck | None:
    """Give what the last nightly check found."""
    return ConsistencyCheck.objects.order_by("-id").first()


def last_erasure(actor: Actor) -> Erasure | None:
    """Give what the job that forgets old trades did last in the shops of the actor (LAW-7)."""
    return actor.visible(Erasure.objects.all()).order_by("-id").first()


def invariants_checked() -> list[dict[str, Any]]:
    """Check what must always hold and give each rule with what breaks it. Reads whole tables: only when asked for."""
    broken: dict[str, list[invariants.Violation]] = {}
    for violation in invariants.check(limit=MOST_VIOLATIONS):
        broken.setdefault(violation.view, []).append(violation)
    return [
        {"rule": rule, "says": invariant_words(rule.says), "violations": broken.get(rule.view, [])}
        for rule in invariants.invariants()
    ]


def _late() -> datetime:
    goal: timedelta = invariants.LATENESS_GOAL
    return clock.now() - goal
