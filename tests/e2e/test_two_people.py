"""Two people at one request: nobody decides on what he has not seen, and nothing moves under anybody's hands."""

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from aftersales.core.models import Role
from refunds import services as refunds
from refunds.models import Refund
from refunds.states import RefundStatus
from tests import factories

from .conftest import Enter

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]


def test_who_decides_on_an_old_page_is_told_and_loses_no_word(shop: Any, enter: Enter) -> None:
    refund = factories.make_return(factories.make_order(shop, sign=True))
    page = f"/requests/{refund.refund_no}/"
    first = enter(factories.make_user(Role.AGENT, shop, display_name="王芳"))
    second = enter(factories.make_user(Role.AGENT, shop, display_name="张敏"))
    first.go(page)
    second.go(page)
    dialog = second.open_dialog("r")
    dialog.locator("#d-reason").select_option("abuse")
    dialog.locator("#d-message").fill("包装里没有吊牌")

    first.open_dialog("a")
    first.press("Enter")
    first.closed()

    dialog.locator("#d-message").press("Control+Enter")
    notice = dialog.locator(".error")
    expect(notice).to_contain_text("王芳")
    expect(notice).to_contain_text("待买家退货")
    expect(dialog.locator("#d-message")).to_have_value("包装里没有吊牌")
    found = Refund.objects.get(pk=refund.pk)
    assert (found.status, found.version) == (RefundStatus.WAIT_BUYER_RETURN_GOODS, 2)
    second.press("Escape")
    second.closed()
    second.sees("待买家退货", place="#case-steps [aria-current]")

    # what changes while somebody reads is said, and waits until he wants it
    other = factories.make_refund(factories.make_order(shop))
    first.page.clock.install()
    first.go(f"/requests/{other.refund_no}/")
    first.page.locator("#reply").press_sequentially("您好")
    first.page.locator(".actions").hover()
    refunds.refund_cancel(refund=other, actor=factories.buyer(shop))
    first.page.clock.fast_forward(16_000)
    note = first.page.locator("[data-case-note]")
    expect(note).to_be_visible()
    note.locator("button").click()
    first.sees("退款关闭", place="#case-act")
    expect(note).to_be_hidden()
    expect(first.page.locator("#reply")).to_have_value("您好")


def test_a_list_keeps_up_without_moving_what_somebody_points_at(shop: Any, enter: Enter) -> None:
    """A row that another person changed is new where it stands; the focused one and its place stay."""
    made = [factories.make_return(factories.make_order(shop, sign=True)) for _ in range(4)]
    agent = enter(factories.make_user(Role.AGENT, shop))
    agent.page.clock.install()
    agent.go("/queue/?tab=all")
    agent.press("j", "j")
    focused = agent.selected
    rows = [str(row) for row in agent.page.locator("tr[data-row]").evaluate_all("all => all.map(r => r.dataset.row)")]
    assert len(rows) == 4
    assert focused == rows[1]
    by_row = {row: next(one for one in made if row in (str(one.pk), one.refund_no)) for row in rows}
    top = agent.page.locator(f"tr[data-row='{focused}']").bounding_box()
    for row in (rows[1], rows[3]):
        refunds.refund_refuse(
            refund=by_row[row],
            actor=factories.staff(),
            reason="abuse",
            message="Not as agreed",
            evidence_ids=[factories.make_evidence(shop)],
        )
    new = factories.make_refund(factories.make_order(shop))

    agent.page.clock.fast_forward(21_000)
    other = agent.page.locator(f"tr[data-row='{rows[3]}']")
    expect(other).to_have_attribute("data-version", re.compile("^2"))
    expect(agent.page.locator(f"tr[data-row='{focused}']")).to_have_attribute("data-version", re.compile("^1"))
    expect(agent.page.locator(".live-note")).to_be_visible()  # the new one waits to be asked for
    expect(agent.page.locator("tr[data-row]")).to_have_count(4)
    assert agent.selected == focused
    assert agent.page.locator(f"tr[data-row='{focused}']").bounding_box() == top

    agent.page.locator(".live-note button").click()
    agent.page.wait_for_load_state()
    expect(agent.page.locator("tr[data-row]")).to_have_count(5)
    agent.sees(new.refund_no)
    assert agent.selected == focused
    agent.press("k")
    assert agent.selected != focused


def test_a_part_changes_under_a_focus_without_a_name(shop: Any, enter: Enter) -> None:
    """What was focused is looked for again by its name; where there is none, the page goes on without a fault."""
    refund = factories.make_return(factories.make_order(shop, sign=True))
    agent = enter(factories.make_user(Role.AGENT, shop))
    agent.go(f"/requests/{refund.refund_no}/")
    with agent.page.expect_response(lambda answer: "/live/" in answer.url):
        agent.page.evaluate(
            """() => {
                const plain = document.createElement("button");
                document.querySelector("#case-act").append(plain);
                plain.focus();
                document.body.dispatchEvent(new Event("case:changed"));
            }"""
        )
    expect(agent.page.locator("#case-act > button:not([class])")).to_have_count(0)


def test_who_has_a_case_before_him_is_seen_on_the_list_and_on_the_case(shop: Any, enter: Enter) -> None:
    """TKT-1: a disc on the row, a line on the page; whoever types is said to type; who opens it is told once."""
    refund = factories.make_return(factories.make_order(shop, sign=True))
    factories.make_return(factories.make_order(shop, sign=True))
    first = enter(factories.make_user(Role.AGENT, shop, display_name="王芳"))
    second = enter(factories.make_user(Role.AGENT, shop, display_name="张敏"))
    first.page.clock.install()
    first.go("/queue/")
    expect(first.page.locator(".there")).to_have_count(0)
    with second.page.expect_response("**/presence/here/"):
        second.go(f"/requests/{refund.refund_no}/")
    first.page.clock.fast_forward(16_000)
    mark = first.page.locator(f"tr[data-row='{refund.refund_no}'] .there")
    expect(mark).to_have_text("张")
    expect(mark).to_have_attribute("title", "张敏 正在查看")
    expect(first.page.locator(".there")).to_have_count(1)

    second.page.locator("#reply").press_sequentially("您好")
    second.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    first.page.clock.fast_forward(16_000)
    expect(mark).to_have_attribute("title", "张敏 正在输入")
    first.go(f"/requests/{refund.refund_no}/")
    expect(first.page.locator("[data-there]")).to_have_text("张敏 正在输入")
    expect(first.page.locator(".toast")).to_contain_text("张敏 正在处理")
