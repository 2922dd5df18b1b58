"""The buyer's page: without a login, once, in his language, and with nothing about him on it (SAT-1)."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.core.signing import Signer
from django.test import Client

from aftersales.core import clock
from surveys import selectors, services
from surveys.models import Survey, SurveyAnswer
from tests import factories
from tests.helpers import statements, unchanged

pytestmark = pytest.mark.django_db

FINE = {"goods": "5", "attitude": "4", "speed": "3", "price": "4"}


@pytest.fixture(autouse=True)
def _no_visits_yet():
    cache.clear()


@pytest.fixture
def buyer():
    return Client(HTTP_ACCEPT_LANGUAGE="en", enforce_csrf_checks=True)


def at(survey, **query):
    more = "&".join(f"{name}={value}" for name, value in query.items())
    return f"/s/{selectors.token_of(survey.code)}/" + (f"?{more}" if more else "")


def test_the_page_asks_in_the_browsers_language_or_the_chosen_one(buyer):
    survey = factories.make_survey()
    assert "How was it?" in buyer.get(at(survey)).content.decode()
    assert "满意吗" in buyer.get(at(survey, lang="zh-hans")).content.decode()
    chinese = Client(HTTP_ACCEPT_LANGUAGE="zh-CN,zh;q=0.9")
    text = chinese.get(at(survey)).content.decode()
    assert 'lang="zh-hans"' in text
    assert "满意吗" in text
    assert "How was it?" in chinese.get(at(survey, lang="en")).content.decode()
    assert buyer.get(at(survey, lang="xx")).status_code == 200


def test_nothing_personal_is_on_the_page_and_it_is_kept_by_nobody(buyer):
    """SAT-1: no name, no phone, no address, the order's number but for its end; no cookie, no script, no referrer."""
    survey = factories.make_survey()
    order = survey.order
    shown = buyer.get(at(survey))
    text = shown.content.decode()
    secrets = [order.order_no, order.receiver_name, order.receiver_phone, order.receiver_address, order.buyer.nick]
    for secret in [*secrets, survey.survey_no, survey.subject_no, survey.item_title]:
        assert secret
        assert secret not in text
    assert order.order_no[-4:] in text
    assert not shown.cookies
    assert "<script" not in text
    assert "style=" not in text
    assert shown.headers["Referrer-Policy"] == "no-referrer"
    assert "noindex" in shown.headers["X-Robots-Tag"]
    assert "no-store" in shown.headers["Cache-Control"]
    assert "default-src 'none'" in shown.headers["Content-Security-Policy"]


def test_an_answer_is_thanked_for_and_needs_no_cookie(buyer):
    survey = factories.make_survey()
    shown = buyer.post(at(survey, lang="zh-hans"), FINE | {"comment": "快"})
    assert (shown.status_code, "谢谢您" in shown.content.decode()) == (200, True)
    assert SurveyAnswer.objects.values_list("goods", "price", "comment").get() == (5, 4, "快")


def test_a_second_answer_is_told_kindly_and_changes_nothing(buyer):
    survey = factories.make_survey()
    buyer.post(at(survey), FINE)
    for answer in (buyer.get(at(survey)), buyer.post(at(survey), FINE | {"goods": "1"})):
        assert (answer.status_code, "You have answered already" in answer.content.decode()) == (200, True)
    assert SurveyAnswer.objects.get().goods == 5


@pytest.mark.parametrize(
    "wrong",
    [{"goods": ""}, {"goods": "6"}, {"goods": "1.5"}, {"goods": "x"}, {"comment": "长" * 501}, {"comment": "\0"}],
)
def test_what_is_wrong_is_said_and_what_was_chosen_stays(buyer, wrong):
    survey = factories.make_survey()
    with unchanged():
        shown = buyer.post(at(survey), FINE | wrong)
    assert shown.status_code == 422
    text = shown.content.decode()
    assert "survey-wrong" in text
    assert text.count("checked") == (4 if "comment" in wrong else 3)


def test_a_forged_address_leads_nowhere_without_asking_the_database(buyer):
    """SAT-1: neither a code without its signature, nor one that another key or purpose signed."""
    code = factories.make_survey().code
    forged = [code, f"{code}.x", Signer(salt="else").sign(code), Signer(key="x", salt="surveys.link").sign(code), "SV1"]
    for token in forged:
        with statements() as sent:
            shown = buyer.get(f"/s/{token}/")
        assert (shown.status_code, len(sent)) == (404, 0), token
    assert buyer.get(f"/s/{selectors.token_of('unknown')}/").status_code == 404


def test_an_expired_address_is_gone(buyer):
    survey = factories.make_survey()
    with clock.at(survey.expires_at):
        with unchanged():
            shown = buyer.post(at(survey), FINE)
        assert (shown.status_code, "This survey is over" in shown.content.decode()) == (410, True)
    with clock.at(survey.expires_at - timedelta(seconds=1)):
        assert buyer.get(at(survey)).status_code == 200


def test_a_survey_that_a_call_ended_is_over(buyer):
    survey = factories.make_survey(kind="sheet", matter="service")
    services.survey_refuse(survey=survey, actor=factories.staff())
    assert buyer.get(at(survey)).status_code == 410


def test_too_many_visits_of_one_address_are_put_off(buyer, settings):
    """SAT-1: counted before anything is looked up; others are served."""
    settings.REST_FRAMEWORK = settings.REST_FRAMEWORK | {"DEFAULT_THROTTLE_RATES": {"survey": "2/min"}}
    survey = factories.make_survey()
    assert [buyer.get(at(survey)).status_code for _visit in range(3)] == [200, 200, 429]
    assert buyer.get(at(survey), REMOTE_ADDR="203.0.113.9").status_code == 200


def test_a_visit_costs_one_statement(buyer):
    survey = factories.make_survey()
    with statements() as sent:
        buyer.get(at(survey))
    assert len(sent) == 1
    assert Survey.objects.count() == 1
