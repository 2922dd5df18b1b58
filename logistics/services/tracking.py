"""What carriers say of parcels: every scan once, and the status that follows from the last of them (LOG-6)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from aftersales.core import clock, errors, transitions
from aftersales.core.auth import Actor
from aftersales.core.bulk import Batch
from logistics.models import Parcel, ParcelScan
from logistics.states import ParcelStatus, code_of, status_by

from .machine import PARCEL, parcel_lock

_COLUMNS = ("parcel", "occurred_at", "code", "place", "text", "source", "created_at")
_SHOWN = 200


@dataclass(frozen=True, slots=True)
class Scan:
    """One scan as a carrier or a tracking service tells it; `code` is kuaidi100's finer one, or else its state."""

    occurred_at: datetime
    code: str
    text: str = ""
    place: str = ""

    def cleaned(self) -> "Scan":
        """Give it as it is stored: cut to what a row holds, without what a database refuses."""
        return Scan(self.occurred_at, _text(self.code, 8), _text(self.text, 500), _text(self.place, 120))

    def order(self) -> tuple[datetime, int, str]:
        """Say where it stands among a parcel's scans: its moment, then the rank of its code, then its text."""
        meaning = code_of(self.code)
        return self.occurred_at, -1 if meaning is None else meaning.rank, self.text


def _text(given: str, most: int) -> str:
    plain = given.encode("utf-8", "replace").decode().replace("\x00", "")
    return plain.strip()[:most].strip()


def scans_record(*, parcel: Parcel, scans: Iterable[Scan], source: str) -> Parcel:
    """Record scans of a parcel; the status becomes that of the last scan, whatever came first.

    Scans that are known already count no second time, and any order, doubling or splitting of them ends alike: the
    last one is the greatest by (moment, rank of the code, text). A code that means nothing is kept and moves nothing;
    a parcel whose number was corrected keeps its scans and stays as it is.
    Locks: the parcel. Emits: parcel.<status> when it changes. Raises: NotFound. LOG-6, RET-1.
    """
    told = {scan.cleaned() for scan in scans}
    at = clock.now()
    with transaction.atomic(savepoint=False):
        found = parcel_lock([parcel.pk], False)
        if not found:
            raise errors.NotFound()
        [locked] = found
        if not told:
            return locked
        rows = [(locked.pk, one.occurred_at, one.code, one.place, one.text, source[:24], at) for one in told]
        last = max((one for one in told if code_of(one.code)), key=Scan.order, default=None)
        known = _last_of(locked)
        Batch().insert(ParcelScan, _COLUMNS, rows, keep_existing=True).run()
        if last is None or (known is not None and last.order() <= known.order()):
            return locked
        return _follow(locked, last)


def _last_of(parcel: Parcel) -> Scan | None:
    if parcel.last_scan_at is None:
        return None
    return Scan(parcel.last_scan_at, parcel.last_code, parcel.last_text)


def _follow(parcel: Parcel, last: Scan) -> Parcel:
    """Let the parcel know its last scan, and take the step that follows from it."""
    to = status_by(last.code, last.occurred_at, denied_at=parcel.denied_at, lost_at=parcel.lost_at)
    if parcel.status in (to, ParcelStatus.SUPERSEDED):
        columns = {"last_scan_at": last.occurred_at, "last_code": last.code, "last_text": last.text}
        Parcel.objects.filter(pk=parcel.pk).update(**columns)
        for name, value in columns.items():
            setattr(parcel, name, value)
        return parcel
    moved: Parcel = transitions.apply(
        PARCEL,
        parcel.pk,
        "scan",
        outcome=to.value,
        actor=Actor.system("tracking"),
        note=f"{last.place} {last.text}".strip()[:_SHOWN],
        last=last,
    )
    return moved
