"""The state machine of a dispute beside its request (DIS-1)."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from aftersales.core.machine import AGENT, BUYER, PLATFORM, SUPERVISOR, SYSTEM, WAREHOUSE, Edge, Machine


class DisputeStatus(models.TextChoices):
    """Where the platform's intervention stands."""

    REQUESTED = "requested", _("Requested")
    DECIDED_BUYER = "decided_buyer", _("Decided for the buyer")
    DECIDED_SELLER = "decided_seller", _("Decided for the seller")
    DECIDED_PARTIAL = "decided_partial", _("Decided in part")
    WITHDRAWN = "withdrawn", _("Withdrawn")


S = DisputeStatus
DECIDERS = frozenset({SUPERVISOR, PLATFORM})
SIDES = frozenset({BUYER, AGENT, SUPERVISOR})
SHIPPERS = frozenset({WAREHOUSE, SYSTEM})
"""Who ships over a request ends the dispute about it, too (RFD-2)."""

DISPUTE = Machine(
    name="dispute",
    labels={state.value: state.label for state in S},
    edges=(
        Edge("request", "", S.REQUESTED, SIDES, ""),
        Edge("decide", S.REQUESTED, S.DECIDED_BUYER, DECIDERS, "", "buyer"),
        Edge("decide", S.REQUESTED, S.DECIDED_SELLER, DECIDERS, "", "seller"),
        Edge("decide", S.REQUESTED, S.DECIDED_PARTIAL, DECIDERS, "", "partial"),
        Edge("withdraw", S.REQUESTED, S.WITHDRAWN, SIDES | SHIPPERS, ""),
    ),
    terminal=frozenset({S.DECIDED_BUYER, S.DECIDED_SELLER, S.DECIDED_PARTIAL, S.WITHDRAWN}),
    tracked=("status",),
    title=_("Dispute"),
    outcomes={
        "decide_buyer": _("Decided for the buyer"),
        "decide_seller": _("Decided for the seller"),
        "decide_partial": _("Decided in part"),
    },
    actions={
        "request": pgettext_lazy("dispute", "Request"),
        "decide": pgettext_lazy("dispute", "Decide"),
        "withdraw": pgettext_lazy("dispute", "Withdraw"),
    },
)
