"""What acts by itself: due deadlines take their steps, near ones are warned of.

Celery calls these every few seconds; so does `manage.py deadlines`. Any number of workers may run them at once.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import models, transaction

from . import clock, events, policies, transitions
from .auth import Actor
from .bulk import Batch
from .models import Deadline

log = logging.getLogger(__name__)

MAX_ATTEMPTS = 5


@dataclass(slots=True)
class Swept:
    """What one sweep did: rows that acted, were left to another worker, failed."""

    acted: int = 0
    busy: int = 0
    failed: int = 0


def sweep(*, limit: int = 1000, as_of: datetime | None = None) -> Swept:
    """Take up to `limit` due deadlines, earliest first, and let each take its step, exactly once.

    Rows are claimed with SKIP LOCKED in one transaction with the steps that they cause, so that any number of workers
    share the work and a killed one leaves nothing half done. A subject that somebody is working on is left for the
    next sweep. If the batch breaks, its rows are tried one by one; one that keeps failing ends as `failed`, with its
    error, on the supervisor's list. TMO-16, TMO-18.
    """
    as_of = as_of or clock.now()
    try:
        with transaction.atomic():
            due = list(_due(as_of)[:limit])
            return _act(due) if due else Swept()
    except Exception:
        log.exception("a batch of deadlines failed; trying its rows one by one")
    return _one_by_one(as_of, limit)


def _due(as_of: datetime) -> models.QuerySet[Deadline]:
    rows = Deadline.objects.filter(status=Deadline.Status.RUNNING, due_at__lte=as_of)
    return rows.order_by("due_at", "id").select_for_update(skip_locked=True)


def _act(due: Sequence[Deadline]) -> Swept:
    """Let claimed rows act, grouped by what they do; one row a subject, the earliest, in one go."""
    first: dict[tuple[str, int], Deadline] = {}
    for row in due:
        first.setdefault((row.subject_type, row.subject_id), row)
    groups: dict[tuple[str, str], dict[int, Deadline]] = {}
    for row in first.values():
        groups.setdefault((row.subject_type, row.action), {})[row.subject_id] = row
    result = Swept()
    for (subject_type, action), rows in groups.items():
        binding = transitions.bindings[subject_type]
        came = transitions.apply_batch(binding, rows, action, actor=Actor.system("timeout"))
        _finish([rows[subject.pk] for subject in came.moved])
        _fail([(rows[pk], why) for pk, why in came.refused.items()], final=True)
        result.acted += len(came.moved)
        result.failed += len(came.refused)
        result.busy += len(came.busy)
    return result


def _finish(rows: Sequence[Deadline]) -> None:
    at = clock.now()
    done = [(row.pk, Deadline.Status.SUCCEEDED, at, max(at - row.due_at, timedelta(0))) for row in rows]
    Batch().update(Deadline, ["status", "finished_at", "late_by"], done).run()


def _fail(rows: Sequence[tuple[Deadline, str]], *, final: bool = False) -> None:
    at = clock.now()
    for row, why in rows:
        row.attempts += 1
        row.error = why
        if final or row.attempts >= MAX_ATTEMPTS:
            row.status, row.finished_at = Deadline.Status.FAILED, at
        row.save(update_fields=["attempts", "error", "status", "finished_at"])


def _one_by_one(as_of: datetime, limit: int) -> Swept:
    result = Swept()
    overdue = Deadline.objects.filter(status=Deadline.Status.RUNNING, due_at__lte=as_of).order_by("due_at", "id")
    for pk in overdue.values_list("pk", flat=True)[:limit]:
        try:
            with transaction.atomic():
                rows = list(_due(as_of).filter(pk=pk))
                came = _act(rows) if rows else Swept(busy=1)
        except Exception as exc:
            log.exception("a deadline failed", extra={"deadline_id": pk})
            with transaction.atomic():
                rows = list(_due(as_of).filter(pk=pk))
                _fail([(row, f"{type(exc).__name__}: {exc}") for row in rows])
            came = Swept(failed=1)
        result.acted += came.acted
        result.busy += came.busy
        result.failed += came.failed
    return result


def warn(*, limit: int = 1000) -> int:
    """Tell the owners of deadlines that are about to go against the shop, once at each mark (TMO-17)."""
    at = clock.now()
    warned = 0
    for step, key in ((2, "warning.TMO-17.second"), (1, "warning.TMO-17.first")):
        with transaction.atomic():
            rows = list(
                Deadline.objects.filter(
                    status=Deadline.Status.RUNNING,
                    against_shop=True,
                    warned__lt=step,
                    due_at__gt=at,
                    due_at__lte=at + policies.get(key),
                )
                .order_by("due_at", "id")
                .select_for_update(skip_locked=True)[:limit]
            )
            batch = Batch().update(Deadline, ["warned"], [(row.pk, step) for row in rows])
            events.add_to(batch, [_near(row) for row in rows])
            batch.run()
            warned += len(rows)
    return warned


def _near(row: Deadline) -> events.News:
    payload = {"rule": row.rule, "action": row.action, "due_at": row.due_at.isoformat()}
    return events.News(f"{row.subject_type}.deadline_near", row.subject_type, row.subject_id, row.shop_id, payload)
