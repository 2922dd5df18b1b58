"""Running a macro: all of it, or nothing of it (TKT-3)."""

from django.db import transaction
from django.utils.translation import gettext as _

from aftersales.core import errors
from aftersales.core.auth import Actor
from orders import services as orders
from refunds import services as refunds
from tickets.models import CannedReply
from tickets.selectors import macros
from tickets.selectors.replies import Case

from .replies import reply_send, uses_count
from .ticketing import ticket_note, ticket_promise, ticket_reply, ticket_wait


def macro_run(*, macro: CannedReply, case: Case, actor: Actor, version: int | None = None) -> None:
    """Take every step of a macro on a request or a ticket in one transaction, and leave a note that names the macro.

    `version` is that of the request or ticket which was looked at, for the steps that move it.
    Locks: order and request, then the ticket. Emits: what its steps emit.
    Raises: Conflict that names what cannot be done here, before anything is done; what its steps raise, with all of
    them undone.
    """
    if not actor.sees(case.shop_id) or not macro.is_active:
        raise errors.NotFound()
    steps = macros.macro_steps(macro, case, actor)
    if stops := [f"{step.label}: {step.stop}" for step in steps if step.stop]:
        said = _("Nothing was done. What is not possible here: %(what)s") % {"what": "; ".join(stops)}
        raise errors.Conflict(said, code="macro_not_possible")
    with transaction.atomic():
        for step in steps:
            _take(step, macro, case, actor, version)
        done = ", ".join(step.label for step in steps)
        _note(case, actor, _("Macro “%(name)s”: %(done)s") % {"name": macro.title, "done": done})
        uses_count(actor=actor, keys=[macro.key])


def _take(step: macros.MacroStep, macro: CannedReply, case: Case, actor: Actor, version: int | None) -> None:
    values, refund, ticket = step.values, case.refund, case.ticket
    text = values["text"]
    if step.kind == "agree" and refund is not None:
        refunds.refund_agree(refund=refund, actor=actor, note=macro.title, version=version)
    elif step.kind == "flag":
        orders.note_add(order=case.order, actor=actor, text=macro.title, flag=values["flag"])
    elif step.kind == "note":
        _note(case, actor, text)
    elif step.kind == "wait" and ticket is not None:
        due_at = macros.due_after(values["hours"])
        ticket_wait(
            ticket=ticket,
            actor=actor,
            waiting_for=values["waiting_for"],
            next_step=text,
            due_at=due_at,
            version=version,
        )
    elif step.kind == "promise" and ticket is not None:
        ticket_promise(ticket=ticket, actor=actor, what=text, due_at=macros.due_after(values["hours"]))
    elif step.kind == "reply" and ticket is not None and case.on_ticket:
        ticket_reply(ticket=ticket, actor=actor, text=text)
    elif step.kind == "reply" and refund is not None:
        reply_send(refund=refund, actor=actor, text=text)


def _note(case: Case, actor: Actor, text: str) -> None:
    """Write it where it is read: on the ticket, else on the order, whose notes the request's page shows."""
    if case.ticket is not None and case.on_ticket:
        ticket_note(ticket=case.ticket, actor=actor, text=text)
    else:
        orders.note_add(order=case.order, actor=actor, text=text)
