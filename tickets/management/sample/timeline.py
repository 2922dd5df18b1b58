"""Telling a past: stories that wait and act, one clock for all, and what acts by itself in between.

A story is a generator. It does something through the services, yields how long it waits (or until when), and goes on
when the told time has come there. What is due meanwhile acts as it would have: a second late, by "system: timeout". A
story that reaches the present is left where it stands.
"""

import heapq
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import cast

from django.db import connection, models

from aftersales.core import clock, events, sweeps
from aftersales.core.models import Deadline, LogEntry, OutboxEvent
from aftersales.core.transitions import bindings

Story = Iterator[timedelta | datetime]

LATE = timedelta(seconds=1)
"""How much after its time a deadline acts: the sweep looks every two seconds."""


STALE = timedelta(hours=1)
"""Nothing older can still be due. Without this bound each question would step over all index entries that are dead but
cannot be cleaned up before the transaction ends."""


GROWN = frozenset({50, 200, 800})
"""After so many steps the planner is told how large the tables are by now: autovacuum sees nothing of a transaction."""


class Stuck(RuntimeError):
    """A deadline is due and does not act, or news is not delivered: the past cannot be told truly."""


@dataclass
class Timeline:
    """All stories in order of time, up to `end`; `progress` is told after each step how many stories are through."""

    end: datetime
    progress: Callable[[int], None] | None = None
    _waiting: list[tuple[datetime, int, Story]] = field(default_factory=list)
    _begun: int = 0
    _over: int = 0
    _steps: int = 0

    def begin(self, at: datetime, story: Story) -> None:
        """Let a story begin at a moment."""
        self._begun += 1
        heapq.heappush(self._waiting, (at, self._begun, story))

    def run(self) -> None:
        """Tell everything up to the end. In the caller's transaction: nobody sees half a past."""
        due = _settle()
        while self._waiting and self._waiting[0][0] <= self.end:
            moment, number, story = heapq.heappop(self._waiting)
            self._steps += 1
            if self._steps in GROWN:
                _count_rows()
            while due is not None and due <= moment:
                due = _let_act(due, moment)
            with clock.at(moment):
                pause = next(story, None)
                due = _settle()
            if pause is None:
                self._over += 1
                if self.progress is not None:
                    self.progress(self._over)
            else:
                then = pause if isinstance(pause, datetime) else moment + pause
                heapq.heappush(self._waiting, (max(then, moment), number, story))
        while due is not None and due <= self.end:
            due = _let_act(due, self.end)
        if Deadline.objects.filter(status=Deadline.Status.RUNNING, due_at__lte=self.end).exists():
            raise Stuck("a deadline was passed over")


def _let_act(due: datetime, latest: datetime) -> datetime | None:
    with clock.at(min(due + LATE, latest)):
        swept = sweeps.sweep()
        if not swept.acted and not swept.failed:
            raise Stuck(f"a deadline of {due} does not act")
        return _settle()


def _settle() -> datetime | None:
    """Deliver all news and give the moment of the next deadline. One short question, for it is asked at every step."""
    while True:
        with connection.cursor() as cursor:
            soon = clock.now() - STALE
            cursor.execute(_PENDING, [soon, soon])
            [(due, news)] = cursor.fetchall()
        if not news:
            return cast("datetime | None", due)
        if not events.deliver():
            raise Stuck("news cannot be delivered")


_PENDING = f"""
SELECT (SELECT min(due_at) FROM {Deadline._meta.db_table} WHERE status = 'running' AND due_at > %s),
       EXISTS (SELECT FROM {OutboxEvent._meta.db_table} WHERE delivered_at IS NULL AND next_try_at > %s)
"""


def _count_rows() -> None:
    tables = sorted({name for binding in bindings.values() for name in _tables(binding.model)})
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {', '.join(tables)}")


def _tables(model: type[models.Model]) -> set[str]:
    """Give the table of a subject, those that hang on it, and the ledgers."""
    related = {str(field.related_model._meta.db_table) for field in model._meta.related_objects}
    ledgers = {str(ledger._meta.db_table) for ledger in (Deadline, LogEntry, OutboxEvent)}
    return {str(model._meta.db_table)} | related | ledgers


def warnings(every: timedelta) -> Story:
    """Warn of near deadlines now and then, as the beat does (TMO-17)."""
    while True:
        sweeps.warn()
        yield every
