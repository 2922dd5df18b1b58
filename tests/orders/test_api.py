"""The routes of orders (api.md, Orders)."""

import copy
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine

from aftersales.core import clock
from aftersales.core.models import Deadline, LogEntry, OutboxEvent, Role
from orders.api.examples import ORDER
from orders.models import Buyer, Order, OrderLine
from tests import factories
from tests.helpers import statements, unchanged
from tests.rest import Caller, fields, problem, shop_caller, staff_caller

pytestmark = pytest.mark.django_db


@pytest.fixture
def caller() -> Caller:
    return shop_caller(factories.make_shop("demo"))


def order_body(**changes: Any) -> dict[str, Any]:
    return copy.deepcopy(ORDER) | changes


def test_a_new_order_is_201_and_the_same_again_200_without_a_trace(caller: Caller) -> None:
    """AMT-1: 216.00 paid, 8.00 of it postage, so the line's share is 208.00."""
    answer = caller.put("/orders/A1001", ORDER)
    assert answer.status_code == 201, answer.json()
    body = answer.json()
    assert answer["ETag"] == '"1"'
    assert {name: body[name] for name in ("order_no", "shop", "status", "version", "paid_fen", "postage_fen")} == {
        "order_no": "A1001",
        "shop": "demo",
        "status": "WAIT_SELLER_SEND_GOODS",
        "version": 1,
        "paid_fen": 21600,
        "postage_fen": 800,
    }
    assert body["buyer"] == {"id": "b-1001", "nick": "茶友小李", "level": "VIP2"}
    assert body["receiver"] == ORDER["receiver"]
    assert (body["paid_at"], body["shipped_at"]) == ("2026-11-01T02:00:00Z", None)
    assert body["lines"][0]["paid_share_fen"] == 20800
    assert body["lines"][0]["bundle"] is None
    assert body["lines"][0]["special_offer"] is False
    assert body["deadline"] == {
        "at": "2026-11-03T02:00:00Z",
        "action": "mark_late",
        "paused": False,
        "rule": "TMO-15",
    }
    assert [entry["action"] for entry in body["allowed_actions"] if entry["allowed"]] == ["ship"]
    with unchanged():
        again = caller.put("/orders/A1001", ORDER)
    assert (again.status_code, again.json()) == (200, body)


def test_an_order_waits_for_its_payment_and_takes_it_later(caller: Caller) -> None:
    assert caller.put("/orders/A1", order_body(paid_at=None)).json()["status"] == "WAIT_BUYER_PAY"
    paid = caller.put("/orders/A1", ORDER)
    assert (paid.status_code, paid.json()["status"], paid.json()["version"]) == (200, "WAIT_SELLER_SEND_GOODS", 2)
    assert [row.action for row in LogEntry.objects.filter(subject_type="order").order_by("version")] == [
        "register",
        "pay",
    ]


def test_a_known_order_is_brought_up_to_date_but_never_goes_back(caller: Caller) -> None:
    caller.put("/orders/A1", ORDER)
    caller.post("/orders/A1/ship", {"carrier": "sf", "tracking_no": "SF1"})
    later = caller.put("/orders/A1", order_body(paid_at=None, seller_memo="改地址", receiver={"name": "韩梅梅"}))
    body = later.json()
    assert (later.status_code, body["status"], body["seller_memo"]) == (200, "WAIT_BUYER_CONFIRM_GOODS", "改地址")
    assert body["receiver"]["name"] == "韩梅梅"
    assert body["paid_at"] == "2026-11-01T02:00:00Z"


def test_lines_and_amounts_are_fixed_by_the_first_time(caller: Caller) -> None:
    """AMT-1: what a request may ask for never moves under it."""
    caller.put("/orders/A1", ORDER)
    dearer = order_body(paid_fen=21700)
    other = order_body()
    other["lines"][0]["quantity"] = 3
    for body in (dearer, other):
        with unchanged():
            problem(caller.put("/orders/A1", body), 422, "order_lines_fixed", "AMT-1")


