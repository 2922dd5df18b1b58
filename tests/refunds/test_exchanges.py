"""Exchanges and reships from applying to the end, over REST and by the clock (EXC-1…6, AMT-5, TMO-13)."""

from datetime import timedelta

import pytest
import time_machine

from aftersales.core import clock, events, sweeps
from aftersales.core.models import Deadline, Role, Shop
from orders.models import Order, OrderNote
from refunds import services
from refunds.models import Refund, RefundLine, RefundPayment
from refunds.services import LineAsk
from tests import factories
from tests.checks import all_is_well
from tests.refunds.standings import agree, receive, send_back
from tests.rest import problem, shop_caller, staff_caller

pytestmark = pytest.mark.django_db

PARCEL = {"carrier": "sf", "tracking_no": "sf1402345678901"}


@pytest.fixture
def shop() -> Shop:
    return factories.make_shop()


@pytest.fixture
def order(shop) -> Order:
    return factories.make_order(shop, sign=True)


def asked(order: Order, **fields) -> dict:
    given = {"order_no": order.order_no, "kind": "exchange", "goods_status": "received", "reason": "quality"}
    line = {"line_no": "1", "quantity": 1, "exchange_sku": "浓香/罐装"}
    return {**given, "description": "罐口有裂缝", "lines": [line], **fields}


def notes(order: Order) -> list[tuple[str, str]]:
    return list(OrderNote.objects.filter(order=order).order_by("id").values_list("text", "flag"))


def test_the_whole_way_of_an_exchange(shop, order):
    """EXC-1, EXC-3: applied, agreed, sent back, received, replaced; the platform's numbers beside the codes."""
    buyer, agent, store = shop_caller(shop), staff_caller(), staff_caller(Role.WAREHOUSE)
    body = buyer.post("/refunds", asked(order)).json()
    at = f"/refunds/{body['refund_no']}"
    assert (body["status"], body["platform_status"], body["amount_fen"]) == ("EXCHANGE_WAIT_SELLER_AGREE", 1, 0)
    assert (body["lines"][0]["exchange_sku"], body["deadline"]["rule"]) == ("浓香/罐装", "TMO-13")
    receipt = Deadline.objects.get(subject_type="order", subject_id=order.pk, rule="TMO-10")
    body = agent.post(f"{at}/agree", {"version": body["version"]}).json()
    assert (body["status"], body["platform_status"]) == ("EXCHANGE_WAIT_BUYER_RETURN_GOODS", 2)
    assert body["return_address"]["address"] == order.shop.return_address["address"]
    longer = Deadline.objects.get(pk=receipt.pk)
    assert (longer.status, longer.remaining - receipt.remaining) == ("paused", timedelta(days=7))
    assert [text for text, _flag in notes(order)] == [
        f"Exchange {body['refund_no']} agreed, without a price difference.",
        "Receipt extended by 7 days.",
    ]
    body = buyer.post(f"{at}/return-shipment", {"carrier": "zto", "tracking_no": "75312345678901"}).json()
    assert body["platform_status"] == 3
    body = store.post(f"{at}/receive", {"result": "pass"}).json()
    assert (body["platform_status"], body["received_at"] is not None) == (12, True)
    body = store.post(f"{at}/ship-replacement", PARCEL).json()
    assert (body["platform_status"], body["replacement_shipment"]["tracking_no"]) == (13, "SF1402345678901")
    body = store.post(f"{at}/ship-replacement", {**PARCEL, "tracking_no": "SF2"}).json()
    assert [one["tracking_no"] for one in body["replacement_shipment"]["corrected"]] == ["SF1402345678901"]
    body = buyer.post(f"{at}/confirm-received").json()
    assert (body["status"], body["platform_status"], body["deadline"]) == ("EXCHANGE_SUCCESS", 5, None)
    assert [step["action"] for step in body["history"]][-2:] == ["ship_replacement", "confirm_received"]
    assert (Order.objects.get(pk=order.pk).open_requests, RefundPayment.objects.count()) == (0, 0)
    all_is_well()


