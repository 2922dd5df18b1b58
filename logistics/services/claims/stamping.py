"""The way of a claim inside the house: stamped by finance, alone or many together, handed over, taken back (CLM-2)."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from aftersales.core import errors, transitions
from aftersales.core.auth import Actor
from logistics.models import Claim

from .machine import CLAIM, claim_lock


@dataclass(frozen=True, slots=True)
class Stamped:
    """What came of one claim of many: the claim as it is now, or why it was not stamped."""

    claim_no: str
    claim: Claim | None = None
    problem: errors.Problem | None = None


def claim_stamp(*, claim: Claim, actor: Actor, version: int | None = None, note: str = "") -> Claim:
    """Put finance's stamp on exactly this amount. Locks: the claim. Emits: claim.stamped.

    Raises: TransitionNotAllowed, StaleVersion.
    """
    with transaction.atomic(savepoint=False):
        moved: Claim = transitions.apply(CLAIM, claim.pk, "stamp", actor=actor, version=version, note=note)
        return moved


def claims_stamp(*, claims: Sequence[tuple[Claim, int | None]], actor: Actor) -> list[Stamped]:
    """Stamp many, each with the version that was looked at (None: whatever it is), with an outcome for each.

    One that is refused does not stop the others. Locks: all of them first, by key, so that two people who stamp the
    same ones at once do not stand in each other's way.
    """
    results = []
    with transaction.atomic(savepoint=False):
        claim_lock([claim.pk for claim, _version in claims], False)
        for claim, version in claims:
            try:
                with transaction.atomic():
                    moved = claim_stamp(claim=claim, actor=actor, version=version)
            except errors.Problem as problem:
                results.append(Stamped(claim.claim_no, problem=problem))
            else:
                results.append(Stamped(claim.claim_no, claim=moved))
    return results


def claim_hand_over(*, claim: Claim, actor: Actor, version: int | None = None, note: str = "") -> Claim:
    """Record that the original is with the warehouse and the copy with finance. Emits: claim.handed_over.

    Raises: TransitionNotAllowed, StaleVersion.
    """
    with transaction.atomic(savepoint=False):
        moved: Claim = transitions.apply(CLAIM, claim.pk, "hand_over", actor=actor, version=version, note=note)
        return moved


def claim_withdraw(*, claim: Claim, actor: Actor, reason: str, version: int | None = None) -> Claim:
    """Take a claim back that is not with the carrier yet; its goods may be claimed anew. Emits: claim.withdrawn.

    Raises: Invalid, TransitionNotAllowed, StaleVersion.
    """
    with transaction.atomic(savepoint=False):
        why = said(reason)
        moved: Claim = transitions.apply(CLAIM, claim.pk, "withdraw", actor=actor, version=version, note=why)
        return moved


def said(reason: str, field: str = "reason") -> str:
    """Return the words without the space around them. Raises: Invalid if there are none."""
    if not reason.strip():
        text = _("Say why, for whoever reads it later.")
        raise errors.Invalid(errors=[errors.FieldError(field, "required", text)])
    return reason.strip()