def test_shares_of_the_platform_must_add_up(caller: Caller) -> None:
    """AMT-1."""
    body = order_body()
    body["lines"][0]["paid_share_fen"] = 20799
    with unchanged():
        problem(caller.put("/orders/A1", body), 422, "rule_violation", "AMT-1")
    with unchanged():
        problem(caller.put("/orders/A1", order_body(paid_fen=700)), 422, "rule_violation", "AMT-1")


def test_a_line_can_be_a_special_offer(caller: Caller) -> None:
    """ORD-8: member levels take nothing off it."""
    sold = ORDER | {"lines": [ORDER["lines"][0] | {"special_offer": True}]}
    assert caller.put("/orders/A1001", sold).json()["lines"][0]["special_offer"] is True
    assert caller.get("/orders/A1001").json()["lines"][0]["special_offer"] is True
    assert OrderLine.objects.get().special_offer


def test_a_shop_registers_for_itself_only(caller: Caller) -> None:
    factories.make_shop("other")
    for shop in ("other", "nowhere"):
        with unchanged():
            problem(caller.put("/orders/A1", order_body(shop=shop)), 404, "not_found")


def test_staff_registers_where_it_sees_the_shop(caller: Caller) -> None:
    other = factories.make_shop("other")
    agent = staff_caller(Role.AGENT, other)
    assert agent.put("/orders/A1", order_body(shop="other")).status_code == 201
    problem(agent.put("/orders/A2", order_body(shop="demo")), 404, "not_found")
    problem(staff_caller(Role.WAREHOUSE).put("/orders/A2", ORDER), 403, "forbidden")


@pytest.mark.parametrize(
    ("change", "field", "code"),
    [
        ({"shop": None}, "shop", "null"),
        ({"buyer": None}, "buyer", "null"),
        ({"buyer": {"id": "b"}}, "buyer.nick", "required"),
        ({"buyer": {"id": 7, "nick": "n"}}, "buyer.id", "invalid"),
        ({"paid_fen": "21600"}, "paid_fen", "invalid"),
        ({"paid_fen": 216.5}, "paid_fen", "invalid"),
        ({"paid_fen": True}, "paid_fen", "invalid"),
        ({"paid_fen": -1}, "paid_fen", "min_value"),
        ({"paid_fen": 10**12}, "paid_fen", "max_value"),
        ({"paid_fen": 10**30}, "paid_fen", "max_value"),
        ({"paid_at": "yesterday"}, "paid_at", "invalid"),
        ({"paid_at": "2026-11-01T10:00:00"}, "paid_at", "offset"),
        ({"paid_at": "1999-12-31T00:00:00+08:00"}, "paid_at", "out_of_range"),
        ({"paid_at": "2100-01-01T00:00:00Z"}, "paid_at", "out_of_range"),
        ({"paid_at": "0001-01-01T00:00:00+08:00"}, "paid_at", "overflow"),
        ({"paid_at": "9999-12-31T23:59:59+00:00"}, "paid_at", "overflow"),
        ({"escrow": "yes"}, "escrow", "invalid"),
        ({"payment_channel": "cash"}, "payment_channel", "invalid_choice"),
        ({"seller_flag": "pink"}, "seller_flag", "invalid_choice"),
        ({"seller_memo": "x" * 4001}, "seller_memo", "max_length"),
        ({"receiver": {"phone": "1" * 25}}, "receiver.phone", "max_length"),
        ({"lines": []}, "lines", "empty"),
        ({"lines": "one"}, "lines", "not_a_list"),
        ({"platform_deadlines": {"TMO-1": "soon"}}, "platform_deadlines.TMO-1", "invalid"),
    ],
)
def test_a_wrong_field_is_named(caller: Caller, change: dict[str, Any], field: str, code: str) -> None:
    with unchanged():
        body = problem(caller.put("/orders/A1", order_body(**change)), 422, "invalid")
    assert fields(body) == {(field, code)}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"quantity": 0}, "min_value"),
        ({"quantity": 10**9}, "max_value"),
        ({"quantity": 1.5}, "invalid"),
        ({"title": ""}, "blank"),
        ({"title": "x" * 201}, "max_length"),
        ({"unit_price_fen": None}, "null"),
        ({"weight_g": -1}, "min_value"),
        ({"item_score": 101}, "max_whole_digits"),
        ({"seven_day_return": 1}, "invalid"),
    ],
)
def test_a_wrong_field_of_a_line_is_named_with_its_path(caller: Caller, change: dict[str, Any], code: str) -> None:
    body = order_body()
    body["lines"].append(body["lines"][0] | {"line_no": "2"} | change)
    with unchanged():
        refused = problem(caller.put("/orders/A1", body), 422, "invalid")
    [name] = change
    assert fields(refused) == {(f"lines[1].{name}", code)}


