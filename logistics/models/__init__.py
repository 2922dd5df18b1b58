"""The tables of the logistics app."""

from .carriers import Carrier
from .claims import Claim, ClaimLine
from .parcels import Parcel

__all__ = ["Carrier", "Claim", "ClaimLine", "Parcel"]
