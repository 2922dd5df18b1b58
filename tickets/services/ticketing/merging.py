"""Two tickets about the same thing become one; what was said on either stays to be read (TKT-1)."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from aftersales.core import errors, transitions
from aftersales.core.auth import Actor
from tickets.models import Task, Ticket, TicketLink
from tickets.models.tickets import LINKED

from .machine import TICKET, ticket_lock


def ticket_merge(*, ticket: Ticket, into: Ticket, actor: Actor, version: int | None = None) -> Ticket:
    """Close a double and let the other one of the same order go on, with its links and promises; return the other.

    Locks: both, by key. Emits: ticket.merged, ticket.took_in.
    Raises: NotFound, Forbidden, StaleVersion, RuleViolation TKT-1 for another order's, TransitionNotAllowed.
    """
    if not actor.sees(into.shop_id) or not actor.sees(ticket.shop_id):
        raise errors.NotFound()
    if ticket.pk == into.pk or ticket.order_id != into.order_id:
        raise errors.RuleViolation("TKT-1", _("Only doubles of one buyer and order become one."))
    with transaction.atomic(savepoint=False):
        ticket_lock(sorted([ticket.pk, into.pk]), False)
        kept: Ticket = transitions.apply(TICKET, into.pk, "take_in", actor=actor, note=ticket.ticket_no)
        transitions.apply(TICKET, ticket.pk, "merge", actor=actor, version=version, into=kept)
        Task.objects.filter(ticket=ticket.pk, done_at=None).update(ticket=kept)
        moved = [
            TicketLink(
                ticket=kept,
                **{f"{name}_id": getattr(link, f"{name}_id") for name in LINKED},
                created_at=link.created_at,
                created_by=link.created_by,
            )
            for link in ticket.links.all()
        ]
        TicketLink.objects.bulk_create(moved, ignore_conflicts=True)
        return kept
