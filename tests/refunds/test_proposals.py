"""Proposals: typed, answered by the other side, carried out, countered, overtaken, left unanswered (DEC-3, DIS-5)."""

from datetime import timedelta

import pytest
import time_machine

from aftersales.core import clock, errors, events, sweeps
from aftersales.core.models import Role, Shop
from refunds import services
from refunds.models import Proposal, Refund, RefundPayment
from refunds.states import PROPOSAL
from tests import factories
from tests.cells import EVERYBODY, cells_of, people, try_all, undone
from tests.checks import all_is_well
from tests.helpers import refused, unchanged
from tests.refunds.standings import agree, dispute, photo, refuse, void
from tests.rest import problem, shop_caller, staff_caller

pytestmark = pytest.mark.django_db

DESK, ASKER = "agent supervisor", "buyer agent supervisor"
MOVERS = "buyer agent supervisor warehouse platform system"
POSSIBLE = {
    "seller": {
        "accept": ("accepted", ASKER),
        "decline": ("declined", ASKER),
        "withdraw": ("withdrawn", DESK),
    },
    "buyer": {
        "accept": ("accepted", DESK),
        "decline": ("declined", DESK),
        "withdraw": ("withdrawn", "buyer"),
    },
}
ALWAYS = {
    "supersede": ("superseded", ASKER),
    "fulfil": ("accepted", ASKER),
    "overtake": ("moot", MOVERS),
    "lapse": ("lapsed", "system"),
}


@pytest.fixture
def shop() -> Shop:
    return factories.make_shop()


@pytest.fixture
def refund(shop) -> Refund:
    """Refund only, for goods that the buyer has."""
    order = factories.make_order(shop, sign=True)
    return factories.make_refund(order, goods_status="received", reason="quality")


def propose(refund: Refund, kind: str = "cancel", *, buyer: bool = False, **fields) -> Proposal:
    actor = factories.buyer(refund.shop) if buyer else factories.staff()
    return services.proposal_make(refund=refund, actor=actor, kind=kind, **fields)


def now(refund: Refund) -> Refund:
    return Refund.objects.get(pk=refund.pk)


@pytest.mark.parametrize("side", POSSIBLE)
def test_every_cell(refund, shop, side):
    """Who answers, who takes back, and what only follows from something else."""
    buyer = side == "buyer"
    proposal = propose(refund, "amount", buyer=buyer, amount_fen=100)
    everybody = people(shop)
    tried = try_all(services.PROPOSAL, proposal.pk, POSSIBLE[side] | ALWAYS, everybody, {})
    assert tried == len(cells_of(PROPOSAL)) * (len(EVERYBODY) + len(everybody.theirs))
    for answer in ("declined", "lapsed"):
        with undone():
            ended = {"declined": lambda: services.proposal_decline(proposal=proposal, actor=factories.staff())}
            ended.get(answer, lambda: lapse(proposal))()
            assert now(refund).negotiating is False
            assert try_all(services.PROPOSAL, proposal.pk, {}, everybody, {}) == tried


def lapse(proposal: Proposal) -> None:
    with time_machine.travel(proposal.due_at + timedelta(seconds=1), tick=False):
        assert sweeps.sweep().acted == 1
        while events.deliver():
            continue


def test_a_guided_buyer_accepts_and_the_request_is_corrected(shop, refund):
    """DEC-3: asked before the seller's own deadline; accepted, it is one modification, kept as a version."""
    agent, buyer = staff_caller(), shop_caller(shop)
    at = f"/refunds/{refund.refund_no}"
    body = agent.post(f"{at}/guide", {"kind": "return_refund", "reason": "seven_day", "text": "请改为退货退款"}).json()
    [proposal] = body["proposals"]
    assert (proposal["kind"], proposal["to_kind"], proposal["to_reason"]) == ("correct", "return_refund", "seven_day")
    assert body["messages"][-1]["text"] == "请改为退货退款"
    assert Proposal.objects.get().due_at == refund.due_at - timedelta(hours=12)
    body = buyer.post(f"{at}/proposals/1/accept").json()
    assert (body["kind"], body["reason"], body["proposals"][0]["status"]) == ("return_refund", "seven_day", "accepted")
    assert body["history"][-1]["action"] == "modify"
    assert now(refund).versions.count() == 2
    all_is_well()


def test_a_buyer_who_corrects_by_himself_has_done_what_he_was_asked(shop, refund):
    """DEC-3: the outcome is recorded as changed, not as overtaken."""
    propose(refund, "correct", to_reason="damaged")
    services.refund_modify(refund=refund, actor=factories.buyer(shop), changes={"reason": "damaged"})
    assert Proposal.objects.get().status == "accepted"
    propose(now(refund), "correct", to_reason="postage")
    services.refund_modify(refund=now(refund), actor=factories.buyer(shop), changes={"description": "更多照片"})
    assert list(Proposal.objects.values_list("status", flat=True)) == ["accepted", "moot"]
    all_is_well()


def test_a_guided_buyer_who_does_nothing_brings_the_request_back(refund):
    """DEC-3: not changed in time, before the seller's own deadline; somebody is to decide, refuse is recommended."""
    proposal = propose(refund, "correct", to_reason="damaged")
    assert proposal.due_at < refund.due_at
    lapse(proposal)
    task = now(refund).tasks.get()
    assert (task.kind, task.role, Proposal.objects.get().status) == ("guided_in_vain", "agent", "lapsed")
    assert now(refund).status == "WAIT_SELLER_AGREE"
    all_is_well()


