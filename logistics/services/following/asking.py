"""Asking the tracking service: to follow a number, and what it knows of one that it says nothing about (LOG-6).

Every question is a row before it is sent, and the limits are counted from those rows under the lock of their number:
once in half an hour what is known, four times in 31 days to follow it. A sender that dies leaves a row without an
outcome, which counts; nothing is sent twice by itself.
"""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from aftersales.core import clock
from logistics.gateways import Answer, NotReached, Track, TrackingProvider, Waybill
from logistics.models import Parcel, TrackingCall, TrackingSubscription

from .recording import sightings_record

log = logging.getLogger(__name__)
Kind, Outcome, State = TrackingCall.Kind, TrackingCall.Outcome, TrackingSubscription.State

PAUSE = timedelta(minutes=30)
"""Between two questions about one number; sooner, and the service locks it."""
AGAIN = PAUSE + timedelta(minutes=1)
LIMIT_SUBSCRIBE, MONTH = 4, timedelta(days=31)
SILENCE = timedelta(hours=24)
"""A followed number that was not heard of for so long is asked about: pushes come at least every few hours."""
UNREACHED, OUR_FAULT = timedelta(minutes=1), timedelta(hours=1)
WITH_PHONE = frozenset({"shunfeng", "zhongtong"})
"""Carriers that tell nothing without the phone number of one of the two sides; no other is given one (LAW-7)."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question that was written down and may be sent."""

    call: TrackingCall
    subscription: TrackingSubscription
    waybill: Waybill


def subscriptions_ask(*, provider: TrackingProvider, most: int = 50) -> int:
    """Ask about what is due, one number after the other; give how many were asked about.

    Stops where nobody answers or our own account is refused, for the next number would fare no better.
    Locks: one number at a time, never while the service is asked.
    """
    asked = 0
    for _turn in range(most * 2):
        if asked >= most:
            break
        taken = _take(clock.now())
        if taken is None:
            break
        if isinstance(taken, Asked):
            asked += 1
            if not _send(taken, provider):
                break
    return asked


def number_ask(*, subscription: TrackingSubscription, provider: TrackingProvider) -> TrackingCall | None:
    """Ask now what is known of a number; None where it was asked about within the last half hour.

    Locks: the number, not while the service is asked.
    """
    with transaction.atomic():
        row = TrackingSubscription.objects.select_for_update().select_related(None).get(pk=subscription.pk)
        if _not_before(row, Kind.QUERY) > clock.now():
            return None
        asked = _write_down(row, Kind.QUERY, clock.now())
    _send(asked, provider)
    asked.call.refresh_from_db()
    return asked.call


def _take(now: datetime) -> Asked | TrackingSubscription | None:
    """Take the number that is due for longest: written down as asked about, or put off to when it may be; or None."""
    with transaction.atomic():
        due = TrackingSubscription.objects.filter(ask_at__lte=now).order_by("ask_at", "id")
        row = due.select_for_update(skip_locked=True).first()
        if row is None:
            return None
        kind = Kind.SUBSCRIBE if row.state == State.WAITING else Kind.QUERY
        earliest = _not_before(row, kind)
        if earliest > now:
            TrackingSubscription.objects.filter(pk=row.pk).update(ask_at=earliest)
            return row
        return _write_down(row, kind, now)


def _not_before(row: TrackingSubscription, kind: str) -> datetime:
    """Say from when on the number may be asked about, by what was asked before."""
    calls = TrackingCall.objects.filter(subscription=row, kind=kind).exclude(outcome=Outcome.UNSENT)
    if kind == Kind.QUERY:
        last = calls.order_by("-asked_at").values_list("asked_at", flat=True).first()
        return last + PAUSE if last is not None else row.created_at
    earliest = row.aborted_at + PAUSE if row.aborted_at is not None else row.created_at
    counted = calls.exclude(outcome=Outcome.REFUSED).order_by("-asked_at").values_list("asked_at", flat=True)
    fourth = counted[LIMIT_SUBSCRIBE - 1 : LIMIT_SUBSCRIBE].first()
    return max(earliest, fourth + MONTH) if fourth is not None else earliest


