"""The shared cache: one that is away is an empty one, for those who look, those who count, and those who keep."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from aftersales.core import caching
from aftersales.core.models import Role
from tests import factories
from tests.conftest import address_of_free_port
from tests.redis_server import RedisServer
from tests.test_outage import eventually


@pytest.fixture
def own(redis_url: str, tmp_path: Path) -> Iterator[RedisServer]:
    """A Redis that belongs to this test alone; named missing where the program is."""
    server = RedisServer(address_of_free_port(), tmp_path)
    server.start()
    yield server
    server.stop()


@pytest.fixture
def shared(own: RedisServer, settings: Any, monkeypatch: pytest.MonkeyPatch) -> RedisServer:
    """The cache of the project in it, found again quickly."""
    monkeypatch.setattr(caching, "REST_SECONDS", 0.2)
    settings.CACHES = {"default": {"BACKEND": "aftersales.core.caching.ForgivingRedisCache", "LOCATION": own.url}}
    eventually(lambda: cache.set("there", 1) is None and cache.get("there") == 1)
    return own


@pytest.mark.redis
def test_a_cache_that_is_away_is_empty_and_found_again(shared: RedisServer) -> None:
    cache.set("name", "value")
    assert cache.get("name") == "value"
    shared.stop()
    assert cache.get("name") is None
    assert cache.get("name", 7) == 7
    assert cache.get_many(["name"]) == {}
    assert (cache.add("other", 1), cache.has_key("other"), cache.delete("other")) == (True, False, False)
    cache.set("other", 1)
    assert cache.set_many({"other": 1}) == ["other"]
    cache.delete_many(["other"])
    with pytest.raises(ValueError, match="not found"):
        cache.incr("other")
    shared.start()
    eventually(lambda: cache.set("name", "again") is None and cache.get("name") == "again")
    assert (cache.add("count", 1), cache.incr("count")) == (True, 2)


@pytest.mark.redis
def test_whoever_finds_it_away_spares_the_next_the_wait(shared: RedisServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """One look-up of a page pays for the connection that does not come."""
    monkeypatch.setattr(caching, "REST_SECONDS", 60.0)
    shared.stop()
    cache.get("name")
    shared.start()
    began = time.monotonic()
    for _ in range(100):
        assert cache.get("there") is None
    assert time.monotonic() - began < 1


@pytest.mark.redis
@pytest.mark.django_db
def test_pages_and_callers_are_served_without_it(shared: RedisServer) -> None:
    """Seen to fail with Django's own backend: every page is a 500."""
    shop = factories.make_shop()
    refund = factories.make_refund(factories.make_order(shop, sign=True), goods_status="received", reason="quality")
    client = Client()
    client.force_login(factories.make_user(Role.SUPERVISOR, shop))
    shared.stop()
    for path in ("/queue/", f"/requests/{refund.refund_no}/", "/tickets/", "/team/", "/api/v1/refunds"):
        assert client.get(path).status_code in {200, 401}, path
    shared.start()
    eventually(lambda: cache.set("there", 1) is None and cache.get("there") == 1)
    assert client.get("/queue/").status_code == 200
