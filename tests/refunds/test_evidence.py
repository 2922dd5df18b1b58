"""Evidence: taken in, attached, seen by those who may see the request and nobody else, thrown away when unused."""

import hashlib
import io
import os
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, connections, transaction
from django.test.utils import CaptureQueriesContext

from aftersales.core import errors, private_files
from aftersales.core.auth import Actor
from aftersales.core.models import Role, Shop
from refunds.models.evidence import Evidence
from refunds.models.refunds import Refund
from refunds.selectors.evidence import evidence_get_for
from refunds.services.evidence import (
    clean_name,
    evidence_attach,
    evidence_expire,
    evidence_remove_strays,
    evidence_store,
)
from tests import factories
from tests.core import upload_samples as samples

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 11, 2, 4, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def root(tmp_path: Path, settings: Any) -> Path:
    settings.PRIVATE_ROOT = tmp_path
    return tmp_path


def make_shop(code: str = "demo") -> Shop:
    return Shop.objects.get_or_create(code=code, defaults={"name": code})[0]


def make_refund(shop: Shop) -> Refund:
    return factories.make_refund(factories.make_order(shop))


def front_end(shop: Shop) -> Actor:
    return Actor(kind="buyer", role="buyer", name=f"front-end {shop.code}", client_id=1, shop_ids=frozenset({shop.pk}))


def staff(*shops: Shop, role: str = "agent", user_id: int = 7) -> Actor:
    seen = frozenset(shop.pk for shop in shops) or None
    return Actor(kind="staff", role=role, name="小王", user_id=user_id, shop_ids=seen)


def store(actor: Actor, shop: Shop | None, data: bytes | None = None, name: str = "photo.jpg") -> Evidence:
    file = SimpleUploadedFile(name, samples.jpeg() if data is None else data)
    return evidence_store(actor=actor, file=file, purpose="application", shop=shop)


def on_disk(root: Path) -> set[str]:
    return {file.name for file in root.rglob("*") if file.is_file() and file.suffix != private_files.THUMBNAIL}


# Taking in ------------------------------------------------------------------------------------------------------------


@time_machine.travel(NOON, tick=False)
def test_a_file_is_kept_with_who_sent_it_and_what_it_is(root: Path) -> None:
    shop = make_shop()
    evidence = store(front_end(shop), shop, samples.jpeg_with_place(), name="C:\\fakepath\\破损 照片.JPG")
    kept = Evidence.objects.get()
    assert kept.evidence_id == evidence.evidence_id
    assert kept.evidence_id.startswith("ev_")
    assert len(kept.evidence_id) == 25
    assert (kept.shop, kept.refund, kept.attached_at, kept.created_at) == (shop, None, None, NOON)
    assert (kept.actor_kind, kept.actor_id, kept.actor_name) == ("buyer", 1, "front-end demo")
    assert (kept.side, kept.purpose, kept.content_type) == ("buyer", "application", "image/jpeg")
    assert (kept.width, kept.height, kept.original_name) == (120, 160, "破损 照片.JPG")
    assert private_files.path_of(kept.sha256).stat().st_size == kept.size
    assert b"Secret" not in private_files.path_of(kept.sha256).read_bytes()
    assert private_files.exists(kept.sha256, private_files.THUMBNAIL)


def test_the_same_file_twice_is_two_rows_and_one_file(root: Path) -> None:
    shop = make_shop()
    first, second = store(front_end(shop), shop), store(staff(), shop)
    assert first.evidence_id != second.evidence_id
    assert (first.side, second.side) == ("buyer", "seller")
    assert on_disk(root) == {first.sha256}


@pytest.mark.parametrize(
    ("data", "kind"),
    [(b"", errors.Invalid), (samples.HTML, errors.UnsupportedMedia), (bytes(60 * 1024 * 1024), errors.TooLarge)],
)
def test_a_refused_file_leaves_nothing(data: bytes, kind: type[errors.Problem], root: Path) -> None:
    shop = make_shop()
    with pytest.raises(kind):
        store(front_end(shop), shop, data)
    assert not Evidence.objects.exists()
    assert on_disk(root) == set()


def test_nobody_stores_in_a_shop_that_he_does_not_see(root: Path) -> None:
    shop, other = make_shop(), make_shop("other")
    for actor in (front_end(shop), staff(shop)):
        with pytest.raises(errors.NotFound):
            store(actor, other)
    with pytest.raises(errors.NotFound):
        store(front_end(shop), None)
    assert on_disk(root) == set()


def test_an_unknown_purpose_is_refused() -> None:
    shop = make_shop()
    with pytest.raises(errors.Invalid) as caught:
        evidence_store(actor=staff(), file=io.BytesIO(samples.jpeg()), purpose="fun", shop=shop)
    assert [(error.field, error.code) for error in caught.value.errors] == [("purpose", "unknown_purpose")]


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../etc/passwd", "passwd"),
        ("a\x00b\r\n<script>.jpg", "abscript.jpg"),
        ("\u202egpj.exe", "gpj.exe"),
        ("茶" * 200 + ".jpeg", "茶" * 115 + ".jpeg"),
        ("x" * 200, "x" * 120),
        (" ..", ""),
        (None, ""),
    ],
)
def test_names_are_fit_for_display(name: str | None, shown: str) -> None:
    assert clean_name(name) == shown
    assert len(clean_name(name)) <= 120


