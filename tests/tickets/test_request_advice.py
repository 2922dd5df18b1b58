"""The playbook on the request page: what it recommends for real requests, why, and that it forces nothing."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.utils import translation

from aftersales.core import clock, sweeps
from aftersales.core.models import Role
from orders import services as orders
from orders.models import Order
from refunds import services as refunds
from refunds.models import Refund
from tests import factories
from tests.refunds import standings
from tests.rest import shop_caller, staff_caller
from tickets.selectors import playbook, request_looks, request_page
from tickets.selectors.request_advice import facts_of
from tickets.selectors.request_rows import request_get_for, request_rows

from .request_pages import evidence, page_of, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def root(tmp_path: Path, settings: Any) -> Path:
    settings.PRIVATE_ROOT = tmp_path
    return tmp_path


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


def advice_of(refund: Refund) -> Any:
    return request_page.request_page(factories.staff(), refund.refund_no)["advice"]


def facts(refund: Refund) -> playbook.Facts:
    fresh = request_get_for(factories.staff(), refund.refund_no)
    return facts_of(fresh, request_rows(fresh), at=clock.now())


def rule_of(refund: Refund) -> str:
    return str(advice_of(refund)["rule"])


# --- What is recommended ----------------------------------------------------------------------------------------------


def test_before_shipment_the_warehouse_comes_first():
    """RFD-1, VOI-2."""
    refund = factories.make_refund()
    assert rule_of(refund) == "unshipped"
    refunds.refund_void(refund=refund, actor=factories.staff(Role.WAREHOUSE))
    assert rule_of(refund) == "unshipped-voided"
    assert rule_of(factories.make_refund(reason="out_of_stock")) == "unshipped-late"


def test_goods_that_did_not_arrive_are_judged_by_the_age_of_the_parcel():
    """CLM-3, LOG-2: for five days the buyer is told where it is, then the carrier is asked, then it counts as lost."""
    with time_machine.travel("2026-11-01T10:00:00+08:00", tick=False) as travel:
        order = factories.make_order(ship=True)
        refund = factories.make_refund(order, reason="lost_or_empty")
        assert (rule_of(refund), advice_of(refund)["action"]) == ("missing", "contact")
        refund_of_signed = factories.make_refund(
            factories.make_order(sign=True), goods_status="not_received", reason="not_received"
        )
        assert rule_of(refund_of_signed) == "missing-signed"
        travel.shift(timedelta(days=6))
        assert (rule_of(refund), advice_of(refund)["action"]) == ("missing-stalled", "trace")
        travel.shift(timedelta(days=9))
        assert (rule_of(refund), advice_of(refund)["action"]) == ("missing-lost", "agree")


def test_damage_is_judged_by_pictures_and_by_how_soon_it_was_found():
    refund = factories.make_refund(factories.make_order(sign=True), goods_status="received", reason="damaged")
    assert rule_of(refund) == "kept-damaged-no-picture"
    evidence(refund, factories.buyer(refund.shop))
    assert rule_of(refund) == "kept-damaged-unpacking"


def test_a_return_is_followed_to_its_end():
    """DEC-1, RFD-4, RET-2."""
    refund = factories.make_return()
    assert rule_of(refund) == "return-seven-day"
    refunds.refund_agree(refund=refund, actor=factories.staff())
    assert rule_of(refund) == "return-agreed"
    refunds.refund_return_shipment(refund=refund, actor=factories.buyer(refund.shop), carrier="sf", tracking_no="SF1")
    found = advice_of(refund)
    assert (found["rule"], found["button"]) == ("return-sent", "receive")
    assert any("SF1" in step["text"] for step in found["steps"])
    failed = standings.receive(refund, passed=False)
    assert rule_of(failed) == "refused"
    refunds.refund_modify(refund=failed, actor=factories.buyer(refund.shop), changes={"description": "再看看"})
    assert (rule_of(failed), advice_of(failed)["action"]) == ("return-failed", "refuse")


def test_goods_for_goods_are_followed_to_their_end():
    """EXC-1, EXC-2, EXC-6, MIS-2, LOG-6."""
    exchange = factories.make_exchange()
    assert rule_of(exchange) == "exchange-asked"
    standings.send_back(exchange)
    assert rule_of(exchange) == "exchange-sent-back"
    standings.receive(exchange, passed=True)
    advice = advice_of(exchange)
    assert (advice["rule"], advice["button"]) == ("exchange-to-send", "ship_replacement")
    refunds.exchange_ship(refund=exchange, actor=factories.staff(), carrier="sf", tracking_no="SF9")
    assert rule_of(exchange) == "exchange-replaced"
    refunds.exchange_replacement_denied(refund=exchange, actor=factories.staff())
    assert advice_of(exchange)["action"] == "trace"
    refunds.exchange_replacement_lost(refund=exchange, actor=factories.staff())
    advice = advice_of(exchange)
    assert (advice["rule"], advice["button"]) == ("exchange-lost", "ship_replacement")
    assert rule_of(factories.make_reship()) == "reship-asked"


def test_who_was_asked_in_vain_to_correct_his_request_is_to_be_refused():
    """DEC-3: recommended, once the time is over; a later change makes it void."""
    refund = factories.make_refund(factories.make_order(sign=True), goods_status="received", reason="quality")
    proposal = refunds.proposal_make(refund=refund, actor=factories.staff(), kind="correct", to_reason="postage")
    assert rule_of(refund) != "guided-in-vain"
    with time_machine.travel(proposal.due_at + timedelta(seconds=1), tick=False):
        sweeps.sweep()
        advice = advice_of(refund)
        assert (advice["rule"], advice["action"], advice["button"]) == ("guided-in-vain", "refuse", "refuse")


def test_the_platform_and_the_money_under_way_come_before_everything_else():
    """DIS-5, RFD-3."""
    refused = standings.refuse(factories.make_return())
    assert rule_of(refused) == "refused"
    standings.dispute(refused)
    assert rule_of(refused) == "in-dispute"
    paying = standings.agree(factories.make_refund(factories.make_order(ship=True)))
    assert rule_of(paying) == "money-under-way"


def test_after_completion_the_order_is_to_be_marked():
    """APP-10."""
    order = factories.make_order(sign=True)
    orders.order_confirm_receipt(order=order, actor=factories.buyer(order.shop))
    refund = factories.make_return(Order.objects.get(pk=order.pk), reason="quality")
    found = advice_of(refund)
    assert found["rule"] == "aftersale"
    assert found["also"][0]["title"] == "Return · quality, or not as described"


def test_a_request_that_has_ended_has_no_recommendation_but_its_three_looks():
    refund = factories.make_return()
    refunds.refund_cancel(refund=refund, actor=factories.buyer(refund.shop))
    page = request_page.request_page(factories.staff(), refund.refund_no)
    assert page["advice"] is None
    assert len(page["looks"]) == 3
    assert "Recommended" not in page_of(signed_in()[0], refund)


# --- What is known ----------------------------------------------------------------------------------------------------


def test_what_is_known_of_a_request_comes_from_its_rows():
    shop = factories.make_shop("tea")
    with time_machine.travel("2026-11-01T10:00:00+08:00", tick=False) as travel:
        goods = factories.line(hot_seller=True, item_score="4.8")
        order = factories.make_order(shop, goods, sign=True, freight_insurance=True, buyer_id="b-same")
        travel.shift(timedelta(days=2, hours=3))
        standings.refuse(factories.make_return(factories.make_order(shop, sign=True, buyer_id="b-same")))
        refund = factories.make_return(order)
        found = facts(refund)
    assert found == playbook.Facts(
        status="WAIT_SELLER_AGREE",
        kind="return_refund",
        goods_status="received",
        reason="seven_day",
        phase="onsale",
        parcel="signed",
        amount_fen=10400,
        full_amount=True,
        seven_day_goods=True,
        hot_seller=True,
        insured=True,
        buyer_requests=1,
        buyer_refusals=1,
        shipped_days=2,
        signed_days=2,
        in_time=True,
        item_score=48,
        category="tea",
        shop="tea",
    )


def test_a_part_of_the_amount_and_goods_of_several_categories_are_seen():
    order = factories.make_order(None, factories.line(), factories.line(line_no="2", category="cups"), sign=True)
    lines = (refunds.LineAsk("1", 1, 5000), refunds.LineAsk("2", 1))
    found = facts(factories.make_refund(order, goods_status="received", reason="quality", lines=lines))
    assert (found.full_amount, found.category, found.given_before) == (False, None, False)


def test_what_was_given_back_before_is_seen_and_the_requests_own_promise_is_not():
    order = factories.make_order(ship=True)
    first = factories.make_refund(order, reason="lost_or_empty")
    assert not facts(standings.agree(first)).given_before
    factories.pay(first)
    again = factories.make_refund(Order.objects.get(pk=order.pk), reason="lost_or_empty")
    assert facts(again).given_before


def test_every_look_that_a_step_can_name_is_there():
    assert set(request_looks.LOOKS) == set(playbook.LOOKS)


@pytest.mark.parametrize("name", list(playbook.LOOKS))
@pytest.mark.parametrize("kind", ["unshipped", "missing", "return"])
def test_every_look_says_something_about_every_kind_of_request(name: str, kind: str):
    make = {
        "unshipped": factories.make_refund,
        "missing": lambda: factories.make_refund(factories.make_order(ship=True), reason="lost_or_empty"),
        "return": lambda: standings.send_back(factories.make_return()),
    }[kind]
    refund = request_get_for(factories.staff(), make().refund_no)
    found = request_looks.look(name, refund, request_rows(refund))
    assert found["ok"] in ("yes", "no", "unknown")
    assert found["text"]


def ticks(refund: Refund) -> dict[str, str]:
    return {step["words"]: step["ok"] for step in advice_of(refund)["steps"]}


def test_a_tick_comes_from_data_and_from_nothing_else():
    """DEC-1, DEC-2: a message is no call, a number is no answer of the carrier, nobody has seen the tags yet."""
    refund = factories.make_refund(factories.make_order(sign=True), goods_status="received", reason="not_as_described")
    ask = "Which difference: wrong goods sent, or the page shows it differently?"
    assert ticks(refund)[ask] == "unknown"
    refunds.message_write(refund=refund, actor=factories.staff(), text="您好，请问哪里不一样？")
    assert ticks(refund)[ask] == "yes"
    refunds.message_write(refund=refund, actor=factories.buyer(refund.shop), text="颜色")
    assert ticks(refund)[ask] == "unknown", "the buyer waits for an answer"
    called = factories.make_return(reason="quality")
    refunds.message_write(refund=called, actor=factories.staff(), text="您好")
    assert ticks(called)["Phone first: this reason counts against the shop"] == "unknown"
    missing = factories.make_refund(factories.make_order(ship=True), reason="lost_or_empty")
    assert ticks(missing)["Query the tracking"] == "unknown"
    seven = ticks(factories.make_return(factories.make_order(sign=True, freight_insurance=True)))
    assert seven["Applied in time"] == "yes"
    assert seven["Make sure that the goods are intact and the tags on"] == "todo"
    assert seven["Insured: it pays by itself after the return"] == "unknown"


def test_what_was_given_back_before_asks_for_attention():
    """APP-10."""
    order = factories.make_order(ship=True)
    factories.pay(standings.agree(factories.make_refund(order, reason="lost_or_empty")))
    again = factories.make_refund(Order.objects.get(pk=order.pk), reason="lost_or_empty")
    fresh = request_get_for(factories.staff(), again.refund_no)
    found = request_looks.look("amount", fresh, request_rows(fresh))
    assert found["ok"] == "no"
    assert "given back before" in found["text"]


# --- On the page ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", list(Role.values))
def test_every_role_sees_what_is_recommended_and_why(role: str):
    refund = factories.make_return()
    client, _user = signed_in(role)
    body = page_of(client, refund)
    for shown in ("Recommended: Agree to the return", "LAW-1", "within the seven days", "It recommends; you decide."):
        assert shown in body, shown
    reads = role in (Role.AGENT, Role.SUPERVISOR, Role.ADMIN)
    assert ('href="/playbook/">Playbook' in body) is reads
    assert ("data-text" in body and "Use the ready words" in body) is (
        role in (Role.AGENT, Role.SUPERVISOR, Role.WAREHOUSE)
    )


def test_in_chinese_the_rules_own_words_are_chinese():
    refund = factories.make_return()
    client, _user = signed_in()
    body = page_of(client, refund, HTTP_ACCEPT_LANGUAGE="zh-hans")
    with translation.override("zh-hans"):
        reply = str(playbook.REPLIES["how_to_return"])
    for shown in ("建议：同意退货", "退货退款 · 七天无理由", "确认商品完好、吊牌完整", reply):
        assert shown in body, shown


def test_against_the_recommendation_everything_stays_possible():
    """DEC: shown, never forced; only where it is agreed with stands a button in front of the others."""
    refund = factories.make_return(reason="quality")
    page = request_page.request_page(factories.staff(), refund.refund_no)
    assert page["advice"]["action"] == "contact"
    assert [(action["name"], action["enabled"], action["primary"]) for action in page["actions"]["main"]] == [
        ("agree", True, False),
        ("refuse", True, False),
    ]
    refunds.refund_agree(refund=refund, actor=factories.staff())
    assert rule_of(refund) == "return-agreed"
    agreed = request_page.request_page(factories.staff(), factories.make_return().refund_no)
    assert [action["primary"] for action in agreed["actions"]["main"]] == [True, False]


def test_the_warehouses_own_step_stays_in_front_for_it():
    refund = factories.make_refund()
    page = request_page.request_page(factories.staff(Role.WAREHOUSE), refund.refund_no)
    assert page["advice"]["action"] == "wait"
    assert [action["name"] for action in page["actions"]["main"] if action["primary"]] == ["void_result"]


# --- Over REST --------------------------------------------------------------------------------------------------------


def test_programs_of_the_staff_get_it_as_data():
    refund = factories.make_return()
    caller = staff_caller()
    answer = caller.get(f"/refunds/{refund.refund_no}/recommendation").json()
    found = answer["recommendation"]
    assert (answer["version"], found["rule"], found["action"]) == (1, "return-seven-day", "agree")
    assert (found["postage"], found["signs"], found["playbook_version"]) == ("buyer", ["offer_exchange"], None)
    assert found["rests_on"] == ["LAW-1", "LAW-5", "TMO-9", "DEC-5"]
    assert [step["ok"] for step in found["steps"]][:2] == ["yes", "todo"]
    refunds.refund_cancel(refund=refund, actor=factories.buyer(refund.shop))
    assert caller.get(f"/refunds/{refund.refund_no}/recommendation").json()["recommendation"] is None


def test_a_shops_front_end_is_not_told_what_the_desk_is_advised():
    refund = factories.make_return()
    assert shop_caller(refund.shop).get(f"/refunds/{refund.refund_no}/recommendation").status_code == 403
