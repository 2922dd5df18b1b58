"""Payouts over REST: the contract's routes, errors and bodies (api.md, Money)."""

import pytest

from aftersales.core.models import Role
from refunds import services
from refunds.models import Payout
from tests import factories
from tests.helpers import statements, unchanged
from tests.rest import fields, problem, shop_caller, staff_caller

pytestmark = pytest.mark.django_db

PAYEE = {"account_type": "alipay", "account": "13800001234", "name": "李雷"}


@pytest.fixture
def refund():
    return factories.make_return(factories.make_order(sign=True), reason="quality")


def body(refund, **more):
    return {
        "order_no": refund.order.order_no,
        "refund_no": refund.refund_no,
        "purpose": "return_postage",
        "amount_fen": 1200,
        "payee": PAYEE,
        "note": "质量问题，运费由本店承担",
    } | more


def test_a_payout_goes_its_way_over_rest(refund):
    """PAY-4, PAY-5, PAY-8: opened by an agent, approved by finance, confirmed with a reference, seen by the shop."""
    agent, finance = staff_caller(), staff_caller(Role.FINANCE)
    made = agent.post("/payouts", body(refund))
    assert made.status_code == 201, made.json()
    number = made.json()["payout_no"]
    assert made.json()["payee"] == {
        "account_type": "alipay",
        "account": "138****1234",
        "name": "李*",
        "verified": False,
    }
    assert agent.post(f"/payouts/{number}/submit").json()["status"] == "pending_approval"
    problem(agent.post(f"/payouts/{number}/approve"), 403, "forbidden")
    assert finance.post(f"/payouts/{number}/approve").json()["status"] == "approved"
    services.payout_send(payout=Payout.objects.get())
    paid = finance.post(f"/payouts/{number}/confirm", {"reference": "B-1"}).json()
    assert (paid["status"], paid["reference"], paid["payee"]["verified"]) == ("paid", "B-1", True)
    assert [step["action"] for step in paid["history"]] == ["open", "submit", "approve", "send", "confirm"]
    seen = shop_caller(refund.shop).get(f"/payouts/{number}").json()
    assert (seen["status"], seen["amount_fen"], seen["payee"]["account"]) == ("paid", 1200, "138****1234")
    assert not {"opened_by", "note", "warnings"} & set(seen)


def test_four_eyes_hold_over_rest_for_every_role(refund):
    """PAY-5: 409 with the rule, and nothing is written."""
    for role in (Role.FINANCE, Role.SUPERVISOR):
        caller = staff_caller(role)
        order = factories.make_order(refund.shop, sign=True)
        asked = {"order_no": order.order_no, "purpose": "goodwill", "amount_fen": 500, "payee": PAYEE}
        number = caller.post("/payouts", asked).json()["payout_no"]
        caller.post(f"/payouts/{number}/submit")
        with unchanged():
            refused = problem(caller.post(f"/payouts/{number}/approve"), 409, "transition_not_allowed", "PAY-5")
        assert refused["status_now"] == "pending_approval"


@pytest.mark.parametrize(
    ("wrong", "where"),
    [
        ({"amount_fen": 0}, "amount_fen"),
        ({"amount_fen": "12"}, "amount_fen"),
        ({"purpose": "gift"}, "purpose"),
        ({"payee": {"account": "12", "name": "李雷"}}, "payee.account"),
        ({"payee": {"account": "13800001234", "name": "1"}}, "payee.name"),
        ({"payee": {"account": "13800001234"}}, "payee.name"),
        ({"payee": {**PAYEE, "bank": "x"}}, "payee.bank"),
        ({"amount": 1}, "amount"),
        ({"lines": ["9"]}, "lines[0]"),
        ({"evidence": ["ev_404"]}, "evidence[0]"),
    ],
)
def test_a_wrong_field_is_named(refund, wrong, where):
    with unchanged():
        refused = staff_caller().post("/payouts", body(refund) | wrong)
    assert refused.status_code == 422
    assert where in {one for one, _code in fields(refused.json())}


def test_more_than_the_table_says_how_much_would_be_possible(refund):
    """PAY-3."""
    with unchanged():
        refused = problem(
            staff_caller().post("/payouts", body(refund, amount_fen=2000)), 422, "rule_violation", "PAY-3"
        )
    assert refused["max_fen"] == 1200


def test_a_request_of_another_order_is_not_found(refund):
    other = factories.make_order(refund.shop, sign=True)
    with unchanged():
        problem(staff_caller().post("/payouts", body(refund, order_no=other.order_no)), 404, "not_found")


def test_opening_wants_a_key_and_a_repetition_gets_the_first_answer(refund):
    agent = staff_caller()
    problem(agent.post("/payouts", body(refund), key=None), 400, "idempotency_key_required")
    first = agent.post("/payouts", body(refund), key="k-1")
    again = agent.post("/payouts", body(refund), key="k-1")
    assert (again.json(), again["Idempotency-Replayed"]) == (first.json(), "true")
    assert Payout.objects.count() == 1
    problem(agent.post("/payouts", body(refund, amount_fen=900), key="k-1"), 422, "idempotency_key_reused")


