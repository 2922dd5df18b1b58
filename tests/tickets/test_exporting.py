"""Exports of the queue and of tickets: what the list shows, a row a case, masked, at any size (LAW-7)."""

import csv

import pytest
from django.test import Client
from openpyxl import load_workbook

from aftersales.core import jobs, policies
from aftersales.core.auth import Actor
from aftersales.core.models import Job, Role, User
from tests import factories
from tests.helpers import refused, statements
from tests.pages import press, sign_in, words
from tickets import services
from tickets.selectors import queue, ticket_rows
from tickets.services import exporting

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop():
    return factories.make_shop()


@pytest.fixture(autouse=True)
def kept_here(settings, tmp_path):
    settings.STORAGES = settings.STORAGES | {
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": tmp_path}}
    }


@pytest.fixture
def client():
    return Client(HTTP_ACCEPT_LANGUAGE="en")


@pytest.fixture
def me(client, shop):
    return sign_in(client, Role.AGENT, shop, language="en")


def exported(user, wanted, form="csv"):
    services.export_start(actor=Actor.for_user(user), wanted=wanted, form=form)
    job = jobs.run_next()
    job.refresh_from_db()
    assert job.status == "done", job.error
    return job


def table(job):
    with jobs.file_of(job).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_the_export_has_what_the_filters_show_and_nothing_of_other_shops(me, shop):
    wanted = factories.make_refund(factories.make_order(shop))
    factories.make_return(factories.make_order(shop, sign=True))
    factories.make_refund()
    job = exported(me, queue.Wanted(tab="all", sort="newest", kind=["refund_only"]))
    [row] = table(job)
    assert row["Refund no."] == wanted.refund_no
    assert row["Amount"] == "104.00"
    assert row["Order"] == wanted.order.order_no
    assert row["Buyer"] != wanted.order.buyer.nick
    assert "*" in row["Buyer"]


def test_every_case_is_there_once_whatever_the_batch(me, shop, monkeypatch):
    monkeypatch.setattr(exporting, "BATCH", 2)
    numbers = [factories.make_refund(factories.make_order(shop)).refund_no for _number in range(4)]
    job = exported(me, queue.Wanted(tab="all"))
    assert [row["Refund no."] for row in table(job)] == numbers[::-1]
    assert (job.done, job.total) == (4, 4)


def test_tickets_go_into_a_workbook(me, shop):
    ticket = factories.make_ticket(factories.make_order(shop), Actor.for_user(me), title="=HYPERLINK(1)")
    job = exported(me, ticket_rows.Wanted(tab="mine"), "xlsx")
    sheet = load_workbook(jobs.file_of(job)).active
    assert [sheet["A2"].value, sheet["E2"].value, sheet["E2"].data_type] == [ticket.ticket_no, "=HYPERLINK(1)", "s"]


def test_the_dialog_exports_the_open_view(client, me, shop):
    factories.make_refund(factories.make_order(shop))
    params = {"tab": ["all"], "kind": ["return_refund"]}
    view = services.view_save(actor=Actor.for_user(me), listing="queue", name="退货", params=params)
    nothing = client.get(f"/views/queue/export/?view={view.pk}")
    assert nothing.context["confirm_disabled"]
    answer = press(client, "/views/queue/export/?tab=all", {"format": "csv", "form_token": "t1"})
    assert answer.headers["HX-Redirect"] == "/jobs/"
    press(client, "/views/queue/export/?tab=all", {"format": "csv", "form_token": "t1"})
    [job] = Job.objects.all()
    assert (job.user, job.kind, job.total) == (me, "refunds", 1)
    assert press(client, "/views/queue/export/", {"format": "pdf", "form_token": "t2"}).status_code == 422


def test_too_many_cases_are_refused_before_anything_is_read(client, me, shop, monkeypatch):
    monkeypatch.setattr(exporting, "most_rows", lambda: 1)
    for _number in range(3):
        factories.make_refund(factories.make_order(shop))
    with refused(jobs.errors.Invalid):
        services.export_start(actor=Actor.for_user(me), wanted=queue.Wanted(tab="all"), form="csv")
    dialog = client.get("/views/queue/export/?tab=all")
    assert "More than 1 cases" in words(dialog)
    assert dialog.context["confirm_disabled"]
    assert not Job.objects.exists()


def test_who_lost_a_shop_gets_nothing_of_it(me, shop):
    factories.make_refund(factories.make_order(shop))
    services.export_start(actor=Actor.for_user(me), wanted=queue.Wanted(tab="all"), form="csv")
    User.objects.get(pk=me.pk).shops.set([factories.make_shop()])
    job = jobs.run_next()
    job.refresh_from_db()
    assert (job.status, job.done, job.has_file) == ("failed", 0, False)


@pytest.mark.parametrize("many", [1, 50])
def test_a_batch_costs_the_same_with_one_and_with_fifty_rows(me, shop, many):
    for _number in range(many):
        factories.make_refund(factories.make_order(shop))
    services.export_start(actor=Actor.for_user(me), wanted=queue.Wanted(tab="all"), form="csv")
    policies.get("job.export_rows")
    with statements() as made:
        job = jobs.run_next()
    job.refresh_from_db()
    assert job.done == many
    assert len(made) <= 14
