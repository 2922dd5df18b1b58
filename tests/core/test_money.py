"""Amounts in fen: sharing out, spelling, reading."""

from contextlib import suppress
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aftersales.core import errors
from aftersales.core.money import LARGEST_FEN, MoneyFormatError, parse_yuan, split, unit_shares, yuan

totals = st.integers(0, 10_000_000_00)
some_weights = st.lists(st.integers(0, 1_000_000_00), min_size=1, max_size=40)


@pytest.mark.parametrize(
    ("total", "weights", "shares"),
    [
        (100, [1, 1, 1], [34, 33, 33]),
        (21600, [10800, 9900, 900], [10800, 9900, 900]),
        (10, [3, 3, 3, 1], [3, 3, 3, 1]),
        (11, [3, 3, 3, 1], [4, 3, 3, 1]),
        (5, [0, 0], [3, 2]),
        (5, [0, 7, 0], [0, 5, 0]),
        (1, [1, 3], [0, 1]),
        (2, [1] * 5, [1, 1, 0, 0, 0]),
        (0, [4, 5], [0, 0]),
        (0, [], []),
    ],
)
def test_shares_go_to_the_largest_remainder_and_ties_to_the_first(total, weights, shares):
    """AMT-1"""
    assert split(total, weights) == shares


@given(totals, some_weights)
def test_shares_add_up_to_the_fen_and_none_is_negative(total, weights):
    """AMT-1"""
    shares = split(total, weights)
    assert sum(shares) == total
    assert min(shares) >= 0
    assert len(shares) == len(weights)


@given(totals, some_weights.filter(any))
def test_each_share_is_the_exact_one_rounded_down_or_up(total, weights):
    for share, weight in zip(split(total, weights), weights, strict=True):
        assert abs(share * sum(weights) - total * weight) < sum(weights)


@given(totals, some_weights.filter(any))
def test_who_weighs_nothing_gets_nothing(total, weights):
    assert all(not share for share, weight in zip(split(total, weights), weights, strict=True) if not weight)


@given(totals, some_weights)
def test_who_weighs_more_never_gets_less(total, weights):
    pairs = sorted(zip(weights, split(total, weights), strict=True))
    for (light, less), (heavy, more) in pairwise(pairs):
        assert light == heavy or less <= more


@pytest.mark.parametrize(("total", "weights"), [(-1, [1]), (1, [1, -1]), (1, [])])
def test_what_cannot_be_shared_is_refused(total, weights):
    with pytest.raises(ValueError, match=r"negative|nobody"):
        split(total, weights)


def test_units_of_a_line_add_up_to_its_share():
    """AMT-1"""
    assert unit_shares(20800, 3) == [6934, 6933, 6933]
    assert unit_shares(0, 2) == [0, 0]


@given(totals, st.integers(1, 500))
def test_units_differ_by_one_fen_at_most(share, quantity):
    """AMT-1"""
    units = unit_shares(share, quantity)
    assert sum(units) == share
    assert units[0] - units[-1] in (0, 1)
    assert units == sorted(units, reverse=True)


def test_a_line_without_units_is_a_mistake():
    with pytest.raises(ValueError, match="at least one unit"):
        unit_shares(100, 0)


@pytest.mark.parametrize(
    ("fen", "text"),
    [
        (0, "0.00"),
        (5, "0.05"),
        (123450, "1,234.50"),
        (100000000, "1,000,000.00"),
        (-5, "-0.05"),
        (-123450, "-1,234.50"),
    ],
)
def test_amounts_have_two_decimals_and_grouped_thousands(fen, text):
    assert yuan(fen) == text


@pytest.mark.parametrize(("fen", "text"), [(300, "+3.00"), (0, "0.00"), (-300, "-3.00")])
def test_a_signed_amount_shows_its_direction(fen, text):
    assert yuan(fen, sign=True) == text


@pytest.mark.parametrize(
    ("text", "fen"),
    [
        ("1,234.50", 123450),
        ("1234.5", 123450),
        ("12.5元", 1250),
        ("¥12", 1200),
        ("￥ 12.00", 1200),
        ("RMB 12", 1200),
        ("人民币1,000元", 100000),
        ("１２．５０", 1250),
        ("１，２３４．５０元", 123450),
        ("\u00a0 0.05 ", 5),
        ("12.5000", 1250),
        ("0", 0),
        ("00012", 1200),
    ],
)
def test_amounts_are_read_as_people_write_them(text, fen):
    assert parse_yuan(text) == fen


@pytest.mark.parametrize(
    "text",
    [
        *("", " ", "abc", "1,23", "12,34.00", "1.234,50", "0.005", "12.", ".5", "1e3", "NaN", "-1", "+1", "1万"),
        *("1-2", "٣", "12元5角", "1.2.3", "¥¥1", "9" * 100, "1000000000000.00"),
    ],
)
def test_what_is_no_amount_is_refused_with_the_text_in_the_message(text):
    with pytest.raises(MoneyFormatError) as caught:
        parse_yuan(text)
    assert text[:40] in str(caught.value.detail)
    assert caught.value.status == 422
    assert caught.value.code == "money_format"


def test_the_error_serves_forms_and_callers_alike():
    assert issubclass(MoneyFormatError, ValueError)
    assert issubclass(MoneyFormatError, errors.Invalid)


@pytest.mark.parametrize("text", ["-12.50", "−12.50", "¥-12.50", "-¥12.50"])
def test_a_minus_is_read_only_where_it_is_asked_for(text):
    assert parse_yuan(text, negative=True) == -1250
    with pytest.raises(MoneyFormatError):
        parse_yuan(text)


def test_two_minuses_are_no_amount():
    with pytest.raises(MoneyFormatError):
        parse_yuan("-¥-1", negative=True)


@given(st.integers(-LARGEST_FEN, LARGEST_FEN))
def test_what_is_spelled_is_read_back(fen):
    assert parse_yuan(yuan(fen), negative=True) == fen


@given(st.text(max_size=30))
def test_any_text_is_an_amount_or_refused_as_none(text):
    with suppress(MoneyFormatError):
        assert 0 <= parse_yuan(text) <= LARGEST_FEN
