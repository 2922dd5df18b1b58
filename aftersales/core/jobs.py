"""Jobs: long work in batches, with progress, that a worker's death neither loses nor does twice.

An app registers a kind and starts jobs of it; a beat takes them. A batch, what it writes and where the next one begins
are one transaction, so whatever was cut off did not happen. The rows of a job's file are appended to a file of JSON
lines first, whose length is part of that transaction too: what was written beyond it is cut off by the next batch.
"""

import json
import logging
import os
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import override

from . import clock, errors, policies, sheets
from .auth import Actor
from .models import Job, User

log = logging.getLogger(__name__)

FOLDER = "jobs"
SILENT = timedelta(seconds=90)
"""After so long without a sign of life a job is another worker's."""
MAX_ATTEMPTS = 3
MOST_OPEN = 5
"""Jobs of one person that wait or run."""
BUSY_SECONDS = 200.0
TELL_EVERY = 5_000
S = Job.Status


@dataclass(frozen=True, slots=True)
class Batch:
    """What one batch did: counts, the rows for the file, where to go on (None: nothing is left)."""

    cursor: dict[str, Any] | None
    ok: int = 0
    skipped: int = 0
    failed: int = 0
    rows: Sequence[Sequence[sheets.Cell]] = ()


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of job. `run` does one batch inside a transaction; it may be asked for the same batch again."""

    key: str
    label: errors.Text
    run: Callable[[Job], Batch]
    header: Callable[[Job], Sequence[str]]
    keeps_part: bool = field(default=False)
    """Whether the file of a job that was stopped or failed is worth having."""
    more: Callable[[Job], Sequence[sheets.Sheet]] = field(default=lambda _job: ())
    """Further sheets of a workbook."""


_kinds: dict[str, Kind] = {}


def register(kind: Kind) -> None:
    """Make a kind known; called from the wiring."""
    _kinds[kind.key] = kind


def label_of(job: Job) -> str:
    """Say what a job is."""
    return str(_kinds[job.kind].label) if job.kind in _kinds else job.kind


def job_start(*, actor: Actor, kind: str, params: dict[str, Any], total: int) -> Job:
    """Queue a job. Locks: the person's row, for the limit. Raises: Forbidden, Conflict `too_many_jobs`."""
    if actor.user_id is None:
        raise errors.Forbidden()
    with transaction.atomic():
        User.objects.select_for_update(no_key=True).get(pk=actor.user_id)
        if Job.objects.filter(user=actor.user_id, status__in=[S.QUEUED, S.RUNNING]).count() >= MOST_OPEN:
            text = _("%(most)s of your jobs wait or run already. Let one end, or stop it.") % {"most": MOST_OPEN}
            raise errors.Conflict(text, code="too_many_jobs")
        return Job.objects.create(kind=kind, user_id=actor.user_id, params=params, total=total, created_at=clock.now())


def jobs_of(actor: Actor) -> QuerySet[Job]:
    """Give a person's jobs; nobody sees another's."""
    return Job.objects.filter(user=actor.user_id)


def job_get_for(actor: Actor, job_id: Any) -> Job:
    """Return one's own job. Raises: NotFound."""
    job = jobs_of(actor).filter(job_id=job_id).first()
    if job is None:
        raise errors.NotFound()
    return job


def job_actor(job: Job) -> Actor:
    """Act as who started the job, as he is now: seeing what he still sees of what he chose to look at."""
    actor = Actor.for_user(job.user)
    chosen = job.params.get("shops")
    if chosen is None:
        return actor
    seen = frozenset(chosen) if actor.shop_ids is None else actor.shop_ids & frozenset(chosen)
    if not seen:
        raise errors.Forbidden(_("You see none of these shops any more."))
    return replace(actor, shop_ids=seen)


def job_stop(*, job: Job, actor: Actor) -> None:
    """Stop a job after the batch at hand; one that waits ends at once. Raises: NotFound for another's."""
    if job.user_id != actor.user_id:
        raise errors.NotFound()
    with transaction.atomic():
        row = Job.objects.select_for_update().get(pk=job.pk)
        if row.status == S.QUEUED and row.done == 0:
            _end(row, S.STOPPED)
        elif row.is_open:
            row.stop_asked = True
            row.save(update_fields=["stop_asked"])


def run_next(*, seconds: float = BUSY_SECONDS) -> Job | None:
    """Take the next job that waits, or whose worker fell silent, and go on with it; None when there is none.

    After `seconds` it is put back, so that no task runs too long; what goes wrong is tried again, and ends on the job.
    """
    job = _claim()
    if job is None:
        return None
    stop = time.monotonic() + seconds
    with override(job.user.language or None):
        try:
            while _batch(job):
                if time.monotonic() > stop:
                    _put_back(job)
                    return job
        except errors.Problem as problem:
            _ended(job, S.FAILED, str(problem.detail))
        except Exception:
            log.exception("a job failed", extra={"job": str(job.job_id)})
            if job.attempts >= MAX_ATTEMPTS:
                _ended(job, S.FAILED, _("It was cut off three times in the same place. Ask whoever runs the system."))
            else:
                _put_back(job)
    return job


