"""The tables of the logistics app."""

from .carriers import Carrier
from .claims import Claim, ClaimLine
from .packing import Packing
from .parcels import Parcel, ParcelScan
from .unclaimed import UnclaimedParcel
from .voids import Counts, VoidAnswer, VoidEnd, VoidList, VoidListLine

__all__ = [
    "Carrier",
    "Claim",
    "ClaimLine",
    "Counts",
    "Packing",
    "Parcel",
    "ParcelScan",
    "UnclaimedParcel",
    "VoidAnswer",
    "VoidEnd",
    "VoidList",
    "VoidListLine",
]
