"""Where what a tracking service tells becomes scans of parcels: the one place where both meet (LOG-6)."""

from collections.abc import Iterable

from logistics.gateways import Sighting
from logistics.models import Parcel
from logistics.services.tracking import Scan, scans_record


def sightings_record(*, tracking_no: str, sightings: Iterable[Sighting], source: str) -> None:
    """Record what was told of a number as scans of every parcel that travels under it; known ones count once.

    Locks: the parcels, one after the other by key. Emits: what their scans lead to.
    """
    scans = [Scan(one.occurred_at, one.code, one.text, one.place) for one in sightings]
    if scans:
        for parcel in Parcel.objects.filter(tracking_no=tracking_no).order_by("pk"):
            scans_record(parcel=parcel, scans=scans, source=source)
