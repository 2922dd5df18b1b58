"""Sending what is due: in order for each object, again with longer and longer pauses, parked after three days.

One sender works at a time, with threads that do nothing but wait for other people's servers. An endpoint has a few
places, one that is slow has one, and one that keeps failing is left alone for a while. A row is leased before it is
sent and marked afterwards, so a crash in between sends it again, with the same id.
"""

import logging
import random
import time
from collections import Counter
from collections.abc import Collection, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection
from django.db.models import F
from django.utils.http import parse_http_date_safe

from aftersales.core import clock
from aftersales.core.models import WebhookDelivery, WebhookEndpoint

from . import outward, signing

log = logging.getLogger(__name__)

PAUSES = tuple(timedelta(seconds=s) for s in (5, 30, 120, 600, 1800, 3600, 2 * 3600, 4 * 3600, 6 * 3600))
"""How long it takes until a message is tried again; from the last one on always as long."""
GIVE_UP = timedelta(days=3)
LEASE = timedelta(seconds=60)
THREADS, PLACES = 64, 4
"""How many are on their way at once, in all and to one endpoint."""
SLOW = 2.0
"""Seconds; an endpoint that let a message wait longer gets one at a time until it answers faster."""
LONGEST_REST = timedelta(minutes=5)
GONE = 410
_SENDER = 0x3EB  # the lock of the one sender; any number that nobody else uses

_CLAIM = """
UPDATE core_webhookdelivery SET attempts = attempts + 1, next_try_at = %s WHERE id IN (
  SELECT d.id FROM core_webhookdelivery d
  WHERE d.endpoint_id = %s AND d.status = 'pending' AND d.next_try_at <= %s AND d.id = (
    SELECT min(b.id) FROM core_webhookdelivery b WHERE b.endpoint_id = d.endpoint_id AND b.status = 'pending'
      AND b.subject_type = d.subject_type AND b.subject_id = d.subject_id)
  ORDER BY d.next_try_at, d.id LIMIT %s FOR UPDATE SKIP LOCKED)
RETURNING *"""
_WAITING = """
SELECT e.* FROM core_webhookendpoint e CROSS JOIN LATERAL (
  SELECT min(d.next_try_at) AS since FROM core_webhookdelivery d
  WHERE d.endpoint_id = e.id AND d.status = 'pending') due
WHERE e.is_active AND (e.pause_until IS NULL OR e.pause_until <= %s) AND due.since <= %s
ORDER BY due.since"""


@dataclass(frozen=True, slots=True)
class Flight:
    """A message on its way."""

    delivery: WebhookDelivery
    endpoint: WebhookEndpoint
    post: outward.Post
    began: float

    @property
    def seconds(self) -> float:
        """How long it has been on its way."""
        return time.monotonic() - self.began


def send_due(*, seconds: float = 20.0) -> int:
    """Send what is due until nothing is, or the time is over; return how many attempts were made.

    Returns 0 at once while another sender is at work.
    """
    with _alone() as mine:
        return _send(time.monotonic() + seconds) if mine else 0


def _send(stop: float) -> int:
    flying: dict[Future[outward.Response], Flight] = {}
    slow: set[int] = set()
    tried = 0
    with ThreadPoolExecutor(THREADS, thread_name_prefix="webhook") as threads:
        while True:
            if time.monotonic() < stop:
                for flight in _boarding(flying.values(), slow):
                    flying[threads.submit(flight.post.send)] = flight
                    tried += 1
            if not flying:
                return tried
            landed, _others = wait(flying, timeout=0.2, return_when=FIRST_COMPLETED)
            for future in landed:
                flight = flying.pop(future)
                (slow.add if flight.seconds > SLOW else slow.discard)(flight.endpoint.pk)
                take_note(flight.delivery, flight.endpoint, future.result())
            for flight in flying.values():
                if flight.seconds > SLOW:
                    slow.add(flight.endpoint.pk)
                if flight.seconds > outward.WHOLE_SECONDS:
                    flight.post.abort()


def _boarding(flying: Collection[Flight], slow: Collection[int]) -> Iterator[Flight]:
    """Claim what has a place, endpoint by endpoint, the longest waiting first."""
    now = clock.now()
    taken = Counter(flight.endpoint.pk for flight in flying)
    free = THREADS - taken.total()
    for endpoint in WebhookEndpoint.objects.raw(_WAITING, [now, now]):
        places = min((1 if endpoint.pk in slow else PLACES) - taken[endpoint.pk], free)
        if places <= 0:
            continue
        for delivery in claim(endpoint, places):
            free -= 1
            yield _flight(delivery, endpoint, now)


