"""The state machines as help pages: for everybody of the staff, in the language of the page, within its policy."""

import re
from datetime import timedelta

import pytest

from aftersales.core import policies
from aftersales.core.models import Role
from tests import factories
from tests.core.test_drawing import PICTURES

pytestmark = pytest.mark.django_db


@pytest.fixture
def agent(client):
    client.force_login(factories.make_user(Role.AGENT))
    return client


def test_every_machine_is_shown_with_its_picture_and_its_tables(agent):
    shown = agent.get("/help/states/")
    assert [machine["name"] for machine in shown.context["machines"]] == [
        "refund-money",
        "refund-goods",
        "order",
        "parcel",
        "dispute",
        "payment",
        "payout",
        "claim",
        "complaint",
        "feedback",
        "invoice",
        "proposal",
        "service",
        "survey",
        "ticket",
    ]
    assert sorted(PICTURES) == sorted(machine["name"] for machine in shown.context["machines"])
    text = shown.content.decode()
    assert text.count("<svg class=") - text.count('<svg class="icon') == len(PICTURES)
    assert "TMO-5，7 天：超时关闭" in text


def test_it_is_told_in_the_language_of_the_page(agent):
    agent.post("/account/language/", {"language": "en", "next": "/"})
    text = agent.get("/help/states/").content.decode()
    assert "TMO-5, 7 d: Close by itself" in text
    assert "TMO-1 (before shipment), 2 d: Agree" in text


def test_figures_are_those_that_hold_now(agent):
    supervisor = factories.staff(Role.SUPERVISOR)
    policies.set(key="deadline.TMO-5", value=timedelta(days=9), actor=supervisor)
    text = agent.get("/help/states/").content.decode()
    assert "TMO-5，9 天：超时关闭" in text


def test_nothing_has_a_style_of_its_own(agent):
    """The policy of the console forbids it, and a picture would be grey."""
    for address in ("/help/states/", "/help/states/refund-goods/?here=EXCHANGE_CLOSED"):
        page = re.sub(r"<head>.*?</head>", "", agent.get(address).content.decode(), flags=re.S)
        assert not re.search(r"\sstyle=|<style", page)


def test_a_picture_marks_where_a_case_stands(agent):
    page = agent.get("/help/states/refund-money/?here=SELLER_REFUSE_BUYER").content.decode()
    assert page.count("state here") == 1
    assert "<html" in page
    part = agent.get("/help/states/refund-money/?here=SELLER_REFUSE_BUYER", headers={"HX-Request": "true"})
    assert "<html" not in part.content.decode()
    assert part.content.decode().count("state here") == 1


def test_a_state_that_is_none_marks_nothing_and_a_name_that_is_none_is_not_found(agent):
    page = agent.get('/help/states/order/?here="><script>')
    assert "state here" not in page.content.decode()
    assert "><script>" not in page.content.decode()
    assert agent.get("/help/states/nothing/").status_code == 404


def test_a_visitor_signs_in_first(client):
    assert client.get("/help/states/")["Location"].startswith("/login/")


def test_a_request_offers_its_own_picture(agent):
    refund = factories.make_return()
    exchange = factories.make_exchange()
    for one, name in ((refund, "refund-money"), (exchange, "refund-goods")):
        page = agent.get(f"/requests/{one.refund_no}/").content.decode()
        assert f'hx-get="/help/states/{name}/?here={one.status}"' in page
        assert f'href="/help/states/{name}/?here={one.status}"' in page


def test_the_page_costs_as_much_as_any(agent, django_assert_max_num_queries):
    agent.get("/help/states/")
    with django_assert_max_num_queries(4):
        agent.get("/help/states/")
