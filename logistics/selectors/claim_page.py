"""Everything that the page of one claim shows: the slip, what was done for the buyer, and what can be done (CLM)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import OuterRef, Subquery
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from aftersales.core.auth import Actor
from aftersales.core.models import LogEntry
from aftersales.core.transitions import allowed_actions
from logistics.models import Carrier, Claim, ClaimLine, Parcel
from logistics.states.claim import CLAIM, OPEN_CLAIMS, SUBMITTED_STATES, ClaimStatus
from orders.models import Order
from refunds.models import Evidence

from .claims import Serving, buyer_served, claim_get_for, claim_lines

S = ClaimStatus
_SAID = {
    "draft": gettext_lazy("drafted the claim"),
    "edit": gettext_lazy("changed the claim"),
    "stamp": gettext_lazy("stamped it"),
    "hand_over": gettext_lazy("handed the original to the warehouse"),
    "submit": gettext_lazy("submitted it to the carrier"),
    "accept": gettext_lazy("knows that the carrier will pay"),
    "reject": gettext_lazy("knows that the carrier will not pay"),
    "appeal": gettext_lazy("submitted it again"),
    "record_payment": gettext_lazy("recorded the carrier's payment"),
    "write_off": gettext_lazy("gave the claim up"),
    "withdraw": gettext_lazy("withdrew it"),
    "mark_late": gettext_lazy("found it late"),
}


@dataclass(frozen=True, slots=True)
class ClaimPage:
    """A claim with all that belongs to it, ready to be shown."""

    claim: Claim
    lines: list[ClaimLine]
    photos: list[Evidence]
    serving: Serving
    steps: list[dict[str, Any]]
    timeline: list[dict[str, Any]]
    actions: list[dict[str, Any]]
    is_open: bool


def claim_page(actor: Actor, claim_no: str) -> ClaimPage:
    """Collect the page of a claim, in at most seven statements. Raises: Forbidden, NotFound."""
    claim = claim_get_for(actor, claim_no)
    lines = claim_lines(claim)
    return ClaimPage(
        claim=claim,
        lines=lines,
        photos=list(claim.photos.order_by("id")),
        serving=buyer_served(claim, lines),
        steps=_steps(claim),
        timeline=_timeline(claim),
        actions=allowed_actions(CLAIM, claim, actor),
        is_open=claim.status in OPEN_CLAIMS,
    )


def parcels_of(order: Order) -> list[Parcel]:
    """Give the parcels of an order that can be claimed for, with their carriers' names; one query."""
    names = Carrier.objects.filter(code__iexact=OuterRef("carrier")).values("name")[:1]
    rows = (
        Parcel.objects.filter(order=order, direction="out", superseded_at=None)
        .exclude(carrier="")
        .exclude(tracking_no="")
    )
    rows = rows.annotate(carrier_name=Subquery(names))
    return list(rows.order_by("-id")[:50])


def _steps(claim: Claim) -> list[dict[str, Any]]:
    """Say how far it has come; one that was given up or taken back ends there."""
    status = claim.status
    ways: list[tuple[str, datetime | None, bool]] = [
        (pgettext("claim", "Draft"), claim.created_at, True),
        (pgettext("claim", "Stamp"), claim.stamped_at, claim.stamped_at is not None),
        (pgettext("claim", "Hand over"), claim.handed_over_at, claim.handed_over_at is not None),
        (pgettext("claim", "Submit to the carrier"), claim.submitted_at, status in SUBMITTED_STATES),
        (_("Answer"), None, status in (S.ACCEPTED, S.PAID)),
        (pgettext("claim", "Paid"), claim.paid_at, status == S.PAID),
    ]
    if status in (S.WRITTEN_OFF, S.WITHDRAWN):
        ways = [way for way in ways if way[1]] + [(str(CLAIM.labels[status]), claim.updated_at, True)]
    first = next((index for index, way in enumerate(ways) if not way[2]), len(ways))
    return [
        {"label": label, "at": at, "state": "done" if index < first else "now" if index == first else "todo"}
        for index, (label, at, _done) in enumerate(ways)
    ]


def _timeline(claim: Claim) -> list[dict[str, Any]]:
    rows = LogEntry.objects.filter(subject_type="claim", subject_id=claim.pk).order_by("-version")
    return [
        {
            "at": row.at,
            "who": _("The clock") if row.actor_name == "system: timeout" else row.actor_name,
            "text": str(_SAID.get(row.action, row.action)),
            "note": row.note,
            "kind": "person" if row.actor_kind == "staff" else "system",
        }
        for row in rows
    ]
