"""Who owns a ticket or a request, and what is handed over at the end of a shift (TKT-1, TKT-2)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from aftersales.core import errors, transitions
from aftersales.core.auth import Actor
from aftersales.core.machine import SUPERVISOR, SYSTEM
from aftersales.core.models import User
from refunds.models import Refund
from tickets.models import Ticket, TicketNote
from tickets.states import ACTIVE, DESK

from .machine import TICKET
from .noting import note_add
from .opening import owner_checked


def refund_assign(*, refund: Refund, actor: Actor, assignee: User | None, note: str = "") -> Refund:
    """Give a request to a colleague of the desk. Who owns it is no state.

    Supervisors give any to anybody; agents take what is free, and leave or give what is theirs; the system gives what
    is free. Its ticket follows in the same transaction, `note` in its log. Locks: request, then ticket.

    Raises: NotFound, Forbidden, Invalid for somebody who is not of the shop's desk, Conflict when a colleague has it.
    """
    if not actor.sees(refund.shop_id):
        raise errors.NotFound()
    if actor.role not in (*DESK, SYSTEM):
        raise errors.Forbidden()
    if assignee is not None and assignee.pk != actor.user_id:
        _desk_checked(assignee, refund.shop_id)
    with transaction.atomic():
        rows = Refund.objects.filter(pk=refund.pk)
        takes = actor.role == SYSTEM or (assignee is not None and assignee.pk == actor.user_id)
        if actor.role != SUPERVISOR:
            rows = rows.filter(assignee=None) if takes else rows.filter(assignee=actor.user_id)
        if not rows.update(assignee=assignee):
            if takes:
                raise errors.Conflict(_("A colleague has this request already."))
            raise errors.Conflict(_("This request is not yours to give or leave: take it on first."))
        followed = Ticket.objects.filter(refund=refund.pk, status__in=ACTIVE).values_list("pk", flat=True).first()
        if followed is not None:
            owner_id = assignee.pk if assignee is not None else None
            transitions.apply(TICKET, followed, "assign", actor=actor, owner_id=owner_id, note=note)
    owned: Refund = Refund.objects.get(pk=refund.pk)
    return owned


def _desk_checked(assignee: User, shop_id: int) -> None:
    """Raise Invalid for somebody who may not decide the shop's requests."""
    if not assignee.is_active or assignee.role not in DESK or not Actor.for_user(assignee).sees(shop_id):
        text = _("Requests belong to agents and supervisors who see their shop.")
        raise errors.Invalid(errors=[errors.FieldError("owner", "invalid_owner", text)])


def ticket_assign(
    *, ticket: Ticket, actor: Actor, owner: User | None, note: str = "", version: int | None = None
) -> Ticket:
    """Give a ticket to one owner, with a note for him where it is a hand-over. Emits: ticket.assigned.

    That of a request is given by giving the request: to agents and supervisors alone, and nobody is possible.
    Locks: request, then ticket. Raises: NotFound, Forbidden, StaleVersion, Invalid, TransitionNotAllowed.
    """
    if not actor.sees(ticket.shop_id):
        raise errors.NotFound()
    if owner is not None:
        owner_checked(owner, ticket.shop_id)
    with transaction.atomic(savepoint=False):
        if ticket.refund is not None:
            if version is not None and version != ticket.version:
                label = str(TICKET.machine.labels[ticket.status])
                raise errors.StaleVersion(version=ticket.version, status_now=ticket.status, status_label=label)
            refund_assign(refund=ticket.refund, actor=actor, assignee=owner)
            moved: Ticket = Ticket.objects.select_related("refund", "order", "shop", "owner").get(pk=ticket.pk)
        elif owner is None:
            text = _("A ticket has one owner: choose a colleague.")
            raise errors.Invalid(errors=[errors.FieldError("owner", "required", text)])
        else:
            moved = transitions.apply(
                TICKET, ticket.pk, "assign", actor=actor, version=version, note=note.strip(), owner_id=owner.pk
            )
        if owner is not None and note.strip():
            note_add(ticket=moved, actor=actor, form=TicketNote.Form.HAND_OVER, text=note, to_user=owner)
        return moved


@dataclass(frozen=True, slots=True)
class HandedOver:
    """What became of one ticket of a hand-over: it went, or why it did not."""

    ticket_no: str
    problem: errors.Problem | None = None


def tickets_hand_over(
    *,
    tickets: Sequence[tuple[Ticket, int | None]],
    actor: Actor,
    owner: User,
    notes: Mapping[str, str],
    note: str = "",
) -> list[HandedOver]:
    """Hand the tickets of a shift over to a colleague, each with its own note or the common one (TKT-2).

    Each with the version that was looked at (None: whatever it is), and with an outcome of its own: one that is refused
    does not stop the others, and none goes without a note. Locks: as `ticket_assign`, by key.
    """
    outcomes = []
    with transaction.atomic(savepoint=False):
        for ticket, version in sorted(tickets, key=lambda pair: pair[0].pk):
            said = notes.get(ticket.ticket_no, "").strip() or note.strip()
            try:
                if not said:
                    raise errors.RuleViolation("TKT-2", _("Say what the next one has to know."))
                with transaction.atomic():
                    ticket_assign(ticket=ticket, actor=actor, owner=owner, note=said, version=version)
            except errors.Problem as problem:
                outcomes.append(HandedOver(ticket.ticket_no, problem))
            else:
                outcomes.append(HandedOver(ticket.ticket_no))
    return outcomes
