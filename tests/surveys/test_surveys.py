"""Who is asked, what an answer does, and what comes of calls (SAT-1, SVC-4)."""

from datetime import timedelta

import pytest

from aftersales.core import clock, errors, policies
from aftersales.core.models import Deadline, OutboxEvent, Role
from aftersales.core.sweeps import sweep
from surveys import services
from surveys.models import Survey, SurveyAnswer, SurveyCall
from tests import factories
from tests.checks import all_is_well
from tests.helpers import refused, unchanged

pytestmark = pytest.mark.django_db

FINE = {"goods": 5, "attitude": 4, "speed": 3, "price": 4}
LOW = FINE | {"speed": 2}


@pytest.fixture(autouse=True)
def _one_moment():
    with clock.at(clock.now()):
        yield


def told(survey):
    return list(
        OutboxEvent.objects.filter(subject_type="survey", subject_id=survey.pk)
        .order_by("id")
        .values_list("topic", flat=True)
    )


def rule(key, value):
    policies.set(key=key, value=value, actor=factories.staff(Role.SUPERVISOR))


def due(survey):
    return Deadline.objects.get(subject_type="survey", subject_id=survey.pk, status="running").due_at


def to_call(**fields):
    """A survey whose buyer has to be called, since an engineer was there."""
    return factories.make_survey(kind="sheet", number="SS1", matter="service", **fields)


def test_a_survey_names_its_subject_and_the_dearest_item_and_waits_three_days():
    """SAT-1: then the buyer is called."""
    order = factories.make_order(factories.make_shop(), sign=True)
    agent = factories.make_user(Role.AGENT)
    survey = factories.make_survey(order, number="TK1", agent_id=agent.pk)
    line = order.lines.order_by("-paid_share_fen").first()
    assert (survey.subject_no, survey.agent_id, survey.item_id) == ("TK1", agent.pk, line.item_id)
    assert due(survey) - survey.created_at == timedelta(days=3)
    assert survey.expires_at - survey.created_at == timedelta(days=14)
    assert told(survey) == ["survey.created"]
    with unchanged():
        assert factories.make_survey(order, number="TK1") == survey, "the same news again asks nobody twice"


def test_a_buyer_is_asked_once_in_thirty_days():
    """SAT-1: a policy of the shop; another buyer is asked all the same."""
    survey = factories.make_survey()
    order = survey.order
    with unchanged():
        assert services.survey_open(kind="ticket", number="TK2", order=order) is None
    assert services.survey_open(kind="ticket", number="TK3", order=factories.make_order(order.shop)) is not None
    with clock.at(clock.now() + timedelta(days=31)):
        assert services.survey_open(kind="ticket", number="TK4", order=order) is not None


def test_the_shop_says_after_what_and_what_share_is_asked():
    order = factories.make_order(sign=True)
    rule("survey.share", 0)
    assert services.survey_open(kind="request", number="RF1", order=order) is None
    with clock.at(clock.now() + timedelta(seconds=1)):
        rule("survey.share", 100)
        rule("survey.after_request", False)
        assert services.survey_open(kind="request", number="RF1", order=order) is None
        assert services.survey_open(kind="ticket", number="TK1", order=order) is not None


def test_a_share_of_the_matters_is_about_that_share_and_always_the_same():
    rule("survey.share", 30)
    order = factories.make_order(sign=True)
    wanted = [number for number in range(400) if services._wanted("ticket", f"TK{number}", order)]
    assert 80 < len(wanted) < 160
    assert wanted == [number for number in range(400) if services._wanted("ticket", f"TK{number}", order)]


def test_an_archived_sheet_is_called_for_within_three_days_even_after_another_survey():
    """SVC-4: within three days a call-back asks for satisfaction; archiving it twice asks once."""
    order = factories.make_survey().order
    survey = services.sheet_was_archived(sheet_no="SS1", order=order)
    assert (survey.status, survey.call_why) == ("calling", "sheet")
    assert due(survey) - survey.created_at == timedelta(days=3)
    assert services.sheet_was_archived(sheet_no="SS1", order=order) == survey


def test_an_answer_is_taken_once():
    """SAT-1: the second changes nothing."""
    survey = factories.make_survey()
    services.survey_answer(survey=survey, marks=FINE, comment="  快 ")
    survey = Survey.objects.get()
    assert (survey.status, survey.lowest, survey.is_low) == ("answered", 3, False)
    assert SurveyAnswer.objects.values_list("goods", "comment", "via").get() == (5, "快", "link")
    assert told(survey) == ["survey.created", "survey.answered"]
    with unchanged(), refused(errors.TransitionNotAllowed):
        services.survey_answer(survey=survey, marks=LOW)
    all_is_well()


