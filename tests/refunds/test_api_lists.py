"""Lists of requests and payments: filters, order, pages, statements."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine

from aftersales.core.models import Role, Shop
from refunds.models import Refund
from tests import factories
from tests.helpers import statements
from tests.rest import Caller, fields, problem, shop_caller, staff_caller

pytestmark = pytest.mark.django_db

START = datetime(2026, 11, 5, tzinfo=UTC)


@pytest.fixture
def shop() -> Shop:
    return factories.make_shop("demo")


@pytest.fixture
def caller(shop: Shop) -> Caller:
    return shop_caller(shop)


def numbers(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.json()
    return [row["refund_no"] for row in answer.json()["results"]]


def requests_a_minute_apart(shop: Shop, count: int) -> list[Refund]:
    made = []
    for minute in range(count):
        with time_machine.travel(START + timedelta(minutes=minute), tick=False):
            made.append(factories.make_refund(factories.make_order(shop)))
    return made


def test_a_row_is_the_document_without_what_takes_reading_further(shop: Shop, caller: Caller) -> None:
    refund = factories.make_return(factories.make_order(shop, sign=True))
    row = caller.get("/refunds").json()["results"][0]
    document = caller.get(f"/refunds/{refund.refund_no}").json()
    left_out = {
        *("description", "allowed_actions", "dispute", "return_address", "return_shipment", "replacement_shipment"),
        *("turned_from", "turned_into", "proposals", "inspection", "payment", "messages", "evidence", "history"),
    }
    assert row == {name: value for name, value in document.items() if name not in left_out}
    assert "assignee" not in row
    assert staff_caller().get("/refunds").json()["results"][0]["assignee"] is None


def test_the_newest_comes_first_and_pages_have_no_gaps(shop: Shop, caller: Caller) -> None:
    made = [refund.refund_no for refund in requests_a_minute_apart(shop, 5)]
    first = caller.get("/refunds", page_size=2)
    assert numbers(first) == [made[4], made[3]]
    factories.make_refund(factories.make_order(shop))
    second = caller.client.get(first.json()["next"])
    assert numbers(second) == [made[2], made[1]]
    assert numbers(caller.client.get(second.json()["next"])) == [made[0]]
    assert numbers(caller.client.get(second.json()["previous"])) == [made[4], made[3]]
    problem(caller.get("/refunds", cursor="nonsense"), 400, "cursor_invalid")
    problem(caller.get("/refunds", page_size="many"), 400, "page_size_invalid")


def test_polling_gets_every_change_once_in_its_order(shop: Shop, caller: Caller) -> None:
    made = [refund.refund_no for refund in requests_a_minute_apart(shop, 4)]
    with time_machine.travel(START + timedelta(hours=1), tick=False):
        caller.post(f"/refunds/{made[1]}/cancel")
    first = caller.get("/refunds", updated_since="2026-11-05T00:01:00Z", page_size=2)
    assert numbers(first) == [made[2], made[3]]
    assert numbers(caller.client.get(first.json()["next"])) == [made[1]]
    assert numbers(caller.get("/refunds", updated_since="2026-11-05T09:00:00+08:00")) == [made[1]]


def test_what_is_due_before_a_moment_the_earliest_first(shop: Shop, caller: Caller) -> None:
    """TMO-1: 48 hours each."""
    made = [refund.refund_no for refund in requests_a_minute_apart(shop, 3)]
    assert numbers(caller.get("/refunds", due_before="2026-11-07T00:02:00Z")) == made[:2]
    assert numbers(caller.get("/refunds", due_before="2026-11-07T00:02:00Z", status="WAIT_SELLER_AGREE")) == made[:2]
    assert numbers(caller.get("/refunds", due_before="2026-11-06T00:00:00Z")) == []


def test_filters_narrow_the_list(shop: Shop, caller: Caller) -> None:
    unshipped = factories.make_refund(factories.make_order(shop, buyer_id="b-77"))
    returned = factories.make_return(factories.make_order(shop, sign=True))
    closed = factories.make_refund(factories.make_order(shop))
    caller.post(f"/refunds/{closed.refund_no}/cancel")
    by = {
        "status=CLOSED": [closed],
        "status=CLOSED,SUCCESS": [closed],
        "kind=return_refund": [returned],
        "kind=return_refund,refund_only": [closed, returned, unshipped],
        "phase=aftersale": [],
        "phase=onsale&status=WAIT_SELLER_AGREE": [returned, unshipped],
        f"order_no={returned.order.order_no}": [returned],
        "buyer=b-77": [unshipped],
        "buyer=b-78": [],
        "shop=demo&status=CLOSED": [closed],
        "shop=elsewhere": [],
    }
    for query, expected in by.items():
        answer = caller.client.get(f"/api/v1/refunds?{query}")
        assert numbers(answer) == [refund.refund_no for refund in expected], query


def test_the_assignee_is_a_filter_for_staff(shop: Shop, caller: Caller) -> None:
    mine, other = (factories.make_refund(factories.make_order(shop)) for _ in range(2))
    agent = staff_caller()
    Refund.objects.filter(pk=mine.pk).update(assignee=agent.user)
    for value, expected in (("me", mine), (agent.user.username, mine), ("none", other)):
        assert numbers(agent.get("/refunds", assignee=value)) == [expected.refund_no]
    problem(caller.get("/refunds", assignee="me"), 403, "forbidden")


@pytest.mark.parametrize(
    ("query", "field", "code"),
    [
        ({"status": "OPEN"}, "status", "invalid_choice"),
        ({"kind": "refund_only,"}, "kind", "invalid_choice"),
        ({"phase": "later"}, "phase", "invalid_choice"),
        ({"due_before": "soon"}, "due_before", "invalid"),
        ({"updated_since": "1000-01-01T00:00:00Z"}, "updated_since", "out_of_range"),
        ({"order_no": "\x00"}, "order_no", "null_characters_not_allowed"),
    ],
)
def test_a_wrong_parameter_is_named(caller: Caller, query: dict[str, str], field: str, code: str) -> None:
    assert fields(problem(caller.get("/refunds", **query), 422, "invalid")) == {(field, code)}


def test_staff_sees_its_shops_only(shop: Shop) -> None:
    mine = factories.make_refund(factories.make_order(shop))
    elsewhere = factories.make_refund()
    assert numbers(staff_caller(Role.AGENT, shop).get("/refunds")) == [mine.refund_no]
    assert numbers(staff_caller(Role.AGENT).get("/refunds")) == [elsewhere.refund_no, mine.refund_no]
    both = staff_caller(Role.AGENT, shop, elsewhere.shop)
    assert numbers(both.get("/refunds")) == [elsewhere.refund_no, mine.refund_no]
    for role in (Role.GOODS, Role.ADMIN):
        problem(staff_caller(role).get("/refunds"), 403, "forbidden")


def test_a_page_of_fifty_costs_three_statements_like_one_row(shop: Shop, caller: Caller) -> None:
    factories.make_refund(factories.make_order(shop))
    caller.get("/orders")  # the day's first use of a token is noted
    with statements() as one:
        assert len(numbers(caller.get("/refunds"))) == 1
    for _ in range(49):
        factories.make_refund(factories.make_order(shop))
    with statements() as fifty:
        assert len(numbers(caller.get("/refunds"))) == 50
    assert (len(one), len(fifty)) == (3, 3), fifty
