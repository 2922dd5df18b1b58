"""Deadlines as rows: opened and closed by the steps of a subject, paused, resumed, moved.

A row says what will happen, when, and against whom (TMO-16). `plan` works out what a step means for the rows of its
subject. The figures come from `core.policies`, never from here; what is due acts in `core.sweeps`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import models
from django.db.models import Case, DurationField, ExpressionWrapper, F, Value, When
from django.db.models.functions import Greatest

from . import calendar, clock, policies
from .bulk import Batch
from .machine import DeadlineRule, Machine
from .models import Deadline
from .steps import Step

OPEN = (Deadline.Status.CREATED, Deadline.Status.RUNNING, Deadline.Status.PAUSED)
_COLUMNS = (
    "subject_type subject_id shop_id rule action against_shop status created_at due_at remaining warned attempts error"
).split()
_DUE = _COLUMNS.index("due_at")


def due_at(rule: DeadlineRule, subject: Any, at: datetime) -> datetime:
    """Work out when `rule` acts on `subject`: the platform's own moment where one is known, else the policy's time."""
    given: datetime | None = subject.platform_due_at(rule.rule)
    if given is not None:
        return given
    start = (rule.starts(subject) if rule.starts else None) or at
    period: timedelta | int = policies.get(rule.policy_key(subject), shop_id=subject.shop_id)
    return calendar.add_workdays(start, period) if isinstance(period, int) else start + period


@dataclass(slots=True)
class Plan:
    """What a set of steps closes and opens, in the steps' own statement where that can be.

    `apart`: a rule is closed and opened anew, and both touch the index of open rules: that takes a second statement.
    """

    machine: str
    closing: list[tuple[int, list[str]]] = field(default_factory=list)
    opening: list[tuple[Any, ...]] = field(default_factory=list)
    apart: bool = False
    at: datetime | None = None

    def join(self, batch: Batch) -> None:
        """Close every open row of the subjects except the rules that each keeps, and open what the new states want."""
        if self.closing:
            self._close(batch)
        if not self.apart:
            self._open(batch)

    def follow(self) -> None:
        """Open what `join` could not; to be called after its statement."""
        if self.apart:
            batch = Batch()
            self._open(batch)
            batch.run()

    def _close(self, batch: Batch) -> None:
        table = Deadline._meta.db_table
        batch.sql(
            f"UPDATE {table} d SET status = 'closed', finished_at = %s"
            f" FROM unnest(%s::bigint[], %s::text[]) AS v(id, kept)"
            f" WHERE d.subject_type = %s AND d.subject_id = v.id AND d.status IN ('created', 'running', 'paused')"
            f" AND NOT d.rule = ANY(string_to_array(v.kept, ','))",
            [
                self.at,
                [subject_id for subject_id, _ in self.closing],
                [",".join(kept) for _, kept in self.closing],
                self.machine,
            ],
        )

    def _open(self, batch: Batch) -> None:
        """Insert the rows that the new states want; a rule that is open already stays as it is."""
        batch.insert(Deadline, _COLUMNS, self.opening, keep_existing=bool(self.closing))


def plan(machine: Machine, steps: Sequence[Step], *, created: bool) -> Plan:
    """Work out which deadlines the steps close and open, and note the nearest one on subjects that show it."""
    made = Plan(machine.name, at=steps[0].at)
    for step in steps:
        subject, edge = step.subject, step.edge
        stays = edge.source == edge.target and not edge.restarts
        wanted = machine.wanted_deadlines(subject)
        rows = [_row(machine, rule, subject, step.at) for rule in wanted]
        if not created:
            made.closing.append((subject.pk, [rule.rule for rule in wanted] if stays else []))
            before = set() if stays else {rule.rule for rule in machine.deadlines_of.get(edge.source, ())}
            made.apart = made.apart or any(rule.rule in before for rule in wanted)
        made.opening += rows
        if not (stays and wanted) and hasattr(subject, "note_deadline"):
            nearest = min(rows, key=lambda row: row[_DUE], default=None)
            subject.note_deadline(dict(zip(_COLUMNS, nearest, strict=True)) if nearest else None)
    return made


def _row(machine: Machine, rule: DeadlineRule, subject: Any, at: datetime) -> tuple[Any, ...]:
    due = due_at(rule, subject, at)
    paused = subject.pauses(rule.rule)
    state = Deadline.Status.PAUSED if paused else Deadline.Status.RUNNING
    left = max(due - at, timedelta(0)) if paused else None
    whose = (machine.name, subject.pk, subject.shop_id)
    return (*whose, rule.rule, rule.action, rule.against_shop, state, at, due, left, 0, 0, "")


def pause(subject_type: str, ids: Iterable[int], *, rule: str = "") -> None:
    """Stop the clock of the subjects' running deadlines (of one `rule`, or all) and keep what is left (TMO-16)."""
    at = clock.now()
    rows = _open(subject_type, ids, rule).filter(status=Deadline.Status.RUNNING)
    left = ExpressionWrapper(F("due_at") - Value(at), output_field=DurationField())
    rows.update(status=Deadline.Status.PAUSED, remaining=Greatest(left, Value(timedelta(0))))


def resume(subject_type: str, ids: Iterable[int], *, rule: str = "") -> None:
    """Let the clock of paused deadlines go on with what was left."""
    at = clock.now()
    rows = _open(subject_type, ids, rule).filter(status=Deadline.Status.PAUSED)
    due = ExpressionWrapper(Value(at) + F("remaining"), output_field=models.DateTimeField())
    rows.update(status=Deadline.Status.RUNNING, due_at=due, remaining=None)


def extend(subject_type: str, subject_id: int, *, rule: str, by: timedelta) -> None:
    """Move an open deadline later; a paused one gets more left (ORD-6). Its warnings are given anew."""
    rows = _open(subject_type, [subject_id], rule)
    rows.update(due_at=F("due_at") + by, remaining=F("remaining") + by, warned=0)


def follow_platform(moments: Mapping[str, str], subjects: Mapping[str, Sequence[int]]) -> int:
    """Let open deadlines act at the platform's own moments (ISO 8601, by rule) instead; return how many moved.

    What is paused keeps what is left until then; warnings are given anew. To be called under the subjects' lock.
    """
    at, moved = clock.now(), 0
    for rule, moment in moments.items():
        due = datetime.fromisoformat(moment)
        left = Case(When(status=Deadline.Status.PAUSED, then=Value(max(due - at, timedelta(0)))))
        for subject_type, ids in subjects.items():
            rows = _open(subject_type, ids, rule).exclude(due_at=due)
            moved += rows.update(due_at=due, warned=0, remaining=left)
    return moved


def _open(subject_type: str, ids: Iterable[int], rule: str) -> models.QuerySet[Deadline]:
    wanted = ids if isinstance(ids, models.QuerySet) else list(ids)
    rows = Deadline.objects.filter(subject_type=subject_type, subject_id__in=wanted, status__in=OPEN)
    return rows.filter(rule=rule) if rule else rows
