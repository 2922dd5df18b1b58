"""Void lists in the hands of many at once: one list a morning, one answer a line (VOI-1, VOI-2, TMO-1)."""

from datetime import timedelta
from functools import partial

import pytest

from aftersales.core.auth import Actor
from aftersales.core.models import Role
from logistics import services
from logistics.models import VoidList, VoidListLine
from logistics.services import Given
from logistics.services.voids import making
from orders.models import OrderNote
from refunds import services as refunds
from refunds.models import Refund
from refunds.states import RefundStatus
from tests import factories
from tests.checks import all_is_well
from tests.refunds.racing import ROUNDS, race, told, winners
from tickets import services as workbench
from tickets.models import TaskKind

pytestmark = pytest.mark.django_db(transaction=True)


def listed(amount=1):
    shop, keeper = factories.make_shop(), factories.staff(Role.WAREHOUSE)
    found = [factories.make_refund(factories.make_order(shop)) for _each in range(amount)]
    return services.void_list_make(shop=shop, actor=keeper), found, keeper


def test_two_workers_and_a_button_make_one_morning(monkeypatch):
    """VOI-1: whoever is first has all the lines; each order is noted once. Before the morning's time none is made."""
    monkeypatch.setattr(making, "morning_has_come", lambda shop, now: True)
    for _round in range(ROUNDS):
        shop, keeper = factories.make_shop(), factories.staff(Role.WAREHOUSE)
        [refund] = [factories.make_refund(factories.make_order(shop))]
        morning = {"shop": shop, "actor": Actor.system("void list"), "only_morning": True}
        came = race(
            one=lambda morning=morning: services.void_list_make(**morning),
            two=lambda morning=morning: services.void_list_make(**morning),
            button=lambda shop=shop, keeper=keeper: services.void_list_make(shop=shop, actor=keeper),
        )
        assert len(winners(came)) >= 1
        assert VoidListLine.objects.filter(refund=refund).count() == 1
        assert VoidList.objects.filter(shop=shop, supplement=0).count() == 1
        assert OrderNote.objects.filter(order=refund.order_id).count() == 1
    all_is_well()


def test_two_people_answer_one_line():
    """VOI-2: one answer counts, the other is told who gave it."""
    for _round in range(ROUNDS):
        made, [refund], keeper = listed()
        boss = factories.staff(Role.SUPERVISOR)

        def give(actor, result, made=made, refund=refund):
            return services.void_line_answer(void_list=made, given=Given(refund.refund_no, result), actor=actor)

        came = race(voided=partial(give, keeper, "voided"), gone=partial(give, boss, "already_shipped"))
        [first] = winners(came)
        [lost] = [one for one in came.values() if told(one)]
        assert (lost.code, lost.extra["answered_by"]) == ("void_answered", came[first].answered_by)
    all_is_well()


def test_two_people_answer_the_same_many_in_other_orders():
    """VOI-2: nobody waits for the other in a circle; each line has one author."""
    for _round in range(ROUNDS):
        made, found, keeper = listed(4)
        boss = factories.staff(Role.SUPERVISOR)

        def give(actor, refunds, result, made=made):
            answers = [Given(each.refund_no, result) for each in refunds]
            return services.void_lines_answer(void_list=made, answers=answers, actor=actor)

        came = race(
            one=partial(give, keeper, found, "voided"),
            two=partial(give, boss, found[::-1], "already_shipped"),
        )
        assert sorted(one.came for outcomes in came.values() for one in outcomes) == ["ok"] * 4 + ["skipped"] * 4
    all_is_well()


def test_the_answer_and_the_clock():
    """VOI-4, TMO-1: in either order nothing is lost: a void in time, or a late answer to what the clock agreed."""
    ends = set()
    for _round in range(ROUNDS):
        made, [refund], keeper = listed()
        came = race(
            answer=lambda made=made, refund=refund, keeper=keeper: services.void_line_answer(
                void_list=made, given=Given(refund.refund_no, "already_shipped"), actor=keeper
            ),
            clock=lambda refund=refund: refunds.refund_agree(refund=refund, actor=Actor.system("timeout")),
        )
        line, after = VoidListLine.objects.get(refund=refund), Refund.objects.get(pk=refund.pk)
        assert "answer" in winners(came)
        ends.add((after.status, line.answer, line.late_answer))
    assert ends <= {
        (RefundStatus.CLOSED, "already_shipped", ""),
        (RefundStatus.WAIT_SYSTEM_TRANSFER, "overtaken", "already_shipped"),
    }
    all_is_well()


def test_a_late_answer_and_the_end_of_the_chase():
    """VOI-4: the task is ticked off as stopped while somebody says that the goods have left: one of them counts."""
    for _round in range(ROUNDS):
        made, [refund], keeper = listed()
        refunds.refund_agree(refund=refund, actor=Actor.system("timeout"))
        task = workbench.task_raise(
            refund=refund, kind=TaskKind.CHASE_VOID, role=Role.WAREHOUSE, within=timedelta(hours=1)
        )
        race(
            list=lambda made=made, refund=refund, keeper=keeper: services.void_line_answer(
                void_list=made, given=Given(refund.refund_no, "already_shipped"), actor=keeper
            ),
            task=lambda task=task, keeper=keeper: workbench.task_done(task=task, actor=keeper),
        )
        assert VoidListLine.objects.get(refund=refund).late_answer in ("voided", "already_shipped")
    all_is_well()


def test_a_list_and_a_request_that_ends_just_then():
    """VOI-1: a request is either on the list and overtaken, or not on it; never open and ended."""
    for _round in range(ROUNDS):
        shop, keeper = factories.make_shop(), factories.staff(Role.WAREHOUSE)
        first, second = (factories.make_refund(factories.make_order(shop)) for _each in range(2))
        buyer = factories.buyer(shop)
        race(
            make=lambda shop=shop, keeper=keeper: services.void_list_make(shop=shop, actor=keeper),
            cancel=lambda second=second, buyer=buyer: refunds.refund_cancel(refund=second, actor=buyer),
        )
        assert list(VoidListLine.objects.filter(answer="", refund__shop=shop).values_list("refund", flat=True)) == [
            first.pk
        ]
    all_is_well()
