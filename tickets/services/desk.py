"""What changes the workbench's own rows: tasks, news told and read, data disclosed."""

from collections.abc import Sequence
from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from aftersales.core import clock, errors
from aftersales.core.auth import Actor, grant
from aftersales.core.models import OutboxEvent, Role, User
from logistics import services as logistics
from orders.models import Order
from refunds.models import Refund
from tickets.models import KIND_OF, Disclosure, NewsPreference, Notification, Task, TaskKind, Ticket

DISCLOSE = "tickets.disclose_buyer"
grant(DISCLOSE, [Role.AGENT, Role.SUPERVISOR, Role.WAREHOUSE])


def task_raise(
    *,
    kind: str,
    role: str,
    within: timedelta,
    refund: Refund | None = None,
    order: Order | None = None,
    detail: str = "",
) -> Task:
    """Put something on a role's list, about a request or an order.

    There is one open task of a kind for each, however often it is raised.
    """
    at, about = clock.now(), refund or order
    assert about is not None, "a task is about something"
    task, _new = Task.objects.get_or_create(
        refund=refund,
        order_id=refund.order_id if refund is not None else about.pk,
        kind=kind,
        done_at=None,
        defaults={
            "shop_id": about.shop_id,
            "role": role,
            "detail": detail[:200],
            "created_at": at,
            "due_at": at + within,
        },
    )
    return task


def task_done(*, task: Task, actor: Actor) -> Task:
    """Tick a task off; its own role does, or a supervisor. Goods that were chased are stopped with it (VOI-4).

    Raises: NotFound, Forbidden, Conflict when somebody was first.
    """
    if not actor.sees(task.shop_id):
        raise errors.NotFound()
    if actor.role not in (task.role, Role.SUPERVISOR):
        raise errors.Forbidden()
    with transaction.atomic():
        if not Task.objects.filter(pk=task.pk, done_at=None).update(done_at=clock.now(), done_by=actor.name):
            raise errors.Conflict(_("This task is done already."))
        if task.kind == TaskKind.CHASE_VOID and task.refund_id is not None:
            logistics.void_line_stopped(refund_id=task.refund_id, actor=actor)
    return Task.objects.get(pk=task.pk)


def tasks_settle(*, refund_id: int, kinds: Sequence[str], because: str = "exchange") -> int:
    """Tick off a request's open tasks of these kinds, since what they waited for has happened; return how many."""
    rows = Task.objects.filter(refund=refund_id, kind__in=kinds, done_at=None)
    return rows.update(done_at=clock.now(), done_by=Actor.system(because).name)


def order_tasks_settle(*, order_id: int, kinds: Sequence[str], by: str, detail: str = "") -> int:
    """Tick off open tasks of an order that are about no request (with `detail`, about that alone); return how many."""
    rows = Task.objects.filter(order=order_id, refund=None, kind__in=kinds, done_at=None)
    if detail:
        rows = rows.filter(detail=detail)
    return rows.update(done_at=clock.now(), done_by=by)


def notify(*, user: User, event: OutboxEvent, refund: Refund | None = None, ticket: Ticket | None = None) -> None:
    """Tell one member of staff about an event of a request or a ticket, once; what he does not want counted is read."""
    now = clock.now()
    silent = NewsPreference.objects.filter(user=user, silent__contains=[KIND_OF.get(event.topic, "")]).exists()
    about = {"refund": refund, "ticket": ticket, "read_at": now if silent else None}
    Notification.objects.get_or_create(
        user=user,
        event_id=event.pk,
        defaults={**about, "topic": event.topic, "payload": event.payload, "created_at": now},
    )


def notification_read(*, user_id: int, pk: int) -> Notification:
    """Mark one piece of a user's news as read; the first time counts. Raises: NotFound for somebody else's."""
    news = Notification.objects.select_related("refund", "ticket").filter(user_id=user_id, pk=pk).first()
    if news is None:
        raise errors.NotFound()
    Notification.objects.filter(pk=pk, read_at=None).update(read_at=clock.now())
    return news


def notifications_read(*, user_id: int, up_to: int) -> int:
    """Mark a user's news as read, up to a row; return how many were not."""
    rows = Notification.objects.filter(user_id=user_id, read_at=None, pk__lte=up_to)
    return rows.update(read_at=clock.now())


def buyer_disclose(
    *, order: Order, actor: Actor, reason: str, note: str = "", refund: Refund | None = None
) -> Disclosure:
    """Write down that an actor sees a buyer unmasked, and why; only then may the data be shown (LAW-7).

    `refund` is the request on whose page he looked, where it was one.

    Raises: NotFound, Forbidden for a role without the permission, Invalid without a known reason.
    """
    if not actor.sees(order.shop_id):
        raise errors.NotFound()
    actor.require(DISCLOSE)
    assert actor.user_id is not None, "only members of staff have this permission"
    if reason not in Disclosure.Reason.values or (reason == Disclosure.Reason.OTHER and not note.strip()):
        said = _("Say why you need to see it.")
        raise errors.Invalid(errors=[errors.FieldError("reason", "required", said)])
    return Disclosure.objects.create(
        shop_id=order.shop_id,
        order=order,
        refund=refund,
        user_id=actor.user_id,
        user_name=actor.name,
        reason=reason,
        note=note.strip()[:200],
        created_at=clock.now(),
    )
