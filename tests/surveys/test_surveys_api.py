"""Surveys over REST and to the shop's front-end (SAT-1)."""

import json

import pytest

from aftersales.core import events
from aftersales.core.models import Role, WebhookDelivery
from surveys import selectors, services
from tests import factories
from tests.helpers import statements
from tests.rest import shop_caller, staff_caller

pytestmark = pytest.mark.django_db

FINE = {"goods": 5, "attitude": 4, "speed": 3, "price": 4}
LOW = FINE | {"attitude": 1}


@pytest.fixture
def shop():
    return factories.make_shop()


def made(shop, **fields):
    return factories.make_survey(factories.make_order(shop, sign=True), **fields)


def test_the_front_end_hears_of_a_survey_with_the_address_and_later_what_was_said(shop):
    factories.make_webhook(shop, types=["survey.*"])
    survey = made(shop)
    services.survey_answer(survey=survey, marks=LOW, comment="慢")
    while events.deliver():
        continue
    told = [json.loads(row.body) for row in WebhookDelivery.objects.order_by("id")]
    assert [one["type"] for one in told] == ["survey.created", "survey.low"]
    bodies = [one["data"] for one in told]
    assert {body["url"] for body in bodies} == {selectors.survey_address(survey.code)}
    assert bodies[-1]["answer"]["comment"] == "慢"


def test_surveys_are_listed_and_narrowed(shop):
    asked, low = made(shop), services.survey_answer(survey=made(shop), marks=LOW)
    other = made(factories.make_shop())
    caller = shop_caller(shop)

    def numbers(query=""):
        return [row["survey_no"] for row in caller.get(f"/surveys{query}").json()["results"]]

    assert numbers() == [low.survey_no, asked.survey_no]
    assert numbers("?status=asked") == [asked.survey_no]
    assert numbers("?low=true") == [low.survey_no]
    assert numbers(f"?order_no={asked.order.order_no}") == [asked.survey_no]
    assert numbers(f"?subject_no={low.subject_no}") == [low.survey_no]
    assert numbers("?updated_since=2001-01-01T00:00:00Z") == [asked.survey_no, low.survey_no]
    assert caller.get("/surveys?status=nothing").status_code == 422
    assert caller.get(f"/surveys/{other.survey_no}").status_code == 404
    assert staff_caller(Role.WAREHOUSE, shop).get("/surveys").status_code == 403


def test_the_calls_stay_inside_the_house(shop):
    survey = made(shop, kind="sheet", matter="service")
    services.survey_miss(survey=survey, actor=factories.staff(), note="关机")
    inside = staff_caller(Role.AGENT, shop).get(f"/surveys/{survey.survey_no}").json()
    assert [call["note"] for call in inside["calls"]] == ["关机"]
    assert {entry["action"] for entry in inside["allowed_actions"]} == {"reach", "miss", "refuse", "wrong_number"}
    assert shop_caller(shop).get(f"/surveys/{survey.survey_no}").json()["calls"] == []


def test_the_list_costs_the_same_with_one_and_with_fifty(shop):
    caller = shop_caller(shop)
    services.survey_answer(survey=made(shop), marks=FINE)
    caller.get("/surveys")
    with statements() as one:
        caller.get("/surveys")
    for _each in range(49):
        services.survey_answer(survey=made(shop), marks=FINE)
    with statements() as fifty:
        assert len(caller.get("/surveys").json()["results"]) == 50
    assert len(one) == len(fifty)
