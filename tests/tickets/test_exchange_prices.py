"""Whoever agrees to an exchange sees at what price the new goods were sold last (AMT-5)."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from aftersales.core import clock
from aftersales.core.models import Role, Shop
from refunds.models import Refund
from refunds.selectors.exchange_prices import sold_lately_at
from tests import factories
from tests.helpers import statements
from tests.pages import sign_in

pytestmark = pytest.mark.django_db

WANTED = "浓香/罐装"


@pytest.fixture
def shop() -> Shop:
    return factories.make_shop()


def sold(shop: Shop, fen: int, **fields: object) -> None:
    given = {"item_id": "tea", "sku": WANTED, "unit_price_fen": fen} | fields
    factories.make_order(shop, factories.line(**given))


def exchange(shop: Shop) -> Refund:
    return factories.make_exchange(factories.make_order(shop, factories.line(item_id="tea"), sign=True))


def test_the_newest_sale_of_the_item_in_this_shop_counts(shop):
    """AMT-5: not another item, another shop, another size, or one of long ago."""
    with time_machine.travel(clock.now() - timedelta(days=400), tick=True):
        sold(shop, 3000)
    refund = exchange(shop)
    assert sold_lately_at(refund) == {}
    sold(shop, 11900)
    sold(shop, 12800)
    sold(shop, 3100, item_id="cup")
    sold(shop, 3200, sku="清香/袋装")
    sold(factories.make_shop(), 3300)
    with statements() as asked:
        assert sold_lately_at(refund) == {"1": 12800}
    assert len(asked) == 1


def test_the_dialog_says_it_beside_the_field_and_fills_in_nothing(client, shop):
    """AMT-5: which discount the new goods would have nobody here knows, so the price stays a person's decision."""
    refund = exchange(shop)
    sold(shop, 12800)
    sign_in(client, Role.AGENT)
    form = client.get(reverse("tickets:request_action", args=[refund.refund_no, "agree"])).context["form"]
    [field] = form.price_fields
    assert "128.00" in field.help_text
    assert not field.value()