def test_a_line_number_stands_once(caller: Caller) -> None:
    body = order_body()
    body["lines"].append(body["lines"][0])
    assert fields(problem(caller.put("/orders/A1", body), 422, "invalid")) == {("lines[1].line_no", "duplicate")}


def test_what_is_missing_is_named_all_at_once(caller: Caller) -> None:
    body = problem(caller.put("/orders/A1", {}), 422, "invalid")
    assert fields(body) == {(name, "required") for name in ("shop", "buyer", "paid_fen", "lines")}


def test_what_is_no_json_is_malformed(caller: Caller) -> None:
    for text in ("{", '{"shop": NaN}', '{"shop": "a\\u0000b"}', '{"a": 1, "a": 2}'):
        answer = caller.client.put("/api/v1/orders/A1", text, content_type="application/json")
        problem(answer, 400, "malformed_json")
    assert caller.client.put("/api/v1/orders/A1", "a=1", content_type="text/plain").status_code == 415


@pytest.mark.parametrize("number", ["%00", "a%20b", "a/b", "订单", "x" * 65, "-1", "a%0a"])
def test_what_cannot_be_a_number_is_not_found(caller: Caller, number: str) -> None:
    for answer in (caller.get(f"/orders/{number}"), caller.put(f"/orders/{number}", ORDER)):
        problem(answer, 404, "not_found")


def test_order_is_read_in_one_statement_beside_the_token(caller: Caller) -> None:
    caller.put("/orders/A1", ORDER)
    with statements() as found:
        answer = caller.get("/orders/A1")
    assert answer.status_code == 200
    assert len(found) == 2, found


def test_staff_sees_the_receiver_masked(caller: Caller) -> None:
    """LAW-7."""
    caller.put("/orders/A1", ORDER)
    agent = staff_caller()
    for body in (agent.get("/orders/A1").json(), agent.get("/orders").json()["results"][0]):
        assert body["receiver"]["phone"] == "138****0000"
        assert body["receiver"]["name"] == "李*"
        assert "春熙路" not in str(body)
        assert body["buyer"]["nick"] == "茶***"


def test_the_same_number_in_two_shops_is_ambiguous_for_staff(caller: Caller) -> None:
    caller.put("/orders/A1", ORDER)
    shop_caller(factories.make_shop("other")).put("/orders/A1", order_body(shop="other", seller_memo="theirs"))
    agent = staff_caller()
    assert fields(problem(agent.get("/orders/A1"), 422, "invalid")) == {("shop", "ambiguous")}
    assert agent.get("/orders/A1", shop="other").json()["seller_memo"] == "theirs"
    assert caller.get("/orders/A1").json()["seller_memo"] == "送样品一包"
    problem(caller.get("/orders/A1", shop="other"), 404, "not_found")


def test_shipping_in_two_parcels(caller: Caller) -> None:
    body = order_body()
    body["lines"].append(body["lines"][0] | {"line_no": "2"})
    body["paid_fen"] = 42400
    caller.put("/orders/A1", body)
    first = caller.post("/orders/A1/ship", {"carrier": "sf", "tracking_no": "sf1 ", "lines": ["1"]})
    assert (first.status_code, first.json()["status"]) == (200, "SELLER_CONSIGNED_PART")
    assert [line["shipped"] for line in first.json()["lines"]] == [True, False]
    unknown = caller.post("/orders/A1/ship", {"carrier": "sf", "tracking_no": "SF2", "lines": ["1"]})
    assert fields(problem(unknown, 422, "invalid")) == {("lines", "unknown_line")}
    rest = caller.post("/orders/A1/ship", {"carrier": "sf", "tracking_no": "SF2", "lines": [{"line_no": "2"}]})
    assert rest.json()["status"] == "WAIT_BUYER_CONFIRM_GOODS"
    with unchanged():
        body = problem(
            caller.post("/orders/A1/ship", {"carrier": "sf", "tracking_no": "SF3"}), 409, "transition_not_allowed"
        )
    assert body["status_now"] == "WAIT_BUYER_CONFIRM_GOODS"
    assert "ship" not in body["allowed_actions"]


