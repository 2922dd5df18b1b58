"""The page of charts: what each shows, that every element leads to its cases, and what it costs (RPT-1)."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test import Client

from aftersales.core import clock, sweeps
from aftersales.core.auth import Actor
from aftersales.core.models import Role
from logistics.models import Carrier, Claim
from logistics.services import claims
from refunds import services as refunds
from reports import services
from reports.models import DaySum
from reports.selectors import charts as found
from reports.selectors.figures import Days
from reports.states import FIGURES
from tests import factories
from tests.helpers import statements
from tests.reports.test_reports_page import refunded, seat

pytestmark = pytest.mark.django_db
CHARTS = {"trend", "reasons", "funnel", "steps", "ages", "speed", "late", "hours", "money", "carriers"}


@pytest.fixture
def shop():
    return factories.make_shop()


def refused(shop):
    refund = factories.make_refund(factories.make_order(shop, sign=True), goods_status="received", reason="other")
    agent = factories.staff()
    refunds.refund_refuse(
        refund=refund,
        actor=agent,
        reason="insufficient_evidence",
        message="No picture shows it",
        evidence_ids=[factories.make_evidence(shop, actor=agent)],
    )
    return refund


def history(shop) -> None:
    """Something for every chart."""
    for _each in range(2):
        refunded(shop)
    refused(shop)
    with clock.at(clock.now() - timedelta(days=9)):
        factories.make_refund(factories.make_order(shop, sign=True), goods_status="received")
    sweeps.sweep()
    with clock.at(clock.now() - timedelta(days=3)):
        refunded(shop)
    claim = factories.submitted_claim(factories.make_claim(factories.make_order(shop, ship=True)))
    claim = claims.claim_accept(claim=claim, actor=factories.staff())
    claims.claim_record_payment(claim=claim, actor=factories.staff(Role.FINANCE), amount_fen=10000, reference="B-1")
    services.figures_fold_all()


def shown(client: Client, **asked):
    answer = client.get("/reports/charts/", asked)
    assert answer.status_code == 200
    return {chart.key: chart for chart in answer.context["charts"]}


def elements(chart):
    for label, cells in chart.rows:
        for name, (says, url, _any) in zip(chart.columns, cells, strict=True):
            yield label, name, says, url


def test_every_element_of_a_count_leads_to_as_many_cases(shop):
    """RPT-1: nothing is drawn that cannot be looked at."""
    history(shop)
    history(factories.make_shop())
    supervisor = seat(Role.SUPERVISOR, shop)
    charts = shown(supervisor, trend="orders_paid")
    assert charts.keys() == CHARTS
    assert [key for key, chart in charts.items() if chart.empty] == []
    for chart in charts.values():
        for label, name, says, url in elements(chart):
            if chart.unit == "count" and not says.endswith("%") and says != "0":
                rows = supervisor.get(url).context["rows"]
                assert len(rows) == int(says), (chart.key, label, name)


def test_every_sum_of_money_is_what_its_cases_amount_to(shop):
    """RPT-1: refunds, payouts and claims, by day and by carrier."""
    history(shop)
    finance = seat(Role.FINANCE, shop)
    charts = shown(finance)
    for key in ("money", "carriers"):
        for _label, _name, says, url in elements(charts[key]):
            rows = finance.get(url).context["rows"]
            assert says == f"¥{sum(case.fact.amount for case in rows) / 100:,.2f}"


def test_carriers_are_called_by_their_names(shop):
    """RPT-1: in the chart and in the table of figures; the links keep the code, one that is unknown stays as it is."""
    history(shop)
    supervisor = seat(Role.SUPERVISOR, shop)
    code, name = Claim.objects.values_list("carrier", flat=True).get(), "Round Express"
    Carrier.objects.filter(code__iexact=code).update(name=name)
    assert shown(supervisor)["carriers"].labels == [name]
    [row] = [
        row for row in supervisor.get("/reports/", {"by": "carrier"}).context["rows"] if row["label"] not in ("", "—")
    ]
    assert row["label"] == name
    Carrier.objects.filter(code__iexact=code).update(code="other")
    assert shown(supervisor)["carriers"].labels == [code]


def test_a_trend_stands_beside_as_many_days_before(shop):
    """RPT-1: day by day, and a day without a figure is a gap."""
    today = clock.shanghai_day(clock.now())
    for ago, many in ((0, 2), (3, 1), (7, 3)):
        with clock.at(clock.now() - timedelta(days=ago)):
            for _each in range(many):
                factories.make_order(shop)
    services.figures_fold_all()
    asked = {"since": today - timedelta(days=6), "until": today}
    trend = shown(seat(Role.GOODS, shop), trend="orders_paid", **asked)["trend"]
    now, before = trend.series
    assert now.values == [0, 0, 0, 1, 0, 0, 2]
    assert before.values == [0, 0, 0, 0, 0, 0, 3]
    asked["since"] = today - timedelta(days=139)
    weeks = shown(seat(Role.GOODS, shop), trend="orders_paid", **asked)["trend"]
    assert len(weeks.labels) in (20, 21)
    assert sum(weeks.series[0].values) == 6
    asked["since"] = today - timedelta(days=6)
    rate = shown(seat(Role.GOODS, shop), trend="refund_rate", **asked)["trend"]
    assert rate.series[0].values == [None, None, None, 0, None, None, 0]


def test_each_stage_is_a_part_of_the_one_before(shop):
    """RPT-1: asked, decided, completed, alone."""
    history(shop)
    funnel = shown(seat(Role.SUPERVISOR, shop))["funnel"]
    assert funnel.series[0].values == [5, 5, 3, 3]


def test_shares_of_reasons_end_at_the_whole(shop):
    """RPT-1: the most frequent first."""
    history(shop)
    many, share = shown(seat(Role.SUPERVISOR, shop))["reasons"].series
    assert many.values == sorted(many.values, reverse=True)
    assert share.values[-1] == 100


def test_a_way_back_ends_in_a_block_of_its_own(shop):
    """RPT-1: a flow that went in circles could not be drawn."""
    refund = refused(shop)
    refunds.refund_modify(refund=refund, actor=factories.buyer(shop), changes={"description": "once more"})
    services.figures_fold_all()
    steps = shown(seat(Role.SUPERVISOR, shop))["steps"]
    waiting, refused_ = found.state_words("WAIT_SELLER_AGREE"), found.state_words("SELLER_REFUSE_BUYER")
    assert (refused_, f"back: {waiting}") in steps.links
    assert (waiting, refused_) in steps.links


def test_a_request_ages_without_being_touched_and_leaves_when_it_ends(shop):
    """RPT-1: of any age, also beyond what the other figures show."""
    with clock.at(clock.now() - timedelta(days=500)):
        refund = factories.make_refund(factories.make_order(shop, sign=True), goods_status="received")
    services.figures_fold_all()
    supervisor = seat(Role.SUPERVISOR, shop)
    ages = shown(supervisor)["ages"]
    assert [each.values for each in ages.series] == [[0, 0, 0, 0, 0, 1]]
    assert [case.number for case in supervisor.get(ages.series[0].urls[-1]).context["rows"]] == [refund.refund_no]
    refunds.refund_cancel(refund=refund, actor=factories.buyer(shop))
    services.figures_fold_all()
    assert shown(supervisor)["ages"].empty


def test_what_a_case_is_narrowed_to_is_said(shop):
    """RPT-1: the hour and the day of the week of a cell."""
    refunded(shop)
    services.figures_fold_all()
    supervisor = seat(Role.SUPERVISOR, shop)
    hours = shown(supervisor)["hours"]
    url = next(url for _label, _name, says, url in elements(hours) if says == "1")
    now = clock.now().astimezone(clock.SHANGHAI)
    answer = supervisor.get(url)
    assert [str(words) for words in answer.context["narrowed"]] == [f"{now:%A}", f"{now:%H}:00"]
    assert answer.context["back"].startswith("/reports/charts/?")


@pytest.mark.parametrize(
    ("since", "until", "first", "last", "many"),
    [
        ((2026, 1, 5), (2026, 1, 7), ((2026, 1, 5), (2026, 1, 5)), ((2026, 1, 7), (2026, 1, 7)), 3),
        ((2026, 1, 7), (2026, 3, 10), ((2026, 1, 7), (2026, 1, 11)), ((2026, 3, 9), (2026, 3, 10)), 10),
        ((2025, 12, 15), (2026, 11, 3), ((2025, 12, 15), (2025, 12, 31)), ((2026, 11, 1), (2026, 11, 3)), 12),
    ],
)
def test_bars_are_days_weeks_or_months_and_leave_no_day_out(since, until, first, last, many):
    """RPT-1: each day in one bar."""
    days = Days(date(*since), date(*until))
    spans = found.spans(days)
    assert spans[0] == Days(date(*first[0]), date(*first[1]))
    assert spans[-1] == Days(date(*last[0]), date(*last[1]))
    assert len(spans) == many
    assert [day for span in spans for day in found.every_day(span)] == found.every_day(days)


def test_the_page_costs_no_more_with_more_cases(shop):
    """RPT-1: four statements for all charts and one for names, whatever there is."""
    refunded(shop)
    services.figures_fold_all()
    finance = seat(Role.FINANCE, shop)
    finance.get("/reports/charts/")
    with statements() as few:
        finance.get("/reports/charts/")
    history(shop)
    with statements() as many:
        finance.get("/reports/charts/")
    assert len(many) == len(few)
    today = clock.shanghai_day(clock.now())
    with statements() as read:
        found.found(Actor.system("test"), Days(today, today), FIGURES["refund_rate"], today)
    assert len(read) == 5
    assert ["logistics_carrier" in s for s in read if "reports_daysum" not in s] == [True]


YEAR = """
INSERT INTO reports_daysum (day, shop_id, measure, axis, key, facts, amount)
  SELECT day::date, %s, measure, axis, axis || n, 3, 100
  FROM generate_series(date '2025-01-01', date '2026-12-31', interval '1 day') day,
    unnest(ARRAY['asked', 'refunded', 'decided', 'completed', 'open', 'step', 'late', 'reached']) measure,
    unnest(ARRAY['', 'reason', 'detail']) axis, generate_series(1, 12) n
