"""The routes of the seller's side, of disputes and of the money (api.md)."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile

from aftersales.core import calendar, policies
from aftersales.core.auth import Actor
from aftersales.core.models import Role
from orders.models import Order, OrderLine
from refunds import services
from refunds.models import Refund, RefundPayment
from tests import factories
from tests.core import upload_samples
from tests.helpers import statements, unchanged
from tests.rest import fields, problem, shop_caller, staff_caller

pytestmark = pytest.mark.django_db

START = datetime(2026, 11, 5, 1, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def clock_stands(tmp_path, settings):
    settings.PRIVATE_ROOT = tmp_path
    with time_machine.travel(START, tick=False) as traveller:
        yield traveller


def evidence(refund: Refund, actor: Actor | None = None) -> str:
    file = SimpleUploadedFile("photo.jpg", upload_samples.jpeg())
    sender = actor or factories.staff()
    return services.evidence_store(actor=sender, file=file, purpose="refusal", shop=refund.shop).evidence_id


def path(refund: Refund, action: str = "") -> str:
    return f"/refunds/{refund.refund_no}" + (f"/{action}" if action else "")


def refuse(refund: Refund) -> dict[str, Any]:
    body = {"reason": "not_fit_for_resale", "message": "吊牌已剪", "evidence": [evidence(refund)]}
    answer = staff_caller().post(path(refund, "refuse"), body)
    assert answer.status_code == 200, answer.json()
    return answer.json()


def test_agreeing_to_a_return_tells_the_address() -> None:
    """RFD-4, TMO-5."""
    refund = factories.make_return()
    body = staff_caller().post(path(refund, "agree"), {"note": "同意"}).json()
    assert (body["status"], body["platform_status"], body["version"]) == ("WAIT_BUYER_RETURN_GOODS", 2, 2)
    assert body["return_address"] == factories.ADDRESS
    assert body["deadline"] == {"at": "2026-11-12T01:00:00Z", "action": "expire", "paused": False, "rule": "TMO-5"}
    assert [(step["action"], step["from"], step["to"], step["note"]) for step in body["history"]] == [
        ("apply", None, "WAIT_SELLER_AGREE", ""),
        ("agree", "WAIT_SELLER_AGREE", "WAIT_BUYER_RETURN_GOODS", "同意"),
    ]
    with unchanged():
        again = problem(staff_caller().post(path(refund, "agree")), 409, "transition_not_allowed")
    assert again["status_now"] == "WAIT_BUYER_RETURN_GOODS"
    assert again["allowed_actions"] == ["cancel", "return_shipment"]


def test_agreeing_to_another_address_and_less_money() -> None:
    refund = factories.make_return()
    agent = staff_caller()
    address = {"name": "二仓", "phone": "0571-1", "address": "下沙"}
    with unchanged():
        more = agent.post(path(refund, "agree"), {"amount_fen": 10401})
        problem(more, 422, "rule_violation", "AMT-2")
        problem(agent.post(path(refund, "agree"), {"amount_fen": 0}), 422, "rule_violation", "AMT-1")
        misspelt = problem(agent.post(path(refund, "agree"), {"amount": 1}), 422, "invalid")
        assert fields(misspelt) == {("amount", "unknown_field")}
        wrong = problem(agent.post(path(refund, "agree"), {"return_address": {"name": 1}}), 422, "invalid")
        assert fields(wrong) == {
            ("return_address.name", "invalid"),
            ("return_address.phone", "required"),
            ("return_address.address", "required"),
        }
    body = agent.post(path(refund, "agree"), {"amount_fen": 5000, "return_address": address}).json()
    assert (body["amount_fen"], body["lines"][0]["amount_fen"], body["return_address"]) == (5000, 5000, address)


def test_an_unshipped_order_is_voided_then_agreed_then_paid() -> None:
    """RFD-1, RFD-3, VOI-2, AMT-4."""
    order = factories.make_order()
    refund = factories.make_refund(order, lines=[services.LineAsk("1", 2)])
    agent, warehouse, finance = (staff_caller(role) for role in (Role.AGENT, Role.WAREHOUSE, Role.FINANCE))
    with unchanged():
        early = problem(agent.post(path(refund, "agree")), 409, "transition_not_allowed", "VOI-2")
        assert (early["status_now"], "agree" in early["allowed_actions"]) == ("WAIT_SELLER_AGREE", False)
        never = agent.post(path(refund, "refuse"), {"reason": "other", "message": "不行", "evidence": ["ev_1"]})
        problem(never, 409, "transition_not_allowed", "RFD-1")
        wrong = problem(warehouse.post(path(refund, "void-result"), {"result": "maybe"}), 422, "invalid")
        assert fields(wrong) == {("result", "invalid_choice")}
    voided = warehouse.post(path(refund, "void-result"), {"result": "voided", "note": "已拦下"}).json()
    assert (voided["void_result"], voided["status"]) == ("voided", "WAIT_SELLER_AGREE")
    with unchanged():
        twice = warehouse.post(path(refund, "void-result"), {"result": "voided"})
        problem(twice, 409, "transition_not_allowed", "VOI-2")
    agreed = agent.post(path(refund, "agree")).json()
    assert (agreed["status"], agreed["platform_status"], agreed["deadline"]) == ("WAIT_SYSTEM_TRANSFER", None, None)
    payment = agreed["payment"]
    assert (payment["status"], payment["amount_fen"], payment["reference"]) == ("promised", 21600, None)
    order = Order.objects.get(pk=order.pk)
    assert (order.promised_fen, order.refunded_fen) == (21600, 0)

    services.payment_send(payment=RefundPayment.objects.get())
    number = payment["payment_no"]
    with unchanged():
        missing = problem(finance.post(f"/payments/{number}/confirm", {}), 422, "invalid")
        assert fields(missing) == {("reference", "required")}
        unkeyed = finance.post(f"/payments/{number}/confirm", {"reference": "R-1"}, key=None)
        problem(unkeyed, 400, "idempotency_key_required")
        problem(agent.post(f"/payments/{number}/confirm", {"reference": "R-1"}), 403, "forbidden")
        stale = finance.post(f"/payments/{number}/confirm", {"reference": "R-1", "version": 1})
        problem(stale, 412, "stale_version")
    done = finance.post(f"/payments/{number}/confirm", {"reference": "R-1"}, key="pay").json()
    assert (done["status"], done["reference"], done["settled_at"]) == ("done", "R-1", "2026-11-05T01:00:00Z")
    over = {"allowed": False, "why_not": "Not possible while the state is “Done”."}
    assert done["allowed_actions"] == [
        {"action": action} | over for action in ("fail", "report_unmoved", "accept_unmoved", "confirm", "send_again")
    ]
    again = finance.post(f"/payments/{number}/confirm", {"reference": "R-1"}, key="pay")
    assert (again.status_code, again["Idempotency-Replayed"]) == (200, "true")
    with unchanged():
        second = finance.post(f"/payments/{number}/confirm", {"reference": "R-2"})
        problem(second, 409, "transition_not_allowed")
    body = agent.get(path(refund)).json()
    assert (body["status"], body["refunded_fen"], body["platform_status"]) == ("SUCCESS", 21600, 5)
    order = Order.objects.get(pk=order.pk)
    assert (order.status, order.promised_fen, order.refunded_fen) == ("TRADE_CLOSED", 0, 21600)


def test_a_failed_payment_stays_on_finances_list_until_it_is_made_good_with_a_proof() -> None:
    """RFD-3."""
    refund = factories.make_refund()
    services.refund_void(refund=refund, actor=factories.staff())
    services.refund_agree(refund=refund, actor=factories.staff())
    payment = services.payment_send(payment=RefundPayment.objects.get())
    finance = staff_caller(Role.FINANCE)
    body = finance.post(f"/payments/{payment.payment_no}/fail", {"failure": "账户已注销"}).json()
    assert (body["status"], body["failure"], body["refund_no"]) == ("failed", "账户已注销", refund.refund_no)
    rows = finance.get("/payments", status="failed,unknown").json()["results"]
    assert rows == [{name: value for name, value in body.items() if name != "allowed_actions"}]
    assert finance.get("/payments", status="done").json()["results"] == []
    assert finance.get(f"/payments/{payment.payment_no}").json() == body
    assert len(staff_caller(Role.SUPERVISOR).get("/payments").json()["results"]) == 1
    problem(staff_caller(Role.AGENT).get("/payments"), 403, "forbidden")
    problem(shop_caller(refund.shop).get("/payments"), 403, "scope_missing")
    elsewhere = staff_caller(Role.FINANCE, factories.make_shop())
    problem(elsewhere.get(f"/payments/{payment.payment_no}"), 404, "not_found")
    confirm = f"/payments/{payment.payment_no}/confirm"
    with unchanged():
        bare = problem(finance.post(confirm, {"reference": "by hand"}), 422, "invalid")
    assert fields(bare) == {("evidence", "required"), ("buyer_confirmed", "required")}
    proof = {"evidence": [evidence(refund, factories.staff(Role.FINANCE))], "buyer_confirmed": True}
    assert finance.post(confirm, {"reference": "by hand", **proof}).json()["status"] == "done"
    assert refund.evidence.get().purpose == "receipt"


def test_refusing_needs_text_and_evidence() -> None:
    """RFD-5, RFD-7, TMO-7."""
    refund = factories.make_return()
    agent = staff_caller()
    with unchanged():
        bare = problem(
            agent.post(path(refund, "refuse"), {"reason": "not_fit_for_resale"}), 422, "rule_violation", "RFD-5"
        )
        assert fields(bare) == {("message", "length"), ("evidence", "required")}
        none = problem(agent.post(path(refund, "refuse"), {}), 422, "invalid")
        assert fields(none) == {("reason", "required")}
        unknown = agent.post(
            path(refund, "refuse"), {"reason": "not_fit_for_resale", "message": "不行", "evidence": ["ev_1"]}
        )
        assert fields(problem(unknown, 422, "invalid")) == {("evidence[0]", "unknown_evidence")}
    body = refuse(refund)
    assert (body["status"], body["platform_status"], body["refusals"]) == ("SELLER_REFUSE_BUYER", 6, 1)
    assert (body["refusal_reason"], body["messages"][-1]["text"]) == ("not_fit_for_resale", "吊牌已剪")
    assert len(body["evidence"]) == 1
    assert body["deadline"] == {"at": "2026-11-12T01:00:00Z", "action": "expire", "paused": False, "rule": "TMO-7"}
    offered = shop_caller(refund.shop).get(path(refund)).json()["allowed_actions"]
    assert [entry["action"] for entry in offered if entry["allowed"]] == ["modify", "cancel", "intervention"]


def test_goods_come_back_are_received_and_refunded(clock_stands) -> None:
    """RFD-4, RFD-6, RET-2, TMO-6, TMO-14."""
    refund = factories.make_return()
    caller, agent, warehouse = shop_caller(refund.shop), staff_caller(), staff_caller(Role.WAREHOUSE)
    agent.post(path(refund, "agree"))
    with unchanged():
        empty = problem(caller.post(path(refund, "return-shipment"), {"carrier": "zto"}), 422, "invalid")
        assert fields(empty) == {("tracking_no", "required")}
    sent = caller.post(path(refund, "return-shipment"), {"carrier": "zto", "tracking_no": "7531"}).json()
    assert (sent["status"], sent["platform_status"]) == ("WAIT_SELLER_CONFIRM_GOODS", 3)
    assert sent["deadline"]["at"] == "2026-11-15T01:00:00Z"
    clock_stands.shift(timedelta(hours=1))
    corrected = caller.post(path(refund, "return-shipment"), {"carrier": "zto", "tracking_no": "7532"}).json()
    assert corrected["return_shipment"] == {
        "carrier": "zto",
        "tracking_no": "7532",
        "created_at": "2026-11-05T02:00:00Z",
        "corrected": [
            {
                "carrier": "zto",
                "tracking_no": "7531",
                "created_at": "2026-11-05T01:00:00Z",
                "superseded_at": "2026-11-05T02:00:00Z",
            }
        ],
    }
    with unchanged():
        problem(staff_caller(Role.FINANCE).post(path(refund, "receive"), {"result": "pass"}), 403, "forbidden")
        opened = [{"line_no": "1", "findings": ["seal_opened"]}]
        unproved = warehouse.post(path(refund, "receive"), {"result": "fail", "findings": "有污渍", "lines": opened})
        problem(unproved, 422, "rule_violation", "RFD-5")
    body = warehouse.post(path(refund, "receive"), {"result": "pass", "findings": "完好"}).json()
    assert (body["status"], body["received_at"]) == ("WAIT_SYSTEM_TRANSFER", "2026-11-05T02:00:00Z")
    assert (body["inspection"]["result"], body["inspection"]["findings"]) == ("pass", "完好")
    assert body["deadline"]["rule"] == "TMO-14"
    assert body["history"][-1]["action"] == "receive_pass"


def test_a_failed_inspection_refuses_with_its_photos() -> None:
    """RET-2."""
    refund = factories.make_return()
    caller, warehouse = shop_caller(refund.shop), staff_caller(Role.WAREHOUSE)
    staff_caller().post(path(refund, "agree"))
    caller.post(path(refund, "return-shipment"), {"carrier": "zto", "tracking_no": "7531"})
    photo = evidence(refund, factories.staff(Role.WAREHOUSE))
    opened = [{"line_no": "1", "findings": ["seal_opened"]}]
    answer = warehouse.post(
        path(refund, "receive"), {"result": "fail", "findings": "有污渍", "evidence": [photo], "lines": opened}
    )
    body = answer.json()
    assert (body["status"], body["refusal_reason"]) == ("SELLER_REFUSE_BUYER", "inspection_failed")
    assert body["inspection"]["result"] == "fail"


def test_the_platform_steps_in_and_decides() -> None:
    """RFD-7, DIS-1, DIS-4, TMO-16."""
    refund = factories.make_return()
    caller, agent, supervisor = shop_caller(refund.shop), staff_caller(), staff_caller(Role.SUPERVISOR)
    with unchanged():
        problem(caller.post(path(refund, "intervention"), {"text": "x"}), 409, "transition_not_allowed", "RFD-7")
        early = supervisor.post(path(refund, "decision"), {"outcome": "buyer", "text": "x"})
        problem(early, 409, "transition_not_allowed", "DIS-1")
    refuse(refund)
    body = caller.post(path(refund, "intervention"), {"text": "请平台介入"}).json()
    assert (body["in_dispute"], body["deadline"]["paused"], body["deadline"]["rule"]) == (True, True, "TMO-7")
    assert body["dispute"] == {
        "status": "requested",
        "status_label": "Requested",
        "requested_by": "buyer",
        "text": "请平台介入",
        "decision_text": "",
        "created_at": "2026-11-05T01:00:00Z",
        "decided_at": None,
        "buyer_evidence_until_at": "2026-11-08T01:00:00Z",
        "seller_evidence_until_at": "2026-11-08T01:00:00Z",
        "decision_due_at": "2026-11-16T16:00:00Z",
        "is_overdue": False,
        "kit": body["dispute"]["kit"],
    }
    with unchanged():
        problem(agent.post(path(refund, "decision"), {"outcome": "buyer"}), 403, "forbidden")
        problem(caller.post(path(refund, "decision"), {"outcome": "buyer"}), 403, "scope_missing")
        missing = problem(supervisor.post(path(refund, "decision"), {"outcome": "partial"}), 422, "invalid")
        assert fields(missing) == {("amount_fen", "required")}
        more = supervisor.post(path(refund, "decision"), {"outcome": "partial", "amount_fen": 10401})
        problem(more, 422, "rule_violation", "AMT-2")
    decided = supervisor.post(path(refund, "decision"), {"outcome": "partial", "amount_fen": 5200, "text": "各半"})
    body = decided.json()
    assert (body["status"], body["amount_fen"], body["in_dispute"]) == ("WAIT_SYSTEM_TRANSFER", 5200, False)
    assert (body["dispute"]["status"], body["dispute"]["decision_text"]) == ("decided_partial", "各半")
    assert OrderLine.objects.get(order=refund.order).promised_fen == 5200


def test_settling_ends_the_dispute() -> None:
    """DIS-5: without a sum the clock goes on with what was left; with one it is paid, which is the seller's to say."""
    refund = factories.make_return()
    caller, agent = shop_caller(refund.shop), staff_caller()
    refuse(refund)
    caller.post(path(refund, "intervention"), {"text": "请平台介入"})
    with unchanged():
        problem(caller.post(path(refund, "settle"), {"amount_fen": 5200}), 403, "forbidden")
    body = caller.post(path(refund, "settle")).json()
    assert (body["status"], body["in_dispute"], body["dispute"]["status"]) == (
        "SELLER_REFUSE_BUYER",
        False,
        "withdrawn",
    )
    assert body["deadline"] == {"at": "2026-11-12T01:00:00Z", "action": "expire", "paused": False, "rule": "TMO-7"}
    caller.post(path(refund, "intervention"), {"text": "再次介入"})
    paid = agent.post(path(refund, "settle"), {"amount_fen": 5200, "text": "协商退一半"}).json()
    assert (paid["status"], paid["amount_fen"]) == ("WAIT_SYSTEM_TRANSFER", 5200)


