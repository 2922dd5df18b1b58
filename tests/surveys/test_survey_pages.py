"""The call list, one survey, what came of a call, and the results with the answers behind them (SAT-1)."""

from datetime import timedelta

import pytest
from django.test import Client

from aftersales.core import clock
from aftersales.core.models import Role
from surveys import services
from surveys.models import Survey, SurveyCall
from tests import factories
from tests.helpers import statements, unchanged

pytestmark = pytest.mark.django_db

FINE = {"goods": 5, "attitude": 4, "speed": 3, "price": 4}
LOW = FINE | {"attitude": 1}


@pytest.fixture
def shop():
    return factories.make_shop()


def seat(role, shop) -> Client:
    client = Client(HTTP_ACCEPT_LANGUAGE="en")
    client.force_login(factories.make_user(role, shop))
    return client


def to_call(shop, **fields) -> Survey:
    given = {"kind": "sheet", "matter": "service"} | fields
    return factories.make_survey(factories.make_order(shop, sign=True), **given)


def answered(shop, marks=FINE, **fields) -> Survey:
    survey = factories.make_survey(factories.make_order(shop, sign=True), **fields)
    return services.survey_answer(survey=survey, marks=marks)


def test_who_is_to_be_called_stands_in_the_order_of_the_times(shop):
    """SAT-1: phones are masked, a call that was made is in its own tab."""
    first = to_call(shop)
    low = answered(shop, LOW)
    done = services.survey_refuse(survey=to_call(shop), actor=factories.staff())
    to_call(factories.make_shop())
    agent = seat(Role.AGENT, shop)
    shown = agent.get("/surveys/calls/")
    assert [row.pk for row in shown.context["rows"]] == [low.pk, first.pk]
    assert {tab["key"]: tab["count"] for tab in shown.context["tabs"]} == {"call": 2, "late": 0, "called": None}
    assert first.order.receiver_phone not in shown.content.decode()
    assert [row.pk for row in agent.get("/surveys/calls/?tab=called").context["rows"]] == [done.pk]
    page = agent.get(f"/surveys/{first.survey_no}/")
    text = page.content.decode()
    with clock.at(first.expires_at):
        assert "/s/" not in agent.get(f"/surveys/{first.survey_no}/").content.decode(), "nobody copies what is over"
    assert first.order.receiver_phone not in text
    assert f"/orders/{first.order.order_no}/buyer/?shop={shop.code}" in text, "the way to see the number, with a reason"
    assert page.context["page"].address in text


@pytest.mark.parametrize("path", ["/surveys/calls/", "/surveys/calls/?tab=called", "/surveys/answers/"])
def test_the_lists_cost_the_same_with_one_and_with_fifty(shop, path):
    agent = seat(Role.AGENT, shop)

    def one_more() -> None:
        survey = to_call(shop)
        if "called" in path:
            services.survey_miss(survey=survey, actor=factories.staff())
        if "answers" in path:
            services.survey_answer(survey=survey, marks=FINE)

    one_more()
    agent.get(path)
    with statements() as one:
        agent.get(path)
    for _each in range(49):
        one_more()
    with statements() as fifty:
        assert len(agent.get(path).context["rows"]) == 50
    assert len(one) == len(fifty)


@pytest.mark.parametrize(
    ("step", "sent", "outcome"),
    [
        ("reach", {"goods": 5, "attitude": 5, "speed": 5, "price": 5, "note": "很满意"}, "reached"),
        ("miss", {"note": ""}, "no_answer"),
        ("refuse", {"note": "忙"}, "refused"),
        ("wrong-number", {}, "wrong_number"),
    ],
)
def test_each_outcome_is_recorded_in_its_dialog(shop, step, sent, outcome):
    survey, agent = to_call(shop), seat(Role.AGENT, shop)
    address = f"/surveys/{survey.survey_no}/{step}/"
    assert agent.get(address).status_code == 200
    answer = agent.post(address, sent | {"version": survey.version}, headers={"hx-request": "true"})
    assert answer.status_code == 204
    assert SurveyCall.objects.get().outcome == outcome
    with unchanged():
        assert agent.post(address, sent | {"version": survey.version}).status_code in (409, 412)


