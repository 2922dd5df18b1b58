"""What is said about a ticket, promised on it and linked to it; nothing of it moves the ticket (TKT-1, TKT-4)."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from aftersales.core import clock, errors, events
from aftersales.core.auth import Actor
from aftersales.core.models import Role, User
from refunds import services as refunds
from tickets.models import Task, TaskKind, Ticket, TicketNote
from tickets.services.replies import reply_composed, uses_count

from .machine import TICKET
from .opening import About, links_add, required

Form = TicketNote.Form
BY_HAND = (Form.NOTE, Form.PHONE, Form.CHAT)


def ticket_note(*, ticket: Ticket, actor: Actor, text: str, form: str = Form.NOTE, reached: bool = True) -> TicketNote:
    """Write a note, or that the buyer was called or chatted with and whether he answered; closed ones take notes too.

    Raises: NotFound, Forbidden, Invalid without words.
    """
    _may(ticket, actor)
    if form not in BY_HAND:
        text_ = _("Choose a note, a phone call or a chat.")
        raise errors.Invalid(errors=[errors.FieldError("form", "invalid_choice", text_)])
    return note_add(ticket=ticket, actor=actor, form=form, text=text, reached=reached)


def ticket_reply(*, ticket: Ticket, actor: Actor, text: str, used: Iterable[str] = ()) -> TicketNote:
    """Answer the buyer. Where a request leads, it is the request's message; else the shop's front-end passes it on.

    It ends with a closing line; the ready words in it are counted (TKT-3).

    Emits: refund.message, or ticket.replied, which webhooks carry. Raises: NotFound, Forbidden, Invalid without words
    or while a variable is open.
    """
    _may(ticket, actor)
    if wrong := required("text", text):
        raise errors.Invalid(errors=wrong)
    text = reply_composed(shop_id=ticket.shop_id, actor=actor, text=text)
    with transaction.atomic(savepoint=False):
        uses_count(actor=actor, keys=used)
        if ticket.refund is not None:
            refunds.message_write(refund=ticket.refund, actor=actor, text=text)
        else:
            news = {"text": text, "by": actor.name}
            events.emit(events.News("ticket.replied", "ticket", ticket.pk, ticket.shop_id, news))
        return note_add(ticket=ticket, actor=actor, form=Form.REPLY, text=text)


def ticket_promise(*, ticket: Ticket, actor: Actor, what: str, due_at: datetime) -> Task:
    """Keep a promise to the buyer as a task with a time, for the desk; not kept in time it turns red (TKT-4).

    Raises: NotFound, Forbidden, Invalid, Conflict when nothing is to be done on the ticket any more.
    """
    _may(ticket, actor)
    at = clock.now()
    wrong = required("what", what)
    if due_at <= at:
        wrong.append(errors.FieldError("due_at", "in_the_past", _("This moment is over; a promise lies ahead.")))
    if wrong:
        raise errors.Invalid(errors=wrong)
    if not ticket.is_active:
        raise errors.Conflict(_("This ticket is solved: reopen it first."))
    return Task.objects.create(
        shop_id=ticket.shop_id,
        order_id=ticket.order_id,
        refund_id=ticket.refund_id,
        ticket=ticket,
        kind=TaskKind.PROMISE,
        role=Role.AGENT,
        detail=what.strip()[:200],
        created_at=at,
        due_at=due_at,
    )


def ticket_link(*, ticket: Ticket, actor: Actor, about: About) -> None:
    """Write down what else the ticket is about, of the same order. Raises: NotFound, Forbidden."""
    _may(ticket, actor)
    about.check(ticket.order)
    links_add(ticket, about, actor)


def note_add(
    *, ticket: Ticket, actor: Actor, form: str, text: str, reached: bool = True, to_user: User | None = None
) -> TicketNote:
    """Add a row to what was said. Raises: Invalid without words."""
    if wrong := required("text", text):
        raise errors.Invalid(errors=wrong)
    return TicketNote.objects.create(
        ticket=ticket,
        form=form,
        text=text.strip(),
        reached=reached,
        author_id=actor.user_id,
        author_name=actor.name,
        to_user=to_user,
        created_at=clock.now(),
    )


def _may(ticket: Ticket, actor: Actor) -> None:
    if not actor.sees(ticket.shop_id):
        raise errors.NotFound()
    if actor.role not in TICKET.machine.roles_of["plan"]:
        raise errors.Forbidden()