def test_a_stale_version_is_refused_on_every_step() -> None:
    refund = factories.make_return()
    agent = staff_caller()
    with unchanged():
        for action, body in (("agree", {}), ("refuse", {"reason": "other"}), ("cancel", {}), ("settle", {})):
            stale = problem(agent.post(path(refund, action), body, HTTP_IF_MATCH='"9"'), 412, "stale_version")
            assert (stale["version"], stale["status_now"]) == (1, "WAIT_SELLER_AGREE")
        problem(agent.post(path(refund, "agree"), {"version": 9}), 412, "stale_version")
        problem(agent.post(path(refund, "agree"), {"version": "1"}), 422, "invalid")
        problem(agent.post(path(refund, "agree"), HTTP_IF_MATCH="new"), 400, "if_match_invalid")


def test_a_buyer_cannot_decide_and_strangers_find_nothing() -> None:
    refund = factories.make_return()
    stranger, elsewhere = shop_caller(factories.make_shop()), staff_caller(Role.AGENT, factories.make_shop())
    with unchanged():
        for action in ("agree", "refuse", "void-result", "receive", "decision"):
            problem(shop_caller(refund.shop).post(path(refund, action)), 403, "scope_missing")
            problem(elsewhere.post(path(refund, action)), 404, "not_found")
        for action in ("cancel", "return-shipment", "intervention", "messages", "settle"):
            problem(stranger.post(path(refund, action), {"text": "x"}), 404, "not_found")
        problem(stranger.get(path(refund)), 404, "not_found")
        problem(stranger.patch(path(refund), {"reason": "other"}), 404, "not_found")


