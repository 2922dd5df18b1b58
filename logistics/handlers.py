"""What the logistics app does when it hears news. Each may hear the same news twice."""

from aftersales.core.models import OutboxEvent

from . import services
from .models import Parcel
from .states import Direction, ParcelStatus


def parcel_was_signed(event: OutboxEvent) -> None:
    """Mark the order as signed for once all its outward parcels are (TMO-9, LOG-6)."""
    parcel = Parcel.objects.select_related("order").get(pk=event.subject_id)
    if parcel.direction == Direction.OUT and parcel.status == ParcelStatus.SIGNED:
        services.order_sign_by_parcels(order=parcel.order)
