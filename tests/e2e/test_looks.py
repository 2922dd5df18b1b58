"""How every page looks to somebody: in both languages, dark, on a telephone, at twice the size, and read aloud."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import ViewportSize, expect

from aftersales.core.models import Role
from aftersales.core.webhooks import endpoints
from logistics import services as logistics
from refunds import services as refunds
from refunds.models import Difference, Refund, RefundPayment
from tests import factories
from tests.logistics.attention_world import denied, outward, scanned, sent_back
from tests.logistics.test_lost_replacements import replaced
from tests.refunds import standings
from tickets import services as workbench

from .conftest import Enter
from .console import DESK, PHONE, zh

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]

ZOOMED: ViewportSize = {"width": 683, "height": 384}  # 1366 × 768 at 200 %


def pages_of(shop: Any) -> Iterator[tuple[str, str]]:
    """The main pages with something on them, each with a role that works there."""
    decided = factories.make_return(factories.make_order(shop, sign=True))
    evidence = [factories.make_evidence(shop)]
    agent = factories.staff()
    refunds.refund_refuse(refund=decided, actor=agent, reason="abuse", message="已使用过", evidence_ids=evidence)
    standings.dispute(Refund.objects.get(pk=decided.pk))
    opened = factories.make_return(factories.make_order(shop, sign=True), description="尺码不合适")
    factories.make_refund(factories.make_order(shop))
    standings.send_back(factories.make_return(factories.make_order(shop, sign=True)))
    paying = standings.agree(factories.make_refund(factories.make_order(shop, ship=True), reason="lost_or_empty"))
    refunds.payment_send(payment=RefundPayment.objects.get(refund=paying))
    swapped = factories.make_exchange(factories.make_order(shop, sign=True))
    refunds.refund_agree(refund=swapped, actor=agent, new_prices={"1": 12800})
    owed = standings.receive(
        standings.send_back(factories.make_exchange(factories.make_order(shop, sign=True))), passed=True
    )
    asked = factories.make_exchange(factories.make_order(shop, sign=True))
    for number, more in (
        (swapped, ""),
        (swapped, "settle-difference/"),
        (asked, "agree/"),
        (owed, "ship-replacement/"),
    ):
        yield Role.AGENT, f"/requests/{number.refund_no}/{more}"
    yield Role.AGENT, "/queue/?tab=goods"
    for path in ("queue/?tab=all", f"requests/{opened.refund_no}/", f"requests/{opened.refund_no}/refuse/"):
        yield Role.AGENT, f"/{path}"
    yield Role.AGENT, f"/orders/{opened.order.order_no}/"
    payout = factories.make_payout(opened.order, refund=opened)
    refunds.payout_submit(payout=payout, actor=agent)
    yield Role.AGENT, f"/payouts/new/?refund={opened.refund_no}"
    claim = factories.submitted_claim(factories.make_claim(factories.make_order(shop, ship=True)))
    sent = factories.make_order(shop, ship=True).order_no
    for path in (
        "",
        "?tab=carrier",
        "carriers/",
        f"{claim.claim_no}/",
        f"{claim.claim_no}/reject/",
        f"new/?order={sent}",
    ):
        yield Role.AGENT, f"/claims/{path}"
    ticket = factories.make_ticket(opened.order, agent, priority="urgent")
    workbench.ticket_note(ticket=ticket, actor=agent, text="没接，晚上再打", form="phone", reached=False)
    workbench.ticket_promise(ticket=ticket, actor=agent, what="明天回电", due_at=ticket.due_at)
    for path in ("", "?tab=all", f"{ticket.ticket_no}/", f"{ticket.ticket_no}/contact/", "new/", "hand-over/"):
        yield Role.AGENT, f"/tickets/{path}"
    parcel = sent_back("YT7654321234567", factories.make_order(shop, sign=True)).parcels.get(direction="return")
    scanned(parcel, "2", "门店已关门")
    denied(outward(shop))
    logistics.parcels_watch()
    needs = parcel.attentions.get()
    for path in ("parcels/", f"parcels/{needs.pk}/settle/", f"orders/{parcel.order.order_no}/"):
        yield Role.AGENT, f"/{path}"
    yield Role.AGENT, f"/requests/{parcel.refund.refund_no}/"
    invoice = factories.make_invoice(opened.order, amount_fen=100)
    for path in ("", "?tab=issue", f"{invoice.request_no}/", f"{invoice.request_no}/correct/", f"new/?order={sent}"):
        yield Role.AGENT, f"/invoices/{path}"
    yield Role.FINANCE, f"/invoices/{invoice.request_no}/issue/"
    complaint = factories.make_complaint(opened.order)
    for path in ("", f"{complaint.complaint_no}/", f"{complaint.complaint_no}/reply/", f"new/?order={sent}"):
        yield Role.AGENT, f"/complaints/{path}"
    survey = factories.make_survey(opened.order, kind="sheet", matter="service")
    for path in ("", "calls/", "answers/", f"{survey.survey_no}/", f"{survey.survey_no}/reach/"):
        yield Role.AGENT, f"/surveys/{path}"
    yield Role.AGENT, f"/warranty/{sent}/1/"
    hook = factories.make_webhook(shop)
    message = endpoints.endpoint_ping(endpoint=hook, actor=factories.buyer(shop))
    Difference.objects.create(
        provider="alipay", day="2026-11-20", kind="amount", number="RP1", detail="", found_at=message.created_at
    )
    for path in ("warehouse/", "warehouse/?tab=receive", "warehouse/?tab=receive&q=SF123", "warehouse/?tab=send"):
        yield Role.WAREHOUSE, f"/{path}"
    yield Role.WAREHOUSE, f"/warehouse/{owed.refund_no}/send/"
    listed = factories.make_void_list(shop)
    line = listed.lines.first()
    for more in ("", f"{listed.list_no}/", f"{listed.list_no}/{line.refund.refund_no}/?result=already_shipped"):
        yield Role.WAREHOUSE, f"/void-lists/{more}"
    lies = logistics.unclaimed_record(shop=shop, actor=agent, contents="短靴一双", shelf="U-01", tracking_no="SF1")
    for path in ("?tab=unclaimed", "?tab=unrefunded", "unclaimed/new/", f"unclaimed/{lies.parcel_no}/match/"):
        yield Role.WAREHOUSE, f"/warehouse/{path}"
    lost, went = replaced(shop)
    for path in (f"orders/{went.order.order_no}/parcels/{went.pk}/lost/", f"requests/{lost.refund_no}/"):
        yield Role.AGENT, f"/{path}"
    logistics.parcel_confirm_lost(parcel=went, actor=agent)
    yield Role.AGENT, f"/requests/{lost.refund_no}/"
    for path in ("payouts/export/?tab=approve", "payments/", "payments/?tab=notices", "payouts/"):
        yield Role.FINANCE, f"/{path}"
    for path in (f"payouts/{payout.payout_no}/", "reconciliation/"):
        yield Role.FINANCE, f"/{path}"
    for path in ("reconciliation/?tab=bills", f"payouts/{payout.payout_no}/payee/"):
        yield Role.FINANCE, f"/{path}"
    for path in ("webhooks/", f"webhooks/{hook.pk}/", f"webhooks/{hook.pk}/messages/{message.pk}/"):
        yield Role.SUPERVISOR, f"/{path}"
    for path in (f"search/?q={opened.refund_no}", "disputes/", "deadlines/?tab=others", "tasks/", "policies/"):
        yield Role.SUPERVISOR, f"/{path}"
    for path in ("", "yuantong/"):
        yield Role.SUPERVISOR, f"/carriers/{path}"
    boss = factories.staff(Role.SUPERVISOR)
    draft = workbench.draft_start(actor=boss)
    rules = [*draft.rules[:-1], {**draft.rules[0], "id": "again"}, draft.rules[-1]]
    workbench.draft_save(draft=draft, actor=boss, rules=rules, version=1)
    for path in ("", "program/", f"{draft.pk}/", f"{draft.pk}/rules/20/", f"{draft.pk}/trial/", f"{draft.pk}/publish/"):
        yield Role.SUPERVISOR, f"/playbook/{path}"
    for path in (
        "operations/",
        "help/states/",
        "help/states/refund-money/?here=WAIT_SELLER_AGREE",
        "orders/import/",
        "account/password/",
    ):
        yield Role.SUPERVISOR, f"/{path}"


def test_every_page_fits_and_can_be_read_aloud(shop: Any, enter: Enter) -> None:
    phone, desk = enter(viewport=PHONE), enter(language="en", color_scheme="dark")
    faults, at = [], ""
    second = factories.make_shop()  # with a second one the choice of the shop stands in the top bar as well
    for role, path in pages_of(shop):
        if role != at:
            user, at = factories.make_user(role, shop, second), role
            phone.become(user)
            desk.become(user)
        phone.go(path)
        desk.go(path)
        faults += [f"{path} (zh, phone) {barrier}" for barrier in phone.barriers()]
        faults += [f"{path} (en, dark) {barrier}" for barrier in desk.barriers()]
        desk.page.set_viewport_size(ZOOMED)
        for seat, words in ((phone, "a phone"), (desk, "twice the size")):
            if seat.sideways > 0:
                faults.append(f"{path} is {seat.sideways} px too wide for {words}")
        desk.page.set_viewport_size(DESK)
        expect(desk.page.locator("html")).to_have_attribute("lang", "en")
        expect(phone.page.locator("html")).to_have_attribute("lang", "zh-hans")
    assert not faults, "\n".join(faults)


def test_language_theme_and_room_are_as_somebody_wants_them(shop: Any, enter: Enter) -> None:
    agent = enter(factories.make_user(Role.AGENT, shop))
    agent.go("/queue/?tab=all")
    agent.sees(zh("Nothing waits here"))
    factories.make_refund(factories.make_order(shop))
    agent.page.reload()
    agent.sees("退款编号")
    menu = agent.page.locator(".top details").last
    menu.locator("summary").click()
    with agent.page.expect_response("**/account/theme/"):
        menu.locator("button[name=theme][value=dark]").click()
    html = agent.page.locator("html")
    expect(html).to_have_attribute("data-theme", "dark")
    light = "rgb(255, 255, 255)"
    assert agent.page.evaluate("getComputedStyle(document.body).backgroundColor") != light
    agent.page.reload()
    expect(html).to_have_attribute("data-theme", "dark")
    menu.locator("summary").click()
    menu.locator("button[value=en]").click()
    expect(html).to_have_attribute("lang", "en")
    assert agent.page.url.endswith("/queue/?tab=all")
    agent.sees("Refund no.")
    menu.locator("summary").click()
    menu.locator("button[value=zh-hans]").click()
    expect(html).to_have_attribute("lang", "zh-hans")
    agent.sees("退款编号")

    # from 1600 px a case opens beside the list
    for _ in range(3):
        factories.make_return(factories.make_order(shop, sign=True))
    agent.page.set_viewport_size({"width": 1920, "height": 1080})
    agent.go("/queue/")
    agent.press("j", "Enter")
    title = agent.page.locator("#side h1")
    expect(title).to_be_visible()
    first = title.inner_text()
    agent.press("j")
    expect(title).not_to_have_text(first)
    agent.open_dialog("a")
    agent.press("Escape")
    agent.closed()
    agent.page.reload()
    expect(title).to_be_visible()
    agent.press("u")
    expect(title).to_have_count(0)
    assert "/queue/" in agent.page.url
