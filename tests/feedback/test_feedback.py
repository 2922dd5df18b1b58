"""What is over the threshold opens a case, more requests join, its answer is due, its effect is measured (SAT-2)."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from aftersales.core import clock, errors, events, policies
from aftersales.core.models import Role
from aftersales.core.sweeps import sweep
from feedback import services
from feedback.models import FeedbackCase
from refunds import services as refunds
from tests import factories
from tests.checks import all_is_well
from tests.helpers import unchanged
from tickets.models import Task, TaskKind

pytestmark = pytest.mark.django_db
ANSWER = {"answer": "page_changed", "answer_text": "Photos were taken anew"}


def rule(key, value):
    policies.set(key=key, value=value, actor=factories.staff(Role.SUPERVISOR))


def ask(shop, many=1, reason="quality", **fields):
    """So many buyers ask, each for another order's line of the same item."""
    made = []
    for _number in range(many):
        order = factories.make_order(shop, factories.line(**fields), sign=True)
        made.append(factories.make_return(order, reason=reason))
    return made


@pytest.fixture
def shop():
    rule("feedback.threshold", 3)
    return factories.make_shop()


def test_what_reaches_the_threshold_opens_a_case_with_the_requests_behind_it(shop):
    """SAT-2: item and reason, per shop; below it, for another reason, item or shop nothing comes up."""
    asked = ask(shop, 3)
    ask(shop, 2, reason="damaged")
    ask(shop, 2, item_id="tea-08")
    ask(shop, 3, item_id="tea-09", reason="seven_day")
    ask(factories.make_shop(), 2)
    assert services.cases_find() == 1
    case = FeedbackCase.objects.get()
    assert (case.shop, case.item_id, case.reason, case.status) == (shop, "tea-07", "quality", "open")
    assert (case.found_cases, case.found_units) == (3, 10), "two units in each of the five orders of the item"
    assert set(case.evidence.values_list("refund", flat=True)) == {refund.pk for refund in asked}
    all_is_well()


def test_the_same_line_asked_about_twice_is_one_case(shop):
    """SAT-2: distinct order lines are counted."""
    [first, _second] = ask(shop, 2)
    refunds.refund_cancel(refund=first, actor=factories.buyer(shop))
    factories.make_return(first.order, reason="quality")
    assert services.cases_find() == 0


def test_the_share_of_what_was_sold_is_asked_for_as_well(shop):
    """SAT-2: three of 406 units are below one in a hundred."""
    ask(shop, 3)
    factories.make_order(shop, factories.line(quantity=400))
    assert services.cases_find() == 0
    rule("feedback.least_share", 0)
    assert services.cases_find() == 1


def test_what_is_older_than_the_window_does_not_count(shop):
    ask(shop, 2)
    with clock.at(clock.now() + timedelta(days=31)):
        ask(shop, 1)
        assert services.cases_find() == 0


def test_counting_again_changes_nothing_and_further_requests_join(shop):
    """SAT-2: one case of an item and reason is open."""
    ask(shop, 3)
    services.cases_find()
    with unchanged():
        assert services.cases_find() == 0
    ask(shop, 1)
    assert services.cases_find() == 0
    assert FeedbackCase.objects.get().evidence.count() == 4


def test_the_database_itself_refuses_a_second_open_case(shop):
    case = factories.make_feedback(factories.make_order(shop, sign=True))
    case.pk, case.case_no = None, "FB2"
    with pytest.raises(IntegrityError, match="feedback_one_stands"), transaction.atomic():
        FeedbackCase.objects.bulk_create([case])


def test_counting_takes_as_many_statements_for_ten_items_as_for_one(shop):
    """SAT-2: set-based; what a case costs is its opening alone."""
    for number in range(3):
        ask(shop, 3, item_id=f"I{number}")
    services.cases_find()
    with CaptureQueriesContext(connection) as once:
        services.cases_find()
    for number in range(3):
        ask(shop, 2, item_id=f"I{number}")
    with CaptureQueriesContext(connection) as again:
        services.cases_find()
    assert len(again) == len(once)


