"""A claim from the draft on the order's page to the money in finance's hands, in a real browser (CLM-1 to CLM-4)."""

from typing import Any

import pytest
from playwright.sync_api import expect

from aftersales.core.models import Role
from logistics.models import Claim
from logistics.states.claim import ClaimStatus
from refunds.models import Refund
from tests import factories
from tests.checks import all_is_well

from .conftest import Enter
from .console import zh

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]


def test_a_claim_goes_from_the_order_to_the_money(shop: Any, enter: Enter) -> None:
    """Drafted by an agent, the buyer served first, stamped in bulk, submitted by the warehouse, paid in part."""
    order = factories.make_order(shop, ship=True)
    agent = enter(factories.make_user(Role.AGENT, shop, display_name="王芳"))
    agent.go(f"/orders/{order.order_no}/?shop={shop.code}")
    dialog = agent.open_dialog("l")
    expect(dialog).to_contain_text(order.order_no)
    dialog.locator("#id_amount_fen").fill("999")
    dialog.locator("[data-confirm]").click()
    expect(dialog).to_contain_text("216.00")  # the most that it is worth, and nothing typed is lost
    expect(dialog.locator("#id_amount_fen")).to_have_value("999")
    dialog.locator("#id_amount_fen").fill("208")
    dialog.locator("[data-confirm]").click()
    agent.closed()
    claim = Claim.objects.get()
    assert claim.amount_fen == 20800
    agent.sees(claim.claim_no, place="section[aria-labelledby=claims]")

    agent.go(f"/claims/{claim.claim_no}/")
    agent.sees(zh("The buyer was not served yet"))
    agent.page.get_by_role("link", name=zh("Reship or refund")).click()
    agent.dialog.locator("[data-confirm]").click()
    agent.closed()
    assert Refund.objects.get().kind == "reship"

    finance = enter(factories.make_user(Role.FINANCE, shop, display_name="陈静"))
    finance.go("/claims/")
    finance.press("j", "x")
    dialog = finance.open_dialog("t")
    expect(dialog.locator("tbody tr")).to_have_count(1)
    finance.press("Enter")
    finance.closed()
    finance.told(zh("%(n)s claim stamped.", n=1))
    finance.go(f"/claims/{claim.claim_no}/")
    finance.open_dialog("o")
    finance.page.locator("[data-confirm]").click()
    finance.closed()

    warehouse = enter(factories.make_user(Role.WAREHOUSE, shop))
    warehouse.go(f"/claims/{claim.claim_no}/")
    dialog = warehouse.open_dialog("s")
    dialog.locator("#id_carrier_reference").fill("YTO-77001")
    dialog.locator("[data-confirm]").click()
    warehouse.closed()
    warehouse.open_dialog("y")
    warehouse.page.locator("[data-confirm]").click()
    warehouse.closed()

    finance.go(f"/claims/{claim.claim_no}/")
    dialog = finance.open_dialog("c")
    dialog.locator("#id_amount_fen").fill("104")
    dialog.locator("#id_reference").fill("B-20261126")
    dialog.locator("[data-confirm]").click()
    finance.closed()
    finance.sees("104.00", "B-20261126", place="article")
    claim = Claim.objects.get()
    assert (claim.status, claim.recovered_fen) == (ClaimStatus.PAID, 10400)
    all_is_well()
