"""The command palette: a page, an action or a case by typing, by keys alone, and never while Chinese is composed."""

from typing import Any

import pytest
from playwright.sync_api import expect

from aftersales.core.models import Role
from orders.models import OrderNote
from tests import factories

from .conftest import Enter
from .console import DESK, PHONE, zh

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]

COMPOSE = """key => document.activeElement.dispatchEvent(
    new KeyboardEvent("keydown", {key, isComposing: true, keyCode: 229, bubbles: true, cancelable: true}))"""


def test_areas_actions_and_cases_are_reached_by_typing(shop: Any, enter: Enter) -> None:
    """By Ctrl + K, arrows and Enter alone; Esc leaves everything as it was."""
    order = factories.make_order(shop, buyer_nick="山水间的茶", sign=True)
    refund = factories.make_refund(order, goods_status="received", reason="quality")
    agent = enter(factories.make_user(Role.AGENT, shop))
    agent.go(f"/orders/{order.order_no}/")
    agent.go("/queue/?tab=all")
    palette, field = agent.page.locator("#palette"), agent.page.locator("#palette input")

    agent.press("Control+k")
    expect(field).to_be_focused()
    assert agent.barriers() == []
    expect(palette.get_by_role("option", name=order.order_no)).to_be_visible()  # seen a moment ago
    agent.press("Escape")
    expect(palette).to_be_hidden()

    agent.press("/", "Control+k")  # also out of a field
    field.fill(zh("Tickets"))
    expect(palette.get_by_role("option", selected=True)).to_have_text(zh("Tickets"))
    agent.press("Enter")
    agent.at("/tickets/")

    agent.press("Control+k")
    field.fill("山水")
    hit = palette.get_by_role("option", name=refund.refund_no)
    expect(hit).to_be_visible()
    agent.press("Enter")
    agent.at(f"/requests/{refund.refund_no}/")

    agent.go(f"/orders/{order.order_no}/?shop={shop.code}")
    agent.press("Control+k")
    field.fill(zh("Add note"))
    agent.press("Enter")
    dialog = agent.page.locator("#dialog[open]")
    dialog.locator("textarea").first.fill("请尽快")
    dialog.locator("[data-confirm]").click()
    agent.closed()
    assert OrderNote.objects.filter(order=order, text="请尽快").exists()


def test_composing_chinese_sets_nothing_off(shop: Any, enter: Enter) -> None:
    """Enter and the arrows belong to the input method until it is through."""
    agent = enter(factories.make_user(Role.AGENT, shop))
    agent.go("/queue/?tab=all")
    agent.press("Control+k")
    palette = agent.page.locator("#palette")
    chosen = palette.locator("[aria-selected=true]").inner_text()
    for key in ("ArrowDown", "Enter", "k"):
        agent.page.evaluate(COMPOSE, key)
    expect(palette).to_be_visible()
    assert palette.locator("[aria-selected=true]").inner_text() == chosen
    agent.at("/queue/?tab=all")


def test_it_is_on_the_help_sheet_and_on_the_phone(shop: Any, enter: Enter) -> None:
    """From the menu, with a thumb; in English on a desk."""
    user = factories.make_user(Role.AGENT, shop)
    phone, desk = enter(user, viewport=PHONE), enter(user, viewport=DESK, language="en")
    phone.go("/queue/?tab=all")
    phone.page.locator(".top details.menu summary").last.click()
    phone.page.locator("[data-action=palette]").click()
    expect(phone.page.locator("#palette")).to_be_visible()
    assert phone.sideways <= 0
    phone.page.get_by_role("option", name=zh("Tickets"), exact=True).click()
    phone.at("/tickets/")
    desk.go("/queue/?tab=all")
    desk.press("?")
    expect(desk.page.locator("#keys")).to_contain_text("Ctrl+K")
    desk.press("Escape", "Control+k")
    desk.page.locator("#palette input").fill("zzzz")
    expect(desk.page.get_by_role("option")).to_have_text("Search for “zzzz”")