def test_the_name_shown_has_the_extension_of_what_is_kept() -> None:
    shop = make_shop()
    assert store(staff(), shop, samples.heic(), name="IMG_0001.HEIC").download_name == "IMG_0001.jpg"
    unnamed = store(staff(), shop, samples.pdf(), name=" ")
    assert unnamed.download_name in {f"{unnamed.evidence_id}.pdf", "_.pdf"}


@pytest.mark.parametrize(
    "change",
    [
        {"purpose": "fun"},
        {"side": "nobody"},
        {"content_type": "text/html"},
        {"size": 0},
        {"sha256": "A" * 64},
        {"width": None},
        {"content_type": "application/pdf"},
        {"attached_at": NOON},
        {"shop": None},
    ],
)
def test_the_database_refuses_rows_that_cannot_be(change: dict[str, Any]) -> None:
    shop = make_shop()
    evidence = store(front_end(shop), shop)
    with pytest.raises(IntegrityError), transaction.atomic():
        Evidence.objects.filter(pk=evidence.pk).update(**change)


# Attaching ------------------------------------------------------------------------------------------------------------


@time_machine.travel(NOON, tick=False)
def test_files_are_attached_in_the_order_given_by_one_update() -> None:
    shop = make_shop()
    refund, actor = make_refund(shop), front_end(shop)
    first, second = store(actor, shop), store(actor, shop, samples.png())
    with CaptureQueriesContext(connection) as queries:
        attached = evidence_attach(
            refund=refund, evidence_ids=[second.evidence_id, first.evidence_id], actor=actor, purpose="dispute"
        )
    assert [query["sql"].split()[0] for query in queries if "evidence" in query["sql"]] == ["SELECT", "UPDATE"]
    assert attached == [second, first]
    for row in Evidence.objects.all():
        assert (row.refund, row.attached_at, row.purpose) == (refund, NOON, "dispute")


def test_attaching_again_changes_nothing() -> None:
    shop = make_shop()
    refund, actor = make_refund(shop), front_end(shop)
    evidence = store(actor, shop)
    with time_machine.travel(NOON, tick=False):
        evidence_attach(refund=refund, evidence_ids=[evidence.evidence_id], actor=actor)
    again = evidence_attach(refund=refund, evidence_ids=[evidence.evidence_id] * 2, actor=actor, purpose="other")
    assert [(row.attached_at, row.purpose) for row in again] == [(NOON, "application")]


def test_no_files_ask_the_database_nothing(django_assert_num_queries: Any) -> None:
    refund = make_refund(make_shop())
    with django_assert_num_queries(0):
        assert evidence_attach(refund=refund, evidence_ids=[], actor=staff()) == []


def test_every_wrong_number_is_named_alike_and_nothing_is_attached() -> None:
    shop, other = make_shop(), make_shop("other")
    refund, elsewhere, actor = make_refund(shop), make_refund(shop), front_end(shop)
    mine, taken = store(actor, shop), store(actor, shop)
    evidence_attach(refund=elsewhere, evidence_ids=[taken.evidence_id], actor=actor)
    foreign, sellers = store(front_end(other), other), store(staff(), shop)
    shopless = store(staff(), None)
    ids = [
        mine.evidence_id,
        "ev_none",
        foreign.evidence_id,
        sellers.evidence_id,
        taken.evidence_id,
        shopless.evidence_id,
    ]
    with pytest.raises(errors.Invalid) as caught, transaction.atomic():
        evidence_attach(refund=refund, evidence_ids=[*ids, 5, None], actor=actor)
    assert [(error.field, error.code) for error in caught.value.errors] == [
        (f"evidence[{index}]", "unknown_evidence") for index in range(1, 8)
    ]
    assert len({str(error.detail) for error in caught.value.errors}) == 1
    assert not refund.evidence.exists()


def test_too_many_files_are_refused(settings: Any) -> None:
    settings.EVIDENCE = {"max_files_per_request": 2}
    with pytest.raises(errors.Invalid) as caught:
        evidence_attach(refund=make_refund(make_shop()), evidence_ids=["a", "b", "c"], actor=staff())
    assert caught.value.errors[0].code == "too_many_files"


def test_an_agent_refuses_with_the_warehouses_photographs() -> None:
    shop = make_shop()
    refund = make_refund(shop)
    photo = store(staff(role=Role.WAREHOUSE, user_id=8), shop)
    assert photo.side == "warehouse"
    evidence_attach(refund=refund, evidence_ids=[photo.evidence_id], actor=staff(), purpose="refusal")
    assert refund.evidence.get().side == "warehouse"


