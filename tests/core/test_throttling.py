"""How often a client may call."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache
from rest_framework.settings import api_settings
from rest_framework.test import APIClient

from aftersales.core import auth
from aftersales.core.api import throttling
from aftersales.core.models import ApiClient, Shop

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.core.api_views")]

SHOPS = "/api/v1/test/shops"


@pytest.fixture(autouse=True)
def _fresh(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Start each test in a window of its own with no counts."""
    cache.clear()
    monkeypatch.setattr(throttling.time, "time", lambda: 1_800_000_010.5)
    yield
    cache.clear()


def rates(monkeypatch: pytest.MonkeyPatch, **by_scope: str | None) -> None:
    monkeypatch.setattr(api_settings, "DEFAULT_THROTTLE_RATES", {k.replace("_", ":"): v for k, v in by_scope.items()})


def caller(name: str = "c") -> APIClient:
    shop, _created = Shop.objects.get_or_create(code="demo", defaults={"name": "d"})
    client = ApiClient.objects.create(name=name, shop=shop, scopes=["refunds:read", "refunds:write"])
    _token, plain = auth.token_create(client=client)
    return APIClient(HTTP_AUTHORIZATION=f"Bearer {plain}", HTTP_ACCEPT_LANGUAGE="en")


def test_beyond_the_rate_it_is_429_with_the_seconds_to_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    rates(monkeypatch, client="2/min")
    client = caller()
    assert [client.get(SHOPS).status_code for _ in range(3)] == [200, 200, 429]
    answer = client.get(SHOPS)
    assert answer["Retry-After"] == "50"  # the window ends at …060, now is …010.5
    assert (answer.json()["code"], answer.json()["retry_after"]) == ("too_many_requests", 50)


def test_the_next_window_begins_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    rates(monkeypatch, client="1/min")
    client = caller()
    assert [client.get(SHOPS).status_code for _ in range(2)] == [200, 429]
    monkeypatch.setattr(throttling.time, "time", lambda: 1_800_000_060.0)
    assert client.get(SHOPS).status_code == 200


def test_clients_are_counted_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    rates(monkeypatch, client="1/min")
    one, two = caller("one"), caller("two")
    assert (one.get(SHOPS).status_code, two.get(SHOPS).status_code, one.get(SHOPS).status_code) == (200, 200, 429)


def test_a_scope_may_have_a_rate_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    rates(monkeypatch, client="9/min", refunds_write="1/hour")
    client = caller()
    body = {"code": "a", "name": "a"}
    assert client.post(SHOPS, body, format="json").status_code == 201
    refused = client.post(SHOPS, {"code": "b", "name": "b"}, format="json")
    assert refused.status_code == 429
    assert not Shop.objects.filter(code="b").exists()
    assert client.get(SHOPS).status_code == 200


def test_without_a_rate_nothing_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    rates(monkeypatch, client=None)
    client = caller()
    assert {client.get(SHOPS).status_code for _ in range(5)} == {200}


def test_a_cache_that_is_away_lets_everyone_through(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def away(*args: Any, **kwargs: Any) -> int:
        raise ConnectionError("redis")

    rates(monkeypatch, client="1/min")
    monkeypatch.setattr(throttling.cache, "incr", away)
    client = caller()
    assert {client.get(SHOPS).status_code for _ in range(3)} == {200}
    assert "request counts are not available" in caplog.text


def test_a_throttled_keyed_post_is_not_recorded(monkeypatch: pytest.MonkeyPatch) -> None:
    rates(monkeypatch, client="1/min")
    client = caller()
    client.get(SHOPS)
    body = {"code": "a", "name": "a"}
    assert client.post(SHOPS, body, format="json", HTTP_IDEMPOTENCY_KEY="k").status_code == 429
    rates(monkeypatch, client="100/min")
    again = client.post(SHOPS, body, format="json", HTTP_IDEMPOTENCY_KEY="k")
    assert (again.status_code, "Idempotency-Replayed" in again) == (201, False)


@pytest.mark.parametrize(
    ("rate", "meaning"),
    [(None, None), ("", None), ("10/s", (10, 1)), ("600/min", (600, 60)), ("5/hour", (5, 3600)), ("1/d", (1, 86400))],
)
def test_rates_are_read(rate: str | None, meaning: tuple[int, int] | None) -> None:
    assert throttling.rate_parsed(rate) == meaning
