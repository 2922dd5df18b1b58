"""The template filters and the words behind them."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.template import Context, Template
from django.utils import translation

from aftersales.core.words import duration_words, moment_words

NOW = datetime(2026, 11, 20, 6, 2, tzinfo=UTC)


def shown(expression, value):
    return Template(f"{{% load aftersales_format %}}{{{{ value|{expression} }}}}").render(Context({"value": value}))


@pytest.mark.parametrize(
    ("expression", "value", "text"),
    [
        ("yuan", 123450, "1,234.50"),
        ("yuan", 0, "0.00"),
        ("yuan", None, ""),
        ('yuan:"sign"', 300, "+3.00"),
        ("masked_phone", "13800000000", "138****0000"),
        ("masked_phone", None, ""),
        ("masked_name", "李雷", "李*"),
        ("masked_name", None, ""),
        ("duration", None, ""),
        ("moment", None, ""),
    ],
)
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_filters_say_the_same_in_every_language(expression, value, text, language):
    """LAW-7"""
    with translation.override(language):
        assert shown(expression, value) == text


@pytest.mark.parametrize(
    ("length", "text"),
    [
        (timedelta(hours=2, minutes=14, seconds=9), "2 h 14 min"),
        (timedelta(days=1, hours=4, minutes=59), "1 d 4 h"),
        (timedelta(days=2), "2 d"),
        (timedelta(days=2, minutes=30), "2 d"),
        (timedelta(hours=4), "4 h"),
        (timedelta(hours=4, seconds=59), "4 h"),
        (timedelta(minutes=59, seconds=59), "59 min"),
        (timedelta(seconds=45), "45 s"),
        (timedelta(0), "0 s"),
        (-timedelta(hours=2, minutes=14), "2 h 14 min"),
        (-timedelta(microseconds=1), "0 s"),
        (7200, "2 h"),
    ],
)
def test_a_length_of_time_is_said_in_its_two_largest_units(length, text):
    with translation.override("en"):
        assert shown("duration", length) == text
        if isinstance(length, timedelta):
            assert duration_words(length) == text


@time_machine.travel(NOW, tick=False)
@pytest.mark.parametrize(
    ("value", "text"),
    [
        (NOW, "11-20 14:02"),
        (datetime(2026, 11, 20, 16, 0, tzinfo=UTC), "11-21 00:00"),
        (datetime(2025, 11, 20, 6, 2, tzinfo=UTC), "2025-11-20 14:02"),
        (datetime(2025, 12, 31, 16, 0, tzinfo=UTC), "01-01 00:00"),
        (datetime(2026, 12, 31, 16, 0, tzinfo=UTC), "2027-01-01 00:00"),
    ],
)
def test_a_moment_is_said_in_shanghai_time_with_another_year_in_front(value, text):
    assert shown("moment", value) == text == moment_words(value)
