"""The platform steps in: requested, settled, decided (DIS-1, DIS-4, DIS-5, RFD-7). Deadlines stand still meanwhile."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from aftersales.core import calendar, clock, deadlines, errors, policies, transitions
from aftersales.core.auth import Actor
from aftersales.core.machine import BUYER
from aftersales.core.models import Deadline
from aftersales.core.transitions import Binding
from orders.selectors import moment
from refunds.models import Dispute, Evidence, Refund
from refunds.models.evidence import Purpose
from refunds.states import DISPUTE as MACHINE
from refunds.states import UNDECIDED, DisputeStatus

from .machine import REFUND, refund_lock
from .messages import message_write, side_of


def dispute_lock(ids: Any, skip_locked: bool) -> list[Dispute]:
    """Lock disputes; their order and request are held already by the step that moves them."""
    rows = Dispute.objects.filter(pk__in=ids).order_by("pk")
    return list(rows.select_for_update(of=("self",), no_key=True, skip_locked=skip_locked))


def _decide(dispute: Dispute, *, actor: Actor, at: Any, text: str) -> None:
    dispute.decision_text, dispute.decided_at = text, at


def _add_evidence(dispute: Dispute, *, actor: Actor, at: Any) -> None:
    """The seller has a day more for what the buyer adds (TMO-11)."""
    if actor.role == BUYER:
        more = at + policies.duration("deadline.TMO-11.addition", shop_id=dispute.shop_id)
        dispute.seller_evidence_until = max(dispute.seller_evidence_until or more, more)


def _mark_overdue(dispute: Dispute, *, actor: Actor, at: Any) -> None:
    dispute.is_overdue = True


DISPUTE = Binding(
    machine=MACHINE,
    model=Dispute,
    lock=dispute_lock,
    prepare={"decide": _decide, "add_evidence": _add_evidence, "mark_overdue": _mark_overdue},
    saved=("decision_text", "decided_at", "seller_evidence_until", "is_overdue"),
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
            buyer_evidence_until=at + policies.duration("deadline.TMO-11", shop_id=moved.shop_id),
            seller_evidence_until=at + policies.duration("deadline.TMO-11", shop_id=moved.shop_id),
            decision_due_at=_decision_due(moved.shop_id, at),
        )
        transitions.create(DISPUTE, dispute, actor=actor, action="request")
        message_write(refund=moved, actor=actor, text=text, evidence_ids=evidence_ids or [])
        return moved


def _decision_due(shop_id: int, at: datetime) -> datetime:
    """Say when the platform's working days are over; where the calendar lacks the year, when they are at the latest."""
    days = policies.number("deadline.TMO-12", shop_id=shop_id)
    try:
        return calendar.add_workdays(at, days)
    except calendar.CalendarYearMissing:
        return at + timedelta(days=2 * days + 7)


def dispute_add_evidence(
    *, refund: Refund, actor: Actor, text: str = "", evidence_ids: Sequence[str] = (), shows: str = ""
) -> Refund:
    """Give evidence in a dispute, in one's own time; what the buyer adds gives the seller a day more (TMO-11).

    `shows` says what the seller's files are of the kit that the accusation calls for (DIS-3).
    Locks: order, request, dispute. Emits: dispute.evidence, refund.message.
    Raises: NotFound, TransitionNotAllowed DIS-1 without a dispute, Conflict TMO-11 after the time, with the time.
    """
    with transaction.atomic(savepoint=False):
        locked = refund_lock([refund.pk], False)
        if not locked or not actor.sees(locked[0].shop_id):
            raise errors.NotFound()
        [refund] = locked
        dispute = Dispute.objects.filter(refund=refund, status__in=UNDECIDED).first()
        if dispute is None:
            raise errors.Conflict(_("The platform has not been asked to step in."), rule="DIS-1")
        until = dispute.buyer_evidence_until if actor.role == BUYER else dispute.seller_evidence_until
        if dispute.status != DisputeStatus.REQUESTED or (until is not None and clock.now() >= until):
            said = _("The time for evidence is over; it ended %(at)s.")
            when = timezone.localtime(until, clock.SHANGHAI) if until else None
            words = {"at": f"{when:%Y-%m-%d %H:%M}" if when else ""}
            raise errors.Conflict(said % words, rule="TMO-11", code="evidence_closed", until=moment(until))
        transitions.apply(DISPUTE, dispute.pk, "add_evidence", actor=actor, note=text)
        message_write(refund=refund, actor=actor, text=text, evidence_ids=evidence_ids)
        if shows and evidence_ids:
            files = Evidence.objects.filter(refund=refund, evidence_id__in=list(evidence_ids))
            files.update(shows=shows, purpose=Purpose.DISPUTE)
        return refund


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
        dispute = Dispute.objects.get(refund=moved, status__in=UNDECIDED)
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
        dispute_withdraw_open(refund=moved, actor=actor, action="withdraw" if amount_fen is None else "settle")
        return moved


def _clock_goes_on(refund: Refund) -> None:
    """Let the request's deadlines run again with what was left, and show the nearest one in the queue."""
    deadlines.resume("refund", [refund.pk])
    row = Deadline.objects.filter(subject_type="refund", subject_id=refund.pk, status=Deadline.Status.RUNNING)
    nearest = row.order_by("due_at").first()
    refund.due_at, refund.due_paused = (nearest.due_at if nearest else None), False
    Refund.objects.filter(pk=refund.pk).update(due_at=refund.due_at, due_paused=False)


def dispute_withdraw_open(*, refund: Refund, actor: Actor, action: str = "withdraw") -> None:
    """End the request's undecided dispute, if there is one: the sides agreed (`settle`), or the buyer gave up."""
    for dispute in Dispute.objects.filter(refund=refund, status__in=UNDECIDED):
        transitions.apply(DISPUTE, dispute.pk, action, actor=actor)
