"""What the worker does for the core, every few seconds. Each task may run twice and at the same time as itself."""

import time

from celery import shared_task

from . import calendar, events, idempotency, invariants, jobs, sweeps
from .webhooks import endpoints, sending

BUSY_SECONDS = 20.0


@shared_task
def deadlines_sweep() -> None:
    """Let due deadlines act, batch after batch, until none is left or another beat may go on (TMO-16, TMO-18)."""
    stop = time.monotonic() + BUSY_SECONDS
    while sweeps.sweep().acted and time.monotonic() < stop:
        continue


@shared_task
def deadline_warnings() -> None:
    """Tell the owners of deadlines that are about to go against the shop (TMO-17)."""
    sweeps.warn()


@shared_task
def outbox_sweep() -> None:
    """Deliver news that no nudge delivered."""
    stop = time.monotonic() + BUSY_SECONDS
    while events.deliver() and time.monotonic() < stop:
        continue


@shared_task
def idempotency_expire() -> None:
    """Throw away first answers that nobody can ask for any more."""
    idempotency.idempotency_expire()


@shared_task
def invariants_check() -> None:
    """Check by night what must always hold, and keep the result for the operations page and the figures."""
    invariants.check_and_keep()


@shared_task
def calendar_fill() -> None:
    """Know the working days of the years that deadlines and promises may ask for, as soon as they are announced."""
    calendar.fill(*calendar.needed_years())


@shared_task
def webhooks_send() -> None:
    """Send the messages to shops' front-ends that are due; a second sender goes home at once."""
    sending.send_due(seconds=BUSY_SECONDS)


@shared_task
def webhooks_expire() -> None:
    """Throw away messages that were delivered long ago."""
    while endpoints.deliveries_expire():
        continue


@shared_task
def jobs_run() -> None:
    """Go on with one of people's jobs, batch after batch; a long one is put back before the task is too old."""
    jobs.run_next()


@shared_task
def jobs_expire() -> None:
    """Throw away old jobs and their files."""
    while jobs.jobs_expire():
        continue
