"""Parcels that need someone are found before the buyer asks, and end by themselves when they recover (LOG-6)."""

import time
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from aftersales.core import clock, errors
from aftersales.core.auth import Actor
from aftersales.core.bulk import Batch
from aftersales.core.events import News, add_to, emit
from aftersales.core.machine import AGENT, SUPERVISOR, WAREHOUSE
from aftersales.core.models import Shop
from logistics.models import Attention, AttentionEnd, AttentionReason, Parcel
from logistics.selectors.attention import Patience, over, unnoticed

BATCH = 500
WATCHER = Actor.system("parcels").name
SEES_TO_IT = frozenset({AGENT, WAREHOUSE, SUPERVISOR})
FOUND, RECOVERED, SETTLED = "parcel.needs_someone", "parcel.recovered", "parcel.seen_to"
_COLUMNS = ("shop", "parcel", "parcel_version", "reason", "since", "found_at", "due_at")


def parcels_watch(*, seconds: float = 120.0) -> tuple[int, int]:
    """Look through the parcels of every shop; return how many now need someone and how many do not any more.

    In pages by key, each with a transaction of its own; what is left when the time is over is the next beat's.
    Locks: nothing. Emits: parcel.needs_someone, parcel.recovered. LOG-6, RFD-6, TMO-14, EXC-4.
    """
    stop, now = time.monotonic() + seconds, clock.now()
    opened = ended = 0
    for shop_id in Shop.objects.order_by("pk").values_list("pk", flat=True):
        patience = Patience.of(shop_id)
        for reason in AttentionReason.values:
            opened += _open_all(reason, shop_id, patience, now, stop)
            ended += _end_all(reason, shop_id, patience, now, stop)
    return opened, ended


def _open_all(reason: str, shop_id: int, patience: Patience, now: datetime, stop: float) -> int:
    opened, after = 0, 0
    while time.monotonic() < stop:
        with transaction.atomic(savepoint=False):
            page = list(unnoticed(reason, shop_id, patience, now).filter(pk__gt=after)[:BATCH])
            opened += _open(reason, page, patience, now)
        if len(page) < BATCH:
            break
        after = page[-1].pk
    return opened


def _open(reason: str, parcels: Sequence[Parcel], patience: Patience, now: datetime) -> int:
    """Write down that these parcels need someone; another watcher's row of the same is left as it is."""
    rows = [
        (one.shop_id, one.pk, one.version, reason, one.since, now, patience.due(reason, one.since, now))
        for one in parcels
    ]
    if not rows:
        return 0
    batch = Batch()
    batch.insert(Attention, _COLUMNS, rows, keep_existing=True)
    add_to(batch, [_news(FOUND, parcel, reason) for parcel in parcels])
    batch.run()
    return len(rows)


def _end_all(reason: str, shop_id: int, patience: Patience, now: datetime, stop: float) -> int:
    ended, after = 0, 0
    while time.monotonic() < stop:
        with transaction.atomic(savepoint=False):
            page = list(over(reason, shop_id, patience, now).filter(pk__gt=after)[:BATCH])
            if page:
                still = Attention.objects.filter(pk__in=[row.pk for row in page], ended_at=None)
                ended += still.update(ended_at=now, ended_as=AttentionEnd.RECOVERED, ended_by=WATCHER)
                emit(*(_news(RECOVERED, row.parcel, reason) for row in page))
        if len(page) < BATCH:
            break
        after = page[-1].pk
    return ended


def denial_notice(*, parcel: Parcel) -> None:
    """Put a parcel on the list at once whose receipt the buyer denies; in the caller's transaction (LOG-6)."""
    now, patience = clock.now(), Patience.of(parcel.shop_id)
    rows = unnoticed(AttentionReason.DENIED, parcel.shop_id, patience, now).filter(pk=parcel.pk)
    _open(AttentionReason.DENIED, list(rows), patience, now)


def attention_settle(*, attention: Attention, actor: Actor, note: str) -> Attention:
    """Say that a parcel was seen to, with a word what was done; it is not found again while it stands as it does.

    Locks: the row. Emits: parcel.seen_to. Raises: NotFound, Forbidden, Invalid without a note, Conflict LOG-6 if it
    has ended meanwhile.
    """
    if not actor.sees(attention.shop_id):
        raise errors.NotFound()
    if actor.role not in SEES_TO_IT:
        raise errors.Forbidden()
    if not note.strip():
        raise errors.Invalid(errors=[errors.FieldError("note", "required", _("Say what was done."))])
    with transaction.atomic(savepoint=False):
        rows = Attention.objects.select_for_update(of=("self",)).select_related("parcel")
        row = rows.get(pk=attention.pk)
        if row.ended_at is not None:
            gone = _("This has ended already: %(how)s.") % {"how": row.get_ended_as_display()}
            raise errors.Conflict(gone, rule="LOG-6", status_now=row.ended_as)
        row.ended_at, row.ended_as, row.ended_by = clock.now(), AttentionEnd.SETTLED, actor.name
        row.note, row.parcel_version = note.strip(), row.parcel.version
        row.save(update_fields=["ended_at", "ended_as", "ended_by", "note", "parcel_version"])
        emit(_news(SETTLED, row.parcel, row.reason))
        return row


def _news(topic: str, parcel: Parcel, reason: str) -> News:
    told = {
        "reason": reason,
        "direction": parcel.direction,
        "order_id": parcel.order_id,
        "refund_id": parcel.refund_id,
    }
    return News(topic, "parcel", parcel.pk, parcel.shop_id, told)
