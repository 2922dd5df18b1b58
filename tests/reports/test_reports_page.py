"""The page of figures: against the days before, broken down, with the cases behind each number (RPT-1)."""

from datetime import timedelta

import pytest
from django.test import Client

from aftersales.core import clock
from aftersales.core.models import Role
from refunds import services as refunds
from reports import services
from reports.states import FIGURES
from tests import factories
from tests.helpers import statements

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop():
    return factories.make_shop()


def seat(role, *shops) -> Client:
    client = Client(HTTP_ACCEPT_LANGUAGE="en")
    client.force_login(factories.make_user(role, *shops))
    return client


def card(shown, key: str) -> dict:
    return next(each for each in shown.context["cards"] if each["name"] == FIGURES[key].name)


def refunded(shop):
    refund = factories.make_refund(factories.make_order(shop, sign=True), goods_status="received", reason="quality")
    return factories.pay(refunds.refund_agree(refund=refund, actor=factories.staff()))


def test_figures_stand_against_the_days_before_and_name_their_cases(shop):
    """RPT-1: one refund of four orders is a quarter; before, one of one."""
    with clock.at(clock.now() - timedelta(days=10)):
        refunded(shop)
    refund = refunded(shop)
    for _each in range(3):
        factories.make_order(shop)
    refunded(factories.make_shop())
    services.figures_fold_all()
    today = clock.shanghai_day(clock.now())
    supervisor = seat(Role.SUPERVISOR, shop)
    shown = supervisor.get("/reports/", {"since": today - timedelta(days=6), "until": today})
    assert card(shown, "refund_rate")["value"] == "25.00 %"
    assert card(shown, "refund_rate")["before"] == "100.00 %"
    assert card(shown, "refund_rate")["worse"] is False
    assert card(shown, "orders_paid")["value"] == "4"
    cases = supervisor.get(card(shown, "refund_rate")["url"])
    assert [case.number for case in cases.context["rows"]] == [refund.refund_no]


@pytest.mark.parametrize("by", ["day", "shop", "item", "agent", "carrier", "reason", "kind"])
def test_every_dimension_leads_to_its_cases(shop, by):
    """RPT-1: the number on a line is how many cases its link lists."""
    for _each in range(2):
        refunded(shop)
    services.figures_fold_all()
    supervisor = seat(Role.SUPERVISOR, shop)
    rows = supervisor.get("/reports/", {"by": by}).context["rows"]
    assert sum(row["asked"] for row in rows) == 2
    for row in rows:
        assert len(supervisor.get(row["asked_url"]).context["rows"]) == row["asked"]


@pytest.mark.parametrize("path", ["/reports/", "/reports/?by=item", "/reports/cases/"])
def test_a_page_costs_no_more_with_more_cases(shop, path):
    """RPT-1: bounded statements."""
    refunded(shop)
    services.figures_fold_all()
    finance = seat(Role.FINANCE, shop)
    finance.get(path)
    with statements() as few:
        finance.get(path)
    for number in range(12):
        factories.make_refund(factories.make_order(shop, factories.line(item_id=f"i{number}")))
    services.figures_fold_all()
    with statements() as many:
        finance.get(path)
    assert len(many) == len(few)


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ("since=2026-01-01&until=2027-06-01", "since"),
        ("since=2026-02-01&until=2026-01-01", "until"),
        ("since=0001-01-01", "since"),
        ("since=nonsense", "since"),
        ("by=weather", "by"),
        ("measure=weather", "measure"),
    ],
)
@pytest.mark.parametrize("path", ["/reports/", "/reports/cases/"])
def test_what_cannot_be_shown_is_said_at_its_field(shop, asked, field, path):
    """RPT-1: at most 400 days."""
    answer = seat(Role.GOODS, shop).get(f"{path}?{asked}")
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]


@pytest.mark.parametrize("asked", ["by=shop&key=9" + "9" * 30, "by=shop&key=²", "by=day&key=x", "by=agent&key=-1"])
def test_a_key_that_means_nothing_lists_nothing(shop, asked):
    """RPT-1: no error of the server."""
    answer = seat(Role.ADMIN).get(f"/reports/cases/?measure=asked&{asked}")
    assert answer.status_code == 200
    assert answer.context["rows"] == []
