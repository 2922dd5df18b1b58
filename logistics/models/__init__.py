"""The tables of the logistics app."""

from .carriers import Carrier
from .following import TrackingCall, TrackingPush, TrackingSubscription
from .parcels import Parcel

__all__ = ["Carrier", "Parcel", "TrackingCall", "TrackingPush", "TrackingSubscription"]
