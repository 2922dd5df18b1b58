"""Two at the cases of a shop at the same moment (SAT-2)."""

from functools import partial

import pytest

from aftersales.core import policies
from aftersales.core.models import Role
from feedback import services
from feedback.models import FeedbackCase
from tests import factories
from tests.checks import all_is_well
from tests.refunds.racing import ROUNDS, race

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def test_two_nightly_counts_at_once_open_one_case():
    """SAT-2: the second waits and finds it there; the lock by the shop is what keeps it from failing."""
    policies.set(key="feedback.threshold", value=2, actor=factories.staff(Role.SUPERVISOR))
    shop = factories.make_shop()
    for number in range(ROUNDS):
        for _buyer in range(2):
            order = factories.make_order(shop, factories.line(item_id=f"I{number}"), sign=True)
            factories.make_return(order, reason="quality")
        came = race(one=services.cases_find, two=services.cases_find)
        assert sorted(came.values()) == [0, 1]
        assert FeedbackCase.objects.count() == number + 1
    all_is_well()


def test_a_report_and_another_at_once_are_in_one_case():
    """SAT-2: whichever is first opens it."""
    shop, agent = factories.make_shop(), factories.staff()
    for number in range(ROUNDS):
        line = factories.make_order(shop, factories.line(item_id=f"I{number}"), sign=True).lines.get()
        tell = partial(services.page_report, line=line, actor=agent, page_says="Red", came="Pink")
        came = race(one=tell, two=tell)
        assert came["one"] == came["two"]
        assert came["one"].reports.count() == 2
