"""Drafting a claim and changing it: which goods of which parcel, why, and for how much (CLM-1)."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from aftersales.core import clock, errors, money, transitions
from aftersales.core.auth import Actor
from aftersales.core.bulk import allocate_numbered
from logistics.models import Claim, ClaimLine, Parcel
from logistics.selectors import carrier_name
from logistics.selectors.missing import line_value_fen
from logistics.states.claim import CLAIM as MACHINE
from logistics.states.claim import FREE_AGAIN, PICTURED, ClaimCause, ClaimStatus
from orders import services as orders
from orders.models import Order, OrderLine
from refunds.services.evidence import evidence_attach_to_order

from .machine import CLAIM


@dataclass(frozen=True, slots=True)
class LineClaim:
    """So many of a line."""

    line_no: str
    quantity: int


def claim_draft(
    *,
    parcel: Parcel,
    actor: Actor,
    cause: str,
    lines: Sequence[LineClaim],
    amount_fen: int | None = None,
    note: str = "",
    evidence_ids: Sequence[str] = (),
) -> Claim:
    """Draft a claim for goods of a parcel, and note it on the order at once (CLM-1, CLM-2).

    Without `amount_fen` it is for the value of the goods. Locks: the order. Emits: claim.drafted.
    Raises: NotFound, Forbidden, Invalid (lines, photos), RuleViolation CLM-1, Conflict CLM-1 (claimed already).
    """
    if not actor.sees(parcel.shop_id):
        raise errors.NotFound()
    if actor.role not in MACHINE.roles_of["draft"] or actor.user_id is None:
        raise errors.Forbidden()
    if not (parcel.carrier and parcel.tracking_no):
        raise errors.RuleViolation("CLM-1", gettext_lazy("The parcel has no carrier or no tracking number."))
    with transaction.atomic(savepoint=False):
        [order] = orders.order_lock([parcel.order_id], False)
        goods = _goods(order, parcel, lines)
        _check_free(parcel, goods)
        asked = amount_fen if amount_fen is not None else sum(fen for _line, _quantity, fen in goods)
        value_fen = _value(order, goods, asked)
        photos = evidence_attach_to_order(order=order, evidence_ids=evidence_ids, actor=actor, purpose="claim")
        _check_photos(cause, bool(photos))
        at = clock.now()
        [(key, number)] = allocate_numbered(Claim, 1, sequence="logistics_claim_no")
        claim = Claim(
            pk=key,
            claim_no=f"CL{clock.shanghai_day(at):%Y%m%d}{number:06d}",
            shop=order.shop,
            order=order,
            parcel=parcel,
            carrier=parcel.carrier,
            tracking_no=parcel.tracking_no,
            status=ClaimStatus.DRAFTED,
            cause=cause,
            note=note.strip(),
            amount_fen=asked,
            value_fen=value_fen,
            drafted_by_id=actor.user_id,
            created_at=at,
        )
        transitions.create(CLAIM, claim, actor=actor, action="draft", note=note.strip())
        _write_lines(claim, goods)
        claim.photos.set(photos)
        _note(claim, order, actor)
        return claim


def claim_edit(
    *,
    claim: Claim,
    actor: Actor,
    cause: str | None = None,
    lines: Sequence[LineClaim] | None = None,
    amount_fen: int | None = None,
    note: str | None = None,
    evidence_ids: Sequence[str] = (),
    version: int | None = None,
) -> Claim:
    """Change a claim before it is handed over; photos are added. Whatever was stamped has to be stamped again.

    Locks: order and claim. Emits: claim.edited. Raises: as `claim_draft`, StaleVersion, TransitionNotAllowed.
    """
    with transaction.atomic(savepoint=False):
        [order] = orders.order_lock([claim.order_id], False)
        before = [
            LineClaim(line.order_line.line_no, line.quantity) for line in claim.lines.select_related("order_line")
        ]
        goods = _goods(order, claim.parcel, before if lines is None else lines)

        def change(now: Claim) -> None:
            _check_free(now.parcel, goods, other_than=now)
            now.amount_fen = now.amount_fen if amount_fen is None else amount_fen
            now.value_fen = _value(order, goods, now.amount_fen, other_than=now)
            now.cause = cause or now.cause
            now.note = now.note if note is None else note.strip()

        moved: Claim = transitions.apply(CLAIM, claim.pk, "edit", actor=actor, version=version, change=change)
        moved.photos.add(
            *evidence_attach_to_order(order=order, evidence_ids=evidence_ids, actor=actor, purpose="claim")
        )
        _check_photos(moved.cause, moved.photos.exists())
        if lines is not None:
            moved.lines.all().delete()
            _write_lines(moved, goods)
        return moved


Goods = list[tuple[OrderLine, int, int]]
"""A line of the order, how many of it, and what the buyer paid for them."""


def _goods(order: Order, parcel: Parcel, lines: Sequence[LineClaim]) -> Goods:
    """Find the lines in the parcel and what they are worth. Raises: Invalid."""
    if not lines:
        text = gettext_lazy("Say which goods are claimed.")
        raise errors.Invalid(errors=[errors.FieldError("lines", "required", text)])
    known = {line.line_no: line for line in order.lines.all() if not parcel.line_nos or line.line_no in parcel.line_nos}
    wrong, goods, seen = [], [], set[str]()
    for index, one in enumerate(lines):
        line = known.get(one.line_no)
        if line is None or one.line_no in seen:
            text = gettext_lazy("These goods were not in this parcel.")
            wrong.append(errors.FieldError(f"lines[{index}].line_no", "unknown_line", text))
        elif not 0 < one.quantity <= line.quantity:
            words = _("At most %(most)s of it were in the order.") % {"most": line.quantity}
            wrong.append(errors.FieldError(f"lines[{index}].quantity", "quantity", words))
        else:
            goods.append((line, one.quantity, line_value_fen(line, one.quantity)))
        seen.add(one.line_no)
    if wrong:
        raise errors.Invalid(errors=wrong)
    return goods


def _check_free(parcel: Parcel, goods: Goods, other_than: Claim | None = None) -> None:
    """Refuse goods that a standing claim of this parcel has already (CLM-1); the database would, without words."""
    taken = ClaimLine.objects.filter(parcel=parcel, exclusive=True, order_line__in=[line for line, _n, _fen in goods])
    if other_than is not None:
        taken = taken.exclude(claim=other_than)
    first = taken.select_related("claim", "order_line").order_by("pk").first()
    if first is not None:
        words = _("“%(goods)s” of this parcel is claimed already, by %(number)s.")
        said = words % {"goods": first.order_line.title, "number": first.claim.claim_no}
        raise errors.Conflict(said, code="claimed_already", rule="CLM-1", claim_no=first.claim.claim_no)


def _value(order: Order, goods: Goods, amount_fen: int, other_than: Claim | None = None) -> int:
    """Give the most that can be claimed: the goods, and what is left of the postage. Raises: RuleViolation CLM-1."""
    others = Claim.objects.filter(order=order).exclude(status__in=FREE_AGAIN)
    lines = ClaimLine.objects.filter(claim__order=order, exclusive=True)
    if other_than is not None:
        others, lines = others.exclude(pk=other_than.pk), lines.exclude(claim=other_than)
    claimed: int = others.aggregate(sum=Sum("amount_fen"))["sum"] or 0
    worth: int = lines.aggregate(sum=Sum("value_fen"))["sum"] or 0
    postage = max(order.postage_fen - max(claimed - worth, 0), 0)
    most = sum(fen for _line, _quantity, fen in goods) + postage
    if not 0 < amount_fen <= most:
        words = _("The goods and the postage are worth ¥%(most)s; no more can be claimed, and not nothing.")
        raise errors.RuleViolation("CLM-1", words % {"most": money.yuan(most)}, max_fen=most)
    return most


def _check_photos(cause: str, there: bool) -> None:
    if cause in PICTURED and not there:
        text = gettext_lazy("A carrier wants photos for this cause: of the box, the tape, and what was inside.")
        raise errors.Invalid(errors=[errors.FieldError("evidence", "required", text)])


def _write_lines(claim: Claim, goods: Goods) -> None:
    ClaimLine.objects.bulk_create(
        ClaimLine(claim=claim, parcel_id=claim.parcel_id, order_line=line, quantity=quantity, value_fen=fen)
        for line, quantity, fen in goods
    )


def _note(claim: Claim, order: Order, actor: Actor) -> None:
    """Note the claim on the order, so that whoever is asked by the buyer knows (CLM-2)."""
    words = _("Claim opened: %(number)s against %(carrier)s %(tracking)s, %(cause)s, ¥%(sum)s.")
    text = words % {
        "number": claim.claim_no,
        "carrier": carrier_name(claim.carrier),
        "tracking": claim.tracking_no,
        "cause": ClaimCause(claim.cause).label,
        "sum": money.yuan(claim.amount_fen),
    }
    orders.note_add(order=order, actor=actor, text=text)
