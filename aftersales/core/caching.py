"""The shared cache, which holds nothing that is not in the database: when it is away, it is an empty one."""

import logging
import time
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

log = logging.getLogger(__name__)
REST_SECONDS = 2.0
"""So long a thread does not ask a cache that it found away: a page with ten look-ups waits for one of them alone."""
CONNECT_SECONDS = 0.5
"""A cache that takes longer to answer is slower than what it spares."""


def _when_away(name: str, empty: Callable[..., Any]) -> Callable[..., Any]:
    """Wrap a method of the cache: `empty` says what an empty cache answers."""
    plain = getattr(RedisCache, name)

    @wraps(plain)
    def method(self: "ForgivingRedisCache", *args: Any, **kwargs: Any) -> Any:
        if time.monotonic() < self.away_until:
            return empty(*args, **kwargs)
        try:
            return plain(self, *args, **kwargs)
        except RedisError as error:
            self.away_until = time.monotonic() + REST_SECONDS
            log.warning("the cache is away and taken for empty", extra={"error": type(error).__name__})
            return empty(*args, **kwargs)

    return method


def _nothing(key: Any, default: Any = None, version: Any = None) -> Any:
    return default


def _no_count(key: Any, delta: int = 1, version: Any = None) -> int:
    raise ValueError(f"Key '{key}' not found.")


class ForgivingRedisCache(RedisCache):
    """Django's cache in Redis; while Redis is away nothing is found, nothing is kept, and nobody hears of an error."""

    away_until = 0.0

    def __init__(self, server: Any, params: dict[str, Any]) -> None:
        times = {"socket_connect_timeout": CONNECT_SECONDS, "socket_timeout": CONNECT_SECONDS}
        super().__init__(server, params | {"OPTIONS": times | params.get("OPTIONS", {})})

    get = _when_away("get", _nothing)
    get_many = _when_away("get_many", lambda *args, **kwargs: {})
    has_key = _when_away("has_key", lambda *args, **kwargs: False)
    incr = _when_away("incr", _no_count)
    add = _when_away("add", lambda *args, **kwargs: True)
    set = _when_away("set", lambda *args, **kwargs: None)
    set_many = _when_away("set_many", lambda data, *args, **kwargs: list(data))
    touch = _when_away("touch", lambda *args, **kwargs: False)
    delete = _when_away("delete", lambda *args, **kwargs: False)
    delete_many = _when_away("delete_many", lambda *args, **kwargs: None)
    clear = _when_away("clear", lambda *args, **kwargs: False)
