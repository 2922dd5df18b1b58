"""Exports of the figures: every figure with its definition, a row for each value, nothing that runs (RPT-1)."""

import csv
from datetime import timedelta

import pytest
from django.test import Client
from django.utils.translation import override
from openpyxl import load_workbook

from aftersales.core import clock, jobs
from aftersales.core.auth import Actor
from aftersales.core.models import Job, Role
from refunds import services as refunds
from reports import services
from reports.states import FIGURES
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop():
    return factories.make_shop()


@pytest.fixture(autouse=True)
def kept_here(settings, tmp_path):
    settings.STORAGES = settings.STORAGES | {
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": tmp_path}}
    }


def exported(user, by="item", form="xlsx"):
    services.figures_fold_all()
    today = clock.shanghai_day(clock.now())
    wanted = {"by": by, "since": today - timedelta(days=29), "until": today}
    job = services.export_start(actor=Actor.for_user(user), form=form, **wanted)
    jobs.run_next()
    job.refresh_from_db()
    assert job.status == "done", job.error
    return job


def refunded(shop, item):
    order = factories.make_order(shop, factories.line(item_id=item, title="=HYPERLINK(1)"), sign=True)
    refund = factories.make_refund(order, goods_status="received", reason="quality")
    return factories.pay(refunds.refund_agree(refund=refund, actor=factories.staff()))


def test_a_workbook_has_the_figures_and_what_counts_in_them(shop):
    """RPT-1: shares as per cent, money as yuan, and no cell that is a formula."""
    refund = refunded(shop, "=1+1")
    factories.make_order(shop, factories.line(item_id="tea-2"))
    refunded(factories.make_shop(), "elsewhere")
    user = factories.make_user(Role.FINANCE, shop, language="en")
    book = load_workbook(jobs.file_of(exported(user)))
    figures, words = book.worksheets
    header, *rows = [[cell.value for cell in row] for row in figures.iter_rows()]
    with override("en"):
        assert header[1:] == [str(figure.name) for figure in FIGURES.values()]
    found = {row[0].split()[0]: dict(zip(header, row, strict=True)) for row in rows}
    assert set(found) == {"=1+1", "tea-2"}
    assert found["=1+1"]["Refund rate"] == 1
    assert found["=1+1"]["Refunds given"] == refund.refunded_fen / 100
    assert found["tea-2"]["Refund rate"] == 0
    assert all(cell.data_type != "f" for sheet in book.worksheets for row in sheet.iter_rows() for cell in row)
    assert figures.cell(2, header.index("Refund rate") + 1).number_format == "0.00%"
    assert len(list(words.iter_rows())) == len(FIGURES) + 2


def test_in_csv_what_looks_like_a_formula_is_a_text(shop):
    """RPT-1."""
    refunded(shop, "=1+1")
    job = exported(factories.make_user(Role.GOODS, shop, language="en"), form="csv")
    with jobs.file_of(job).open(encoding="utf-8-sig", newline="") as file:
        (row,) = csv.DictReader(file)
    assert row["By item"].startswith("'=1+1")
    assert row["Refund rate"] == "100.00%"


@pytest.mark.parametrize("by", ["day", "shop", "item", "agent", "carrier", "reason", "kind"])
def test_an_export_in_batches_has_each_value_once(shop, by, monkeypatch):
    """RPT-1: whatever the size of a batch."""
    monkeypatch.setattr(services, "EXPORT_BATCH", 1)
    for number in range(3):
        with clock.at(clock.now() - timedelta(days=number)):
            refunded(shop, f"tea-{number}")
    job = exported(factories.make_user(Role.SUPERVISOR, shop, language="en"), by=by)
    first, *rows = [[cell.value for cell in row] for row in load_workbook(jobs.file_of(job)).worksheets[0].iter_rows()]
    assert len({row[0] for row in rows}) == len(rows) == job.ok
    assert sum(row[first.index("Orders paid")] for row in rows) == 3


def test_who_sees_the_shop_no_more_gets_nothing(shop):
    """RPT-1: rights are those of the moment at which it runs."""
    user = factories.make_user(Role.SUPERVISOR, shop)
    today = clock.shanghai_day(clock.now())
    job = services.export_start(actor=Actor.for_user(user), by="day", since=today, until=today, form="csv")
    user.shops.set([factories.make_shop()])
    jobs.run_next()
    job.refresh_from_db()
    assert (job.status, job.has_file) == ("failed", False)


def test_the_page_starts_it_once(shop):
    """RPT-1: for the days and the dimension that it shows."""
    client = Client(HTTP_ACCEPT_LANGUAGE="en")
    client.force_login(factories.make_user(Role.SUPERVISOR, shop))
    url = client.get("/reports/?by=item").context["export_url"]
    token = client.get(url).context["form"]["form_token"].value()
    for _each in range(2):
        answer = client.post(url, {"form_token": token, "format": "xlsx"})
        assert (answer.status_code, answer["Location"]) == (302, "/jobs/")
    assert Job.objects.get().params["by"] == "item"
    assert client.get("/reports/export/?since=2026-02-01&until=2026-01-01").status_code == 422
