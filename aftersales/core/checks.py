"""System checks of what an installation needs besides its code. Run by `manage.py check --database default`."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.core.checks import CheckMessage, Tags, Warning, register
from django.db import DatabaseError

from . import calendar, clock

# The next year is announced in November; from this long before it begins, working by the provisional days is a risk.
SURE_BEFORE = timedelta(days=20)


@register(Tags.database)
def check_calendar(
    app_configs: Any = None, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """Warn of years that deadlines may ask for and the calendar does not know (W001) or not for sure (W002)."""
    if not databases:
        return []
    try:
        missing = calendar.missing_years(*calendar.needed_years())
        today = clock.shanghai_day(clock.now())
        unsure = calendar.provisional_years(today.year, (today + SURE_BEFORE).year)
    except DatabaseError:  # not migrated yet, or away: said by others
        return []
    return [
        *(
            Warning(
                f"The calendar of working days has not all days of {year}; deadlines in working days will fail.",
                hint=f"Run manage.py fill_calendar --to {year}.",
                id="core.W001",
            )
            for year in missing
        ),
        *(
            Warning(
                f"The calendar of working days knows {year} provisionally: make-up workdays are missing.",
                hint="Update chinesecalendar and run manage.py fill_calendar, or enter the announced days by hand.",
                id="core.W002",
            )
            for year in unsure
        ),
    ]
