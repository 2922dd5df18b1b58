"""Working days of mainland China: exact dates, counting, filling, and what is said when a year is missing."""

from datetime import UTC, date, datetime, timedelta
from io import StringIO

import chinese_calendar
import pytest
import time_machine
from django.core.management import CommandError, call_command
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aftersales.core import calendar, checks, clock, errors
from aftersales.core.models import CalendarDay

FRIDAY_NOON = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)  # 12:00 in Shanghai


@pytest.fixture(autouse=True)
def _fresh_calendar():
    calendar.forget()
    yield
    calendar.forget()


@pytest.fixture
def db(db):
    """A database in which the calendar is empty."""
    CalendarDay.objects.all().delete()


@pytest.fixture
def years(db):
    calendar.fill(2025, 2027)


@pytest.mark.usefixtures("years")
@pytest.mark.parametrize(
    ("day", "works"),
    [
        ("2025-01-01", False),  # New Year's Day
        ("2025-01-26", True),  # Sunday, made up for Spring Festival
        ("2025-01-28", False),
        ("2025-02-04", False),
        ("2025-02-08", True),  # Saturday, made up
        ("2025-04-27", True),
        ("2025-05-05", False),
        ("2025-09-28", True),  # Sunday, made up for National Day
        ("2025-10-08", False),
        ("2025-10-09", True),
        ("2025-10-11", True),  # Saturday, made up for National Day
        ("2025-10-12", False),
        ("2026-01-02", False),
        ("2026-01-04", True),
        ("2026-02-14", True),
        ("2026-02-15", False),
        ("2026-02-23", False),
        ("2026-02-28", True),
        ("2026-05-09", True),
        ("2026-09-20", True),  # Sunday, made up for National Day
        ("2026-09-25", False),  # Mid-Autumn Festival, a Friday
        ("2026-10-07", False),
        ("2026-10-08", True),
        ("2026-10-10", True),  # Saturday, made up
        ("2026-11-20", True),
        ("2026-11-21", False),
    ],
)
def test_holidays_and_make_up_workdays_are_as_announced(day, works):
    """DIS-2"""
    assert calendar.is_workday(date.fromisoformat(day)) is works


@pytest.mark.usefixtures("years")
def test_a_moment_counts_as_its_day_in_shanghai():
    assert calendar.is_workday(datetime(2026, 11, 20, 15, 59, tzinfo=UTC)) is True
    assert calendar.is_workday(datetime(2026, 11, 20, 16, 0, tzinfo=UTC)) is False


@pytest.mark.usefixtures("years")
@pytest.mark.parametrize(
    ("start", "count", "end"),
    [
        ("2026-11-20", 1, "2026-11-23"),
        ("2026-11-20", 7, "2026-12-01"),
        ("2026-11-21", 1, "2026-11-23"),
        ("2026-11-22", 0, "2026-11-22"),
        ("2026-09-30", 1, "2026-10-08"),
        ("2026-09-30", 3, "2026-10-10"),
        ("2026-09-30", 7, "2026-10-15"),
        ("2025-09-26", 1, "2025-09-28"),
        ("2025-09-30", 7, "2025-10-16"),
        ("2026-12-31", 1, "2027-01-04"),
    ],
)
def test_working_days_are_counted_from_the_next_day(start, count, end):
    """DIS-2 TMO-12"""
    assert calendar.add_workdays(date.fromisoformat(start), count) == date.fromisoformat(end)
    assert calendar.workdays_between(date.fromisoformat(start), date.fromisoformat(end)) == count


@pytest.mark.usefixtures("years")
def test_a_period_from_a_moment_ends_at_midnight_in_shanghai():
    """TMO-12"""
    end = calendar.add_workdays(FRIDAY_NOON, 7)
    assert end == datetime(2026, 12, 1, 16, 0, tzinfo=UTC)
    assert end.utcoffset() == timedelta(0)
    assert calendar.add_workdays(datetime(2026, 11, 20, 15, 59, tzinfo=UTC), 1) == datetime(
        2026, 11, 23, 16, tzinfo=UTC
    )
    assert calendar.add_workdays(datetime(2026, 11, 20, 16, 0, tzinfo=UTC), 1) == datetime(2026, 11, 23, 16, tzinfo=UTC)


@pytest.mark.usefixtures("years")
def test_working_days_are_not_counted_backwards():
    with pytest.raises(ValueError, match="forwards"):
        calendar.add_workdays(date(2026, 11, 20), -1)


