"""Parcels come into being, get another number, and what people know of them that no scan says (LOG-5, LOG-6)."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from aftersales.core import clock, transitions
from aftersales.core.auth import Actor
from logistics.models import Parcel
from logistics.states import UNDER_WAY, Direction, ParcelStatus
from orders import services as orders
from orders.models import Order
from orders.states import OrderStatus
from refunds import services as refunds
from refunds.models import Refund

from .attention import denial_notice
from .machine import PARCEL


def parcel_register(
    *,
    order: Order,
    actor: Actor,
    carrier: str,
    tracking_no: str,
    direction: str = Direction.OUT,
    refund: Refund | None = None,
    line_nos: Sequence[str] = (),
    shipped_at: datetime | None = None,
    corrected_from: Parcel | None = None,
) -> Parcel:
    """Write a parcel down that was handed over. The caller holds its order's lock. Emits: parcel.registered."""
    parcel = Parcel(
        shop_id=order.shop_id,
        order=order,
        refund=refund,
        direction=direction,
        status=ParcelStatus.WAIT_PICKUP,
        carrier=carrier,
        tracking_no=tracking_no.strip().upper(),
        line_nos=list(line_nos),
        shipped_at=shipped_at or clock.now(),
        created_by=actor.name,
        corrected_from=corrected_from,
    )
    created: Parcel = transitions.create(PARCEL, parcel, actor=actor, action="register")
    return created


def parcel_of_request(*, refund: Refund, actor: Actor, direction: str, carrier: str, tracking_no: str) -> Parcel:
    """Write down the parcel of a request; another number supersedes the earlier parcel, the same one changes nothing.

    The caller holds the locks of order and request. Locks: the earlier parcel. Emits: parcel.registered,
    parcel.superseded. RET-1, RFD-6, EXC-1.
    """
    tracking_no = tracking_no.strip().upper()
    with transaction.atomic(savepoint=False):
        current: Parcel | None = (
            refund.parcels.filter(direction=direction).exclude(status=ParcelStatus.SUPERSEDED).first()
        )
        if current is not None and (current.carrier, current.tracking_no) == (carrier, tracking_no):
            return current
        if current is not None:
            transitions.apply(PARCEL, current.pk, "supersede", actor=actor)
        return parcel_register(
            order=refund.order,
            actor=actor,
            carrier=carrier,
            tracking_no=tracking_no,
            direction=direction,
            refund=refund,
            corrected_from=current,
        )


def parcel_correct(*, parcel: Parcel, actor: Actor, carrier: str, tracking_no: str) -> Parcel:
    """Put a parcel's carrier and number right: the right one is a parcel of its own, the order notes both (LOG-2).

    Locks: order and parcel. Emits: parcel.superseded, parcel.registered. Raises: NotFound, TransitionNotAllowed when
    a colleague has put it right meanwhile.
    """
    with transaction.atomic(savepoint=False):
        [order] = orders.order_lock([parcel.order_id], False)
        old: Parcel = transitions.apply(PARCEL, parcel.pk, "supersede", actor=actor)
        new = parcel_register(
            order=order,
            actor=actor,
            carrier=carrier,
            tracking_no=tracking_no,
            direction=old.direction,
            refund=old.refund,
            line_nos=old.line_nos,
            shipped_at=old.shipped_at,
            corrected_from=old,
        )
        told = {"old": f"{old.carrier} {old.tracking_no}", "new": f"{new.carrier} {new.tracking_no}"}
        orders.note_add(order=order, actor=actor, text=_("Tracking number corrected: %(old)s → %(new)s") % told)
        return new


def parcel_correct_carrier(*, parcel: Parcel, actor: Actor, carrier: str) -> Parcel:
    """Write down that a parcel's number is another carrier's; it goes on under the same number (LOG-2).

    Locks: the parcel. Raises: NotFound, TransitionNotAllowed for a number that was corrected meanwhile.
    """
    moved: Parcel = transitions.apply(PARCEL, parcel.pk, "correct_carrier", actor=actor, carrier=carrier)
    return moved