def test_signed_extended_and_confirmed(caller: Caller) -> None:
    """TMO-10, ORD-6: ten days from shipping, then three more, then the buyer confirms."""
    with time_machine.travel(datetime(2026, 11, 2, tzinfo=UTC), tick=False):
        caller.put("/orders/A1", ORDER)
        shipped = caller.post("/orders/A1/ship", {"carrier": "sf", "tracking_no": "SF1"}).json()
        assert shipped["deadline"] == {
            "at": "2026-11-12T00:00:00Z",
            "action": "confirm_receipt",
            "paused": False,
            "rule": "TMO-10",
        }
        signed = caller.post("/orders/A1/signed", {"signed_at": "2026-11-01T15:20:00+08:00"}).json()
        assert signed["signed_at"] == "2026-11-01T07:20:00Z"
        longer = caller.post("/orders/A1/extend-receipt", {"days": 3}).json()
        assert longer["deadline"]["at"] == "2026-11-15T00:00:00Z"
        assert longer["notes"][0]["text"]
        with unchanged():
            problem(caller.post("/orders/A1/extend-receipt", {"days": 300}), 422, "rule_violation", "ORD-6")
        done = caller.post("/orders/A1/confirm-receipt").json()
        assert (done["status"], done["finished_at"]) == ("TRADE_FINISHED", "2026-11-02T00:00:00Z")
        assert done["deadline"] == {
            "at": "2026-11-17T00:00:00Z",
            "action": "end_aftersale",
            "paused": False,
            "rule": "TMO-8",
        }
        with unchanged():
            problem(caller.post("/orders/A1/confirm-receipt"), 409, "transition_not_allowed")


def test_a_stale_version_is_refused_by_header_and_by_body(caller: Caller) -> None:
    caller.put("/orders/A1", ORDER)
    parcel = {"carrier": "sf", "tracking_no": "SF1"}
    for body, headers in ((parcel | {"version": 7}, {}), (parcel, {"HTTP_IF_MATCH": '"7"'})):
        with unchanged():
            stale = problem(caller.post("/orders/A1/ship", body, **headers), 412, "stale_version")
        assert (stale["version"], stale["status_now"]) == (1, "WAIT_SELLER_SEND_GOODS")
    assert caller.post("/orders/A1/ship", parcel | {"version": 1}).status_code == 200
    assert caller.post("/orders/A1/extend-receipt", {"days": 1}, HTTP_IF_MATCH='"2"').status_code == 200


def test_a_note_is_added_and_its_flag_set(caller: Caller) -> None:
    """ORD-5."""
    caller.put("/orders/A1", ORDER)
    answer = caller.post("/orders/A1/notes", {"text": "补发小样", "flag": "yellow"})
    body = answer.json()
    assert (answer.status_code, body["seller_flag"], body["version"]) == (201, "yellow", 2)
    assert [(note["text"], note["flag"], note["settled_at"]) for note in body["notes"]] == [
        ("补发小样", "yellow", None)
    ]
    assert caller.post("/orders/A1/notes", {"text": "第二条"}).json()["seller_flag"] == "yellow"
    with unchanged():
        assert fields(problem(caller.post("/orders/A1/notes", {"text": " "}), 422, "invalid")) == {("text", "blank")}
    warehouse = staff_caller(Role.WAREHOUSE)
    assert warehouse.post("/orders/A1/notes", {"text": "已打包"}).status_code == 201
    with unchanged():
        problem(warehouse.post("/orders/A1/notes", {"text": "x", "flag": "red"}), 403, "forbidden")


