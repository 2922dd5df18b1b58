"""Every cell of the survey's state machine (SAT-1)."""

import pytest

from aftersales.core import clock, transitions
from aftersales.core.auth import Actor
from surveys import services
from surveys.models import Survey
from surveys.services import SURVEY
from surveys.states import SURVEY as MACHINE
from tests import factories
from tests.cells import EVERYBODY, cells_of, people, try_all
from tests.checks import all_is_well, shared_world

pytestmark = pytest.mark.django_db

DESK = "agent supervisor"
MARKS = {"goods": 5, "attitude": 5, "speed": 5, "price": 1}
CALLED = {"miss:again": ("calling", DESK), "mark_late": ("calling", "system")}
SURVEYS = {
    "asked": {
        "answer:fine": ("answered", "buyer"),
        "answer:low": ("calling", "buyer"),
        "call": ("calling", "system"),
    },
    "calling": CALLED
    | {
        "answer:fine": ("answered", "buyer"),
        "answer:low": ("calling", "buyer"),
        "reach:fine": ("answered", DESK),
        "reach:low": ("answered", DESK),
        "miss:last": ("closed", DESK),
        "refuse": ("closed", DESK),
        "wrong_number": ("closed", DESK),
    },
    "low": CALLED
    | {
        "reach:talked": ("answered", DESK),
        "miss:last": ("answered", DESK),
        "refuse": ("answered", DESK),
        "wrong_number": ("answered", DESK),
    },
    "answered": {},
    "closed": {},
}
"""`low` is to be called with its answer there already."""
DETAILS = {
    "answer:fine": {"lowest": 4},
    "answer:low": {"lowest": 2},
    "reach:fine": {"lowest": 4},
    "reach:low": {"lowest": 2},
    "miss:again": {"next_at": clock.now()},
}


def brought_to(state, shop) -> Survey:
    """A survey in a state."""
    survey = factories.make_survey(factories.make_order(shop, sign=True))
    if state == "asked":
        return survey
    if state == "low":
        return services.survey_answer(survey=survey, marks=MARKS)
    if state == "answered":
        return services.survey_answer(survey=survey, marks=MARKS | {"price": 5})
    transitions.apply(SURVEY, survey.pk, "call", actor=Actor.system())
    survey = Survey.objects.get(pk=survey.pk)
    return survey if state == "calling" else services.survey_refuse(survey=survey, actor=factories.staff())


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    """A survey in every state."""
    with shared_world(django_db_blocker):
        shop = factories.make_shop()
        everybody = people(shop)
        made = {state: brought_to(state, shop).pk for state in SURVEYS}
        all_is_well()
        yield made, everybody


@pytest.mark.parametrize("state", SURVEYS)
def test_every_cell_of_a_survey(world, state):
    made, everybody = world
    tried = try_all(SURVEY, made[state], SURVEYS[state], everybody, DETAILS)
    assert tried == len(cells_of(MACHINE)) * (len(EVERYBODY) + len(everybody.theirs))


def test_the_table_knows_every_state():
    assert set(SURVEYS) == {*MACHINE.labels, "low"}
