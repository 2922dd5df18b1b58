"""The ticket's binding to `core.transitions`: how it is locked and what its steps set."""

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from aftersales.core import errors, policies
from aftersales.core.auth import Actor
from aftersales.core.steps import Step
from aftersales.core.transitions import Binding
from tickets.models import Ticket
from tickets.states import ACTIVE, TicketStatus
from tickets.states import TICKET as MACHINE

S = TicketStatus


def ticket_lock(ids: Sequence[int], skip_locked: bool) -> list[Ticket]:
    """Lock tickets by key. Where the owner of a request changes, the request's row is locked before (`desk`)."""
    rows = Ticket.objects.filter(pk__in=ids).order_by("pk").select_related("order", "shop", "refund", "owner")
    return list(rows.select_for_update(of=("self",), no_key=True, skip_locked=skip_locked))


def due_by_priority(priority: str, shop_id: int, at: datetime) -> datetime:
    """Say by when the next step of a ticket is due unless somebody says otherwise (TKT-1)."""
    return at + policies.duration(f"ticket.step_within.{priority}", shop_id=shop_id)


def _plan(
    ticket: Ticket, *, actor: Actor, at: datetime, next_step: str, due_at: datetime, priority: str = "", kind: str = ""
) -> None:
    ticket.next_step, ticket.due_at, ticket.is_late = next_step, due_at, False
    ticket.priority = priority or ticket.priority
    ticket.kind = kind or ticket.kind


def _wait(ticket: Ticket, *, actor: Actor, at: datetime, waiting_for: str, next_step: str, due_at: datetime) -> None:
    ticket.waiting_for = waiting_for
    ticket.next_step, ticket.due_at, ticket.is_late = next_step, due_at, False


def _take_up(ticket: Ticket, *, actor: Actor, at: datetime, next_step: str, due_at: datetime) -> None:
    _wait(ticket, actor=actor, at=at, waiting_for="", next_step=next_step, due_at=due_at)


def _come_back(ticket: Ticket, *, actor: Actor, at: datetime) -> None:
    """Let what was waited for in vain be followed up, within the time of its priority; the step stays."""
    ticket.waiting_for = ""
    ticket.due_at = due_by_priority(ticket.priority, ticket.shop_id, at)


def _assign(ticket: Ticket, *, actor: Actor, at: datetime, owner_id: int | None) -> None:
    ticket.owner_id = owner_id


def _mark_late(ticket: Ticket, *, actor: Actor, at: datetime) -> None:
    ticket.is_late = True


def _resolve(ticket: Ticket, *, actor: Actor, at: datetime, resolution: str) -> None:
    if promised := ticket.tasks.filter(done_at=None).first():
        text = _("Promised and not done yet: %(what)s") % {"what": promised.detail}
        raise errors.RuleViolation("TKT-4", text)
    ticket.resolution = resolution
    _rest(ticket)


def _reopen(ticket: Ticket, *, actor: Actor, at: datetime, next_step: str, due_at: datetime) -> None:
    ticket.resolution = ""
    ticket.next_step, ticket.due_at = next_step, due_at


def _merge(ticket: Ticket, *, actor: Actor, at: datetime, into: Ticket) -> str:
    ticket.merged_into = into
    _rest(ticket)
    return into.ticket_no


def _follow(
    ticket: Ticket,
    *,
    actor: Actor,
    at: datetime,
    waiting_for: str,
    next_step: str,
    due_at: datetime | None,
    kind: str,
    owner_id: int | None,
) -> None:
    ticket.waiting_for, ticket.next_step, ticket.due_at = waiting_for, next_step, due_at
    ticket.kind, ticket.owner_id = kind, owner_id


def _rest(ticket: Ticket) -> None:
    """Nothing is to be done any more: no step, no time, nobody who is waited for."""
    ticket.waiting_for = ticket.next_step = ""
    ticket.due_at, ticket.is_late = None, False


def _stamp(step: Step) -> None:
    """Keep when it ended, and say in the news who took the step: nobody is told what he did himself."""
    step.news["by"] = step.actor.user_id
    if step.subject.status in ACTIVE:
        step.subject.finished_at = None
    elif step.subject.finished_at is None:
        step.subject.finished_at = step.at


TICKET = Binding(
    machine=MACHINE,
    model=Ticket,
    number="ticket_no",
    lock=ticket_lock,
    prepare={
        "plan": _plan,
        "wait": _wait,
        "take_up": _take_up,
        "come_back": _come_back,
        "assign": _assign,
        "mark_late": _mark_late,
        "resolve": _resolve,
        "reopen": _reopen,
        "merge": _merge,
        "follow": _follow,
    },
    saved=(
        "kind",
        "priority",
        "owner",
        "waiting_for",
        "next_step",
        "due_at",
        "is_late",
        "resolution",
        "merged_into",
        "finished_at",
    ),
    stamp=_stamp,
)
