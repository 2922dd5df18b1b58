"""Telling a past: stories that wait and act, one clock for all, and what acts by itself in between.

A story is a generator. It does something through the services, yields how long it waits (or until when), and goes on
when the told time has come there. What is due meanwhile acts as it would have: a second late, by "system: timeout". A
story that reaches the present is left where it stands.
"""

import heapq
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from aftersales.core import clock, events, sweeps
from aftersales.core.models import Deadline

Story = Iterator[timedelta | datetime]

LATE = timedelta(seconds=1)
"""How much after its time a deadline acts: the sweep looks every two seconds."""


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

    def begin(self, at: datetime, story: Story) -> None:
        """Let a story begin at a moment."""
        self._begun += 1
        heapq.heappush(self._waiting, (at, self._begun, story))

    def run(self) -> None:
        """Tell everything up to the end. In the caller's transaction: nobody sees half a past."""
        while self._waiting and self._waiting[0][0] <= self.end:
            moment, number, story = heapq.heappop(self._waiting)
            self._let_act(moment)
            with clock.at(moment):
                pause = next(story, None)
                _deliver()
            if pause is None:
                self._over += 1
                if self.progress is not None:
                    self.progress(self._over)
            else:
                then = pause if isinstance(pause, datetime) else moment + pause
                heapq.heappush(self._waiting, (max(then, moment), number, story))
        self._let_act(self.end)

    def _let_act(self, until: datetime) -> None:
        running = Deadline.objects.filter(status=Deadline.Status.RUNNING, due_at__lte=until).order_by("due_at")
        while due := running.values_list("due_at", flat=True).first():
            with clock.at(min(due + LATE, until)):
                if not (swept := sweeps.sweep()).acted and not swept.failed:
                    raise Stuck(f"a deadline of {due} does not act")
                _deliver()


def _deliver() -> None:
    while events.deliver():
        pass


def warnings(every: timedelta) -> Story:
    """Warn of near deadlines now and then, as the beat does (TMO-17)."""
    while True:
        sweeps.warn()
        yield every
