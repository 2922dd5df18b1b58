"""Figures and thresholds over REST: days, dimensions, pages, definitions, and who may (RPT-1, RPT-2)."""

from datetime import timedelta

import pytest

from aftersales.core import clock
from aftersales.core.models import Role
from refunds import services as refunds
from reports import services
from reports.states import FIGURES
from tests import factories
from tests.helpers import statements
from tests.rest import shop_caller, staff_caller

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop():
    return factories.make_shop()


def refunded(shop, **fields):
    order = factories.make_order(shop, factories.line(**fields), sign=True)
    refund = factories.make_refund(order, goods_status="received", reason="quality")
    return factories.pay(refunds.refund_agree(refund=refund, actor=factories.staff()))


def value(row: dict, figure: str) -> dict:
    return next(each for each in row["figures"] if each["figure"] == figure)


def test_each_row_has_every_figure_with_its_definition(shop):
    """RPT-1: a share with what it is of, hours, and money in fen; of the client's shop alone."""
    refund = refunded(shop)
    factories.make_order(shop)
    refunded(factories.make_shop())
    services.figures_fold_all()
    (row,) = shop_caller(shop).get("/reports/figures").json()["results"]
    assert row["key"] == clock.shanghai_day(clock.now()).isoformat()
    assert [each["figure"] for each in row["figures"]] == list(FIGURES)
    assert all(each["definition"] for each in row["figures"])
    rate, money = value(row, "refund_rate"), value(row, "refunded")
    assert (rate["value"], rate["counted"], rate["of"], rate["value_fen"]) == (0.5, 1, 2, None)
    assert (money["value"], money["value_fen"]) == (None, refund.refunded_fen)


@pytest.mark.parametrize("by", ["day", "shop", "item", "agent", "carrier", "reason", "kind"])
def test_every_dimension_is_read_page_by_page(shop, by):
    """RPT-1: by key, each value once, and what is asked adds up; keys of the database stay inside."""
    for number in range(3):
        with clock.at(clock.now() - timedelta(days=number)):
            refunded(shop, item_id=f"tea-{number}")
    services.figures_fold_all()
    caller, path, rows = staff_caller(Role.FINANCE, shop), f"/reports/figures?by={by}&page_size=1", []
    while path:
        answer = caller.get(path).json()
        rows += answer["results"]
        path = (answer["next"] or "").partition("/api/v1")[2]
    assert len({row["key"] for row in rows}) == len(rows)
    assert sum(value(row, "refund_rate")["counted"] for row in rows) == 3
    if by == "shop":
        assert [row["key"] for row in rows] == [shop.code]
    if by == "agent":
        assert not any(row["key"].isdecimal() for row in rows)


def test_days_and_shop_narrow_it(shop):
    """RPT-1: both days counted."""
    other = factories.make_shop()
    for each in (shop, other):
        for back in (0, 3, 5):
            with clock.at(clock.now() - timedelta(days=back)):
                factories.make_order(each)
    services.figures_fold_all()
    today = clock.shanghai_day(clock.now())
    caller = staff_caller(Role.SUPERVISOR, shop, other)
    asked = {"from": today - timedelta(days=3), "to": today, "by": "shop", "shop": other.code}
    rows = caller.get("/reports/figures", **asked).json()["results"]
    assert [(row["key"], value(row, "orders_paid")["counted"]) for row in rows] == [(other.code, 2)]
    assert staff_caller(Role.SUPERVISOR, shop).get("/reports/figures", **asked).json()["results"] == []


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ("from=2025-01-01&to=2026-03-01", "from"),
        ("from=2026-02-01&to=2026-01-01", "to"),
        ("to=0001-01-01", "from"),
        ("from=yesterday", "from"),
        ("by=weather", "by"),
    ],
)
def test_days_that_cannot_be_counted_are_refused_at_their_field(shop, asked, field):
    """RPT-1: 400 days at most."""
    answer = staff_caller(Role.GOODS, shop).get(f"/reports/figures?{asked}")
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == [field]


def test_the_front_end_is_not_told_who_of_the_staff_did_what(shop):
    """RPT-1: 422; and who works at the desk is told no figures at all."""
    answer = shop_caller(shop).get("/reports/figures?by=agent")
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "staff_only")
    assert staff_caller(Role.AGENT, shop).get("/reports/figures").status_code == 403


def test_a_page_costs_no_more_with_more_values(shop):
    """RPT-1: bounded statements."""
    refunded(shop)
    services.figures_fold_all()
    caller = staff_caller(Role.FINANCE, shop)
    caller.get("/reports/figures?by=item")
    with statements() as few:
        caller.get("/reports/figures?by=item")
    for number in range(20):
        factories.make_order(shop, factories.line(item_id=f"i{number}"))
    services.figures_fold_all()
    with statements() as many:
        caller.get("/reports/figures?by=item")
    assert len(many) == len(few)


def test_thresholds_say_how_they_stand(shop):
    """RPT-2: of the client's shop alone, with shares between 0 and 1."""
    factories.make_shop()
    refunded(shop)
    services.figures_fold_all()
    rows = shop_caller(shop).get("/reports/thresholds").json()["results"]
    assert {row["shop"] for row in rows} == {shop.code}
    rate = next(row for row in rows if row["figure"] == "refund_rate")
    assert (rate["now"], rate["limit"], rate["level"], rate["more_until_broken"]) == (1.0, 0.15, "over", 0)
    assert staff_caller(Role.WAREHOUSE, shop).get("/reports/thresholds").status_code == 403
