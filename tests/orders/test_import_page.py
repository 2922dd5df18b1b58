"""The import of orders as a job: uploaded, taken by a worker, watched, its result fetched."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from aftersales.core import clock, errors
from aftersales.core.models import Role
from orders import tasks
from orders.models import ImportRun, Order
from orders.services import import_runs
from tests import factories
from tests.helpers import refused
from tests.orders import export_files
from tests.pages import sign_in, warm

pytestmark = pytest.mark.django_db
PAGE = "/orders/import/"


@pytest.fixture(autouse=True)
def _own_files(settings, tmp_path):
    """Keep the files of each test apart."""
    storages = {**settings.STORAGES}
    storages["default"] = {**storages["default"], "OPTIONS": {"location": tmp_path}}
    settings.STORAGES = storages


@pytest.fixture
def supervisor(client: Client):
    return sign_in(client, Role.SUPERVISOR, display_name="王芳")


def upload(name: str, content: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type="text/csv")


def files(tmp_path: Path, number: int = 3) -> dict[str, SimpleUploadedFile]:
    orders, lines = export_files.export(tmp_path, export_files.orders(number))
    return {
        "orders": upload("ExportOrderList.csv", orders.read_bytes()),
        "lines": upload("ExportOrderDetailList.csv", lines.read_bytes()),
    }


@pytest.mark.parametrize("role", Role.values)
def test_who_may_import(client, role):
    sign_in(client, role)
    status = 200 if role in (Role.SUPERVISOR, Role.ADMIN) else 403
    assert client.get(PAGE).status_code == status
    assert client.post(PAGE, {}).status_code == (422 if status == 200 else 403)


def test_an_import_goes_through_a_worker(client, supervisor, tmp_path):
    shop = factories.make_shop()
    answer = client.post(PAGE, {**files(tmp_path), "shop": shop.code, "form_token": "one"})
    assert (answer.status_code, answer["Location"]) == (302, PAGE)
    run = ImportRun.objects.get()
    assert (run.status, run.shop, run.actor_name) == ("queued", shop, "王芳")
    assert 'hx-trigger="every 2s"' in client.get(PAGE).content.decode()
    tasks.imports_run()
    run.refresh_from_db()
    assert (run.status, run.error, run.new, run.rejected, run.percent) == ("done", "", 3, 0, 100)
    assert Order.objects.filter(shop=shop).count() == 3
    row = client.get(reverse("orders:import_row", args=[run.run_id])).content.decode()
    assert "hx-trigger" not in row


def test_the_files_are_gone_when_it_ended(client, supervisor, tmp_path):
    """LAW-7: they are full of names and addresses."""
    client.post(PAGE, {**files(tmp_path), "shop": factories.make_shop().code, "form_token": "one"})
    run = ImportRun.objects.get()
    assert Path(run.orders_file.path).exists()
    tasks.imports_run()
    assert not Path(run.orders_file.path).exists()
    assert not Path(run.lines_file.path).exists()


def test_wrong_rows_are_in_the_result_file(client, supervisor, tmp_path):
    client.post(PAGE, {**files(tmp_path), "shop": "", "form_token": "one"})
    tasks.imports_run()
    run = ImportRun.objects.get()
    assert (run.status, run.new, run.rejected) == ("done", 0, 3)
    response = client.get(reverse("orders:import_result", args=[run.run_id]))
    assert response["Content-Disposition"].startswith("attachment")
    assert len(b"".join(response.streaming_content).decode("utf-8-sig").splitlines()) == run.faults + 1


def test_a_file_that_cannot_be_read_fails_in_words(client, supervisor):
    bad = {"orders": upload("a.csv", b"x,y\n1,2\n"), "lines": upload("b.csv", b"x,y\n1,2\n")}
    client.post(PAGE, {**bad, "shop": factories.make_shop().code, "form_token": "one"})
    tasks.imports_run()
    run = ImportRun.objects.get()
    assert run.status == "failed"
    assert "a.csv" in run.error
    assert run.error in client.get(PAGE).content.decode().replace("&quot;", '"')


def test_what_is_no_export_is_refused_at_its_field(client, supervisor):
    answer = client.post(PAGE, {"orders": upload("a.exe", b"MZ"), "lines": upload("b.csv", b"x"), "form_token": "one"})
    assert answer.status_code == 422
    assert "field-error" in answer.content.decode()
    assert not ImportRun.objects.exists()


def test_sending_twice_imports_once(client, supervisor, tmp_path):
    shop = factories.make_shop()
    for _try in range(2):
        assert client.post(PAGE, {**files(tmp_path), "shop": shop.code, "form_token": "one"}).status_code == 302
    assert ImportRun.objects.count() == 1


def test_an_importer_reaches_only_the_shops_that_he_sees(client, tmp_path):
    mine, other = factories.make_shop(), factories.make_shop()
    sign_in(client, Role.SUPERVISOR, mine)
    answer = client.post(PAGE, {**files(tmp_path), "shop": other.code, "form_token": "one"})
    assert (answer.status_code, ImportRun.objects.count()) == (422, 0)
    with refused(errors.NotFound):
        import_runs.import_start(actor=factories.staff(Role.SUPERVISOR, mine), shop=other, orders=None, lines=None)


def test_runs_of_other_shops_are_never_shown(client, supervisor, tmp_path):
    client.post(PAGE, {**files(tmp_path), "shop": factories.make_shop().code, "form_token": "one"})
    run = ImportRun.objects.get()
    sign_in(client, Role.SUPERVISOR, factories.make_shop())
    assert str(run.run_id) not in client.get(PAGE).content.decode()
    for name in ("import_row", "import_result"):
        assert client.get(reverse(f"orders:{name}", args=[run.run_id])).status_code == 404


def test_a_run_whose_worker_died_is_taken_up_again(client, supervisor, tmp_path):
    shop = factories.make_shop()
    client.post(PAGE, {**files(tmp_path), "shop": shop.code, "form_token": "one"})
    ImportRun.objects.update(status="running", seen_at=clock.now(), attempts=1)
    assert import_runs.import_next() is None
    ImportRun.objects.update(seen_at=clock.now() - timedelta(minutes=4))
    assert import_runs.import_next().status == "done"
    assert Order.objects.filter(shop=shop).count() == 3


def test_a_run_that_kills_its_workers_ends(client, supervisor, tmp_path):
    client.post(PAGE, {**files(tmp_path), "shop": factories.make_shop().code, "form_token": "one"})
    ImportRun.objects.update(status="running", seen_at=clock.now() - timedelta(hours=1), attempts=3)
    assert import_runs.import_next() is None
    assert ImportRun.objects.get().status == "failed"


def test_a_fault_of_ours_ends_the_run_in_words(client, supervisor, tmp_path, monkeypatch):
    client.post(PAGE, {**files(tmp_path), "shop": factories.make_shop().code, "form_token": "one"})

    def broken(**_given: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("orders.services.importing.orders_import", broken)
    assert import_runs.import_next().status == "failed"
    assert ImportRun.objects.get().error


def test_progress_moves_forward(client, supervisor, tmp_path, monkeypatch):
    client.post(PAGE, {**files(tmp_path, 5), "shop": factories.make_shop().code, "form_token": "one"})
    seen = []
    real = import_runs._Reporter.__call__

    def watched(self: object, stage: str, done: int, total: int) -> None:
        real(self, stage, done, total)
        seen.append(ImportRun.objects.get().percent)

    monkeypatch.setattr(import_runs._Reporter, "__call__", watched)
    import_runs.import_next()
    assert seen == sorted(seen)
    assert seen[-1] == 100


@pytest.mark.parametrize("many", [1, 20])
def test_the_page_costs_the_same_number_of_statements(client, supervisor, many, tmp_path, django_assert_num_queries):
    """Session, user, shops, runs."""
    for number in range(many):
        ImportRun.objects.create(user=supervisor, actor_name="王芳", created_at=clock.now(), total=number)
    warm(client, PAGE)
    with django_assert_num_queries(4):
        assert client.get(PAGE).content.decode().count('class="run"') == many