def test_a_file_of_staff_without_a_shop_gets_that_of_its_request() -> None:
    shop = make_shop()
    refund, photo = make_refund(shop), store(staff(), None)
    assert photo.shop is None
    evidence_attach(refund=refund, evidence_ids=[photo.evidence_id], actor=staff())
    assert Evidence.objects.get().shop == shop


# Seeing ---------------------------------------------------------------------------------------------------------------


def seen(actor: Actor, evidence: Evidence) -> bool:
    try:
        return evidence_get_for(actor, evidence.evidence_id) == evidence
    except errors.NotFound:
        return False


def test_before_it_is_attached_only_the_side_that_sent_it_sees_a_file() -> None:
    shop, other = make_shop(), make_shop("other")
    buyers, sellers = store(front_end(shop), shop), store(staff(), shop)
    unplaced = store(staff(user_id=7), None)
    watchers = [front_end(shop), front_end(other), staff(), staff(shop), staff(other)]
    assert [seen(actor, buyers) for actor in watchers] == [True, False, False, False, False]
    assert [seen(actor, sellers) for actor in watchers] == [False, False, True, True, False]
    assert [seen(actor, unplaced) for actor in watchers] == [False, False, True, True, True]
    assert not seen(staff(shop, user_id=8), unplaced)


def test_once_attached_everybody_who_sees_the_shop_sees_it() -> None:
    shop, other = make_shop(), make_shop("other")
    refund = make_refund(shop)
    for actor in (front_end(shop), staff()):
        evidence = store(actor, shop)
        evidence_attach(refund=refund, evidence_ids=[evidence.evidence_id], actor=actor)
        watchers = [front_end(shop), front_end(other), staff(), staff(shop), staff(other)]
        assert [seen(watcher, evidence) for watcher in watchers] == [True, False, True, True, False]


# Throwing away --------------------------------------------------------------------------------------------------------


def test_files_that_nothing_named_go_after_a_week_and_the_others_stay(root: Path) -> None:
    shop = make_shop()
    refund, actor = make_refund(shop), front_end(shop)
    with time_machine.travel(NOON, tick=False):
        unused, used = store(actor, shop), store(actor, shop, samples.png())
        evidence_attach(refund=refund, evidence_ids=[used.evidence_id], actor=actor)
    with time_machine.travel(NOON + timedelta(days=7), tick=False):
        fresh = store(actor, shop, samples.saved(samples.drawing(), "WEBP"))
        assert evidence_expire() == 0
    with time_machine.travel(NOON + timedelta(days=7, seconds=1), tick=False):
        assert evidence_expire() == 1
        assert evidence_expire() == 0
    assert set(Evidence.objects.values_list("evidence_id", flat=True)) == {used.evidence_id, fresh.evidence_id}
    assert on_disk(root) == {used.sha256, fresh.sha256}
    assert not private_files.exists(unused.sha256, private_files.THUMBNAIL)


def test_a_file_that_another_row_has_as_well_stays_on_disk(root: Path) -> None:
    shop = make_shop()
    with time_machine.travel(NOON, tick=False):
        old = store(front_end(shop), shop)
    with time_machine.travel(NOON + timedelta(days=8), tick=False):
        store(front_end(shop), shop)
        assert evidence_expire() == 1
    assert on_disk(root) == {old.sha256}


def test_strays_on_disk_are_removed_and_known_files_stay(root: Path) -> None:
    shop = make_shop()
    known = store(front_end(shop), shop)
    stray = private_files.save(io.BytesIO(b"stray"), hashlib.sha256(b"stray").hexdigest())
    for file in (stray, private_files.path_of(known.sha256)):
        os.utime(file, (1_000_000_000, 1_000_000_000))
    assert evidence_remove_strays() == 1
    assert on_disk(root) == {known.sha256}


@pytest.mark.django_db(transaction=True)
def test_a_file_that_comes_again_while_it_is_thrown_away_is_not_lost(root: Path, monkeypatch: Any) -> None:
    """The upload waits for the digest, finds the file gone and writes it again."""
    shop = make_shop()
    with time_machine.travel(NOON, tick=False):
        old = store(front_end(shop), shop)
    deleting, go_on = threading.Event(), threading.Event()
    delete = private_files.delete

    def slow_delete(sha256: str) -> None:
        deleting.set()
        assert go_on.wait(10)
        delete(sha256)

    monkeypatch.setattr(private_files, "delete", slow_delete)

    def expire() -> int:
        try:
            return evidence_expire()
        finally:
            connections.close_all()

    def upload() -> Evidence:
        try:
            assert deleting.wait(10)
            threading.Timer(0.3, go_on.set).start()
            return store(front_end(shop), shop)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        expired, uploaded = pool.submit(expire), pool.submit(upload)
        assert expired.result(20) == 1
        again = uploaded.result(20)
    assert again.sha256 == old.sha256
    assert Evidence.objects.get() == again
    assert on_disk(root) == {again.sha256}
