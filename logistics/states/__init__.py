"""The state machines of the logistics app: parcels and claims, and what carriers' codes mean for a parcel."""

from .parcel import (
    FOLLOWED,
    MAY_BE_LOST,
    PARCEL,
    UNDER_WAY,
    Direction,
    ParcelStatus,
)
from .tracking import CODES, Code, code_of, status_by

__all__ = [
    "CODES",
    "FOLLOWED",
    "MAY_BE_LOST",
    "PARCEL",
    "UNDER_WAY",
    "Code",
    "Direction",
    "ParcelStatus",
    "code_of",
    "status_by",
]
