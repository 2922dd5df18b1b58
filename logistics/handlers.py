"""What the logistics app does when a request moves or when it hears news. Each may hear the same news twice."""

from aftersales.core.models import OutboxEvent
from aftersales.core.steps import Step

from . import services
from .models import Parcel
from .states import Direction, ParcelStatus


def refunds_moved(steps: list[Step]) -> None:
    """Settle the lines of void lists, in the very transaction of the step (VOI-2, VOI-4)."""
    services.void_lines_settle(steps)


def parcel_was_signed(event: OutboxEvent) -> None:
    """Mark the order as signed for once all its outward parcels are (TMO-9, LOG-6)."""
    parcel = Parcel.objects.select_related("order").get(pk=event.subject_id)
    if parcel.direction == Direction.OUT and parcel.status == ParcelStatus.SIGNED:
        services.order_sign_by_parcels(order=parcel.order)


def replacement_was_scanned(event: OutboxEvent) -> None:
    """Let the request follow what becomes of its replacement on the way (LOG-6, EXC-1)."""
    if event.payload["direction"] == Direction.REPLACEMENT:
        parcel = Parcel.objects.select_related("refund").get(pk=event.subject_id)
        services.replacement_follow(parcel=parcel)
