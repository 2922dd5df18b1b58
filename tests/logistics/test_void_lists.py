"""The morning's void list: made once, answered once, never at odds with its requests (VOI-1…4, RFD-2, TMO-1)."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.utils import translation

from aftersales.core import errors, events, policies, sweeps
from aftersales.core.auth import Actor
from aftersales.core.models import Deadline, OutboxEvent, Role
from logistics import services
from logistics.models import Parcel, VoidAnswer, VoidEnd, VoidList, VoidListLine
from logistics.services import Given
from orders import services as orders
from orders.models import Order, OrderNote
from orders.states import OrderStatus
from refunds import services as refunds
from refunds.models import Refund, RefundPayment
from refunds.states import RefundStatus
from tests import factories
from tests.checks import all_is_well
from tests.helpers import refused, statements, unchanged
from tickets import services as workbench
from tickets.models import Task, TaskKind

pytestmark = pytest.mark.django_db
SEVEN = datetime(2026, 11, 27, 23, 0, tzinfo=UTC)  # seven in the morning of the 28th, in Beijing
EIGHT = SEVEN + timedelta(hours=1)


@pytest.fixture
def shop():
    return factories.make_shop()


@pytest.fixture
def keeper():
    return factories.staff(Role.WAREHOUSE)


def asked(shop, amount=1):
    return [factories.make_refund(factories.make_order(shop)) for _each in range(amount)]


def listed(shop, amount=1, keeper=None) -> tuple[VoidList, list[Refund]]:
    found = asked(shop, amount)
    return services.void_list_make(shop=shop, actor=keeper or factories.staff(Role.WAREHOUSE)), found


def line(refund) -> VoidListLine:
    return VoidListLine.objects.get(refund=refund)


def answer(void_list, refund, actor, result="voided", **given):
    return services.void_line_answer(void_list=void_list, given=Given(refund.refund_no, result, **given), actor=actor)


def clock_agrees(refund) -> Refund:
    """TMO-1."""
    refunds.refund_agree(refund=refund, actor=Actor.system("timeout"))
    while events.deliver():
        pass
    return Refund.objects.get(pk=refund.pk)


def test_the_morning_comes_at_the_shops_own_time_and_once(shop):
    """VOI-1: eight in Beijing unless the shop says otherwise; the job may run as often as it likes."""
    later = factories.make_shop()
    boss = factories.staff(Role.SUPERVISOR)
    with time_machine.travel(SEVEN, tick=False):
        refund, theirs = *asked(shop), *asked(later)
        policies.set(key="refund.void_list_time", value="09:30", shop=later, actor=boss)
        assert services.void_lists_make_due() == []
    with time_machine.travel(EIGHT, tick=False):
        [made] = services.void_lists_make_due()
        assert services.void_lists_make_due() == []
    assert (made.shop, f"{made.day}", made.supplement, made.list_no[:10]) == (shop, "2026-11-28", 0, "VL20261128")
    assert [each.refund for each in made.lines.all()] == [refund]
    with time_machine.travel(EIGHT + timedelta(hours=2), tick=False):
        [other] = services.void_lists_make_due()
        assert services.void_lists_make_due() == []
    assert [each.refund for each in other.lines.all()] == [theirs]
    with time_machine.travel(EIGHT + timedelta(days=1), tick=False):
        assert [each.lines.count() for each in services.void_lists_make_due()] == [0]


def test_each_order_on_it_is_noted(shop):
    """VOI-1: 已经提交未发退."""
    with translation.override("zh-hans"):
        made, [first, second] = listed(shop, 2)
    notes = OrderNote.objects.filter(order__in=[first.order_id, second.order_id])
    assert [note.text for note in notes] == [f"已经提交未发退（{made.list_no}）"] * 2


def test_a_shop_may_make_its_lists_by_hand_alone(shop, keeper):
    """VOI-1: switched off, the day's first list by hand is the morning's."""
    policies.set(key="refund.void_list_time", value="off", shop=shop, actor=factories.staff(Role.SUPERVISOR))
    asked(shop)
    with time_machine.travel(EIGHT + timedelta(hours=10), tick=False):
        assert services.void_lists_make_due() == []
        assert services.void_list_make(shop=shop, actor=keeper).is_morning


def test_what_comes_after_the_list_goes_on_a_supplementary_one(shop, keeper):
    """VOI-3."""
    with time_machine.travel(EIGHT, tick=False):
        first = asked(shop)
        [morning] = services.void_lists_make_due()
        with refused(errors.Conflict), unchanged():
            services.void_list_make(shop=shop, actor=keeper)
        second = asked(shop)
        extra = services.void_list_make(shop=shop, actor=keeper)
    assert (morning.supplement, extra.supplement) == (0, 1)
    assert [[one.refund for one in each.lines.all()] for each in (morning, extra)] == [first, second]


def test_a_list_by_hand_before_the_morning_does_not_take_its_place(shop, keeper):
    """VOI-1, VOI-3: what came in the rest of the night is submitted when the morning comes."""
    with time_machine.travel(SEVEN, tick=False):
        asked(shop)
        assert services.void_list_make(shop=shop, actor=keeper).supplement == 1
        late = asked(shop)
    with time_machine.travel(EIGHT, tick=False):
        [morning] = services.void_lists_make_due()
    assert [each.refund for each in morning.lines.all()] == late


def test_only_open_requests_before_shipment_are_on_it(shop, keeper):
    """VOI-1."""
    factories.make_return(factories.make_order(shop, sign=True))
    voided, cancelled, waits = asked(shop, 3)
    services.void_answer(refund=voided, actor=keeper, result="voided")
    refunds.refund_cancel(refund=cancelled, actor=factories.buyer(shop))
    made = services.void_list_make(shop=shop, actor=keeper)
    assert [each.refund for each in made.lines.all()] == [waits]


def test_lists_are_the_warehouses_and_the_supervisors(shop):
    """VOI-1: agents look, finance does not even that; another shop's is not there."""
    made, [refund] = listed(shop)
    for role in (Role.AGENT, Role.FINANCE, Role.GOODS):
        with refused(errors.Forbidden), unchanged():
            services.void_list_make(shop=shop, actor=factories.staff(role))
        with refused(errors.Forbidden), unchanged():
            answer(made, refund, factories.staff(role))
    stranger = factories.staff(Role.WAREHOUSE, factories.make_shop())
    with refused(errors.NotFound):
        services.void_list_make(shop=shop, actor=stranger)
    with refused(errors.NotFound):
        answer(made, refund, stranger)


