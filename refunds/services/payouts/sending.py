"""Sending approved payouts, and learning what came of them: exactly once, whatever crashes (PAY-6, PAY-9).

The number of an attempt is stored before the call; whoever finds a payout "on its way" asks, and sends the identical
request again only where the provider has never heard of the number, within the time in which it would know. What is
without an answer then is for two people to decide, with a proof. No lock is held over a call.
"""

import logging
from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from aftersales.core import errors, transitions
from aftersales.core.auth import Actor
from refunds.gateways import Outcome, TransferRequest, transfer_gateway_for
from refunds.models import Payout
from refunds.services import asking
from refunds.services.evidence import evidence_attach
from refunds.states import PayoutFault, PayoutStatus

from .machine import PAYOUT

log = logging.getLogger(__name__)
SENDER = "payouts"
TITLE = "售后补款"  # what the payee reads; never translated: a repetition must be the identical request


def payout_send(*, payout: Payout) -> Payout:
    """Send an approved payout to its provider, at most once.

    Where people said that no money moved under the number before, the provider is asked about that one first, and
    nothing is sent unless it answers that it knows nothing of it or that it failed: a payout that it has paid after all
    is held, one of which it says nothing waits (PAY-9).
    Locks: the payout, not across the call. Emits: payout.sending, then payout.paid | payout.failed | payout.unknown.
    Raises: TransitionNotAllowed if another worker was first; LookupError for a gateway that is not set up, with the
    payout still approved.
    """
    asks = transfer_gateway_for(payout.gateway).answers
    if payout.unmoved_by_id is not None and not _forgotten(payout):
        log.info("held or waiting for an answer", extra={"payout_no": payout.payout_no})
        return payout
    with transaction.atomic():
        sent: Payout = transitions.apply(PAYOUT, payout.pk, "send", actor=Actor.system(SENDER), asks=asks)
    return _take_note(sent, _call(sent, "transfer"))


def payout_follow(*, payout: Payout) -> Payout:
    """Ask what came of a payout, and write it down; to be called with one that `payouts_to_follow` has claimed.

    Raises: StaleVersion when somebody moved it meanwhile: an answer is only ever believed of the attempt it is about.
    """
    outcome = _call(payout, "transfer_query")
    if outcome.status == "not_found" and asking.in_time(payout):
        outcome = _call(payout, "transfer")
    return _take_note(payout, outcome)


def payouts_to_follow(*, limit: int = asking.BATCH) -> list[Payout]:
    """Claim payouts that it is time to ask about, longest waiting first: for the next pause they are nobody else's."""
    rows = Payout.objects.filter(pk__in=asking.claim(Payout, limit=limit))
    return list(rows.select_related("payee", "order").order_by("pk"))


def payout_confirm(*, payout: Payout, actor: Actor, reference: str, version: int | None = None) -> Payout:
    """Write down that the money moved, with the provider's or the bank's reference. Emits: payout.paid.

    Raises: Invalid without a reference, Forbidden, TransitionNotAllowed (confirmed before).
    """
    if not reference.strip():
        text = _("Give the provider's reference of the payment.")
        raise errors.Invalid(errors=[errors.FieldError("reference", "required", text)])
    with transaction.atomic(savepoint=False):
        paid: Payout = transitions.apply(
            PAYOUT, payout.pk, "confirm", actor=actor, version=version, reference=reference.strip()
        )
        return paid


def payout_fail(*, payout: Payout, actor: Actor, failure: str, fault: str = "", version: int | None = None) -> Payout:
    """Write down that no money moved, and why; the payee is corrected or it is sent again. Emits: payout.failed.

    Raises: TransitionNotAllowed PAY-9 for a person, where a provider was to move it.
    """
    with transaction.atomic(savepoint=False):
        failed: Payout = transitions.apply(
            PAYOUT, payout.pk, "fail", actor=actor, version=version, note=failure, failure=failure, fault=fault
        )
        return failed


