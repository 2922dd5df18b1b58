"""The tables of the logistics app."""

from .attention import Attention, AttentionEnd, AttentionReason
from .carriers import Carrier, CarrierChange, CarrierSurcharge, UnservedRegion
from .claims import Claim, ClaimLine
from .following import TrackingCall, TrackingPush, TrackingSubscription
from .gifts import PromisedGift
from .missing import MissingLine, MissingReport
from .packing import Packing
from .parcels import Parcel, ParcelScan
from .unclaimed import UnclaimedMatch, UnclaimedParcel
from .voids import Counts, VoidAnswer, VoidEnd, VoidList, VoidListLine

__all__ = [
    "Attention",
    "AttentionEnd",
    "AttentionReason",
    "Carrier",
    "CarrierChange",
    "CarrierSurcharge",
    "Claim",
    "ClaimLine",
    "Counts",
    "MissingLine",
    "MissingReport",
    "Packing",
    "Parcel",
    "ParcelScan",
    "PromisedGift",
    "TrackingCall",
    "TrackingPush",
    "TrackingSubscription",
    "UnclaimedMatch",
    "UnclaimedParcel",
    "UnservedRegion",
    "VoidAnswer",
    "VoidEnd",
    "VoidList",
    "VoidListLine",
]
