"""The working days of mainland China: public holidays and make-up workdays observed, held in the table CalendarDay.

The days come from libraries that end with the last announced year (the State Council announces the next one in
November), so a question outside of the table is answered with an error in words, never with a guess.
"""

import calendar as gregorian
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock_time
from typing import overload

import chinese_calendar
import holidays
from django.db import transaction
from django.db.models import Count
from django.utils.translation import gettext as _

from . import clock, errors
from .models import CalendarDay

FIRST_YEAR, LAST_YEAR = 2004, 2100
FRESH_SECONDS = 300.0  # a day corrected by hand is known everywhere after this
AHEAD = timedelta(days=120)  # the longest count of working days that a policy allows, with its holidays
_DAY = timedelta(days=1)


class CalendarYearMissing(errors.Unavailable):
    """503: the calendar has not all days of a year; `year` says which, the detail what to do."""

    code = "calendar_year_missing"

    def __init__(self, year: int) -> None:
        super().__init__(
            _("The calendar of working days does not know %(year)d yet. Fill it: manage.py fill_calendar --to %(year)d")
            % {"year": year},
            year=year,
        )
        self.year = year


@dataclass(frozen=True, slots=True)
class Filled:
    """What filling did: rows written anew, rows changed, and the years whose make-up workdays are not announced yet."""

    created: int = 0
    changed: int = 0
    provisional: list[int] = field(default_factory=list)


_loaded: dict[int, tuple[frozenset[date], float]] = {}


def is_workday(day: date) -> bool:
    """Tell whether people work on `day`; a moment counts as its day in Shanghai.

    No query while the year is in memory, else one. Raises: CalendarYearMissing.
    """
    day = _day_of(day)
    return day in _workdays(day.year)


@overload
def add_workdays(start: datetime, count: int) -> datetime: ...
@overload
def add_workdays(start: date, count: int) -> date: ...
def add_workdays(start: date, count: int) -> date:
    """Return the end of a period of `count` working days (DIS-2, TMO-12), counted as the Civil Code does (§§ 201, 203).

    The day of `start` is not counted, working day or not; the period ends when the last working day does. From a day
    this is that last day. From a moment it is the moment at which the day ends in Shanghai (24:00, which is 00:00 of
    the next), in UTC: 1 working day from Friday 23:59 ends with Monday. A count of 0 ends with the day of `start`.
    Raises: CalendarYearMissing, also if only the last days fall into a missing year; ValueError for a negative count.
    """
    if count < 0:
        raise ValueError("working days are counted forwards")
    last = _day_of(start)
    while count:
        last += _DAY
        count -= is_workday(last)
    if isinstance(start, datetime):
        return datetime.combine(last + _DAY, clock_time(), clock.SHANGHAI).astimezone(UTC)
    return last


def workdays_between(start: date, end: date) -> int:
    """Count the working days after the day of `start` up to and with the day of `end`; negative if `end` is earlier.

    The inverse of `add_workdays`. Moments count as their days in Shanghai. Raises: CalendarYearMissing.
    """
    first, last = _day_of(start), _day_of(end)
    if last < first:
        return -workdays_between(last, first)
    return sum(is_workday(first + _DAY * offset) for offset in range(1, (last - first).days + 1))


def missing_years(first: int, last: int) -> list[int]:
    """List the years from `first` to `last` of which the table has not all days; one query."""
    filled = {
        year
        for year, days in CalendarDay.objects.filter(day__year__range=(first, last))
        .values_list("day__year")
        .annotate(days=Count("id"))
        if days == _days_in(year)
    }
    return [year for year in range(first, last + 1) if year not in filled]


def needed_years() -> tuple[int, int]:
    """Return the first and last year that a deadline set today may ask for."""
    today = clock.shanghai_day(clock.now())
    return today.year, (today + AHEAD).year


def provisional_years(first: int, last: int) -> list[int]:
    """List the years from `first` to `last` that have days whose make-up workdays are not announced yet; one query."""
    rows = CalendarDay.objects.filter(day__year__range=(first, last), source=CalendarDay.Source.STATUTORY)
    return sorted(rows.values_list("day__year", flat=True).distinct().order_by())


