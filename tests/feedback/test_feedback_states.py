"""Every cell of the machine of feedback cases (SAT-2)."""

import pytest

from aftersales.core import clock, transitions
from aftersales.core.auth import Actor
from aftersales.core.models import Role
from feedback import services
from feedback.models import FeedbackCase
from feedback.services import FEEDBACK
from feedback.states import FEEDBACK as MACHINE
from tests import factories
from tests.cells import EVERYBODY, cells_of, people, try_all
from tests.checks import all_is_well, shared_world

pytestmark = pytest.mark.django_db

WORK = "goods supervisor"
FIGURES = {"effect_days": 30, "before_cases": 5, "before_units": 50, "after_cases": 1, "after_units": 60}
ANSWER = {"answer": "page_changed", "answer_text": "Photos were taken anew"}
CASES = {
    "open": {
        "take": ("taken", WORK),
        "answer": ("answered", WORK),
        "mark_late": ("open", "system"),
    },
    "taken": {"answer": ("answered", WORK), "mark_late": ("taken", "system")},
    "answered": {"measure": ("measured", "system"), "reopen": ("open", "supervisor system")},
    "measured": {"close": ("closed", WORK), "reopen": ("open", "supervisor system")},
    "closed": {},
}
DETAILS = {"answer": ANSWER | {"effective_on": clock.shanghai_day(clock.now())}, "measure": FIGURES}


def brought_to(state, shop) -> FeedbackCase:
    """A case in a state."""
    goods = factories.staff(Role.GOODS)
    case = factories.make_feedback(factories.make_order(shop, factories.line(item_id=state), sign=True))
    if state == "open":
        return case
    case = services.feedback_take(case=case, actor=goods)
    if state == "taken":
        return case
    today = clock.shanghai_day(clock.now())
    case = services.feedback_answer(case=case, actor=goods, **ANSWER, effective_on=today)
    if state == "answered":
        return case
    transitions.apply(FEEDBACK, case.pk, "measure", actor=Actor.system(), **FIGURES)
    case = FeedbackCase.objects.get(pk=case.pk)
    return case if state == "measured" else services.feedback_close(case=case, actor=goods)


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    """A case in every state."""
    with shared_world(django_db_blocker):
        shop = factories.make_shop()
        everybody = people(shop)
        made = {state: brought_to(state, shop).pk for state in CASES}
        all_is_well()
        yield made, everybody


@pytest.mark.parametrize("state", CASES)
def test_every_cell_of_a_feedback_case(world, state):
    made, everybody = world
    tried = try_all(FEEDBACK, made[state], CASES[state], everybody, DETAILS)
    assert tried == len(cells_of(MACHINE)) * (len(EVERYBODY) + len(everybody.theirs))


def test_the_table_knows_every_state():
    assert set(CASES) == set(MACHINE.labels)
