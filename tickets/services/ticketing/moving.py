"""What people do with a ticket: plan, hand on, solve, reopen, close (TKT-1, TKT-2)."""

from datetime import datetime
from typing import Any

from django.db import transaction

from aftersales.core import clock, errors, transitions
from aftersales.core.auth import Actor
from tickets.models import Ticket
from tickets.models.tickets import STEP_LENGTH

from .machine import TICKET, due_by_priority
from .opening import required, step_faults


def ticket_plan(
    *,
    ticket: Ticket,
    actor: Actor,
    next_step: str,
    due_at: datetime,
    priority: str = "",
    kind: str = "",
    note: str = "",
    version: int | None = None,
) -> Ticket:
    """Set another next step and its time, perhaps another priority or kind. Emits: ticket.planned.

    Raises: NotFound, Forbidden, StaleVersion, Invalid (TKT-2), TransitionNotAllowed for one that its request leads.
    """
    step = _step(next_step, due_at)
    return _moved(ticket, "plan", actor, version, note, priority=priority, kind=kind, **step)


def ticket_wait(
    *,
    ticket: Ticket,
    actor: Actor,
    waiting_for: str,
    next_step: str,
    due_at: datetime,
    note: str = "",
    version: int | None = None,
) -> Ticket:
    """Hand a ticket on to whoever is waited for, with what they shall do and by when. Emits: ticket.waiting.

    From outside nobody is made to act: when buyer, carrier or platform let the time pass, the ticket comes back.
    Raises: as `ticket_plan`.
    """
    step = _step(next_step, due_at)
    return _moved(ticket, "wait", actor, version, note, waiting_for=waiting_for, **step)


def ticket_take_up(
    *,
    ticket: Ticket,
    actor: Actor,
    next_step: str = "",
    due_at: datetime | None = None,
    note: str = "",
    version: int | None = None,
) -> Ticket:
    """Take up again what waited, since the answer is there. Emits: ticket.taken_up. Raises: as `ticket_plan`.

    Without another step the one that was planned stays, due within the priority's time.
    """
    due_at = due_at or due_by_priority(ticket.priority, ticket.shop_id, clock.now())
    return _moved(ticket, "take_up", actor, version, note, **_step(next_step or ticket.next_step, due_at))


def ticket_resolve(*, ticket: Ticket, actor: Actor, resolution: str, version: int | None = None) -> Ticket:
    """Write down how it was solved; after the policy's time it closes by itself. Emits: ticket.resolved.

    Promises that are open keep it from being solved (TKT-4).
    Raises: NotFound, Forbidden, StaleVersion, Invalid without words, RuleViolation TKT-4, TransitionNotAllowed.
    """
    if wrong := required("resolution", resolution):
        raise errors.Invalid(errors=wrong)
    return _moved(ticket, "resolve", actor, version, resolution, resolution=resolution.strip())


def ticket_reopen(
    *,
    ticket: Ticket,
    actor: Actor,
    next_step: str,
    due_at: datetime | None = None,
    note: str = "",
    version: int | None = None,
) -> Ticket:
    """Take up again what was solved and is not. Emits: ticket.reopened. Raises: as `ticket_plan`."""
    due_at = due_at or due_by_priority(ticket.priority, ticket.shop_id, clock.now())
    return _moved(ticket, "reopen", actor, version, note, **_step(next_step, due_at))


def ticket_close(
    *, ticket: Ticket, actor: Actor, resolution: str = "", note: str = "", version: int | None = None
) -> Ticket:
    """Close a ticket for good; with `resolution` one that is not solved yet is solved first. Emits: ticket.closed.

    Raises: as `ticket_resolve`.
    """
    with transaction.atomic(savepoint=False):
        if resolution.strip():
            ticket = ticket_resolve(ticket=ticket, actor=actor, resolution=resolution, version=version)
            version = None
        return _moved(ticket, "close", actor, version, note)


def _step(next_step: str, due_at: datetime) -> dict[str, Any]:
    if wrong := step_faults(next_step, due_at, clock.now()):
        raise errors.Invalid(errors=wrong)
    return {"next_step": next_step.strip()[:STEP_LENGTH], "due_at": due_at}


def _moved(ticket: Ticket, action: str, actor: Actor, version: int | None, note: str, **details: Any) -> Ticket:
    with transaction.atomic(savepoint=False):
        moved: Ticket = transitions.apply(
            TICKET, ticket.pk, action, actor=actor, version=version, note=note.strip(), **details
        )
        return moved
