"""Proposals: made, countered, accepted, declined, overtaken, left unanswered (DEC-3, DIS-5).

What is accepted is carried out in the same transaction, by the same services that people use.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from aftersales.core import clock, errors, policies, transitions
from aftersales.core.auth import Actor
from aftersales.core.machine import BUYER
from aftersales.core.transitions import Binding
from refunds.models import Message, Proposal, Refund
from refunds.states import PROPOSAL as MACHINE
from refunds.states import REFUND as REFUND_MACHINE
from refunds.states import UNSETTLED_STATES, Flow, Kind, ProposalKind, ProposalStatus
from refunds.states.keeping import KEEPABLE, may_keep_sale

from .applying import refund_cancel, refund_modify, request_judge
from .assessing import LineAsk
from .deciding import refund_agree
from .disputes import refund_settle
from .evidence import evidence_attach
from .machine import refund_lock
from .messages import message_write, side_of

LEAST = timedelta(hours=1)
"""How long the other side has at the least."""


def proposal_lock(ids: Sequence[int], skip_locked: bool) -> list[Proposal]:
    """Lock the requests of the proposals (orders first), then the proposals."""
    wanted = dict(Proposal.objects.filter(pk__in=ids).values_list("pk", "refund_id"))
    held = {refund.pk: refund for refund in refund_lock(sorted(set(wanted.values())), skip_locked)}
    rows = Proposal.objects.filter(pk__in=[pk for pk, refund in wanted.items() if refund in held]).order_by("pk")
    found = list(rows.select_for_update(of=("self",), no_key=True))
    for proposal in found:
        proposal.refund = held[proposal.refund_id]
    return found


def _end(steps: list[Any]) -> None:
    """A request whose proposal has its answer negotiates no longer."""
    Refund.objects.filter(pk__in=[step.subject.refund_id for step in steps]).update(negotiating=False)


PROPOSAL = Binding(
    machine=MACHINE,
    model=Proposal,
    lock=proposal_lock,
    entered=dict.fromkeys(sorted(MACHINE.terminal), (_end,)),
)


def proposal_make(
    *,
    refund: Refund,
    actor: Actor,
    kind: str,
    to_kind: str = "",
    to_reason: str = "",
    amount_fen: int | None = None,
    offered_sku: str = "",
    text: str = "",
    due_at: datetime | None = None,
    version: int | None = None,
) -> Proposal:
    """Put something to the other side; an open proposal is countered by it. The text is a message to the other side.

    `offered_sku` is what the buyer would get in an exchange that is proposed; instead of a return it keeps the sale
    (DEC-5).
    The answer is awaited until `due_at`: by default the policy's time before the seller's own deadline (DEC-3).
    Locks: order and request. Emits: proposal.made, proposal.superseded.
    Raises: NotFound, StaleVersion, Conflict when the request is settled, RuleViolation for what could not be done.
    """
    with transaction.atomic(savepoint=False):
        locked = refund_lock([refund.pk], False)
        if not locked or not actor.sees(locked[0].shop_id):
            raise errors.NotFound()
        [refund] = locked
        _check_current(refund, version)
        proposal = Proposal(
            refund=refund,
            shop_id=refund.shop_id,
            number=(refund.proposals.aggregate(last=Max("number"))["last"] or 0) + 1,
            kind=kind,
            status=ProposalStatus.OPEN,
            proposed_by=side_of(actor),
            author_name=actor.name,
            author_id=actor.user_id,
            to_kind=to_kind,
            to_reason=to_reason,
            amount_fen=amount_fen,
            offered_sku=offered_sku.strip(),
            keeps_sale=_keeps_sale(refund, actor, kind, to_kind, to_reason),
            text=text.strip(),
            due_at=_due(refund, due_at),
            created_at=clock.now(),
        )
        _check_possible(proposal, actor)
        for earlier in refund.proposals.filter(status=ProposalStatus.OPEN):
            transitions.apply(PROPOSAL, earlier.pk, "supersede", actor=actor)
        transitions.create(PROPOSAL, proposal, actor=actor, action="propose", note=proposal.text)
        Refund.objects.filter(pk=refund.pk).update(negotiating=True)
        if proposal.text:
            message_write(refund=refund, actor=actor, text=proposal.text)
        return proposal


def _check_current(refund: Refund, version: int | None) -> None:
    label = str(REFUND_MACHINE.labels[refund.status])
    if version is not None and version != refund.version:
        raise errors.StaleVersion(version=refund.version, status_now=refund.status, status_label=label)
    if refund.status not in UNSETTLED_STATES:
        text = _("Nothing can be proposed while the state is “%(state)s”.") % {"state": label}
        raise errors.Conflict(text, status_now=refund.status, rule="DEC-3")


def _due(refund: Refund, wanted: datetime | None) -> datetime:
    """Say until when the answer is awaited: before the seller's own deadline, which runs on (DEC-3)."""
    now = clock.now()
    limit = refund.due_at if refund.due_at is not None and not refund.due_paused else None
    before = policies.duration("deadline.DEC-3", shop_id=refund.shop_id)
    if wanted is None:
        if limit is None:
            return now + policies.duration("deadline.TMO-11", shop_id=refund.shop_id)
        return max(limit - before, now + (limit - now) / 2)
    if wanted < now + LEAST or (limit is not None and wanted > limit):
        text = _("Give the buyer an hour at the least, and less than until something happens by itself.")
        problem = errors.FieldError("due_at", "out_of_range", text)
        raise errors.RuleViolation("DEC-3", text, errors=[problem])
    return wanted


