"""Having parcels followed by a tracking service, and taking in what it tells (LOG-1, LOG-6)."""

from .opening import subscriptions_open
from .taking import push_take, pushes_expire

__all__ = [
    "push_take",
    "pushes_expire",
    "subscriptions_open",
]
