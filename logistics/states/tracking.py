"""What a carrier's code means, in one table (kuaidi100 `state` and, where given, the finer `statusCode`).

The order of the rows is the rank of the codes: of two scans of one moment the later row counts. So the scans of a
parcel have one last, whatever the order in which they were heard of.
"""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import pgettext_lazy

from aftersales.core.errors import Text

from .parcel import ParcelStatus as S


@dataclass(frozen=True, slots=True)
class Code:
    """A carrier's code: what it means for the parcel, how people call it, and its rank among those of one moment."""

    code: str
    status: S
    label: Text
    rank: int


_ROWS: tuple[tuple[str, S, Text], ...] = (
    ("101", S.WAIT_PICKUP, pgettext_lazy("scan", "Pick-up ordered")),
    ("102", S.WAIT_PICKUP, pgettext_lazy("scan", "Waiting to be picked up")),
    ("1", S.PICKED_UP, pgettext_lazy("scan", "Picked up")),
    ("103", S.PICKED_UP, pgettext_lazy("scan", "Picked up")),
    ("0", S.IN_TRANSIT, pgettext_lazy("scan", "In transit")),
    ("1002", S.IN_TRANSIT, pgettext_lazy("scan", "On the main line")),
    ("1003", S.IN_TRANSIT, pgettext_lazy("scan", "Passed on")),
    ("8", S.IN_TRANSIT, pgettext_lazy("scan", "Customs")),
    ("10", S.IN_TRANSIT, pgettext_lazy("scan", "Waiting for customs")),
    ("11", S.IN_TRANSIT, pgettext_lazy("scan", "At customs")),
    ("12", S.IN_TRANSIT, pgettext_lazy("scan", "Through customs")),
    ("7", S.IN_TRANSIT, pgettext_lazy("scan", "Handed to another carrier")),
    ("1001", S.IN_TRANSIT, pgettext_lazy("scan", "In the receiver's city")),
    ("5", S.OUT_FOR_DELIVERY, pgettext_lazy("scan", "Out for delivery")),
    ("501", S.AT_PICKUP_POINT, pgettext_lazy("scan", "Put into a locker or station")),
    ("2", S.PROBLEM, pgettext_lazy("scan", "Problem")),
    ("13", S.PROBLEM, pgettext_lazy("scan", "Held by customs")),
    ("14", S.PROBLEM, pgettext_lazy("scan", "Refused by the receiver")),
    ("6", S.RETURNING, pgettext_lazy("scan", "Going back")),
    ("3", S.SIGNED, pgettext_lazy("scan", "Signed for")),
    ("302", S.SIGNED, pgettext_lazy("scan", "Signed for after a problem")),
    ("304", S.SIGNED, pgettext_lazy("scan", "Signed for at a locker or station")),
    ("303", S.SIGNED, pgettext_lazy("scan", "Signed for by somebody else")),
    ("301", S.SIGNED, pgettext_lazy("scan", "Signed for in person")),
    ("401", S.RETURNED, pgettext_lazy("scan", "Waybill cancelled")),
    ("4", S.RETURNED, pgettext_lazy("scan", "Sender signed for the return")),
)
CODES: dict[str, Code] = {code: Code(code, status, label, rank) for rank, (code, status, label) in enumerate(_ROWS)}


def code_of(given: str) -> Code | None:
    """Give what a code means; a finer one that is new means what its state does, any other nothing.

    Finer codes of the state 0 have four digits (1001), those of all others three (301).
    """
    if given in CODES:
        return CODES[given]
    if len(given) == 3 and given.isdecimal():
        return CODES.get(given[0])
    return CODES["0"] if len(given) == 4 and given.startswith("100") else None


def status_by(code: str, scanned_at: datetime | None, *, denied_at: datetime | None, lost_at: datetime | None) -> S:
    """Give the status that follows from the last scan and from what people said since.

    What they said stands until the carrier scans the parcel again: it may be found, or delivered once more.
    """
    if lost_at is not None and (scanned_at is None or scanned_at <= lost_at):
        return S.LOST
    meaning = code_of(code)
    status = meaning.status if meaning is not None else S.WAIT_PICKUP
    if status == S.SIGNED and denied_at is not None and scanned_at is not None and scanned_at <= denied_at:
        return S.DENIED
    return status
