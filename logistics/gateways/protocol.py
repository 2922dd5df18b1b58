"""What every tracking service's client keeps, and the words for what it says of a parcel.

Clients are called outside of any transaction and send nothing twice by themselves: a number that is asked about too
often is locked by the service, so whoever calls keeps count (LOG-6).
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

Status = Literal["done", "refused", "unknown"]
Fault = Literal["", "data", "us"]
Kind = Literal["polling", "abort", "shutdown"]


class NotReached(OSError):
    """Nobody was there to be asked: certainly nothing was sent."""


@dataclass(frozen=True, slots=True)
class Waybill:
    """What is asked about: a number, its carrier's code, and for some carriers a phone number of receiver or sender."""

    number: str
    carrier: str
    phone: str = ""


@dataclass(frozen=True, slots=True)
class Sighting:
    """One scan in the service's words; `code` is its finer one where it gives one, or else its state."""

    occurred_at: datetime
    code: str
    text: str = ""
    place: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of asking.

    `refused`: certainly not done, and `fault` says whether our data or our account made it so; `unknown`: ask again
    later. `code` is the service's own word, `message` is for people.
    """

    status: Status
    code: str = ""
    message: str = ""
    fault: Fault = ""


@dataclass(frozen=True, slots=True)
class Track:
    """What the service knows of a parcel now; `over` when it was signed for and nothing more will come."""

    answer: Answer
    sightings: tuple[Sighting, ...] = ()
    over: bool = False


@dataclass(frozen=True, slots=True)
class Push:
    """What the service tells unasked about a number it follows.

    `abort`: it has given up (three days without a scan, sixty without a change); `shutdown`: it is signed for.
    `carrier_found` is set where the number turned out to be another carrier's than `carrier_asked`.
    """

    number: str
    kind: Kind
    message: str = ""
    carrier_asked: str = ""
    carrier_found: str = ""
    sightings: tuple[Sighting, ...] = ()


class TrackingProvider(Protocol):
    """A service that follows parcels of many carriers."""

    @property
    def source(self) -> str:
        """Its name, as it stands with each scan."""

    def subscribe(self, waybill: Waybill) -> Answer:
        """Have a number followed. Raises: NotReached, OSError without an answer."""

    def query(self, waybill: Waybill) -> Track:
        """Ask what is known of a number now. Raises: NotReached, OSError without an answer."""