@pytest.mark.parametrize("disputed", [False, True])
def test_a_sum_that_the_buyer_accepts_is_paid(shop, disputed):
    """DIS-5: before the decision it ends the dispute; proposed by the seller, countered by the buyer, accepted."""
    made = factories.make_order(shop, sign=True)
    refund = factories.make_refund(made, goods_status="received", reason="quality")
    if disputed:
        dispute(refuse(refund))
    agent, buyer = staff_caller(), shop_caller(shop)
    at = f"/refunds/{refund.refund_no}"
    assert agent.post(f"{at}/proposals", {"kind": "amount", "amount_fen": 3000}).status_code == 201
    body = buyer.post(f"{at}/proposals", {"kind": "amount", "amount_fen": 6000, "text": "60 元我就同意"}).json()
    assert [one["status"] for one in body["proposals"]] == ["superseded", "open"]
    problem(buyer.post(f"{at}/proposals/2/accept"), 409, "transition_not_allowed", rule="DIS-5")
    body = agent.post(f"{at}/proposals/2/accept").json()
    assert (body["status"], body["amount_fen"], body["in_dispute"]) == ("WAIT_SYSTEM_TRANSFER", 6000, False)
    assert (body["dispute"] or {}).get("status") == ("settled" if disputed else None)
    assert RefundPayment.objects.get().amount_fen == 6000
    all_is_well()


def test_the_buyer_accepts_the_sellers_sum_over_rest(shop, refund):
    """DIS-5: nobody of the shop has to press anything more."""
    propose(refund, "amount", amount_fen=4000, text="补偿 40 元")
    body = shop_caller(shop).post(f"/refunds/{refund.refund_no}/proposals/1/accept").json()
    assert (body["status"], body["amount_fen"]) == ("WAIT_SYSTEM_TRANSFER", 4000)
    assert body["history"][-1]["actor"] == "system: agreement"
    all_is_well()


def test_evidence_that_was_asked_for_comes_with_the_answer(shop, refund):
    propose(refund, "evidence", text="请拍外箱和面单")
    buyer, at = shop_caller(shop), f"/refunds/{refund.refund_no}/proposals/1"
    with unchanged():
        problem(buyer.post(f"{at}/accept"), 422, "invalid")
    body = buyer.post(f"{at}/accept", {"evidence": [photo(shop, "buyer")]}).json()
    assert (len(body["evidence"]), body["proposals"][0]["status"]) == (1, "accepted")


def test_the_buyer_may_withdraw_as_proposed_or_decline(shop, refund):
    propose(refund, "cancel")
    body = shop_caller(shop).post(f"/refunds/{refund.refund_no}/proposals/1/decline", {"text": "不撤"}).json()
    assert (body["status"], body["proposals"][0]["status"]) == ("WAIT_SELLER_AGREE", "declined")
    propose(refund, "cancel")
    body = shop_caller(shop).post(f"/refunds/{refund.refund_no}/proposals/2/accept").json()
    assert (body["status"], body["proposals"][1]["status"]) == ("CLOSED", "accepted")
    all_is_well()


def test_a_proposal_about_a_request_that_changed_is_stale(shop, refund):
    """412: what it was about is no longer so; seen to be 409 without the look at what made it moot."""
    proposal = propose(refund, "amount", amount_fen=100)
    refuse(refund)
    with unchanged():
        for answer in ("accept", "decline"):
            at = f"/refunds/{refund.refund_no}/proposals/{proposal.number}/{answer}"
            stale = problem(shop_caller(shop).post(at), 412, "stale_version")
            assert (stale["version"], stale["status_now"]) == (2, "SELLER_REFUSE_BUYER")
    agent = staff_caller()
    old = agent.post(f"/refunds/{refund.refund_no}/proposals", {"kind": "cancel", "version": 1})
    problem(old, 412, "stale_version")


@pytest.mark.parametrize(
    ("fields", "rule"),
    [
        ({"kind": "correct"}, "DEC-3"),
        ({"kind": "correct", "to_kind": "refund_only", "to_reason": "quality"}, "DEC-3"),
        ({"kind": "correct", "to_reason": "not_received"}, "APP-3"),
        ({"kind": "amount", "amount_fen": 10401}, "AMT-2"),
        ({"kind": "amount"}, "AMT-2"),
        ({"kind": "cancel", "due_at": timedelta(minutes=5)}, "DEC-3"),
        ({"kind": "cancel", "due_at": timedelta(days=9)}, "DEC-3"),
    ],
)
def test_what_could_not_be_done_is_not_proposed(refund, fields, rule):
    if "due_at" in fields:
        fields = {**fields, "due_at": clock.now() + fields["due_at"]}
    with unchanged(), refused(errors.RuleViolation, rule):
        propose(refund, **fields)


def test_who_proposes_what(shop, refund):
    """A buyer changes his request himself; before shipment there is no amount to talk about; settled is settled."""
    with unchanged(), refused(errors.RuleViolation, "DIS-5"):
        propose(refund, "cancel", buyer=True)
    unshipped = factories.make_refund(factories.make_order(shop))
    with unchanged(), refused(errors.RuleViolation, "AMT-1"):
        propose(unshipped, "amount", amount_fen=100)
    agree(void(unshipped))
    with unchanged(), refused(errors.Conflict, "DEC-3"):
        propose(now(unshipped), "cancel")
    refuse(refund)
    with unchanged(), refused(errors.Conflict):
        propose(now(refund), "amount", amount_fen=100)
    problem(staff_caller(Role.WAREHOUSE).post(f"/refunds/{refund.refund_no}/guide", {}), 403, "forbidden")
    problem(shop_caller(shop).post(f"/refunds/{refund.refund_no}/proposals/7/accept"), 404, "not_found")
