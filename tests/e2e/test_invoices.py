"""An invoice from the order to the buyer, by the keys: an agent asks, finance issues, the agent tells (INV-1)."""

from typing import Any

import pytest
from playwright.sync_api import expect

from aftersales.core.models import Role
from invoices.models import Invoice
from tests import factories
from tests.checks import all_is_well

from .conftest import Enter
from .console import zh

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]

DIGITAL = "26352000000012345678"


def test_an_invoice_goes_from_the_order_to_the_buyer(shop: Any, enter: Enter) -> None:
    """A mistyped tax number is told at its field with all that was typed; the number comes back to the agent."""
    order = factories.make_order(shop, sign=True)
    agent = enter(factories.make_user(Role.AGENT, shop, display_name="王芳"))
    agent.go(f"/orders/{order.order_no}/?shop={shop.code}")
    dialog = agent.open_dialog("i")
    dialog.locator("[name=title_kind][value=company]").check()
    dialog.locator("#id_title").fill("示例茶业有限公司")
    dialog.locator("#id_tax_no").fill("91350100M000100Y49")
    dialog.locator("[data-confirm]").click()
    expect(dialog.locator(".field-error")).to_contain_text("18")
    expect(dialog.locator("#id_title")).to_have_value("示例茶业有限公司")
    dialog.locator("#id_tax_no").fill("91350100M000100Y43")
    dialog.locator("[data-confirm]").click()
    agent.closed()
    invoice = Invoice.objects.get()
    agent.sees(invoice.request_no, place="section[aria-labelledby=invoices]")

    finance = enter(factories.make_user(Role.FINANCE, shop, display_name="钱进"))
    finance.go("/invoices/")
    finance.sees(invoice.request_no, "示例茶业有限公司")
    finance.go(f"/invoices/{invoice.request_no}/")
    dialog = finance.open_dialog("a")
    dialog.locator("#id_number").fill(DIGITAL)
    dialog.locator("[data-confirm]").click()
    finance.closed()
    finance.sees(DIGITAL)

    agent.go("/invoices/")
    agent.sees(invoice.request_no, DIGITAL)
    agent.go(f"/invoices/{invoice.request_no}/")
    dialog = agent.open_dialog("t")
    assert DIGITAL in dialog.locator("#id_text").input_value()
    dialog.locator("[data-confirm]").click()
    agent.closed()
    agent.sees(zh("told the buyer"))
    assert Invoice.objects.get().status == "told"
    all_is_well()