@pytest.mark.usefixtures("years")
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.dates(date(2025, 1, 1), date(2026, 12, 31)), st.integers(1, 60))
def test_counting_forth_and_back_agree(start, count):
    end = calendar.add_workdays(start, count)
    assert calendar.is_workday(end)
    assert calendar.workdays_between(start, end) == count
    assert calendar.workdays_between(end, start) == -count


# --- Years that are missing


@pytest.mark.usefixtures("years")
def test_a_missing_year_is_said_in_words():
    with pytest.raises(calendar.CalendarYearMissing) as caught:
        calendar.is_workday(date(2028, 3, 1))
    assert caught.value.year == 2028
    assert caught.value.status == 503
    assert caught.value.code == "calendar_year_missing"
    assert "fill_calendar --to 2028" in str(caught.value.detail)
    assert isinstance(caught.value, errors.Unavailable)


@pytest.mark.usefixtures("years")
def test_a_count_that_runs_into_a_missing_year_is_refused():
    with pytest.raises(calendar.CalendarYearMissing):
        calendar.add_workdays(date(2027, 12, 30), 5)


@pytest.mark.usefixtures("years")
def test_a_year_with_a_day_missing_counts_as_missing():
    CalendarDay.objects.get(day=date(2026, 6, 1)).delete()
    assert calendar.missing_years(2025, 2028) == [2026, 2028]
    with pytest.raises(calendar.CalendarYearMissing):
        calendar.is_workday(date(2026, 11, 20))


@pytest.mark.usefixtures("years")
def test_looking_for_missing_years_costs_one_query(django_assert_num_queries):
    with django_assert_num_queries(1):
        assert calendar.missing_years(2024, 2026) == [2024]


def test_the_libraries_are_not_asked_beyond_their_years(db):
    last = max(chinese_calendar.holidays).year
    with pytest.raises(NotImplementedError):
        chinese_calendar.is_workday(date(last + 1, 1, 1))
    assert calendar.fill(last, last + 1).created in (730, 731)
    assert CalendarDay.objects.get(day=date(last + 1, 10, 1)).is_workday is False


# --- The cache


@pytest.mark.usefixtures("years")
def test_a_year_is_read_once(django_assert_num_queries):
    with django_assert_num_queries(1):
        calendar.is_workday(date(2026, 1, 1))
    with django_assert_num_queries(0):
        calendar.add_workdays(FRIDAY_NOON, 7)
    calendar.forget()
    with django_assert_num_queries(1):
        calendar.is_workday(date(2026, 1, 1))


@pytest.mark.usefixtures("years")
def test_a_day_changed_elsewhere_is_seen_when_the_memory_is_old(monkeypatch):
    assert calendar.is_workday(date(2026, 11, 20)) is True
    CalendarDay.objects.filter(day=date(2026, 11, 20)).update(is_workday=False)
    assert calendar.is_workday(date(2026, 11, 20)) is True
    monkeypatch.setattr(calendar, "FRESH_SECONDS", 0)
    assert calendar.is_workday(date(2026, 11, 20)) is False


# --- Filling


def test_filling_again_changes_nothing(db, django_assert_num_queries):
    assert calendar.fill(2025, 2026) == calendar.Filled(730, 0, [])
    before = list(CalendarDay.objects.values_list())
    assert calendar.fill(2025, 2026) == calendar.Filled(0, 0, [])
    assert list(CalendarDay.objects.values_list()) == before
    assert CalendarDay.objects.count() == 730


def test_filled_days_say_name_source_and_when(db):
    with time_machine.travel(FRIDAY_NOON, tick=False):
        calendar.fill(2026, 2026)
    holiday, made_up, plain = (
        CalendarDay.objects.get(day=day) for day in (date(2026, 10, 1), date(2026, 10, 10), date(2026, 11, 20))
    )
    assert (holiday.name, holiday.is_workday, holiday.source) == ("国庆节", False, "chinesecalendar")
    assert (made_up.name, made_up.is_workday) == ("国庆节", True)
    assert (plain.name, plain.is_workday, plain.updated_at) == ("", True, FRIDAY_NOON)


def test_a_year_that_is_not_announced_is_filled_with_public_holidays_and_marked(db):
    filled = calendar.fill(2026, 2030)
    assert filled.provisional == [2027, 2028, 2029, 2030]
    assert calendar.provisional_years(2026, 2028) == [2027, 2028]
    new_year = CalendarDay.objects.get(day=date(2027, 1, 1))
    assert (new_year.is_workday, new_year.name, new_year.source) == (False, "元旦", "statutory")
    assert CalendarDay.objects.get(day=date(2028, 2, 29)).is_workday is True


