"""What waits for one person's yes, of every kind on one page (PAY-3, PAY-5, PAY-7, CMP-1, CLM-2, TKT-2).

Only what this person may decide himself: never what he asked for (four eyes), and what is beyond the limit is a
supervisor's alone.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from aftersales.core.auth import Actor
from aftersales.core.models import Role
from complaints.models import Complaint
from complaints.selectors import complaint_rows
from logistics.models import Claim
from logistics.states.claim import ClaimStatus
from refunds.models import Payout
from refunds.selectors.payout_rows import payouts_waiting
from tickets.models import Ticket
from tickets.states import TicketStatus, WaitingFor

MOST = 50
"""Shown of each kind; the kind's own list has the rest."""
COUNT_CAP = 1000
FINANCE, SUPERVISOR = Role.FINANCE.value, Role.SUPERVISOR.value
DECIDERS = frozenset({FINANCE, SUPERVISOR})
Row = dict[str, Any]


def payouts(actor: Actor) -> QuerySet[Payout]:
    """Give the payouts that this person may approve: not his own, and within the limit unless he is a supervisor."""
    rows = payouts_waiting(actor).exclude(opened_by=actor.user_id).exclude(edited_by=actor.user_id)
    return rows if actor.role == SUPERVISOR else rows.filter(needs_supervisor=False)


def complaints(actor: Actor) -> QuerySet[Complaint]:
    """Give the complaints that somebody else takes for malicious."""
    return complaint_rows(actor, "judge").exclude(malice_asked_by=actor.user_id)


def claims(actor: Actor) -> QuerySet[Claim]:
    """Give the claims that the carrier rejected, to be written off or submitted again with proof."""
    rows: QuerySet[Claim] = actor.visible(Claim.objects.filter(status=ClaimStatus.REJECTED))
    return rows


def tickets(actor: Actor) -> QuerySet[Ticket]:
    """Give the tickets that were handed to the supervisor for a word."""
    waits = {"status": TicketStatus.WAITING, "waiting_for": WaitingFor.SUPERVISOR}
    rows: QuerySet[Ticket] = actor.visible(Ticket.objects.filter(**waits))
    return rows


def _of_payout(payout: Payout) -> Row:
    why = [str(payout.get_purpose_display())]
    if payout.needs_supervisor:
        why.append(_("beyond the limit"))
    if payout.second_reason:
        why.append(_("second payout: %(why)s") % {"why": payout.second_reason})
    return _row(
        payout.payout_no,
        reverse("refunds:payout", args=[payout.payout_no]),
        why,
        amount_fen=payout.amount_fen,
        who=str(payout.opened_by),
        since=payout.created_at,
        yes=reverse("refunds:payout_approve", args=[payout.payout_no]),
        no=reverse("refunds:payout_reject", args=[payout.payout_no]),
    )


def _of_complaint(complaint: Complaint) -> Row:
    number = [complaint.complaint_no]
    return _row(
        complaint.complaint_no,
        reverse("complaints:complaint", args=number),
        [complaint.malice_reasons],
        who=str(complaint.malice_asked_by or ""),
        since=complaint.created_at,
        yes=reverse("complaints:confirm", args=number),
        no=reverse("complaints:refuse", args=number),
    )


def _of_claim(claim: Claim) -> Row:
    return _row(
        claim.claim_no,
        reverse("logistics:claim", args=[claim.claim_no]),
        [str(claim.get_cause_display()), claim.rejection],
        amount_fen=claim.amount_fen,
        who=str(claim.drafted_by),
        since=claim.created_at,
        yes=reverse("logistics:claim_write_off", args=[claim.claim_no]),
    )


def _of_ticket(ticket: Ticket) -> Row:
    address, why = reverse("tickets:ticket", args=[ticket.ticket_no]), [ticket.title, ticket.next_step]
    return _row(ticket.ticket_no, address, why, who=str(ticket.owner or ""), since=None, due_at=ticket.due_at)


def _row(number: str, url: str, why: Sequence[str], **more: Any) -> Row:
    plain: Row = {"amount_fen": None, "yes": "", "no": "", "due_at": None}
    return plain | {"number": number, "url": url, "why": " · ".join(part for part in why if part)} | more


@dataclass(frozen=True, slots=True)
class _Kind:
    """One kind of thing that waits for a yes: whose it is, which rows, and how a row is told."""

    key: str
    label: str | Promise
    yes: str | Promise
    roles: frozenset[str]
    rows: Callable[[Actor], QuerySet[Any]]
    told: Callable[[Any], Row]
    with_it: tuple[str, ...]
    list_url: str


KINDS = (
    _Kind(
        "payouts",
        gettext_lazy("Payouts to approve"),
        gettext_lazy("Approve"),
        DECIDERS,
        payouts,
        _of_payout,
        ("opened_by",),
        "refunds:payouts",
    ),
    _Kind(
        "complaints",
        gettext_lazy("Complaints that somebody takes for malicious"),
        pgettext_lazy("complaint", "Approve: malicious"),
        frozenset({SUPERVISOR}),
        complaints,
        _of_complaint,
        ("malice_asked_by",),
        "complaints:complaints",
    ),
    _Kind(
        "claims",
        gettext_lazy("Claims that the carrier rejected"),
        pgettext_lazy("claim", "Write off"),
        DECIDERS,
        claims,
        _of_claim,
        ("drafted_by",),
        "logistics:claims",
    ),
    _Kind(
        "tickets",
        gettext_lazy("Tickets that wait for the supervisor"),
        "",
        frozenset({SUPERVISOR}),
        tickets,
        _of_ticket,
        ("owner",),
        "tickets:tickets",
    ),
)


def inbox(actor: Actor) -> list[dict[str, Any]]:
    """Give the kinds that wait for this person, each with its oldest rows; one statement for each kind."""
    shown = []
    for kind in KINDS:
        if actor.role not in kind.roles:
            continue
        found = list(kind.rows(actor).select_related(*kind.with_it).order_by("id")[: MOST + 1])
        if found:
            rows = [kind.told(row) for row in found[:MOST]]
            shown.append({"kind": kind, "rows": rows, "more": len(found) > MOST})
    return shown


def waiting_count(actor: Actor) -> int:
    """Count what waits for this person's yes, each kind up to the cap; one statement for all."""
    keys = [
        kind.rows(actor).select_related(None).order_by().values("pk")[:COUNT_CAP]
        for kind in KINDS
        if actor.role in kind.roles
    ]
    return keys[0].union(*keys[1:], all=True).count() if keys else 0
