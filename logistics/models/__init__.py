"""The tables of the logistics app."""

from .attention import Attention, AttentionEnd, AttentionReason
from .carriers import Carrier
from .claims import Claim, ClaimLine
from .following import TrackingCall, TrackingPush, TrackingSubscription
from .packing import Packing
from .parcels import Parcel, ParcelScan
from .unclaimed import UnclaimedParcel
from .voids import Counts, VoidAnswer, VoidEnd, VoidList, VoidListLine

__all__ = [
    "Attention",
    "AttentionEnd",
    "AttentionReason",
    "Carrier",
    "Claim",
    "ClaimLine",
    "Counts",
    "Packing",
    "Parcel",
    "ParcelScan",
    "TrackingCall",
    "TrackingPush",
    "TrackingSubscription",
    "UnclaimedParcel",
    "VoidAnswer",
    "VoidEnd",
    "VoidList",
    "VoidListLine",
]
