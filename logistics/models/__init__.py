"""The tables of the logistics app."""

from .carriers import Carrier
from .following import TrackingCall, TrackingPush, TrackingSubscription
from .parcels import Parcel, ParcelScan

__all__ = ["Carrier", "Parcel", "ParcelScan", "TrackingCall", "TrackingPush", "TrackingSubscription"]