def order_sign_by_parcels(*, order: Order) -> Order | None:
    """Record that the buyer signed, once every outward parcel that still counts was signed for: at the last of them.

    An order that does not wait for receipt, or has its moment already, stays as it is. Locks: the order.
    Emits: order.signed. TMO-9, LOG-6.
    """
    with transaction.atomic(savepoint=False):
        [held] = orders.order_lock([order.pk], False)
        if held.status != OrderStatus.WAIT_BUYER_CONFIRM_GOODS or held.signed_at is not None:
            return None
        parcels = held.parcels.filter(direction=Direction.OUT).exclude(status=ParcelStatus.SUPERSEDED)
        rows = list(parcels.values_list("status", "last_scan_at"))
        moments = [at for status, at in rows if status == ParcelStatus.SIGNED and at is not None]
        if not rows or len(moments) < len(rows):
            return None
        return orders.order_sign(order=held, actor=Actor.system("tracking"), signed_at=max(moments))


def parcel_deny(*, parcel: Parcel, actor: Actor, note: str = "", version: int | None = None) -> Parcel:
    """Record that the buyer denies having what was signed for (LOG-6).

    It stands on the list of parcels that need someone at once, and until the carrier scans it again; an exchange whose
    replacement it is does not end by time alone. Locks: of a replacement order and request; the parcel.
    Emits: parcel.denied, parcel.needs_someone, refund.replacement_denied.
    Raises: NotFound, StaleVersion, TransitionNotAllowed.
    """
    with transaction.atomic(savepoint=False):
        if parcel.refund is not None and parcel.direction == Direction.REPLACEMENT:
            refunds.exchange_replacement_denied(refund=parcel.refund, actor=actor, note=note.strip())
        moved: Parcel = transitions.apply(PARCEL, parcel.pk, "deny", actor=actor, version=version, note=note.strip())
        denial_notice(parcel=moved)
        return moved


def parcel_confirm_lost(*, parcel: Parcel, actor: Actor, note: str = "", version: int | None = None) -> Parcel:
    """Give a parcel up as lost, as its carrier did (LOG-6); a later scan brings it back.

    A lost replacement is to be sent again in the same step, as the exchange has not been fulfilled (CLM-3).
    Locks: of a replacement order and request; the parcel. Emits: parcel.lost, refund.replacement_lost.
    Raises: NotFound, StaleVersion, TransitionNotAllowed.
    """
    with transaction.atomic(savepoint=False):
        if parcel.refund is not None and parcel.direction == Direction.REPLACEMENT:
            refunds.exchange_replacement_lost(refund=parcel.refund, actor=actor, note=note.strip())
        moved: Parcel = transitions.apply(
            PARCEL, parcel.pk, "confirm_lost", actor=actor, version=version, note=note.strip()
        )
        return moved


def replacement_follow(*, parcel: Parcel) -> None:
    """Bring a request to where the scans of its replacement say: on its way back it is lost, else it turned up (LOG-6).

    A number that was corrected, or in whose stead another parcel went, says nothing any more, and no other direction.
    Locks: order and request. Emits: refund.replacement_lost, refund.replacement_found.
    """
    actor, note = Actor.system("tracking"), f"{parcel.carrier} {parcel.tracking_no}"
    if parcel.refund is None or parcel.direction != Direction.REPLACEMENT:
        return
    if parcel.status in (ParcelStatus.RETURNING, ParcelStatus.RETURNED):
        refunds.exchange_replacement_lost(refund=parcel.refund, actor=actor, note=note)
    elif parcel.status in (*UNDER_WAY, ParcelStatus.SIGNED):
        refunds.exchange_replacement_found(refund=parcel.refund, actor=actor, note=note)


def parcel_recall(*, parcel: Parcel, actor: Actor, note: str = "", version: int | None = None) -> Parcel:
    """Note that the carrier was asked to bring a parcel back; it is followed until it is here (LOG-5).

    Emits: parcel.recalled. Raises: NotFound, StaleVersion, TransitionNotAllowed LOG-5.
    """
    moved: Parcel = transitions.apply(PARCEL, parcel.pk, "recall", actor=actor, version=version, note=note.strip())
    return moved
