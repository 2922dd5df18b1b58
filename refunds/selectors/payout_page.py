"""Everything that the page of one payout shows: enough to judge it without looking anywhere else (PAY-5, PAY-8)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from aftersales.core import errors
from aftersales.core.auth import Actor
from aftersales.core.models import LogEntry
from aftersales.core.transitions import allowed_actions
from orders.models import Order, OrderLine
from refunds.models import Evidence, PayeeDisclosure, Payout, PayoutLine, Refund
from refunds.states import OPEN_PAYOUTS, PAYOUT, PayoutPurpose, PayoutStatus

from . import postage
from .insurance import insurance_warning
from .payout_rows import with_case
from .payouts import payout_warnings, payouts_of, require_reader

S = PayoutStatus
_SAID = {
    "open": gettext_lazy("opened the payout"),
    "edit": gettext_lazy("changed the payout"),
    "correct_payee": gettext_lazy("corrected the payee"),
    "submit": gettext_lazy("submitted it for approval"),
    "approve": gettext_lazy("approved it"),
    "reject": gettext_lazy("rejected it"),
    "withdraw": gettext_lazy("withdrew it"),
    "send": gettext_lazy("sent it to the provider"),
    "lose_track": gettext_lazy("got no answer; the provider is asked"),
    "confirm": gettext_lazy("knows that the money has moved"),
    "fail": gettext_lazy("knows that no money has moved"),
    "report_unmoved": gettext_lazy("reported, with a proof, that no money has moved"),
    "accept_unmoved": gettext_lazy("agreed that no money has moved"),
    "hold": gettext_lazy("asked about the number before, and did not send it"),
    "send_again": gettext_lazy("has it sent again, with a new number"),
    "mark_late": gettext_lazy("found it late"),
}
_SYSTEMS = {"system: payouts": gettext_lazy("The payments job"), "system: timeout": gettext_lazy("The clock")}
_ACTION_OF = {edge.name: edge.action for edge in PAYOUT.edges}


@dataclass(frozen=True, slots=True)
class PayoutPage:
    """A payout with all that belongs to it, ready to be shown."""

    payout: Payout
    lines: list[OrderLine]
    files: list[Evidence]
    warnings: list[dict[str, str]]
    table_fen: int | None
    proposal: postage.Proposal | None
    others: list[Payout]
    steps: list[dict[str, Any]]
    timeline: list[dict[str, Any]]
    actions: list[dict[str, Any]]
    is_open: bool


def payout_page(actor: Actor, payout_no: str) -> PayoutPage:
    """Collect the page of a payout, in at most eleven statements. Raises: Forbidden, NotFound."""
    require_reader(actor)
    payout: Payout | None = with_case(actor.visible(Payout.objects.filter(payout_no=payout_no))).first()
    if payout is None:
        raise errors.NotFound()
    order, refund = payout.order, payout.refund
    lines = [row.order_line for row in _lines(payout)]
    table_fen = proposal = None
    if payout.purpose == PayoutPurpose.RETURN_POSTAGE:
        table_fen = postage.table_fen(order, postage.weight_g(lines))
        if refund is not None:
            refund.order = order
            proposal = postage.postage_owed(refund)
    return PayoutPage(
        payout=payout,
        lines=lines,
        files=list(Evidence.objects.filter(payout=payout).order_by("id")),
        warnings=payout_warnings(payout),
        table_fen=table_fen,
        proposal=proposal,
        others=[other for other in payouts_of(order.pk) if other.pk != payout.pk],
        steps=_steps(payout),
        timeline=_timeline(payout),
        actions=allowed_actions(PAYOUT, payout, actor),
        is_open=payout.status in OPEN_PAYOUTS,
    )


def opening(order: Order, refund: Refund | None) -> dict[str, Any]:
    """Give what whoever opens a payout has to know: what the table says, who owes it, what is paid already.

    At most six statements. PAY-3, FRI-3, domain.md §9.
    """
    rows = refund.lines.filter(quantity__gt=0).select_related("order_line") if refund is not None else None
    lines = [row.order_line for row in rows] if rows is not None else list(OrderLine.objects.filter(order=order))
    if refund is not None:
        refund.order = order
    return {
        "table_fen": postage.table_fen(order, postage.weight_g(lines)),
        "proposal": postage.postage_owed(refund) if refund is not None else None,
        "warnings": [{"rule": "FRI-3", "detail": warning}] if (warning := insurance_warning(order, refund)) else [],
        "others": [other for other in payouts_of(order.pk) if other.status != S.REJECTED],
    }


def disclosures(payout: Payout) -> list[PayeeDisclosure]:
    """Give who read the account and name in full; one query."""
    return list(PayeeDisclosure.objects.filter(payout=payout).order_by("-id")[:50])


def _lines(payout: Payout) -> Sequence[PayoutLine]:
    return list(payout.lines.select_related("order_line").order_by("order_line_id"))


def _steps(payout: Payout) -> list[dict[str, Any]]:
    """Say how far it has come; a rejected one ends where it was rejected."""
    status = payout.status
    ways: list[tuple[str, datetime | None, bool]] = [
        (pgettext("payout", "Opened"), payout.created_at, True),
        (_("Submitted"), None, status not in (S.DRAFT, S.REJECTED)),
        (_("Approval"), payout.approved_at, payout.approved_at is not None),
        (_("On its way"), payout.sent_at, status in (S.SENDING, S.UNKNOWN, S.FAILED, S.PAID)),
        (pgettext("payout", "Paid"), payout.paid_at, status == S.PAID),
    ]
    if status == S.REJECTED:
        ways = [ways[0], (str(PAYOUT.labels[S.REJECTED]), payout.updated_at, True)]
    first = next((index for index, way in enumerate(ways) if not way[2]), len(ways))
    return [
        {"label": label, "at": at, "state": "done" if index < first else "now" if index == first else "todo"}
        for index, (label, at, _done) in enumerate(ways)
    ]


def _timeline(payout: Payout) -> list[dict[str, Any]]:
    rows = LogEntry.objects.filter(subject_type="payout", subject_id=payout.pk).order_by("-version")
    entries = [_entry(row) for row in rows] + [_look(row) for row in disclosures(payout)]
    return sorted(entries, key=lambda entry: entry["at"], reverse=True)


def _entry(row: LogEntry) -> dict[str, Any]:
    action = _ACTION_OF.get(row.action, row.action)
    return {
        "at": row.at,
        "who": str(_SYSTEMS.get(row.actor_name, row.actor_name)),
        "text": str(_SAID.get(action, PAYOUT.actions.get(action, action))),
        "note": row.note,
        "kind": "person" if row.actor_kind == "staff" else "system",
    }


def _look(row: PayeeDisclosure) -> dict[str, Any]:
    text = _("read account and name in full")
    return {"at": row.created_at, "who": row.user_name, "text": text, "note": row.reason, "kind": "system"}


def shots(files: Sequence[Evidence]) -> list[dict[str, Any]]:
    """Give the receipts as the gallery shows them."""
    return [
        {
            "form": "picture" if file.is_picture else "video" if file.content_type == "video/mp4" else "paper",
            "url": reverse("evidence-file", args=[file.evidence_id]),
            "small_url": reverse("evidence-thumbnail", args=[file.evidence_id]) if file.is_picture else "",
            "from": file.actor_name,
            "at": file.attached_at or file.created_at,
            "name": file.original_name or file.evidence_id,
            "purpose": file.get_purpose_display(),
        }
        for file in files
    ]
