"""What a buyer may have on a day: tables of cases, and an oracle that goes day by day (WAR-1, LAW-6)."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aftersales.core import policies
from warranty.states import CategoryRules, RepairPeriod, What, add_months, entitlements, spans

DAY = timedelta(days=1)
ROWS = {row["category"]: CategoryRules.of(row) for row in policies.definition("warranty.rules").default}
PHONE, BATTERY = ROWS["phone"], ROWS["battery"]
SOLD = date(2026, 3, 1)


def whats(today, rules=PHONE, *, delivered=SOLD, exchanged=None, repairs=()):
    """What can be had, each with its last day."""
    found = entitlements(
        category_rules=rules, delivered_on=delivered, exchanged_on=exchanged, repair_periods=repairs, today=today
    )
    return {entry.what.value: entry.until for entry in found}


@pytest.mark.parametrize(
    ("today", "expected"),
    [
        (date(2026, 3, 1), {"return": date(2026, 3, 8), "exchange": date(2026, 3, 8), "repair": date(2027, 3, 1)}),
        (date(2026, 3, 8), {"return": date(2026, 3, 8), "exchange": date(2026, 3, 8), "repair": date(2027, 3, 1)}),
        (date(2026, 3, 9), {"exchange_main_unit": date(2026, 3, 16), "repair": date(2027, 3, 1)}),
        (date(2026, 3, 16), {"exchange_main_unit": date(2026, 3, 16), "repair": date(2027, 3, 1)}),
        (date(2026, 3, 17), {"repair": date(2027, 3, 1)}),
        (date(2027, 3, 1), {"repair": date(2027, 3, 1)}),
        (date(2027, 3, 2), {"none": date(2027, 3, 1)}),
    ],
)
def test_a_phone_can_be_returned_for_7_days_exchanged_for_15_and_repaired_for_a_year(today, expected):
    """WAR-1"""
    assert whats(today) == expected


@pytest.mark.parametrize(
    ("category", "months"),
    [
        ("battery", 6),
        ("wired_earphone", 3),
        ("memory_card", 3),
        ("charger", 12),
        ("bluetooth_headset", 12),
        ("electronics", 12),
    ],
)
def test_accessories_are_repaired_for_months_of_their_own(category, months):
    """WAR-1"""
    end = add_months(SOLD, months)
    assert whats(end, ROWS[category]) == {"repair": end}
    assert whats(end + DAY, ROWS[category]) == {"none": end}


def test_gifts_and_unknown_goods_have_nothing_and_say_why():
    """WAR-1"""
    [gift] = entitlements(category_rules=ROWS["gift"], delivered_on=SOLD, today=SOLD)
    [unknown] = entitlements(category_rules=None, delivered_on=SOLD, today=SOLD)
    assert (gift.what, gift.until, unknown.what, unknown.until) == (What.NONE, None, What.NONE, None)
    assert gift.why != unknown.why


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2026, 8, 31), 6, date(2027, 2, 28)),
        (date(2027, 8, 31), 6, date(2028, 2, 29)),
        (date(2026, 8, 29), 6, date(2027, 2, 28)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2024, 2, 29), 48, date(2028, 2, 29)),
        (date(2026, 11, 30), 3, date(2027, 2, 28)),
        (date(2026, 12, 31), 3, date(2027, 3, 31)),
        (date(2026, 12, 1), 12, date(2027, 12, 1)),
        (date(2026, 1, 31), 0, date(2026, 1, 31)),
    ],
)
def test_months_end_on_the_same_day_or_the_last_of_the_month(day, months, expected):
    """WAR-1"""
    assert add_months(day, months) == expected


def test_an_exchange_starts_everything_anew():
    """LAW-6"""
    new = date(2026, 9, 1)
    assert whats(new + DAY, exchanged=new) == {
        "return": date(2026, 9, 8),
        "exchange": date(2026, 9, 8),
        "repair": date(2027, 9, 1),
    }
    [entry] = entitlements(category_rules=BATTERY, delivered_on=SOLD, exchanged_on=new, today=new)
    assert entry.rules == ("WAR-1", "LAW-6")
    assert "2026-09-01" in entry.why
    assert "2026-03-01" not in entry.why


@pytest.mark.parametrize(
    ("repairs", "end"),
    [
        ([(date(2026, 4, 1), date(2026, 4, 10))], date(2026, 9, 11)),
        ([(date(2026, 4, 1), date(2026, 4, 1))], date(2026, 9, 2)),
        ([(date(2026, 4, 1), date(2026, 4, 10)), (date(2026, 4, 5), date(2026, 4, 12))], date(2026, 9, 13)),
        ([(date(2026, 4, 1), date(2026, 4, 10)), (date(2026, 4, 3), date(2026, 4, 4))], date(2026, 9, 11)),
        ([(date(2026, 4, 5), date(2026, 4, 6)), (date(2026, 4, 1), date(2026, 4, 2))], date(2026, 9, 5)),
        ([(date(2026, 9, 1), date(2026, 9, 10))], date(2026, 9, 11)),
        ([(date(2026, 9, 2), date(2026, 9, 10))], date(2026, 9, 1)),
        ([(date(2026, 8, 31), date(2026, 8, 31)), (date(2026, 9, 2), date(2026, 9, 3))], date(2026, 9, 4)),
        ([(date(2026, 2, 1), date(2026, 3, 1))], date(2026, 9, 1)),
        ([(date(2026, 2, 1), date(2026, 3, 2))], date(2026, 9, 2)),
        ([(date(2026, 8, 30), None)], date(2026, 9, 4)),
    ],
)
def test_days_in_repair_move_the_end_each_once(repairs, end):
    """LAW-6: six months of a battery; the last one is in repair still, on the 1st of September."""
    today = date(2026, 9, 1)
    [span] = spans(
        category_rules=BATTERY, delivered_on=SOLD, repair_periods=[RepairPeriod(*each) for each in repairs], today=today
    )
    assert span.until == end
    assert span.moved == (end - date(2026, 9, 1)).days


def test_a_repair_before_the_exchange_does_not_count_any_more():
    """LAW-6"""
    repairs = [RepairPeriod(date(2026, 4, 1), date(2026, 4, 30))]
    assert whats(date(2026, 6, 1), BATTERY, exchanged=date(2026, 5, 1), repairs=repairs) == {
        "repair": date(2026, 11, 1)
    }


def test_a_return_needs_more_confirmed_than_a_repair():
    """WAR-1"""
    needed = {}
    for today in (SOLD, SOLD + 9 * DAY):
        for entry in entitlements(category_rules=PHONE, delivered_on=SOLD, today=today):
            needed[entry.what] = {one.value for one in entry.conditions}
    everything = {"fault", "confirmed", "unmarked", "complete"}
    assert needed == {
        What.RETURN: everything,
        What.EXCHANGE: everything,
        What.EXCHANGE_MAIN_UNIT: everything - {"complete"},
        What.REPAIR: {"fault", "confirmed"},
    }


def test_days_that_cannot_be_are_refused():
    """LAW-6"""
    with pytest.raises(ValueError, match="before it was delivered"):
        spans(category_rules=PHONE, delivered_on=SOLD, exchanged_on=SOLD - DAY, today=SOLD)
    with pytest.raises(ValueError, match="after today"):
        spans(category_rules=PHONE, delivered_on=SOLD, today=SOLD - DAY)
    with pytest.raises(ValueError, match="before it began"):
        RepairPeriod(SOLD, SOLD - DAY)


DAYS = st.integers(0, 900).map(lambda n: date(2027, 6, 1) + n * DAY)
PERIODS = st.lists(
    st.builds(
        lambda begun, n: RepairPeriod(begun, None if n is None else begun + n * DAY),
        DAYS,
        st.none() | st.integers(0, 90),
    ),
    max_size=6,
)
RULES = st.builds(
    CategoryRules,
    category=st.just("x"),
    return_days=st.integers(0, 30),
    exchange_days=st.integers(0, 30),
    main_unit_only=st.booleans(),
    repair_months=st.integers(0, 24),
)


def _last_day(start, days, periods, today):
    """Go day by day: a day in repair uses none of the days that are left."""
    day = start
    while days:
        day += DAY
        if not any(each.begun <= day <= (each.ended or today) for each in periods):
            days -= 1
    return day


def _days_of_months(start, months):
    """Go day by day to the day with the same number, or to the last of a month that has none."""
    day, to_go = start, months
    while to_go:
        day += DAY
        ends = (day + DAY).month != day.month
        if day.day == start.day or (ends and day.day < start.day):
            to_go -= 1
    return (day - start).days


@given(rules=RULES, delivered=DAYS, later=st.none() | st.integers(0, 400), wait=st.integers(0, 1200), periods=PERIODS)
def test_it_says_what_going_day_by_day_says(rules, delivered, later, wait, periods):
    """WAR-1 LAW-6: the slow way, that shares nothing with the fast one, comes to the same day and the same things."""
    exchanged = None if later is None else delivered + later * DAY
    start = exchanged or delivered
    today = start + wait * DAY
    ways = {
        "return": rules.return_days,
        "exchange": rules.return_days,
        "repair": _days_of_months(start, rules.repair_months),
    }
    if rules.exchange_days > rules.return_days:
        ways["exchange_main_unit" if rules.main_unit_only else "exchange"] = rules.exchange_days
    ends = {what: _last_day(start, days, periods, today) for what, days in ways.items() if days}
    there = {what: end for what, end in ends.items() if today <= end}
    if "exchange" in there:
        there.pop("exchange_main_unit", None)
    over = {"none": max(ends.values()) if ends else None}
    assert whats(today, rules, delivered=delivered, exchanged=exchanged, repairs=periods) == (there or over)