def test_a_decision_keeps_its_statements() -> None:
    """quality.md: permission, lock, step, log, deadlines, outbox, idempotency, and the full document as the answer."""
    agent, warehouse, supervisor = (staff_caller(role) for role in (Role.AGENT, Role.WAREHOUSE, Role.SUPERVISOR))
    counts: dict[str, int] = {}

    def count(name: str, caller: Any, refund: Refund, action: str, body: dict[str, Any] | None = None) -> None:
        caller.get("/refunds")  # the day's first use of a token is noted
        policies.forget()  # the figures are fresh, or their five seconds might end in between
        policies.get("deadline.TMO-1")
        calendar.add_workdays(START.date(), 10)  # the year is read once, whichever test comes first
        with statements() as found:
            answer = caller.post(path(refund, action), body)
        assert answer.status_code == 200, answer.json()
        counts[name] = len(found)

    refund = factories.make_return()
    caller = shop_caller(refund.shop)
    count("agree to a return", agent, refund, "agree")
    count("return shipment", caller, refund, "return-shipment", {"carrier": "zto", "tracking_no": "7531"})
    count("receive", warehouse, refund, "receive", {"result": "pass"})
    refund = factories.make_refund()
    count("void", warehouse, refund, "void-result", {"result": "voided"})
    count("agree to a refund", agent, refund, "agree")
    refund = factories.make_return()
    count("cancel", shop_caller(refund.shop), refund, "cancel")
    refund = factories.make_return()
    refused = {"reason": "not_fit_for_resale", "message": "不行", "evidence": [evidence(refund)]}
    count("refuse", agent, refund, "refuse", refused)
    count("intervention", shop_caller(refund.shop), refund, "intervention", {"text": "请介入"})
    count("decision", supervisor, refund, "decision", {"outcome": "buyer", "text": "退"})
    order = factories.make_order()
    shop = shop_caller(order.shop)
    shop.get("/refunds")
    with statements() as found:
        shipped = shop.post(f"/orders/{order.order_no}/ship", {"carrier": "zto", "tracking_no": "75312345678901"})
    assert shipped.status_code == 200, shipped.json()
    counts["ship"] = len(found)
    assert counts == {
        "agree to a return": 9,
        "return shipment": 16,  # with its parcel, and what lies on the unclaimed list
        "receive": 12,
        "void": 10,
        "agree to a refund": 11,
        "cancel": 12,
        "refuse": 12,
        "intervention": 13,  # with the message and the dispute beside the request
        "decision": 14,  # moves the dispute as well
        "ship": 18,  # looks for requests to overtake and for promised gifts, and writes the parcel
    }
