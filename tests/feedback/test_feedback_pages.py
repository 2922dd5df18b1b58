"""The list of feedback cases, one case, its dialogs, and the desk's report from an order's page (SAT-2)."""

from datetime import timedelta

import pytest
from django.test import Client

from aftersales.core import clock
from aftersales.core.models import Role
from feedback import services
from feedback.models import FeedbackCase, FeedbackReport
from tests import factories
from tests.helpers import statements, unchanged
from tests.pages import press

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop():
    return factories.make_shop()


def seat(role, shop) -> Client:
    client = Client(HTTP_ACCEPT_LANGUAGE="en")
    client.force_login(factories.make_user(role, shop))
    return client


def reported(shop, item="tea-07") -> FeedbackCase:
    return factories.make_feedback(factories.make_order(shop, factories.line(item_id=item), sign=True))


def test_the_list_has_the_cases_of_the_shop_by_where_they_are(shop):
    first, second = reported(shop, "A"), reported(shop, "B")
    reported(factories.make_shop())
    services.feedback_take(case=second, actor=factories.staff(Role.GOODS))
    goods = seat(Role.GOODS, shop)
    assert [row.pk for row in goods.get("/feedback/").context["rows"]] == [first.pk]
    assert [row.pk for row in goods.get("/feedback/?tab=taken").context["rows"]] == [second.pk]
    assert goods.get("/feedback/?tab=else").status_code == 200


def test_the_list_takes_as_many_statements_for_fifty_cases_as_for_one(shop):
    goods = seat(Role.GOODS, shop)
    reported(shop, "A")
    goods.get("/feedback/")
    with statements() as once:
        goods.get("/feedback/")
    for number in range(49):
        reported(shop, f"I{number}")
    with statements() as again:
        goods.get("/feedback/")
    assert len(again) == len(once)


def test_the_desk_reports_from_the_order_and_goods_answer(shop):
    """SAT-2: to the effect with both numbers on the page."""
    agent, goods = seat(Role.AGENT, shop), seat(Role.GOODS, shop)
    order = factories.make_order(shop, sign=True)
    at = f"/feedback/new/?order={order.order_no}&shop={shop.code}"
    assert at.replace("&", "&amp;").split("?")[0] in agent.get(f"/orders/{order.order_no}/").content.decode()
    token = agent.get(at).context["form"]["form_token"].value()
    with unchanged():
        wrong = agent.post(at, {"form_token": token, "line": "9", "page_says": "", "came": "x" * 501})
    assert wrong.status_code == 422
    assert set(wrong.context["form"].errors) == {"line", "page_says", "came"}
    agent.post(at, {"form_token": token, "line": "1", "page_says": "Deep red", "came": "Pale red"})
    case = FeedbackCase.objects.get()
    page = agent.get(f"/feedback/{case.case_no}/")
    assert "Pale red" in page.content.decode()
    assert page.context["actions"] == []
    answer = {
        "version": case.version,
        "answer": "page_changed",
        "answer_text": "New photos",
        "effective_on": f"{clock.shanghai_day(clock.now())}",
    }
    path = f"/feedback/{case.case_no}/answer/"
    assert agent.post(path, answer).status_code == 403
    with unchanged():
        assert goods.post(path, answer | {"effective_on": "2020-01-01"}).status_code == 422
    assert goods.post(path, answer).status_code == 302
    with clock.at(clock.now() + timedelta(days=31)):
        assert services.cases_measure() == 1
    text = goods.get(f"/feedback/{case.case_no}/").content.decode()
    assert "In the 30 days before" in text
    assert "In the 30 days after" in text


def test_the_desk_reports_from_a_request_and_comes_back_to_it(shop):
    """SAT-2: the report names the request; a colleague without a seat at the desk has no such button."""
    agent = seat(Role.AGENT, shop)
    refund = factories.make_refund(factories.make_order(shop, factories.line(item_id="tea-07"), sign=True))
    at = f"/feedback/new/?refund={refund.refund_no}"
    assert at in agent.get(f"/requests/{refund.refund_no}/").content.decode()
    assert at not in seat(Role.FINANCE, shop).get(f"/requests/{refund.refund_no}/").content.decode()
    token = agent.get(at).context["form"]["form_token"].value()
    done = agent.post(at, {"form_token": token, "line": "1", "page_says": "Deep red", "came": "Pale red"})
    assert done.headers["Location"] == f"/requests/{refund.refund_no}/"
    report = FeedbackReport.objects.get()
    assert (report.refund_id, report.order_line.order_id) == (refund.pk, refund.order_id)
    assert agent.get("/feedback/new/?refund=RF404").status_code == 404


def test_a_report_on_a_page_of_its_own_leads_home_afterwards(shop):
    """With the script on: there is no page below it to come back to."""
    agent = seat(Role.AGENT, shop)
    order = factories.make_order(shop, sign=True)
    at = f"/feedback/new/?order={order.order_no}&shop={shop.code}"
    token = agent.get(at).context["form"]["form_token"].value()
    given = {"form_token": token, "line": "1", "page_says": "Deep red", "came": "Pale red"}
    assert press(agent, at, given, at=at).headers["HX-Redirect"] == f"/orders/{order.order_no}/?shop={shop.code}"