def test_a_later_filling_knows_better_than_a_provisional_one(db):
    calendar.fill(2026, 2026)
    CalendarDay.objects.filter(day=date(2026, 10, 10)).update(is_workday=False, name="", source="statutory")
    assert calendar.fill(2026, 2026) == calendar.Filled(0, 1, [])
    assert calendar.is_workday(date(2026, 10, 10)) is True


def test_the_second_library_serves_where_the_first_has_nothing(db, monkeypatch):
    def nothing(day):
        raise NotImplementedError

    monkeypatch.setattr(chinese_calendar, "get_holiday_detail", nothing)
    assert calendar.fill(2025, 2026).provisional == []
    assert set(CalendarDay.objects.values_list("source", flat=True)) == {"holidays"}
    monkeypatch.undo()
    assert [
        row.day for row in CalendarDay.objects.all() if row.is_workday != chinese_calendar.is_workday(row.day)
    ] == []


def test_a_day_set_by_hand_survives_every_filling(db):
    calendar.fill(2026, 2026)
    assert calendar.is_workday(date(2026, 11, 23)) is True
    calendar.day_set(day=date(2026, 11, 23), is_workday=False, name="台风")
    assert calendar.is_workday(date(2026, 11, 23)) is False
    assert calendar.fill(2026, 2026) == calendar.Filled(0, 0, [])
    assert calendar.add_workdays(date(2026, 11, 20), 1) == date(2026, 11, 24)


@pytest.mark.parametrize(("first", "last"), [(2003, 2004), (2026, 2025), (2099, 2101), (2004, 2054)])
def test_years_outside_of_the_possible_are_refused(db, first, last):
    with pytest.raises(errors.Invalid):
        calendar.fill(first, last)
    assert not CalendarDay.objects.exists()


# --- The command and the checks


def command(*args):
    out, err = StringIO(), StringIO()
    call_command("fill_calendar", *args, stdout=out, stderr=err, no_color=True)
    return out.getvalue(), err.getvalue()


@time_machine.travel(FRIDAY_NOON, tick=False)
def test_the_command_fills_what_deadlines_may_ask_for(db):
    out, err = command()
    assert out == "2025 to 2027: 1095 days added, 0 changed.\n"
    assert err.startswith("2027 is provisional")
    assert calendar.missing_years(*calendar.needed_years()) == []
    assert command()[0] == "2025 to 2027: 0 days added, 0 changed.\n"


@time_machine.travel(FRIDAY_NOON, tick=False)
@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["--from", "2024", "--to", "2024"], "2024 to 2024: 366 days"),
        (["--to", "2026"], "2025 to 2026: 730 days"),
        (["--to", "2010"], "2010 to 2010: 365 days"),
        (["--from", "2026"], "2026 to 2027: 730 days"),
        (["--from", "2028"], "2028 to 2028: 366 days"),
    ],
)
def test_the_command_takes_either_end_of_the_range(db, args, said):
    assert command(*args)[0].startswith(said)


def test_the_command_refuses_a_wrong_range(db):
    with pytest.raises(CommandError, match="2004"):
        command("--from", "1990", "--to", "1991")


@pytest.mark.parametrize(
    ("now", "ids"),
    [
        (datetime(2026, 6, 1, tzinfo=UTC), []),
        (datetime(2026, 11, 20, tzinfo=UTC), ["core.W001"]),
        (datetime(2027, 2, 1, tzinfo=UTC), ["core.W001"]),
    ],
)
def test_years_that_deadlines_need_and_the_calendar_lacks_are_warned_of(db, now, ids):
    calendar.fill(2025, 2026)
    with time_machine.travel(now, tick=False):
        assert [message.id for message in checks.check_calendar(databases=["default"])] == ids


@pytest.mark.usefixtures("years")
def test_a_provisional_year_is_warned_of_shortly_before_it_begins():
    with time_machine.travel(datetime(2026, 12, 1, tzinfo=UTC), tick=False):
        assert checks.check_calendar(databases=["default"]) == []
    with time_machine.travel(datetime(2026, 12, 20, tzinfo=UTC), tick=False):
        assert [message.id for message in checks.check_calendar(databases=["default"])] == ["core.W002"]


def test_without_a_database_nothing_is_checked():
    assert checks.check_calendar(databases=None) == []


@time_machine.travel(datetime(2026, 12, 31, 16, 0, tzinfo=UTC), tick=False)
def test_the_year_is_shanghai_s():
    assert calendar.needed_years() == (2027, 2027)
    assert clock.now().year == 2026
