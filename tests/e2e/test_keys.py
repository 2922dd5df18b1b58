"""A whole shift without the mouse, and Chinese typed without setting anything off."""

from typing import Any

import pytest
from playwright.sync_api import expect

from aftersales.core.models import Role
from refunds.models import Refund
from refunds.states import RefundStatus
from tests import factories

from .conftest import Enter
from .console import zh

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]

COMPOSE = """key => document.activeElement.dispatchEvent(
    new KeyboardEvent("keydown", {key, isComposing: true, keyCode: 229, bubbles: true, cancelable: true}))"""


def test_everything_is_reached_by_the_keyboard(shop: Any, enter: Enter) -> None:
    made = [factories.make_return(factories.make_order(shop, sign=True)) for _ in range(3)]
    agent = enter()
    agent.go("/queue/?tab=all")
    agent.sign_in(factories.make_user(Role.AGENT, shop))
    agent.at("/queue/?tab=all")

    agent.press("Tab")  # past the areas, for those who need it
    skip = agent.page.locator(":focus")
    expect(skip).to_have_text(zh("Skip to the content"))
    assert skip.bounding_box()["y"] >= 0, "seen as soon as it has the focus"  # type: ignore[index]
    for _ in range(12):
        agent.press("Tab")
        ring = agent.page.evaluate(
            "(() => { const s = getComputedStyle(document.activeElement);"
            " return s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) > 0 || s.boxShadow !== 'none' })()"
        )
        assert ring, agent.page.evaluate("document.activeElement.outerHTML.slice(0, 200)")
    agent.page.evaluate("document.activeElement.blur()")

    rows = agent.page.locator("tr[data-row]").evaluate_all("all => all.map(row => row.dataset.row)")
    agent.press("j", "j", "j", "j", "k")
    assert agent.selected == rows[1]
    agent.press("x")
    expect(agent.page.locator("[data-bulk]")).to_be_visible()
    expect(agent.page.locator("[data-bulk-count]")).to_contain_text("1")
    agent.press("x")
    expect(agent.page.locator("[data-bulk]")).to_be_hidden()

    agent.press("?")
    sheet = agent.page.locator("#keys[open]")
    expect(sheet).to_contain_text(zh("Next case of the queue"))
    agent.press("a", "Escape")
    expect(sheet).to_have_count(0)

    agent.press("/")
    assert agent.focused == "search"
    agent.page.keyboard.type(made[0].refund_no)
    agent.press("Enter")
    agent.at(f"/requests/{made[0].refund_no}/")  # a whole number leads straight to it
    agent.page.go_back()
    agent.at("/queue/?tab=all")
    expect(agent.page.locator(f"tr[data-selected][data-row='{rows[1]}']")).to_have_count(
        1
    )  # the same place in the list

    agent.press("Enter")
    agent.at("/requests/")
    number = agent.page.locator("h1").inner_text()
    agent.press("j")
    agent.page.wait_for_url(lambda url: number not in url)
    agent.page.wait_for_load_state()
    agent.press("u")
    agent.at("/queue/?tab=all")
    expect(agent.page.locator(f"tr[data-selected][data-row='{rows[2]}']")).to_have_count(1)


def test_composing_chinese_sets_nothing_off(shop: Any, enter: Enter) -> None:
    """While an input method composes, Enter and letters belong to it."""
    refund = factories.make_return(factories.make_order(shop, sign=True))
    agent = enter(factories.make_user(Role.AGENT, shop))
    agent.go(f"/requests/{refund.refund_no}/")
    for key in ("a", "r", "n", "u", "/", "?"):
        agent.page.evaluate(COMPOSE, key)
    agent.press("Control+a", "Alt+r")
    expect(agent.page.locator("dialog[open]")).to_have_count(0)
    assert refund.refund_no in agent.page.url

    dialog = agent.open_dialog("a")
    agent.page.evaluate(COMPOSE, "Enter")
    dialog.locator("details.fold").last.evaluate("fold => fold.open = true")
    note = dialog.locator("#d-note")
    note.fill("买家")
    agent.page.evaluate(COMPOSE, "Enter")
    agent.page.wait_for_timeout(300)
    expect(agent.dialog).to_be_visible()
    assert Refund.objects.get(pk=refund.pk).status == RefundStatus.WAIT_SELLER_AGREE
    note.press("Enter")  # and a real one confirms
    agent.closed()
    assert Refund.objects.get(pk=refund.pk).status == RefundStatus.WAIT_BUYER_RETURN_GOODS
