"""Feedback cases over REST, for the systems of goods and design (SAT-2)."""

from datetime import timedelta

import pytest

from aftersales.core import clock
from aftersales.core.models import Role
from feedback import services
from tests import factories
from tests.helpers import statements
from tests.rest import staff_caller

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop():
    return factories.make_shop()


def reported(shop, item="tea-07"):
    return factories.make_feedback(factories.make_order(shop, factories.line(item_id=item), sign=True))


def test_cases_are_listed_and_narrowed(shop):
    first, second = reported(shop, "A"), reported(shop, "B")
    foreign = reported(factories.make_shop())
    services.feedback_take(case=second, actor=factories.staff(Role.GOODS))
    caller = staff_caller(Role.GOODS, shop)

    def numbers(query=""):
        return [row["case_no"] for row in caller.get(f"/feedback-cases{query}").json()["results"]]

    assert numbers() == [second.case_no, first.case_no]
    assert numbers("?status=taken") == [second.case_no]
    assert numbers("?item_id=A&reason=not_as_described") == [first.case_no]
    assert numbers("?late=true") == []
    assert numbers("?updated_since=2001-01-01T00:00:00Z") == [first.case_no, second.case_no]
    assert caller.get("/feedback-cases?status=nothing").status_code == 422
    assert caller.get(f"/feedback-cases/{foreign.case_no}").status_code == 404
    assert staff_caller(Role.WAREHOUSE, shop).get("/feedback-cases").status_code == 403


def test_a_case_is_shown_with_what_is_behind_it_and_what_came_of_its_answer(shop):
    """Both sides of the answer by its day, in a fixed number of statements."""
    case, goods = reported(shop), factories.staff(Role.GOODS)
    today = clock.shanghai_day(clock.now())
    services.feedback_answer(
        case=case, actor=goods, answer="page_changed", answer_text="New photos", effective_on=today
    )
    caller = staff_caller(Role.GOODS, shop)
    shown = caller.get(f"/feedback-cases/{case.case_no}").json()
    assert (shown["status"], shown["remedy"], shown["effect"]) == ("answered", "page_changed", None)
    assert (shown["effective_on"], len(shown["reports"])) == (f"{today}", 1)
    with clock.at(clock.now() + timedelta(days=31)):
        services.cases_measure()
    with statements() as asked:
        shown = caller.get(f"/feedback-cases/{case.case_no}").json()
    effect = shown["effect"]
    assert (effect["days"], effect["before_cases"], effect["after_cases"]) == (30, 0, 0)
    assert effect["before_units"] + effect["after_units"] == 2
    assert len(asked) <= 7
