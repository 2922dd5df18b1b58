"""How often a client may call: counted per client and scope, in the cache that all processes share."""

import logging
import time
from typing import Any

from django.core.cache import cache
from django.http import HttpRequest
from rest_framework.request import Request
from rest_framework.settings import api_settings
from rest_framework.throttling import BaseThrottle

from .authentication import actor_of
from .permissions import scopes_of

logger = logging.getLogger(__name__)

SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


class ClientRateThrottle(BaseThrottle):
    """Count in windows of the rate's period: one step of the cache per request.

    Rates stand in REST_FRAMEWORK["DEFAULT_THROTTLE_RATES"] by scope ("refunds:write": "600/min"), and as "client" for
    all others. A window's end may see twice the rate within one period; what is guarded is the machine, not a price
    list. When the cache is away everyone is let through: a shop's buyers matter more than the count.
    """

    def allow_request(self, request: Request, view: Any) -> bool:
        """Tell whether this request is still within the rate."""
        who, scope, rate = self._rate_for(request, view)
        if rate is None:
            return True
        allowed, period = rate
        # Windows are real time and belong to the machine, not to the domain's clock, which tests and demos move.
        now = time.time()
        window = int(now // period)
        self._wait = (window + 1) * period - now
        key = f"throttle:{who}:{scope}:{period}:{window}"
        try:
            return _count(key, period) <= allowed
        except Exception:
            logger.warning("request counts are not available, letting everyone through", exc_info=True)
            return True

    def wait(self) -> float:
        """Return the seconds until the next window."""
        return max(1.0, self._wait)

    def _rate_for(self, request: Request, view: Any) -> tuple[str, str, tuple[int, int] | None]:
        rates = api_settings.DEFAULT_THROTTLE_RATES
        if not request.user.is_authenticated:  # the few routes that anybody may read
            return f"address:{request.META.get('REMOTE_ADDR', '')}", "client", rate_parsed(rates.get("client"))
        actor = actor_of(request)
        for scope in scopes_of(view, request.method or ""):
            if scope in rates and actor.has_scope(scope):
                return actor.owner, scope, rate_parsed(rates[scope])
        return actor.owner, "client", rate_parsed(rates.get("client"))


def rate_parsed(rate: Any) -> tuple[int, int] | None:
    """Return "600/min" as (600, 60): the first letter of the period counts. None means no limit."""
    if not rate:
        return None
    number, _slash, period = str(rate).partition("/")
    return int(number), SECONDS[period[0]]


def _count(key: str, period: int) -> int:
    try:
        return int(cache.incr(key))
    except ValueError:  # the first of its window; of several at once, one adds and the others count on
        if cache.add(key, 1, timeout=period * 2):
            return 1
        return int(cache.incr(key))


def address_within(request: HttpRequest, scope: str) -> bool:
    """Count a visit of a page that anybody may open, and tell whether its address is still within the rate."""
    rate = rate_parsed(api_settings.DEFAULT_THROTTLE_RATES.get(scope))
    if rate is None:
        return True
    allowed, period = rate
    window, who = int(time.time() // period), f"address:{request.META.get('REMOTE_ADDR', '')}"
    try:
        return _count(f"throttle:{who}:{scope}:{period}:{window}", period) <= allowed
    except Exception:
        logger.warning("request counts are not available, letting everyone through", exc_info=True)
        return True
