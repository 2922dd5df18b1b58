"""Sending approved payouts, and learning what came of them: exactly once, whatever crashes (PAY-6, PAY-9).

The number of an attempt is stored before the call; whoever finds a payout "on its way" asks, and sends the identical
request again only where the provider has never heard of the number. No lock is held over a call.
"""

import logging

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from aftersales.core import errors, transitions
from aftersales.core.auth import Actor
from refunds.gateways import Outcome, TransferRequest, transfer_gateway_for
from refunds.models import Payout
from refunds.services import asking
from refunds.states import PayoutStatus

from .machine import PAYOUT

log = logging.getLogger(__name__)
SENDER = "payouts"
TITLE = "售后补款"  # what the payee reads; never translated: a repetition must be the identical request


def payout_send(*, payout: Payout) -> Payout:
    """Send an approved payout to its provider, at most once.

    Locks: the payout, not across the call. Emits: payout.sending, then payout.paid | payout.failed | payout.unknown.
    Raises: TransitionNotAllowed if another worker was first; LookupError for a gateway that is not set up, with the
    payout still approved.
    """
    asks = transfer_gateway_for(payout.gateway).answers
    with transaction.atomic():
        sent: Payout = transitions.apply(PAYOUT, payout.pk, "send", actor=Actor.system(SENDER), asks=asks)
    return _take_note(sent, _call(sent, "transfer"))


def payout_follow(*, payout: Payout) -> Payout:
    """Ask what came of a payout, and write it down; to be called with one that `payouts_to_follow` has claimed.

    Raises: StaleVersion when somebody moved it meanwhile: an answer is only ever believed of the attempt it is about.
    """
    outcome = _call(payout, "transfer_query")
    if outcome.status == "not_found":
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
    """Write down that no money moved, and why; the payee is corrected or it is sent again. Emits: payout.failed."""
    with transaction.atomic(savepoint=False):
        failed: Payout = transitions.apply(
            PAYOUT, payout.pk, "fail", actor=actor, version=version, note=failure, failure=failure, fault=fault
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
