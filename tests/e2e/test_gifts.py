"""A gift that an agent promises in chat: it reaches the one who packs, who is asked for it."""

from typing import Any

import pytest
from playwright.sync_api import expect

from aftersales.core.models import Role
from logistics.models import PromisedGift
from tests import factories

from .conftest import Enter
from .console import zh

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]
SIZES = ((1366, 768), (1920, 1080), (390, 844))


def test_a_promised_gift_reaches_the_packer_who_is_asked_for_it(shop: Any, enter: Enter) -> None:
    """MIS-3: from the order's page to the scale."""
    order = factories.make_order(shop)
    agent = enter(factories.make_user(Role.AGENT, shop, display_name="王芳"))
    agent.go(f"/orders/{order.order_no}/?shop={shop.code}")
    agent.page.get_by_role("link", name=zh("Gift promised"), exact=True).click()
    agent.page.locator("#id_gift").fill("乌龙茶小样 ×2")
    agent.page.locator("[data-confirm]").click()
    agent.sees(zh("Noted, and on the warehouse's list."), "乌龙茶小样 ×2")
    for width, height in SIZES:
        agent.page.set_viewport_size({"width": width, "height": height})
        assert agent.sideways == 0
    packer = enter(factories.make_user(Role.WAREHOUSE, shop, display_name="赵强"))
    packer.go("/warehouse/?tab=send")
    packer.sees("乌龙茶小样 ×2", order.order_no, place=".to-pack")
    for width, height in SIZES:
        packer.page.set_viewport_size({"width": width, "height": height})
        assert packer.sideways == 0
    packer.page.locator("#id_order_no").fill(order.order_no)
    packer.page.locator("#id_packed_weight_g").fill("700")
    packer.page.locator("#id_tracking_no").fill("YT1234567890123")
    packer.page.locator(".bench-actions .button-primary").click()
    packer.sees("乌龙茶小样 ×2", zh("It is in the parcel"), place=".bench")
    packer.page.locator("[name=gifts][value=in]").check()
    packer.page.locator(".bench-actions .button-primary").click()
    expect(packer.page.locator(".to-pack")).to_have_count(0)
    assert PromisedGift.objects.get().packed_by
