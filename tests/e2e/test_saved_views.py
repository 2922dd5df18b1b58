"""A list is kept as a view and opened again; what it shows is exported, with progress, and comes down as a file."""

from typing import Any

import pytest
from playwright.sync_api import expect

from aftersales.core import jobs
from aftersales.core.models import Job, Role
from tests import factories

from .conftest import Enter

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]


def test_an_agent_keeps_a_view_and_exports_what_it_shows(shop: Any, enter: Enter) -> None:
    kept = factories.make_refund(factories.make_order(shop))
    factories.make_return(factories.make_order(shop, sign=True))
    agent = enter(factories.make_user(Role.AGENT, shop, display_name="王芳"))
    page = agent.page
    agent.go("/queue/?tab=all&kind=refund_only")
    page.locator("a[data-dialog][href*='/views/queue/save/']").click()
    agent.dialog.locator("#id_name").fill("未发货仅退款")
    agent.dialog.locator("[data-confirm]").click()
    expect(page.locator(".tab[aria-current=page]")).to_have_text("未发货仅退款")
    expect(page.locator("tr[data-row]")).to_have_count(1)
    assert agent.barriers() == []
    agent.go("/queue/")
    page.locator(".views > summary").click()
    page.locator(".views a.menu-item", has_text="未发货仅退款").click()
    expect(page.locator("tr[data-row]")).to_have_count(1)
    page.locator(".views > summary").click()
    page.locator(".views a[href*='/export/']").click()
    agent.dialog.locator("input[value=csv]").check()
    agent.dialog.locator("[data-confirm]").click()
    agent.at("/jobs/")
    expect(page.locator(".job progress")).to_be_visible()
    assert agent.barriers() == []
    jobs.run_next()
    with page.expect_download() as download:
        page.locator(".job-file", has_text="下载").click()
    content = download.value.path().read_text(encoding="utf-8-sig")
    assert kept.refund_no in content
    assert content.count("\n") == 2
    jobs.file_of(Job.objects.get()).unlink()