def test_a_difference_that_the_buyer_pays_comes_first(shop, order):
    """AMT-5, EXC-2: new price less the paid share of the old; noted when agreed, settled before the goods."""
    agent = staff_caller()
    number = shop_caller(shop).post("/refunds", asked(order)).json()["refund_no"]
    body = agent.post(f"/refunds/{number}/agree", {"new_prices": [{"line_no": "1", "unit_price_fen": 12800}]}).json()
    assert (body["difference_fen"], body["difference_settled"]) == (2400, False)
    assert body["lines"][0]["exchange_price_fen"] == 12800
    assert notes(order)[0][0] == f"Exchange {number} agreed; the buyer pays a difference of ¥24.00 first."
    shop_caller(shop).post(f"/refunds/{number}/return-shipment", {"carrier": "zto", "tracking_no": "75312345678901"})
    refused = agent.post(f"/refunds/{number}/ship-replacement", PARCEL)
    problem(refused, 409, "transition_not_allowed", rule="EXC-2")
    problem(agent.post(f"/refunds/{number}/settle-difference", {}), 422, "invalid")
    settled = agent.post(f"/refunds/{number}/settle-difference", {"note": "补差价 2026112522001"}).json()
    assert settled["difference_settled"]
    problem(
        agent.post(f"/refunds/{number}/settle-difference", {"note": "x"}), 409, "transition_not_allowed", rule="AMT-5"
    )
    assert agent.post(f"/refunds/{number}/ship-replacement", PARCEL).json()["platform_status"] == 13
    all_is_well()


def test_a_difference_that_the_shop_owes_needs_a_payout(shop, order):
    """AMT-5, PAY-1: cheaper goods; what is owed goes out as a payout, not as a word."""
    agent = staff_caller()
    number = shop_caller(shop).post("/refunds", asked(order)).json()["refund_no"]
    body = agent.post(f"/refunds/{number}/agree", {"new_prices": [{"line_no": "1", "unit_price_fen": 9900}]}).json()
    assert body["difference_fen"] == -500
    problem(
        agent.post(f"/refunds/{number}/settle-difference", {"note": "欠 5 元"}), 422, "rule_violation", rule="EXC-2"
    )
    refund = Refund.objects.get(refund_no=number)
    payout = factories.make_payout(order, refund=refund, purpose="exchange_difference", amount_fen=500)
    assert agent.post(f"/refunds/{number}/settle-difference", {"note": payout.payout_no}).json()["difference_settled"]
    all_is_well()


def test_an_unknown_line_has_no_price(shop, order):
    agent = staff_caller()
    number = shop_caller(shop).post("/refunds", asked(order)).json()["refund_no"]
    wrong = agent.post(f"/refunds/{number}/agree", {"new_prices": [{"line_no": "9", "unit_price_fen": 1}]})
    assert problem(wrong, 422, "invalid")["errors"][0]["field"] == "new_prices"
    assert Refund.objects.get().status == "EXCHANGE_WAIT_SELLER_AGREE"


