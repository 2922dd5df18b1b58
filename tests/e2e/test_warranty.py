"""Warranty from the order's page: what the buyer may have, days that are typed, a serial number (WAR-1, WAR-2)."""

from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import expect

from aftersales.core import clock
from aftersales.core.models import Role
from orders import services as orders
from tests import factories
from warranty.models import SerialNumber
from warranty.states import What

from .conftest import Enter
from .console import in_chinese

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]

IMEI = "490154203237518"
TODAY = "section[aria-labelledby=today]"


def test_a_phone_is_looked_up_and_gets_another_number(shop: Any, enter: Enter) -> None:
    """Delivered today it may go back, ten days ago its main unit is exchanged; the IMEI is checked."""
    order = factories.make_order(shop, factories.line(title="示例手机", category="手机"), ship=True)
    orders.order_sign(order=order, actor=factories.staff(), signed_at=clock.now())
    agent = enter(factories.make_user(Role.AGENT, shop, display_name="王芳"))
    agent.go(f"/orders/{order.order_no}/?shop={shop.code}")
    agent.page.locator(f"a[href^='/warranty/{order.order_no}/1/']").first.click()
    expect(agent.page.locator(TODAY)).to_contain_text(in_chinese(What.RETURN.label))

    ten_days_ago = clock.shanghai_day(clock.now()) - timedelta(days=10)
    agent.page.locator("#id_delivered_on").fill(ten_days_ago.isoformat())
    agent.page.locator("section[aria-labelledby=facts] button[type=submit]").click()
    expect(agent.page.locator(TODAY)).to_contain_text(in_chinese(What.EXCHANGE_MAIN_UNIT.label))
    expect(agent.page.locator(f"{TODAY} table")).not_to_contain_text(in_chinese(What.RETURN.label))

    dialog = agent.open_dialog("s")
    dialog.locator("[name=why][value=sold]").check()
    dialog.locator("[name=kind][value=imei]").check()
    dialog.locator("#id_serial").fill(IMEI[:-1] + "9")
    dialog.locator("[data-confirm]").click()
    expect(dialog.locator(".field-error")).to_contain_text("IMEI")
    expect(dialog.locator("#id_serial")).to_have_value(IMEI[:-1] + "9")
    dialog.locator("#id_serial").fill(IMEI)
    dialog.locator("[data-confirm]").click()
    agent.closed()
    agent.sees(IMEI)
    assert SerialNumber.objects.get().serial == IMEI