def test_a_low_mark_puts_the_buyer_on_the_call_list():
    """SAT-1: at or below the policy's mark; the call is due within the policy's time."""
    survey = services.survey_answer(survey=factories.make_survey(), marks=LOW)
    assert (survey.status, survey.call_why, survey.is_low) == ("calling", "low", True)
    assert due(survey) - survey.updated_at == timedelta(days=2)
    assert told(survey) == ["survey.created", "survey.low"]
    with unchanged(), refused(errors.TransitionNotAllowed):
        services.survey_answer(survey=survey, marks=FINE)
    rule("survey.low_mark", 1)
    assert services.survey_answer(survey=factories.make_survey(), marks=LOW).status == "answered"
    all_is_well()


@pytest.mark.parametrize("marks", [{}, FINE | {"goods": 0}, FINE | {"price": 6}, FINE | {"speed": None}])
def test_a_mark_that_is_missing_or_out_of_range_is_named(marks):
    survey = factories.make_survey()
    with unchanged(), refused(errors.Invalid):
        services.survey_answer(survey=survey, marks=marks)


def test_no_answer_after_the_link_has_expired():
    survey = factories.make_survey()
    with clock.at(survey.expires_at), unchanged(), refused(errors.Conflict):
        services.survey_answer(survey=survey, marks=FINE)


def test_who_does_not_answer_is_called_and_a_call_that_is_not_made_turns_red():
    """SAT-1: the clock puts him on the list after three days, and marks the call late two days later."""
    survey = factories.make_survey()
    with clock.at(survey.created_at + timedelta(days=3, minutes=1)):
        sweep()
        survey = Survey.objects.get()
        assert (survey.status, survey.call_why, survey.is_late) == ("calling", "silent", False)
    with clock.at(survey.call_due_at + timedelta(minutes=1)):
        sweep()
    survey = Survey.objects.get()
    assert survey.is_late
    services.survey_answer(survey=survey, marks=FINE)
    assert Survey.objects.get().status == "answered", "the link still works while he is to be called"


def test_a_call_that_reaches_the_buyer_takes_his_marks():
    survey = services.survey_reach(survey=to_call(), actor=factories.staff(), marks=FINE, note="很满意")
    assert (survey.status, survey.tries) == ("answered", 1)
    assert SurveyAnswer.objects.values_list("via", "comment").get() == ("call", "很满意")
    assert SurveyCall.objects.values_list("outcome", "note").get() == ("reached", "很满意")
    all_is_well()


def test_a_low_mark_by_phone_is_told_but_nobody_calls_again():
    survey = services.survey_reach(survey=to_call(), actor=factories.staff(), marks=LOW)
    assert (survey.status, survey.is_low) == ("answered", True)
    assert told(survey)[-1] == "survey.low"


def test_a_buyer_with_a_low_mark_is_talked_to_without_marks():
    survey = services.survey_answer(survey=factories.make_survey(), marks=LOW)
    survey = services.survey_reach(survey=survey, actor=factories.staff(), note="已道歉")
    assert (survey.status, told(survey)[-1]) == ("answered", "survey.called")
    assert SurveyAnswer.objects.count() == 1
    all_is_well()


def test_without_an_answer_on_the_phone_it_is_tried_three_times():
    """SAT-1: a day later each time, or when the agent says; the third time it is given up."""
    survey, agent = to_call(), factories.staff()
    survey = services.survey_miss(survey=survey, actor=agent)
    assert survey.call_due_at - survey.updated_at == timedelta(days=1)
    chosen = clock.now() + timedelta(hours=5)
    survey = services.survey_miss(survey=survey, actor=agent, next_at=chosen)
    assert due(survey) == chosen
    assert [call.next_at for call in survey.calls.all()][-1] == chosen
    survey = services.survey_miss(survey=survey, actor=agent)
    assert (survey.status, survey.tries, told(survey)[-1]) == ("closed", 3, "survey.given_up")
    all_is_well()


@pytest.mark.parametrize("hours", [-1, 24 * 31])
def test_a_next_call_is_neither_past_nor_far_away(hours):
    survey = to_call()
    with unchanged(), refused(errors.Invalid):
        services.survey_miss(survey=survey, actor=factories.staff(), next_at=clock.now() + timedelta(hours=hours))


@pytest.mark.parametrize(("step", "outcome"), [("refuse", "refused"), ("wrong_number", "wrong_number")])
def test_a_call_ends_it_without_marks_or_leaves_the_answer_that_is_there(step, outcome):
    take = getattr(services, f"survey_{step}")
    assert take(survey=to_call(), actor=factories.staff()).status == "closed"
    low = services.survey_answer(survey=factories.make_survey(), marks=LOW)
    assert take(survey=low, actor=factories.staff()).status == "answered"
    assert set(SurveyCall.objects.values_list("outcome", flat=True)) == {outcome}
    all_is_well()