def test_voided_frees_the_refund_and_a_note_alone_does_not(shop, keeper):
    """VOI-2, VOI-3: the note "void submitted", or any other, is no answer; agreeing still checks the amount."""
    made, [refund] = listed(shop, keeper=keeper)
    agent = factories.staff()
    orders.note_add(order=refund.order, actor=keeper, text="已作废")
    with refused(errors.TransitionNotAllowed, "VOI-2"), unchanged():
        refunds.refund_agree(refund=refund, actor=agent)
    answered = answer(made, refund, keeper, note="已拦下")
    assert (answered.answer, answered.answered_by, answered.note) == (VoidAnswer.VOIDED, keeper.name, "已拦下")
    with refused(errors.RuleViolation, "AMT-2"), unchanged():
        refunds.refund_agree(refund=refund, actor=agent, amount_fen=refund.amount_fen + 1)
    assert refunds.refund_agree(refund=refund, actor=agent).status == RefundStatus.WAIT_SYSTEM_TRANSFER
    all_is_well()


def test_already_shipped_marks_the_order_and_closes_the_request(shop, keeper):
    """VOI-2, RFD-2."""
    made, [refund] = listed(shop, keeper=keeper)
    answered = answer(made, refund, keeper, "already_shipped", carrier="yuantong", tracking_no="yt1234567890123")
    assert answered.answer == VoidAnswer.ALREADY_SHIPPED
    assert Refund.objects.get(pk=refund.pk).status == RefundStatus.CLOSED
    assert Order.objects.get(pk=refund.order_id).status == OrderStatus.WAIT_BUYER_CONFIRM_GOODS
    assert (Parcel.objects.get().carrier, Parcel.objects.get().tracking_no) == ("yuantong", "YT1234567890123")
    all_is_well()


