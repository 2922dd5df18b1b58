"""Proposals on the request page: what was put to the other side, what came of it, who answers (DEC-3, DIS-5)."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from aftersales.core import masking, money
from aftersales.core.auth import Actor
from refunds.models import Refund
from refunds.states import PROPOSAL, Kind, ProposalKind, ProposalStatus, Reason
from refunds.states.guards import DESK

Row = Mapping[str, Any]


def proposals(refund: Refund, rows: Sequence[Row], actor: Actor) -> list[dict[str, Any]]:
    """Give the proposals, newest first, with the answers that this actor may give to the open one."""
    return [_shown(refund, row, actor) for row in rows]


def proposal_words(row: Row) -> str:
    """Say what is proposed."""
    if row["kind"] == ProposalKind.AMOUNT:
        return _("%(amount)s for all of it") % {"amount": f"¥{money.yuan(row['amount_fen'])}"}
    if row["kind"] == ProposalKind.CORRECT:
        parts = [
            dict(Kind.choices).get(row["to_kind"]),
            dict(Reason.choices).get(row["to_reason"]),
            row["offered_sku"],
        ]
        return _("to change the request to: %(what)s") % {"what": " · ".join(str(part) for part in parts if part)}
    if row["kind"] == ProposalKind.EVIDENCE:
        return _("more evidence")
    return _("to withdraw the request")


def _shown(refund: Refund, row: Row, actor: Actor) -> dict[str, Any]:
    buyer = row["proposed_by"] == "buyer"
    is_open = row["status"] == ProposalStatus.OPEN
    answers = []
    if is_open and actor.role in DESK:
        names = ["accept", "decline"] if buyer else ["accept", "decline", "withdraw"]
        answers = [
            {
                "name": name,
                "label": _LABELS[name if buyer or name == "withdraw" else f"{name}_for_buyer"],
                "url": reverse("tickets:request_action", args=[refund.refund_no, f"{name}-proposal"]),
            }
            for name in names
        ]
    return {
        **row,
        "who": masking.mask_name(refund.order.buyer.nick) if buyer else row["author_name"],
        "words": proposal_words(row),
        "label": PROPOSAL.labels[row["status"]],
        "is_open": is_open,
        "answers": answers,
    }


class _Labels(dict[str, str]):
    """Labels in the language of the page."""

    def __missing__(self, name: str) -> str:
        return {
            "accept": _("Accept"),
            "decline": _("Decline"),
            "accept_for_buyer": _("The buyer accepts"),
            "decline_for_buyer": _("The buyer declines"),
            "withdraw": _("Take it back"),
        }[name]


_LABELS = _Labels()