@pytest.mark.parametrize(
    ("step", "wrong", "field"),
    [
        ("reach", {"goods": "9"}, "goods"),
        ("reach", {}, "price"),
        ("miss", {"next_at": "2001-01-01T00:00"}, "next_at"),
        ("miss", {"next_at": "9999-12-31T23:59"}, "next_at"),
        ("miss", {"note": "\0"}, "note"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(shop, step, wrong, field):
    survey, agent = to_call(shop), seat(Role.AGENT, shop)
    with unchanged():
        answer = agent.post(f"/surveys/{survey.survey_no}/{step}/", wrong | {"version": survey.version})
    assert answer.status_code == 422
    assert answer.context["form"].errors[field]


def test_a_low_mark_is_talked_about_and_the_talk_is_noted(shop):
    survey, agent = answered(shop, LOW), seat(Role.AGENT, shop)
    address = f"/surveys/{survey.survey_no}/reach/"
    assert "goods" not in agent.get(address).context["form"].fields
    assert agent.post(address, {"version": survey.version}).status_code == 422, "what was said is to be noted"
    agent.post(address, {"version": survey.version, "note": "已道歉"})
    assert Survey.objects.get().status == "answered"


def test_the_results_count_by_agent_item_and_reason(shop):
    """SAT-1: number, average of each mark, share of low marks, answer rate; the days are those of the asking."""
    agent = factories.make_user(Role.AGENT, shop, display_name="王芳")
    answered(shop, FINE, agent_id=agent.pk, matter="logistics")
    answered(shop, LOW, agent_id=agent.pk, matter="missing")
    factories.make_survey(factories.make_order(shop), agent_id=agent.pk, matter="missing")
    factories.make_survey(factories.make_order(shop))
    with clock.at(clock.now() - timedelta(days=40)):
        answered(shop, LOW, agent_id=agent.pk)
    answered(factories.make_shop(), LOW, agent_id=agent.pk)
    desk = seat(Role.SUPERVISOR, shop)
    shown = desk.get("/surveys/")
    [(first, url), (second, _url)] = shown.context["rows"]
    assert (first.label, first.asked, first.answered, first.low) == ("王芳", 3, 2, 1)
    assert (first.answer_rate, first.low_share, first.marks) == (67, 50, [5.0, 2.5, 3.0, 4.0])
    assert (second.asked, second.answered, second.low_share) == (1, 0, None)
    assert (shown.context["total"][0].asked, shown.context["total"][0].answer_rate) == (4, 50)
    assert [row.is_low for row in desk.get(url).context["rows"]] == [True, False]
    assert [row.is_low for row in desk.get(f"{url}&low=on").context["rows"]] == [True]
    rows = {line.key: line for line, _url in desk.get("/surveys/?by=reason").context["rows"]}
    assert (rows["missing"].asked, rows["missing"].answered, rows["logistics"].asked) == (2, 1, 2)
    [(item, url)] = desk.get("/surveys/?by=item").context["rows"]
    assert (item.asked, len(desk.get(url).context["rows"])) == (4, 2)


def test_the_results_take_the_same_number_of_statements_however_many_groups(shop):
    desk = seat(Role.SUPERVISOR, shop)
    sent = []
    for many in (1, 20):
        for _each in range(many):
            answered(shop, agent_id=factories.make_user(Role.AGENT, shop).pk)
        desk.get("/surveys/")
        with statements() as counted:
            desk.get("/surveys/")
        sent.append(len(counted))
    assert sent[0] == sent[1]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("since=2025-01-01&until=2026-06-30", "since"),
        ("since=2026-02-02&until=2026-02-01", "until"),
        ("since=0001-01-01", "since"),
        ("until=9999-12-31", "until"),
        ("until=0001-01-01", "until"),
        ("since=gestern", "since"),
        ("by=nobody", "by"),
    ],
)
@pytest.mark.parametrize("path", ["/surveys/", "/surveys/answers/"])
def test_days_that_cannot_be_counted_are_refused_at_their_field(shop, path, query, field):
    shown = seat(Role.AGENT, shop).get(f"{path}?{query}")
    assert shown.status_code == 422
    assert shown.context["form"].errors[field]


@pytest.mark.parametrize("key", ["x", "9" * 40, "²"])
def test_a_key_that_nobody_has_shows_nothing(shop, key):
    answered(shop, agent_id=factories.make_user(Role.AGENT, shop).pk)
    shown = seat(Role.AGENT, shop).get("/surveys/answers/", {"by": "agent", "key": key})
    assert list(shown.context["rows"]) == []


def test_the_orders_page_shows_its_surveys(shop):
    survey = to_call(shop)
    shown = seat(Role.AGENT, shop).get(f"/orders/{survey.order.order_no}/?shop={shop.code}")
    assert f"/surveys/{survey.survey_no}/" in shown.content.decode()
