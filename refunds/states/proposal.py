"""The state machine of a proposal: one side puts to the other what a request should become (DEC-3, DIS-5)."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from aftersales.core.machine import BUYER, PLATFORM, SYSTEM, WAREHOUSE, DeadlineRule, Edge, Machine, WhyNot

from .guards import BUYER_SIDE, CLOCK


class ProposalKind(models.TextChoices):
    """What is proposed."""

    CORRECT = "correct", _("Another kind or reason")
    AMOUNT = "amount", pgettext_lazy("proposal", "Another amount")
    EVIDENCE = "evidence", _("More evidence")
    CANCEL = "cancel", _("To withdraw the request")


class ProposalStatus(models.TextChoices):
    """Where a proposal stands."""

    OPEN = "open", pgettext_lazy("proposal", "Waiting for the answer")
    ACCEPTED = "accepted", pgettext_lazy("proposal", "Accepted")
    DECLINED = "declined", pgettext_lazy("proposal", "Declined")
    WITHDRAWN = "withdrawn", pgettext_lazy("proposal", "Taken back")
    SUPERSEDED = "superseded", pgettext_lazy("proposal", "Countered")
    LAPSED = "lapsed", pgettext_lazy("proposal", "Not answered in time")
    MOOT = "moot", pgettext_lazy("proposal", "Overtaken: the request has changed")


S = ProposalStatus
MOVERS = BUYER_SIDE | {WAREHOUSE, PLATFORM, SYSTEM}
"""Whose step on the request may make a proposal moot."""


def answers_the_other_side(proposal: Any, actor: Any) -> WhyNot | None:
    """DIS-5: nobody accepts his own; the desk may answer for a buyer who said so on the phone."""
    if proposal.proposed_by == "buyer" and actor.role == BUYER:
        return WhyNot("DIS-5", _("The seller answers this proposal."))
    return None


def takes_back_his_own(proposal: Any, actor: Any) -> WhyNot | None:
    """DIS-5: only the side that proposed takes it back."""
    if (proposal.proposed_by == "buyer") != (actor.role == BUYER):
        return WhyNot("DIS-5", _("Only the side that proposed it can take it back."))
    return None


PROPOSAL = Machine(
    name="proposal",
    labels={state.value: state.label for state in S},
    edges=(
        Edge("propose", "", S.OPEN, BUYER_SIDE, "proposal.made"),
        Edge("accept", S.OPEN, S.ACCEPTED, BUYER_SIDE, "proposal.accepted", guards=(answers_the_other_side,)),
        Edge("decline", S.OPEN, S.DECLINED, BUYER_SIDE, "proposal.declined", guards=(answers_the_other_side,)),
        Edge("withdraw", S.OPEN, S.WITHDRAWN, BUYER_SIDE, "proposal.withdrawn", guards=(takes_back_his_own,)),
        Edge("supersede", S.OPEN, S.SUPERSEDED, BUYER_SIDE, "proposal.superseded"),
        Edge("fulfil", S.OPEN, S.ACCEPTED, BUYER_SIDE, "proposal.accepted"),
        Edge("overtake", S.OPEN, S.MOOT, MOVERS, "proposal.moot"),
        Edge("lapse", S.OPEN, S.LAPSED, CLOCK, "proposal.lapsed"),
    ),
    terminal=frozenset({S.ACCEPTED, S.DECLINED, S.WITHDRAWN, S.SUPERSEDED, S.LAPSED, S.MOOT}),
    tracked=("status",),
    title=_("Proposal"),
    actions={
        "propose": _("Propose"),
        "accept": _("Accept"),
        "decline": _("Decline"),
        "withdraw": pgettext_lazy("proposal", "Take back"),
        "supersede": _("Countered by another"),
        "fulfil": _("Done as proposed"),
        "overtake": _("Overtaken"),
        "lapse": _("Not answered in time"),
    },
    internal=frozenset({"supersede", "fulfil", "overtake", "lapse"}),
    deadlines=(DeadlineRule("DEC-3", S.OPEN, "lapse", "deadline.DEC-3"),),
)
