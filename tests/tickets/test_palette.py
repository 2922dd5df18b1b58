"""The command palette's short answer to a search."""

import pytest
from django.test import Client

from aftersales.core.models import Role
from tests import factories

pytestmark = pytest.mark.django_db


def test_the_palette_hears_the_first_lines_of_a_search():
    """A sure hit alone, else requests and orders with their pages; never a whole name, nothing of other shops."""
    shop = factories.make_shop()
    client = Client(HTTP_ACCEPT_LANGUAGE="en")
    client.force_login(factories.make_user(Role.AGENT, shop))

    def ask(words):
        return client.get("/search/short/", {"q": words}).json()["found"]

    assert ask("") == []
    orders = [factories.make_order(shop, buyer_id="b", buyer_nick="山水间的茶", sign=True) for _n in range(6)]
    foreign = factories.make_order(factories.make_shop(), buyer_nick="山水间的茶")
    refunds = [factories.make_refund(order, goods_status="received", reason="quality") for order in orders[:4]]
    assert ask(refunds[0].refund_no) == [
        {"label": refunds[0].refund_no, "hint": "Open", "url": f"/requests/{refunds[0].refund_no}/"}
    ]
    lines = ask("山水")
    assert len(lines) == 8
    assert {line["label"] for line in lines} >= {refund.refund_no for refund in refunds}
    assert foreign.order_no not in {line["label"] for line in lines}
    assert not any("山水间的茶" in line["hint"] for line in lines)
