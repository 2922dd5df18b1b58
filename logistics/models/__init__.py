"""The tables of the logistics app."""

from .carriers import Carrier
from .parcels import Parcel
from .voids import VoidAnswer, VoidEnd, VoidList, VoidListLine

__all__ = ["Carrier", "Parcel", "VoidAnswer", "VoidEnd", "VoidList", "VoidListLine"]
