"""The one clock: every moment that the domain compares or stores comes from here, so that tests can stop it."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.utils import timezone

SHANGHAI = ZoneInfo("Asia/Shanghai")
_told: ContextVar[datetime | None] = ContextVar("the moment that a told past has reached", default=None)


def now() -> datetime:
    """Return the present moment, aware, in UTC."""
    return _told.get() or timezone.now()


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Let what happens inside happen at `moment`, in this thread and this context alone.

    Only for the loader of sample data, which tells a past through the services that make the present; nothing that
    serves people may use it, and a test sees to that.
    """
    token = _told.set(moment)
    try:
        yield
    finally:
        _told.reset(token)


def shanghai_day(moment: datetime) -> date:
    """Return the calendar day in China on which `moment` falls."""
    return moment.astimezone(SHANGHAI).date()


def day_began(moment: datetime) -> datetime:
    """Return the moment at which the day in China began on which `moment` falls."""
    return moment.astimezone(SHANGHAI).replace(hour=0, minute=0, second=0, microsecond=0)
