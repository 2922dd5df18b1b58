"""Reading a figure: every version in one snapshot per process, renewed by age or by `forget`.

A hot path asks for many figures and must not query for each. Another process's change is seen after `FRESH_SECONDS` at
the latest, one's own at once. A change that is not committed yet is seen by its own transaction only: if it is rolled
back, nobody has decided by it.
"""

import logging
import threading
import time
from bisect import bisect_right
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal

from django.db import connection

from aftersales.core import clock, errors
from aftersales.core.models import PolicyVersion

from .kinds import PolicyDefinition
from .registry import definition

log = logging.getLogger(__name__)

FRESH_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Figure:
    """A value with where it comes from; `since` is empty for the default."""

    value: Any
    stored: Any
    origin: Literal["shop", "general", "default"]
    since: datetime | None = None


@dataclass(slots=True)
class _Track:
    """The versions of one setting for one shop, or for all, in order of time."""

    moments: list[datetime] = field(default_factory=list)
    values: list[Any] = field(default_factory=list)

    def at(self, moment: datetime) -> tuple[Any, datetime] | None:
        """Return the stored value in force with its beginning; None before the first and where it was taken back."""
        index = bisect_right(self.moments, moment) - 1
        if index < 0 or self.values[index] is None:
            return None
        return self.values[index], self.moments[index]


@dataclass(frozen=True, slots=True)
class _Snapshot:
    tracks: dict[tuple[str, int | None], _Track]
    loaded: float  # on the process's own monotonic clock: an age, not a moment of the domain


_shared: _Snapshot | None = None
_own = threading.local()  # `.snapshot` of a transaction that wrote a version, `.defined` where the defaults hold


def get(key: str, *, shop_id: int | None = None, at: datetime | None = None) -> Any:
    """Return the figure in force at `at` (now): the shop's own, else the general one, else the default.

    A duration is a timedelta, money is fen, working days are a number, a table is a copy of its own. No query while the
    snapshot is fresh, else one. Raises: NotFound for a key that does not exist.
    """
    known = definition(key)
    found = _find(key, shop_id, at)
    return known.decode(known.default if found is None else found[0])


def duration(key: str, *, shop_id: int | None = None, at: datetime | None = None) -> timedelta:
    """Return a figure that is a duration; as `get`, typed."""
    value = get(key, shop_id=shop_id, at=at)
    assert isinstance(value, timedelta), key
    return value


def number(key: str, *, shop_id: int | None = None, at: datetime | None = None) -> int:
    """Return a figure that is a number: a count, working days, or money in fen; as `get`, typed."""
    value = get(key, shop_id=shop_id, at=at)
    assert isinstance(value, int), key
    return value


def flag(key: str, *, shop_id: int | None = None, at: datetime | None = None) -> bool:
    """Return a figure that is a switch; as `get`, typed."""
    value = get(key, shop_id=shop_id, at=at)
    assert isinstance(value, bool), key
    return value


def explain(key: str, *, shop_id: int | None = None, at: datetime | None = None) -> Figure:
    """Return the figure in force together with where it comes from and since when; as `get` otherwise."""
    known = definition(key)
    found = _find(key, shop_id, at)
    if found is None:
        return Figure(known.decode(known.default), known.default, "default")
    stored, since, owner = found
    return Figure(known.decode(stored), stored, "general" if owner is None else "shop", since)


def forget() -> None:
    """Read the versions anew at the next question; for tests and after writing to the table by another way."""
    global _shared
    _shared = None
    _own.snapshot = None


def committed() -> None:
    """Run when a transaction that wrote a version has committed; while it waits to run, the write is not committed."""
    forget()


@contextmanager
def as_defined() -> Iterator[None]:
    """Let every figure be its default, in this thread and without a query; for what reasons without a database."""
    before = getattr(_own, "defined", None)
    _own.defined = _Snapshot({}, 0.0)
    try:
        yield
    finally:
        _own.defined = before


def _find(key: str, shop_id: int | None, at: datetime | None) -> tuple[Any, datetime, int | None] | None:
    tracks = _current().tracks
    moment = at or clock.now()
    for owner in (shop_id, None) if shop_id is not None else (None,):
        track = tracks.get((key, owner))
        if track is not None and (found := track.at(moment)) is not None:
            return *found, owner
    return None


def _current() -> _Snapshot:
    global _shared
    defined: _Snapshot | None = getattr(_own, "defined", None)
    if defined is not None:
        return defined
    if any(entry[1] is committed for entry in connection.run_on_commit):
        snapshot = _fresh(getattr(_own, "snapshot", None)) or _load()
        _own.snapshot = snapshot
    else:
        snapshot = _fresh(_shared) or _load()
        _shared = snapshot
    return snapshot


def _fresh(snapshot: _Snapshot | None) -> _Snapshot | None:
    return snapshot if snapshot is not None and time.monotonic() - snapshot.loaded < FRESH_SECONDS else None


def _load() -> _Snapshot:
    loaded = time.monotonic()  # before the query: what is committed during it counts as unseen
    tracks: dict[tuple[str, int | None], _Track] = {}
    versions = PolicyVersion.objects.filter(withdrawn_at=None).order_by("effective_at", "id")
    for key, shop_id, moment, stored in versions.values_list("key", "shop_id", "effective_at", "value"):
        if not _readable(key, stored):
            continue
        track = tracks.setdefault((key, shop_id), _Track())
        track.moments.append(moment)
        track.values.append(stored)
    return _Snapshot(tracks, loaded)


def _readable(key: str, stored: Any) -> bool:
    """Leave out what no longer fits its definition, as after an upgrade; the version before it then stays in force."""
    try:
        known: PolicyDefinition = definition(key)
    except errors.NotFound:
        return False
    if stored is None or not known.faults(stored):
        return True
    log.error("policy version left out: its value does not fit its definition", extra={"policy": key})
    return False
