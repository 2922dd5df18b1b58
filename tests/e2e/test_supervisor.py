"""A supervisor's work: disputes, policies, deadlines, and orders that come in by file."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from aftersales.core import clock, policies
from aftersales.core.models import Deadline, PolicyVersion, Role
from orders.models import Order
from orders.tasks import imports_run
from refunds import services as refunds
from refunds.models import Dispute, Refund
from refunds.states import RefundStatus
from tests import factories
from tests.orders.export_files import export, orders
from tests.refunds import standings

from .conftest import Enter
from .console import zh

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]


def test_a_supervisor_decides_a_dispute_and_plans_another_term(shop: Any, enter: Enter) -> None:
    """DIS-4 and ADM-2: a figure is changed for the future, and can be withdrawn until then."""
    refund = factories.make_return(factories.make_order(shop, sign=True))
    evidence = [factories.make_evidence(shop)]
    agent = factories.staff()
    refunds.refund_refuse(refund=refund, actor=agent, reason="abuse", message="已使用过", evidence_ids=evidence)
    refund = standings.dispute(Refund.objects.get(pk=refund.pk))
    boss = enter(factories.make_user(Role.SUPERVISOR, shop, display_name="周敏"))
    boss.go("/disputes/")
    expect(boss.page.locator("tr[data-row]")).to_have_count(1)
    boss.press("j", "Enter")
    boss.at(f"/requests/{refund.refund_no}/")
    dialog = boss.open_dialog("d")
    dialog.locator("input[name=outcome][value=partial]").check()
    dialog.locator("#d-text").fill("双方各承担一半运费")
    dialog.locator("[data-confirm]").click()
    expect(dialog.locator("#d-amount[aria-invalid=true]")).to_be_visible()  # in part: how much?
    expect(dialog.locator("#d-text")).to_have_value("双方各承担一半运费")
    dialog.locator("#d-amount").fill("60.50")
    dialog.locator("[data-confirm]").click()
    boss.closed()
    boss.sees("¥60.50", place="#case-act")
    boss.sees("双方各承担一半运费", place="article")
    found = Refund.objects.get(pk=refund.pk)
    assert (found.status, found.amount_fen) == (RefundStatus.WAIT_SYSTEM_TRANSFER, 6050)
    assert Dispute.objects.get(refund=refund).status != "OPEN"

    boss.go("/policies/")
    before = policies.get("deadline.TMO-1", shop_id=shop.pk)
    boss.page.locator("a[data-dialog][href*='deadline.TMO-1']").first.click()
    value = boss.dialog.locator("#id_value_0")
    expect(value).to_be_focused()
    value.fill("36")
    boss.dialog.locator("#id_value_1").select_option("3600")
    boss.dialog.locator("#id_note").fill("双十一人手不够")
    later = clock.now() + timedelta(days=3)
    boss.dialog.locator("#id_effective_at").fill(f"{later:%Y-%m-%d}T10:00")
    boss.dialog.locator("[data-confirm]").click()
    boss.closed()
    planned = boss.page.locator(".planned")
    expect(planned).to_have_count(1)
    expect(planned).to_contain_text("1 天 12 小时")
    version = PolicyVersion.objects.get(key="deadline.TMO-1")
    assert version.value == 36 * 3600
    assert f"{timezone.localtime(version.effective_at):%H:%M}" == "10:00"
    assert policies.get("deadline.TMO-1", shop_id=shop.pk) == before
    assert policies.get("deadline.TMO-1", shop_id=shop.pk, at=later + timedelta(days=1)) == timedelta(hours=36)
    planned.get_by_role("link", name=zh("Withdraw")).click()
    boss.dialog.locator("[data-confirm]").click()
    boss.closed()
    expect(planned).to_have_count(0)

    urgent = factories.make_return(factories.make_order(shop, sign=True))
    rows = boss.page.locator("tr[data-row]")
    boss.go("/deadlines/")
    expect(rows).to_have_count(0)
    Deadline.objects.filter(subject_type="refund", subject_id=urgent.pk).update(due_at=clock.now() + timedelta(hours=2))
    boss.page.reload()
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text(urgent.refund_no)
    expect(rows.locator("[data-level=urgent], .due")).to_contain_text("1 小时 59 分后")


def test_disputes_are_handed_to_a_colleague_together(shop: Any, enter: Enter) -> None:
    """DIS-2: picked, counted, and given to one person at once."""
    cases = [factories.make_return(factories.make_order(shop, sign=True)) for _each in range(3)]
    for case in cases:
        standings.dispute(standings.refuse(case))
    colleague = factories.make_user(Role.AGENT, shop, display_name="林晓")
    boss = enter(factories.make_user(Role.SUPERVISOR, shop, display_name="周敏"))
    boss.go("/disputes/")
    bar = boss.page.locator("form#bulk")
    expect(bar).to_be_hidden()
    boss.page.locator(f"input[name=pick][value='{cases[0].refund_no}']").check()
    boss.page.locator(f"input[name=pick][value='{cases[2].refund_no}']").check()
    expect(bar.locator("[data-bulk-count]")).to_contain_text("2")
    bar.locator("select").select_option(str(colleague.pk))
    bar.get_by_role("button").click()
    boss.sees("林晓")
    boss.at("/disputes/")
    owners = [Refund.objects.get(pk=case.pk).assignee_id for case in cases]
    assert owners == [colleague.pk, None, colleague.pk]


def test_orders_come_in_by_two_files_and_a_wrong_one_is_named(shop: Any, enter: Enter, tmp_path: Path) -> None:
    """IMP-1: the page says how far the import is; what was not right is in a file to take away."""
    listed, details = export(tmp_path, orders(12))
    boss = enter(factories.make_user(Role.SUPERVISOR, shop), accept_downloads=True)
    boss.go("/orders/import/")
    wrong = tmp_path / "orders.pdf"
    wrong.write_bytes(b"%PDF-1.4")
    boss.page.locator("#id_orders").set_input_files(wrong)
    boss.page.locator("#id_lines").set_input_files(details)
    boss.page.locator("main button.button-primary").click()
    expect(boss.page.locator(".field-error")).to_have_count(1)
    boss.page.locator("#id_orders").set_input_files(listed)
    boss.page.locator("#id_lines").set_input_files(details)
    boss.page.locator("#id_shop").select_option(shop.code)
    boss.page.locator("main button.button-primary").click()
    run = boss.page.locator("article.run")
    expect(run.locator("progress")).to_be_visible()
    imports_run()
    expect(run.locator(".run-counts")).to_be_visible()
    assert Order.objects.filter(shop=shop).count() == 12
    expect(run.locator(".run-counts dd").first).to_have_text("12")
