"""Refusing by the law: what a ground costs is said while choosing, and a supervisor's word goes into the history."""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from aftersales.core.models import LogEntry, Role
from refunds.models import Refund
from refunds.states import RefundStatus
from tests import factories
from tests.core.upload_samples import jpeg

from .conftest import Enter
from .console import Console, zh

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]
BOUND = "时限内的无理由退货"


def test_an_agent_is_warned_and_a_supervisor_may_refuse_all_the_same(shop: Any, enter: Enter, tmp_path: Path) -> None:
    """DEC-2, DEC-4, LAW-1: two people, one request, and the words of the first are not lost on the way."""
    refund = factories.make_return(factories.make_order(shop, sign=True))
    picture = tmp_path / "tag.jpg"
    picture.write_bytes(jpeg())

    def write(person: Console, ground: str) -> Any:
        person.go(f"/requests/{refund.refund_no}/")
        dialog = person.open_dialog("r")
        dialog.locator("#d-reason").select_option(ground)
        dialog.locator("#d-message").fill("同一商品三次调包")
        dialog.locator("[data-files-input]").set_input_files(picture)
        expect(dialog.locator("input[name=evidence]")).to_have_count(1)
        return dialog

    agent = enter(factories.make_user(Role.AGENT, shop))
    dialog = write(agent, "abuse")
    cost = dialog.locator("#d-costs")
    expect(cost).to_be_hidden()
    dialog.locator("#d-reason").select_option("other")
    expect(cost).to_contain_text(f"LAW-1: {BOUND}")
    expect(cost).to_contain_text("纠纷率")
    expect(dialog.locator("#d-despite_law")).to_have_count(0)
    dialog.locator("[data-confirm]").click()
    expect(dialog.get_by_text(zh("Only a supervisor can refuse like this."))).to_be_visible()
    expect(dialog.locator("#d-message")).to_have_value("同一商品三次调包")
    expect(dialog.locator("input[name=evidence]")).to_have_count(1)
    expect(cost).to_be_visible()
    assert agent.barriers() == []
    assert Refund.objects.get(pk=refund.pk).status == RefundStatus.WAIT_SELLER_AGREE

    boss = enter(factories.make_user(Role.SUPERVISOR, shop))
    dialog = write(boss, "abuse")
    expect(dialog.locator("#d-despite_law")).to_be_hidden()  # abuse is lawful: nothing to say
    dialog.locator("#d-reason").select_option("other")
    dialog.locator("#d-despite_law").check()
    dialog.locator("#d-despite_note").fill("寄回的不是本店商品")
    dialog.locator("#d-buyer_phoned").check()
    assert boss.barriers() == []
    dialog.locator("[data-confirm]").click()
    boss.closed()
    boss.sees("卖家拒绝退款", place="#case-act")
    boss.sees(zh("; despite %(rule)s", rule="LAW-1"), "寄回的不是本店商品", place="body")
    assert Refund.objects.get(pk=refund.pk).status == RefundStatus.SELLER_REFUSE_BUYER
    row = LogEntry.objects.get(subject_type="refund", subject_id=refund.pk, action="refuse")
    assert row.note == "同一商品三次调包\n§ DEC-2\n§ LAW-1 寄回的不是本店商品"
