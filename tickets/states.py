"""The state machine of a ticket: whatever a buyer brings, with one owner, a next step and a time (TKT-1, TKT-2).

A ticket that belongs to a request is led by it: the request's steps, deadlines and owner are the only ones, and the
ticket follows. Every other ticket is moved by the people of the shop.
"""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from aftersales.core.machine import (
    AGENT,
    FINANCE,
    SUPERVISOR,
    SYSTEM,
    WAREHOUSE,
    Condition,
    DeadlineRule,
    Edge,
    Machine,
    WhyNot,
)


class TicketStatus(models.TextChoices):
    """Where a ticket stands."""

    OPEN = "open", pgettext_lazy("ticket", "To do")
    WAITING = "waiting", pgettext_lazy("ticket", "Waiting")
    REOPENED = "reopened", pgettext_lazy("ticket", "Reopened")
    RESOLVED = "resolved", pgettext_lazy("ticket", "Solved")
    CLOSED = "closed", pgettext_lazy("ticket", "Closed")


class TicketCategory(models.TextChoices):
    """What a status means for a list: somebody here must act, somebody is waited for, or it is over."""

    TO_DO = "todo", pgettext_lazy("ticket", "To do")
    WAITING = "waiting", pgettext_lazy("ticket", "Waiting")
    DONE = "done", pgettext_lazy("ticket", "Solved")


class WaitingFor(models.TextChoices):
    """Who is waited for."""

    BUYER = "buyer", _("Buyer")
    WAREHOUSE = "warehouse", _("Warehouse")
    CARRIER = "carrier", _("Carrier")
    FINANCE = "finance", _("Finance")
    SUPERVISOR = "supervisor", _("Supervisor")
    PLATFORM = "platform", pgettext_lazy("who", "Platform")


class TicketKind(models.TextChoices):
    """What a buyer brings (TKT-1)."""

    REFUND = "refund", pgettext_lazy("ticket", "Refund")
    EXCHANGE = "exchange", pgettext_lazy("ticket", "Exchange")
    LOGISTICS = "logistics", pgettext_lazy("ticket", "Logistics")
    MISSING = "missing", _("Missing goods")
    NOT_ARRIVED = "not_arrived", _("Refund not arrived")
    OVERPAID_POSTAGE = "overpaid_postage", _("Overpaid postage")
    COMPLAINT = "complaint", _("Complaint")
    INVOICE = "invoice", _("Invoice")
    WARRANTY = "warranty", _("Warranty")
    OTHER = "other", pgettext_lazy("ticket", "Other")


class Priority(models.TextChoices):
    """How soon the next step is due unless somebody says otherwise: the figure is a policy for each."""

    URGENT = "urgent", _("Urgent")
    HIGH = "high", pgettext_lazy("priority", "High")
    NORMAL = "normal", pgettext_lazy("priority", "Normal")
    LOW = "low", pgettext_lazy("priority", "Low")


S = TicketStatus
CATEGORIES: dict[str, str] = {
    S.OPEN: TicketCategory.TO_DO,
    S.REOPENED: TicketCategory.TO_DO,
    S.WAITING: TicketCategory.WAITING,
    S.RESOLVED: TicketCategory.DONE,
    S.CLOSED: TicketCategory.DONE,
}
TO_DO = (S.OPEN, S.REOPENED)
ACTIVE = (*TO_DO, S.WAITING)
"""States that cannot rest without a next step and a time (TKT-2)."""
OUTSIDERS = (WaitingFor.BUYER, WaitingFor.CARRIER, WaitingFor.PLATFORM)
"""Whom we can only wait for: when the time is over, the ticket comes back to be followed up."""

DESK = frozenset({AGENT, SUPERVISOR})
WORKERS = DESK | {WAREHOUSE, FINANCE}
CLOCK = frozenset({SYSTEM})
FOLLOWERS = WORKERS | {SYSTEM}


def not_led(ticket: Any, actor: Any) -> WhyNot | None:
    """TKT-2: one way to move a case; that of a request moves with its request."""
    if ticket.refund_id is None:
        return None
    return WhyNot("TKT-2", _("This ticket goes on by itself with its request: take the step there."))


def led(ticket: Any, actor: Any) -> WhyNot | None:
    """Only a request's ticket follows."""
    return None if ticket.refund_id is not None else WhyNot("TKT-2", _("This ticket belongs to no request."))


