"""The state machine of a dispute beside its request, and the evidence that each accusation calls for (DIS-1, DIS-3)."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from aftersales.core.machine import (
    AGENT,
    BUYER,
    PLATFORM,
    SUPERVISOR,
    SYSTEM,
    WAREHOUSE,
    Condition,
    DeadlineRule,
    Edge,
    Machine,
)

from .words import Reason


class DisputeStatus(models.TextChoices):
    """Where the platform's intervention stands."""

    REQUESTED = "requested", _("Requested")
    DECIDING = "deciding", _("Evidence closed, to be decided")
    DECIDED_BUYER = "decided_buyer", _("Decided for the buyer")
    DECIDED_SELLER = "decided_seller", _("Decided for the seller")
    DECIDED_PARTIAL = "decided_partial", _("Decided in part")
    SETTLED = "settled", pgettext_lazy("dispute", "Settled")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class Piece(models.TextChoices):
    """What a file shows (DIS-3)."""

    CHAT = "chat", _("Chat record")
    SHIPPING_SLIP = "shipping_slip", _("Shipping slip")
    SIGNING = "signing", _("Proof of signing")
    PAGE = "page", _("Page as it was sold")
    INSPECTION = "inspection", _("Inspection")
    PURCHASE = "purchase", _("Purchase vouchers")
    AUTHORISATION = "authorisation", _("Brand's authorisation")
    WEIGHT = "weight", _("Weight at dispatch")
    OTHER = "other", _("Something else")


S, R, P = DisputeStatus, Reason, Piece
DECIDERS = frozenset({SUPERVISOR, PLATFORM})
SIDES = frozenset({BUYER, AGENT, SUPERVISOR})
SHIPPERS = frozenset({WAREHOUSE, SYSTEM})
"""Who ships over a request ends the dispute about it, too (RFD-2)."""
UNDECIDED = (S.REQUESTED, S.DECIDING)
ALWAYS = (P.CHAT, P.SHIPPING_SLIP)
_KITS: dict[str, tuple[Piece, ...]] = {
    R.COUNTERFEIT: (P.PURCHASE, P.AUTHORISATION),
    R.NOT_AS_DESCRIBED: (P.PAGE, P.INSPECTION),
    R.QUALITY: (P.INSPECTION,),
    R.DAMAGED: (P.INSPECTION, P.SIGNING),
    R.NOT_RECEIVED: (P.SIGNING,),
    R.LOST_OR_EMPTY: (P.SIGNING, P.WEIGHT),
    R.WRONG_OR_MISSING: (P.WEIGHT,),
}


def kit_of(reason: str) -> tuple[Piece, ...]:
    """Give what the shop should show against an accusation, the buyer's reason (DIS-3)."""
    return (*_KITS.get(reason, ()), *ALWAYS)


def _in_time(dispute: Any) -> bool:
    return not dispute.is_overdue


in_time = Condition("not overdue", _in_time)

DISPUTE = Machine(
    name="dispute",
    labels={state.value: state.label for state in S},
    edges=(
        Edge("request", "", S.REQUESTED, SIDES, ""),
        Edge("add_evidence", S.REQUESTED, S.REQUESTED, SIDES, "dispute.evidence", restarts=True),
        Edge("close_evidence", S.REQUESTED, S.DECIDING, frozenset({SYSTEM}), "dispute.evidence_closed"),
        *(
            Edge("decide", state, target, DECIDERS, "", outcome)
            for state in UNDECIDED
            for target, outcome in (
                (S.DECIDED_BUYER, "buyer"),
                (S.DECIDED_SELLER, "seller"),
                (S.DECIDED_PARTIAL, "partial"),
            )
        ),
        *(Edge("settle", state, S.SETTLED, SIDES | {SYSTEM}, "") for state in UNDECIDED),
        *(Edge("withdraw", state, S.WITHDRAWN, SIDES | SHIPPERS, "") for state in UNDECIDED),
        *(
            Edge("mark_overdue", state, state, frozenset({SYSTEM}), "dispute.overdue", when=in_time)
            for state in UNDECIDED
        ),
    ),
    terminal=frozenset({S.DECIDED_BUYER, S.DECIDED_SELLER, S.DECIDED_PARTIAL, S.SETTLED, S.WITHDRAWN}),
    tracked=("status", "is_overdue", "buyer_evidence_until", "seller_evidence_until"),
    title=_("Dispute"),
    outcomes={
        "decide_buyer": _("Decided for the buyer"),
        "decide_seller": _("Decided for the seller"),
        "decide_partial": _("Decided in part"),
    },
    actions={
        "request": pgettext_lazy("dispute", "Request"),
        "add_evidence": _("Add evidence"),
        "close_evidence": _("Evidence closed"),
        "decide": pgettext_lazy("dispute", "Decide"),
        "settle": pgettext_lazy("dispute", "Settle"),
        "withdraw": pgettext_lazy("dispute", "Withdraw"),
        "mark_overdue": _("Decision overdue"),
    },
    internal=frozenset({"close_evidence", "mark_overdue"}),
    deadlines=(
        DeadlineRule("TMO-11", S.REQUESTED, "close_evidence", "deadline.TMO-11"),
        *(DeadlineRule("TMO-12", state, "mark_overdue", "deadline.TMO-12", in_time) for state in UNDECIDED),
    ),
)