def _write_down(row: TrackingSubscription, kind: str, now: datetime) -> Asked:
    carrier = row.carrier_now
    call = TrackingCall.objects.create(subscription=row, kind=kind, carrier=carrier, asked_at=now)
    if row.ask_at is not None:
        TrackingSubscription.objects.filter(pk=row.pk).update(ask_at=now + AGAIN)
    phone = _phone(row.parcel_id) if carrier in WITH_PHONE else ""
    return Asked(call, row, Waybill(row.tracking_no, carrier, phone))


def _phone(parcel_id: int) -> str:
    """Give the receiver's number, or its last four digits where the platform hides the rest."""
    parcel = Parcel.objects.select_related("order").only("order__receiver_phone", "order__receiver_phone_tail")
    order = parcel.get(pk=parcel_id).order
    return str(order.receiver_phone if order.receiver_phone.isdecimal() else order.receiver_phone_tail)


def _send(asked: Asked, provider: TrackingProvider) -> bool:
    """Ask, and write down what came of it; say whether asking on makes sense."""
    try:
        if asked.call.kind == Kind.SUBSCRIBE:
            track = Track(provider.subscribe(asked.waybill))
        else:
            track = provider.query(asked.waybill)
    except NotReached as problem:
        log.warning("the tracking service cannot be reached: %s", problem)
        _note(asked, Answer("unknown", message=str(problem)[:200]), Outcome.UNSENT)
        return False
    except OSError as problem:
        log.warning("the tracking service gave no answer: %s", type(problem).__name__)
        _note(asked, Answer("unknown", message=type(problem).__name__), Outcome.UNKNOWN)
        return True
    if track.answer.fault == "us":
        log.error("the tracking service refuses our account: %s %s", track.answer.code, track.answer.message)
    _note(asked, track.answer, track.answer.status, track, provider.source)
    return track.answer.fault != "us"


def _note(asked: Asked, answer: Answer, outcome: str, track: Track | None = None, source: str = "") -> None:
    """Write an answer down with what follows from it. Locks: the number, then its parcels."""
    now = clock.now()
    with transaction.atomic():
        row = TrackingSubscription.objects.select_for_update().get(pk=asked.subscription.pk)
        TrackingCall.objects.filter(pk=asked.call.pk).update(
            outcome=outcome, code=answer.code, message=answer.message, answered_at=now
        )
        row.message = "" if outcome == Outcome.DONE else answer.message
        if asked.call.kind == Kind.SUBSCRIBE:
            _subscribed(row, asked.call, answer, outcome, now)
        elif track is not None and outcome == Outcome.DONE:
            _heard(row, track, source, now)
        elif row.ask_at is not None and answer.fault == "data":
            row.ask_at = now + SILENCE
        if row.ask_at is not None and (outcome == Outcome.UNSENT or answer.fault == "us"):
            row.ask_at = now + (UNREACHED if outcome == Outcome.UNSENT else OUR_FAULT)
        row.save(update_fields=["state", "ask_at", "message", "heard_at"])


def _subscribed(row: TrackingSubscription, call: TrackingCall, answer: Answer, outcome: str, now: datetime) -> None:
    """Follow what was taken. A push may have come before its answer: what it ended stays ended."""
    if row.state != State.WAITING or (row.aborted_at is not None and row.aborted_at >= call.asked_at):
        return
    if outcome == Outcome.DONE:
        row.state, row.ask_at = State.FOLLOWED, now + SILENCE
    elif answer.fault == "data":
        row.state, row.ask_at = State.REFUSED, None


def _heard(row: TrackingSubscription, track: Track, source: str, now: datetime) -> None:
    """Take in what was answered about a number that said nothing for long, or that a person asked about."""
    sightings_record(tracking_no=row.tracking_no, sightings=track.sightings, source=source)
    row.heard_at = now
    if track.over:
        row.state, row.ask_at = State.ENDED, None
    elif row.state == State.FOLLOWED:
        row.ask_at = now + SILENCE
