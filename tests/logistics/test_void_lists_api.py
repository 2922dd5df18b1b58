"""Void lists over REST: what is read, made and answered, and what a repetition is told (VOI, api.md)."""

import pytest

from aftersales.core.models import Role
from logistics import services
from logistics.models import VoidList, VoidListLine
from refunds import services as refunds
from refunds.models import Refund
from tests import factories
from tests.helpers import statements, unchanged
from tests.rest import fields, problem, staff_caller

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop():
    return factories.make_shop()


@pytest.fixture
def keeper(shop):
    return staff_caller(Role.WAREHOUSE, shop)


def numbers(void_list) -> list[str]:
    return list(void_list.lines.values_list("refund__refund_no", flat=True))


def answer(caller, void_list, *given, **more):
    return caller.post(f"/void-lists/{void_list.list_no}/answers", {"answers": list(given)}, **more)


def test_a_list_is_made_of_what_waits_and_read(shop, keeper):
    """VOI-1: the buyer is masked."""
    refund = factories.make_refund(factories.make_order(shop))
    answered = keeper.post("/void-lists")
    body = answered.json()
    assert (answered.status_code, body["total"], body["waiting"]) == (201, 1, 1)
    [line] = body["lines"]
    assert (line["refund_no"], line["order_no"], line["answer"]) == (refund.refund_no, refund.order.order_no, None)
    assert (line["buyer"], line["amount_fen"]) == ("茶***", refund.amount_fen)
    assert line["goods"][0]["quantity"] == 1
    assert line["due_at"] is not None
    assert keeper.get(f"/void-lists/{body['list_no']}").json() == body
    again = problem(keeper.post("/void-lists"), 409, "conflict")
    assert "list" in again["detail"]
    assert VoidList.objects.count() == 1


def test_making_twice_with_one_key_makes_one(shop, keeper):
    factories.make_refund(factories.make_order(shop))
    first, second = (keeper.post("/void-lists", {}, key="morning") for _each in range(2))
    assert (first.status_code, second.headers["Idempotency-Replayed"]) == (201, "true")
    assert first.json() == second.json()
    problem(keeper.post("/void-lists", key=None), 400, "idempotency_key_required")


def test_the_shop_is_named_where_there_are_several(shop):
    other = factories.make_shop()
    boss = staff_caller(Role.SUPERVISOR, shop, other)
    assert fields(problem(boss.post("/void-lists"), 422, "invalid")) == {("shop", "unknown_shop")}
    factories.make_refund(factories.make_order(other))
    assert boss.post("/void-lists", {"shop": other.code}).json()["shop"] == other.code


def test_lists_are_narrowed_and_counted(shop, keeper):
    first, second = (factories.make_void_list(shop) for _each in range(2))
    services.void_answer(refund=first.lines.get().refund, actor=factories.staff(Role.WAREHOUSE), result="voided")
    factories.make_void_list()
    rows = keeper.get("/void-lists").json()["results"]
    assert [(row["list_no"], row["voided"], row["waiting"]) for row in rows] == [
        (second.list_no, 0, 1),
        (first.list_no, 1, 0),
    ]
    assert [row["list_no"] for row in keeper.get("/void-lists", open="true").json()["results"]] == [second.list_no]
    assert len(keeper.get("/void-lists", day=f"{first.day}", shop=shop.code).json()["results"]) == 2
    assert keeper.get("/void-lists", day="2020-01-01").json()["results"] == []


@pytest.mark.parametrize("amount", [1, 50])
def test_reading_a_list_costs_the_same_whatever_its_length(shop, keeper, amount):
    made = factories.make_void_list(shop, amount=amount)
    with statements() as said:
        body = keeper.get(f"/void-lists/{made.list_no}").json()
    assert len(body["lines"]) == amount
    assert len(said) == 7


@pytest.mark.parametrize("amount", [1, 50])
def test_reading_the_lists_costs_the_same_whatever_their_number(shop, keeper, amount):
    for _each in range(amount):
        factories.make_void_list(shop)
    with statements() as said:
        assert len(keeper.get("/void-lists").json()["results"]) == amount
    assert len(said) == 4


def test_each_answer_has_its_outcome(shop, keeper):
    """VOI-2, RFD-2: voided, shipped with its parcel, answered before, overtaken, unknown."""
    made = factories.make_void_list(shop, amount=4)
    free, left, known, gone = numbers(made)
    services.void_answer(refund=Refund.objects.get(refund_no=known), actor=factories.staff(), result="voided")
    refunds.refund_cancel(refund=Refund.objects.get(refund_no=gone), actor=factories.buyer(shop))
    given = [
        {"refund_no": free, "result": "voided", "note": "已拦下"},
        {"refund_no": left, "result": "already_shipped", "carrier": "sf", "tracking_no": "SF1234567890123"},
        {"refund_no": known, "result": "voided"},
        {"refund_no": gone, "result": "voided"},
        {"refund_no": "RF404", "result": "voided"},
    ]
    body = answer(keeper, made, *given).json()
    assert [one["outcome"] for one in body["results"]] == ["ok", "ok", "skipped", "failed", "failed"]
    codes = [one["code"] for one in body["results"]]
    assert codes == [None, None, "void_answered", "void_overtaken", "not_found"]
    assert body["results"][2]["answered_by"] in body["results"][2]["detail"]
    assert (body["answered"], body["list"]["waiting"], body["list"]["overtaken"]) == (2, 0, 1)


def test_a_repetition_is_answered_as_the_first_time_and_does_nothing(shop, keeper):
    """VOI-2: the same key gives the same bytes; another body with it is refused; another key is told who answered."""
    made = factories.make_void_list(shop)
    [number] = numbers(made)
    first = answer(keeper, made, {"refund_no": number, "result": "voided"}, key="one")
    with unchanged():
        second = answer(keeper, made, {"refund_no": number, "result": "voided"}, key="one")
        other = answer(keeper, made, {"refund_no": number, "result": "already_shipped"}, key="one")
        later = answer(keeper, made, {"refund_no": number, "result": "already_shipped"}, key="two")
    assert (first.content, second.headers["Idempotency-Replayed"]) == (second.content, "true")
    problem(other, 422, "idempotency_key_reused")
    assert [(one["outcome"], one["answer"]) for one in later.json()["results"]] == [("skipped", "voided")]


@pytest.mark.parametrize(
    ("given", "field", "code"),
    [
        ({"refund_no": "RF1", "result": "lost"}, "answers[0].result", "invalid_choice"),
        ({"refund_no": 7, "result": "voided"}, "answers[0].refund_no", "invalid"),
        ({"result": "voided"}, "answers[0].refund_no", "required"),
        ({"refund_no": "RF1", "result": "voided", "note": "x" * 301}, "answers[0].note", "max_length"),
        ({"refund_no": "RF1", "result": "voided", "version": "1"}, "answers[0].version", "invalid"),
    ],
)
def test_a_wrong_field_is_named(shop, keeper, given, field, code):
    made = factories.make_void_list(shop)
    with unchanged():
        assert (field, code) in fields(problem(answer(keeper, made, given), 422, "invalid"))


def test_what_has_left_is_bounded(shop, keeper):
    """Each of these is a step of its own order."""
    made = factories.make_void_list(shop)
    given = [{"refund_no": f"RF{number}", "result": "already_shipped"} for number in range(101)]
    assert fields(problem(answer(keeper, made, *given), 422, "invalid")) == {("answers", "too_many_parcels")}
    problem_body = problem(answer(keeper, made), 422, "invalid")
    assert fields(problem_body) == {("answers", "empty")}
    assert VoidListLine.objects.get().answer == ""
