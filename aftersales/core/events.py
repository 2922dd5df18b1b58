"""News and who hears it: the outbox.

An event is a row in the transaction that made it true. After the commit a nudge asks a worker to look; a sweep finds
what the nudge missed. A handler gets each event at least once, in order per subject, and must bear it twice. Which
handler listens to which topic is said in `aftersales.wiring` only.
"""

import fnmatch
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import connection, transaction

from . import clock
from .bulk import Batch
from .models import OutboxEvent

log = logging.getLogger(__name__)

LEASE = timedelta(seconds=60)
BACKOFF = tuple(timedelta(seconds=s) for s in (1, 5, 30, 120, 600, 3600, 6 * 3600))

Handler = Callable[[OutboxEvent], None]
_handlers: list["Subscription"] = []
_nudges: list[Callable[[], None]] = []
_COLUMNS = ("topic", "subject_type", "subject_id", "shop_id", "payload", "created_at", "next_try_at", "delivered_at")


@dataclass(frozen=True, slots=True)
class Subscription:
    """Who listens to what; `name` is remembered with an event once its handler is done."""

    pattern: str
    name: str
    handler: Handler
    always: bool = True

    def hears(self, topic: str) -> bool:
        """Tell whether a topic is one of these."""
        return fnmatch.fnmatchcase(topic, self.pattern)


@dataclass(frozen=True, slots=True)
class News:
    """What is to be told: topic (`refund.agreed`), whose it is, and what a listener needs to start from."""

    topic: str
    subject_type: str
    subject_id: int
    shop_id: int
    payload: dict[str, Any]


def subscribe(pattern: str, handler: Handler, *, always: bool = True) -> None:
    """Let `handler` hear every topic that matches `pattern` (`refund.*`). Called from the wiring, once each.

    One that does not listen `always` gets only what waits to be told for another reason: since somebody else listens,
    or since the database knows that it must (as it does for shops with webhooks).
    """
    entry = Subscription(pattern, f"{handler.__module__}.{handler.__name__}", handler, always)
    if entry not in _handlers:
        _handlers.append(entry)


def on_nudge(wake: Callable[[], None]) -> None:
    """Say how a worker is told that there is news. Without it the sweep alone delivers."""
    if wake not in _nudges:
        _nudges.append(wake)


def listeners(topic: str) -> list[tuple[str, Handler]]:
    """Give the handlers of a topic, by name."""
    return [(one.name, one.handler) for one in _handlers if one.hears(topic)]


def _waits(topic: str) -> bool:
    """Tell whether somebody always listens to a topic."""
    return any(one.always and one.hears(topic) for one in _handlers)


def add_to(batch: Batch, news: Sequence[News]) -> None:
    """Put the rows of `news` into `batch`. What nobody listens to is kept as delivered at once."""
    at = clock.now()
    rows = []
    for item in news:
        waits = _waits(item.topic)
        rows.append(
            (item.topic, item.subject_type, item.subject_id, item.shop_id, item.payload, at)
            + ((at, None) if waits else (None, at))
        )
    batch.insert(OutboxEvent, _COLUMNS, rows)
    # One nudge a transaction is enough, however much news it has.
    if any(row[6] for row in rows) and not any(entry[1] is _wake for entry in connection.run_on_commit):
        transaction.on_commit(_wake, robust=True)


def emit(*news: News) -> None:
    """Write `news` into the outbox, in the caller's transaction."""
    batch = Batch()
    add_to(batch, news)
    batch.run()


def _wake() -> None:
    for wake in _nudges:
        wake()


def _claim(limit: int) -> list[OutboxEvent]:
    """Lease due events, oldest first, leaving out those whose subject has an earlier one still to be told."""
    now = clock.now()
    # The earliest by min(): one look into an index for each row, where an anti-join would read the whole backlog.
    table = OutboxEvent._meta.db_table
    claimed = OutboxEvent.objects.raw(
        f"""UPDATE {table} SET attempts = attempts + 1, next_try_at = %s WHERE id IN (
              SELECT e.id FROM {table} e WHERE e.delivered_at IS NULL AND e.next_try_at <= %s AND e.id = (
                SELECT min(b.id) FROM {table} b WHERE b.delivered_at IS NULL AND b.subject_type = e.subject_type
                  AND b.subject_id = e.subject_id)
              ORDER BY e.next_try_at, e.id LIMIT %s FOR UPDATE SKIP LOCKED)
            RETURNING *""",
        [now + LEASE, now, limit],
    )
    with transaction.atomic():
        return sorted(claimed, key=lambda event: event.pk)


def deliver(*, limit: int = 200) -> int:
    """Deliver what is due; return how many events were told to everybody.

    Each event is marked delivered after its handlers succeeded, so a crash repeats it (handlers bear that). A
    handler that fails is tried again with back-off, alone: the others are remembered in `handled`. What is left when
    the lease is over is another worker's.
    """
    told = 0
    for event in _claim(limit):
        if event.next_try_at is None or clock.now() >= event.next_try_at:
            break
        error = ""
        for name, handler in listeners(event.topic):
            if name in event.handled:
                continue
            try:
                handler(event)
            except Exception as exc:
                log.exception("outbox handler failed", extra={"handler": name, "event_id": event.pk})
                error = f"{name}: {type(exc).__name__}"
                if not connection.in_atomic_block:
                    connection.close_if_unusable_or_obsolete()
            else:
                event.handled.append(name)
        now = clock.now()
        if error:
            event.next_try_at = now + BACKOFF[min(event.attempts, len(BACKOFF)) - 1]
            event.error = error
        else:
            event.delivered_at, event.next_try_at, event.error = now, None, ""
            told += 1
        _note(event)
    return told


def _note(event: OutboxEvent) -> None:
    """Write down what came of an event, unless it took longer than its lease and is another worker's by now."""
    columns = ("handled", "next_try_at", "delivered_at", "error")
    mine = OutboxEvent.objects.filter(pk=event.pk, attempts=event.attempts, delivered_at=None)
    mine.update(**{name: getattr(event, name) for name in columns})
