"""Payouts in the hands of many at once: one gets through, the others are told so, the limits hold (PAY-5, PAY-9)."""

import pytest

from aftersales.core import policies
from aftersales.core.models import LogEntry, Role
from refunds import services
from refunds.models import Payout, PayoutLine
from refunds.services import PayeeData
from refunds.states import PayoutStatus
from tests import factories
from tests.checks import all_is_well

from .racing import ROUNDS, race, told, winners

pytestmark = pytest.mark.django_db(transaction=True)
S = PayoutStatus


def submitted(order=None, **fields) -> Payout:
    return services.payout_submit(payout=factories.make_payout(order, **fields), actor=factories.staff())


def now(payout) -> Payout:
    return Payout.objects.get(pk=payout.pk)


def steps(payout) -> list[str]:
    rows = LogEntry.objects.filter(subject_type="payout", subject_id=payout.pk).order_by("version")
    return list(rows.values_list("action", flat=True))


def test_many_approvals_of_one():
    finance = [factories.staff(Role.FINANCE) for _each in range(8)]
    for _round in range(ROUNDS):
        payout = submitted()
        came = race(
            **{
                str(number): lambda actor=actor, payout=payout: services.payout_approve(payout=payout, actor=actor)
                for number, actor in enumerate(finance)
            }
        )
        assert len(winners(came)) == 1
        assert steps(payout).count("approve") == 1
    all_is_well()


def test_approval_and_edit():
    """What was approved is what is paid: either the edit voids the approval, or the approval fails."""
    agent, finance = factories.staff(), factories.staff(Role.FINANCE)
    ends = set()
    for _round in range(ROUNDS):
        payout = submitted()
        came = race(
            approve=lambda payout=payout: services.payout_approve(payout=payout, actor=finance, version=payout.version),
            edit=lambda payout=payout: services.payout_edit(payout=payout, actor=agent, amount_fen=900),
        )
        after = now(payout)
        assert "edit" in winners(came)
        assert (after.status, after.amount_fen, after.approved_by) == (S.PENDING_APPROVAL, 900, None)
        ends.add(tuple(steps(payout)[2:]))
    assert ends <= {("approve", "edit"), ("edit",)}
    all_is_well()


def test_approval_rejection_and_withdrawal():
    agent, finance, boss = factories.staff(), factories.staff(Role.FINANCE), factories.staff(Role.SUPERVISOR)
    for _round in range(ROUNDS):
        payout = submitted()
        race(
            approve=lambda payout=payout: services.payout_approve(payout=payout, actor=finance),
            reject=lambda payout=payout: services.payout_reject(payout=payout, actor=boss, reason="重复"),
            withdraw=lambda payout=payout: services.payout_withdraw(payout=payout, actor=agent, reason="不要了"),
        )
        taken = steps(payout)[2:]
        assert now(payout).status == S.REJECTED
        assert taken in (["reject"], ["withdraw"], ["approve", "reject"], ["approve", "withdraw"])


def test_sending_and_withdrawal():
    """Money that is on its way is never taken back on paper."""
    agent = factories.staff()
    for _round in range(ROUNDS):
        payout = factories.approved(submitted())
        race(
            **{f"send {number}": lambda payout=payout: services.payout_send(payout=payout) for number in range(4)},
            withdraw=lambda payout=payout: services.payout_withdraw(payout=payout, actor=agent, reason="不要了"),
        )
        sent = steps(payout).count("send")
        assert (now(payout).status, sent) in ((S.SENDING, 1), (S.REJECTED, 0))
    all_is_well()


def test_confirmation_and_failure():
    finance = factories.staff(Role.FINANCE)
    for _round in range(ROUNDS):
        payout = services.payout_send(payout=factories.approved(submitted()))
        came = race(
            **{
                f"paid {number}": lambda payout=payout: services.payout_confirm(
                    payout=payout, actor=finance, reference="R-1"
                )
                for number in range(3)
            },
            fail=lambda payout=payout: services.payout_fail(payout=payout, actor=finance, failure="no"),
        )
        assert len(winners(came)) == 1
        assert now(payout).status == (S.FAILED if "fail" in winners(came) else S.PAID)


def test_the_same_bulk_approval_from_two_sides():
    """Locked in one order, whatever the order of the picks: no deadlock, each approved once (PAY-5)."""
    shop = factories.make_shop()
    people = [factories.staff(Role.FINANCE) for _each in range(4)]
    for _round in range(ROUNDS):
        payouts = [submitted(factories.make_order(shop, sign=True)) for _each in range(5)]
        picks = [(payout, payout.version) for payout in payouts]
        race(
            **{
                str(number): lambda actor=actor, picks=picks[:: 1 if number % 2 else -1]: services.payouts_approve(
                    payouts=picks, actor=actor
                )
                for number, actor in enumerate(people)
            }
        )
        for payout in payouts:
            assert steps(payout).count("approve") == 1


def test_one_purpose_is_opened_once_for_a_line():
    """PAY-7: the second of two clicks, or of two agents, is told."""
    agents = [factories.staff() for _each in range(6)]
    payee = PayeeData("alipay", "13800001234", "李雷")
    for _round in range(ROUNDS):
        order = factories.make_order(sign=True)
        came = race(
            **{
                str(number): lambda actor=actor, order=order: services.payout_open(
                    order=order, actor=actor, purpose="goodwill", amount_fen=500, payee=payee
                )
                for number, actor in enumerate(agents)
            }
        )
        assert len(winners(came)) == 1
        assert {problem.extra.get("rule") for problem in came.values() if told(problem)} == {"PAY-7"}
        assert PayoutLine.objects.filter(order_line__order=order).count() == 1


def test_the_days_limit_of_one_person_holds_over_many_clicks():
    """PAY-3: sums are read under a lock of the person's own."""
    finance = factories.staff(Role.FINANCE)
    limit = policies.number("payout.approver_day_limit", shop_id=None)
    most = policies.number("payout.agent_limit", shop_id=None)
    shop = factories.make_shop()
    fits = limit // most
    payouts = []
    for number in range(fits + 4):
        opener = factories.staff()
        lines = [factories.line(unit_price_fen=most * 4)]
        payouts.append(submitted(factories.make_order(shop, *lines, sign=True), amount_fen=most, opened_by=opener))
        assert not now(payouts[number]).needs_supervisor
    for payout in payouts[: fits - 3]:
        services.payout_approve(payout=payout, actor=finance)
    came = race(
        **{
            payout.payout_no: lambda payout=payout: services.payout_approve(payout=payout, actor=finance)
            for payout in payouts[fits - 3 :]
        }
    )
    assert len(winners(came)) == 3
    assert sum(Payout.objects.filter(status=S.APPROVED).values_list("approved_fen", flat=True)) <= limit
