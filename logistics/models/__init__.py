"""The tables of the logistics app."""

from .carriers import Carrier
from .parcels import Parcel
from .unclaimed import UnclaimedParcel

__all__ = ["Carrier", "Parcel", "UnclaimedParcel"]
