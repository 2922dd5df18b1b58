"""Disputes: whose time runs, what is added, what is missing, what is overdue, how it ends (DIS-1…5, TMO-11, TMO-12)."""

from datetime import timedelta

import pytest
import time_machine

from aftersales.core import events, sweeps
from aftersales.core.models import Deadline, Shop
from refunds import services
from refunds.models import Dispute, Evidence, Refund
from tests import factories
from tests.checks import all_is_well
from tests.helpers import unchanged
from tests.refunds.standings import dispute, photo, refuse
from tests.rest import problem, shop_caller, staff_caller

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop() -> Shop:
    return factories.make_shop()


@pytest.fixture
def refund(shop) -> Refund:
    """In dispute: the buyer says that it is not as described."""
    order = factories.make_order(shop, sign=True)
    return dispute(refuse(factories.make_refund(order, goods_status="received", reason="not_as_described")))


def now(refund: Refund) -> Dispute:
    return Dispute.objects.get(refund=refund)


def rules(refund: Refund) -> dict[str, str]:
    rows = Deadline.objects.filter(subject_type="dispute", subject_id=now(refund).pk)
    return dict(rows.filter(status="running").values_list("rule", "action"))


def test_both_sides_have_three_days_and_the_platform_seven_working_days(refund):
    """TMO-11, TMO-12."""
    made = now(refund)
    assert made.buyer_evidence_until == made.seller_evidence_until == made.created_at + timedelta(days=3)
    assert made.decision_due_at - made.created_at >= timedelta(days=7)
    assert rules(refund) == {"TMO-11": "close_evidence", "TMO-12": "mark_overdue"}
    all_is_well()


def test_what_the_buyer_adds_gives_the_seller_a_day_more(shop, refund):
    """TMO-11: late in the three days; the seller's own pieces give nobody more time."""
    made, at = now(refund), f"/refunds/{refund.refund_no}/dispute-evidence"
    with time_machine.travel(made.buyer_evidence_until - timedelta(hours=1), tick=False):
        staff_caller().post(at, {"text": "详情页", "evidence": [photo(shop)], "shows": "page"})
        assert now(refund).seller_evidence_until == made.seller_evidence_until
        shop_caller(shop).post(at, {"text": "色差照片", "evidence": [photo(shop, "buyer")]})
        later = now(refund)
        assert later.seller_evidence_until == made.buyer_evidence_until + timedelta(hours=23)
        due = Deadline.objects.get(subject_type="dispute", rule="TMO-11", status="running").due_at
        assert due == later.seller_evidence_until
        all_is_well()


def test_after_the_time_evidence_is_refused_with_the_time(shop, refund):
    """409, and nothing is written; the other side's time does not count."""
    made, at = now(refund), f"/refunds/{refund.refund_no}/dispute-evidence"
    with time_machine.travel(made.buyer_evidence_until, tick=False), unchanged():
        body = problem(shop_caller(shop).post(at, {"text": "再补充"}), 409, "evidence_closed", rule="TMO-11")
        assert body["until"] == f"{made.buyer_evidence_until:%Y-%m-%dT%H:%M:%S.%f}Z".replace(".000000", "")


def test_when_the_evidence_is_closed_the_platform_decides_on_what_is_there(shop, refund):
    """DIS-1: by itself after three days; then no evidence, still a decision, a settlement, or a withdrawal."""
    made = now(refund)
    with time_machine.travel(made.seller_evidence_until + timedelta(seconds=1), tick=False):
        assert sweeps.sweep().acted == 1
        assert (now(refund).status, rules(refund)) == ("deciding", {"TMO-12": "mark_overdue"})
        problem(
            staff_caller().post(f"/refunds/{refund.refund_no}/dispute-evidence", {"text": "x"}),
            409,
            "evidence_closed",
            rule="TMO-11",
        )
        all_is_well()
        body = staff_caller("supervisor").post(f"/refunds/{refund.refund_no}/decision", {"outcome": "seller"}).json()
        assert (body["status"], body["dispute"]["status"]) == ("CLOSED", "decided_seller")
        all_is_well()


def test_a_decision_that_does_not_come_is_a_supervisors_task(refund):
    """TMO-12, DIS-2: once; the dispute goes on."""
    made = now(refund)
    with time_machine.travel(made.decision_due_at + timedelta(seconds=1), tick=False):
        assert [sweeps.sweep().acted for _each in range(3)] == [1, 1, 0]
        while events.deliver():
            continue
        late = now(refund)
        assert (late.status, late.is_overdue, rules(refund)) == ("deciding", True, {})
        assert list(refund.tasks.filter(done_at=None, role="supervisor").values_list("kind", flat=True)) == [
            "decision_overdue"
        ]
        all_is_well()


def test_the_kit_says_what_is_missing(shop, refund):
    """DIS-3: by the kind of accusation; the buyer's files are no pieces of the shop's."""
    agent, at = staff_caller(), f"/refunds/{refund.refund_no}/dispute-evidence"
    agent.post(at, {"text": "详情页", "evidence": [photo(shop)], "shows": "page"})
    body = agent.post(at, {"text": "聊天", "evidence": [photo(shop)], "shows": "chat"}).json()
    assert {one["piece"]: one["there"] for one in body["dispute"]["kit"]} == {
        "page": True,
        "inspection": False,
        "chat": True,
        "shipping_slip": False,
    }
    assert set(Evidence.objects.filter(refund=refund).exclude(shows="").values_list("purpose", flat=True)) == {
        "dispute"
    }


def test_an_agreement_settles_and_a_withdrawal_withdraws(shop):
    """DIS-5."""
    ends = []
    for amount in (3000, None):
        made = factories.make_refund(factories.make_order(shop, sign=True), goods_status="received", reason="quality")
        services.refund_settle(refund=dispute(refuse(made)), actor=factories.staff(), amount_fen=amount)
        ends.append(now(made).status)
    assert ends == ["settled", "withdrawn"]
    all_is_well()


def test_without_a_dispute_there_is_nothing_to_add_to(shop):
    made = factories.make_refund(factories.make_order(shop, ship=True))
    answer = staff_caller().post(f"/refunds/{made.refund_no}/dispute-evidence", {"text": "x"})
    problem(
        answer,
        409,
        "transition_not_allowed" if answer.json()["code"] == "transition_not_allowed" else "conflict",
        rule="DIS-1",
    )
