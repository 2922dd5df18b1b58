"""The first answer again (api.md, Ground rules)."""

import threading
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from cryptography.fernet import Fernet
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection, connections
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from aftersales.core import auth, encryption, idempotency
from aftersales.core.models import ApiClient, IdempotencyRecord, OutboxEvent, Shop
from tests.core import api_views

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.core.api_views")]

SHOPS = "/api/v1/test/shops"


def shop_client(code: str = "demo") -> APIClient:
    shop, _created = Shop.objects.get_or_create(code=code, defaults={"name": code})
    client = ApiClient.objects.create(
        name=f"front-end {code}", shop=shop, scopes=["refunds:read", "refunds:write", "evidence:write"]
    )
    _token, plain = auth.token_create(client=client)
    return APIClient(HTTP_AUTHORIZATION=f"Bearer {plain}", HTTP_ACCEPT_LANGUAGE="en")


@pytest.fixture
def caller() -> APIClient:
    return shop_client()


def post(caller: APIClient, code: str, key: str | None = "k-1", **more: Any) -> Any:
    headers = {} if key is None else {"HTTP_IDEMPOTENCY_KEY": key}
    return caller.post(SHOPS, {"code": code, "name": "n", **more}, format="json", **headers)


def count(code: str) -> int:
    return Shop.objects.filter(code=code).count()


def test_the_second_time_gives_the_same_bytes_and_does_nothing(caller: APIClient) -> None:
    first = post(caller, "tea")
    second = post(caller, "tea")
    assert (first.status_code, second.status_code) == (201, 201)
    assert second.content == first.content == '{"zeta":1,"code":"tea","version":7,"alpha":"茶"}'.encode()
    assert second["Content-Type"] == first["Content-Type"] == "application/json"
    assert second["Idempotency-Replayed"] == "true"
    assert "Idempotency-Replayed" not in first
    assert second["ETag"] == first["ETag"] == '"7"'
    assert count("tea") == 1


def test_spelling_the_same_body_otherwise_is_the_same_request(caller: APIClient) -> None:
    headers = {"HTTP_IDEMPOTENCY_KEY": "k"}
    caller.post(SHOPS, '{"code":"tea","name":"n"}', content_type="application/json", **headers)
    again = caller.post(SHOPS, ' {"name": "n",\n "code": "\\u0074ea"}', content_type="application/json", **headers)
    assert again["Idempotency-Replayed"] == "true"


def test_another_body_under_the_same_key_is_refused_and_changes_nothing(caller: APIClient) -> None:
    post(caller, "tea")
    other = post(caller, "coffee")
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    assert count("coffee") == 0
    assert post(caller, "tea").status_code == 201


@pytest.fixture
def another_key(settings: Any) -> Iterator[Callable[[], None]]:
    """Take every key away and set a new one."""

    def change() -> None:
        settings.FIELD_ENCRYPTION_KEYS = [Fernet.generate_key().decode()]
        encryption.forget()

    yield change
    encryption.forget()


def test_an_answer_that_no_key_opens_says_so_and_nothing_is_done_again(
    caller: APIClient, another_key: Callable[[], None]
) -> None:
    """The key under which it was kept was taken away within the two days."""
    post(caller, "tea")
    another_key()
    second = post(caller, "tea")
    assert (second.status_code, second.json()["code"]) == (409, "idempotency_answer_lost")
    assert count("tea") == 1


def test_another_route_or_query_under_the_same_key_is_refused(caller: APIClient) -> None:
    post(caller, "tea")
    body = {"code": "tea", "name": "n"}
    for url in (f"{SHOPS}?a=1", "/api/v1/test/money"):
        other = caller.post(url, body, format="json", HTTP_IDEMPOTENCY_KEY="k-1")
        assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")


def test_two_clients_may_use_the_same_key() -> None:
    first, second = post(shop_client("a"), "tea"), post(shop_client("b"), "coffee")
    assert (first.status_code, second.status_code) == (201, 201)
    assert IdempotencyRecord.objects.filter(key="k-1").count() == 2


def test_without_a_key_nothing_is_recorded(caller: APIClient) -> None:
    assert post(caller, "tea", key=None).status_code == 201
    assert IdempotencyRecord.objects.count() == 0


def test_a_key_is_asked_for_where_money_moves(caller: APIClient) -> None:
    answer = caller.post("/api/v1/test/money", {}, format="json")
    assert (answer.status_code, answer.json()["code"]) == (400, "idempotency_key_required")


@pytest.mark.parametrize("key", ["", "x" * 256, "schlüssel", "a\tb"])
def test_an_odd_key_is_refused(caller: APIClient, key: str) -> None:
    answer = post(caller, "tea", key=key)
    assert (answer.status_code, answer.json()["code"]) == (400, "idempotency_key_invalid")
    assert count("tea") == 0


