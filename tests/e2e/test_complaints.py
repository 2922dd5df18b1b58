"""A complaint from the order's page to the platform's decision, with two people at what is malicious (CMP-1)."""

from typing import Any

import pytest
from playwright.sync_api import expect

from aftersales.core.models import Role
from complaints.models import Complaint
from complaints.states import Malice, Result
from refunds import services as refunds
from tests import factories
from tests.checks import all_is_well

from .conftest import Enter
from .console import DESK, PHONE, in_chinese, zh

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]


def test_a_complaint_goes_from_the_order_to_the_decision(shop: Any, enter: Enter) -> None:
    """By the keys alone: recorded, called malicious, approved by the supervisor, replied to, closed."""
    order = factories.make_order(shop, factories.line(hot_seller=True, seven_day_return=True), sign=True)
    refund = factories.make_return(order)
    refunds.message_write(refund=refund, actor=factories.staff(), text="亲，麻烦拍一下漏水的位置")
    agent = enter(factories.make_user(Role.AGENT, shop, display_name="王芳"))
    agent.go(f"/orders/{order.order_no}/?shop={shop.code}")
    dialog = agent.open_dialog("p")
    dialog.locator("#id_text").fill("杯子漏水，商家不给退。")
    dialog.locator("#id_reply_due_at").fill("2199-01-01T00:00")
    dialog.locator("[data-confirm]").click()
    expect(dialog.locator(".field-error")).to_contain_text("90")  # no source waits that long, and nothing typed is lost
    expect(dialog.locator("#id_text")).to_have_value("杯子漏水，商家不给退。")
    dialog.locator("#id_reply_due_at").fill("")
    dialog.locator("[data-confirm]").click()
    agent.closed()
    complaint = Complaint.objects.get()
    agent.sees(complaint.complaint_no, place="section[aria-labelledby=complaints]")

    agent.go(f"/complaints/{complaint.complaint_no}/")
    agent.sees("亲，麻烦拍一下漏水的位置", refund.refund_no, zh("Hot seller"))
    dialog = agent.open_dialog("m")
    dialog.locator("#id_reasons").fill("以差评要挟返现")
    dialog.locator("[data-confirm]").click()
    agent.closed()

    boss = enter(factories.make_user(Role.SUPERVISOR, shop, display_name="李强"))
    boss.go("/complaints/?tab=judge")
    boss.sees(complaint.complaint_no)
    boss.go(f"/complaints/{complaint.complaint_no}/")
    boss.open_dialog("y").locator("[data-confirm]").click()
    boss.closed()
    boss.sees(in_chinese(Malice.CONFIRMED.label))

    agent.go(f"/complaints/{complaint.complaint_no}/")
    dialog = agent.open_dialog("a")
    dialog.locator("#id_text").fill("已核实，买家以差评要挟返现，聊天记录见附件。")
    dialog.locator("[data-confirm]").click()
    agent.closed()
    dialog = agent.open_dialog("x")
    dialog.locator("[name=result][value=rejected]").check()
    dialog.locator("[data-confirm]").click()
    agent.closed()
    complaint = Complaint.objects.get()
    assert (complaint.result, complaint.malice) == (Result.REJECTED, Malice.CONFIRMED)
    all_is_well()


def test_the_pages_fit_and_can_be_read_aloud(shop: Any, enter: Enter) -> None:
    """On a telephone in Chinese and on a desk in English."""
    order = factories.make_order(shop, factories.line(hot_seller=True), sign=True)
    refund = factories.make_return(order)
    refunds.message_write(refund=refund, actor=factories.staff(), text="亲，麻烦拍一下漏水的位置")
    complaint = factories.make_complaint(order, reference="12315-2026-0042", text="杯子漏水，商家不给退。" * 20)
    user = factories.make_user(Role.AGENT, shop)
    seats = [enter(user, viewport=PHONE), enter(user, viewport=DESK, language="en")]
    at = f"/complaints/{complaint.complaint_no}/"
    pages = (
        "/complaints/",
        "/complaints/?tab=closed",
        at,
        f"{at}reply/",
        f"{at}settle/",
        f"/complaints/new/?order={order.order_no}",
    )
    for path in pages:
        for seat in seats:
            seat.go(path)
            assert seat.barriers() == [], path
            assert seat.sideways <= 0, path
