"""Following up a refund that a buyer says is not there (ARR-3)."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from aftersales.core import errors, events
from aftersales.core.auth import Actor
from refunds.models import Refund
from refunds.selectors.arrival import arrival_of
from refunds.states.payout import WRITERS


def arrival_follow_up(*, refund: Refund, actor: Actor, note: str = "") -> None:
    """Have finance ask the provider where a refund is. Emits: refund.not_arrived, of which a task is made.

    Raises: NotFound, Forbidden, Conflict `not_refunded` before the money has left, `not_overdue` while it may still
    be under way.
    """
    if not actor.sees(refund.shop_id):
        raise errors.NotFound()
    if actor.role not in WRITERS:
        raise errors.Forbidden()
    arrival = arrival_of(refund)
    if arrival.succeeded_at is None:
        raise errors.Conflict(_("The money has not left yet."), code="not_refunded")
    if not arrival.at_once and not arrival.is_overdue:
        text = _("It may still be under way: by this channel it takes its time (%(when)s).") % {"when": arrival.when}
        raise errors.Conflict(text, code="not_overdue")
    with transaction.atomic(savepoint=False):
        told = {"note": note.strip()[:150], "by": actor.name}
        events.emit(events.News("refund.not_arrived", "refund", refund.pk, refund.shop_id, told))
