"""Opening a ticket: by hand in seconds, or by a program of the staff (TKT-1)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from aftersales.core import clock, errors, transitions
from aftersales.core.auth import Actor
from aftersales.core.bulk import allocate_numbered
from aftersales.core.models import User
from complaints.models import Complaint
from invoices.models import Invoice
from logistics.models import Claim, Parcel
from orders.models import Order
from refunds.models import Payout, Refund
from tickets.models import Ticket, TicketLink
from tickets.models.tickets import LINKED, STEP_LENGTH
from tickets.states import Priority, TicketStatus

from .machine import TICKET, due_by_priority


@dataclass(frozen=True, slots=True)
class About:
    """What a ticket is about beside its order."""

    refunds: Sequence[Refund] = ()
    parcels: Sequence[Parcel] = ()
    payouts: Sequence[Payout] = ()
    claims: Sequence[Claim] = ()
    invoices: Sequence[Invoice] = ()
    complaints: Sequence[Complaint] = ()

    def check(self, order: Order) -> None:
        """Raise NotFound for a thing of another order."""
        if any(thing.order_id != order.pk for _name, thing in self.things()):
            raise errors.NotFound()

    def things(self) -> Iterator[tuple[str, Any]]:
        """Give each with the name of its field."""
        for name in LINKED:
            for thing in getattr(self, f"{name}s"):
                yield name, thing


def numbered(order: Order, at: datetime) -> tuple[int, str]:
    """Take a key and a ticket number."""
    [(key, number)] = allocate_numbered(Ticket, 1, sequence="tickets_ticket_no")
    return key, f"TK{clock.shanghai_day(at):%Y%m%d}{number:06d}"


def ticket_open(
    *,
    order: Order,
    actor: Actor,
    kind: str,
    title: str,
    next_step: str,
    priority: str = Priority.NORMAL,
    due_at: datetime | None = None,
    owner: User | None = None,
    about: About = About(),
) -> Ticket:
    """Open a ticket about an order; its owner is whoever opens it unless another is named (TKT-1, TKT-2).

    Without `due_at` the next step is due within the priority's time. Emits: ticket.opened.
    Raises: NotFound, Forbidden, Invalid without a title, a next step or a time that is yet to come.
    """
    if not actor.sees(order.shop_id):
        raise errors.NotFound()
    if actor.role not in TICKET.machine.roles_of["open"] or actor.user_id is None:
        raise errors.Forbidden()
    about.check(order)
    at = clock.now()
    due_at = due_at or due_by_priority(priority, order.shop_id, at)
    wrong = [*required("title", title), *step_faults(next_step, due_at, at)]
    if wrong:
        raise errors.Invalid(errors=wrong)
    if owner is not None:
        owner_checked(owner, order.shop_id)
    with transaction.atomic(savepoint=False):
        key, number = numbered(order, at)
        ticket = Ticket(
            pk=key,
            ticket_no=number,
            shop_id=order.shop_id,
            order=order,
            status=TicketStatus.OPEN,
            kind=kind,
            priority=priority,
            title=title.strip()[:200],
            owner_id=owner.pk if owner is not None else actor.user_id,
            next_step=next_step.strip()[:STEP_LENGTH],
            due_at=due_at,
            opened_by=actor.name,
            created_at=at,
        )
        transitions.create(TICKET, ticket, actor=actor, action="open", note=ticket.title)
        links_add(ticket, about, actor)
        return ticket


def links_add(ticket: Ticket, about: About, actor: Actor) -> None:
    """Write down what a ticket is about; what is there already stays as it is."""
    at, by = clock.now(), actor.name
    rows = [TicketLink(ticket=ticket, created_at=at, created_by=by, **{name: thing}) for name, thing in about.things()]
    if rows:
        TicketLink.objects.bulk_create(rows, ignore_conflicts=True)


def owner_checked(owner: User, shop_id: int) -> None:
    """Raise Invalid for somebody who does not work here, or does not see the shop."""
    if (
        not owner.is_active
        or owner.role not in TICKET.machine.roles_of["plan"]
        or not Actor.for_user(owner).sees(shop_id)
    ):
        text = _("This colleague cannot work on the shop's tickets.")
        raise errors.Invalid(errors=[errors.FieldError("owner", "invalid_owner", text)])


def required(field: str, value: str) -> list[errors.FieldError]:
    """Give the fault of a text that is missing."""
    if value.strip():
        return []
    return [errors.FieldError(field, "required", _("Please fill this in."))]


def step_faults(next_step: str, due_at: datetime, at: datetime) -> list[errors.FieldError]:
    """Give what is wrong with a next step and its time (TKT-2)."""
    wrong = []
    if not next_step.strip():
        text = _("Say what comes next: no ticket rests without a next step.")
        wrong.append(errors.FieldError("next_step", "required", text))
    if due_at <= at:
        wrong.append(errors.FieldError("due_at", "in_the_past", _("This moment is over; the next step lies ahead.")))
    return wrong