def jobs_expire() -> int:
    """Throw away jobs that ended long ago, with their files; returns how many. At most 500 a call."""
    before = clock.now() - policies.get("job.kept")
    old = list(Job.objects.filter(finished_at__lt=before).order_by("finished_at")[:500])
    for job in old:
        for path in (_part(job), file_of(job)):
            path.unlink(missing_ok=True)
    Job.objects.filter(pk__in=[job.pk for job in old]).delete()
    return len(old)


def file_of(job: Job) -> Path:
    """Say where the file of a job lies."""
    return Path(default_storage.path(f"{FOLDER}/{job.job_id}.{job.ending}"))


# How it runs ----------------------------------------------------------------------------------------------------------


def _claim() -> Job | None:
    now = clock.now()
    silent = Q(status=S.RUNNING, seen_at__lt=now - SILENT)
    with transaction.atomic():
        rows = Job.objects.filter(Q(status=S.QUEUED) | silent).select_related("user").order_by("id")
        job = rows.select_for_update(of=("self",), skip_locked=True).first()
        if job is None:
            return None
        if job.attempts >= MAX_ATTEMPTS:
            _end(job, S.FAILED, _("Its worker died three times. Ask whoever runs the system."))
            return None
        job.status, job.seen_at, job.started_at = S.RUNNING, now, job.started_at or now
        job.attempts, job.claim = job.attempts + 1, job.claim + 1
        job.save(update_fields=["status", "seen_at", "started_at", "attempts", "claim"])
        return job


def _batch(job: Job) -> bool:
    """Do one batch; False when nothing is left to do, for this worker at least."""
    with transaction.atomic():
        row = _held(job)
        if row is None:
            return False
        if not row.stop_asked and row.cursor != {"end": True}:
            did = _kinds[row.kind].run(row)
            row.written = _append(row, did.rows)
            row.cursor = {"end": True} if did.cursor is None else did.cursor
            row.ok, row.skipped, row.failed = row.ok + did.ok, row.skipped + did.skipped, row.failed + did.failed
            row.done = row.ok + row.skipped + row.failed
            row.total, row.attempts, row.seen_at = max(row.total, row.done), 0, clock.now()
            row.save(
                update_fields="written cursor ok skipped failed done total attempts seen_at".split(),
            )
            return True
    _ended(job, S.STOPPED if row.stop_asked else S.DONE)
    return False


def _held(job: Job) -> Job | None:
    """Lock the job if it still is this worker's."""
    row = Job.objects.select_for_update().get(pk=job.pk)
    return row if row.status == S.RUNNING and row.claim == job.claim else None


def _put_back(job: Job) -> None:
    Job.objects.filter(pk=job.pk, claim=job.claim, status=S.RUNNING).update(status=S.QUEUED)


def _ended(job: Job, status: str, error: str = "") -> None:
    """Write the file of what there is, without a lock, then end the job, if it still is this worker's."""
    row = Job.objects.get(pk=job.pk)
    if row.claim != job.claim:
        return
    has_file = row.written > 0 and (status == S.DONE or _kinds[row.kind].keeps_part)
    if has_file:
        _write_file(row)
    with transaction.atomic():
        held = _held(job)
        if held is not None:
            _end(held, status, error, has_file=has_file)
    if held is not None:
        _part(row).unlink(missing_ok=True)


def _end(row: Job, status: str, error: str = "", *, has_file: bool = False) -> None:
    row.status, row.error, row.has_file, row.finished_at = status, error, has_file, clock.now()
    if status == S.DONE:
        row.total = row.done
    row.save(update_fields=["status", "error", "has_file", "finished_at", "total"])


# Its file -------------------------------------------------------------------------------------------------------------


def _part(job: Job) -> Path:
    return Path(default_storage.path(f"{FOLDER}/{job.job_id}.part"))


def _append(job: Job, rows: Sequence[Sequence[sheets.Cell]]) -> int:
    """Write rows behind what counts, on disk before the transaction ends; return how long the file is then."""
    if not rows:
        return job.written
    path = _part(job)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with path.open("r+b" if path.exists() else "wb") as file:
        file.seek(job.written)
        file.truncate()
        for row in rows:
            file.write(json.dumps(row, ensure_ascii=False).encode() + b"\n")
        file.flush()
        os.fsync(file.fileno())
        return file.tell()


def _lines(job: Job) -> Iterator[list[sheets.Cell]]:
    with _part(job).open("rb") as file:
        while file.tell() < job.written:
            yield json.loads(file.readline())


def _write_file(job: Job) -> None:
    """Make the file out of the rows; it is there whole or not at all, and may be made twice."""
    path, kind = file_of(job), _kinds[job.kind]
    new = path.with_name(f"{path.name}.{job.claim}.new")
    seen = Job.objects.filter(pk=job.pk, claim=job.claim)
    rows = sheets.counted(_lines(job), TELL_EVERY, lambda: seen.update(seen_at=clock.now()))
    if job.ending == "xlsx":
        sheets.xlsx_write(new, str(kind.label), kind.header(job), rows, kind.more(job))
    else:
        sheets.csv_write(new, kind.header(job), rows)
    os.replace(new, path)
