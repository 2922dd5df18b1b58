"""A web process that takes pushes and a worker that reads them, in one; started and killed by test_push_kill.

`failpoint` is where it ends itself; `broken` names a way not to do it.
"""

import os
import random
from multiprocessing.queues import SimpleQueue
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
django.setup()

from django.conf import settings  # noqa: E402
from django.db import connections  # noqa: E402
from django.test import Client  # noqa: E402

from logistics import gateways, services, tasks  # noqa: E402
from logistics.models import TrackingPush  # noqa: E402
from logistics.services.following import draining  # noqa: E402
from logistics.views import hooks  # noqa: E402

from .kuaidi_world import tell  # noqa: E402

DRAIN_EVERY = 5


def run(
    database: dict[str, Any],
    kuaidi: dict[str, str],
    forms: list[tuple[int, dict[str, str]]],
    answered: "SimpleQueue[int]",
    *,
    failpoint: str = "",
    certain: bool = False,
    broken: str = "",
) -> None:
    """Take the forms, saying which were answered with success, and read what was kept."""
    connections.databases["default"].update(database)
    settings.AFTERSALES |= {"tracking_provider": "kuaidi100"}
    settings.KUAIDI100 |= kuaidi
    gateways._kuaidi100.cache_clear()
    if broken:
        BROKEN[broken]()
    if failpoint:
        module, name, first, how_likely = FAILPOINTS[failpoint]
        _die_at(module, name, first, 1.0 if certain else how_likely)
    client = Client()
    for position, (number, form) in enumerate(forms):
        status, _document = tell(form, client)
        if status == 200:
            answered.put(number)
        if position % DRAIN_EVERY == 0:
            tasks.pushes_drain()
    while left():
        tasks.pushes_drain()


def left() -> bool:
    """Whether anything is kept that was not read."""
    return bool(TrackingPush.objects.filter(due_at__isnull=False).exists())


def _die_at(module: Any, name: str, first: bool, how_likely: float) -> None:
    """End the process without a word, before or after a function."""
    chance, real = random.Random(os.getpid()), getattr(module, name)

    def call(*args: Any, **kwargs: Any) -> Any:
        if first and chance.random() < how_likely:
            os._exit(77)
        result = real(*args, **kwargs)
        if not first and chance.random() < how_likely:
            os._exit(77)
        return result

    setattr(module, name, call)


def _answered_before_it_is_kept() -> None:
    held = list[dict[str, Any]]()

    def later(**given: Any) -> str:
        held.append(given)
        if len(held) > 3:
            os._exit(77)  # what was held in memory is gone
        return "new"

    services.push_take = later


def _done_before_it_is_read() -> None:
    def drain(key: int) -> None:
        row = TrackingPush.objects.get(pk=key)
        TrackingPush.objects.filter(pk=key).update(due_at=None, drained_at=row.received_at)
        os._exit(77)  # marked as read, and nobody reads it any more

    draining._drain = drain


FAILPOINTS: dict[str, tuple[Any, str, bool, float]] = {
    "taken in, not kept": (services, "push_take", True, 0.1),
    "kept, not answered": (services, "push_take", False, 0.1),
    "answered, not read": (tasks.services, "pushes_drain", True, 0.3),
    "chosen, not locked": (draining, "_drain", True, 0.1),
    "scans written, before the commit": (draining, "sightings_record", False, 0.1),
    "everything written, before the commit": (draining, "_follow", False, 0.1),
    "read, before the next": (draining, "_drain", False, 0.1),
}
"""Where a process ends itself: a function, whether before or after it, and how likely."""
assert hooks.services is services

BROKEN = {
    "answered before it is kept": _answered_before_it_is_kept,
    "done before it is read": _done_before_it_is_read,
}
