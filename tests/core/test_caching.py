"""The shared cache: one that is away is an empty one, for those who look, those who count, and those who keep."""

import subprocess
import time
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from aftersales.core import caching
from aftersales.core.models import Role
from tests import factories
from tests.conftest import address_of_free_port
from tests.test_outage import eventually


class Redis:
    """A Redis that can be stopped and started again at the same address."""

    def __init__(self) -> None:
        self.host, self.port = address_of_free_port()
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"redis://{self.host}:{self.port}/0"

    def start(self) -> None:
        words = ["redis-server", "--bind", self.host, "--port", str(self.port), "--save", "", "--appendonly", "no"]
        self.process = subprocess.Popen(words, stdout=subprocess.DEVNULL)

    def stop(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait(10)
            self.process = None


@pytest.fixture
def own(redis_url: str) -> Iterator[Redis]:
    """A Redis that belongs to this test alone; named missing where the program is."""
    server = Redis()
    server.start()
    yield server
    server.stop()


@pytest.fixture
def shared(own: Redis, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Redis:
    """The cache of the project in it, found again quickly."""
    monkeypatch.setattr(caching, "REST_SECONDS", 0.2)
    settings.CACHES = {"default": {"BACKEND": "aftersales.core.caching.ForgivingRedisCache", "LOCATION": own.url}}
    eventually(lambda: cache.set("there", 1) is None and cache.get("there") == 1)
    return own


@pytest.mark.redis
def test_a_cache_that_is_away_is_empty_and_found_again(shared: Redis) -> None:
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
def test_whoever_finds_it_away_spares_the_next_the_wait(shared: Redis, monkeypatch: pytest.MonkeyPatch) -> None:
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
def test_pages_and_callers_are_served_without_it(shared: Redis) -> None:
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
