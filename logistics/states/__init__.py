"""The state machine of a parcel, and what carriers' codes mean for it."""

from .parcel import (
    FOLLOWED,
    PARCEL,
    UNDER_WAY,
    Direction,
    ParcelStatus,
)
from .tracking import CODES, Code, code_of, status_by

__all__ = [
    "CODES",
    "FOLLOWED",
    "PARCEL",
    "UNDER_WAY",
    "Code",
    "Direction",
    "ParcelStatus",
    "code_of",
    "status_by",
]
