"""The tables of the logistics app."""

from .carriers import Carrier
from .parcels import Parcel

__all__ = ["Carrier", "Parcel"]
