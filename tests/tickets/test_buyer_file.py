"""The buyer file: everything of a buyer in one shop, on one page (SAT-3)."""

import pytest
from django.test import Client
from django.urls import reverse

from aftersales.core.models import Role
from orders import services as orders
from orders.models import Order
from tests import factories
from tests.helpers import statements
from tests.pages import sign_in, warm
from tickets.services import ticketing

pytestmark = pytest.mark.django_db


def page(order: Order) -> str:
    return reverse("tickets:buyer_file", args=[order.order_no]) + f"?shop={order.shop.code}"


def of_the_same(order: Order, **fields: object) -> Order:
    return factories.make_order(order.shop, buyer_id=order.buyer.buyer_id, **fields)


@pytest.fixture
def agent(client: Client):
    return sign_in(client, Role.AGENT)


def test_it_shows_all_trades_and_what_came_of_them(client, agent):
    """SAT-3: orders, requests, tickets, contacts, payouts, complaints, marks and debts."""
    order = factories.make_order(sign=True)
    desk = factories.staff("agent", order.shop)
    earlier = of_the_same(order, sign=True)
    refund = factories.make_return(earlier)
    ticket = factories.make_ticket(earlier, desk, title="问茶叶保质期")
    ticketing.ticket_note(ticket=ticket, actor=desk, text="电话里说明了", form="phone")
    payout = factories.make_payout(earlier)
    complaint = factories.make_complaint(earlier)
    orders.note_add(order=earlier, actor=desk, text="欠一包样品", flag="yellow")
    shown = client.get(page(order)).content.decode()
    for text in (order.order_no, earlier.order_no, refund.refund_no, ticket.ticket_no, "电话里说明了", "欠一包样品"):
        assert text in shown
    for text in (payout.payout_no, complaint.complaint_no, "¥432.00"):
        assert text in shown
    assert "茶友小李" not in shown


def test_it_shows_nothing_of_other_buyers_and_other_shops(client, agent):
    """SAT-3: a buyer is known to one shop, as that shop knows him."""
    order = factories.make_order()
    stranger = factories.make_order(order.shop)
    elsewhere = factories.make_order(factories.make_shop(), buyer_id=order.buyer.buyer_id)
    shown = client.get(page(order)).content.decode()
    assert stranger.order_no not in shown
    assert elsewhere.order_no not in shown


def test_orders_are_paged_and_lists_are_short(client, agent):
    """SAT-3: a wholesaler's file is as fast as anybody's."""
    order = factories.make_order()
    url = page(order)
    warm(client, url)
    with statements() as few:
        client.get(url)
    for _number in range(25):
        other = of_the_same(order)
        orders.note_add(order=other, actor=factories.staff("agent", order.shop), text="x")
        factories.make_ticket(other)
    with statements() as many:
        first = client.get(url)
    assert len(many) == len(few) <= 20
    assert first.content.decode().count("/orders/A") < 60
    assert "after=" in first.content.decode()


@pytest.mark.parametrize("role", [Role.WAREHOUSE, Role.FINANCE, Role.GOODS])
def test_it_is_the_desks(client, role):
    """LAW-7: who does not speak with the buyer needs no file of him."""
    sign_in(client, role)
    assert client.get(page(factories.make_order())).status_code == 403
