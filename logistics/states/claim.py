"""The state machine of a courier claim: what the carrier lost or damaged, and the money asked for it (CLM-2)."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from aftersales.core.machine import (
    AGENT,
    FINANCE,
    SUPERVISOR,
    SYSTEM,
    WAREHOUSE,
    Condition,
    DeadlineRule,
    Edge,
    Machine,
)


class ClaimStatus(models.TextChoices):
    """Where a claim stands."""

    DRAFTED = "drafted", pgettext_lazy("claim", "Drafted")
    STAMPED = "stamped", pgettext_lazy("claim", "Stamped")
    HANDED_OVER = "handed_over", pgettext_lazy("claim", "With the warehouse")
    SUBMITTED = "submitted", pgettext_lazy("claim", "Waiting for the carrier")
    ACCEPTED = "accepted", pgettext_lazy("claim", "Accepted")
    REJECTED = "rejected", pgettext_lazy("claim", "Rejected by the carrier")
    PAID = "paid", pgettext_lazy("claim", "Paid")
    WRITTEN_OFF = "written_off", pgettext_lazy("claim", "Written off")
    WITHDRAWN = "withdrawn", pgettext_lazy("claim", "Withdrawn")


class ClaimCause(models.TextChoices):
    """What the carrier did (CLM-1)."""

    LOST = "lost", pgettext_lazy("claim", "Lost")
    DAMAGED = "damaged", pgettext_lazy("claim", "Damaged")
    STOLEN_FROM = "stolen_from", pgettext_lazy("claim", "Stolen from")
    SHORT = "short", pgettext_lazy("claim", "Short")
    LATE = "late", pgettext_lazy("claim", "Much too late")
    OTHER = "other", pgettext_lazy("claim", "Other")


S = ClaimStatus
DESK = frozenset({AGENT, SUPERVISOR})
STAMPERS = frozenset({FINANCE})
CARRIERS_OF_PAPER = frozenset({FINANCE, WAREHOUSE, SUPERVISOR})
FOLLOWERS = frozenset({AGENT, WAREHOUSE, FINANCE, SUPERVISOR})
"""Whoever hears from the carrier writes it down."""
CLOCK = frozenset({SYSTEM})
READERS = FOLLOWERS
"""Claims are between the shop and the carrier: front-ends, which speak for buyers, do not see them (CLM-3)."""
INSIDE = (S.DRAFTED, S.STAMPED, S.HANDED_OVER)
OPEN_CLAIMS = (*INSIDE, S.SUBMITTED, S.ACCEPTED, S.REJECTED)
STAMPED_STATES = (S.STAMPED, S.HANDED_OVER, S.SUBMITTED, S.ACCEPTED, S.REJECTED, S.PAID)
"""States that nothing reaches without finance's stamp on exactly this amount."""
SUBMITTED_STATES = (S.SUBMITTED, S.ACCEPTED, S.REJECTED, S.PAID)
FREE_AGAIN = (S.WITHDRAWN, S.WRITTEN_OFF)
"""After these the same goods of the same parcel may be claimed anew."""
PICTURED = frozenset({ClaimCause.DAMAGED, ClaimCause.STOLEN_FROM, ClaimCause.SHORT})
"""Causes that a carrier never accepts without photos."""
PATIENCE = {
    S.DRAFTED: "claim.stamped_within",
    S.STAMPED: "claim.submitted_within",
    S.HANDED_OVER: "claim.submitted_within",
    S.SUBMITTED: "claim.answered_within",
    S.REJECTED: "claim.decided_within",
    S.ACCEPTED: "claim.paid_within",
}
"""After how long, by state, a claim that has not gone on turns red (CLM-4)."""

not_marked = Condition("not marked late yet", lambda claim: not claim.is_late)


def _from(states: tuple[S, ...], action: str, target: S, who: frozenset[str], event: str, **more: Any) -> list[Edge]:
    return [Edge(action, state, target, who, event, **more) for state in states]


CLAIM = Machine(
    name="claim",
    labels={state.value: state.label for state in S},
    edges=(
        Edge("draft", "", S.DRAFTED, DESK, "claim.drafted"),
        # Whatever was stamped is not any more: the stamp is on the amount and the goods.
        *_from((S.DRAFTED, S.STAMPED), "edit", S.DRAFTED, DESK, "claim.edited"),
        Edge("stamp", S.DRAFTED, S.STAMPED, STAMPERS, "claim.stamped"),
        Edge("hand_over", S.STAMPED, S.HANDED_OVER, CARRIERS_OF_PAPER, "claim.handed_over"),
        Edge("submit", S.HANDED_OVER, S.SUBMITTED, FOLLOWERS, "claim.submitted"),
        Edge("accept", S.SUBMITTED, S.ACCEPTED, FOLLOWERS, "claim.accepted"),
        Edge("reject", S.SUBMITTED, S.REJECTED, FOLLOWERS, "claim.rejected"),
        Edge("appeal", S.REJECTED, S.SUBMITTED, FOLLOWERS, "claim.submitted"),
        Edge("record_payment", S.ACCEPTED, S.PAID, STAMPERS, "claim.paid"),
        *_from(
            (S.SUBMITTED, S.REJECTED, S.ACCEPTED),
            "write_off",
            S.WRITTEN_OFF,
            frozenset({FINANCE, SUPERVISOR}),
            "claim.written_off",
        ),
        *_from(INSIDE, "withdraw", S.WITHDRAWN, DESK, "claim.withdrawn"),
        *(Edge("mark_late", state, state, CLOCK, "claim.late") for state in OPEN_CLAIMS),
    ),
    terminal=frozenset({S.PAID, S.WRITTEN_OFF, S.WITHDRAWN}),
    tracked=(
        "status",
        "amount_fen",
        "cause",
        "carrier",
        "tracking_no",
        "stamped_by_id",
        "stamped_at",
        "submissions",
        "submitted_at",
        "carrier_reference",
        "accepted_fen",
        "rejection",
        "recovered_fen",
        "reference",
        "paid_at",
        "is_late",
    ),
    title=_("Courier claim"),
    internal=frozenset({"mark_late"}),
    actions={
        "draft": pgettext_lazy("claim", "Draft"),
        "edit": _("Edit"),
        "stamp": pgettext_lazy("claim", "Stamp"),
        "hand_over": pgettext_lazy("claim", "Hand over"),
        "submit": pgettext_lazy("claim", "Submit to the carrier"),
        "accept": pgettext_lazy("claim", "Accepted"),
        "reject": pgettext_lazy("claim", "Rejected"),
        "appeal": pgettext_lazy("claim", "Submit again"),
        "record_payment": pgettext_lazy("claim", "Record the payment"),
        "write_off": pgettext_lazy("claim", "Write off"),
        "withdraw": pgettext_lazy("claim", "Withdraw"),
        "mark_late": _("Turns red"),
    },
    deadlines=tuple(DeadlineRule("CLM-4", state, "mark_late", key, not_marked) for state, key in PATIENCE.items()),
)
