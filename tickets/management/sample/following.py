"""Parcels of the sample data are followed already: nothing that happened in the past is told again by a service."""

from datetime import datetime, timedelta

from aftersales.core import clock
from logistics import services
from logistics.models import Parcel, TrackingCall, TrackingSubscription

OVER = ("signed", "returned", "superseded")


def followed(end: datetime) -> None:
    """Let the numbers of the last weeks have been subscribed when their parcels left."""
    with clock.at(end):
        while services.subscriptions_open(thorough=True):
            continue
    opened = list(TrackingSubscription.objects.filter(state="waiting").select_related("parcel"))
    over = set(Parcel.objects.filter(status__in=OVER).values_list("tracking_no", flat=True))
    for row in opened:
        row.created_at = min(row.parcel.shipped_at + timedelta(seconds=15), end)
        row.state = "ended" if row.tracking_no in over else "followed"
        row.ask_at, row.heard_at = None, max(end - timedelta(hours=1 + row.pk % 4), row.created_at)
    TrackingSubscription.objects.bulk_update(opened, ["created_at", "state", "ask_at", "heard_at"], batch_size=200)
    TrackingCall.objects.bulk_create(
        [
            TrackingCall(
                subscription=row,
                kind=TrackingCall.Kind.SUBSCRIBE,
                carrier=row.carrier,
                asked_at=row.created_at,
                answered_at=row.created_at,
                outcome=TrackingCall.Outcome.DONE,
                code="200",
            )
            for row in opened
        ],
        batch_size=200,
    )
