"""A return from the first click to the money, through the hands of everybody who has a part in it."""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from aftersales.core.models import Role
from logistics.models import Carrier
from orders.models import Order
from refunds import services as refunds
from refunds.models import Evidence, Refund, RefundPayment
from refunds.states import RefundStatus
from tests import factories
from tests.checks import all_is_well
from tests.core.upload_samples import jpeg

from .conftest import Enter
from .console import PHONE, zh

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]

NUMBER = "YT1234500001234"


def sent_back(refund: Refund) -> Refund:
    """The buyer gives the number of his parcel, through the shop's front-end."""
    return refunds.refund_return_shipment(
        refund=Refund.objects.get(pk=refund.pk),
        actor=factories.buyer(refund.shop),
        carrier=Carrier.objects.get(code="yuantong").code,
        tracking_no=NUMBER,
    )


def test_a_return_goes_from_agent_to_warehouse_to_finance(shop: Any, enter: Enter) -> None:
    """RFD-4, RET-2, RFD-3: and the timeline tells it in sentences."""
    refund = factories.make_return(factories.make_order(shop, sign=True))
    page = f"/requests/{refund.refund_no}/"
    agent = enter(factories.make_user(Role.AGENT, shop, display_name="王芳"))
    agent.go(page)
    agent.open_dialog("a")
    agent.press("Enter")
    agent.closed()
    sent_back(refund)

    warehouse = enter(factories.make_user(Role.WAREHOUSE, shop, display_name="李强"), viewport=PHONE, has_touch=True)
    warehouse.go("/warehouse/?tab=receive")
    warehouse.page.locator("#scan").press_sequentially(NUMBER)
    warehouse.press("Enter")
    warehouse.at(NUMBER)
    parcel = warehouse.page.locator("form.parcel")
    expect(parcel).to_contain_text("铁观音 250g")
    assert warehouse.sideways == 0
    parcel.locator("button[value=pass]").tap()
    warehouse.told(zh("%(number)s passed; the refund is on its way.", number=refund.refund_no))
    warehouse.at("tab=receive")
    assert warehouse.focused == "scan", "the next parcel can be scanned at once"
    assert Refund.objects.get(pk=refund.pk).status == RefundStatus.WAIT_SYSTEM_TRANSFER

    refunds.payment_send(payment=RefundPayment.objects.get(refund=refund))
    finance = enter(factories.make_user(Role.FINANCE, shop, display_name="陈静"))
    finance.go("/payments/")
    row = finance.page.locator("tr[data-row]")
    expect(row).to_have_count(1)
    expect(row).to_contain_text("¥104.00")
    row.get_by_role("link", name=zh("Confirm"), exact=True).click()
    expect(finance.dialog.locator("#id_reference")).to_be_focused()
    finance.press("Enter")  # nothing was typed: nothing happens
    assert RefundPayment.objects.get(refund=refund).settled_at is None
    finance.page.keyboard.type("2026112222001")
    finance.press("Enter")
    finance.told("已确认打款，退款成功")
    expect(row).to_have_count(0)

    agent.page.reload()
    agent.sees("退款成功", place="#case-act")
    for who, words in (("王芳", "同意"), ("李强", "验货"), ("陈静", "打款")):
        step = agent.page.locator("#case-time li", has_text=who).filter(has_text=words)
        expect(step).to_have_count(1)
    found = Refund.objects.get(pk=refund.pk)
    assert (found.status, found.refunded_fen) == (RefundStatus.SUCCESS, 10400)
    all_is_well()


def test_what_must_not_leave_is_voided_and_what_is_worn_is_refused(shop: Any, enter: Enter, tmp_path: Path) -> None:
    """VOI-2 and RET-2: at the bench, by telephone, with its camera."""
    kept, gone = (factories.make_refund(factories.make_order(shop)) for _ in range(2))
    shoes = factories.line(category="shoes", goods_no="", title="短靴")
    worn = factories.make_return(factories.make_order(shop, shoes, sign=True))
    refunds.refund_agree(refund=worn, actor=factories.staff())
    sent_back(worn)
    bench = enter(factories.make_user(Role.WAREHOUSE, shop), viewport=PHONE, has_touch=True)
    bench.go("/warehouse/")
    for refund, answer in ((kept, "voided"), (gone, "already_shipped")):
        bench.page.locator(f"a[data-dialog][href*='{refund.refund_no}'][href*='{answer}']").tap()
        bench.dialog.locator("[data-confirm]").tap()
        bench.closed()
        expect(bench.page.locator(f"a[data-dialog][href*='{refund.refund_no}']")).to_have_count(0)
    kept, gone = Refund.objects.get(pk=kept.pk), Refund.objects.get(pk=gone.pk)
    assert (kept.status, kept.void_result) == (RefundStatus.WAIT_SELLER_AGREE, "voided")
    assert (gone.status, gone.void_result) == (RefundStatus.CLOSED, "already_shipped")
    assert Order.objects.get(pk=gone.order_id).status == "WAIT_BUYER_CONFIRM_GOODS"

    bench.go(f"/warehouse/?tab=receive&q={NUMBER}")
    parcel = bench.page.locator("form.parcel")
    parcel.locator("#id_findings").fill("鞋底有磨损,吊牌已剪")
    parcel.locator("label", has_text="吊牌已去除").tap()
    parcel.locator("button[value=fail]").tap()  # a failed inspection needs photos
    expect(parcel.locator("[role=alert]").first).to_be_visible()
    expect(parcel.locator("#id_findings")).to_have_value("鞋底有磨损,吊牌已剪")
    for name in ("one.jpg", "two.jpg"):
        (tmp_path / name).write_bytes(jpeg())
        parcel.locator("input[type=file]").set_input_files(tmp_path / name)
    expect(parcel.locator("img[data-preview]")).to_have_count(2)
    parcel.locator("button[value=fail]").tap()
    bench.told(worn.refund_no)
    assert Refund.objects.get(pk=worn.pk).status == RefundStatus.SELLER_REFUSE_BUYER
    assert Evidence.objects.filter(refund=worn, purpose="inspection").count() == 2
