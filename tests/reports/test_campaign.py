"""Thresholds for joining campaigns: now, the limit, and what the open cases would do to it (RPT-2)."""

from datetime import timedelta

import pytest
from django.test import Client

from aftersales.core import clock, policies
from aftersales.core.models import Role
from refunds import services as refunds
from reports import services
from reports.selectors import campaign
from reports.states import CAMPAIGN, Level, Outlook
from tests import factories
from tests.helpers import statements

pytestmark = pytest.mark.django_db
KEY = "report.campaign_thresholds"


@pytest.fixture
def shop():
    return factories.make_shop()


def seat(role, *shops) -> Client:
    client = Client(HTTP_ACCEPT_LANGUAGE="en")
    client.force_login(factories.make_user(role, *shops))
    return client


def limits(shop=None, **most) -> None:
    rows = [{"figure": figure, "most_per_10000": limit} for figure, limit in most.items()]
    policies.set(key=KEY, value=rows, actor=factories.staff(Role.SUPERVISOR), shop=shop, note="Next campaign")


def asked(shop, **fields):
    return factories.make_refund(factories.make_order(shop, sign=True), goods_status="received", **fields)


def refused(refund):
    agent = factories.staff()
    return refunds.refund_refuse(
        refund=refund,
        actor=agent,
        reason="insufficient_evidence",
        message="No picture shows it",
        evidence_ids=[factories.make_evidence(refund.shop, actor=agent)],
    )


def disputed(shop):
    refund = refused(asked(shop, reason="quality"))
    return refunds.refund_intervene(refund=refund, actor=factories.buyer(shop), text="It is broken")


def standing(shop, key):
    services.figures_fold_all()
    return next(found for found in campaign.standings(factories.staff(Role.SUPERVISOR, shop)) if found.key == key)


def outlook(**fields) -> Outlook:
    return Outlook(**({"limit": 1000, "kept": 0, "below_ahead": 100, "open": 0, "share": 0.5} | fields))


@pytest.mark.parametrize(
    ("facts", "below", "left"), [(0, 0, 1), (9, 100, 2), (10, 100, 1), (11, 100, 0), (40, 100, 0), (10, 109, 1)]
)
def test_how_many_more_cases_break_it_is_the_smallest_number_that_does(facts, below, left):
    """RPT-2: what equals the limit breaks nothing."""
    found = outlook(facts=facts, below=below)
    assert found.left == left
    slow = next(n for n in range(200) if (facts + n) * 10_000 > 1000 * below)
    assert left == slow


@pytest.mark.parametrize(
    ("facts", "kept", "open_", "share", "level", "tips"),
    [
        (11, 0, 0, 0.5, Level.OVER, None),
        (11, 11, 0, 0.5, Level.OVER, 0),
        (5, 11, 0, 0.5, Level.LIKELY, 0),
        (5, 5, 14, 0.5, Level.LIKELY, 6),
        (5, 5, 10, 0.5, Level.POSSIBLE, 6),
        (5, 5, 5, 1.0, Level.WITHIN, None),
        (0, 0, 0, 1.0, Level.WITHIN, None),
    ],
)
def test_the_level_follows_from_now_then_expected_then_worst(facts, kept, open_, share, level, tips):
    """RPT-2."""
    found = outlook(facts=facts, below=100, kept=kept, open=open_, share=share)
    assert (found.level, found.tips) == (level, tips)
    assert found.best <= found.expected <= found.worst


def test_open_disputes_say_what_they_would_do(shop):
    """RPT-2: of ten orders one dispute was lost, two are open; the limit is a fifth."""
    limits(dispute_rate=2000)
    lost = disputed(shop)
    refunds.refund_decide(refund=lost, actor=factories.staff(Role.SUPERVISOR), outcome="buyer", text="Broken it is")
    open_ones = {disputed(shop).refund_no for _each in range(2)}
    for _each in range(7):
        factories.make_order(shop)
    found = standing(shop, "dispute_rate")
    assert (found.outlook.facts, found.outlook.below, found.outlook.open) == (1, 10, 2)
    assert found.outlook.left == 2
    assert found.outlook.below_ahead == 10 + 5
    assert found.outlook.kept == 1
    assert (found.outlook.tips, found.outlook.level) == (None, Level.WITHIN)
    limits(dispute_rate=1000)
    found = standing(shop, "dispute_rate")
    assert (found.outlook.tips, found.outlook.level) == (1, Level.LIKELY)
    page = seat(Role.SUPERVISOR, shop).get(f"/reports/campaign/dispute_rate/?shop={shop.code}")
    assert {refund.refund_no for refund in page.context["cases"]} == open_ones
    assert "1 of the 2 open cases" in " ".join(page.content.decode().split())


def test_cases_that_have_left_the_days_by_then_are_not_foretold(shop):
    """RPT-2: of thirty days the first fifteen are over when the forecast ends; orders go on as they came."""
    limits(refund_rate=5000)
    for back, kept in ((29, 0), (15, 0), (14, 1), (0, 2)):
        with clock.at(clock.now() - timedelta(days=back)):
            factories.pay(refunds.refund_agree(refund=asked(shop, reason="other"), actor=factories.staff()))
        found = standing(shop, "refund_rate").outlook
        assert found.kept == kept
    assert (found.facts, found.below, found.below_ahead) == (4, 4, 2 + 2)
    with clock.at(clock.now() - timedelta(days=30)):
        factories.make_order(shop)
    assert standing(shop, "refund_rate").outlook.below == 4