def test_what_the_desk_reports_opens_the_case_of_its_item_or_joins_it(shop):
    """SAT-2: what the page says and what came."""
    order = factories.make_order(shop, sign=True)
    case = factories.make_feedback(order)
    assert (case.item_id, case.reason, case.origin) == ("tea-07", "not_as_described", "reported")
    assert factories.make_feedback(factories.make_order(shop, sign=True)) == case
    assert case.reports.count() == 2
    with pytest.raises(errors.Invalid), unchanged():
        factories.make_feedback(order, came="  ")
    with pytest.raises(errors.Invalid), unchanged():
        factories.make_feedback(order, came="x" * 501)
    with pytest.raises(errors.Invalid), unchanged():
        factories.make_feedback(factories.make_order(shop, factories.line(item_id=""), sign=True))


def answered(case, effective_on=None):
    day = effective_on or clock.shanghai_day(clock.now())
    return services.feedback_answer(case=case, actor=factories.staff(Role.GOODS), **ANSWER, effective_on=day)


def test_an_answer_is_in_effect_from_a_day_that_is_near(shop):
    case = factories.make_feedback(factories.make_order(shop, sign=True))
    today = clock.shanghai_day(clock.now())
    for days in (-31, 61):
        with pytest.raises(errors.Invalid), unchanged():
            answered(case, today + timedelta(days=days))
    with pytest.raises(errors.Invalid), unchanged():
        services.feedback_answer(
            case=case, actor=factories.staff(Role.GOODS), answer="else", answer_text="x", effective_on=today
        )


def test_after_an_answer_only_what_came_later_counts_and_the_case_comes_again(shop):
    """SAT-2: from the day of effect on."""
    ask(shop, 3)
    services.cases_find()
    now = clock.now()
    case = answered(FeedbackCase.objects.get(), clock.shanghai_day(now) + timedelta(days=1))
    with clock.at(now + timedelta(days=3)):
        ask(shop, 2)
        assert services.cases_find() == 0, "two since then, and three before it"
        ask(shop, 1)
        assert services.cases_find() == 1
    case = FeedbackCase.objects.get()
    assert (case.status, case.remedy, case.reopened) == ("open", "", 1)
    assert case.evidence.count() == 6


def test_the_effect_is_measured_with_both_numbers(shop):
    """SAT-2: cases and units sold in as many days before and after."""
    rule("feedback.effect_days", 5)
    start = clock.now()
    ask(shop, 3)
    services.cases_find()
    day = clock.shanghai_day(start) + timedelta(days=1)
    case = answered(FeedbackCase.objects.get(), day)
    with clock.at(start + timedelta(days=3)):
        ask(shop, 1)
        factories.make_order(shop, factories.line(quantity=8))
        assert services.cases_measure() == 0, "its days are not over"
    with clock.at(start + timedelta(days=6, minutes=1)):
        assert services.cases_measure() == 1
        assert services.cases_measure() == 0
    case = FeedbackCase.objects.get()
    assert (case.status, case.effect_days) == ("measured", 5)
    assert (case.before_cases, case.before_units, case.after_cases, case.after_units) == (3, 6, 1, 10)
    all_is_well()


def test_an_answer_that_is_due_turns_red_and_is_a_task_of_the_supervisor(shop):
    """SAT-2: taking it on gives no more time; the answer ticks it off."""
    start = clock.now()
    case = factories.make_feedback(factories.make_order(shop, sign=True))
    with clock.at(start + timedelta(days=2)):
        services.feedback_take(case=case, actor=factories.staff(Role.GOODS))
    with clock.at(start + timedelta(days=7, minutes=5)):
        sweep()
        events.deliver()
        case = FeedbackCase.objects.get()
        assert case.is_late
        task = Task.objects.get(kind=TaskKind.FEEDBACK_LATE)
        assert (task.role, task.done_at) == (Role.SUPERVISOR, None)
        answered(case)
        events.deliver()
        task.refresh_from_db()
        assert task.done_at is not None
