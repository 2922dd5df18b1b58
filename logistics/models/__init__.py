"""The tables of the logistics app."""

from .carriers import Carrier
from .parcels import Parcel, ParcelScan

__all__ = ["Carrier", "Parcel", "ParcelScan"]