def own_or_free(ticket: Any, actor: Any) -> WhyNot | None:
    """TKT-1: one owner. He gives it away, or a supervisor; what has none anybody takes."""
    if actor.role in (SUPERVISOR, SYSTEM) or ticket.owner_id in (None, actor.user_id):
        return None
    return WhyNot("TKT-1", _("A colleague owns this ticket; he hands it on, or a supervisor."))


by_itself = Condition(
    pgettext_lazy("when", "waiting for somebody outside"),
    lambda ticket: ticket.refund_id is None and ticket.waiting_for in OUTSIDERS,
)
ours = Condition(
    pgettext_lazy("when", "ours to do"),
    lambda ticket: ticket.refund_id is None and ticket.waiting_for not in OUTSIDERS and not ticket.is_late,
)


def _step_period(ticket: Any) -> str:
    return f"ticket.step_within.{ticket.priority}"


TICKET = Machine(
    name="ticket",
    labels={state.value: state.label for state in S},
    edges=(
        Edge("open", "", S.OPEN, FOLLOWERS, "ticket.opened"),
        *(Edge("plan", state, state, WORKERS, "ticket.planned", guards=(not_led,), restarts=True) for state in ACTIVE),
        *(
            Edge("wait", state, S.WAITING, WORKERS, "ticket.waiting", guards=(not_led,), restarts=True)
            for state in ACTIVE
        ),
        Edge("take_up", S.WAITING, S.OPEN, WORKERS, "ticket.taken_up", guards=(not_led,)),
        Edge("come_back", S.WAITING, S.OPEN, CLOCK, "ticket.came_back", when=by_itself),
        *(Edge("assign", state, state, FOLLOWERS, "ticket.assigned", guards=(own_or_free,)) for state in ACTIVE),
        *(Edge("mark_late", state, state, CLOCK, "ticket.late", when=ours) for state in ACTIVE),
        *(Edge("resolve", state, S.RESOLVED, WORKERS, "ticket.resolved", guards=(not_led,)) for state in ACTIVE),
        Edge("reopen", S.RESOLVED, S.REOPENED, FOLLOWERS, "ticket.reopened"),
        Edge("close", S.RESOLVED, S.CLOSED, DESK | CLOCK, "ticket.closed"),
        *(Edge("merge", state, S.CLOSED, DESK, "ticket.merged", guards=(not_led,)) for state in ACTIVE),
        *(Edge("take_in", state, state, DESK, "ticket.took_in") for state in ACTIVE),
        *(
            Edge("follow", state, target, CLOCK, "ticket.followed", outcome, guards=(led,))
            for state in (S.OPEN, S.WAITING)
            for outcome, target in (("todo", S.OPEN), ("waiting", S.WAITING), ("ended", S.CLOSED))
        ),
    ),
    terminal=frozenset({S.CLOSED}),
    tracked=(
        "status",
        "kind",
        "priority",
        "owner_id",
        "waiting_for",
        "next_step",
        "due_at",
        "is_late",
        "resolution",
        "merged_into_id",
    ),
    title=_("Ticket"),
    internal=frozenset({"come_back", "mark_late", "take_in", "follow"}),
    actions={
        "open": pgettext_lazy("ticket", "Open"),
        "plan": _("Change the next step"),
        "wait": _("Hand on"),
        "take_up": _("Take up again"),
        "come_back": _("Comes back to be followed up"),
        "assign": _("Hand over"),
        "mark_late": _("Turns red"),
        "resolve": pgettext_lazy("ticket", "Solve"),
        "reopen": _("Reopen"),
        "close": pgettext_lazy("ticket", "Close"),
        "merge": _("Merge into another"),
        "take_in": _("Takes a double in"),
        "follow": _("Follows its request"),
    },
    outcomes={
        "follow_todo": _("the request waits for us"),
        "follow_waiting": _("the request waits for somebody"),
        "follow_ended": _("the request has ended"),
    },
    deadlines=(
        *(DeadlineRule("TKT-2", state, "mark_late", _step_period, ours, against_shop=True) for state in ACTIVE),
        DeadlineRule("TKT-2", S.WAITING, "come_back", _step_period, by_itself),
        DeadlineRule("TKT-1", S.RESOLVED, "close", "ticket.closes_after"),
    ),
)
