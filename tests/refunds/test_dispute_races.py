"""Disputes, proposals and exchanges in many hands at once: one ending each, and goods or money, never both."""

from datetime import timedelta

import pytest

from aftersales.core import clock, sweeps
from aftersales.core.models import Deadline, LogEntry, Role
from refunds import services
from refunds.models import Dispute, Proposal, Refund, RefundPayment
from tests import factories
from tests.checks import all_is_well
from tests.refunds.racing import ROUNDS, make_due, race, winners
from tests.refunds.standings import dispute, receive, refuse, send_back

pytestmark = pytest.mark.django_db(transaction=True)


def all_due(subject_type: str, pk: int) -> None:
    rows = Deadline.objects.filter(subject_type=subject_type, subject_id=pk, status="running")
    rows.update(due_at=clock.now() - timedelta(seconds=1))


def endings(subject_type: str, pk: int, before: tuple[str, ...]) -> list[str]:
    """The log's steps that took a thing out of the states `before`."""
    rows = LogEntry.objects.filter(subject_type=subject_type, subject_id=pk, from_status__in=before)
    return [row.action for row in rows.exclude(to_status__in=before)]


@pytest.mark.parametrize("overdue", [False, True])
def test_decision_settlement_withdrawal_evidence_and_the_clock(overdue):
    """DIS-4, DIS-5, TMO-11, TMO-12: a dispute ends once, and what is promised is what its ending says."""
    shop = factories.make_shop()
    agent, buyer, supervisor = factories.staff(), factories.buyer(shop), factories.staff(Role.SUPERVISOR)
    ended: set[str] = set()
    for _round in range(ROUNDS):
        order = factories.make_order(shop, sign=True)
        refund = dispute(refuse(factories.make_refund(order, goods_status="received", reason="not_as_described")))
        pk = Dispute.objects.get(refund=refund).pk
        if overdue:
            all_due("dispute", pk)
        race(
            decide=lambda refund=refund: services.refund_decide(
                refund=refund, actor=supervisor, outcome="partial", text="Half", amount_fen=1000
            ),
            settle=lambda refund=refund: services.refund_settle(refund=refund, actor=agent, amount_fen=700),
            drop=lambda refund=refund: services.refund_settle(refund=refund, actor=buyer),
            cancel=lambda refund=refund: services.refund_cancel(refund=refund, actor=buyer),
            add=lambda refund=refund: services.dispute_add_evidence(refund=refund, actor=buyer, text="Look"),
            clock=lambda: sweeps.sweep(),
        )
        after, row = Refund.objects.get(pk=refund.pk), Dispute.objects.get(pk=pk)
        assert len(endings("dispute", pk, ("requested", "deciding"))) == 1
        promised = list(RefundPayment.objects.filter(refund=refund).values_list("amount_fen", flat=True))
        paid = {"decided_partial": [1000], "settled": [700]}.get(row.status, [])
        assert promised == paid, row.status
        assert (after.status == "WAIT_SYSTEM_TRANSFER") is bool(paid)
        assert not Deadline.objects.filter(subject_type="dispute", subject_id=pk, status="running").exists()
        ended.add(row.status)
        all_is_well(overdue=True)
    assert ended


def test_asking_the_platform_agreeing_cancelling_and_the_deadline():
    """RFD-7, TMO-16: a dispute stands only where nobody ended the request before, and stops its clock."""
    shop = factories.make_shop()
    agent, buyer = factories.staff(), factories.buyer(shop)
    for _round in range(ROUNDS):
        order = factories.make_order(shop, sign=True)
        refund = refuse(factories.make_refund(order, goods_status="received", reason="quality"))
        make_due(refund)
        race(
            ask=lambda refund=refund: services.refund_intervene(refund=refund, actor=buyer, text="Help"),
            agree=lambda refund=refund: services.refund_agree(refund=refund, actor=agent),
            cancel=lambda refund=refund: services.refund_cancel(refund=refund, actor=buyer),
            clock=lambda: sweeps.sweep(),
        )
        after = Refund.objects.get(pk=refund.pk)
        standing = Dispute.objects.filter(refund=refund, status__in=["requested", "deciding"]).count()
        if after.status in ("CLOSED", "WAIT_SYSTEM_TRANSFER"):
            assert standing == 0
        running = Deadline.objects.filter(subject_type="refund", subject_id=refund.pk, status="running").exists()
        assert not (standing and running)
        assert RefundPayment.objects.filter(refund=refund).count() == (after.status == "WAIT_SYSTEM_TRANSFER")
        all_is_well(overdue=True)


