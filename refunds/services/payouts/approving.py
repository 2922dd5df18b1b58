"""The second pair of eyes: approved by somebody who did not open it, alone or many at once, or rejected (PAY-5)."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from aftersales.core import errors, transitions
from aftersales.core.auth import Actor
from refunds.models import Payout

from .machine import PAYOUT, payout_lock


@dataclass(frozen=True, slots=True)
class Approval:
    """What came of one payout of many: the payout as it is now, or why it was not approved."""

    payout_no: str
    payout: Payout | None = None
    problem: errors.Problem | None = None


def payout_approve(*, payout: Payout, actor: Actor, version: int | None = None, note: str = "") -> Payout:
    """Approve exactly this amount for exactly this payee; a job sends it. Locks: the payout. Emits: payout.approved.

    Raises: TransitionNotAllowed (PAY-5, PAY-3), RuleViolation PAY-3 (the day's limit), StaleVersion.
    """
    with transaction.atomic(savepoint=False):
        moved: Payout = transitions.apply(PAYOUT, payout.pk, "approve", actor=actor, version=version, note=note)
        return moved


def payouts_approve(*, payouts: Sequence[tuple[Payout, int | None]], actor: Actor) -> list[Approval]:
    """Approve many, each with the version that was looked at (None: whatever it is), with an outcome for each.

    One that is refused does not stop the others. Locks: all of them first, by key, so that two people who approve the
    same ones at once do not stand in each other's way.
    """
    results = []
    with transaction.atomic(savepoint=False):
        payout_lock([payout.pk for payout, _version in payouts], False)
        for payout, version in payouts:
            try:
                with transaction.atomic():
                    moved = payout_approve(payout=payout, actor=actor, version=version)
            except errors.Problem as problem:
                results.append(Approval(payout.payout_no, problem=problem))
            else:
                results.append(Approval(payout.payout_no, payout=moved))
    return results


def payout_reject(*, payout: Payout, actor: Actor, reason: str, version: int | None = None) -> Payout:
    """Reject a payout with words for who opened it. Emits: payout.rejected. Raises: Invalid, TransitionNotAllowed."""
    return _end(payout, "reject", actor, reason, version)


def payout_withdraw(*, payout: Payout, actor: Actor, reason: str, version: int | None = None) -> Payout:
    """Take a payout back that is not on its way. Emits: payout.rejected. Raises: Invalid, TransitionNotAllowed."""
    return _end(payout, "withdraw", actor, reason, version)


def _end(payout: Payout, action: str, actor: Actor, reason: str, version: int | None) -> Payout:
    if not reason.strip():
        text = _("Say why, for whoever reads it later.")
        raise errors.Invalid(errors=[errors.FieldError("reason", "required", text)])
    with transaction.atomic(savepoint=False):
        moved: Payout = transitions.apply(PAYOUT, payout.pk, action, actor=actor, version=version, note=reason.strip())
        return moved
