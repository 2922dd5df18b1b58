"""An exchange with a price difference, from the agent's agreement through the warehouse to the buyer."""

from typing import Any

import pytest
from playwright.sync_api import expect

from aftersales.core.models import Role
from refunds import services as refunds
from refunds.models import Refund
from refunds.states import ExchangeStatus
from tests import factories
from tests.checks import all_is_well

from .conftest import Enter
from .console import PHONE, zh

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]

NUMBER = "YT1234500001234"


def test_an_exchange_with_a_difference_goes_through_every_hand(shop: Any, enter: Enter) -> None:
    """EXC-1, EXC-2, AMT-5: agreed with a price, settled, received and sent by the warehouse, confirmed."""
    refund = factories.make_exchange(factories.make_order(shop, sign=True))
    agent = enter(factories.make_user(Role.AGENT, shop, display_name="王芳"))
    agent.go("/queue/?tab=goods")
    agent.press("Enter")
    agent.at(f"/requests/{refund.refund_no}/")
    agent.sees("浓香/罐装", place="#case-money")
    dialog = agent.open_dialog("a")
    line = refund.lines.get()
    dialog.locator(f"#d-price_{line.pk}").fill("128")
    dialog.locator(f"#d-price_{line.pk}").press("Control+Enter")
    agent.closed()
    agent.sees("¥24.00", place="#case-money")
    agent.sees(zh("open: settle it before the goods go"), place="#case-money")
    dialog = agent.open_dialog("y")
    dialog.locator("#d-note").press_sequentially("补差价 2026112522001")
    agent.press("Enter")
    agent.closed()
    assert Refund.objects.get(pk=refund.pk).difference_settled
    refunds.refund_return_shipment(
        refund=Refund.objects.get(pk=refund.pk), actor=factories.buyer(shop), carrier="yuantong", tracking_no=NUMBER
    )

    warehouse = enter(factories.make_user(Role.WAREHOUSE, shop, display_name="李强"), viewport=PHONE, has_touch=True)
    warehouse.go(f"/warehouse/?tab=receive&q={NUMBER}")
    parcel = warehouse.page.locator("form.parcel")
    expect(parcel).to_contain_text("浓香/罐装")
    parcel.locator("button[value=pass]").tap()
    warehouse.told(zh("%(number)s passed; the replacement may go.", number=refund.refund_no))
    warehouse.go("/warehouse/?tab=send")
    assert warehouse.sideways == 0
    warehouse.page.locator(".w-acts a").tap()
    dialog = warehouse.page.locator("dialog[open]")
    dialog.locator("select[name=carrier]").select_option("yuantong")
    dialog.locator("input[name=tracking_no]").fill("YT7654300004321")
    dialog.locator("[data-confirm]").tap()
    warehouse.told(zh("%(number)s: the replacement is on its way.", number=refund.refund_no))
    warehouse.sees(zh("Nothing to send"))

    agent.go(f"/requests/{refund.refund_no}/")
    agent.sees("YT7654300004321", place="#case-money")
    agent.open_dialog("z")
    agent.press("Enter")
    agent.closed()
    assert Refund.objects.get(pk=refund.pk).status == ExchangeStatus.SUCCESS
    agent.sees("换货成功", place="#case-act")
    all_is_well()


def test_what_cannot_be_sent_becomes_a_refund_that_the_page_leads_to(shop: Any, enter: Enter) -> None:
    """EXC-1: no stock; the history stays where it was."""
    refund = factories.make_exchange(factories.make_order(shop, sign=True))
    refunds.refund_agree(refund=refund, actor=factories.staff())
    agent = enter(factories.make_user(Role.AGENT, shop), language="en")
    agent.go(f"/requests/{refund.refund_no}/")
    dialog = agent.open_dialog("l")
    expect(dialog).to_contain_text("for which the buyer sends the goods back")
    agent.press("Enter")
    agent.closed()
    new = Refund.objects.get(turned_from=refund)
    agent.page.locator("#case-act a.number", has_text=new.refund_no).click()
    agent.at(f"/requests/{new.refund_no}/")
    agent.sees("Was the exchange", place="#case-act")
    agent.sees("waiting for the buyer to return the goods", place="#case-act")
