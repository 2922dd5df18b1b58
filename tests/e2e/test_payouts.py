"""Postage that the shop owes: opened by an agent, approved by somebody else, seen by whom the buyer may ask (PAY)."""

from typing import Any

import pytest
from django.utils.translation import override
from playwright.sync_api import expect

from aftersales.core.models import Role
from refunds import services as refunds
from refunds.models import Payout
from refunds.states import PayoutStatus
from tests import factories
from tests.checks import all_is_well

from .conftest import Enter
from .console import zh

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]


def test_postage_is_opened_approved_and_seen_with_the_keyboard_alone(shop: Any, enter: Enter) -> None:
    """PAY-3, PAY-5, PAY-8."""
    refund = factories.make_return(factories.make_order(shop, sign=True), reason="quality")
    agent = enter(factories.make_user(Role.AGENT, shop, display_name="王芳"))
    agent.go(f"/requests/{refund.refund_no}/")
    dialog = agent.open_dialog("q")
    expect(dialog).to_contain_text(zh("The seller's fault or the goods': the seller pays the way back."))
    dialog.locator("#id_account").fill("1391234567")
    dialog.locator("#id_name").fill("李晓梅")
    agent.press("Enter")
    expect(dialog.locator("#id_account[aria-invalid=true]")).to_be_visible()
    expect(dialog.locator("#id_name")).to_have_value("李晓梅")
    dialog.locator("#id_account").fill("13912345678")
    agent.press("Enter")
    agent.closed()
    agent.sees(zh("Waiting for approval"), place="#case-payouts")
    payout = Payout.objects.get()
    assert payout.status == PayoutStatus.PENDING_APPROVAL

    own = factories.make_payout(factories.make_order(shop, sign=True))
    refunds.payout_submit(payout=own, actor=factories.staff())
    finance = enter(factories.make_user(Role.FINANCE, shop, display_name="陈静"))
    finance.go("/payouts/")
    expect(finance.page.locator("tr[data-row]")).to_have_count(2)
    finance.press("j", "x", "j", "x")
    dialog = finance.open_dialog("a")
    expect(dialog.locator("tbody tr")).to_have_count(2)
    finance.press("Enter")
    finance.closed()
    finance.told(zh("%(n)s payout approved.", n=2))
    expect(finance.page.locator("tr[data-row]")).to_have_count(0)
    assert set(Payout.objects.values_list("status", flat=True)) == {PayoutStatus.APPROVED}

    with override("zh-hans"):
        approved = str(PayoutStatus.APPROVED.label)
    agent.sees(approved, place="#case-payouts")  # without a reload
    all_is_well()


def test_the_payee_is_shown_in_place_after_a_reason(shop: Any, enter: Enter) -> None:
    """PAY-2."""
    payout = factories.make_payout(factories.make_order(shop, sign=True))
    finance = enter(factories.make_user(Role.FINANCE, shop))
    finance.go(f"/payouts/{payout.payout_no}/")
    finance.sees("138****1234", place="article")
    finance.page.locator(f"#payee-{payout.payout_no} a").click()
    finance.dialog.locator("#id_reason").fill("银行退票，核对户名")
    finance.press("Enter")
    finance.closed()
    finance.sees("13800001234", place=f"#payee-{payout.payout_no}")
    assert payout.disclosures.count() == 1
