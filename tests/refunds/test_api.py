"""The routes of requests from the buyer's side and their document (api.md, Refund, return and exchange requests)."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine

from aftersales.core.models import Role
from orders.models import Order
from refunds.models import Refund, RefundVersion
from tests import factories
from tests.helpers import statements, unchanged
from tests.rest import fields, nobody, problem, shop_caller, staff_caller

pytestmark = pytest.mark.django_db

START = datetime(2026, 11, 5, 1, 0, tzinfo=UTC)


@pytest.fixture
def clock_stands():
    with time_machine.travel(START, tick=False) as traveller:
        yield traveller


def asked(order: Order, **changes: Any) -> dict[str, Any]:
    body = {
        "order_no": order.order_no,
        "kind": "return_refund",
        "goods_status": "received",
        "reason": "seven_day",
        "description": "口味不合适",
        "lines": [{"line_no": "1", "quantity": 1}],
        "evidence": [],
    }
    return body | changes


UNSHIPPED = {"kind": "refund_only", "goods_status": "not_received", "reason": "no_longer_wanted"}


def test_applying_gives_the_whole_document(clock_stands) -> None:
    """APP-1…7, AMT-1, TMO-3: one of two tins, so half of 208.00; three days for the seller."""
    order = factories.make_order(sign=True)
    caller = shop_caller(order.shop)
    answer = caller.post("/refunds", asked(order))
    body = answer.json()
    assert answer.status_code == 201, body
    assert answer["ETag"] == '"1"'
    number = body["refund_no"]
    assert number.startswith("RF20261105")
    name = body["history"][0]["actor"]
    assert body == {
        "refund_no": number,
        "order_no": order.order_no,
        "shop": order.shop.code,
        "buyer": {"id": order.buyer.buyer_id, "nick": "茶友小李"},
        "kind": "return_refund",
        "goods_status": "received",
        "phase": "onsale",
        "reason": "seven_day",
        "status": "WAIT_SELLER_AGREE",
        "status_label": "Applied, waiting for the seller to agree",
        "platform_status": 1,
        "amount_fen": 10400,
        "postage_fen": 0,
        "refunded_fen": 0,
        "attempt": 1,
        "refusals": 0,
        "refusal_reason": None,
        "void_result": None,
        "in_dispute": False,
        "ships_first": False,
        "difference_fen": 0,
        "difference_settled": False,
        "replacement_trouble": "",
        "settlement": [],
        "turned_from": None,
        "turned_into": None,
        "version": 1,
        "created_at": "2026-11-05T01:00:00Z",
        "updated_at": "2026-11-05T01:00:00Z",
        "finished_at": None,
        "received_at": None,
        "description": "口味不合适",
        "lines": [
            {
                "line_no": "1",
                "item_id": "tea-07",
                "goods_no": "TGY-250",
                "title": "铁观音 250g",
                "sku": "清香/罐装",
                "quantity": 1,
                "amount_fen": 10400,
                "held_fen": 0,
                "exchange_sku": None,
                "exchange_price_fen": None,
            }
        ],
        "deadline": {"at": "2026-11-08T01:00:00Z", "action": "agree", "paused": False, "rule": "TMO-3"},
        "allowed_actions": [
            {"action": "modify", "allowed": True},
            {"action": "cancel", "allowed": True},
            {
                "action": "return_shipment",
                "allowed": False,
                "why_not": "Not possible while the state is “Applied, waiting for the seller to agree”.",
            },
            {
                "action": "intervention",
                "allowed": False,
                "why_not": "The buyer may ask the platform after a refusal, either side once the waiting time is over.",
                "rule": "RFD-7",
            },
            {
                "action": "settle",
                "allowed": False,
                "why_not": "The platform has not been asked to step in.",
                "rule": "DIS-1",
            },
        ],
        "dispute": None,
        "return_address": None,
        "return_shipment": None,
        "replacement_shipment": None,
        "inspection": None,
        "payment": None,
        "proposals": [],
        "messages": [],
        "evidence": [],
        "history": [
            {
                "at": "2026-11-05T01:00:00Z",
                "actor": name,
                "actor_kind": "buyer",
                "action": "apply",
                "from": None,
                "to": "WAIT_SELLER_AGREE",
                "note": "",
                "version": 1,
            }
        ],
    }
    assert caller.get(f"/refunds/{number}").json() == body


def test_labels_are_in_the_language_that_the_caller_accepts() -> None:
    refund = factories.make_return()
    caller = shop_caller(refund.shop)
    chinese = caller.client.get(f"/api/v1/refunds/{refund.refund_no}", HTTP_ACCEPT_LANGUAGE="zh-CN")
    assert chinese["Content-Language"] == "zh-hans"
    assert caller.get(f"/refunds/{refund.refund_no}")["Content-Language"] == "en"


def test_each_role_is_offered_its_own_actions() -> None:
    refund = factories.make_return()
    names = {
        role: [
            entry["action"]
            for entry in staff_caller(role).get(f"/refunds/{refund.refund_no}").json()["allowed_actions"]
        ]
        for role in (Role.AGENT, Role.WAREHOUSE, Role.FINANCE, Role.SUPERVISOR)
    }
    assert names[Role.FINANCE] == []
    assert names[Role.WAREHOUSE] == ["void_result", "return_shipment", "receive"]
    assert names[Role.AGENT] == [
        "modify",
        "cancel",
        "agree",
        "refuse",
        "void_result",
        "return_shipment",
        "receive",
        "intervention",
        "settle",
    ]
    assert set(names[Role.SUPERVISOR]) - set(names[Role.AGENT]) == {"decision"}


def test_applying_needs_an_idempotency_key_and_repeats_its_first_answer() -> None:
    order = factories.make_order(sign=True)
    caller = shop_caller(order.shop)
    with unchanged():
        problem(caller.post("/refunds", asked(order), key=None), 400, "idempotency_key_required")
    first = caller.post("/refunds", asked(order), key="k")
    again = caller.post("/refunds", asked(order), key="k")
    assert (first.status_code, again.status_code, again.content) == (201, 201, first.content)
    assert again["Idempotency-Replayed"] == "true"
    assert Refund.objects.count() == 1
    with unchanged():
        other = caller.post("/refunds", asked(order, reason="quality"), key="k")
        problem(other, 422, "idempotency_key_reused")


@pytest.mark.parametrize(
    ("change", "status", "code", "rule"),
    [
        ({"kind": "repair"}, 422, "kind_not_available", "APP-1"),
        ({"goods_status": "not_received"}, 422, "rule_violation", "APP-2"),
        ({"reason": "lost_or_empty"}, 422, "rule_violation", "APP-3"),
        ({"lines": [{"line_no": "9", "quantity": 1}]}, 422, "rule_violation", "APP-7"),
        ({"lines": [{"line_no": "1", "quantity": 3}]}, 422, "rule_violation", "APP-7"),
        ({"lines": [{"line_no": "1", "quantity": 1}] * 2}, 422, "rule_violation", "APP-7"),
        ({"lines": [{"line_no": "1", "quantity": 1, "amount_fen": 10401}]}, 422, "rule_violation", "AMT-2"),
        ({"lines": [{"line_no": "1", "quantity": 1, "amount_fen": 0}]}, 422, "rule_violation", "AMT-1"),
    ],
)
def test_what_breaks_a_rule_names_it(change: dict[str, Any], status: int, code: str, rule: str) -> None:
    order = factories.make_order(sign=True)
    caller = shop_caller(order.shop)
    with unchanged():
        problem(caller.post("/refunds", asked(order, **change)), status, code, rule)


def test_the_rules_of_time_escrow_and_state() -> None:
    """ORD-3, APP-4, TMO-8, TMO-9, LAW-1."""
    shop = factories.make_shop()
    caller = shop_caller(shop)
    with time_machine.travel(START, tick=False) as traveller:
        plain = factories.make_order(shop, factories.line(seven_day_return=False), sign=True)
        direct = factories.make_order(shop, sign=True, escrow=False)
        unpaid = factories.make_order(shop, paid_at=None)
        signed = factories.make_order(shop, sign=True)
        unshipped = factories.make_order(shop)
        with unchanged():
            problem(caller.post("/refunds", asked(plain)), 422, "rule_violation", "LAW-1")
            problem(caller.post("/refunds", asked(direct)), 422, "rule_violation", "ORD-3")
            stopped = problem(caller.post("/refunds", asked(unpaid)), 409, "conflict", "APP-4")
            problem(caller.post("/refunds", asked(unshipped)), 422, "rule_violation", "APP-4")
        assert stopped["status_now"] == "WAIT_BUYER_PAY"
        traveller.shift(timedelta(days=8))
        with unchanged():
            problem(caller.post("/refunds", asked(signed)), 422, "rule_violation", "TMO-9")
        caller.post(f"/orders/{signed.order_no}/confirm-receipt")
        traveller.shift(timedelta(days=15, seconds=1))
        with unchanged():
            problem(caller.post("/refunds", asked(signed, reason="quality")), 422, "rule_violation", "TMO-8")


def test_a_line_has_one_open_request() -> None:
    """APP-7."""
    order = factories.make_order(sign=True)
    caller = shop_caller(order.shop)
    caller.post("/refunds", asked(order))
    with unchanged():
        problem(caller.post("/refunds", asked(order)), 409, "request_open", "APP-7")


@pytest.mark.parametrize(
    ("change", "field", "code"),
    [
        ({"order_no": "a b"}, "order_no", "invalid"),
        ({"order_no": 5}, "order_no", "invalid"),
        ({"kind": "gift"}, "kind", "invalid_choice"),
        ({"goods_status": "unknown"}, "goods_status", "invalid_choice"),
        ({"reason": "bad weather"}, "reason", "invalid_choice"),
        ({"reason": None}, "reason", "null"),
        ({"description": "x" * 2001}, "description", "max_length"),
        ({"lines": []}, "lines", "empty"),
        ({"lines": [{"line_no": "1"}]}, "lines[0].quantity", "required"),
        ({"lines": [{"line_no": "1", "quantity": "1"}]}, "lines[0].quantity", "invalid"),
        ({"lines": [{"line_no": "1", "quantity": 0}]}, "lines[0].quantity", "min_value"),
        ({"lines": [{"line_no": "1", "quantity": 1, "amount_fen": -1}]}, "lines[0].amount_fen", "min_value"),
        ({"lines": [{"line_no": "1", "quantity": 1, "amount_fen": 10**19}]}, "lines[0].amount_fen", "max_value"),
        ({"evidence": "ev_1"}, "evidence", "not_a_list"),
        ({"evidence": [5]}, "evidence[0]", "invalid"),
        ({"evidence": ["ev_unknown"]}, "evidence[0]", "unknown_evidence"),
    ],
)
def test_a_wrong_field_is_named(change: dict[str, Any], field: str, code: str) -> None:
    order = factories.make_order(sign=True)
    caller = shop_caller(order.shop)
    with unchanged():
        body = problem(caller.post("/refunds", asked(order, **change)), 422, "invalid")
    assert fields(body) == {(field, code)}


def test_an_order_of_another_shop_does_not_exist() -> None:
    order = factories.make_order(sign=True)
    stranger = shop_caller(factories.make_shop())
    with unchanged():
        problem(stranger.post("/refunds", asked(order)), 404, "not_found")
        problem(nobody().post("/refunds", asked(order)), 401, "not_authenticated")
        problem(staff_caller(Role.WAREHOUSE).post("/refunds", asked(order)), 403, "forbidden")


def test_modifying_is_kept_as_a_version_and_restarts_the_clock(clock_stands) -> None:
    """APP-8."""
    order = factories.make_order(sign=True)
    caller = shop_caller(order.shop)
    number = caller.post("/refunds", asked(order)).json()["refund_no"]
    clock_stands.shift(timedelta(hours=5))
    answer = caller.patch(
        f"/refunds/{number}", {"reason": "quality", "lines": [{"line_no": "1", "quantity": 2}], "version": 1}
    )
    body = answer.json()
    assert (answer.status_code, body["version"], body["reason"], body["amount_fen"]) == (200, 2, "quality", 21600)
    assert body["deadline"] == {"at": "2026-11-08T06:00:00Z", "action": "agree", "paused": False, "rule": "TMO-3"}
    assert [row.asked["reason"] for row in RefundVersion.objects.all()] == ["seven_day", "quality"]
    with unchanged():
        problem(caller.patch(f"/refunds/{number}", {"reason": "other"}, HTTP_IF_MATCH='"1"'), 412, "stale_version")
        assert fields(problem(caller.patch(f"/refunds/{number}", {"version": 2}), 422, "invalid")) == {("", "required")}
        problem(caller.patch(f"/refunds/{number}", {"reason": "not_received"}), 422, "rule_violation", "APP-3")


def test_cancelling_and_applying_again(clock_stands) -> None:
    """APP-9: the count of earlier applications stays."""
    order = factories.make_order(sign=True)
    caller = shop_caller(order.shop)
    number = caller.post("/refunds", asked(order)).json()["refund_no"]
    body = caller.post(f"/refunds/{number}/cancel", {"note": "不退了"}).json()
    assert (body["status"], body["platform_status"], body["deadline"]) == ("CLOSED", 4, None)
    assert (body["finished_at"], body["history"][-1]["note"]) == ("2026-11-05T01:00:00Z", "不退了")
    assert not [entry for entry in body["allowed_actions"] if entry["allowed"]]
    with unchanged():
        refused = problem(caller.post(f"/refunds/{number}/cancel"), 409, "transition_not_allowed")
    assert (refused["status_now"], refused["allowed_actions"]) == ("CLOSED", [])
    assert caller.post("/refunds", asked(order)).json()["attempt"] == 2


def test_messages_are_written_by_both_sides(clock_stands) -> None:
    refund = factories.make_return()
    caller, agent = shop_caller(refund.shop), staff_caller()
    path = f"/refunds/{refund.refund_no}/messages"
    assert caller.post(path, {"text": "在吗"}).status_code == 201
    body = agent.post(path, {"text": "在的"}).json()
    assert [(one["side"], one["text"], one["at"]) for one in body["messages"]] == [
        ("buyer", "在吗", "2026-11-05T01:00:00Z"),
        ("seller", "在的", "2026-11-05T01:00:00Z"),
    ]
    assert (body["version"], body["status"]) == (1, "WAIT_SELLER_AGREE")
    with unchanged():
        assert fields(problem(caller.post(path, {"text": " "}), 422, "invalid")) == {("text", "required")}
        problem(staff_caller(Role.FINANCE).post(path, {"text": "x"}), 403, "forbidden")


def test_the_document_is_one_statement_beside_the_token() -> None:
    refund = factories.make_return()
    caller = shop_caller(refund.shop)
    caller.get(f"/refunds/{refund.refund_no}")  # the day's first use of a token is noted, the figures are fresh
    with statements() as found:
        caller.get(f"/refunds/{refund.refund_no}")
    assert len(found) == 2, found


def test_applying_and_modifying_are_at_most_twelve_statements() -> None:
    """quality.md: the lines, the version and the count of open requests go along with the request's own statement."""
    order = factories.make_order(sign=True)
    caller = shop_caller(order.shop)
    caller.get("/refunds")  # the day's first use of a token is noted, the figures are fresh
    with statements() as applied:
        number = caller.post("/refunds", asked(order)).json()["refund_no"]
    with statements() as modified:
        assert caller.patch(f"/refunds/{number}", {"reason": "quality"}).status_code == 200
    assert (len(applied), len(modified)) == (11, 12), applied + modified
