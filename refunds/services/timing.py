"""The platform's own moments, where an order's front-end learns of them while requests are open (domain.md §17)."""

from django.db import transaction
from django.db.models import OuterRef, Subquery

from aftersales.core import deadlines
from aftersales.core.models import Deadline
from orders.models import Order
from orders.services import order_lock
from refunds.models import Refund
from refunds.states import OPEN_STATES


def refunds_follow_platform(*, order: Order) -> None:
    """Move the open deadlines of an order's requests to the platform's own moments, and the queue with them (TMO-16).

    A paused one keeps what is then left. May run twice. Locks: the order, as every step of its requests does.
    """
    with transaction.atomic():
        [held] = order_lock([order.pk], False)
        waiting = Refund.objects.filter(order=held, status__in=OPEN_STATES)
        ids = list(waiting.values_list("pk", flat=True))
        if not deadlines.follow_platform(held.platform_deadlines, {"refund": ids}):
            return
        mine = Deadline.objects.filter(subject_type="refund", subject_id=OuterRef("pk"), status__in=deadlines.OPEN)
        waiting.update(due_at=Subquery(mine.order_by("due_at").values("due_at")[:1]))
