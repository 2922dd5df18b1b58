"""A dispute on the request page: whose time runs, what the accusation calls for, how such cases were decided (DIS)."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.urls import reverse

from aftersales.core import clock
from aftersales.core.auth import Actor
from refunds.models import Refund
from refunds.states import UNDECIDED, DisputeStatus, kit_of
from refunds.states.guards import DESK

Row = Mapping[str, Any]
DECIDED = (DisputeStatus.DECIDED_BUYER, DisputeStatus.DECIDED_PARTIAL, DisputeStatus.DECIDED_SELLER)


def disputes(refund: Refund, rows: Mapping[str, Any], actor: Actor) -> list[dict[str, Any]]:
    """Give the request's disputes, the last one first; the undecided one with its kit and what can be added."""
    return [_shown(refund, row, rows, actor) for row in rows["disputes"]]


def kit(reason: str, evidence: Sequence[Row]) -> list[dict[str, Any]]:
    """Give the pieces that the accusation calls for, each with whether a file of the shop shows it (DIS-3)."""
    there = {row["shows"] for row in evidence if row["side"] != "buyer"}
    return [{"label": piece.label, "there": piece in there} for piece in kit_of(reason)]


def _shown(refund: Refund, row: Row, rows: Mapping[str, Any], actor: Actor) -> dict[str, Any]:
    undecided = row["status"] in UNDECIDED
    until = row["seller_until_at"]
    runs = row["status"] == DisputeStatus.REQUESTED and until is not None and until > clock.now()
    shown = {**row, "label": DisputeStatus(row["status"]).label, "undecided": undecided, "runs": runs}
    if undecided:
        many = {one["status"]: one["many"] for one in rows["similar"]}
        shown["kit"] = kit(refund.reason, rows["evidence"])
        shown["similar"] = [{"label": state.label, "many": many[state]} for state in DECIDED if state in many]
        if runs and actor.role in DESK:
            shown["add_url"] = reverse("tickets:request_action", args=[refund.refund_no, "dispute-evidence"])
    return shown