def _keeps_sale(refund: Refund, actor: Actor, kind: str, to_kind: str, to_reason: str) -> bool:
    """Say whether this is an exchange instead of a return, for a reason that is not the seller's fault (DEC-5)."""
    return (
        side_of(actor) == Message.Side.SELLER
        and (kind, to_kind) == (ProposalKind.CORRECT, Kind.EXCHANGE)
        and to_reason in ("", *KEEPABLE)
        and may_keep_sale(refund)
    )


def _check_offered(proposal: Proposal) -> None:
    """Other goods are offered in an exchange, for the one line that is asked about."""
    lines = [line for line in proposal.refund.lines.all() if line.quantity]
    if proposal.kind != ProposalKind.CORRECT or proposal.to_kind != Kind.EXCHANGE:
        text = _("Other goods are offered in an exchange.")
    elif len(lines) != 1:
        text = _("Several lines are asked about: say in words what goes for which.")
    elif proposal.offered_sku == lines[0].order_line.sku:
        text = _("These are the goods that the buyer has.")
    else:
        return
    raise errors.RuleViolation("DEC-5", text, errors=[errors.FieldError("offered_sku", "invalid", text)])


def _check_possible(proposal: Proposal, actor: Actor) -> None:
    """Refuse what could not be carried out if it were accepted now."""
    refund = proposal.refund
    if actor.role == BUYER and proposal.kind != ProposalKind.AMOUNT:
        raise errors.RuleViolation("DIS-5", _("A buyer changes or withdraws his request himself; he proposes amounts."))
    if proposal.offered_sku:
        _check_offered(proposal)
    if proposal.kind == ProposalKind.CORRECT:
        same = proposal.to_kind in ("", refund.kind) and proposal.to_reason in ("", refund.reason)
        if same:
            raise errors.RuleViolation(
                "DEC-3", _("Say which kind or reason would be right; this is what is asked now.")
            )
        request_judge(refund, corrections(proposal))
    if proposal.kind == ProposalKind.AMOUNT:
        most = refund.amount_fen
        if refund.wants_goods or refund.flow == Flow.UNSHIPPED:
            raise errors.RuleViolation("AMT-1", _("Of this request there is no amount to talk about."))
        if not proposal.amount_fen or proposal.amount_fen > most:
            text = _("Propose more than nothing and no more than is asked.")
            raise errors.RuleViolation("AMT-2", text, max_fen=most)
        if not (refund.in_dispute or transitions.why_not(REFUND_MACHINE, refund, Actor.system(), "agree") is None):
            raise errors.Conflict(
                _("An amount can be agreed on before a refusal, or once the platform has stepped in.")
            )


