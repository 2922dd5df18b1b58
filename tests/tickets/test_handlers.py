"""What the workbench makes of news: tasks for a role, words for an owner; the same news twice changes nothing."""

from datetime import timedelta

import pytest
import time_machine

from aftersales.core import clock, errors, events, sweeps
from aftersales.core.models import OutboxEvent, Role
from refunds import services as refunds
from refunds.models import Refund, RefundPayment
from tests import factories
from tests.helpers import refused
from tickets import services
from tickets.models import Notification, Task

pytestmark = pytest.mark.django_db


def told_twice():
    """Deliver the news, and once more as after a crash between doing and marking."""
    events.deliver()
    OutboxEvent.objects.exclude(handled=[]).update(delivered_at=None, next_try_at=clock.now(), handled=[])
    while events.deliver():
        continue


def tasks():
    """The open tasks, as (kind, role)."""
    return list(Task.objects.filter(done_at=None).values_list("kind", "role"))


def sent_back(number):
    """A return on its way, with this tracking number."""
    refund = refunds.refund_agree(refund=factories.make_return(), actor=factories.staff())
    buyer = factories.buyer(refund.shop)
    return refunds.refund_return_shipment(refund=refund, actor=buyer, carrier="yuantong", tracking_no=number)


def test_a_number_that_fails_the_carriers_format_is_asked_about_once():
    """RFD-6, LOG-1: softly, for the number is taken all the same."""
    refund = sent_back("12345")
    told_twice()
    assert tasks() == [("check_tracking", "agent")]
    assert refund.status == "WAIT_SELLER_CONFIRM_GOODS"


def test_a_number_that_fits_is_nobodys_task():
    sent_back("YT1234567890123")
    told_twice()
    assert tasks() == []


def test_the_warehouse_is_chased_when_the_clock_agreed_first():
    """VOI-4: the goods must not leave."""
    with time_machine.travel(clock.now(), tick=False) as traveller:
        factories.make_refund()
        traveller.shift(timedelta(hours=48, seconds=1))
        sweeps.sweep()
        told_twice()
    assert tasks() == [("chase_void", "warehouse")]


def test_the_third_refusal_of_the_same_goods_offers_the_platform():
    """RFD-7, and RFD-5: each refusal has its evidence."""
    refund = factories.make_return()
    for number in range(1, 4):
        photo = factories.make_evidence(refund.shop)
        refund = refunds.refund_refuse(
            refund=refund,
            actor=factories.staff(),
            reason="not_fit_for_resale",
            message="吊牌已剪",
            evidence_ids=[photo],
        )
        told_twice()
        assert tasks() == ([("offer_intervention", "supervisor")] if number == 3 else [])
        if number < 3:
            buyer = factories.buyer(refund.shop)
            refund = refunds.refund_modify(refund=refund, actor=buyer, changes={"description": f"第 {number} 次"})


def test_before_shipment_there_is_no_refusal():
    """RFD-1, LAW-5."""
    refund = factories.make_refund()
    with refused(errors.TransitionNotAllowed, "RFD-1"):
        refunds.refund_refuse(
            refund=refund, actor=factories.staff(), reason="other", message="不同意", evidence_ids=["ev_x"]
        )


def test_a_payment_that_failed_is_finances_task():
    """RFD-3: made good another way, never silently."""
    refund = factories.make_refund()
    refunds.refund_void(refund=refund, actor=factories.staff(Role.WAREHOUSE))
    refunds.refund_agree(refund=refund, actor=factories.staff())
    payment = refunds.payment_send(payment=RefundPayment.objects.get(refund=refund))
    refunds.payment_fail(payment=payment, actor=factories.staff(Role.FINANCE), failure="账户已注销")
    told_twice()
    [task] = Task.objects.all()
    assert (task.kind, task.role, task.detail) == ("payment_failed", "finance", "账户已注销")
    assert Refund.objects.get(pk=refund.pk).status == "WAIT_SYSTEM_TRANSFER"


def test_goods_that_are_back_without_a_refund_are_the_supervisors_task():
    """RET-4, TMO-14: seven days, as the law says (LAW-2)."""
    with time_machine.travel(clock.now(), tick=False) as traveller:
        refund = sent_back("YT1234567890123")
        refunds.refund_receive(refund=refund, actor=factories.staff(Role.WAREHOUSE), passed=True)
        traveller.shift(timedelta(days=7, seconds=1))
        sweeps.sweep()
        told_twice()
    assert tasks() == [("refund_overdue", "supervisor")]


def test_the_owner_is_told_once_at_each_mark_before_a_deadline():
    """TMO-17: 24 hours and 4 hours before it goes against the shop."""
    owner = factories.make_user(Role.AGENT)
    with time_machine.travel(clock.now(), tick=False) as traveller:
        refund = factories.make_refund()
        services.refund_assign(refund=refund, actor=factories.staff(Role.SUPERVISOR), assignee=owner)
        for hours, count in ((23, 0), (2, 1), (18, 1), (2, 2), (1, 2)):
            traveller.shift(timedelta(hours=hours))
            sweeps.warn()
            told_twice()
            assert Notification.objects.filter(user=owner, topic="refund.deadline_near").count() == count
    assert services.notifications_read(user_id=owner.pk, up_to=10**12) == 2


def test_a_task_is_done_once():
    """TKT-4: by the role that it is for; a second tick is told."""
    sent_back("12345")
    told_twice()
    [task] = Task.objects.all()
    services.task_done(task=task, actor=factories.staff())
    with refused(errors.Conflict):
        services.task_done(task=task, actor=factories.staff())
