"""The tables of the logistics app."""

from .carriers import Carrier
from .claims import Claim, ClaimLine
from .parcels import Parcel
from .voids import Counts, VoidAnswer, VoidEnd, VoidList, VoidListLine

__all__ = ["Carrier", "Claim", "ClaimLine", "Counts", "Parcel", "VoidAnswer", "VoidEnd", "VoidList", "VoidListLine"]
from .unclaimed import UnclaimedParcel

__all__ = ["Carrier", "Parcel", "UnclaimedParcel"]
