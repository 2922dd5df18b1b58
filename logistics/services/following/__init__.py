"""Having parcels followed by a tracking service, and taking in what it tells (LOG-1, LOG-6)."""

from .asking import LIMIT_SUBSCRIBE, PAUSE, number_ask, subscriptions_ask
from .draining import pushes_drain
from .opening import subscriptions_open
from .taking import push_take, pushes_expire

__all__ = [
    "LIMIT_SUBSCRIBE",
    "PAUSE",
    "number_ask",
    "push_take",
    "pushes_drain",
    "pushes_expire",
    "subscriptions_ask",
    "subscriptions_open",
]