"""


def test_a_short_time_is_read_by_the_key_and_not_by_reading_every_day(shop):
    """RPT-1: measure, axis and day lead the key of the sums."""
    with connection.cursor() as cursor:
        cursor.execute(YEAR, [shop.pk])
        cursor.execute("ANALYZE reports_daysum")
        day = date(2026, 6, 30)
        with statements() as read:
            found.found(Actor.system("test"), Days(day - timedelta(days=6), day), FIGURES["refund_rate"], day)
        for statement in (one for one in read if "logistics_carrier" not in one):
            cursor.execute(f"EXPLAIN {statement}")
            plan = "\n".join(row[0] for row in cursor.fetchall())
            assert "Seq Scan" not in plan, plan
            assert "day_sum_once" in plan, plan
    assert DaySum.objects.count() > 100_000


@pytest.mark.parametrize(("asked", "field"), [("since=nonsense", "since"), ("trend=weather", "trend")])
def test_what_cannot_be_drawn_is_said_at_its_field(shop, asked, field):
    """RPT-1: no error of the server."""
    answer = seat(Role.GOODS, shop).get(f"/reports/charts/?{asked}")
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]


@pytest.mark.parametrize("asked", ["weekday=9", "weekday=x", "detail=" + "x" * 85])
def test_an_element_that_no_chart_has_is_refused(shop, asked):
    """RPT-1: no error of the server."""
    assert seat(Role.GOODS, shop).get(f"/reports/cases/?measure=asked&{asked}").status_code == 422
