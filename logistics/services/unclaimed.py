"""The unclaimed list: a parcel that nobody waits for is put there, finds its request, or leaves again (RET-3).

A match that was wrong is taken back while nothing has come of it: the parcel lies there again, the request waits again.
"""

from collections.abc import Sequence

from django.db import IntegrityError, transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from aftersales.core import clock, errors, policies, transitions
from aftersales.core.auth import Actor
from aftersales.core.machine import AGENT, SUPERVISOR, WAREHOUSE
from aftersales.core.models import Shop
from logistics.models import Carrier, UnclaimedMatch, UnclaimedParcel
from logistics.models.unclaimed import Outcome
from logistics.selectors.unclaimed import WAITING_FOR_NUMBER, is_awaited
from logistics.states import Direction, ParcelStatus
from orders import services as orders
from refunds import services as refunds
from refunds.models import Refund, ReturnShipment

from .machine import PARCEL
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
    given = None
    with transaction.atomic(savepoint=False):
        if refund.status in WAITING_FOR_NUMBER:
            refund = refunds.refund_return_shipment(
                refund=refund,
                actor=actor,
                carrier=parcel.carrier or str(_("unknown carrier")),
                tracking_no=parcel.tracking_no or parcel.parcel_no,
            )
            given = ReturnShipment.objects.get(refund=refund, superseded_at=None)
            if parcel.tracking_no:
                parcel_of_request(
                    refund=refund,
                    actor=actor,
                    direction=Direction.RETURN,
                    carrier=parcel.carrier,
                    tracking_no=parcel.tracking_no,
                )
        _settle(parcel, actor, Outcome.MATCHED, refund=refund, given=given)
        return refund


def unclaimed_unmatch(*, parcel: UnclaimedParcel, actor: Actor, why: str) -> UnclaimedParcel:
    """Take a wrong match back, while nothing has come of it (RET-3).

    The parcel lies on the list again with its photos. A number that the match gave the request is superseded, and the
    request waits for the buyer again; one that the buyer gave stays. The order's notes and the match say who and why.
    Whoever matched it may within `unclaimed.undo_within`, a supervisor at any time. Locks: order and request, then the
    parcel. Emits: refund.return_undone and parcel.superseded where a number is taken back.
    Raises: Forbidden, NotFound, Invalid without a reason; RuleViolation RET-3 (`needs_supervisor`); Conflict RET-3 if
    it is not matched, the goods were received, the request has moved on, or its number lies there again.
    """
    _allowed(actor, parcel.shop_id)
    why = why.strip()
    if not why:
        raise errors.Invalid(errors=[errors.FieldError("why", "required", _("This is needed."))])
    with transaction.atomic(savepoint=False):
        match = UnclaimedMatch.objects.filter(parcel=parcel.pk, undone_at=None).first()
        if match is None:
            raise errors.Conflict(_("This parcel is matched to no request."), rule="RET-3")
        [refund] = refunds.refund_lock([match.refund_id], False)
        row = UnclaimedParcel.objects.select_for_update(of=("self",)).get(pk=parcel.pk)
        match = UnclaimedMatch.objects.filter(pk=match.pk, undone_at=None).select_related("shipment").first()
        if match is None:
            raise errors.Conflict(_("The match was taken back meanwhile."), rule="RET-3")
        _check_undo(match, actor, refund)
        twin = UnclaimedParcel.objects.filter(shop=row.shop_id, tracking_no=row.tracking_no, outcome="")
        if row.tracking_no and twin.exists():
            raise errors.Conflict(_("A parcel with this number lies on the unclaimed list already."), rule="RET-3")
        if match.shipment is not None and match.shipment.superseded_at is None:
            refunds.refund_return_undo(refund=refund, actor=actor, note=f"{row.parcel_no} {why}")
            own = refund.parcels.filter(direction=Direction.RETURN).exclude(status=ParcelStatus.SUPERSEDED)
            for followed in own.order_by("pk"):
                transitions.apply(PARCEL, followed.pk, "supersede", actor=actor)
        match.undone_by, match.undone_at, match.undone_why = actor.name, clock.now(), why
        match.save(update_fields=["undone_by", "undone_at", "undone_why"])
        row.outcome, row.refund, row.settled_by, row.settled_at = Outcome.NONE, None, "", None
        row.save(update_fields=["outcome", "refund", "settled_by", "settled_at"])
        refunds.evidence_take_back(refund=refund, evidence_ids=[one.evidence_id for one in row.photos.all()])
        told = {"parcel": row.parcel_no, "request": refund.refund_no, "why": why}
        orders.note_add(
            order=refund.order,
            actor=actor,
            text=gettext("Parcel %(parcel)s was matched to %(request)s by mistake, taken back: %(why)s") % told,
        )
        return row


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


def _check_undo(match: UnclaimedMatch, actor: Actor, refund: Refund) -> None:
    """Raise unless this person may take the match back and nothing has come of it."""
    within = policies.duration("unclaimed.undo_within", shop_id=refund.shop_id)
    own = match.matched_user_id is not None and match.matched_user_id == actor.user_id
    if actor.role != SUPERVISOR and not (own and clock.now() - match.matched_at <= within):
        detail = _("Only who matched it may take it back, and only shortly after. Ask a supervisor.")
        raise errors.RuleViolation("RET-3", detail, code="needs_supervisor")
    if refund.received_at is not None or not is_awaited(refund):
        moved_on = _("The request has moved on (%(status)s); the parcel stays with it.")
        raise errors.Conflict(
            moved_on % {"status": refund.get_status_display()}, rule="RET-3", status_now=refund.status
        )


def _settle(
    parcel: UnclaimedParcel,
    actor: Actor,
    outcome: str,
    *,
    refund: Refund | None = None,
    note: str = "",
    given: ReturnShipment | None = None,
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
        UnclaimedMatch.objects.create(
            parcel=row,
            refund=refund,
            shipment=given,
            matched_by=actor.name,
            matched_user_id=actor.user_id,
            matched_at=row.settled_at,
        )
        photos = [one.evidence_id for one in row.photos.all()]
        refunds.evidence_pass_on(refund=refund, evidence_ids=photos)
    return row
