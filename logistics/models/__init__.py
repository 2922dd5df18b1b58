"""The tables of the logistics app."""

from .carriers import Carrier
from .packing import Packing
from .parcels import Parcel
from .unclaimed import UnclaimedParcel

__all__ = ["Carrier", "Packing", "Parcel", "UnclaimedParcel"]