def test_a_second_answer_is_told_who_gave_the_first_and_when(shop, keeper):
    """VOI-2."""
    made, [refund] = listed(shop, keeper=keeper)
    answer(made, refund, keeper)
    with refused(errors.Conflict, "VOI-2") as info, unchanged():
        answer(made, refund, factories.staff(Role.SUPERVISOR), "already_shipped")
    assert (info.value.code, info.value.extra["answered_by"]) == ("void_answered", keeper.name)
    assert keeper.name in str(info.value.detail)
    assert info.value.extra["answered_at"] == line(refund).answered_at


def test_the_database_keeps_the_answer(shop, keeper):
    """VOI-2: the last guard."""
    made, [refund] = listed(shop, keeper=keeper)
    answer(made, refund, keeper)
    mine = VoidListLine.objects.filter(refund=refund)
    for change in ({"answer": ""}, {"answered_by": "x"}, {"answer": "already_shipped"}, {"refund": asked(shop)[0]}):
        with pytest.raises(IntegrityError), transaction.atomic():
            mine.update(**change)
    with pytest.raises(IntegrityError), transaction.atomic():
        mine._raw_delete(mine.db)
    with pytest.raises(IntegrityError), transaction.atomic():
        VoidList.objects.create(
            list_no="VL2",
            shop=shop,
            day=made.day,
            supplement=made.supplement,
            created_at=made.created_at,
            created_by="x",
        )


def test_one_open_line_a_request(shop, keeper):
    """VOI-3: by the database."""
    _made, [refund] = listed(shop, keeper=keeper)
    other, _theirs = listed(shop, keeper=keeper)
    with pytest.raises(IntegrityError), transaction.atomic():
        VoidListLine.objects.create(void_list=other, refund=refund)


def test_an_answer_given_elsewhere_answers_the_line(shop, keeper):
    """VOI-2: by the request's own route or page, with who and what was noted."""
    _made, [first, second] = listed(shop, 2)
    services.void_answer(refund=first, actor=keeper, result="voided", note="货架")
    services.void_answer(refund=second, actor=keeper, result="already_shipped")
    assert (line(first).answer, line(first).answered_by, line(first).note) == ("voided", keeper.name, "货架")
    assert line(second).answer == "already_shipped"
    all_is_well()


def test_what_overtakes_a_request_overtakes_its_line(shop):
    """RFD-2, APP-9, TMO-1: shipped, cancelled, agreed by the clock, each in its own words and at once."""
    _made, [shipped, cancelled, agreed] = listed(shop, 3)
    services.order_ship(order=shipped.order, actor=factories.staff(), buyer_consented=True)
    refunds.refund_cancel(refund=cancelled, actor=factories.buyer(shop))
    refunds.refund_agree(refund=agreed, actor=Actor.system("timeout"))
    ends = [line(each).ended_as for each in (shipped, cancelled, agreed)]
    assert ends == [VoidEnd.SHIPPED, VoidEnd.CANCELLED, VoidEnd.AGREED]
    assert {line(each).answer for each in (shipped, cancelled, agreed)} == {"overtaken"}
    all_is_well()


def test_the_sweep_overtakes_many_lines_at_once(shop):
    """TMO-1: one statement for the lines, however many requests the clock agrees to."""
    _made, found = listed(shop, 5)
    Deadline.objects.filter(subject_type="refund").update(due_at=datetime(2026, 1, 1, tzinfo=UTC))
    with statements() as said:
        sweeps.sweep()
    assert sum('UPDATE "logistics_voidlistline"' in one for one in said) == 1
    assert {line(each).ended_as for each in found} == {VoidEnd.AGREED}


def test_an_answer_after_the_order_goes_out_again_is_told(shop, keeper):
    """VOI-2: a cancelled request's goods must go out, so nobody voids them by an old list."""
    made, [refund] = listed(shop, keeper=keeper)
    refunds.refund_cancel(refund=refund, actor=factories.buyer(shop))
    with refused(errors.Conflict, "VOI-4") as info, unchanged():
        answer(made, refund, keeper)
    assert info.value.code == "void_overtaken"


