"""Figures for Prometheus: requests as they happen, and the state of the work when somebody asks.

Questions to the database are bounded: they read at most `CAP` rows of a partial index, at any size of the tables.
"""

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import DatabaseError, InterfaceError, connection
from prometheus_client import REGISTRY, CollectorRegistry, Counter, Histogram, generate_latest, multiprocess
from prometheus_client.metrics_core import GaugeMetricFamily
from prometheus_client.registry import Collector

from aftersales.core import clock

logger = logging.getLogger(__name__)

CAP = 10_000
LATE = timedelta(seconds=15)
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})

REQUESTS = Counter("aftersales_requests", "Requests answered.", ["route", "method", "status"])
LATENCY = Histogram(
    "aftersales_request_seconds",
    "Time to answer, by route.",
    ["route", "method"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)


@dataclass(frozen=True, slots=True)
class Gauge:
    """One figure: its name, what it says, and the SQL that gives it; `{now}` and `{late}` are filled in as moments."""

    name: str
    help: str
    sql: str


def capped(table: str, where: str) -> str:
    """Return SQL that counts rows up to `CAP`. Both parts are constants of the code, never input."""
    return f"SELECT count(*) FROM (SELECT FROM {table} WHERE {where} LIMIT {CAP}) AS capped"


GAUGES: list[Gauge] = [
    Gauge(
        "aftersales_deadlines_due",
        f"Deadlines that are due and have not acted yet, at most {CAP}.",
        capped("core_deadline", "status = 'running' AND due_at <= %(now)s"),
    ),
    Gauge(
        "aftersales_deadlines_late",
        f"Deadlines that are due for more than {LATE.seconds} seconds, at most {CAP}.",
        capped("core_deadline", "status = 'running' AND due_at <= %(late)s"),
    ),
    Gauge(
        "aftersales_deadlines_failed",
        f"Deadlines that could not act and wait for a person, at most {CAP}.",
        capped("core_deadline", "status = 'failed'"),
    ),
    Gauge(
        "aftersales_invariant_violations",
        "What broke the invariants when they were last checked, by night.",
        "SELECT coalesce((SELECT violations FROM core_consistencycheck ORDER BY id DESC LIMIT 1), 0)",
    ),
    Gauge(
        "aftersales_outbox_pending",
        f"Events that somebody still has to be told, at most {CAP}.",
        capped("core_outboxevent", "delivered_at IS NULL"),
    ),
    Gauge(
        "aftersales_outbox_retrying",
        f"Events that failed at least once and are tried again, at most {CAP}.",
        capped("core_outboxevent", "delivered_at IS NULL AND error <> ''"),
    ),
    Gauge(
        "aftersales_outbox_overdue_seconds",
        "For how long the event that waits longest is due.",
        "SELECT greatest(0, coalesce(extract(epoch FROM %(now)s - min(next_try_at)), 0)) "
        "FROM core_outboxevent WHERE delivered_at IS NULL",
    ),
    Gauge(
        "aftersales_webhooks_waiting",
        f"Messages to front-ends that are due, at most {CAP}.",
        capped("core_webhookdelivery", "status = 'pending' AND next_try_at <= %(now)s"),
    ),
    Gauge(
        "aftersales_webhooks_parked",
        f"Messages that could not be delivered for three days, at most {CAP}.",
        capped("core_webhookdelivery", "status = 'parked'"),
    ),
    Gauge(
        "aftersales_idempotency_age_seconds",
        "Age of the oldest kept answer; more than 48 h means that nobody forgets them.",
        "SELECT coalesce(extract(epoch FROM %(now)s - min(created_at)), 0) FROM core_idempotencyrecord",
    ),
]


def gauge_add(gauge: Gauge) -> None:
    """Let an app add a figure of its own, once, when it is loaded. Its SQL must be bounded."""
    if gauge not in GAUGES:
        GAUGES.append(gauge)


def observe(route: str, method: str, status: int, seconds: float) -> None:
    """Note one answered request."""
    method = method if method in METHODS else "OTHER"
    REQUESTS.labels(route, method, str(status)).inc()
    LATENCY.labels(route, method).observe(seconds)


class _Work(Collector):
    """The state of the work, read from the database when it is asked for."""

    def collect(self) -> Iterable[Any]:
        up = GaugeMetricFamily("aftersales_database_up", "Whether the database answers.", value=1)
        try:
            found = [_family(gauge) for gauge in GAUGES]
        except (DatabaseError, InterfaceError) as exc:
            logger.warning("no figures: %s", exc)
            up, found = GaugeMetricFamily("aftersales_database_up", "Whether the database answers.", value=0), []
        return [up, *found]


def _family(gauge: Gauge) -> GaugeMetricFamily:
    now = clock.now()
    with connection.cursor() as cursor:
        cursor.execute(gauge.sql, {"now": now, "late": now - LATE})
        return GaugeMetricFamily(gauge.name, gauge.help, value=float(cursor.fetchone()[0]))


def exposition(*, multiprocess_folder: str | None) -> bytes:
    """Return everything in Prometheus' text format; the folder is where several processes keep their counts."""
    processes: CollectorRegistry = REGISTRY
    if multiprocess_folder:
        processes = CollectorRegistry()
        collect: Callable[..., Any] = multiprocess.MultiProcessCollector
        collect(processes, path=multiprocess_folder)
    work = CollectorRegistry()
    work.register(_Work())
    return generate_latest(processes) + generate_latest(work)
