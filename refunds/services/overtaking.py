"""A request that moves makes its open proposal moot, or is what was proposed (DEC-3)."""

from aftersales.core import transitions
from aftersales.core.steps import Step
from refunds.models import Proposal
from refunds.states import PROPOSAL as MACHINE
from refunds.states import ProposalKind, ProposalStatus

MOVES = (
    "modify agree refuse void_result return_shipment undo_return receive decision settle expire overtaken cancel"
    " to_refund ship_replacement"
).split()
"""The steps of a request after which a proposal about it means something else."""


def proposals_follow(steps: list[Step]) -> None:
    """End the open proposals of requests that were moved; one statement, and none where nobody negotiates."""
    moved = {step.subject.pk: step for step in steps if step.subject.negotiating}
    if not moved:
        return
    binding = transitions.bindings[MACHINE.name]  # which needs the request's own binding
    for proposal in Proposal.objects.filter(refund__in=list(moved), status=ProposalStatus.OPEN).order_by("pk"):
        step = moved[proposal.refund_id]
        step.subject.negotiating = False
        action = "fulfil" if step.edge.action == "modify" and _as_proposed(proposal, step) else "overtake"
        transitions.apply(binding, proposal.pk, action, actor=step.actor)


def _as_proposed(proposal: Proposal, step: Step) -> bool:
    """Say whether the buyer changed the request to what he was asked to."""
    refund = step.subject
    return (
        proposal.kind == ProposalKind.CORRECT
        and proposal.to_kind in ("", refund.kind)
        and proposal.to_reason in ("", refund.reason)
    )