def fill(first: int, last: int) -> Filled:
    """Fill the years from `first` to `last` from the libraries; filling again changes nothing.

    `chinesecalendar` first, `holidays` behind it, and for a year that neither has announced the public holidays alone,
    marked as provisional until a later filling knows better. Days entered by hand stay as they are.
    Raises: Invalid for years outside of 2004 to 2100, the other way round, or more than fifty at once.
    """
    if not (FIRST_YEAR <= first <= last <= LAST_YEAR) or last - first >= 50:
        raise errors.Invalid(
            _("Years from %(first)d to %(last)d are possible, at most fifty at once.")
            % {"first": FIRST_YEAR, "last": LAST_YEAR}
        )
    now = clock.now()
    with transaction.atomic():
        # All rows in one order, so that two fillings at once wait for each other instead of locking each other out.
        known = {
            row.day: row
            for row in CalendarDay.objects.select_for_update().filter(day__year__range=(first, last)).order_by("day")
        }
        new, changed = [], []
        for year in range(first, last + 1):
            for wanted in _from_libraries(year):
                row = known.get(wanted.day)
                wanted.updated_at = now
                if row is None:
                    new.append(wanted)
                elif row.source != CalendarDay.Source.MANUAL and _differs(row, wanted):
                    wanted.pk = row.pk
                    changed.append(wanted)
        CalendarDay.objects.bulk_create(new, ignore_conflicts=True)
        CalendarDay.objects.bulk_update(changed, ["is_workday", "name", "source", "updated_at"], batch_size=400)
        transaction.on_commit(forget)
    forget()
    return Filled(len(new), len(changed), provisional_years(first, last))


def day_set(*, day: date, is_workday: bool, name: str = "") -> CalendarDay:
    """Correct one day by hand, as when a year is announced and no library knows it yet; fillings leave it alone."""
    row, _created = CalendarDay.objects.update_or_create(
        day=day,
        defaults={
            "is_workday": is_workday,
            "name": name,
            "source": CalendarDay.Source.MANUAL,
            "updated_at": clock.now(),
        },
    )
    forget()
    transaction.on_commit(forget)
    return row


def forget() -> None:
    """Read the days anew at the next question; for tests and after writing to the table by another way."""
    _loaded.clear()


def _day_of(day: date) -> date:
    return clock.shanghai_day(day) if isinstance(day, datetime) else day


def _days_in(year: int) -> int:
    return 366 if gregorian.isleap(year) else 365


def _workdays(year: int) -> frozenset[date]:
    days, loaded = _loaded.get(year, (None, 0.0))
    if days is not None and time.monotonic() - loaded < FRESH_SECONDS:
        return days
    rows = CalendarDay.objects.filter(day__year=year).values_list("day", "is_workday")
    known = dict(rows)
    if len(known) != _days_in(year):
        raise CalendarYearMissing(year)
    days = frozenset(day for day, works in known.items() if works)
    _loaded[year] = (days, time.monotonic())
    return days


def _differs(row: CalendarDay, wanted: CalendarDay) -> bool:
    return (row.is_workday, row.name, row.source) != (wanted.is_workday, wanted.name, wanted.source)


def _from_libraries(year: int) -> Iterator[CalendarDay]:
    china = holidays.country_holidays("CN", years=year, language="zh_CN")
    start = date(year, 1, 1)
    for day in (start + _DAY * offset for offset in range(_days_in(year))):
        try:
            rests, holiday = chinese_calendar.get_holiday_detail(day)
            works, name = not rests, chinese_calendar.Holiday(holiday).chinese if holiday else ""
            source = CalendarDay.Source.CHINESECALENDAR
        except NotImplementedError:  # a year that this release of the library does not have
            works, name = china.is_working_day(day), china.get(day) or ""
            announced = any(extra.year == year for extra in china.weekend_workdays)
            source = CalendarDay.Source.HOLIDAYS if announced else CalendarDay.Source.STATUTORY
        yield CalendarDay(day=day, is_workday=works, name=name[:60], source=source)