def test_an_urgent_buyer_gets_the_replacement_first_and_the_return_is_followed(shop, order):
    """EXC-4: promised, sent while the return is on its way, escalated when it does not come, ended by a supervisor."""
    agent = staff_caller()
    number = shop_caller(shop).post("/refunds", asked(order)).json()["refund_no"]
    agent.post(f"/refunds/{number}/agree", {"ships_first": True})
    problem(agent.post(f"/refunds/{number}/ship-replacement", PARCEL), 409, "transition_not_allowed")
    shop_caller(shop).post(f"/refunds/{number}/return-shipment", {"carrier": "zto", "tracking_no": "75312345678901"})
    problem(agent.post(f"/refunds/{number}/ship-replacement", PARCEL), 409, "confirmation_required", rule="EXC-4")
    body = agent.post(f"/refunds/{number}/ship-replacement", PARCEL | {"scan_seen": True}).json()
    assert (body["received_at"], body["deadline"]["rule"]) == (None, "EXC-4")
    problem(shop_caller(shop).post(f"/refunds/{number}/confirm-received"), 409, "transition_not_allowed", rule="EXC-4")
    refund = Refund.objects.get()
    with time_machine.travel(refund.due_at + timedelta(seconds=1), tick=False):
        assert sweeps.sweep().acted == 1
        while events.deliver():
            continue
        late = Refund.objects.get()
        assert (late.status, late.marked_overdue, late.due_at) == (refund.status, True, None)
        assert waiting(late) == {("follow_return", "agent"), ("return_missing", "supervisor")}
        all_is_well()
    body = staff_caller(Role.WAREHOUSE).post(f"/refunds/{number}/receive", {"result": "pass"}).json()
    assert (body["platform_status"], body["deadline"]["action"]) == (13, "confirm_received")
    while events.deliver():
        continue
    assert waiting(late) == set()
    assert shop_caller(shop).post(f"/refunds/{number}/confirm-received").json()["platform_status"] == 5
    while events.deliver():
        continue
    assert waiting(late) == {("remind_receipt", "agent")}  # EXC-6
    all_is_well()


def waiting(refund: Refund) -> set[tuple[str, str]]:
    return set(refund.tasks.filter(done_at=None).values_list("kind", "role"))


def test_what_comes_back_unfit_after_the_replacement_went_is_a_supervisors(shop, order):
    """EXC-4, RET-2: nothing is left to refuse, so the findings are kept and somebody has to talk to the buyer."""
    refund = factories.make_exchange(order)
    services.refund_agree(refund=refund, actor=factories.staff(), ships_first=True)
    buyer = factories.buyer(shop)
    services.refund_return_shipment(refund=refund, actor=buyer, carrier="sf", tracking_no="SF1")
    services.exchange_ship(refund=refund, actor=factories.staff(), carrier="sf", tracking_no="SF2")
    moved = receive(refund, passed=False)
    while events.deliver():
        continue
    assert (moved.status, moved.inspections.get().passed) == ("EXCHANGE_WAIT_BUYER_CONFIRM_GOODS", False)
    assert waiting(moved) == {("return_failed", "supervisor")}
    all_is_well()


@pytest.mark.parametrize(
    ("stands", "status"),
    [
        ("agreed", "WAIT_BUYER_RETURN_GOODS"),
        ("sent", "WAIT_SELLER_CONFIRM_GOODS"),
        ("received", "WAIT_SYSTEM_TRANSFER"),
    ],
)
def test_a_refund_goes_on_where_the_goods_are(shop, order, stands, status):
    """EXC-1: no stock; the exchange ends with its history, and the refund does not begin anew."""
    refund = factories.make_exchange(order, lines=[LineAsk("1", 2)])
    refund = agree(refund) if stands == "agreed" else send_back(refund)
    if stands == "received":
        refund = receive(refund, passed=True)
    body = staff_caller().post(f"/refunds/{refund.refund_no}/to-refund", {"note": "无货"}).json()
    assert (body["status"], body["kind"], body["turned_from"]) == (status, "return_refund", refund.refund_no)
    assert (body["amount_fen"], body["postage_fen"]) == (21600, 800)  # a quality fault, and all goods come back
    old = staff_caller().get(f"/refunds/{refund.refund_no}").json()
    assert (old["status"], old["platform_status"], old["turned_into"]) == ("EXCHANGE_TO_REFUND", 14, body["refund_no"])
    assert (body["return_shipment"] or {}).get("tracking_no") == (None if stands == "agreed" else "SF123")
    assert RefundPayment.objects.count() == (stands == "received")
    now = Order.objects.get(pk=order.pk)
    assert (now.open_requests, now.promised_fen) == (1, 21600 if stands == "received" else 0)
    assert Deadline.objects.get(subject_type="order", rule="TMO-10").status == "paused"
    all_is_well()


