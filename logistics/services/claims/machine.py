"""The claim's binding to `core.transitions`: how it is locked, what its steps set, what follows from them."""

from collections.abc import Callable, Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from aftersales.core import money
from aftersales.core.auth import Actor
from aftersales.core.steps import Step
from aftersales.core.transitions import Binding
from logistics.models import Claim, ClaimLine
from logistics.states.claim import CLAIM as MACHINE
from logistics.states.claim import ClaimStatus
from orders import services as orders
from refunds.services.booking import recovery_book

S = ClaimStatus


def claim_lock(ids: Sequence[int], skip_locked: bool) -> list[Claim]:
    """Lock claims by key. Paths that judge by what else is claimed of the order hold its row before (`drafting`)."""
    rows = Claim.objects.filter(pk__in=ids).order_by("pk").select_related("order", "shop")
    return list(rows.select_for_update(of=("self",), no_key=True, skip_locked=skip_locked))


def _edit(claim: Claim, *, actor: Actor, at: datetime, change: Callable[[Claim], None]) -> None:
    change(claim)
    claim.stamped_by = claim.stamped_at = claim.stamped_fen = None


def _stamp(claim: Claim, *, actor: Actor, at: datetime) -> None:
    claim.stamped_by_id, claim.stamped_at, claim.stamped_fen = actor.user_id, at, claim.amount_fen


def _hand_over(claim: Claim, *, actor: Actor, at: datetime) -> None:
    claim.handed_over_at = at


def _submit(claim: Claim, *, actor: Actor, at: datetime, carrier_reference: str) -> None:
    claim.submitted_at, claim.submissions = at, claim.submissions + 1
    claim.carrier_reference = carrier_reference or claim.carrier_reference


def _accept(claim: Claim, *, actor: Actor, at: datetime, accepted_fen: int) -> None:
    claim.accepted_fen = accepted_fen


def _reject(claim: Claim, *, actor: Actor, at: datetime, reason: str) -> None:
    claim.rejection = reason


def _record_payment(claim: Claim, *, actor: Actor, at: datetime, amount_fen: int, reference: str) -> None:
    claim.recovered_fen, claim.reference, claim.paid_at = amount_fen, reference, at


def _mark_late(claim: Claim, *, actor: Actor, at: datetime) -> None:
    claim.is_late = True


def _begins_anew(step: Step) -> None:
    """Whoever has gone on is not late any more; the new state has a time of its own."""
    if step.subject.status != step.edge.source:
        step.subject.is_late = False


def _free_lines(steps: list[Step]) -> None:
    """Goods whose claim came to nothing may be claimed anew."""
    ClaimLine.objects.filter(claim__in=[step.subject.pk for step in steps]).update(exclusive=False)


def _book(steps: list[Step]) -> None:
    """Book what came back, and say so on the order."""
    for step in steps:
        claim: Claim = step.subject
        recovery_book(
            movement=f"claim:{claim.pk}",
            carrier=claim.carrier,
            amount_fen=claim.recovered_fen,
            shop_id=claim.shop_id,
            order_id=claim.order_id,
            number=claim.claim_no,
            reference=claim.reference,
            at=step.at,
        )
        said = {"number": claim.claim_no, "sum": money.yuan(claim.recovered_fen), "of": money.yuan(claim.amount_fen)}
        text = _("Claim %(number)s: the carrier paid ¥%(sum)s of ¥%(of)s.") % said
        orders.note_add(order=claim.order, actor=step.actor, text=text)


CLAIM = Binding(
    machine=MACHINE,
    model=Claim,
    number="claim_no",
    lock=claim_lock,
    stamp=_begins_anew,
    prepare={
        "edit": _edit,
        "stamp": _stamp,
        "hand_over": _hand_over,
        "submit": _submit,
        "appeal": _submit,
        "accept": _accept,
        "reject": _reject,
        "record_payment": _record_payment,
        "mark_late": _mark_late,
    },
    entered={S.PAID: (_book,), S.WITHDRAWN: (_free_lines,), S.WRITTEN_OFF: (_free_lines,)},
    saved=(
        "cause",
        "note",
        "amount_fen",
        "value_fen",
        "stamped_by",
        "stamped_at",
        "stamped_fen",
        "handed_over_at",
        "submitted_at",
        "submissions",
        "carrier_reference",
        "accepted_fen",
        "rejection",
        "recovered_fen",
        "reference",
        "is_late",
        "paid_at",
    ),
)