def claim(endpoint: WebhookEndpoint, limit: int) -> list[WebhookDelivery]:
    """Lease the due messages of an endpoint, each the first one of its object."""
    now = clock.now()
    rows = list(WebhookDelivery.objects.raw(_CLAIM, [now + LEASE, endpoint.pk, now, limit]))
    return sorted(rows, key=lambda row: row.pk)


def _flight(delivery: WebhookDelivery, endpoint: WebhookEndpoint, now: datetime) -> Flight:
    body = delivery.body.encode()
    keys = [endpoint.secret]
    if endpoint.previous_secret and endpoint.previous_until and endpoint.previous_until > now:
        keys.append(endpoint.previous_secret)
    headers = signing.headers(keys, delivery.message_id, int(now.timestamp()), body)
    headers |= {"Content-Type": "application/json", "User-Agent": "aftersales-webhooks/1"}
    allow_private = settings.AFTERSALES["webhooks_allow_private"]
    post = outward.Post(endpoint.url, body, headers, allow_private=allow_private)
    return Flight(delivery, endpoint, post, time.monotonic())


def take_note(delivery: WebhookDelivery, endpoint: WebhookEndpoint, answer: outward.Response) -> None:
    """Write down what came of an attempt, unless its lease was over and it is another one's by now."""
    now = clock.now()
    done = answer.status is not None and 200 <= answer.status < 300
    gone = answer.status == GONE
    said = {"answer_status": answer.status, "answer_text": answer.text[:300].replace("\x00", ""), "error": answer.error}
    said["error"] = said["error"] or ("" if done else f"HTTP {answer.status}")
    pause = timedelta(0) if done else _pause(delivery.attempts, answer.retry_after, now)
    mine = WebhookDelivery.objects.filter(pk=delivery.pk, attempts=delivery.attempts, status="pending")
    if done:
        mine.update(**said, status="delivered", finished_at=now, next_try_at=None)
    elif gone or now + pause - delivery.since >= GIVE_UP:
        mine.update(**said, status="parked", finished_at=now, next_try_at=None)
        log.warning("a webhook was parked", extra={"delivery": delivery.pk, "endpoint": endpoint.pk})
    else:
        mine.update(**said, next_try_at=now + pause)
    if done:
        _praise(endpoint)
    elif gone:
        WebhookEndpoint.objects.filter(pk=endpoint.pk).update(is_active=False, stopped_why="410 Gone")
    elif answer.status is None or delivery.attempts == 1:
        _blame(endpoint, now, silent=answer.status is None)


def _praise(endpoint: WebhookEndpoint) -> None:
    """Forget that an endpoint did badly."""
    if endpoint.failures or endpoint.failing_since:
        WebhookEndpoint.objects.filter(pk=endpoint.pk).update(failures=0, failing_since=None, pause_until=None)
        endpoint.failures, endpoint.failing_since = 0, None


def _blame(endpoint: WebhookEndpoint, now: datetime, *, silent: bool) -> None:
    """Remember that an endpoint did badly: one that fails in a row, or does not even answer, is left alone for a while.

    A message that is refused again and again is counted once: it may be the message that is wrong.
    """
    endpoint.failures += 1
    endpoint.failing_since = endpoint.failing_since or now
    rest = timedelta(seconds=2 ** min(endpoint.failures, 9)) if silent or endpoint.failures >= 3 else timedelta(0)
    WebhookEndpoint.objects.filter(pk=endpoint.pk).update(
        failures=F("failures") + 1,
        failing_since=endpoint.failing_since,
        pause_until=now + min(rest, LONGEST_REST) if rest else None,
    )


def _pause(attempts: int, retry_after: str, now: datetime) -> timedelta:
    """Give the pause after so many attempts, a little different each time, or what the receiver asked for."""
    usual = PAUSES[min(max(attempts, 1), len(PAUSES)) - 1] * random.uniform(0.9, 1.1)  # noqa: S311
    return max(usual, min(_asked(retry_after, now), PAUSES[-1]))


def _asked(retry_after: str, now: datetime) -> timedelta:
    """Read `Retry-After`: seconds or a date, whatever nonsense it may hold (RFC 9110, 10.2.3)."""
    if retry_after.isascii() and retry_after.isdigit():
        return timedelta(seconds=int(retry_after[:9]))
    at = parse_http_date_safe(retry_after)
    return timedelta(seconds=at - now.timestamp()) if at is not None else timedelta(0)


@contextmanager
def _alone() -> Iterator[bool]:
    """Hold the sender's lock, if nobody else does; a killed sender's is free as soon as its connection is gone."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [_SENDER])
        mine = bool(cursor.fetchone()[0])
    try:
        yield mine
    finally:
        if mine and connection.connection is not None and not connection.connection.closed:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [_SENDER])
