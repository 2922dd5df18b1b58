"""The state machine of a parcel: what its scans say, and what people know better (LOG-5, LOG-6, RET-1)."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from aftersales.core.machine import (
    AGENT,
    BUYER,
    FINANCE,
    PLATFORM,
    SUPERVISOR,
    SYSTEM,
    WAREHOUSE,
    Condition,
    Edge,
    Machine,
    WhyNot,
)


class Direction(models.TextChoices):
    """Which way a parcel goes, and what for."""

    OUT = "out", pgettext_lazy("parcel", "To the buyer")
    RETURN = "return", pgettext_lazy("parcel", "Return")
    REPLACEMENT = "replacement", pgettext_lazy("parcel", "Replacement")


class ParcelStatus(models.TextChoices):
    """Where a parcel is, in the words of the tracking services."""

    WAIT_PICKUP = "wait_pickup", pgettext_lazy("parcel", "Waiting to be picked up")
    PICKED_UP = "picked_up", pgettext_lazy("parcel", "Picked up")
    IN_TRANSIT = "in_transit", pgettext_lazy("parcel", "In transit")
    OUT_FOR_DELIVERY = "out_for_delivery", pgettext_lazy("parcel", "Out for delivery")
    AT_PICKUP_POINT = "at_pickup_point", pgettext_lazy("parcel", "At a pick-up point")
    PROBLEM = "problem", pgettext_lazy("parcel", "Problem")
    RETURNING = "returning", pgettext_lazy("parcel", "Going back to its sender")
    SIGNED = "signed", pgettext_lazy("parcel", "Signed for")
    RETURNED = "returned", pgettext_lazy("parcel", "Back with its sender")
    DENIED = "denied", pgettext_lazy("parcel", "Signed for, the buyer denies it")
    LOST = "lost", pgettext_lazy("parcel", "Lost")
    SUPERSEDED = "superseded", pgettext_lazy("parcel", "Number corrected")


S = ParcelStatus
SENDERS = frozenset({BUYER, AGENT, SUPERVISOR, WAREHOUSE, FINANCE, PLATFORM, SYSTEM})
DESK = frozenset({AGENT, SUPERVISOR})
CLOCK = frozenset({SYSTEM})
UNDER_WAY = (S.WAIT_PICKUP, S.PICKED_UP, S.IN_TRANSIT, S.OUT_FOR_DELIVERY, S.AT_PICKUP_POINT, S.PROBLEM)
"""On the way to whom it is for."""
BY_SCAN = (*UNDER_WAY, S.RETURNING, S.SIGNED, S.RETURNED, S.DENIED)
"""What a scan may lead to: a denial stands again when the signature it denies turns out to be the last scan."""
FOLLOWED = (*BY_SCAN, S.LOST)
"""All but a number that was corrected: even what was given up as lost turns up now and then."""

MAY_BE_LOST = (*UNDER_WAY, S.RETURNING, S.DENIED)
"""Where a parcel may be given up."""

ours = Condition("sent by the shop", lambda parcel: parcel.direction != Direction.RETURN)

denied_before = Condition("denied before", lambda parcel: parcel.denied_at is not None)


def ours_to_call_back(parcel: Any, actor: Any) -> WhyNot | None:
    """LOG-5: the sender has a parcel brought back, once."""
    if parcel.recalled_at is not None:
        return WhyNot("LOG-5", _("The carrier was asked to bring it back already."))
    return None


PARCEL = Machine(
    name="parcel",
    labels={state.value: state.label for state in S},
    edges=(
        Edge("register", "", S.WAIT_PICKUP, SENDERS, "parcel.registered"),
        *(
            Edge(
                "scan",
                source,
                target,
                CLOCK,
                f"parcel.{target.value}",
                outcome=target.value,
                when=denied_before if target == S.DENIED else None,
            )
            for source in FOLLOWED
            for target in BY_SCAN
            if source != target
        ),
        Edge("deny", S.SIGNED, S.DENIED, DESK | {BUYER}, "parcel.denied", when=ours),
        *(Edge("confirm_lost", source, S.LOST, DESK, "parcel.lost") for source in MAY_BE_LOST),
        *(
            Edge("recall", state, state, DESK, "parcel.recalled", when=ours, guards=(ours_to_call_back,))
            for state in UNDER_WAY
        ),
        *(Edge("correct_carrier", state, state, CLOCK, "") for state in FOLLOWED),
        *(Edge("supersede", source, S.SUPERSEDED, SENDERS, "parcel.superseded") for source in FOLLOWED),
    ),
    terminal=frozenset({S.SUPERSEDED}),
    tracked=("status", "denied_at", "lost_at", "recalled_at", "superseded_at"),
    title=pgettext_lazy("machine", "Parcel"),
    internal=frozenset({"register", "scan", "correct_carrier", "supersede"}),
    only_for={"deny": ours, "recall": ours},
    actions={
        "register": pgettext_lazy("parcel", "Handed over"),
        "scan": pgettext_lazy("parcel", "Scanned"),
        "deny": _("The buyer denies having it"),
        "confirm_lost": _("Confirm that it is lost"),
        "recall": _("Have it brought back"),
        "correct_carrier": pgettext_lazy("parcel", "Carrier corrected"),
        "supersede": _("Number corrected"),
    },
    outcomes={f"scan_{state.value}": state.label for state in BY_SCAN},
)
