"""What changes the workbench's own rows: tasks raised and done, news told and read, requests taken on."""

from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from aftersales.core import clock, errors
from aftersales.core.auth import Actor
from aftersales.core.models import OutboxEvent, User
from refunds.models import Refund

from .models import Notification, Task


def task_raise(*, refund: Refund, kind: str, role: str, within: timedelta, detail: str = "") -> Task:
    """Put something on a role's list; one open task of a kind for a request, however often it is raised."""
    at = clock.now()
    task, _new = Task.objects.get_or_create(
        refund=refund,
        kind=kind,
        done_at=None,
        defaults={
            "shop_id": refund.shop_id,
            "order_id": refund.order_id,
            "role": role,
            "detail": detail[:200],
            "created_at": at,
            "due_at": at + within,
        },
    )
    return task


def task_done(*, task: Task, actor: Actor) -> Task:
    """Tick a task off. Raises: NotFound, Conflict when somebody was first."""
    if not actor.sees(task.shop_id):
        raise errors.NotFound()
    if not Task.objects.filter(pk=task.pk, done_at=None).update(done_at=clock.now(), done_by=actor.name):
        raise errors.Conflict(_("This task is done already."))
    return Task.objects.get(pk=task.pk)


def notify(*, user: User, refund: Refund, event: OutboxEvent) -> None:
    """Tell one member of staff about an event, once."""
    Notification.objects.get_or_create(
        user=user,
        event_id=event.pk,
        defaults={"refund": refund, "topic": event.topic, "payload": event.payload, "created_at": clock.now()},
    )


def notifications_read(*, user_id: int, up_to: int) -> int:
    """Mark a user's news as read, up to a row."""
    rows = Notification.objects.filter(user_id=user_id, read_at=None, pk__lte=up_to)
    return rows.update(read_at=clock.now())


def refund_assign(*, refund: Refund, actor: Actor, assignee: User | None) -> Refund:
    """Give a request to a colleague (supervisors: anybody; agents: take it or leave it). Who owns it is no state.

    Raises: NotFound, Forbidden.
    """
    if not actor.sees(refund.shop_id):
        raise errors.NotFound()
    own = assignee is None or assignee.pk == actor.user_id
    if actor.role != "supervisor" and not (actor.role == "agent" and own):
        raise errors.Forbidden()
    with transaction.atomic():
        rows = Refund.objects.filter(pk=refund.pk)
        if actor.role == "agent":
            rows = rows.filter(assignee__in=[actor.user_id]) if assignee is None else rows.filter(assignee=None)
        if not rows.update(assignee=assignee):
            raise errors.Conflict(_("A colleague has this request already."))
    return Refund.objects.get(pk=refund.pk)
