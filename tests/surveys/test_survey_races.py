"""Two at one survey at the same moment (SAT-1)."""

from functools import partial

import pytest
from django.db import IntegrityError, transaction

from aftersales.core import clock
from surveys import services
from surveys.models import Survey, SurveyAnswer
from tests import factories
from tests.checks import all_is_well
from tests.refunds.racing import ROUNDS, race, winners

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

FINE = {"goods": 5, "attitude": 5, "speed": 5, "price": 5}
LOW = FINE | {"price": 1}


def test_an_answer_that_is_sent_twice_counts_once():
    """SAT-1: whichever was first stands; the other is told that it is answered."""
    for _round in range(ROUNDS):
        survey = factories.make_survey()
        came = race(
            once=partial(services.survey_answer, survey=survey, marks=FINE),
            twice=partial(services.survey_answer, survey=survey, marks=LOW),
        )
        [winner] = winners(came)
        assert SurveyAnswer.objects.get(survey=survey).price == {"once": 5, "twice": 1}[winner]
    all_is_well()


def test_the_database_itself_refuses_a_second_answer():
    survey = services.survey_answer(survey=factories.make_survey(), marks=FINE)
    with pytest.raises(IntegrityError), transaction.atomic():
        SurveyAnswer.objects.create(survey=survey, **FINE, via="link", created_at=clock.now())


def test_an_answer_and_a_call_at_once_leave_one_of_them():
    """SAT-1: the agent notes marks by phone while the buyer sends his."""
    for _round in range(ROUNDS):
        survey = factories.make_survey(kind="sheet", matter="service")
        came = race(
            link=partial(services.survey_answer, survey=survey, marks=FINE),
            phone=partial(services.survey_reach, survey=survey, actor=factories.staff(), marks=LOW),
        )
        [winner] = winners(came)
        survey = Survey.objects.get(pk=survey.pk)
        assert survey.answer.via == {"link": "link", "phone": "call"}[winner]
    all_is_well()


def test_two_matters_of_a_buyer_that_end_at_once_ask_him_once():
    """SAT-1: at most one survey for a buyer within the policy's days."""
    for number in range(ROUNDS):
        order = factories.make_order(sign=True)
        race(
            one=partial(services.survey_open, kind="ticket", number=f"TKA{number}", order=order),
            two=partial(services.survey_open, kind="ticket", number=f"TKB{number}", order=order),
        )
        assert Survey.objects.filter(order=order).count() == 1
