"""A repair from the call to the archive, with the engineer on his phone (SVC-2, SVC-3, SVC-4)."""

from typing import Any

import pytest
from playwright.sync_api import expect

from aftersales.core.models import Role
from service.models import ServiceSheet
from tests import factories
from tests.checks import all_is_well

from .conftest import Enter
from .console import PHONE

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]


def test_a_repair_goes_from_the_call_to_the_archive(shop: Any, enter: Enter) -> None:
    """SVC-2: reported at the order, an engineer is sent, he repairs it by thumb, the sheet comes back."""
    order = factories.make_order(shop, factories.phone_line(), sign=True)
    agent = enter(factories.make_user(Role.AGENT, shop, display_name="王芳"))
    agent.go(f"/orders/{order.order_no}/?shop={shop.code}")
    agent.page.locator("section[aria-labelledby=service] a[href*='/service/new/']").click()
    dialog = agent.page.locator("dialog[open]")
    dialog.locator("#id_text").fill("屏幕不亮，按键无反应。")
    dialog.locator("[data-confirm]").click()
    agent.closed()
    sheet = ServiceSheet.objects.get()
    agent.sees(sheet.sheet_no, place="section[aria-labelledby=service]")

    engineer = factories.make_user(Role.WAREHOUSE, shop, display_name="赵师傅")
    agent.go(f"/service/{sheet.sheet_no}/")
    dialog = agent.open_dialog("a")
    dialog.locator("#id_engineer").select_option(engineer.username)
    dialog.locator("[data-confirm]").click()
    agent.closed()

    van = enter(engineer, viewport=PHONE)
    van.go("/service/today/")
    expect(van.page.locator("a[href='tel:13800001234']")).to_be_visible()
    van.page.locator("a[href$='/set_out/']").click()
    van.page.locator("dialog[open] [data-confirm]").click()
    van.closed()
    van.page.locator("a[href$='/repair/']").click()
    dialog = van.page.locator("dialog[open]")
    dialog.locator("#id_diagnosis").fill("排线松动")
    dialog.locator("#id_work").fill("更换排线并测试")
    dialog.locator("[data-confirm]").click()
    van.closed()

    agent.go(f"/service/{sheet.sheet_no}/")
    agent.sees("更换排线并测试")
    agent.open_dialog("x").locator("[data-confirm]").click()
    agent.closed()
    assert ServiceSheet.objects.get().status == "archived"
    assert sheet.dispatches.get().done_at is not None
    all_is_well()
