"""Buyers are called before their warranty ends: found by night, once, and not while it has long to run (SAT-3)."""

from datetime import datetime, timedelta

import pytest
import time_machine

from aftersales.core import clock, policies
from service import services
from service.models import ServiceFile
from surveys import services as surveys
from surveys.models import Survey
from tests import factories
from tests.helpers import statements

pytestmark = pytest.mark.django_db

SOLD = datetime(2025, 11, 10, 10, tzinfo=clock.SHANGHAI)
"""The warranty of a year, from the day of delivery, ends on the same day of 2026."""


def sold(shop=None, *, quantity=1, months=12):
    """A phone that was delivered on that day, with the files of its units."""
    with time_machine.travel(SOLD, tick=False):
        order = factories.make_order(shop, factories.phone_line(quantity=quantity), sign=True)
        ServiceFile.objects.filter(order_line__order=order).delete()
        line = order.lines.get()
        line.order = order
        for unit in range(1, quantity + 1):
            services.file_open(line=line, actor=factories.staff(), unit=unit, months=months)
    return order


def night(day: str) -> int:
    with time_machine.travel(f"{day}T03:40:00+08:00", tick=False):
        return services.warranties_ending()


def test_a_buyer_is_called_in_the_last_days_of_his_warranty_once():
    """SAT-3: with the reason on the call list, and what came of it at the end."""
    order = sold()
    file = ServiceFile.objects.get()
    assert night("2026-10-26") == 0
    assert night("2026-10-27") == 1
    assert night("2026-10-28") == 0
    survey = Survey.objects.get()
    assert (survey.order_id, survey.subject_kind, survey.subject_no) == (order.pk, "file", file.file_no)
    assert (survey.status, survey.call_why, survey.matter) == ("calling", "warranty", "warranty")
    with time_machine.travel("2026-10-28T10:00:00+08:00", tick=False):
        called = surveys.survey_refuse(survey=survey, actor=factories.staff(), note="不需要")
    assert called.status == "closed"
    assert night("2026-11-09") == 0


@pytest.mark.parametrize("quantity", [1, 5])
def test_the_units_of_an_order_are_one_call(quantity):
    """SAT-3."""
    sold(quantity=quantity)
    assert night("2026-11-01") == 1
    assert night("2026-11-02") == 0


def test_who_has_no_warranty_or_none_any_more_is_left_alone():
    """SAT-3."""
    sold(months=0)
    sold(months=6)
    assert night("2026-11-01") == 0


def test_days_in_repair_put_the_call_off():
    """SAT-3, WAR-1: they are not counted, so the warranty ends later."""
    order = sold()
    agent = factories.staff()
    with time_machine.travel("2026-01-05T10:00:00+08:00", tick=False) as then:
        sheet = factories.make_sheet(order, way="sent_in")
        sheet = services.sheet_accept_terms(sheet=sheet, actor=agent, by="李雷", how="chat")
        sheet = services.sheet_expect(sheet=sheet, actor=agent)
        sheet = services.sheet_receive(sheet=sheet, actor=agent)
        sheet = services.sheet_find(sheet=sheet, actor=agent, finding="confirmed", diagnosis="x")
        then.shift(timedelta(days=20))
        services.sheet_send_back(sheet=sheet, actor=agent, work="x", freight_in_fen=0, freight_out_fen=0)
    assert night("2026-11-09") == 0
    assert night("2026-11-20") == 1


def test_a_shop_may_not_want_it_or_want_it_earlier():
    """SAT-3: by its policies."""
    shop, other = factories.make_shop(), factories.make_shop()
    sold(shop)
    sold(other)
    supervisor = factories.staff("supervisor")
    with time_machine.travel(SOLD, tick=False):
        policies.set(key="survey.before_warranty_ends", value=False, actor=supervisor, note="x", shop=other)
        policies.set(key="survey.warranty_ends_in", value=60 * 86400, actor=supervisor, note="x", shop=shop)
    assert night("2026-09-20") == 1
    assert Survey.objects.get().shop_id == shop.pk


def test_a_night_costs_the_same_whatever_is_not_due():
    """One look at all files of a shop, and one at their repairs."""
    sold()
    night("2026-08-01")
    with statements() as few:
        night("2026-08-02")
    for _n in range(5):
        sold()
    with statements() as more:
        night("2026-08-03")
    assert len(more) <= len(few) + 2 * 5  # every order is a shop of its own here


def test_the_moment_is_what_the_policies_say():
    """SAT-3: the call is due like any other."""
    sold()
    night("2026-10-27")
    survey = Survey.objects.get()
    assert survey.call_due_at == survey.created_at + timedelta(days=2)