def test_goods_stopped_late_end_the_chase(shop, keeper):
    """VOI-4, TMO-1: the clock agreed first; the warehouse's word is kept, once, and the task is done."""
    made, [refund] = listed(shop, keeper=keeper)
    clock_agrees(refund)
    chase = Task.objects.get(kind=TaskKind.CHASE_VOID)
    late = answer(made, refund, keeper)
    while events.deliver():
        pass
    assert (late.answer, late.late_answer, late.late_by) == ("overtaken", "voided", keeper.name)
    assert Task.objects.get(pk=chase.pk).done_at is not None
    assert not Task.objects.filter(kind=TaskKind.GOODS_GONE).exists()
    with refused(errors.Conflict, "VOI-2") as info:
        answer(made, refund, keeper, "already_shipped")
    assert info.value.extra["answered_by"] == keeper.name
    assert "VOI-4" in OrderNote.objects.filter(order=refund.order_id).last().text


def test_goods_gone_after_the_money_are_the_supervisors_at_once(shop, keeper):
    """VOI-4: refunded, and shipped all the same."""
    made, [refund] = listed(shop, keeper=keeper)
    clock_agrees(refund)
    answer(made, refund, keeper, "already_shipped", carrier="sf", tracking_no="SF1234567890123")
    for _twice in range(2):
        OutboxEvent.objects.filter(topic="void.late").update(delivered_at=None, next_try_at=made.created_at, handled=[])
        while events.deliver():
            pass
    task = Task.objects.get(kind=TaskKind.GOODS_GONE)
    assert (task.role, task.detail, task.refund) == ("supervisor", "sf SF1234567890123", refund)
    assert RefundPayment.objects.filter(refund=refund).count() == 1


def test_ticking_off_the_chase_is_the_late_answer(shop, keeper):
    """VOI-4: the task and the list never ask twice."""
    _made, [refund] = listed(shop, keeper=keeper)
    clock_agrees(refund)
    workbench.task_done(task=Task.objects.get(kind=TaskKind.CHASE_VOID), actor=keeper)
    assert (line(refund).late_answer, line(refund).late_by) == ("voided", keeper.name)


def test_many_answers_have_each_their_outcome(shop, keeper):
    """VOI-2: one that is refused does not stop the others."""
    made, [free, known, gone, left, stale] = listed(shop, 5)
    services.void_answer(refund=known, actor=keeper, result="voided")
    refunds.refund_cancel(refund=gone, actor=factories.buyer(shop))
    given = [
        Given(free.refund_no, "voided"),
        Given(known.refund_no, "voided"),
        Given(gone.refund_no, "voided"),
        Given(left.refund_no, "already_shipped", carrier="sf", tracking_no="SF1234567890123"),
        Given(stale.refund_no, "voided", version=stale.version + 1),
        Given("RF404", "voided"),
    ]
    came = services.void_lines_answer(void_list=made, answers=given, actor=keeper)
    assert [one.came for one in came] == ["ok", "skipped", "failed", "ok", "failed", "failed"]
    codes = [one.problem and one.problem.code for one in came]
    assert codes == [None, "void_answered", "void_overtaken", None, "stale_version", "not_found"]
    assert [line(each).answer for each in (free, known, gone, left, stale)] == [
        "voided",
        "voided",
        "overtaken",
        "already_shipped",
        "",
    ]
    all_is_well()


@pytest.mark.parametrize("amount", [1, 50])
def test_voiding_many_costs_no_more_statements_than_one(shop, keeper, amount):
    made, found = listed(shop, amount)
    with statements() as said:
        came = services.void_lines_answer(
            void_list=made, answers=[Given(each.refund_no, "voided") for each in found], actor=keeper
        )
    assert {one.came for one in came} == {"ok"}
    assert len(said) == 11
    assert VoidListLine.objects.filter(answer="voided").count() == amount


@pytest.mark.parametrize("amount", [1, 50])
def test_making_a_long_list_costs_no_more_statements_than_a_short_one(shop, keeper, amount):
    asked(shop, amount)
    with statements() as said:
        services.void_list_make(shop=shop, actor=keeper)
    assert len(said) == 10