def test_what_is_expected_is_learnt_from_cases_that_ended(shop):
    """RPT-2: three of six refunds for a fault were given; with fewer than five ended cases every one counts."""
    limits(quality_refund_rate=300)
    for number in range(6):
        if number == 4:
            assert standing(shop, "quality_refund_rate").outlook.share == 1.0
        refund = asked(shop, reason="quality")
        if number % 2:
            refunds.refund_cancel(refund=refund, actor=factories.buyer(shop))
        else:
            factories.pay(refunds.refund_agree(refund=refund, actor=factories.staff()))
    asked(shop, reason="quality")
    asked(shop, reason="other")
    found = standing(shop, "quality_refund_rate").outlook
    assert (found.open, found.share) == (1, 0.5)


def test_a_refused_request_may_become_an_intervention_until_it_has_been_one(shop):
    """RPT-2: and an exchange is no request for money."""
    limits(intervention_rate=100, refund_rate=100)
    refused(asked(shop, reason="quality"))
    disputed(shop)
    factories.make_exchange(factories.make_order(shop, sign=True))
    assert standing(shop, "intervention_rate").outlook.open == 1
    assert standing(shop, "refund_rate").outlook.open == 2


def test_every_shop_has_its_own_limits_days_and_cases(shop):
    """RPT-2: a shop's own setting holds there alone."""
    other = factories.make_shop()
    limits(refund_rate=1500)
    limits(shop, refund_rate=100, dispute_rate=10)
    actor = factories.staff(Role.SUPERVISOR)
    policies.set(key="report.campaign_window_days", value=7, actor=actor, shop=shop)
    for each in (shop, other):
        with clock.at(clock.now() - timedelta(days=8)):
            factories.make_order(each)
    services.figures_fold_all()
    found = campaign.standings(factories.staff(Role.SUPERVISOR, shop, other))
    assert {(each.shop, each.key, each.outlook.limit, each.outlook.below) for each in found} == {
        (shop, "refund_rate", 100, 0),
        (shop, "dispute_rate", 10, 0),
        (other, "refund_rate", 1500, 1),
    }
    assert {each.shop for each in campaign.standings(factories.staff(Role.SUPERVISOR, other))} == {other}


def test_the_page_shows_the_worst_first_and_leads_to_the_cases(shop):
    """RPT-2: on the figures and on a page of its own."""
    limits(refund_rate=1500, quality_refund_rate=5, dispute_rate=10, intervention_rate=10)
    factories.pay(refunds.refund_agree(refund=asked(shop, reason="quality"), actor=factories.staff()))
    disputed(shop)
    other = factories.make_shop()
    for _each in range(6):
        factories.pay(refunds.refund_agree(refund=asked(other, reason="quality"), actor=factories.staff()))
    services.figures_fold_all()
    supervisor = seat(Role.SUPERVISOR, shop, other)
    for path in ("/reports/", "/reports/campaign/"):
        rows = supervisor.get(path).context["thresholds"]
        levels = [list(Level).index(row["level"]) for row in rows]
        assert levels == sorted(levels)
        assert rows[0]["colour"] == "late"
        assert len(rows) == 2 * len(CAMPAIGN)
    for row in rows:
        shown = supervisor.get(row["url"])
        assert len(shown.context["cases"]) == row["open"]
        assert shown.context["row"] == row


def test_the_page_costs_no_more_with_more_shops_and_cases(shop):
    """RPT-2: bounded statements."""
    asked(shop)
    services.figures_fold_all()
    admin = seat(Role.ADMIN)
    path = "/reports/campaign/"
    admin.get(path)
    with statements() as few:
        admin.get(path)
    for _each in range(4):
        disputed(factories.make_shop())
    services.figures_fold_all()
    with statements() as many:
        admin.get(path)
    assert len(many) == len(few)


@pytest.mark.parametrize("path", ["refund_rate/", "weather/?shop={shop}", "refund_rate/?shop={other}"])
def test_what_is_not_limited_or_not_ones_own_is_not_there(shop, path):
    """RPT-2."""
    path = path.format(shop=shop.code, other=factories.make_shop().code)
    assert seat(Role.SUPERVISOR, shop).get(f"/reports/campaign/{path}").status_code == 404


def test_a_refusal_against_the_law_says_which_limit_it_touches(shop):
    """RPT-2, DEC-4: with the figure, its limit, and how many more cases break it."""
    limits(dispute_rate=5000, intervention_rate=10_000)
    refund = asked(shop, reason="quality")
    refunds.refund_decide(
        refund=disputed(shop), actor=factories.staff(Role.SUPERVISOR), outcome="buyer", text="Broken it is"
    )
    services.figures_fold_all()
    body = " ".join(seat(Role.AGENT, shop).get(f"/requests/{refund.refund_no}/refuse/").content.decode().split())
    assert "dispute rate (now 50.00 %, at most 50.00 %, 1 more breaks it)" in body
    limits(dispute_rate=4900)
    body = " ".join(seat(Role.AGENT, shop).get(f"/requests/{refund.refund_no}/refuse/").content.decode().split())
    assert "dispute rate (now 50.00 %, at most 49.00 %: over its limit)" in body


def test_the_team_board_has_a_line_of_what_is_in_danger(shop):
    """RPT-2: nothing where every figure keeps its limit, however the open cases end."""
    limits(dispute_rate=10_000)
    disputed(shop)
    services.figures_fold_all()
    supervisor = seat(Role.SUPERVISOR, shop)
    assert supervisor.get("/team/").context["limits"] == []
    limits(dispute_rate=10)
    found = supervisor.get("/team/")
    assert [(one.colour, one.left) for one in found.context["limits"]] == [("late", 1)]
    assert f"/reports/campaign/dispute_rate/?shop={shop.code}" in found.content.decode()
