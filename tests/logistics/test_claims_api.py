"""Courier claims over REST: routes, errors, bodies, statements (CLM; api.md)."""

import pytest

from aftersales.core.models import Role
from logistics.api.claim_examples import OPEN
from logistics.models import Claim
from logistics.services import claims
from refunds import services as refunds
from tests import factories
from tests.helpers import statements, unchanged
from tests.rest import fields, problem, shop_caller, staff_caller

pytestmark = pytest.mark.django_db


def body(order, **more):
    return OPEN | {"order_no": order.order_no} | more


def test_a_claim_goes_its_way_over_rest():
    """CLM-1, CLM-2, CLM-4: from the draft to the money, with a rejection between."""
    order = factories.make_order(ship=True)
    agent, finance, warehouse = staff_caller(), staff_caller(Role.FINANCE), staff_caller(Role.WAREHOUSE)
    made = agent.post("/claims", body(order))
    assert made.status_code == 201, made.json()
    number = made.json()["claim_no"]
    assert made.json()["lines"] == [
        {
            "line_no": "1",
            "goods_no": "TGY-250",
            "title": "铁观音 250g",
            "sku": "清香/罐装",
            "quantity": 1,
            "value_fen": 10400,
        }
    ]
    problem(agent.post(f"/claims/{number}/stamp"), 403, "forbidden")
    problem(finance.post(f"/claims/{number}/submit"), 409, "transition_not_allowed")
    assert finance.post(f"/claims/{number}/stamp").json()["stamped_by"]
    assert finance.post(f"/claims/{number}/hand-over").json()["status"] == "handed_over"
    sent = warehouse.post(f"/claims/{number}/submit", {"carrier_reference": "YTO-77001"}).json()
    assert (sent["status"], sent["carrier_reference"]) == ("submitted", "YTO-77001")
    assert warehouse.post(f"/claims/{number}/reject", {"reason": "签收完好"}).json()["rejection"] == "签收完好"
    assert agent.post(f"/claims/{number}/appeal", {"reason": "监控"}).json()["submissions"] == 2
    assert agent.post(f"/claims/{number}/accept", {"accepted_fen": 8000}).json()["accepted_fen"] == 8000
    paid = finance.post(f"/claims/{number}/record-payment", {"amount_fen": 8000, "reference": "B-1"}).json()
    assert (paid["status"], paid["recovered_fen"], paid["reference"]) == ("paid", 8000, "B-1")
    assert [step["action"] for step in paid["history"]] == [
        "draft",
        "stamp",
        "hand_over",
        "submit",
        "reject",
        "appeal",
        "accept",
        "record_payment",
    ]


def test_the_document_says_whether_the_buyer_was_served():
    """CLM-3."""
    order = factories.make_order(ship=True)
    claim = factories.make_claim(order)
    agent = staff_caller()
    assert agent.get(f"/claims/{claim.claim_no}").json()["buyer"] == {
        "served": False,
        "refund_nos": [],
        "payout_nos": [],
    }
    refund = factories.make_reship(order)
    asked = agent.get(f"/claims/{claim.claim_no}").json()["buyer"]
    assert (asked["served"], asked["refund_nos"]) == (False, [refund.refund_no])
    refunds.refund_agree(refund=refund, actor=factories.staff())
    assert agent.get(f"/claims/{claim.claim_no}").json()["buyer"]["served"] is True


def test_what_is_wrong_is_said_at_its_field_and_nothing_is_written():
    order = factories.make_order(ship=True)
    agent = staff_caller()
    with unchanged():
        answer = agent.post("/claims", body(order, lines=[{"line_no": "7", "quantity": 1}]))
        assert (answer.status_code, fields(answer.json())) == (422, {("lines[0].line_no", "unknown_line")})
        answer = agent.post("/claims", body(order, tracking_no="YT404"))
        assert (answer.status_code, fields(answer.json())) == (422, {("tracking_no", "unknown_parcel")})
        answer = agent.post("/claims", body(order, amount_fen=11201))
        assert (answer.status_code, answer.json()["rule"], answer.json()["max_fen"]) == (422, "CLM-1", 11200)
        answer = agent.post("/claims", body(order, cause="damaged"))
        assert (answer.status_code, fields(answer.json())) == (422, {("evidence", "required")})
        assert shop_caller(order.shop).post("/claims", body(order)).status_code == 403


def test_the_same_key_drafts_once():
    order = factories.make_order(ship=True)
    agent = staff_caller()
    first = agent.post("/claims", body(order), key="once")
    again = agent.post("/claims", body(order), key="once")
    assert (again.status_code, again["Idempotency-Replayed"]) == (201, "true")
    assert again.json() == first.json()
    assert Claim.objects.count() == 1
    problem(agent.post("/claims", body(order, amount_fen=1), key="once"), 422, "idempotency_key_reused")


def test_a_stale_version_is_told():
    claim = factories.make_claim()
    agent = staff_caller()
    assert agent.patch(f"/claims/{claim.claim_no}", {"amount_fen": 9000, "version": 1}).json()["version"] == 2
    problem(agent.patch(f"/claims/{claim.claim_no}", {"amount_fen": 8000, "version": 1}), 412, "stale_version")


def test_many_are_stamped_with_an_outcome_for_each():
    well, stale = factories.make_claim(), factories.make_claim()
    claims.claim_edit(claim=stale, actor=factories.staff(), note="more")
    numbers = [well.claim_no, stale.claim_no, "CL404"]
    answer = staff_caller(Role.FINANCE).post("/claims/stamp", {"claim_nos": numbers, "versions": {stale.claim_no: 1}})
    assert answer.json()["stamped"] == 1
    assert [one["code"] for one in answer.json()["results"]] == [None, "stale_version", "not_found"]


def test_lists_are_narrowed_and_cost_the_same_with_one_and_with_fifty():
    order = factories.make_order(ship=True)
    first = factories.make_claim(order)
    agent = staff_caller()
    agent.get("/claims")  # the first request of a day notes that the token is used
    with statements() as one:
        assert len(agent.get("/claims").json()["results"]) == 1
    for _each in range(49):
        factories.make_claim()
    claims.claim_stamp(claim=first, actor=factories.staff(Role.FINANCE))
    with statements() as fifty:
        assert len(agent.get("/claims").json()["results"]) == 50
    assert len(one) == len(fifty)
    found = agent.get("/claims?status=stamped&carrier=yuantong&cause=lost&late=false").json()["results"]
    assert [row["claim_no"] for row in found] == [first.claim_no]
    assert agent.get(f"/claims?order_no={order.order_no}").json()["results"] == found
    assert agent.get("/claims?late=true").json()["results"] == []
    Claim.objects.filter(pk=first.pk).update(is_late=True)
    assert [row["claim_no"] for row in agent.get("/claims?late=true").json()["results"]] == [first.claim_no]
    assert agent.get(f"/claims?order_no={order.order_no}").json()["results"] != []
    with statements() as detail:
        agent.get(f"/claims/{first.claim_no}")
    assert len(detail) <= len(one) + 7