def corrections(proposal: Proposal) -> dict[str, Any]:
    """Give what the request would change to."""
    wanted: dict[str, Any] = {"kind": proposal.to_kind, "reason": proposal.to_reason}
    if proposal.offered_sku:
        wanted["lines"] = tuple(
            LineAsk(line.order_line.line_no, line.quantity, exchange_sku=proposal.offered_sku)
            for line in proposal.refund.lines.all()
            if line.quantity
        )
    return {name: value for name, value in wanted.items() if value}


def proposal_accept(
    *, proposal: Proposal, actor: Actor, evidence_ids: Sequence[str] = (), version: int | None = None
) -> Refund:
    """Accept a proposal and carry it out: the request is corrected, settled, withdrawn, or gets its evidence.

    Locks: order, request, proposal. Emits: proposal.accepted and what the step emits.
    Raises: StaleVersion when the request has changed since, TransitionNotAllowed, Invalid without the evidence.
    """
    with transaction.atomic(savepoint=False):
        _check_not_moot(proposal)
        taken: Proposal = transitions.apply(PROPOSAL, proposal.pk, "accept", actor=actor, version=version)
        refund: Refund = taken.refund
        refund.negotiating = False
        note = str(_("proposal %(number)s accepted") % {"number": taken.number})
        if taken.kind == ProposalKind.CORRECT:
            return refund_modify(refund=refund, actor=actor, changes=corrections(taken), evidence_ids=evidence_ids)
        if taken.kind == ProposalKind.CANCEL:
            return refund_cancel(refund=refund, actor=actor, note=note)
        if taken.kind == ProposalKind.EVIDENCE:
            if not evidence_ids:
                said = _("Add what was asked for.")
                raise errors.Invalid(errors=[errors.FieldError("evidence", "required", said)])
            evidence_attach(refund=refund, evidence_ids=list(evidence_ids), actor=actor)
            return refund
        agreed = Actor.system("agreement") if actor.role == BUYER else actor
        if refund.in_dispute:
            return refund_settle(refund=refund, actor=agreed, amount_fen=taken.amount_fen, text=note)
        return refund_agree(refund=refund, actor=agreed, amount_fen=taken.amount_fen, note=note)


def _check_not_moot(proposal: Proposal) -> None:
    """412, not 409: somebody changed the request since the proposal was made."""
    now = Proposal.objects.select_related("refund").get(pk=proposal.pk)
    if now.status == ProposalStatus.MOOT:
        label = str(REFUND_MACHINE.labels[now.refund.status])
        raise errors.StaleVersion(version=now.refund.version, status_now=now.refund.status, status_label=label)


def proposal_decline(*, proposal: Proposal, actor: Actor, text: str = "", version: int | None = None) -> Proposal:
    """Decline a proposal, with words or without. Emits: proposal.declined. Raises: as `proposal_accept`."""
    with transaction.atomic(savepoint=False):
        _check_not_moot(proposal)
        moved: Proposal = transitions.apply(
            PROPOSAL, proposal.pk, "decline", actor=actor, version=version, note=text.strip()
        )
        if text.strip():
            message_write(refund=moved.refund, actor=actor, text=text)
        return moved


def proposal_withdraw(*, proposal: Proposal, actor: Actor, version: int | None = None) -> Proposal:
    """Take one's own proposal back. Emits: proposal.withdrawn. Raises: TransitionNotAllowed DIS-5."""
    moved: Proposal = transitions.apply(PROPOSAL, proposal.pk, "withdraw", actor=actor, version=version)
    return moved