def test_a_key_of_255_characters_is_taken(caller: APIClient) -> None:
    assert post(caller, "tea", key="x" * 255).status_code == 201


@pytest.mark.parametrize(("code", "status"), [("refused", 422), ("answered", 409)])
def test_a_refusal_leaves_no_effect_and_is_given_again(caller: APIClient, code: str, status: int) -> None:
    first, second = post(caller, code), post(caller, code)
    assert (first.status_code, second.status_code) == (status, status)
    assert second.content == first.content
    assert second["Content-Type"] == first["Content-Type"]
    assert second["Idempotency-Replayed"] == "true"
    assert count(code) == 0


def test_a_wrong_field_is_a_refusal_too(caller: APIClient) -> None:
    first = post(caller, "tea", lines=[{"quantity": 0}])
    assert (first.status_code, first.json()["errors"][0]["field"]) == (422, "lines[0].quantity")
    assert post(caller, "tea", lines=[{"quantity": 0}])["Idempotency-Replayed"] == "true"


@pytest.mark.parametrize(("code", "status"), [("forbidden", 403), ("away", 503)])
def test_what_is_said_of_the_moment_is_not_kept(caller: APIClient, code: str, status: int) -> None:
    assert post(caller, code).status_code == status
    assert "Idempotency-Replayed" not in post(caller, code)
    assert (count(code), IdempotencyRecord.objects.count()) == (0, 0)


def test_a_bug_leaves_no_effect_and_is_not_kept(caller: APIClient) -> None:
    caller.raise_request_exception = False
    assert post(caller, "bug").status_code == 500
    assert (count("bug"), IdempotencyRecord.objects.count()) == (0, 0)


def test_unreadable_json_is_refused_before_the_key_is_looked_at(caller: APIClient) -> None:
    answer = caller.post(SHOPS, "{", content_type="application/json", HTTP_IDEMPOTENCY_KEY="k")
    assert (answer.status_code, IdempotencyRecord.objects.count()) == (400, 0)


def test_an_upload_is_the_same_by_its_contents(caller: APIClient) -> None:
    def send(contents: bytes) -> Any:
        body = {"purpose": "photo", "file": SimpleUploadedFile("a.png", contents)}
        return caller.post("/api/v1/test/upload", body, format="multipart", HTTP_IDEMPOTENCY_KEY="k")

    assert send(b"one").json() == {"size": 3}
    assert send(b"one")["Idempotency-Replayed"] == "true"
    assert send(b"two").json()["code"] == "idempotency_key_reused"


def test_a_keyed_post_costs_two_statements_more(caller: APIClient) -> None:
    post(caller, "warm", key=None)
    with CaptureQueriesContext(connection) as plain:
        post(caller, "one", key=None)
    with CaptureQueriesContext(connection) as keyed:
        post(caller, "two")
    with CaptureQueriesContext(connection) as replay:
        post(caller, "two")
    assert len(keyed) - len(plain) == 2
    assert [sql["sql"].split()[0] for sql in replay] == ["SELECT", "SAVEPOINT", "SELECT", "RELEASE"]


def test_the_rest_layer_asks_once_who_calls_and_commits_once(caller: APIClient) -> None:
    post(caller, "warm", key=None)
    with CaptureQueriesContext(connection) as seen:
        post(caller, "tea")
    # inside a test the outer transaction is a savepoint: in production these two are BEGIN and COMMIT
    words = [sql["sql"].split()[0] for sql in seen]
    assert words == ["SELECT", "SAVEPOINT", "SELECT", "INSERT", "INSERT", "RELEASE"]


def test_answers_are_forgotten_after_two_days(caller: APIClient) -> None:
    with time_machine.travel(datetime(2026, 11, 1, 8, tzinfo=UTC), tick=False) as moment:
        post(caller, "tea", key="old")
        moment.shift(timedelta(hours=24))
        post(caller, "coffee", key="new")
        moment.shift(timedelta(hours=24))
        assert idempotency.idempotency_expire() == 0
        moment.shift(timedelta(seconds=1))
        assert idempotency.idempotency_expire() == 1
        assert list(IdempotencyRecord.objects.values_list("key", flat=True)) == ["new"]


def test_a_refusal_that_cannot_be_kept_is_given_all_the_same(
    caller: APIClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*args: Any) -> bool:
        raise DatabaseError("away")

    monkeypatch.setattr(idempotency, "_keep", away)
    assert post(caller, "refused").status_code == 422


# Two real connections ------------------------------------------------------------------------------------------------


MANY = 64


def in_thread(work: Any) -> Any:
    try:
        return work()
    finally:
        connections.close_all()


def many_payments(caller: APIClient) -> list[Any]:
    barrier = threading.Barrier(MANY)

    def send() -> Any:
        client = APIClient(**caller.defaults)
        barrier.wait(10)
        return client.post("/api/v1/test/money", {"amount_fen": 5}, format="json", HTTP_IDEMPOTENCY_KEY="k")

    with ThreadPoolExecutor(MANY) as pool:
        return [job.result(30) for job in [pool.submit(in_thread, send) for _ in range(MANY)]]


