"""The seller's answers: agree, refuse, what the warehouse voided or received (RFD-1…6, RET-2)."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from aftersales.core import clock, errors, transitions
from aftersales.core.auth import Actor
from refunds.models import Refund, ReturnShipment
from refunds.selectors.inspection import finding_words
from refunds.states import CLOSED_BY_RECEIPT, Flow, RefundStatus, RefusalReason

from .disputes import dispute_withdraw_open
from .evidence import evidence_attach
from .inspecting import Found, inspection_write
from .lawful import INTACT_GROUNDS, Says, last_findings
from .machine import REFUND
from .messages import message_write


def refund_agree(
    *,
    refund: Refund,
    actor: Actor,
    amount_fen: int | None = None,
    return_address: dict[str, Any] | None = None,
    new_prices: dict[str, int] | None = None,
    ships_first: bool = False,
    note: str = "",
    version: int | None = None,
) -> Refund:
    """Agree: to the refund (its payment is promised), to the return (the buyer is told the address), to the exchange.

    For an exchange `new_prices` are fen for one unit of the new goods by line number, and `ships_first` promises an
    urgent buyer that the replacement does not wait for the return (AMT-5, EXC-4).

    Locks: order and request. Emits: refund.agreed, payment.promised. Raises: RuleViolation AMT-2, RFD-4;
    TransitionNotAllowed with VOI-2 before the warehouse voided the order. RFD-1, RFD-3, RFD-4.
    """
    moved: Refund = transitions.apply(
        REFUND,
        refund.pk,
        "agree",
        actor=actor,
        version=version,
        note=note,
        amount_fen=amount_fen,
        return_address=return_address,
        new_prices=new_prices,
        ships_first=ships_first,
    )
    return moved


def refund_refuse(
    *,
    refund: Refund,
    actor: Actor,
    reason: str,
    message: str,
    evidence_ids: Sequence[str],
    buyer_phoned: bool = False,
    despite_law: bool = False,
    despite_note: str = "",
    version: int | None = None,
) -> Refund:
    """Refuse with a reason, a text for the buyer and evidence (RFD-5), on a ground that the law allows (DEC-4).

    A supervisor may refuse `despite_law`, with a note why; that, and that the buyer was phoned (DEC-2), is kept in the
    log's note for the desk.

    Locks: order and request. Emits: refund.refused. Raises: TransitionNotAllowed RFD-1; RuleViolation RFD-5, and
    the rule that the refusal would break (LAW-1, LAW-4, …; `needs_supervisor`, `despite_law_required`).
    """
    says = Says(buyer_phoned, despite_law, despite_note)
    with transaction.atomic(savepoint=False):
        moved: Refund = transitions.apply(
            REFUND, refund.pk, "refuse", actor=actor, version=version, note=message, reason=reason, says=says
        )
        named = last_findings(moved) if reason in INTACT_GROUNDS else []
        _say_why(moved, actor, message, evidence_ids, named)
        return moved


def _say_why(
    refund: Refund, actor: Actor, message: str, evidence_ids: Sequence[str], findings: Sequence[str] = ()
) -> None:
    """Tell the buyer why, with what was found by name (DEC-4). Raises: RuleViolation RFD-5."""
    missing = []
    if not 2 <= len(message.strip()) <= 500:
        said = _("Tell the buyer why, in 2 to 500 characters.")
        missing.append(errors.FieldError("message", "length", said))
    if not evidence_ids:
        missing.append(errors.FieldError("evidence", "required", _("Add at least one piece of evidence.")))
    if missing:
        raise errors.RuleViolation(
            "RFD-5", _("A refusal needs a reason, a text for the buyer and evidence."), errors=missing
        )
    named = [word for word in finding_words(findings) if word not in message]
    if named:
        found = _("Found at the inspection: %(findings)s.") % {"findings": _(", ").join(named)}
        message = f"{message.strip()}\n{found}"
    message_write(refund=refund, actor=actor, text=message, evidence_ids=evidence_ids)


def refund_void(*, refund: Refund, actor: Actor, note: str = "", version: int | None = None) -> Refund:
    """Record that the warehouse voided the unshipped order, so that it may be agreed (VOI-2). Emits: refund.voided."""
    moved: Refund = transitions.apply(
        REFUND, refund.pk, "void_result", outcome="voided", actor=actor, version=version, note=note
    )
    return moved


def refund_already_shipped(*, refund: Refund, actor: Actor, note: str = "", version: int | None = None) -> Refund:
    """Record the warehouse's answer that the goods have left; the request is closed (VOI-2, RFD-2).

    The caller marks the order as shipped in the same transaction. Emits: refund.closed.
    """
    with transaction.atomic(savepoint=False):
        moved: Refund = transitions.apply(
            REFUND, refund.pk, "void_result", outcome="already_shipped", actor=actor, version=version, note=note
        )
        dispute_withdraw_open(refund=moved, actor=actor)
        return moved


def refund_return_shipment(
    *,
    refund: Refund,
    actor: Actor,
    carrier: str,
    tracking_no: str,
    surface: bool = False,
    version: int | None = None,
) -> Refund:
    """Record how the goods were sent back; given again it corrects, and the old number is kept (RFD-4, RFD-6).

    Locks: order and request. Emits: refund.returned. Raises: Invalid for an empty carrier or number.
    """
    tracking_no = tracking_no.strip().upper()
    with transaction.atomic(savepoint=False):
        moved: Refund = transitions.apply(
            REFUND,
            refund.pk,
            "return_shipment",
            actor=actor,
            version=version,
            note=f"{carrier} {tracking_no}",
            surface=surface,
        )
        at = clock.now()
        ReturnShipment.objects.filter(refund=moved, superseded_at=None).update(superseded_at=at)
        ReturnShipment.objects.create(refund=moved, carrier=carrier, tracking_no=tracking_no, created_at=at)
        return moved


def refund_return_undo(*, refund: Refund, actor: Actor, note: str) -> Refund:
    """Take back a return shipment that was another parcel's: the request waits for the buyer again (RET-3).

    The number stays among the superseded ones, `note` says why. The buyer has the whole time anew (TMO-5).
    Locks: order and request. Emits: refund.return_undone. Raises: TransitionNotAllowed once the goods were received or
    the request has moved on, Conflict DIS-4 while the platform decides.
    """
    with transaction.atomic(savepoint=False):
        moved: Refund = transitions.apply(REFUND, refund.pk, "undo_return", actor=actor, note=note)
        ReturnShipment.objects.filter(refund=moved, superseded_at=None).update(superseded_at=clock.now())
        return moved


def refund_receive(
    *,
    refund: Refund,
    actor: Actor,
    passed: bool,
    findings: str = "",
    evidence_ids: Sequence[str] = (),
    found: Sequence[Found] | None = None,
    version: int | None = None,
) -> Refund:
    """Record what the warehouse found: pass starts the refund, fail refuses with the photos as evidence (RET-2).

    `found` says it line by line; lines that it leaves out were as they should be.
    Locks: order and request. Emits: refund.received | refund.refused. Raises: RuleViolation RFD-5 for a failed
    inspection without findings or photos, RET-2 for a pass over a doubt without a word, LAW-2 (`needs_supervisor`) for
    a return without a reason that fails and no finding says why the goods are not intact, AMT-2.
    """
    with transaction.atomic(savepoint=False):
        details: dict[str, Any] = {}
        if not passed:
            details = {"reason": RefusalReason.INSPECTION_FAILED, "found": found, "why": findings}
        moved: Refund = transitions.apply(
            REFUND,
            refund.pk,
            "receive",
            outcome="pass" if passed else "fail",
            actor=actor,
            version=version,
            note=findings,
            **details,
        )
        inspection_write(refund=moved, actor=actor, passed=passed, findings=findings, found=found)
        if not passed:
            _say_why(moved, actor, findings, evidence_ids, last_findings(moved))
        elif evidence_ids:
            evidence_attach(refund=moved, evidence_ids=list(evidence_ids), actor=actor)
        return moved


def refunds_overtake(*, order_id: int, actor: Actor, by: str, line_ids: Sequence[int] = ()) -> list[Refund]:
    """Close an order's open requests because it was shipped ("by_shipment", RFD-2) or received ("by_receipt", ORD-7).

    Shipping closes the before-shipment requests of `line_ids`. Locks: order and requests. Emits: refund.closed.
    """
    found = Refund.objects.filter(order_id=order_id, status__in=CLOSED_BY_RECEIPT)
    if by == "by_shipment":
        found = found.filter(
            flow=Flow.UNSHIPPED, status=RefundStatus.WAIT_SELLER_AGREE, lines__order_line__in=line_ids
        ).distinct()
    closed: list[Refund] = []
    with transaction.atomic(savepoint=False):
        for refund in found.order_by("pk"):
            moved: Refund = transitions.apply(REFUND, refund.pk, "overtaken", outcome=by, actor=actor, note=by)
            dispute_withdraw_open(refund=moved, actor=actor)
            closed.append(moved)
    return closed
