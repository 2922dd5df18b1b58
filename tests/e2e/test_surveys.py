"""A buyer answers on his phone, and an agent calls one who had an engineer there (SAT-1, SVC-4)."""

from typing import Any

import pytest
from playwright.sync_api import expect

from aftersales.core.models import Role
from surveys import selectors, services
from surveys.models import Survey, SurveyAnswer
from surveys.states import CallOutcome
from tests import factories
from tests.checks import all_is_well

from .conftest import Enter
from .console import DESK, PHONE, in_chinese, zh

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]


def test_a_buyer_answers_on_his_phone_once(shop: Any, enter: Enter) -> None:
    """In Chinese, without signing in; a forgotten mark is said, and what was chosen stays."""
    survey = factories.make_survey(factories.make_order(shop, sign=True))
    buyer = enter(viewport=PHONE)
    address = f"/s/{selectors.token_of(survey.code)}/"
    buyer.go(address)
    assert (buyer.barriers(), buyer.sideways <= 0) == ([], True)
    for mark, value in (("goods", 5), ("attitude", 2), ("speed", 4)):
        buyer.page.locator(f"[name={mark}][value='{value}']").check(force=True)
    buyer.page.locator("#id_comment").fill("客服回复太慢")
    buyer.page.locator("button[type=submit]").click()
    expect(buyer.page.locator(".survey-wrong").first).to_contain_text(
        zh("A mark is missing. Please look at the lines below.")
    )
    expect(buyer.page.locator("[name=attitude][value='2']")).to_be_checked()
    buyer.page.locator("[name=price][value='4']").check(force=True)
    buyer.page.locator("button[type=submit]").click()
    expect(buyer.page.locator("h1")).to_have_text(zh("Thank you!"))
    assert SurveyAnswer.objects.values_list("goods", "attitude", "comment").get() == (5, 2, "客服回复太慢")
    buyer.go(address)
    buyer.page.locator("a[lang=en]").click()
    expect(buyer.page.locator("h1")).to_have_text("You have answered already")
    all_is_well()


def test_an_agent_calls_a_buyer_in_vain_and_then_reaches_him(shop: Any, enter: Enter) -> None:
    """By the keys alone, from the call list to the results."""
    survey = factories.make_survey(factories.make_order(shop, sign=True), kind="sheet", matter="service")
    agent = enter(factories.make_user(Role.AGENT, shop, display_name="王芳"))
    agent.go("/surveys/calls/")
    agent.sees(survey.survey_no)
    agent.go(f"/surveys/{survey.survey_no}/")
    dialog = agent.open_dialog("m")
    dialog.locator("#id_note").fill("无人接听")
    dialog.locator("[data-confirm]").click()
    agent.closed()
    agent.sees("无人接听", in_chinese(CallOutcome.NO_ANSWER.label))
    dialog = agent.open_dialog("a")
    for mark in ("goods", "attitude", "speed", "price"):
        dialog.locator(f"[name={mark}][value='5']").check()
    dialog.locator("#id_note").fill("工程师很准时")
    dialog.locator("[data-confirm]").click()
    agent.closed()
    agent.sees("工程师很准时", "5 / 5")
    survey = Survey.objects.get()
    assert (survey.status, survey.tries) == ("answered", 2)
    agent.go("/surveys/?by=reason")
    agent.sees(str(in_chinese(survey.matter_label)), "100%")
    all_is_well()


def test_the_pages_fit_and_can_be_read_aloud(shop: Any, enter: Enter) -> None:
    """On a telephone in Chinese and on a desk in English."""
    to_call = factories.make_survey(factories.make_order(shop, sign=True), kind="sheet", matter="service")
    low = factories.make_survey(factories.make_order(shop, sign=True), matter="quality")
    marks = dict.fromkeys(("goods", "attitude", "speed", "price"), 2)
    services.survey_answer(survey=low, marks=marks, comment="等了好几天才有人回复，太慢了。" * 10)
    user = factories.make_user(Role.AGENT, shop)
    seats = [enter(user, viewport=PHONE), enter(user, viewport=DESK, language="en")]
    for path in (
        "/surveys/calls/",
        "/surveys/calls/?tab=called",
        f"/surveys/{to_call.survey_no}/",
        f"/surveys/{low.survey_no}/",
        f"/surveys/{to_call.survey_no}/reach/",
        "/surveys/",
        "/surveys/?by=item",
        "/surveys/answers/",
        f"/s/{selectors.token_of(to_call.code)}/",
    ):
        for seat in seats:
            seat.go(path)
            assert seat.barriers() == [], path
            assert seat.sideways <= 0, path
