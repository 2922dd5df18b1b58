"""A claim with the carrier: submitted, accepted or rejected, submitted again, paid or written off (CLM-2, CLM-4)."""

from django.db import transaction
from django.utils.translation import gettext as _

from aftersales.core import errors, money, transitions
from aftersales.core.auth import Actor
from logistics.models import Claim

from .machine import CLAIM
from .stamping import said


def claim_submit(
    *, claim: Claim, actor: Actor, carrier_reference: str = "", version: int | None = None, note: str = ""
) -> Claim:
    """Record that the slip is with the carrier, under its case number if it gave one. Emits: claim.submitted.

    Raises: TransitionNotAllowed, StaleVersion.
    """
    with transaction.atomic(savepoint=False):
        number = carrier_reference.strip()
        moved: Claim = transitions.apply(
            CLAIM, claim.pk, "submit", actor=actor, version=version, note=note, carrier_reference=number
        )
        return moved


def claim_appeal(
    *, claim: Claim, actor: Actor, reason: str, carrier_reference: str = "", version: int | None = None
) -> Claim:
    """Submit a rejected claim again, with what speaks against the rejection. Emits: claim.submitted.

    Raises: Invalid, TransitionNotAllowed, StaleVersion.
    """
    with transaction.atomic(savepoint=False):
        why, number = said(reason), carrier_reference.strip()
        moved: Claim = transitions.apply(
            CLAIM, claim.pk, "appeal", actor=actor, version=version, note=why, carrier_reference=number
        )
        return moved


def claim_accept(
    *, claim: Claim, actor: Actor, accepted_fen: int | None = None, version: int | None = None, note: str = ""
) -> Claim:
    """Record that the carrier will pay, all of it unless another amount is given. Emits: claim.accepted.

    Raises: RuleViolation CLM-1, TransitionNotAllowed, StaleVersion.
    """
    with transaction.atomic(savepoint=False):
        amount = claim.amount_fen if accepted_fen is None else accepted_fen
        _check_amount(claim, amount)
        moved: Claim = transitions.apply(
            CLAIM, claim.pk, "accept", actor=actor, version=version, note=note, accepted_fen=amount
        )
        return moved


def claim_reject(*, claim: Claim, actor: Actor, reason: str, version: int | None = None) -> Claim:
    """Record why the carrier will not pay; it may be submitted again, or written off. Emits: claim.rejected.

    Raises: Invalid, TransitionNotAllowed, StaleVersion.
    """
    with transaction.atomic(savepoint=False):
        why = said(reason)[:200]
        moved: Claim = transitions.apply(CLAIM, claim.pk, "reject", actor=actor, version=version, note=why, reason=why)
        return moved


def claim_record_payment(
    *, claim: Claim, actor: Actor, amount_fen: int, reference: str, version: int | None = None, note: str = ""
) -> Claim:
    """Write down what the carrier paid, all or less, and book it in the same transaction, once (CLM-4, I6).

    Locks: the claim. Emits: claim.paid. Raises: Invalid, RuleViolation CLM-1, TransitionNotAllowed, StaleVersion.
    """
    with transaction.atomic(savepoint=False):
        number = said(reference, "reference")[:64]
        _check_amount(claim, amount_fen)
        moved: Claim = transitions.apply(
            CLAIM,
            claim.pk,
            "record_payment",
            actor=actor,
            version=version,
            note=note,
            amount_fen=amount_fen,
            reference=number,
        )
        return moved


def claim_write_off(*, claim: Claim, actor: Actor, reason: str, version: int | None = None) -> Claim:
    """Give a claim up that the carrier does not pay. Emits: claim.written_off.

    Raises: Invalid, TransitionNotAllowed, StaleVersion.
    """
    with transaction.atomic(savepoint=False):
        why = said(reason)
        moved: Claim = transitions.apply(CLAIM, claim.pk, "write_off", actor=actor, version=version, note=why)
        return moved


def _check_amount(claim: Claim, amount_fen: int) -> None:
    """Let nobody write down more than was claimed: the amount is fixed once the slip is out of the house."""
    if not 0 < amount_fen <= claim.amount_fen:
        words = _("¥%(most)s was claimed; the carrier pays that or less, and not nothing.")
        raise errors.RuleViolation("CLM-1", words % {"most": money.yuan(claim.amount_fen)}, max_fen=claim.amount_fen)
