"""Ready words by the keyboard alone: found, put into what is typed, sent (TKT-3)."""

from typing import Any

import pytest
from playwright.sync_api import expect

from aftersales.core.models import Role
from refunds.models import Message
from tests import factories
from tickets.models import CannedReply, ReplyUse, Ticket, TicketNote

from .conftest import Enter

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]


def test_words_are_found_put_in_and_sent_by_keys(shop: Any, enter: Enter) -> None:
    """TKT-3: `.` opens, typing finds, Enter puts them where the caret stands, Esc loses nothing, Tab and Enter send."""
    refund = factories.make_refund(factories.make_order(shop))
    agent = enter(factories.make_user(Role.AGENT, shop, display_name="王芳"))
    agent.go(f"/requests/{refund.refund_no}/")
    text, find = agent.page.locator("#reply"), agent.page.locator("[data-picker-find]")
    text.fill("前后")
    text.press("ArrowLeft")
    agent.page.locator("h1").first.click()
    agent.press(".")
    expect(find).to_be_focused()
    find.press_sequentially("nss")
    expect(agent.page.locator("[role=option]:visible")).to_have_count(1)
    agent.press("Enter")
    expect(text).to_be_focused()
    words = text.input_value()
    assert words.startswith("前仓库已确认")
    assert words.endswith("后")
    assert "¥" in words
    agent.press("Escape")
    agent.page.reload()
    expect(text).to_have_value(words)  # the draft knows what a script put in

    text.press("End")
    text.press("Enter")
    agent.press("/")
    expect(find).to_be_focused()
    agent.press("ArrowDown", "Escape")
    expect(text).to_be_focused()
    assert text.input_value() == f"{words}\n"
    agent.press("/")
    expect(find).to_be_focused()
    find.press_sequentially("look")
    agent.press("Enter")
    agent.page.locator("[data-send]").click()
    expect(text).to_have_value("")
    said = Message.objects.get(refund=refund, side="seller").text
    assert said.startswith(words)
    assert refund.order.order_no in said
    assert said.endswith("祝您生活愉快！")
    assert ReplyUse.objects.get().key == "general.explanation"


def test_keys_rest_while_chinese_is_composed(shop: Any, enter: Enter) -> None:
    """TKT-3: Enter and Esc that end a composition choose no words and close nothing."""
    refund = factories.make_refund(factories.make_order(shop))
    agent = enter(factories.make_user(Role.AGENT, shop))
    agent.go(f"/requests/{refund.refund_no}/")
    text, find = agent.page.locator("#reply"), agent.page.locator("[data-picker-find]")
    text.evaluate(
        "e => { e.focus(); e.dispatchEvent(new CompositionEvent('compositionstart', {bubbles: true}));"
        " e.dispatchEvent(new KeyboardEvent('keydown', {key: '/', bubbles: true, isComposing: true})); }"
    )
    expect(agent.page.locator("[data-picker]")).to_be_hidden()
    agent.press("/")
    expect(find).to_be_focused()
    for key in ("Enter", "Escape", "ArrowDown"):
        find.evaluate(
            "(e, key) => { e.dispatchEvent(new CompositionEvent('compositionstart', {bubbles: true}));"
            " e.dispatchEvent(new KeyboardEvent('keydown', {key, bubbles: true, isComposing: true})); }",
            key,
        )
    expect(find).to_be_visible()
    expect(text).to_have_value("")
    find.evaluate(
        "e => { e.value = '差价'; e.dispatchEvent(new InputEvent('input', {bubbles: true, isComposing: true})); }"
    )
    everything = agent.page.locator("[role=option]:visible").count()
    find.evaluate("e => e.dispatchEvent(new CompositionEvent('compositionend', {bubbles: true}))")
    assert 0 < agent.page.locator("[role=option]:visible").count() < everything


def test_the_reply_of_a_ticket_takes_ready_words_and_refuses_a_gap(shop: Any, enter: Enter) -> None:
    """TKT-3: in the dialog, Esc leaves the picker and not the dialog; a variable without a value is not sent."""
    ticket = factories.make_ticket(factories.make_order(shop))
    agent = enter(factories.make_user(Role.AGENT, shop))
    agent.go(f"/tickets/{ticket.ticket_no}/")
    dialog = agent.open_dialog("m")
    text, find = dialog.locator("textarea"), dialog.locator("[data-picker-find]")
    text.press("/")
    expect(find).to_be_focused()
    agent.press("Escape")
    expect(dialog).to_be_visible()
    text.press("/")
    expect(find).to_be_focused()
    find.press_sequentially("lgs")
    agent.press("Enter")
    assert "{tracking_no}" in text.input_value()
    dialog.locator("[data-confirm]").click()
    expect(dialog.locator(".field [aria-invalid], [aria-invalid=true]").first).to_be_visible()
    assert not TicketNote.objects.filter(ticket=ticket).exists()
    text.fill("已联系快递核实")
    dialog.locator("[data-confirm]").click()
    agent.closed()
    assert TicketNote.objects.get(ticket=ticket).text.startswith("已联系快递核实\n")


def test_a_macro_is_written_and_run_by_keys(shop: Any, enter: Enter) -> None:
    """TKT-3: kept on its page, chosen with `,` on the ticket, shown with what will happen, run with Enter."""
    ticket = factories.make_ticket(factories.make_order(shop, ship=True))
    agent = enter(factories.make_user(Role.AGENT, shop))
    agent.go("/replies/")
    agent.page.locator("a[href^='/replies/new/']").first.click()
    dialog = agent.dialog
    dialog.locator("#id_title").fill("催快递")
    dialog.locator("#id_situation").select_option("logistics")
    dialog.locator("#id_text").fill("已联系{carrier}核实单号 {tracking_no}。")
    dialog.locator("summary", has_text="宏").click()
    dialog.locator("#id_waiting_for").select_option("carrier")
    dialog.locator("#id_wait_step").fill("等快递答复")
    dialog.locator("#id_wait_hours").fill("24")
    dialog.locator("[data-confirm]").click()
    agent.closed()
    assert CannedReply.objects.get().is_macro
    agent.go(f"/tickets/{ticket.ticket_no}/")
    dialog = agent.open_dialog(",")
    dialog.locator("a.picker-row").click()
    expect(dialog).to_contain_text("等快递答复")
    expect(dialog).to_contain_text(ticket.order.parcels.get().tracking_no)
    expect(dialog.locator("[data-confirm]")).to_be_focused()
    agent.press("Enter")
    agent.closed()
    assert Ticket.objects.get().status == "waiting"
    assert TicketNote.objects.filter(ticket=ticket, text__contains="催快递").exists()