def test_many_are_approved_with_an_outcome_for_each(refund):
    agent, finance = staff_caller(), staff_caller(Role.FINANCE)
    numbers = []
    for fen in (500, 6000):
        order = factories.make_order(refund.shop, sign=True)
        asked = {"order_no": order.order_no, "purpose": "goodwill", "amount_fen": fen, "payee": PAYEE}
        numbers.append(agent.post("/payouts", asked).json()["payout_no"])
        agent.post(f"/payouts/{numbers[-1]}/submit")
    came = finance.post("/payouts/approve", {"payout_nos": [*numbers, "PO404"]}).json()
    assert came["approved"] == 1
    assert [(one["ok"], one["code"], one["rule"]) for one in came["results"]] == [
        (True, None, None),
        (False, "transition_not_allowed", "PAY-3"),
        (False, "not_found", None),
    ]
    stale = staff_caller(Role.SUPERVISOR).post(
        "/payouts/approve", {"payout_nos": [numbers[1]], "versions": {numbers[1]: 1}}
    )
    assert stale.json()["results"][0]["code"] == "stale_version"


def test_an_edit_voids_the_approval_and_a_stale_one_is_412(refund):
    """PAY-5."""
    agent, finance = staff_caller(), staff_caller(Role.FINANCE)
    number = agent.post("/payouts", body(refund)).json()["payout_no"]
    agent.post(f"/payouts/{number}/submit")
    version = finance.post(f"/payouts/{number}/approve").json()["version"]
    changed = agent.patch(f"/payouts/{number}", {"amount_fen": 1000, "version": version}).json()
    assert (changed["status"], changed["approved_by"], changed["amount_fen"]) == ("pending_approval", None, 1000)
    with unchanged():
        problem(finance.post(f"/payouts/{number}/approve", {"version": version}), 412, "stale_version")


def test_a_corrected_payee_is_taken_bare_or_named(refund):
    agent = staff_caller()
    number = agent.post("/payouts", body(refund)).json()["payout_no"]
    first = agent.post(f"/payouts/{number}/correct-payee", PAYEE | {"account": "li@example.com"})
    assert first.json()["payee"]["account"] == "l***@example.com"
    again = agent.post(f"/payouts/{number}/correct-payee", {"payee": PAYEE})
    assert again.json()["payee"]["account"] == "138****1234"


def test_the_account_in_full_is_for_finance_with_a_reason(refund):
    """PAY-2."""
    agent, finance = staff_caller(), staff_caller(Role.FINANCE)
    number = agent.post("/payouts", body(refund)).json()["payout_no"]
    problem(agent.post(f"/payouts/{number}/reveal", {"reason": "x"}), 403, "forbidden")
    assert finance.post(f"/payouts/{number}/reveal", {}).status_code == 422
    shown = finance.post(f"/payouts/{number}/reveal", {"reason": "核对户名"}, key=None)
    assert (shown.json()["account"], shown["Cache-Control"]) == ("13800001234", "no-store")


def test_lists_are_narrowed(refund):
    agent = staff_caller()
    number = agent.post("/payouts", body(refund)).json()["payout_no"]
    factories.make_payout()
    for query in ({"refund_no": refund.refund_no}, {"purpose": "return_postage"}, {"order_no": refund.order.order_no}):
        assert [one["payout_no"] for one in agent.get("/payouts", **query).json()["results"]] == [number]
    assert agent.get("/payouts", status="paid").json()["results"] == []
    assert len(agent.get("/payouts", late="false", updated_since="2026-01-01T00:00:00Z").json()["results"]) == 2


@pytest.mark.parametrize("many", [1, 20])
def test_a_list_costs_the_same_number_of_statements(many):
    shop = factories.make_shop()
    agent = staff_caller()
    for _number in range(many):
        factories.make_payout(factories.make_order(shop, sign=True))
    agent.get("/payouts")
    with statements() as sent:
        assert len(agent.get("/payouts").json()["results"]) == many
    assert len(sent) == 2  # who asks, and the rows


def test_a_document_is_read_in_few_statements(refund):
    payout = factories.make_payout(refund=refund, purpose="return_postage")
    agent = staff_caller()
    agent.get(f"/payouts/{payout.payout_no}")
    with statements() as sent:
        assert agent.get(f"/payouts/{payout.payout_no}").status_code == 200
    assert len(sent) == 8


def test_late_payouts_are_listed_unless_somebody_asks_for_the_others(refund):
    """PAY-6."""
    payout = factories.make_payout(refund=refund)
    Payout.objects.filter(pk=payout.pk).update(is_late=True)
    agent = staff_caller()
    listed = {
        query: len(agent.get(f"/payouts{query}").json()["results"]) for query in ("", "?late=true", "?late=false")
    }
    assert listed == {"": 1, "?late=true": 1, "?late=false": 0}
