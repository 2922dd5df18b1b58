"""The platform steps in: requested, settled, decided (DIS-1, DIS-4, DIS-5, RFD-7). Deadlines stand still meanwhile."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from aftersales.core import clock, deadlines, errors, transitions
from aftersales.core.auth import Actor
from aftersales.core.models import Deadline
from aftersales.core.transitions import Binding
from refunds.models import Dispute, Refund
from refunds.states import DISPUTE as MACHINE
from refunds.states import DisputeStatus

from .machine import REFUND
from .messages import message_write, side_of


def dispute_lock(ids: Any, skip_locked: bool) -> list[Dispute]:
    """Lock disputes; their order and request are held already by the step that moves them."""
    rows = Dispute.objects.filter(pk__in=ids).order_by("pk")
    return list(rows.select_for_update(of=("self",), no_key=True, skip_locked=skip_locked))


def _decide(dispute: Dispute, *, actor: Actor, at: Any, text: str) -> None:
    dispute.decision_text, dispute.decided_at = text, at


DISPUTE = Binding(
    machine=MACHINE,
    model=Dispute,
    lock=dispute_lock,
    prepare={"decide": _decide},
    saved=("decision_text", "decided_at"),
)


def refund_intervene(
    *, refund: Refund, actor: Actor, text: str, evidence_ids: list[str] | None = None, version: int | None = None
) -> Refund:
    """Ask the platform to step in; every deadline of the request stands still from now on (RFD-7, TMO-16).

    Locks: order and request. Emits: dispute.requested. Raises: TransitionNotAllowed with RFD-7 or DIS-1.
    """
    with transaction.atomic(savepoint=False):
        moved: Refund = transitions.apply(REFUND, refund.pk, "intervention", actor=actor, version=version, note=text)
        deadlines.pause("refund", [moved.pk])
        at = clock.now()
        dispute = Dispute(
            refund=moved,
            shop_id=moved.shop_id,
            status=DisputeStatus.REQUESTED,
            requested_by=side_of(actor),
            text=text,
            created_at=at,
        )
        transitions.create(DISPUTE, dispute, actor=actor, action="request")
        message_write(refund=moved, actor=actor, text=text, evidence_ids=evidence_ids or [])
        return moved


def refund_decide(
    *,
    refund: Refund,
    actor: Actor,
    outcome: str,
    text: str,
    amount_fen: int | None = None,
    version: int | None = None,
) -> Refund:
    """Record the platform's decision, which moves the request without another step of the seller's (DIS-4).

    `outcome`: buyer (all that was asked), partial (`amount_fen`), seller (closed). Locks: order, request, dispute.
    Emits: dispute.decided. Raises: RuleViolation AMT-2, TransitionNotAllowed DIS-1.
    """
    details: dict[str, Any] = {}
    if outcome == "partial":
        if amount_fen is None:
            said = _("Say how much the buyer gets.")
            raise errors.Invalid(errors=[errors.FieldError("amount_fen", "required", said)])
        details["amount_fen"] = amount_fen
    with transaction.atomic(savepoint=False):
        moved: Refund = transitions.apply(
            REFUND, refund.pk, "decision", outcome=outcome, actor=actor, version=version, note=text, **details
        )
        dispute = Dispute.objects.get(refund=moved, status=DisputeStatus.REQUESTED)
        transitions.apply(DISPUTE, dispute.pk, "decide", outcome=outcome, actor=actor, note=text, text=text)
        return moved


def refund_settle(
    *, refund: Refund, actor: Actor, amount_fen: int | None = None, text: str = "", version: int | None = None
) -> Refund:
    """End a dispute in agreement (DIS-5): with `amount_fen` that sum is paid, without the request goes on as before.

    Locks: order, request, dispute. Emits: dispute.settled. Raises: RuleViolation AMT-2, TransitionNotAllowed DIS-1.
    """
    with transaction.atomic(savepoint=False):
        if amount_fen is None:
            moved: Refund = transitions.apply(
                REFUND, refund.pk, "settle", outcome="withdrawn", actor=actor, version=version, note=text
            )
            _clock_goes_on(moved)
        else:
            moved = transitions.apply(
                REFUND,
                refund.pk,
                "settle",
                outcome="refund",
                actor=actor,
                version=version,
                note=text,
                amount_fen=amount_fen,
            )
        dispute_withdraw_open(refund=moved, actor=actor)
        return moved


def _clock_goes_on(refund: Refund) -> None:
    """Let the request's deadlines run again with what was left, and show the nearest one in the queue."""
    deadlines.resume("refund", [refund.pk])
    row = Deadline.objects.filter(subject_type="refund", subject_id=refund.pk, status=Deadline.Status.RUNNING)
    nearest = row.order_by("due_at").first()
    refund.due_at, refund.due_paused = (nearest.due_at if nearest else None), False
    Refund.objects.filter(pk=refund.pk).update(due_at=refund.due_at, due_paused=False)


def dispute_withdraw_open(*, refund: Refund, actor: Actor) -> None:
    """End the request's undecided dispute, if there is one: the sides agreed, or the buyer gave up."""
    for dispute in Dispute.objects.filter(refund=refund, status=DisputeStatus.REQUESTED):
        transitions.apply(DISPUTE, dispute.pk, "withdraw", actor=actor)
