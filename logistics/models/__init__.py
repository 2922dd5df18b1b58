"""The tables of the logistics app."""

from .carriers import Carrier
from .parcels import Parcel
from .voids import Counts, VoidAnswer, VoidEnd, VoidList, VoidListLine

__all__ = ["Carrier", "Counts", "Parcel", "VoidAnswer", "VoidEnd", "VoidList", "VoidListLine"]
