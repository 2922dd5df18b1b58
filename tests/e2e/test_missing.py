"""Goods that a buyer does not find: questions, comparison and settlement in one dialog on the order's page."""

from typing import Any

import pytest

from aftersales.core.models import Role
from logistics import services as logistics
from logistics.models import MissingReport
from tests import factories
from tickets.models import Task

from .conftest import Enter
from .console import zh

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]
SIZES = ((1366, 768), (1920, 1080), (390, 844))


def test_an_agent_compares_the_weights_and_settles_what_is_missing(shop: Any, enter: Enter) -> None:
    """MIS-1, MIS-2: left out by the warehouse, sent again; another settlement brings its own words."""
    order = factories.make_order(shop)
    packer = factories.staff(Role.WAREHOUSE)
    logistics.parcel_pack(order=order, actor=packer, tracking_no="YT1234567890123", packed_weight_g=340)
    agent = enter(factories.make_user(Role.AGENT, shop, display_name="王芳"))
    agent.go(f"/orders/{order.order_no}/?shop={shop.code}")
    agent.page.get_by_role("link", name=zh("Goods missing"), exact=True).click()
    agent.page.locator("[name^=quantity_]").first.fill("1")
    agent.page.locator("[name=intact][value=yes]").check()
    agent.page.locator("[data-confirm]").click()
    agent.sees("仓库漏发", "340", "-300", place=".dialog")
    for width, height in SIZES:
        agent.page.set_viewport_size({"width": width, "height": height})
        assert agent.sideways == 0
    agent.page.set_viewport_size({"width": 1366, "height": 768})
    assert agent.barriers() == []
    answer = agent.page.locator("#id_answer")
    assert "补寄" in answer.input_value()
    agent.page.locator("#id_settlement").select_option("next_time")
    assert "下次" in answer.input_value()
    agent.page.locator("#id_settlement").select_option("reship")
    agent.page.locator("[data-confirm]").click()
    agent.sees(zh("%(number)s is open: agree to it, and the buyer is served.").split("%(number)s")[1])
    report = MissingReport.objects.get()
    assert (report.cause, report.settlement) == ("warehouse_missed", "reship")
    assert Task.objects.get(order=order).kind == "missing_count"
