"""Proposals in the sample data: the words in which they are told (DEC-3, DIS-5)."""

from collections.abc import Callable

from aftersales.core.auth import Actor
from refunds import services as refunds
from refunds.models import Proposal, Refund
from refunds.states import Kind, ProposalKind

from . import text
from .case import Case


def _guide(case: Case, reason: str) -> None:
    """Ask the buyer to correct the reason."""
    words = case.rng.choice(text.GUIDES)
    _make(case, case.agent, kind=ProposalKind.CORRECT, to_reason=reason, text=words)


def _offer(case: Case, part: str) -> None:
    """Offer a part of the sum."""
    _make(case, case.agent, kind=ProposalKind.AMOUNT, amount_fen=_sum(case, part), text=case.rng.choice(text.OFFERS))


def _instead(case: Case, more: str) -> None:
    """Offer another variant of the goods before the return is agreed to (DEC-5)."""
    line = case.refund.lines.select_related("order_line").filter(quantity__gt=0)[0].order_line
    sku = case.stage.sells.other_sku(line.title, line.sku)
    words = case.rng.choice(text.INSTEAD)
    _make(case, case.agent, kind=ProposalKind.CORRECT, to_kind=Kind.EXCHANGE, offered_sku=sku, text=words)


def _counter(case: Case, part: str) -> None:
    """Let the buyer want more."""
    words = case.rng.choice(text.COUNTERS)
    _make(case, case.stage.buyer, kind=ProposalKind.AMOUNT, amount_fen=_sum(case, part), text=words)


def _make(case: Case, actor: Actor, **what: object) -> None:
    refunds.proposal_make(refund=case.refund, actor=actor, **what)  # type: ignore[arg-type]


def _sum(case: Case, part: str) -> int:
    asked: int = Refund.objects.values_list("amount_fen", flat=True).get(pk=case.refund.pk)
    return max(round(asked * float(part)) // 100 * 100, 100)


def _yes(case: Case, more: str) -> None:
    """Let the other side accept."""
    proposal = Proposal.objects.get(refund=case.refund, status="open")
    actor = case.agent if proposal.proposed_by == "buyer" else case.stage.buyer
    refunds.proposal_accept(proposal=proposal, actor=actor)


def _no(case: Case, more: str) -> None:
    """Let the buyer decline."""
    proposal = Proposal.objects.get(refund=case.refund, status="open")
    refunds.proposal_decline(proposal=proposal, actor=case.stage.buyer, text=case.rng.choice(text.NO_THANKS))


WORDS: dict[str, Callable[[Case, str], object]] = {
    "guide": _guide,
    "offer": _offer,
    "counter": _counter,
    "instead": _instead,
    "yes": _yes,
    "no": _no,
}
