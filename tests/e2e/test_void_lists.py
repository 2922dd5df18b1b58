"""The warehouse's morning: a list is made, answered by click, in bulk and twice, while an agent looks on (VOI)."""

from typing import Any

import pytest
from playwright.sync_api import expect

from aftersales.core.models import Role
from logistics import services
from logistics.models import VoidList, VoidListLine
from refunds.models import Refund
from refunds.states import RefundStatus
from tests import factories
from tests.checks import all_is_well

from .conftest import Enter
from .console import PHONE, zh

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]


def test_a_morning_in_the_warehouse(shop: Any, enter: Enter) -> None:
    """VOI-1…3, RFD-2: by the button, by the mouse and by keys; a second answer is told who gave the first."""
    found = [factories.make_refund(factories.make_order(shop)) for _each in range(5)]
    keeper = enter(factories.make_user(Role.WAREHOUSE, shop, display_name="仓库小陈"))
    keeper.go("/warehouse/")
    keeper.page.get_by_role("link", name=zh("Void lists"), exact=True).click()
    keeper.sees(zh("%(n)s request waits for the warehouse and is on no list", n=5))
    keeper.page.get_by_role("link", name=zh("Submit them")).click()
    expect(keeper.dialog).to_contain_text(zh("Submit to the warehouse"))
    keeper.press("Enter")
    keeper.closed()
    made = VoidList.objects.get()
    keeper.told(zh("%(number)s is submitted to the warehouse.", number=made.list_no))
    keeper.page.locator(f"tr[data-row={made.list_no}] a.row-link").click()
    expect(keeper.page.locator("tr[data-row]")).to_have_count(5)

    agent = enter(factories.make_user(Role.AGENT, shop, display_name="王芳"))
    agent.go(f"/requests/{found[0].refund_no}/")
    agent.sees(zh("on void list %(number)s", number=made.list_no))

    row = keeper.page.locator(f"tr[data-row={found[0].refund_no}]")
    row.locator("a[href$='result=voided'].button").click()
    expect(keeper.dialog).to_contain_text(found[0].order.order_no)
    keeper.press("Enter")
    keeper.closed()
    expect(keeper.page.locator("tr.void-settled")).to_have_count(1)
    assert Refund.objects.get(pk=found[0].pk).void_result == "voided"
    agent.sees(zh("voided by the warehouse"))  # without a reload

    keeper.press("j", "j", "x", "j", "x")
    dialog = keeper.open_dialog("v")
    expect(dialog.locator("tbody tr")).to_have_count(2)
    keeper.press("Enter")
    keeper.closed()
    keeper.told(zh("%(n)s order answered.", n=2))
    assert VoidListLine.objects.filter(answer="voided").count() == 3

    left = found[3]
    row = keeper.page.locator(f"tr[data-row={left.refund_no}]")
    row.locator("a[href$='result=already_shipped']").click()
    keeper.dialog.locator("#id_tracking_no").fill("YT1234567890123")
    keeper.dialog.locator("[data-confirm]").click()
    keeper.closed()
    assert Refund.objects.get(pk=left.pk).status == RefundStatus.CLOSED

    last = found[4]
    row = keeper.page.locator(f"tr[data-row={last.refund_no}]")
    row.locator("a[href$='result=voided'].button").click()
    expect(keeper.dialog).to_contain_text(last.order.order_no)
    boss = factories.staff(Role.SUPERVISOR)
    services.void_answer(refund=last, actor=boss, result="voided")
    keeper.press("Enter")
    expect(keeper.dialog).to_contain_text(boss.name)
    assert VoidListLine.objects.get(refund=last).answered_by == boss.name

    keeper.page.emulate_media(media="print")
    expect(keeper.page.locator(".rail")).to_be_hidden()
    expect(keeper.page.locator(".void-signs")).to_be_visible()
    all_is_well()


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_a_list_on_a_telephone_goes_nowhere_sideways(shop: Any, enter: Enter, language: str) -> None:
    made = factories.make_void_list(shop, amount=2)
    services.void_answer(refund=made.lines.first().refund, actor=factories.staff(), result="voided")
    keeper = enter(factories.make_user(Role.WAREHOUSE, shop), language=language, viewport=PHONE)
    for path in ("/void-lists/", f"/void-lists/{made.list_no}/"):
        keeper.go(path)
        assert keeper.sideways == 0
        assert keeper.barriers() == []
