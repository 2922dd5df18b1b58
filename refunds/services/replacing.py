"""The steps of exchanges and reships beside those of every request: promised first, settled, sent, received, turned."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from aftersales.core import clock, errors, transitions
from aftersales.core.auth import Actor
from refunds.models import Refund, ReplacementShipment

from .disputes import dispute_withdraw_open
from .machine import REFUND


def exchange_promise_first(*, refund: Refund, actor: Actor, note: str = "", version: int | None = None) -> Refund:
    """Promise an urgent buyer that the replacement goes before the return is here (EXC-4).

    Locks: order and request. Emits: refund.sends_first. Raises: TransitionNotAllowed EXC-4.
    """
    moved: Refund = transitions.apply(REFUND, refund.pk, "promise_first", actor=actor, version=version, note=note)
    return moved


def exchange_settle_difference(*, refund: Refund, actor: Actor, note: str, version: int | None = None) -> Refund:
    """Record that the price difference is settled: `note` is the reference of the buyer's payment, or in words how.

    What the shop owes needs a payout first (EXC-2). Locks: order and request. Emits: refund.difference_settled.
    Raises: Invalid without a note, RuleViolation EXC-2, TransitionNotAllowed AMT-5.
    """
    if not note.strip():
        text = _("Say by what it was settled: the reference of the payment, or how it was agreed.")
        raise errors.Invalid(errors=[errors.FieldError("note", "required", text)])
    moved: Refund = transitions.apply(
        REFUND, refund.pk, "settle_difference", actor=actor, version=version, note=note.strip()
    )
    return moved


def exchange_ship(
    *, refund: Refund, actor: Actor, carrier: str, tracking_no: str, version: int | None = None
) -> Refund:
    """Record that the replacement left; given again it corrects the number, and the old one is kept (EXC-1, EXC-4).

    On goods that are on their way back and were not promised to follow, it receives them in the same step (3 → 13).
    Locks: order and request. Emits: refund.replaced. Raises: TransitionNotAllowed EXC-2 with an open difference.
    """
    tracking_no = tracking_no.strip().upper()
    with transaction.atomic(savepoint=False):
        moved: Refund = transitions.apply(
            REFUND, refund.pk, "ship_replacement", actor=actor, version=version, note=f"{carrier} {tracking_no}"
        )
        at = clock.now()
        ReplacementShipment.objects.filter(refund=moved, superseded_at=None).update(superseded_at=at)
        ReplacementShipment.objects.create(
            refund=moved, carrier=carrier, tracking_no=tracking_no, sent_by=actor.name, created_at=at
        )
        return moved


def exchange_confirm_received(*, refund: Refund, actor: Actor, note: str = "", version: int | None = None) -> Refund:
    """Record that the buyer has the replacement, which ends the exchange (EXC-1).

    Emits: refund.succeeded. Raises: TransitionNotAllowed EXC-4 while a return that it went before has not arrived.
    """
    moved: Refund = transitions.apply(REFUND, refund.pk, "confirm_received", actor=actor, version=version, note=note)
    return moved


def exchange_replacement_denied(*, refund: Refund, actor: Actor, note: str = "") -> None:
    """Note that the buyer denies having the replacement, so that its time alone does not end the exchange (LOG-6).

    Nothing happens where the exchange does not wait for the buyer. Locks: order and request.
    Emits: refund.replacement_denied.
    """
    _follow_parcel(refund, "replacement_denied", actor=actor, note=note)


def exchange_replacement_lost(*, refund: Refund, actor: Actor, note: str = "") -> None:
    """Have the shop send again what did not reach the buyer, or turn it into a refund (LOG-6, CLM-3).

    A return that the replacement did not wait for is awaited as before. Nothing happens where the exchange does not
    wait for the buyer. Locks: order and request. Emits: refund.replacement_lost.
    """
    _follow_parcel(refund, "replacement_lost", actor=actor, note=note)


def exchange_replacement_found(*, refund: Refund, actor: Actor, note: str = "") -> None:
    """Let the exchange wait for the buyer again: what was given up is on its way, and nothing else was sent (LOG-6).

    Locks: order and request. Emits: refund.replacement_found.
    """
    _follow_parcel(refund, "replacement_found", actor=actor, note=note)


def _follow_parcel(refund: Refund, action: str, *, actor: Actor, note: str) -> None:
    with transaction.atomic(savepoint=False):
        for held in REFUND.lock([refund.pk], False):
            if transitions.why_not(REFUND.machine, held, actor, action) is None:
                transitions.apply(REFUND, held.pk, action, actor=actor, note=note)


def exchange_prove_delivery(*, refund: Refund, actor: Actor, note: str, version: int | None = None) -> Refund:
    """Record by what it is proved that the buyer has the replacement; his time to confirm it begins anew (LOG-6).

    Emits: refund.delivery_proved. Raises: Invalid without a note, TransitionNotAllowed.
    """
    if not note.strip():
        text = _("Say what proves it: the name that signed, the carrier's photo, what the buyer now says.")
        raise errors.Invalid(errors=[errors.FieldError("note", "required", text)])
    moved: Refund = transitions.apply(
        REFUND, refund.pk, "delivery_proved", actor=actor, version=version, note=note.strip()
    )
    return moved


def exchange_to_refund(*, refund: Refund, actor: Actor, note: str = "", version: int | None = None) -> Refund:
    """Turn it into a refund, as when there is no stock, and return the new request (EXC-1).

    The refund goes on where the goods are: to be returned, to be received, or paid at once. The earlier request ends
    and keeps its history. Locks: order and request. Emits: refund.closed, refund.created.
    Raises: RuleViolation where nothing was paid, TransitionNotAllowed.
    """
    with transaction.atomic(savepoint=False):
        ended: Refund = transitions.apply(REFUND, refund.pk, "to_refund", actor=actor, version=version, note=note)
        dispute_withdraw_open(refund=ended, actor=actor)
        opened: Refund = Refund.objects.get(turned_from=ended)
        return opened
