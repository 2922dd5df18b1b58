"""Parcels of the sample data are followed already: nothing that happened in the past is told again by a service.

They have the scans of their way, and the watch has found those that need someone.
"""

from datetime import datetime, timedelta

from aftersales.core import clock, events
from logistics import services
from logistics.models import Parcel, TrackingCall, TrackingSubscription
from tickets.models import Task, TaskKind

OVER = ("signed", "returned", "superseded")
TOLD_BY = "kuaidi100"
UNSEEN = "YT9000000000001"
"""The number of a return that no carrier has ever seen (RFD-6)."""
SILENCE = (TaskKind.CHECK_HANDOVER, TaskKind.ASK_CARRIER, TaskKind.CHECK_TRACKING)
"""What is asked about parcels that show nothing: those stay without a scan."""
SCANS = {
    "103": "快件已被揽收",
    "1002": "快件离开转运中心,发往下一站",
    "13": "收件地址超区,无法派送",
    "14": "收件人拒收",
    "6": "快件退回中",
    "301": "已签收,签收人:门卫代收",
}


def scan(code: str, at: datetime) -> services.Scan:
    """Give a scan with the words of its code."""
    return services.Scan(at, code, SCANS[code])


def scanned(end: datetime) -> None:
    """Let every parcel of which no story told a scan have those of its way, up to where it is."""
    silent = Task.objects.filter(kind__in=SILENCE, done_at=None).values("order")
    rows = Parcel.objects.filter(last_scan_at=None, superseded_at=None).exclude(tracking_no__in=["", UNSEEN])
    told = rows.exclude(order__in=silent).select_related("order", "refund").order_by("pk")
    for number, parcel in enumerate(told):
        left, there = parcel.shipped_at, _there(parcel)
        until = there or max(end - timedelta(hours=2 + number % 40), left + timedelta(hours=16))
        way = [("103", left + (until - left) / 8), ("1002", left + (until - left) / 2)]
        way.append(("301" if there else "1002", until))
        scans = [scan(code, at) for code, at in way if left < at <= end]
        if scans:
            with clock.at(scans[-1].occurred_at):
                services.scans_record(parcel=parcel, scans=scans, source=TOLD_BY)


def _there(parcel: Parcel) -> datetime | None:
    """Say when it was signed for, as the story has it."""
    there: datetime | None
    if parcel.refund is None:
        there = parcel.order.signed_at or parcel.order.finished_at
    else:
        there = parcel.refund.received_at if parcel.direction == "return" else parcel.refund.finished_at
    return there


def watched(end: datetime) -> None:
    """Let the watch have looked now and then, so that some of what it found is overdue (LOG-6)."""
    for hours in (50, 30, 12, 0):
        with clock.at(end - timedelta(hours=hours)):
            services.parcels_watch()
            while events.deliver():
                continue


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
