"""Tasks: what somebody must do by a time, for each role."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Prefetch, Q, QuerySet

from aftersales.core import errors
from aftersales.core.auth import Actor
from aftersales.core.models import Role
from refunds.models import RefundLine
from tickets.models import Task, Ticket

COUNT_CAP = 1000
MOST_URGENT = 20
MOST_OF_MANY = 500
ORDERING = ("due_at", "id")
DONE_ORDERING = ("-id",)
ALL_ROLES = frozenset({Role.SUPERVISOR, Role.ADMIN})
"""Who sees the tasks of every role."""


def tasks_open(actor: Actor, *, role: str = "", kind: str = "") -> QuerySet[Task]:
    """Give the open tasks of the actor's shops: of his own role, or of any for a supervisor, who may ask for one."""
    return _of(actor, role, kind).filter(done_at=None)


def tasks_done(actor: Actor, *, role: str = "", kind: str = "") -> QuerySet[Task]:
    """Give the tasks that are done, as `tasks_open`."""
    return _of(actor, role, kind).filter(done_at__isnull=False)


def _of(actor: Actor, role: str, kind: str) -> QuerySet[Task]:
    rows = actor.visible(Task.objects.all())
    if actor.role not in ALL_ROLES:
        role = actor.role
    if role:
        rows = rows.filter(role=role)
    return rows.filter(kind=kind) if kind else rows


def with_request(rows: QuerySet[Task]) -> QuerySet[Task]:
    """Bring along what a row shows."""
    return rows.select_related("order__buyer", "refund", "ticket", "shop")


def with_goods(rows: QuerySet[Task]) -> QuerySet[Task]:
    """Bring the goods along, too: one statement more."""
    lines = Prefetch(
        "refund__lines", RefundLine.objects.filter(quantity__gt=0).select_related("order_line").order_by("id")
    )
    return with_request(rows).prefetch_related(lines)


def task_get_for(actor: Actor, pk: int) -> Task:
    """Return a task that this actor sees. Raises: NotFound."""
    task = with_request(_of(actor, "", "")).filter(pk=pk).first()
    if task is None:
        raise errors.NotFound()
    return task


def counted(rows: QuerySet[Any]) -> int:
    """Count up to the cap."""
    return rows.order_by().values("pk")[:COUNT_CAP].count()


def roles_with_tasks() -> Sequence[str]:
    """Give the roles that tasks are raised for."""
    return (Role.AGENT, Role.WAREHOUSE, Role.FINANCE, Role.SUPERVISOR)


def tasks_of(tickets: Sequence[Ticket]) -> dict[int, list[Task]]:
    """Give what is still to be done for these tickets by their keys, the next due first: promises, and the tasks of the
    requests that lead them; one statement (TKT-4).
    """
    leads = {ticket.refund_id: ticket.pk for ticket in tickets if ticket.refund_id is not None}
    about = Q(ticket__in=[ticket.pk for ticket in tickets]) | Q(refund__in=list(leads), ticket=None)
    found: dict[int, list[Task]] = {}
    for task in Task.objects.filter(about, done_at=None).order_by("due_at", "id")[:MOST_OF_MANY]:
        found.setdefault(task.ticket_id or leads[task.refund_id], []).append(task)
    return found
