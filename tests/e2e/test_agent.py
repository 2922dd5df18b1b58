"""An agent's day: agree in three keys, refuse with evidence, and lose nothing that was typed."""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from aftersales.core.models import LogEntry, Role
from refunds import services as refunds
from refunds.models import Evidence, Refund
from refunds.states import RefundStatus
from tests import factories
from tests.core.upload_samples import jpeg

from .conftest import Enter
from .console import zh

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]


def test_agreeing_to_a_seven_day_return_takes_three_keys_from_the_queue(shop: Any, enter: Enter) -> None:
    """RFD-4: Enter opens the most urgent case, `a` the decision, Enter confirms; `n` goes on with the next."""
    first, second = (factories.make_return(factories.make_order(shop, sign=True)) for _ in range(2))
    agent = enter(factories.make_user(Role.AGENT, shop))
    agent.go("/queue/")
    agent.press("Enter")
    agent.at(f"/requests/{first.refund_no}/")
    dialog = agent.open_dialog("a")
    expect(dialog).to_contain_text("¥104.00")
    expect(dialog).to_contain_text("文一西路 1 号")
    expect(dialog.locator("[data-confirm]")).to_be_focused()
    agent.press("Enter")
    agent.closed()
    agent.told(zh("Agreed"))
    agent.sees("待买家退货", place="#case-act")
    agent.sees("待买家退货", place="#case-steps [aria-current]")

    found = Refund.objects.get(pk=first.pk)
    assert (found.status, found.version) == (RefundStatus.WAIT_BUYER_RETURN_GOODS, 2)
    assert LogEntry.objects.filter(subject_type="refund", subject_id=first.pk, action="agree").count() == 1

    agent.press("n")
    agent.at(f"/requests/{second.refund_no}/")
    agent.press("u")
    agent.at("/queue/")
    expect(agent.page.locator("tr[data-row]")).to_have_count(1)


def test_a_refusal_keeps_what_was_typed_until_it_is_done(shop: Any, enter: Enter, tmp_path: Path) -> None:
    """RFD-5: what is missing is said at its field; Esc and a reload lose nothing; the evidence is a real upload."""
    refund = factories.make_return(factories.make_order(shop, sign=True))
    agent = enter(factories.make_user(Role.AGENT, shop))
    agent.go(f"/requests/{refund.refund_no}/")
    dialog = agent.open_dialog("r")
    expect(dialog.locator("#d-reason")).to_be_focused()
    dialog.locator("#d-reason").select_option("abuse")
    message = dialog.locator("#d-message")
    assert len(message.input_value()) > 10, "the reason brings its ready text"
    message.fill("")
    message.press_sequentially("吊牌已剪 j k")
    agent.press("Escape")
    agent.closed()

    agent.page.reload()
    dialog = agent.open_dialog("r")
    expect(message).to_have_value("吊牌已剪 j k")
    expect(dialog.locator("[data-draft-note]")).to_be_visible()
    expect(dialog.locator("#d-reason")).to_have_value("abuse")

    message.press("Control+Enter")  # without evidence
    expect(dialog.locator("[data-files-errors] [role=alert], .error").first).to_be_visible()
    expect(message).to_have_value("吊牌已剪 j k")
    assert Refund.objects.get(pk=refund.pk).status == RefundStatus.WAIT_SELLER_AGREE

    picture = tmp_path / "吊牌.jpg"
    picture.write_bytes(jpeg())
    dialog.locator("[data-files-input]").set_input_files(picture)
    expect(dialog.locator("input[name=evidence]")).to_have_count(1)
    message.press("Control+Enter")
    agent.closed()
    agent.sees("卖家拒绝退款", place="#case-act")
    agent.sees("吊牌已剪 j k", place="#case-talk")
    found = Refund.objects.get(pk=refund.pk)
    assert (found.status, found.version) == (RefundStatus.SELLER_REFUSE_BUYER, 2)
    assert Evidence.objects.get(refund=refund).purpose == "refusal"

    agent.page.reload()  # the draft is gone with what it was for
    assert agent.page.evaluate("Object.keys(localStorage).filter(key => key.includes('refuse:'))") == []

    # the same for what is said to the buyer
    other = factories.make_refund(factories.make_order(shop))
    agent.go(f"/requests/{other.refund_no}/")
    agent.press("m")
    assert agent.focused == "reply"
    agent.page.keyboard.type("您好 a r")
    agent.page.reload()
    reply = agent.page.locator("#reply")
    expect(reply).to_have_value("您好 a r")
    agent.page.locator("[data-send]").click()
    expect(reply).to_have_value("")
    agent.sees("您好 a r", place="#case-talk")
    agent.page.reload()
    expect(reply).to_have_value("")
    # an action that is not possible says why
    agent.page.locator(".actions summary").click()
    agent.page.locator("[data-action=receive]").click(force=True)  # the driver would wait until it is enabled
    expect(agent.page.locator(".toast")).to_be_visible()


def test_a_sum_is_offered_countered_and_agreed_on(shop: Any, enter: Enter) -> None:
    """DIS-5: put to the buyer in the console, countered over REST, accepted with two presses."""
    order = factories.make_order(shop, sign=True)
    refund = factories.make_refund(order, goods_status="received", reason="quality")
    agent = enter(factories.make_user(Role.AGENT, shop))
    agent.go(f"/requests/{refund.refund_no}/")
    agent.page.locator("details.menu summary", has_text=zh("More")).click()
    agent.page.locator("[data-action=propose]").click()
    agent.dialog.locator("input[name=kind][value=amount]").check()
    agent.dialog.locator("input[name=amount]").fill("30")
    agent.dialog.locator("textarea[name=text]").fill("补偿 30 元可以吗")
    agent.dialog.locator("[data-confirm]").click()
    agent.closed()
    agent.sees("¥30.00", place="#case-act")
    refunds.proposal_make(refund=refund, actor=factories.buyer(shop), kind="amount", amount_fen=6000)
    agent.page.reload()
    agent.page.locator(".proposal a", has_text=zh("Accept")).click()
    agent.page.locator("#dialog[open] [data-confirm]").click()
    agent.closed()
    found = Refund.objects.get(pk=refund.pk)
    assert (found.status, found.amount_fen) == (RefundStatus.WAIT_SYSTEM_TRANSFER, 6000)
