"""Which playbook is in force: published versions by their moments, kept in memory per process.

The list of versions is read again when it is older than the policies' snapshot may be, or after `forget`; the rules of
a version never change, so they are read once. What is not committed yet is seen by its own transaction only.
"""

import logging
import time
from bisect import bisect_right
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from aftersales.core import clock
from aftersales.core.policies import FRESH_SECONDS
from tickets.models import PlaybookVersion

from .default import RULES
from .rules import Playbook, read
from .shape import readable

log = logging.getLogger(__name__)

PROGRAM = read(RULES)
"""The playbook that comes with the program: in force until a version is published."""


@dataclass(frozen=True, slots=True)
class _Snapshot:
    moments: tuple[datetime, ...]
    versions: tuple[int, ...]  # primary keys, in the order of their moments
    loaded: float  # on the process's own monotonic clock


_shared: _Snapshot | None = None
_read: dict[int, Playbook | None] = {}  # by primary key; None for one that this program cannot read


def in_force(*, at: datetime | None = None) -> Playbook:
    """Give the playbook that holds at a moment (now).

    No query while the list of versions is fresh, else one; a version that this process meets for the first time costs
    one more.
    """
    snapshot = _current()
    index = bisect_right(snapshot.moments, at or clock.now())
    for pk in reversed(snapshot.versions[:index]):
        found = _rules_of(pk)
        if found is not None:
            return found
    return PROGRAM


def forget() -> None:
    """Read the versions anew at the next question; for tests, and after a version was published or withdrawn."""
    global _shared
    _shared = None
    _read.clear()


def committed() -> None:
    """Run when a transaction that published has committed; while it waits to run, the write is not committed."""
    forget()


def _current() -> _Snapshot:
    global _shared
    if any(entry[1] is committed for entry in connection.run_on_commit):
        return _load()
    if _shared is None or time.monotonic() - _shared.loaded >= FRESH_SECONDS:
        _shared = _load()
    return _shared


def _load() -> _Snapshot:
    loaded = time.monotonic()
    rows = PlaybookVersion.objects.filter(published_at__isnull=False, withdrawn_at=None)
    pairs = list(rows.order_by("effective_at").values_list("effective_at", "pk"))
    moments = tuple(moment for moment, _pk in pairs if moment is not None)
    return _Snapshot(moments, tuple(pk for _moment, pk in pairs), loaded)


def _rules_of(pk: int) -> Playbook | None:
    """Leave out what no longer has a shape that can be read, as after an upgrade; the version before it then holds."""
    if pk not in _read:
        version = PlaybookVersion.objects.only("number", "rules").get(pk=pk)
        fits = readable(version.rules)
        if not fits:
            log.error("playbook version left out: it cannot be read", extra={"playbook": version.number})
        _read[pk] = read(version.rules, version=version.number) if fits else None
    return _read[pk]
