"""What acts by itself: due deadlines take their steps, near ones are warned of.

Celery calls these every few seconds; so does `manage.py deadlines`. Any number of workers may run them at once.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError, models, transaction
from django.utils.translation import gettext_lazy as _

from . import clock, errors, events, policies, transitions
from .auth import Actor, grant
from .bulk import Batch
from .models import Deadline, Role, Shop

log = logging.getLogger(__name__)

RETRY_DEADLINE = "core.retry_deadline"
grant(RETRY_DEADLINE, {Role.SUPERVISOR})
PAUSES = tuple(timedelta(seconds=seconds) for seconds in (1, 10, 60, 600))
"""How long a deadline that broke waits for its next try; after the last one it has failed."""
TROUBLED = 50  # rows that failed before and are tried again by themselves, in one sweep


@dataclass(slots=True)
class Swept:
    """What one sweep did: rows that acted, were left to another worker, failed."""

    acted: int = 0
    busy: int = 0
    failed: int = 0

    def __iadd__(self, other: "Swept") -> "Swept":
        self.acted += other.acted
        self.busy += other.busy
        self.failed += other.failed
        return self


def sweep(*, limit: int = 1000, as_of: datetime | None = None) -> Swept:
    """Take up to `limit` due deadlines, earliest first, and let each take its step, exactly once.

    Rows are claimed with SKIP LOCKED in one transaction with the steps that they cause, so that any number of workers
    share the work and a killed one leaves nothing half done. A subject that somebody is working on is left for the
    next sweep. A batch that breaks is halved until the row that broke it stands alone; it is tried by itself from then
    on, after longer and longer pauses, and one that keeps failing ends as `failed`, with its error, on the supervisor's
    list. TMO-16, TMO-18.
    """
    as_of = as_of or clock.now()
    result = Swept()
    troubled = Deadline.objects.filter(status=Deadline.Status.RUNNING, attempts__gt=0, next_try_at__lte=as_of)
    for pk in list(troubled.order_by("next_try_at", "id").values_list("pk", flat=True)[:TROUBLED]):
        result += _act_on([pk], as_of)
    fresh = _due(as_of).filter(attempts=0)
    due: list[Deadline] = []
    try:
        with transaction.atomic():
            due = list(fresh[:limit])
            result += _act(due) if due else Swept()
    except Exception:
        log.exception("a batch of deadlines failed; trying its halves")
        for half in _halves([row.pk for row in due]):
            result += _act_on(half, as_of)
    return result


def _act_on(ids: Sequence[int], as_of: datetime) -> Swept:
    """Let these rows act, as far as they are still due and free; find the one that breaks the others."""
    try:
        with transaction.atomic():
            rows = list(_due(as_of).filter(pk__in=ids))
            done = _act(rows) if rows else Swept()
            done.busy += len(ids) - len(rows)
            return done
    except Exception as exc:
        if len(ids) == 1:
            log.exception("a deadline failed", extra={"deadline_id": ids[0]})
            with transaction.atomic():
                rows = list(_due(as_of).filter(pk__in=ids))
                _fail([(row, f"{type(exc).__name__}: {exc}") for row in rows])
            return Swept(failed=len(rows))
    result = Swept()
    for half in _halves(ids):
        result += _act_on(half, as_of)
    return result


def _halves(ids: Sequence[int]) -> tuple[Sequence[int], ...]:
    middle = (len(ids) + 1) // 2
    return tuple(half for half in (ids[:middle], ids[middle:]) if half)


def _overdue(as_of: datetime) -> models.QuerySet[Deadline]:
    """Give what is due, earliest first."""
    rows = Deadline.objects.filter(status=Deadline.Status.RUNNING, due_at__lte=as_of)
    return rows.order_by("due_at", "id")


def _due(as_of: datetime) -> models.QuerySet[Deadline]:
    """Give what is due, to be claimed by reading it; rows that another worker holds are passed over."""
    return _overdue(as_of).select_for_update(skip_locked=True, no_key=True)


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
        if final or row.attempts > len(PAUSES):
            row.status, row.finished_at = Deadline.Status.FAILED, at
        else:
            row.next_try_at = at + PAUSES[row.attempts - 1]
        row.save(update_fields=["attempts", "next_try_at", "error", "status", "finished_at"])


def deadline_retry(*, deadline: Deadline, actor: Actor) -> Deadline:
    """Let a failed deadline run again; the next sweep finds it due and tries the step anew, with all its checks.

    Raises: Forbidden unless a supervisor; NotFound for an unseen shop; Conflict if it is not failed, or the same rule
    runs again for its subject already. TMO-16.
    """
    actor.require(RETRY_DEADLINE)
    if not actor.sees(deadline.shop_id):
        raise errors.NotFound()
    failed = Deadline.objects.filter(pk=deadline.pk, status=Deadline.Status.FAILED)
    try:
        with transaction.atomic():
            ran = failed.update(
                status=Deadline.Status.RUNNING, attempts=0, next_try_at=None, error="", finished_at=None
            )
    except IntegrityError:
        ran = 0
    if not ran:
        raise errors.Conflict(_("This deadline has not failed, or it runs again already."))
    return Deadline.objects.get(pk=deadline.pk)


def warn(*, limit: int = 1000) -> int:
    """Tell the owners of deadlines that are about to go against the shop, once at each mark (TMO-17)."""
    at = clock.now()
    warned = 0
    for step, key in ((2, "warning.TMO-17.second"), (1, "warning.TMO-17.first")):
        with transaction.atomic():
            near = Deadline.objects.filter(
                _within(key, at), status=Deadline.Status.RUNNING, against_shop=True, warned__lt=step, due_at__gt=at
            )
            rows = list(near.order_by("due_at", "id").select_for_update(skip_locked=True, no_key=True)[:limit])
            batch = Batch().update(Deadline, ["warned"], [(row.pk, step) for row in rows])
            events.add_to(batch, [_near(row) for row in rows])
            batch.run()
            warned += len(rows)
    return warned


def _within(key: str, at: datetime) -> models.Q:
    """Say which deadlines lie within the policy's time from `at`; a shop may have its own figure."""
    shops: dict[timedelta, list[int]] = {}
    for shop_id in Shop.objects.values_list("pk", flat=True):
        shops.setdefault(policies.duration(key, shop_id=shop_id), []).append(shop_id)
    wanted = models.Q(pk__in=[])
    for figure, ids in shops.items():
        soon = models.Q(due_at__lte=at + figure)
        wanted |= soon if len(shops) == 1 else soon & models.Q(shop_id__in=ids)
    return wanted


def _near(row: Deadline) -> events.News:
    payload = {"rule": row.rule, "action": row.action, "due_at": row.due_at.isoformat()}
    return events.News(f"{row.subject_type}.deadline_near", row.subject_type, row.subject_id, row.shop_id, payload)