def test_proposal_is_answered_once_whoever_else_moves_the_request():
    """DEC-3: accepted, declined, withdrawn, lapsed or made moot; the sum of an accepted one is promised once."""
    shop = factories.make_shop()
    agent, buyer = factories.staff(), factories.buyer(shop)
    for _round in range(ROUNDS):
        order = factories.make_order(shop, sign=True)
        refund = factories.make_refund(order, goods_status="received", reason="quality")
        proposal = services.proposal_make(refund=refund, actor=agent, kind="amount", amount_fen=100)
        all_due("proposal", proposal.pk)
        race(
            accept=lambda proposal=proposal: services.proposal_accept(proposal=proposal, actor=buyer),
            again=lambda proposal=proposal: services.proposal_accept(proposal=proposal, actor=buyer),
            decline=lambda proposal=proposal: services.proposal_decline(proposal=proposal, actor=buyer),
            withdraw=lambda proposal=proposal: services.proposal_withdraw(proposal=proposal, actor=agent),
            agree=lambda refund=refund: services.refund_agree(refund=refund, actor=agent),
            cancel=lambda refund=refund: services.refund_cancel(refund=refund, actor=buyer),
            clock=lambda: sweeps.sweep(),
        )
        row, after = Proposal.objects.get(pk=proposal.pk), Refund.objects.get(pk=refund.pk)
        assert len(endings("proposal", row.pk, ("open",))) == 1
        promised = list(RefundPayment.objects.filter(refund=refund).values_list("amount_fen", flat=True))
        assert promised == ([after.amount_fen] if after.status == "WAIT_SYSTEM_TRANSFER" else [])
        if row.status == "accepted":
            assert promised == [100]
        all_is_well(overdue=True)


def test_replacement_and_money_never_both_leave():
    """EXC-1: shipped, turned into a refund by two agents, cancelled by its buyer, all at once."""
    shop = factories.make_shop()
    agents = [factories.staff(), factories.staff()]
    buyer, store = factories.buyer(shop), factories.staff(Role.WAREHOUSE)
    won: set[str] = set()
    for _round in range(ROUNDS):
        refund = factories.make_exchange(factories.make_order(shop, sign=True))
        receive(send_back(refund), passed=True)
        came = race(
            ship=lambda refund=refund: services.exchange_ship(
                refund=refund, actor=store, carrier="sf", tracking_no="SF1402345678901"
            ),
            first=lambda refund=refund: services.exchange_to_refund(refund=refund, actor=agents[0]),
            second=lambda refund=refund: services.exchange_to_refund(refund=refund, actor=agents[1]),
            cancel=lambda refund=refund: services.refund_cancel(refund=refund, actor=buyer),
        )
        won |= winners(came)
        after = Refund.objects.get(pk=refund.pk)
        turned = list(Refund.objects.filter(turned_from=refund).values_list("status", flat=True))
        shipped = after.replacements.count()
        paid = RefundPayment.objects.filter(refund__turned_from=refund).count()
        assert paid + shipped == 1
        assert turned in ([["WAIT_SYSTEM_TRANSFER"]] if paid else [[], ["WAIT_SELLER_AGREE"]])
        all_is_well()
    assert won


def test_difference_is_settled_once_and_before_the_goods():
    """EXC-2, AMT-5: the dearer goods leave at most once, and never ahead of the buyer's difference."""
    shop = factories.make_shop()
    agents, store = [factories.staff(), factories.staff()], factories.staff(Role.WAREHOUSE)
    for _round in range(ROUNDS):
        refund = factories.make_exchange(factories.make_order(shop, sign=True))
        services.refund_agree(refund=refund, actor=agents[0], new_prices={"1": 12800})
        parcel = {"carrier": "zto", "tracking_no": "75312345678901"}
        services.refund_return_shipment(refund=refund, actor=factories.buyer(shop), **parcel)
        came = race(
            first=lambda refund=refund: services.exchange_settle_difference(refund=refund, actor=agents[0], note="T1"),
            second=lambda refund=refund: services.exchange_settle_difference(refund=refund, actor=agents[1], note="T2"),
            ship=lambda refund=refund: services.exchange_ship(
                refund=refund, actor=store, carrier="sf", tracking_no="SF1402345678901"
            ),
        )
        rows = LogEntry.objects.filter(subject_type="refund", subject_id=refund.pk)
        steps = list(rows.filter(action__in=["settle_difference", "ship_replacement"]).order_by("id"))
        assert [row.action for row in steps] == ["settle_difference", "ship_replacement"][: len(winners(came))]
        assert [row.note for row in steps[:1]] == ["T1" if "first" in winners(came) else "T2"]
        all_is_well()
