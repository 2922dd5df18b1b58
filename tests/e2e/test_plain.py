"""Without scripts: every link is a page, every decision a form."""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from aftersales.core.models import Role
from refunds.models import Refund
from refunds.states import RefundStatus
from tests import factories
from tests.core.upload_samples import jpeg

from .conftest import Enter
from .console import zh

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]


def test_requests_are_decided_without_scripts(shop: Any, enter: Enter, tmp_path: Path) -> None:
    agreed, refused = (factories.make_return(factories.make_order(shop, sign=True)) for _ in range(2))
    agent = enter(java_script_enabled=False)
    page = agent.page
    agent.go("/")
    agent.sign_in(factories.make_user(Role.AGENT, shop))
    agent.at("/queue/")
    page.get_by_role("link", name=agreed.refund_no).click()
    page.locator("a[data-action=agree]").click()
    agent.at("/agree/")
    agent.sees("文一西路 1 号", place="main")
    page.locator("[data-confirm]").click()
    agent.at(f"/requests/{agreed.refund_no}/")
    agent.sees(zh("Agreed"), place="#toasts")
    assert Refund.objects.get(pk=agreed.pk).status == RefundStatus.WAIT_BUYER_RETURN_GOODS

    agent.go(f"/requests/{refused.refund_no}/")
    page.locator("a[data-action=refuse]").click()
    page.locator("#d-reason").select_option("abuse")
    page.locator("#d-message").fill("吊牌已剪")
    page.locator("[data-confirm]").click()
    expect(page.locator("#d-message")).to_have_value("吊牌已剪")  # evidence is missing
    expect(page.locator("[role=alert]").first).to_be_visible()
    picture = tmp_path / "tag.jpg"
    picture.write_bytes(jpeg())
    page.locator("input[type=file]").set_input_files(picture)
    page.locator("[data-confirm]").click()
    agent.at(f"/requests/{refused.refund_no}/")
    assert Refund.objects.get(pk=refused.pk).status == RefundStatus.SELLER_REFUSE_BUYER

    page.locator("#reply").fill("请再看看说明")
    page.locator("[data-send]").click()
    agent.sees("请再看看说明", place="#case-talk")
    page.locator("summary", has_text=str(page.locator(".top summary").last.inner_text())).last.click()
    page.locator("button[value=en]").click()
    agent.sees("Timeline", place="main")
