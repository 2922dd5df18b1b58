"""The one clock: every moment that the domain compares or stores comes from here, so that tests can stop it."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.utils import timezone

SHANGHAI = ZoneInfo("Asia/Shanghai")


def now() -> datetime:
    """Return the present moment, aware, in UTC."""
    return timezone.now()


def shanghai_day(moment: datetime) -> date:
    """Return the calendar day in China on which `moment` falls."""
    return moment.astimezone(SHANGHAI).date()
