"""Tickets as callers get them: found for an actor, listed, and as documents of the REST interface (TKT)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from aftersales.core import clock, errors
from aftersales.core.auth import Actor
from aftersales.core.models import LogEntry
from aftersales.core.transitions import allowed_actions
from orders.selectors.representing import moment
from refunds.states import REFUND
from tickets.models import Task, Ticket
from tickets.models.tickets import LINKED
from tickets.states import ACTIVE, CATEGORIES, TICKET, WORKERS

MOST = 200
ORDER_OF_ACTIVE, ORDER_OF_ALL, ORDER_OF_CHANGES = ("due_at", "id"), ("-id",), ("updated_at", "id")


def require_worker(actor: Actor) -> None:
    """Raise Forbidden for roles that work on no tickets."""
    if actor.role not in WORKERS:
        raise errors.Forbidden()


def with_case(rows: QuerySet[Ticket]) -> QuerySet[Ticket]:
    """Bring along what a row shows, in the same statement."""
    return rows.select_related("order__buyer", "shop", "owner", "refund", "merged_into")


def ticket_get_for(actor: Actor, ticket_no: str) -> Ticket:
    """Return a ticket, to be given to a service; one statement. Raises: Forbidden, NotFound."""
    require_worker(actor)
    ticket: Ticket | None = with_case(actor.visible(Ticket.objects.filter(ticket_no=ticket_no))).first()
    if ticket is None:
        raise errors.NotFound()
    return ticket


def ticket_list_for(
    actor: Actor,
    *,
    category: Sequence[str] = (),
    status: Sequence[str] = (),
    waiting_for: Sequence[str] = (),
    kind: Sequence[str] = (),
    priority: Sequence[str] = (),
    owner: str = "",
    order_no: str = "",
    refund_no: str = "",
    shop: str = "",
    late: bool | None = None,
    due_before: datetime | None = None,
    updated_since: datetime | None = None,
) -> QuerySet[Ticket]:
    """Return tickets, unordered. Raises: Forbidden."""
    require_worker(actor)
    rows = with_case(actor.visible(Ticket.objects.all()))
    if category:
        status = [one for one in (status or CATEGORIES) if CATEGORIES[one] in category]
        rows = rows.filter(status__in=status)
    wanted: dict[str, Any] = {
        "status__in": list(status),
        "waiting_for__in": list(waiting_for),
        "kind__in": list(kind),
        "priority__in": list(priority),
        "order__order_no": order_no,
        "refund__refund_no": refund_no,
        "shop__code": shop,
        "updated_at__gte": updated_since,
    }
    rows = rows.filter(**{name: value for name, value in wanted.items() if value})
    if owner == "none":
        rows = rows.filter(owner=None)
    elif owner:
        rows = rows.filter(owner=actor.user_id) if owner == "me" else rows.filter(owner__username=owner)
    if late is not None:
        passed = rows.filter(is_late=True)
        rows = passed if late else rows.filter(is_late=False)
    if due_before is not None:
        rows = rows.filter(status__in=ACTIVE, due_at__lt=due_before)
    return rows


def step_words(ticket: Ticket) -> str:
    """Say the next step: of a request's ticket it is the request's status."""
    if ticket.refund_id is not None:
        return str(REFUND.labels.get(ticket.next_step, ticket.next_step))
    return ticket.next_step


def late_now(ticket: Ticket) -> bool:
    """Whether the next step should have been taken by now: marked so, or just passed."""
    return ticket.is_active and (ticket.is_late or (ticket.due_at is not None and ticket.due_at <= clock.now()))


def tickets_as_json(rows: Sequence[Ticket]) -> list[dict[str, Any]]:
    """Turn tickets with their case into plain data."""
    return [_as_json(ticket) for ticket in rows]


def ticket_document(actor: Actor, ticket_no: str) -> dict[str, Any]:
    """Return the document of one ticket: notes, links, promises, history, and what the actor may do.

    Five statements. Raises: Forbidden, NotFound.
    """
    ticket = ticket_get_for(actor, ticket_no)
    history = LogEntry.objects.filter(subject_type="ticket", subject_id=ticket.pk).order_by("version")[:MOST]
    links = ticket.links.select_related(*LINKED).order_by("id")[:MOST]
    return _as_json(ticket) | {
        "notes": [
            {
                "at": moment(note.created_at),
                "form": note.form,
                "text": note.text,
                "reached": note.reached,
                "by": note.author_name,
                "to": note.to_user.username if note.to_user is not None else None,
            }
            for note in ticket.notes.select_related("to_user").order_by("id")[:MOST]
        ],
        "links": [
            {
                "refund_no": link.refund.refund_no if link.refund is not None else None,
                "tracking_no": link.parcel.tracking_no if link.parcel is not None else None,
                "payout_no": link.payout.payout_no if link.payout is not None else None,
                "claim_no": link.claim.claim_no if link.claim is not None else None,
                "invoice_request_no": link.invoice.request_no if link.invoice is not None else None,
                "complaint_no": link.complaint.complaint_no if link.complaint is not None else None,
            }
            for link in links
        ],
        "tasks": [
            {
                "what": task.detail,
                "due_at": moment(task.due_at),
                "done_at": moment(task.done_at),
                "done_by": task.done_by or None,
            }
            for task in Task.objects.filter(ticket=ticket).order_by("due_at", "id")[:MOST]
        ],
        "history": [
            {
                "at": moment(row.at),
                "actor": row.actor_name,
                "actor_kind": row.actor_kind,
                "action": row.action,
                "from": row.from_status or None,
                "to": row.to_status,
                "note": row.note,
                "version": row.version,
            }
            for row in history
        ],
        "allowed_actions": allowed_actions(TICKET, ticket, actor),
    }


def ticket_told(ticket_id: int) -> dict[str, Any]:
    """Give what the shop's front-end is told of a ticket: nothing of how the shop works on it."""
    ticket = Ticket.objects.select_related("order", "refund", "shop").get(pk=ticket_id)
    return {
        "ticket_no": ticket.ticket_no,
        "kind": ticket.kind,
        "status": ticket.status,
        "order_no": ticket.order.order_no,
        "refund_no": ticket.refund.refund_no if ticket.refund is not None else None,
        "shop": ticket.shop.code,
        "title": ticket.title,
        "created_at": moment(ticket.created_at),
        "updated_at": moment(ticket.updated_at),
    }


def _as_json(ticket: Ticket) -> dict[str, Any]:
    return {
        "ticket_no": ticket.ticket_no,
        "version": ticket.version,
        "status": ticket.status,
        "status_label": str(TICKET.labels[ticket.status]),
        "category": str(ticket.category),
        "kind": ticket.kind,
        "kind_label": ticket.get_kind_display(),
        "priority": ticket.priority,
        "title": ticket.title,
        "owner": ticket.owner.username if ticket.owner is not None else None,
        "waiting_for": ticket.waiting_for or None,
        "next_step": step_words(ticket) or None,
        "due_at": moment(ticket.due_at),
        "is_late": late_now(ticket),
        "order_no": ticket.order.order_no,
        "refund_no": ticket.refund.refund_no if ticket.refund is not None else None,
        "shop": ticket.shop.code,
        "resolution": ticket.resolution or None,
        "merged_into": ticket.merged_into.ticket_no if ticket.merged_into is not None else None,
        "opened_by": ticket.opened_by,
        "created_at": moment(ticket.created_at),
        "updated_at": moment(ticket.updated_at),
        "finished_at": moment(ticket.finished_at),
    }
