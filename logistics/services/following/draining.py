"""Reading what was pushed: scans for the parcels, and what it means for following the number (LOG-1, LOG-6).

Each push is read in a transaction of its own, so that one that breaks holds up nothing but itself, and a reader that
dies leaves it as it was. Two readers pass each other by. Reading one twice would change nothing: scans count once.
"""

import logging
from datetime import timedelta

from django.db import InterfaceError, OperationalError, transaction
from django.db.models import F

from aftersales.core import clock
from aftersales.core.auth import Actor
from logistics.gateways import Push, push_kept
from logistics.models import Carrier, Parcel, TrackingPush, TrackingSubscription
from logistics.services.machine import parcel_lock
from logistics.services.parcels import parcel_correct_carrier
from logistics.states import UNDER_WAY, ParcelStatus

from .asking import AGAIN, SILENCE
from .recording import sightings_record

log = logging.getLogger(__name__)
State = TrackingSubscription.State
SOURCE = "kuaidi100"
PAUSES = tuple(timedelta(seconds=length) for length in (5, 60, 600, 3600))
"""How long a push that could not be read waits until it is tried again; from the last one on always as long."""
NOT_THERE_YET = (*UNDER_WAY, ParcelStatus.RETURNING)


def pushes_drain(*, limit: int = 200) -> int:
    """Read pushes that are due, oldest first; give how many were looked at, 0 when there are none.

    Locks: a push, its number, then its parcels; a push that somebody else reads is passed by.
    """
    due = TrackingPush.objects.filter(due_at__lte=clock.now()).order_by("due_at", "id")
    keys = list(due.values_list("pk", flat=True)[:limit])
    for key in keys:
        try:
            _drain(key)
        except (OperationalError, InterfaceError):
            raise  # the database is away, or stopped a deadlock: nothing was done, the next round does it
        except Exception as problem:
            log.exception("a push could not be read", extra={"push": key})
            _put_off(key, f"{type(problem).__name__}: {problem}"[:300])
    return len(keys)


def _drain(key: int) -> None:
    with transaction.atomic():
        free = TrackingPush.objects.select_for_update(skip_locked=True).filter(pk=key, due_at__isnull=False)
        push = free.first()
        if push is None:
            return
        row = TrackingSubscription.objects.select_for_update().get(pk=push.subscription_id)
        told = push_kept(push.body)
        _correct_carrier(row, told)
        sightings_record(tracking_no=row.tracking_no, sightings=told.sightings, source=SOURCE)
        _follow(row, told)
        TrackingPush.objects.filter(pk=key).update(due_at=None, drained_at=clock.now(), error="")


def _put_off(key: int, error: str) -> None:
    [tries] = TrackingPush.objects.filter(pk=key).values_list("tries", flat=True) or [0]
    pause = PAUSES[min(tries, len(PAUSES) - 1)]
    waiting = TrackingPush.objects.filter(pk=key, due_at__isnull=False)
    waiting.update(tries=F("tries") + 1, error=error.replace("\x00", ""), due_at=clock.now() + pause)


def _correct_carrier(row: TrackingSubscription, told: Push) -> None:
    """Let parcels and their log know whose they really are; what was asked with stays with the number (LOG-2).

    Locks: the parcels, by key.
    """
    if not told.carrier_found or told.carrier_found == row.carrier_now:
        return
    row.carrier_found = told.carrier_found
    if not Carrier.objects.filter(code=told.carrier_found).exists():
        return
    # Locked before it is looked at, as when scans are told: a number that somebody corrects meanwhile is left alone.
    named = Parcel.objects.filter(tracking_no=row.tracking_no, carrier__iexact=row.carrier).values_list("pk", flat=True)
    for parcel in parcel_lock(list(named), False):
        if parcel.status != ParcelStatus.SUPERSEDED and parcel.carrier.lower() == row.carrier.lower():
            parcel_correct_carrier(parcel=parcel, actor=Actor.system("tracking"), carrier=told.carrier_found)


def _follow(row: TrackingSubscription, told: Push) -> None:
    """Say what becomes of following the number. What has ended stays so, in whatever order it is heard."""
    now = clock.now()
    row.heard_at = now
    if told.kind == "shutdown":
        row.state, row.ask_at, row.message = State.ENDED, None, ""
    elif told.kind == "abort" and row.state in (State.FOLLOWED, State.WAITING):
        row.aborted_at, row.message = now, told.message
        under_way = Parcel.objects.filter(tracking_no=row.tracking_no, status__in=NOT_THERE_YET).exists()
        row.state, row.ask_at = (State.WAITING, now + AGAIN) if under_way else (State.ENDED, None)
    elif told.kind == "polling" and row.state == State.FOLLOWED:
        row.ask_at = now + SILENCE
    elif told.kind == "polling" and row.state == State.WAITING and row.aborted_at is None:
        row.state, row.ask_at = State.FOLLOWED, now + SILENCE  # the answer was lost, not the subscription
    row.save(update_fields=["state", "ask_at", "message", "heard_at", "aborted_at", "carrier_found"])
