"""Orders on which goods took the place of a refund, listed until the trade ends: EXC-6, EXC-4."""

import pytest
from django.test import Client

from aftersales.core.models import Role
from logistics import services as logistics
from orders.models import Order
from refunds import services as refunds
from refunds.models import Refund
from tests import factories
from tests.pages import rows, sign_in, warm, words
from tests.refunds import standings

pytestmark = pytest.mark.django_db
PAGE = "/tasks/?tab=served"


@pytest.fixture
def agent(client: Client):
    return sign_in(client, Role.AGENT)


def turned(order: Order | None = None) -> Refund:
    """A return that the buyer changed into an exchange after a refusal."""
    refused = standings.refuse(factories.make_return(order))
    return refunds.refund_modify(
        refund=refused, actor=factories.buyer(refused.shop), changes={"kind": "exchange", "reason": "quality"}
    )


def listed(client: Client) -> list[str]:
    return rows(client.get(PAGE))


def test_a_refund_served_by_an_exchange_is_listed_and_an_exchange_from_the_start_is_not(client, agent):
    """EXC-6."""
    swapped = turned()
    factories.make_exchange()
    assert listed(client) == [str(swapped.pk)]
    assert swapped.refund_no in words(client.get(PAGE))


def test_an_exchange_after_a_refund_request_of_the_same_goods_is_listed(client, agent):
    """EXC-6: what the buyer asked for first was withdrawn in agreement."""
    first = factories.make_return()
    refunds.refund_cancel(refund=first, actor=factories.buyer(first.shop))
    swapped = factories.make_exchange(first.order)
    assert listed(client) == [str(swapped.pk)]


def test_it_stays_when_the_exchange_is_done_and_goes_when_the_trade_ends(client, agent):
    """EXC-6: done, the next step is to remind the buyer; after confirming nothing is left."""
    swapped = turned()
    sent = standings.receive(standings.send_back(swapped), passed=True)
    refunds.exchange_ship(refund=sent, actor=factories.staff(), carrier="yuantong", tracking_no="YT1234567890123")
    refunds.exchange_confirm_received(refund=Refund.objects.get(pk=sent.pk), actor=factories.buyer(sent.shop))
    assert "提醒买家确认收货" in words(client.get(PAGE))
    logistics.order_confirm_receipt(order=Order.objects.get(pk=sent.order_id), actor=factories.staff())
    assert listed(client) == []


def test_a_leftover_request_for_money_is_named(client, agent):
    """EXC-6: it is refused or cancelled in agreement with the buyer."""
    order = factories.make_order(None, factories.line(line_no="1"), factories.line(line_no="2"), sign=True)
    turned(order)
    left = factories.make_refund(
        order, goods_status="received", reason="quality", lines=[refunds.LineAsk("2", 1)], kind="refund_only"
    )
    assert f"与买家协商后拒绝或撤销 {left.refund_no}" in words(client.get(PAGE))


def test_the_warehouse_has_no_such_tab_and_foreign_shops_are_not_shown(client):
    """EXC-6, LAW-7."""
    swapped = turned()
    sign_in(client, Role.WAREHOUSE)
    assert rows(client.get(PAGE)) == []
    sign_in(client, Role.AGENT, factories.make_shop())
    assert listed(client) == []
    sign_in(client, Role.AGENT, swapped.shop)
    assert listed(client) == [str(swapped.pk)]


@pytest.mark.parametrize("many", [1, 50])
def test_the_list_costs_the_same_number_of_statements(client, agent, many, django_assert_max_num_queries):
    """Session, user, the rows, the count of open tasks, and one for a stale policy or count of the rail."""
    for _one in range(many):
        turned()
    warm(client, PAGE)
    with django_assert_max_num_queries(5):
        assert len(listed(client)) == many