def payout_report_unmoved(
    *, payout: Payout, actor: Actor, reason: str, evidence_ids: Sequence[str], version: int | None = None
) -> Payout:
    """Report that a payout without an answer has not moved, with a proof; somebody else has to agree (PAY-9).

    The provider is asked once more at once. Locks: the payout. Emits: payout.unknown. Raises: Invalid, Forbidden,
    TransitionNotAllowed.
    """
    asking.report_check(reason, evidence_ids)
    with transaction.atomic(savepoint=False):
        told: Payout = transitions.apply(
            PAYOUT, payout.pk, "report_unmoved", actor=actor, version=version, note=reason.strip()
        )
        refund = told.refund if told.refund_id else None
        evidence_attach(refund=refund, payout=told, evidence_ids=list(evidence_ids), actor=actor, purpose="receipt")
        return told


def payout_accept_unmoved(*, payout: Payout, actor: Actor, reason: str, version: int | None = None) -> Payout:
    """Agree with somebody else's report that no money has moved (PAY-9).

    Only then may it be sent under a new number, and before that the provider is asked about the old one
    (`payout_send`). Locks: the payout. Emits: payout.failed. Raises: Invalid, Forbidden, TransitionNotAllowed.
    """
    asking.report_check(reason)
    failure = reason.strip()
    with transaction.atomic(savepoint=False):
        failed: Payout = transitions.apply(
            PAYOUT, payout.pk, "accept_unmoved", actor=actor, version=version, note=failure, failure=failure
        )
        return failed


def payout_send_again(*, payout: Payout, actor: Actor, version: int | None = None) -> Payout:
    """Let a payout that failed for our own account's sake go out again, with a new number; what was approved stands.

    Emits: payout.approved. Raises: TransitionNotAllowed.
    """
    with transaction.atomic(savepoint=False):
        again: Payout = transitions.apply(PAYOUT, payout.pk, "send_again", actor=actor, version=version)
        return again


def payout_ask(*, payout: Payout, actor: Actor) -> None:
    """Have the provider asked at once, for finance. Raises: as `asking.ask_now`, LookupError."""
    asking.ask_now(payout, actor=actor, answers=transfer_gateway_for(payout.gateway).answers)


def _forgotten(payout: Payout) -> bool:
    """Ask about the number before; say whether no money moved under it. One that has been paid is held."""
    outcome = _call(payout, "transfer_query")
    if outcome.status in ("not_found", "failed"):
        return True
    if outcome.status == "done":
        text = _("The provider has paid %(number)s after all, reference %(reference)s: confirm it, do not send it.")
        failure = text % {"number": payout.transfer_no, "reference": outcome.reference}
        with transaction.atomic():
            transitions.apply(
                PAYOUT,
                payout.pk,
                "hold",
                actor=Actor.system(SENDER),
                version=payout.version,
                note=failure,
                failure=failure,
                fault=PayoutFault.US,
            )
    return False


def _call(payout: Payout, verb: str) -> Outcome:
    """Ask the provider to pay, or what came of it; without an answer that is believable the outcome is unknown."""
    assert payout.sent_at is not None
    payee = payout.payee
    request = TransferRequest(
        transfer_no=payout.transfer_no,
        amount_fen=payout.amount_fen,
        account_type="bank" if payee.account_type == "bank" else "alipay",
        account=payee.account,
        name=payee.name,
        title=TITLE,
        remark=payout.order.order_no,
        sent_at=payout.sent_at,
    )
    gateway = transfer_gateway_for(payout.gateway)
    try:
        outcome: Outcome = getattr(gateway, verb)(request)
    except OSError:
        log.warning("no answer from the gateway", extra={"payout_no": payout.payout_no}, exc_info=True)
        return Outcome("unknown")
    return outcome


def _take_note(payout: Payout, outcome: Outcome) -> Payout:
    """Write down what is known, unless the payout has moved since the call: then the answer may be of an old number."""
    actor, seen = Actor.system(SENDER), payout.version
    if outcome.status == "done":
        return payout_confirm(payout=payout, actor=actor, reference=outcome.reference, version=seen)
    if outcome.status == "failed":
        return payout_fail(payout=payout, actor=actor, failure=outcome.message, fault=outcome.fault, version=seen)
    if outcome.status in ("unknown", "not_found") and payout.status == PayoutStatus.SENDING:
        with transaction.atomic():
            lost: Payout = transitions.apply(PAYOUT, payout.pk, "lose_track", actor=actor, version=seen)
            return lost
    return payout