def test_nothing_is_paid_while_the_replacement_is_with_the_buyer(shop, order):
    """EXC-1: the goods are back, but others left; the refund is decided anew and waits for those."""
    refund = receive(send_back(factories.make_exchange(order)), passed=True)
    store = staff_caller(Role.WAREHOUSE)
    store.post(f"/refunds/{refund.refund_no}/ship-replacement", PARCEL)
    body = staff_caller().post(f"/refunds/{refund.refund_no}/to-refund", {"note": "换来的也有裂缝"}).json()
    assert (body["status"], body["kind"], body["return_shipment"]) == ("WAIT_SELLER_AGREE", "return_refund", None)
    assert (body["deadline"]["rule"], RefundPayment.objects.count()) == ("TMO-3", 0)
    body = staff_caller().post(f"/refunds/{body['refund_no']}/agree").json()
    assert (body["status"], RefundPayment.objects.count()) == ("WAIT_BUYER_RETURN_GOODS", 0)
    all_is_well()


def test_what_the_buyer_paid_on_top_is_owed_when_it_becomes_a_refund(shop, order):
    """ORD-5, AMT-5: a yellow note, since it was no part of the order's sum."""
    refund = factories.make_exchange(order)
    services.refund_agree(refund=refund, actor=factories.staff(), new_prices={"1": 12400})
    services.exchange_settle_difference(refund=refund, actor=factories.staff(), note="2026112522001")
    new = services.exchange_to_refund(refund=refund, actor=factories.staff())
    text, flag = notes(order)[-1]
    assert (flag, "¥20.00" in text, new.amount_fen) == ("yellow", True, 10400)
    assert Order.objects.get(pk=order.pk).seller_flag == "yellow"


def test_the_clock_carries_a_forgotten_exchange_to_a_refund(shop, order):
    """TMO-13: agreed after 5 days; received after 10; not sent in 3 days, the money goes back."""
    refund = factories.make_exchange(order)
    tick(refund, 5)
    assert now(refund).status == "EXCHANGE_WAIT_BUYER_RETURN_GOODS"
    with time_machine.travel(clock.now() + timedelta(days=6), tick=True):
        buyer = factories.buyer(shop)
        services.refund_return_shipment(refund=now(refund), actor=buyer, carrier="sf", tracking_no="SF1")
    tick(refund, 10)
    assert now(refund).status == "EXCHANGE_WAIT_SELLER_SEND_GOODS"
    tick(refund, 3)
    new = Refund.objects.get(turned_from=refund)
    assert (now(refund).status, new.status, new.amount_fen) == ("EXCHANGE_TO_REFUND", "WAIT_SYSTEM_TRANSFER", 10400)
    all_is_well(at=new.created_at)


@pytest.mark.parametrize("limit", [1, 100])
def test_two_exchanges_of_one_order_turn_and_the_postage_goes_back_once(shop, limit):
    """AMT-4, EXC-1, TMO-13: one after the other or in one sweep, together they give back what was paid."""
    order = factories.make_order(shop, factories.line(), factories.line(line_no="2"), sign=True)
    owed = [factories.make_exchange(order, lines=[LineAsk(number, 2)]) for number in "12"]
    owed = [receive(send_back(refund), passed=True) for refund in owed]
    with time_machine.travel(max(refund.due_at for refund in owed) + timedelta(seconds=1), tick=False):
        while sweeps.sweep(limit=limit).acted:
            continue
    turned = Refund.objects.filter(turned_from__in=owed)
    assert sorted(turned.values_list("amount_fen", "postage_fen")) == [(20800, 0), (21600, 800)]
    assert Order.objects.get(pk=order.pk).left_fen == 0


def now(refund: Refund) -> Refund:
    return Refund.objects.get(pk=refund.pk)


def tick(refund: Refund, days: int) -> None:
    """Let the clock act on the request's deadline, which is `days` after it came into this state."""
    present = now(refund)
    assert round((present.due_at - present.updated_at) / timedelta(days=1)) == days
    with time_machine.travel(present.due_at + timedelta(seconds=1), tick=False):
        while sweeps.sweep().acted:
            continue


