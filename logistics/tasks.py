"""What the worker does for parcels. Each task may run twice and at the same time as itself."""

import time
from collections.abc import Callable

from celery import shared_task

from . import services
from .gateways import TrackingProvider, tracking_provider

BUSY_SECONDS = 20.0


def _with_provider(work: Callable[[TrackingProvider], object]) -> None:
    """Do it where a tracking service is set up; without one there is nothing to do."""
    provider = tracking_provider()
    if provider is not None:
        work(provider)


@shared_task
def subscriptions_open() -> None:
    """Note the numbers of new parcels as to be followed (LOG-1)."""
    _with_provider(lambda provider: services.subscriptions_open())


@shared_task
def subscriptions_look_back() -> None:
    """Find, by night, numbers that were passed over (LOG-1)."""

    def all_of_them(provider: TrackingProvider) -> None:
        while services.subscriptions_open(thorough=True):
            continue

    _with_provider(all_of_them)


@shared_task
def subscriptions_ask() -> None:
    """Have numbers followed, and ask about those that nothing is heard of (LOG-6)."""
    _with_provider(lambda provider: services.subscriptions_ask(provider=provider))


@shared_task
def pushes_drain() -> None:
    """Read what was pushed, until all is read or another beat may go on (LOG-6)."""
    stop = time.monotonic() + BUSY_SECONDS
    while services.pushes_drain() and time.monotonic() < stop:
        continue


@shared_task
def pushes_expire() -> None:
    """Throw away pushes that were drained long ago."""
    while services.pushes_expire():
        continue


@shared_task
def parcels_watch() -> None:
    """Find the parcels that need someone, and let those go that have recovered (LOG-6)."""
    services.parcels_watch()


@shared_task
def void_lists_make() -> None:
    """Submit the morning's void lists whose time has come (VOI-1)."""
    services.void_lists_make_due()