@pytest.mark.django_db(transaction=True)
def test_many_at_once_have_one_effect(caller: APIClient) -> None:
    answers = many_payments(caller)
    fresh = [a for a in answers if a.status_code == 200 and "Idempotency-Replayed" not in a]
    others = [a for a in answers if a not in fresh]
    assert len(fresh) == 1
    assert all(a.get("Idempotency-Replayed") == "true" or a.json()["code"] == "idempotency_in_progress" for a in others)
    assert (OutboxEvent.objects.count(), IdempotencyRecord.objects.count()) == (1, 1)


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_the_unique_key_still_allows_one_effect(
    caller: APIClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(idempotency, "_lock_number", lambda owner, key: uuid.uuid4().int % 2**62)
    answers = many_payments(caller)
    assert {a.status_code for a in answers} == {200}
    assert OutboxEvent.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_variant_without_lock_and_record_is_caught(caller: APIClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """Negative control: what the two tests above count does go wrong when both guards are gone."""
    monkeypatch.setattr(idempotency, "_look", lambda owner, key, digest: None)
    monkeypatch.setattr(idempotency, "_keep", lambda owner, key, digest, answer: True)
    many_payments(caller)
    assert OutboxEvent.objects.count() == MANY


@pytest.mark.django_db(transaction=True)
def test_a_key_that_is_being_worked_on_is_a_conflict(caller: APIClient) -> None:
    api_views.running.clear()
    api_views.go_on.clear()
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(in_thread, lambda: post(APIClient(**caller.defaults), "slow"))
        assert api_views.running.wait(10)
        second = post(caller, "slow")
        api_views.go_on.set()
        assert first.result(10).status_code == 201
    assert (second.status_code, second.json()["code"]) == (409, "idempotency_in_progress")
    assert post(caller, "slow")["Idempotency-Replayed"] == "true"


@pytest.mark.django_db(transaction=True)
def test_a_crash_after_the_commit_still_gives_the_first_answer(
    caller: APIClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The connection to the caller breaks when all is committed; the answer is lost, the effect is not."""
    real = idempotency.run_once

    def answer_lost(**kwargs: Any) -> Any:
        real(**kwargs)
        raise ConnectionResetError

    with monkeypatch.context() as broken:
        broken.setattr("aftersales.core.api.base.run_once", answer_lost)
        caller.raise_request_exception = False
        assert post(caller, "tea").status_code == 500
    again = post(caller, "tea")
    assert (again.status_code, again["Idempotency-Replayed"], count("tea")) == (201, "true", 1)


@pytest.mark.django_db(transaction=True)
def test_a_crash_before_the_commit_leaves_nothing_and_the_retry_does_it(
    caller: APIClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(*args: Any) -> bool:
        raise SystemError("killed between doing and recording")

    with monkeypatch.context() as broken:
        broken.setattr(idempotency, "_keep", crash)
        caller.raise_request_exception = False
        assert post(caller, "tea").status_code == 500
    assert count("tea") == 0
    again = post(caller, "tea")
    assert (again.status_code, "Idempotency-Replayed" in again, count("tea")) == (201, False, 1)


@pytest.mark.django_db(transaction=True)
def test_overtaken_between_snapshot_and_lock_undoes_and_replays(
    caller: APIClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The winner commits after our look: our work is undone by the unique key and its answer is given."""
    real = idempotency._look
    looks: list[int] = []

    def blind_once(owner: str, key: str, digest: str) -> Any:
        looks.append(1)
        if len(looks) > 1:
            return real(owner, key, digest)
        with ThreadPoolExecutor(1) as pool:
            pool.submit(in_thread, lambda: keep(owner, key, digest)).result(10)
        return None

    def keep(owner: str, key: str, digest: str) -> None:
        IdempotencyRecord.objects.create(
            owner=owner,
            key=key,
            request_digest=digest,
            response_status=201,
            response_body='{"won":true}',
            created_at=datetime(2026, 11, 1, tzinfo=UTC),
        )

    monkeypatch.setattr(idempotency, "_look", blind_once)
    answer = post(caller, "tea")
    assert (answer.json(), answer["Idempotency-Replayed"], count("tea")) == ({"won": True}, "true", 0)
    assert len(looks) == 2


def test_lock_numbers_differ_by_owner_and_key() -> None:
    numbers = {idempotency._lock_number(o, k) for o in ("client:1", "client:11") for k in ("1a", "a")}
    assert len(numbers) == 4
    assert all(-(2**63) <= n < 2**63 for n in numbers)
    assert idempotency._lock_number("client:1", "a") == idempotency._lock_number("client:1", "a")