def test_a_reship_sends_what_is_missing_and_nothing_comes_back(shop):
    """APP-1, MIS-2: 补寄; what is not sent in time is decided as a refund by a person."""
    order = factories.make_order(shop, ship=True)
    body = shop_caller(shop).post("/refunds", asked(order, kind="reship", reason="lost_or_empty")).json()
    agent = staff_caller()
    body = agent.post(f"/refunds/{body['refund_no']}/agree").json()
    assert (body["platform_status"], body["return_address"]) == (12, None)
    assert notes(order)[0][0] == f"Reship {body['refund_no']} agreed."
    new = agent.post(f"/refunds/{body['refund_no']}/to-refund").json()
    assert (new["kind"], new["status"], new["amount_fen"]) == ("refund_only", "WAIT_SELLER_AGREE", 10400)
    all_is_well()


def test_the_buyer_may_want_money_instead_and_goods_again(shop, order):
    """APP-8: one request, whatever is asked; kept as versions, the seller's clock anew."""
    buyer = shop_caller(shop)
    number = buyer.post("/refunds", asked(order)).json()["refund_no"]
    money = buyer.patch(f"/refunds/{number}", {"kind": "return_refund"}).json()
    assert (money["status"], money["amount_fen"], money["deadline"]["rule"]) == ("WAIT_SELLER_AGREE", 10400, "TMO-3")
    goods = buyer.patch(f"/refunds/{number}", {"kind": "exchange"}).json()
    assert (goods["status"], goods["amount_fen"], goods["deadline"]["rule"]) == (
        "EXCHANGE_WAIT_SELLER_AGREE",
        0,
        "TMO-13",
    )
    refund = Refund.objects.get()
    assert list(refund.versions.values_list("number", flat=True)) == [1, 2, 3]
    all_is_well()


def test_agreed_prices_outlive_a_failed_inspection(shop, order):
    """AMT-5: the buyer changes his words after the goods came back; what was agreed stays agreed."""
    refund = factories.make_exchange(order)
    services.refund_agree(refund=refund, actor=factories.staff(), new_prices={"1": 12400})
    services.refund_return_shipment(refund=refund, actor=factories.buyer(shop), carrier="sf", tracking_no="SF1")
    receive(refund, passed=False)
    moved = services.refund_modify(refund=now(refund), actor=factories.buyer(shop), changes={"description": "吊牌在"})
    assert (moved.status, moved.difference_fen) == ("EXCHANGE_WAIT_SELLER_CONFIRM_GOODS", 2000)
    assert RefundLine.objects.get(refund=moved).exchange_price_fen == 12400
    all_is_well()


def test_receipt_of_the_order_ends_an_exchange_whose_replacement_is_on_its_way(shop, order):
    """ORD-7, EXC-6: told to the buyer first; what the shop still has to send cannot be closed by it."""
    replaced = services.exchange_ship(
        refund=receive(send_back(factories.make_exchange(order)), passed=True),
        actor=factories.staff(),
        carrier="sf",
        tracking_no="SF2",
    )
    buyer = shop_caller(shop)
    problem(buyer.post(f"/orders/{order.order_no}/confirm-receipt"), 409, "transition_not_allowed", rule="ORD-7")
    buyer.post(f"/orders/{order.order_no}/confirm-receipt", {"close_open_requests": True})
    assert (now(replaced).status, Order.objects.get(pk=order.pk).status) == ("EXCHANGE_SUCCESS", "TRADE_FINISHED")
    owed = factories.make_order(shop, sign=True)
    receive(send_back(factories.make_exchange(owed)), passed=True)
    problem(
        buyer.post(f"/orders/{owed.order_no}/confirm-receipt", {"close_open_requests": True}),
        409,
        "transition_not_allowed",
        rule="ORD-7",
    )
