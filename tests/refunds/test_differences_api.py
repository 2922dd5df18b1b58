"""Differences between bill and books over REST: listed, shown, resolved once with a reason (PAY-9)."""

import pytest

from aftersales.core.models import Role
from refunds.models import Difference
from tests import factories
from tests.rest import staff_caller

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop():
    return factories.make_shop()


@pytest.fixture
def finance(shop):
    return staff_caller(Role.FINANCE, shop)


def found(shop, **fields):
    return factories.make_difference(factories.make_order(shop, sign=True), **fields)


def listed(caller, query=""):
    answer = caller.get(f"/differences{query}")
    assert answer.status_code == 200, answer.content
    return [row["id"] for row in answer.json()["results"]]


def test_finance_sees_its_shops_and_what_is_no_shops(finance, shop):
    mine, foreign, nobodys = found(shop), found(factories.make_shop()), factories.make_difference()
    Difference.objects.filter(pk=nobodys.pk).update(shop=None, order=None)
    assert listed(finance) == [nobodys.pk, mine.pk]
    assert finance.get(f"/differences/{foreign.pk}").status_code == 404
    shown = finance.get(f"/differences/{mine.pk}").json()
    assert (shown["here_fen"], shown["there_fen"], shown["state"]) == (1200, 1000, "open")
    assert (shown["order_no"], shown["shop"], shown["resolution"]) == (mine.order.order_no, shop.code, None)


def test_the_list_is_narrowed_and_paged_by_key(finance, shop):
    rows = [found(shop) for _number in range(3)]
    fee = found(shop, kind="fee")
    other = found(shop, kind="double", day="2026-01-02")
    assert listed(finance, "?state=quiet") == [fee.pk]
    assert listed(finance, "?kind=double,fee") == [other.pk, fee.pk]
    assert listed(finance, "?day=2026-01-02") == [other.pk]
    assert listed(finance, "?state=done") == []
    first = finance.get("/differences?state=open&page_size=2").json()
    rest = finance.get(first["next"].partition("/api/v1")[2]).json()
    assert [row["id"] for row in first["results"] + rest["results"]] == [
        other.pk,
        *(row.pk for row in reversed(rows)),
    ]
    assert finance.get("/differences?state=nothing").status_code == 422


@pytest.mark.parametrize("many", [1, 50])
def test_a_list_costs_the_same_number_of_statements(finance, shop, many, django_assert_max_num_queries):
    for _number in range(many):
        found(shop)
    listed(finance)
    with django_assert_max_num_queries(5):
        assert len(listed(finance, "?page_size=50")) == many


def test_it_is_resolved_once_with_a_reason(finance, shop):
    """PAY-9: the key makes a repetition harmless; another try is told."""
    row = found(shop)
    path = f"/differences/{row.pk}/resolve"
    assert finance.post(path, {"reason": "平台补偿"}, key=None).status_code == 400
    assert finance.post(path, {"reason": " "}, key="a").status_code == 422
    first = finance.post(path, {"reason": "平台补偿"}, key="b")
    again = finance.post(path, {"reason": "平台补偿"}, key="b")
    assert (first.status_code, again.status_code, first.json()) == (200, 200, again.json())
    assert (first.json()["state"], first.json()["resolution"]) == ("done", "平台补偿")
    other = finance.post(path, {"reason": "别的"}, key="c")
    assert (other.status_code, other.json()["code"]) == (409, "resolved_already")
    assert Difference.objects.get(pk=row.pk).resolution == "平台补偿"
    assert listed(finance, "?state=done") == [row.pk]


@pytest.mark.parametrize(("role", "status"), [(Role.SUPERVISOR, 403), (Role.AGENT, 403), (Role.WAREHOUSE, 403)])
def test_only_finance_resolves(shop, role, status):
    row = found(shop)
    answer = staff_caller(role, shop).post(f"/differences/{row.pk}/resolve", {"reason": "x"})
    assert (answer.status_code, Difference.objects.get(pk=row.pk).resolved_at) == (status, None)
