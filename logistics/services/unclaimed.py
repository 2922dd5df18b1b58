"""The unclaimed list: a parcel that nobody waits for is put there, finds its request, or leaves again (RET-3)."""

from collections.abc import Sequence

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from aftersales.core import clock, errors
from aftersales.core.auth import Actor
from aftersales.core.machine import AGENT, SUPERVISOR, WAREHOUSE
from aftersales.core.models import Shop
from logistics.models import Carrier, UnclaimedParcel
from logistics.models.unclaimed import Outcome
from logistics.selectors.unclaimed import WAITING_FOR_NUMBER, is_awaited
from logistics.states import Direction
from refunds import services as refunds
from refunds.models import Refund

from .parcels import parcel_of_request

STORE = frozenset({WAREHOUSE, AGENT, SUPERVISOR})


def unclaimed_record(
    *,
    shop: Shop,
    actor: Actor,
    contents: str,
    shelf: str,
    tracking_no: str = "",
    carrier: str = "",
    sender_name: str = "",
    sender_phone: str = "",
    order_no: str = "",
    evidence_ids: Sequence[str] = (),
) -> UnclaimedParcel:
    """Put a parcel on the list, with the photos that were uploaded before (RET-3).

    Raises: Forbidden, NotFound for an unseen shop; Invalid for what is missing or an unknown photo; Conflict RET-3
    if the number lies there already.
    """
    _allowed(actor, shop.pk)
    missing = [
        errors.FieldError(name, "required", _("This is needed."))
        for name, value in (("contents", contents), ("shelf", shelf))
        if not value.strip()
    ]
    if missing:
        raise errors.Invalid(errors=missing)
    known = Carrier.objects.filter(code__iexact=carrier).first()
    try:
        with transaction.atomic():
            parcel = UnclaimedParcel.objects.create(
                shop=shop,
                tracking_no=tracking_no.strip().upper(),
                carrier=known.code if known else carrier.strip(),
                sender_name=sender_name.strip(),
                sender_phone=sender_phone.strip(),
                order_no=order_no.strip(),
                contents=contents.strip(),
                shelf=shelf.strip(),
                noted_by=actor.name,
                noted_at=clock.now(),
            )
    except IntegrityError as twice:
        detail = _("A parcel with this number lies on the unclaimed list already.")
        fault = errors.FieldError("tracking_no", "twice", detail)
        raise errors.Conflict(detail, rule="RET-3", errors=[fault]) from twice
    parcel.photos.set(refunds.evidence_hold(evidence_ids=evidence_ids, actor=actor, shop=shop))
    return parcel


def unclaimed_match(*, parcel: UnclaimedParcel, refund: Refund, actor: Actor) -> Refund:
    """Say that a parcel on the list belongs to a request; return the request, ready to be received (RET-3).

    A request that still waits for the buyer's number gets the parcel's, so that it can be received at once; the
    photos go with it, and it is followed like any return. Locks: order and request, then the parcel. Emits:
    refund.returned and parcel.registered where a number is given.
    Raises: Forbidden, NotFound, Conflict RET-3 if the parcel has gone from the list or nothing is expected.
    """
    _allowed(actor, parcel.shop_id)
    if refund.shop_id != parcel.shop_id:
        raise errors.RuleViolation("RET-3", _("The request belongs to another shop than the parcel."))
    if not is_awaited(refund):
        raise errors.Conflict(
            _("This request waits for no parcel: %(status)s.") % {"status": refund.get_status_display()},
            rule="RET-3",
            status_now=refund.status,
        )
    with transaction.atomic(savepoint=False):
        if refund.status in WAITING_FOR_NUMBER:
            refund = refunds.refund_return_shipment(
                refund=refund,
                actor=actor,
                carrier=parcel.carrier or str(_("unknown carrier")),
                tracking_no=parcel.tracking_no or parcel.parcel_no,
            )
            if parcel.tracking_no:
                parcel_of_request(
                    refund=refund,
                    actor=actor,
                    direction=Direction.RETURN,
                    carrier=parcel.carrier,
                    tracking_no=parcel.tracking_no,
                )
        _settle(parcel, actor, Outcome.MATCHED, refund=refund)
        return refund


def unclaimed_settle(*, parcel: UnclaimedParcel, actor: Actor, outcome: str, note: str) -> UnclaimedParcel:
    """Take a parcel off the list for good: sent back or disposed of, with a word why (RET-3).

    Locks: the parcel. Raises: Forbidden, NotFound, Invalid without a note, Conflict RET-3 if it has gone.
    """
    _allowed(actor, parcel.shop_id)
    if outcome not in (Outcome.SENT_BACK, Outcome.DISPOSED):
        raise errors.Invalid(errors=[errors.FieldError("outcome", "invalid", _("This is not known."))])
    if not note.strip():
        raise errors.Invalid(errors=[errors.FieldError("note", "required", _("This is needed."))])
    with transaction.atomic(savepoint=False):
        return _settle(parcel, actor, outcome, note=note.strip())


def unclaimed_match_number(*, refund: Refund, tracking_no: str, actor: Actor) -> UnclaimedParcel | None:
    """Find the parcel that lies there already when the buyer gives its number; in the caller's transaction (RET-3)."""
    number = tracking_no.strip().upper()
    lies = (
        UnclaimedParcel.objects.filter(shop=refund.shop_id, tracking_no=number, outcome="").first() if number else None
    )
    return None if lies is None else _settle(lies, actor, Outcome.MATCHED, refund=refund)


def _allowed(actor: Actor, shop_id: int) -> None:
    if not actor.sees(shop_id):
        raise errors.NotFound()
    if actor.role not in STORE:
        raise errors.Forbidden()


def _settle(
    parcel: UnclaimedParcel, actor: Actor, outcome: str, *, refund: Refund | None = None, note: str = ""
) -> UnclaimedParcel:
    """Give the outcome, the only place that does. The row is locked, so of two people the second is told."""
    row = UnclaimedParcel.objects.select_for_update(of=("self",)).get(pk=parcel.pk)
    if row.outcome:
        gone = _("This parcel has left the unclaimed list: %(what)s.") % {"what": row.get_outcome_display()}
        raise errors.Conflict(gone, rule="RET-3", status_now=row.outcome)
    row.outcome, row.refund, row.outcome_note = outcome, refund, note
    row.settled_by, row.settled_at = actor.name, clock.now()
    row.save(update_fields=["outcome", "refund", "outcome_note", "settled_by", "settled_at"])
    if refund is not None:
        photos = [one.evidence_id for one in row.photos.all()]
        refunds.evidence_pass_on(refund=refund, evidence_ids=photos)
    return row
