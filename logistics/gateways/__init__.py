"""Who knows where parcels are: the protocol that every tracking service's client keeps, and the one that is set up."""

from functools import lru_cache

from django.conf import settings

from . import kuaidi100
from .protocol import Answer, NotReached, Push, Sighting, Track, TrackingProvider, Waybill

__all__ = [
    "Answer",
    "NotReached",
    "Push",
    "Sighting",
    "Track",
    "TrackingProvider",
    "Waybill",
    "push_checked",
    "push_kept",
    "tracking_provider",
]


def tracking_provider() -> TrackingProvider | None:
    """Give the client of the tracking service, None where the installation has none. Raises: LookupError."""
    chosen = settings.AFTERSALES["tracking_provider"]
    if not chosen:
        return None
    if chosen == "kuaidi100":
        return _kuaidi100()
    raise LookupError(f"no tracking service is called {chosen!r}")


def push_checked(param: str, sign: str) -> Push:
    """Read what was pushed, once its signature is right.

    Raises: PermissionError for a signature that is not the service's; ValueError for what cannot be read; LookupError
    where the service is not set up.
    """
    if settings.AFTERSALES["tracking_provider"] != "kuaidi100":
        raise LookupError("no tracking service is set up")
    if not kuaidi100.push_is_genuine(param, _kuaidi100().account.salt, sign):
        raise PermissionError("a push that the tracking service did not sign")
    return kuaidi100.push_of(param)


def push_kept(param: str) -> Push:
    """Read a push that was checked when it was stored. Raises: ValueError."""
    return kuaidi100.push_of(param)


@lru_cache(maxsize=1)
def _kuaidi100() -> kuaidi100.Kuaidi100:
    return kuaidi100.from_settings()
