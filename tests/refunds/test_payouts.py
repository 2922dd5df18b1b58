"""What a payout may be for, how much, how often, and until when (PAY)."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from aftersales.core import calendar, clock, errors, events, policies, sweeps
from aftersales.core.models import Deadline, LogEntry, Role
from refunds import services
from refunds.models import Payee, Payout, PayoutLine
from refunds.selectors import payouts as reading
from refunds.selectors import postage
from refunds.services import PayeeData
from tests import factories
from tests.checks import all_is_well
from tests.helpers import refused, unchanged
from tickets.models import Task

pytestmark = pytest.mark.django_db


def opened(**fields):
    return factories.make_payout(**fields)


def told():
    """Let everybody hear everything."""
    while events.deliver():
        continue


def quality_return(**order):
    """A return for a fault, of one tin of tea to Sichuan: the table says 12 yuan for the first kilogram."""
    return factories.make_return(factories.make_order(sign=True, **order), reason="quality")


# The way of a payout --------------------------------------------------------------------------------------------------


def test_from_a_draft_to_the_buyer_s_account():
    """PAY-4: draft → waiting for approval → approved → sending → paid; each step with who and when."""
    payout = factories.approved(opened())
    payout = services.payout_send(payout=payout)
    assert (payout.status, payout.transfer_no) == ("sending", payout.payout_no)
    payout = services.payout_confirm(payout=payout, actor=factories.staff(Role.FINANCE), reference="B-1")
    assert (payout.status, payout.reference) == ("paid", "B-1")
    steps = LogEntry.objects.filter(subject_type="payout", subject_id=payout.pk).order_by("version")
    assert [row.action for row in steps] == ["open", "submit", "approve", "send", "confirm"]
    assert Payee.objects.get(pk=payout.payee_id).verified_at == payout.paid_at
    all_is_well()


def test_whoever_opened_it_never_approves_it():
    """PAY-5: not the opener, not who changed it, whatever his role."""
    supervisor = factories.staff(Role.SUPERVISOR)
    payout = services.payout_submit(payout=opened(opened_by=supervisor), actor=supervisor)
    with refused(errors.TransitionNotAllowed, "PAY-5"), unchanged():
        services.payout_approve(payout=payout, actor=supervisor)
    finance = factories.staff(Role.FINANCE)
    payout = services.payout_edit(payout=payout, actor=finance, amount_fen=1100)
    with refused(errors.TransitionNotAllowed, "PAY-5"), unchanged():
        services.payout_approve(payout=payout, actor=finance)
    assert services.payout_approve(payout=payout, actor=factories.staff(Role.FINANCE)).status == "approved"


@pytest.mark.parametrize("change", ["amount", "payee"])
def test_what_was_approved_is_void_once_it_is_changed(change):
    """PAY-5: an amount or payee changed after the approval waits for somebody else again."""
    payout = factories.approved(opened())
    agent = factories.staff()
    if change == "amount":
        payout = services.payout_edit(payout=payout, actor=agent, amount_fen=1300)
    else:
        payout = services.payout_correct_payee(payout=payout, actor=agent, payee=PayeeData("alipay", "a@b.cn", "李雷"))
    assert (payout.status, payout.approved_by_id, payout.approved_fen) == ("pending_approval", None, None)
    told()
    assert Payout.objects.get(pk=payout.pk).attempt == 0


def test_a_wrong_account_is_corrected_and_the_old_one_stays_on_record():
    """PAY-4: failed → corrected → approved anew → sent with a number of its own."""
    payout = services.payout_send(payout=factories.approved(opened()))
    finance = factories.staff(Role.FINANCE)
    payout = services.payout_fail(payout=payout, actor=finance, failure="收款账户不存在", fault="payee")
    told()
    assert list(Task.objects.values_list("kind", "role")) == [("payout_failed", "agent")]
    right = PayeeData("alipay", "li@example.com", "李雷")
    payout = services.payout_correct_payee(payout=payout, actor=factories.staff(), payee=right)
    payout = services.payout_send(payout=factories.approved(payout))
    assert payout.transfer_no == f"{payout.payout_no}A2"
    masked = Payee.objects.filter(order=payout.order).order_by("pk").values_list("masked_account", flat=True)
    assert list(masked) == ["138****1234", "l***@example.com"]
    logged = LogEntry.objects.filter(subject_type="payout", subject_id=payout.pk, changes__has_key="payee_id")
    assert len({row.changes["payee_id"] for row in logged}) == 2


def test_what_failed_for_our_own_account_is_sent_again_as_it_was_approved():
    payout = services.payout_send(payout=factories.approved(opened()))
    finance = factories.staff(Role.FINANCE)
    payout = services.payout_fail(payout=payout, actor=finance, failure="余额不足", fault="us")
    again = services.payout_send_again(payout=payout, actor=finance)
    assert (again.status, again.approved_by_id) == ("approved", payout.approved_by_id)
    assert services.payout_send(payout=again).transfer_no == f"{payout.payout_no}A2"


def test_a_rejected_payout_says_why_and_frees_its_lines():
    payout = services.payout_submit(payout=opened(), actor=factories.staff())
    finance = factories.staff(Role.FINANCE)
    with refused(errors.Invalid), unchanged():
        services.payout_reject(payout=payout, actor=finance, reason=" ")
    payout = services.payout_reject(payout=payout, actor=finance, reason="运费险已赔付")
    assert payout.status == "rejected"
    assert opened(order=payout.order).status == "draft"


# Amounts --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("region", "grams", "fen"),
    [
        ("四川省成都市锦江区", 320, 1200),
        ("四川省成都市锦江区", 1000, 1200),
        ("四川省成都市锦江区", 1001, 1800),
        ("江苏省南京市", 2500, 1200),
        ("浙江省杭州市", 1, 800),
        ("新疆维吾尔自治区乌鲁木齐市", 1500, 3500),
        ("", 500, 1200),
    ],
)
def test_return_postage_by_region_and_weight(region, grams, fen):
    """PAY-3, LOG-7."""
    order = factories.make_order(receiver={"name": "李雷", "phone": "13800001234", "region": region, "address": "1 号"})
    assert postage.table_fen(order, grams) == fen


def test_more_than_the_table_needs_the_receipt():
    """PAY-3."""
    refund = quality_return()
    with refused(errors.RuleViolation, "PAY-3") as info, unchanged():
        opened(refund=refund, purpose="return_postage", amount_fen=1201)
    assert info.value.extra["max_fen"] == 1200
    agent = factories.staff()
    photo = factories.make_evidence(refund.shop, actor=agent, purpose="receipt")
    payout = opened(refund=refund, opened_by=agent, purpose="return_postage", amount_fen=1500, evidence_ids=[photo])
    assert (payout.amount_fen, payout.evidence.get().refund_id) == (1500, refund.pk)


@pytest.mark.parametrize(
    ("purpose", "most"), [("overpaid_postage", 800), ("price_difference", 21600), ("exchange_difference", 21600)]
)
def test_a_payout_is_never_more_than_what_it_is_about(purpose, most):
    """PAY-1: never a substitute for the refund of goods; what others pay of it counts, what is rejected does not."""
    order = factories.make_order(sign=True)
    with refused(errors.RuleViolation, "PAY-1") as info, unchanged():
        opened(order=order, purpose=purpose, amount_fen=most + 1)
    assert info.value.extra["max_fen"] == most
    assert opened(order=order, purpose=purpose, amount_fen=most).amount_fen == most


def test_goods_that_were_given_back_have_no_price_difference_any_more():
    """PAY-1, AMT-2."""
    order = factories.make_order(ship=True)
    refund = factories.make_refund(order)
    services.refund_agree(refund=refund, actor=factories.staff())
    with refused(errors.RuleViolation, "PAY-1") as info:
        opened(order=order, purpose="price_difference", amount_fen=21600)
    assert info.value.extra["max_fen"] == 21600 - refund.amount_fen


def test_what_does_not_fit_the_request_is_refused():
    """PAY-1."""
    refund = factories.make_refund(factories.make_order(sign=True), goods_status="received")
    for purpose in ("return_postage", "exchange_difference"):
        with refused(errors.RuleViolation, "PAY-1"), unchanged():
            opened(refund=refund, purpose=purpose, amount_fen=500)


def test_an_amount_that_the_provider_does_not_send_is_refused_before_anybody_waits():
    with refused(errors.Invalid) as info, unchanged():
        opened(amount_fen=9)
    assert info.value.errors[0].code == "too_little"


@pytest.mark.parametrize(
    ("reason", "owes", "fen"),
    [
        ("quality", "seller", 1200),
        ("seven_day", "buyer", 0),
        ("no_longer_wanted", "buyer", 0),
        ("other", "seller", 1200),
    ],
)
def test_who_owes_the_way_back(reason, owes, fen):
    """Domain.md §9."""
    refund = factories.make_return(factories.make_order(sign=True), reason=reason)
    proposal = postage.postage_owed(refund)
    assert (proposal.owes, proposal.amount_fen) == (owes, fen)


# Limits ---------------------------------------------------------------------------------------------------------------


def test_beyond_the_limit_a_supervisor_approves():
    """PAY-3."""
    payout = services.payout_submit(payout=opened(amount_fen=5001), actor=factories.staff())
    with refused(errors.TransitionNotAllowed, "PAY-3"), unchanged():
        services.payout_approve(payout=payout, actor=factories.staff(Role.FINANCE))
    assert services.payout_approve(payout=payout, actor=factories.staff(Role.SUPERVISOR)).status == "approved"


def test_what_one_person_opens_on_a_day_is_limited():
    """PAY-3: small ones add up."""
    agent, supervisor = factories.staff(), factories.staff(Role.SUPERVISOR)
    policies.set(key="payout.agent_day_limit", value=3000, actor=supervisor)
    needs = []
    for _number in range(3):
        payout = services.payout_submit(payout=opened(opened_by=agent), actor=agent)
        needs.append(payout.needs_supervisor)
    assert needs == [False, False, True]
    tomorrow = clock.now() + timedelta(days=1)
    with time_machine.travel(tomorrow, tick=False):
        assert not services.payout_submit(payout=opened(opened_by=agent), actor=agent).needs_supervisor


def test_what_one_member_of_finance_approves_on_a_day_is_limited():
    """PAY-3."""
    finance, supervisor = factories.staff(Role.FINANCE), factories.staff(Role.SUPERVISOR)
    policies.set(key="payout.approver_day_limit", value=2000, actor=supervisor)
    first, second = (services.payout_submit(payout=opened(), actor=factories.staff()) for _number in range(2))
    services.payout_approve(payout=first, actor=finance)
    with refused(errors.RuleViolation, "PAY-3") as info, unchanged():
        services.payout_approve(payout=second, actor=finance)
    assert info.value.extra["max_fen"] == 800
    assert services.payout_approve(payout=second, actor=supervisor).status == "approved"


# Once -----------------------------------------------------------------------------------------------------------------


def test_a_purpose_is_paid_once_for_a_line():
    """PAY-7: a second one needs a supervisor, and his reason."""
    first = opened()
    with refused(errors.RuleViolation, "PAY-7") as info, unchanged():
        opened(order=first.order)
    assert info.value.extra["payout_no"] == first.payout_no
    supervisor = factories.staff(Role.SUPERVISOR)
    with refused(errors.RuleViolation, "PAY-7"), unchanged():
        opened(order=first.order, opened_by=supervisor)
    second = opened(order=first.order, opened_by=supervisor, second_reason="第一次金额算错")
    assert second.second_reason == "第一次金额算错"
    assert [one["code"] for one in reading.payout_warnings(second)] == ["paid_before"]
    assert opened(order=first.order, purpose="overpaid_postage", amount_fen=100).status == "draft"


def test_other_lines_of_the_order_have_their_own_turn():
    """PAY-7."""
    order = factories.make_order(None, factories.line(), factories.line(line_no="2"), sign=True)
    opened(order=order, line_nos=["1"])
    assert opened(order=order, line_nos=["2"]).status == "draft"
    with refused(errors.Invalid), unchanged():
        opened(order=order, line_nos=["3"])


# Promise and lateness -------------------------------------------------------------------------------------------------


def test_the_promise_is_some_working_days_and_never_today():
    """PAY-6."""
    friday = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
    with time_machine.travel(friday, tick=False):
        payout = services.payout_submit(payout=opened(), actor=factories.staff())
    assert payout.promised_at == calendar.add_workdays(friday, 3)
    assert clock.shanghai_day(payout.promised_at - timedelta(seconds=1)).isoformat() == "2026-11-25"


def test_what_is_not_paid_in_three_working_days_turns_red():
    """PAY-6."""
    payout = services.payout_send(payout=factories.approved(opened()))
    deadline = Deadline.objects.get(subject_type="payout", subject_id=payout.pk, status="running")
    assert (deadline.rule, deadline.due_at) == ("PAY-6", calendar.add_workdays(payout.approved_at, 3))
    with time_machine.travel(deadline.due_at - timedelta(seconds=1), tick=False):
        sweeps.sweep()
        assert not Payout.objects.get(pk=payout.pk).is_late
    with time_machine.travel(deadline.due_at, tick=False):
        sweeps.sweep()
        told()
        assert Payout.objects.get(pk=payout.pk).is_late
    assert list(Task.objects.values_list("kind", "role")) == [("payout_late", "supervisor")]
    all_is_well(at=deadline.due_at)


def test_a_payout_that_is_paid_is_never_late():
    payout = services.payout_send(payout=factories.approved(opened()))
    services.payout_confirm(payout=payout, actor=factories.staff(Role.FINANCE), reference="B-1")
    assert not Deadline.objects.filter(subject_type="payout", status__in=["created", "running"]).exists()


def test_who_judges_is_warned():
    """FRI-3, PAY-2: insured, and an account that other buyers gave, too."""
    opened()
    refund = quality_return(freight_insurance=True)
    payout = opened(refund=refund, purpose="return_postage")
    warned = {one["code"]: one["rule"] for one in reading.payout_warnings(payout)}
    assert warned == {"insured": "FRI-3", "shared_account": "PAY-2"}


# Many at once ---------------------------------------------------------------------------------------------------------


def test_many_are_approved_at_once_each_with_its_outcome():
    """PAY-5: one that is refused does not stop the others."""
    agent, finance = factories.staff(), factories.staff(Role.FINANCE)
    good, changed, large = (
        services.payout_submit(payout=opened(amount_fen=fen), actor=agent) for fen in (1000, 1000, 6000)
    )
    own = services.payout_submit(payout=opened(opened_by=finance), actor=agent)
    stale = changed.version
    services.payout_edit(payout=changed, actor=agent, amount_fen=999)
    asked = [(own, None), (large, None), (changed, stale), (good, good.version)]
    came = {one.payout_no: one for one in services.payouts_approve(payouts=asked, actor=finance)}
    assert came[good.payout_no].payout.status == "approved"
    assert [type(came[one.payout_no].problem) for one in (own, large, changed)] == [
        errors.TransitionNotAllowed,
        errors.TransitionNotAllowed,
        errors.StaleVersion,
    ]
    approved = Payout.objects.filter(status="approved").values_list("payout_no", flat=True)
    assert list(approved) == [good.payout_no]
    assert not PayoutLine.objects.filter(exclusive=False).exists()


def test_other_shops_payouts_do_not_exist():
    stranger = factories.staff(Role.FINANCE, factories.make_shop())
    payout = services.payout_submit(payout=opened(), actor=factories.staff())
    for act in (services.payout_approve, services.payout_submit):
        with refused(errors.NotFound), unchanged():
            act(payout=payout, actor=stranger)
    with refused(errors.NotFound):
        reading.payout_get_for(stranger, payout.payout_no)