def test_the_list_is_filtered_and_paged_without_gaps(caller: Caller) -> None:
    start = datetime(2026, 11, 2, tzinfo=UTC)
    for number in range(5):
        with time_machine.travel(start + timedelta(minutes=number), tick=False):
            caller.put(f"/orders/A{number}", order_body(buyer={"id": f"b-{number % 2}", "nick": "n"}))
    page = caller.get("/orders", page_size=2).json()
    assert [row["order_no"] for row in page["results"]] == ["A4", "A3"]
    assert page["previous"] is None
    rest = caller.client.get(page["next"]).json()
    assert [row["order_no"] for row in rest["results"]] == ["A2", "A1"]
    assert [row["order_no"] for row in caller.get("/orders", buyer="b-1").json()["results"]] == ["A3", "A1"]
    since = caller.get("/orders", updated_since="2026-11-02T08:03:00+08:00").json()
    assert [row["order_no"] for row in since["results"]] == ["A3", "A4"]
    assert caller.get("/orders", status="TRADE_FINISHED,TRADE_CLOSED").json()["results"] == []
    assert len(caller.get("/orders", status="WAIT_SELLER_SEND_GOODS").json()["results"]) == 5
    assert caller.client.get("/api/v1/orders?updated_since=2026-11-02T08:03:00+08:00").status_code == 200


@pytest.mark.parametrize(
    ("query", "field", "code"),
    [
        ({"status": "OPEN"}, "status", "invalid_choice"),
        ({"updated_since": "yesterday"}, "updated_since", "invalid"),
        ({"updated_since": "2026-11-02T08:03:00"}, "updated_since", "offset"),
        ({"buyer": "\x00"}, "buyer", "null_characters_not_allowed"),
        ({"shop": "no such"}, "shop", "invalid"),
    ],
)
def test_a_wrong_parameter_is_named(caller: Caller, query: dict[str, str], field: str, code: str) -> None:
    assert fields(problem(caller.get("/orders", **query), 422, "invalid")) == {(field, code)}


def test_a_page_of_fifty_costs_the_same_statements_as_one_row(caller: Caller) -> None:
    caller.put("/orders/A0", ORDER)
    with statements() as one:
        caller.get("/orders")
    for number in range(1, 50):
        caller.put(f"/orders/A{number}", ORDER)
    with statements() as fifty:
        assert len(caller.get("/orders").json()["results"]) == 50
    assert (len(one), len(fifty)) == (2, 2)


def test_another_shops_orders_do_not_exist(caller: Caller) -> None:
    caller.put("/orders/A1", ORDER)
    stranger = shop_caller(factories.make_shop())
    problem(stranger.get("/orders/A1"), 404, "not_found")
    assert stranger.get("/orders").json()["results"] == []
    with unchanged():
        for action, body in (("ship", {"carrier": "sf", "tracking_no": "1"}), ("notes", {"text": "x"})):
            problem(stranger.post(f"/orders/A1/{action}", body), 404, "not_found")


def test_registering_keeps_buyer_lines_log_event_and_deadline(caller: Caller) -> None:
    caller.put("/orders/A1", ORDER)
    order = Order.objects.get(order_no="A1")
    assert (Buyer.objects.count(), OrderLine.objects.filter(order=order).count()) == (1, 1)
    assert LogEntry.objects.filter(subject_type="order", subject_id=order.pk).count() == 1
    assert OutboxEvent.objects.filter(topic="order.registered", subject_id=order.pk).count() == 1
    assert Deadline.objects.filter(subject_type="order", subject_id=order.pk, rule="TMO-15").count() == 1
    assert order.updated_at <= clock.now()


def test_repeating_an_order_leaves_the_flag_of_the_shops_people(caller: Caller) -> None:
    """ORD-5: yellow means that something is owed."""
    caller.put("/orders/A1", ORDER)
    staff_caller().post("/orders/A1/notes", {"text": "补发小样", "flag": "yellow"})
    with unchanged():
        assert caller.put("/orders/A1", ORDER).json()["seller_flag"] == "yellow"
    assert caller.put("/orders/A1", order_body(seller_flag="red")).json()["seller_flag"] == "red"


def test_registering_is_at_most_eight_statements(caller: Caller) -> None:
    caller.get("/orders")
    caller.put("/orders/A0", ORDER)  # the day's first use of a token is noted, the figures are fresh
    with statements() as new:
        caller.put("/orders/A1", ORDER)
    with statements() as same:
        caller.put("/orders/A1", ORDER)
    assert (len(new), len(same)) == (7, 6), new + same
