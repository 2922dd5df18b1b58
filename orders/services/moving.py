"""The order's own steps: shipped, signed, received, extended, closed; and its notes and flags.

What shipping or receipt means for open requests is decided above, where requests are known.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import models, transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from aftersales.core import clock, deadlines, errors, policies, transitions
from aftersales.core.auth import Actor
from orders.models import Order, OrderLine, OrderNote
from orders.models.orders import Flag
from orders.states import OrderStatus

from .machine import ORDER, order_lock


def order_ship(
    *,
    order: Order,
    actor: Actor,
    line_nos: Sequence[str] = (),
    shipped_at: datetime | None = None,
    version: int | None = None,
) -> Order:
    """Mark lines (all that are left, without `line_nos`) as shipped and move the order on.

    A line whose units were all given back, or promised to be, does not leave any more (RFD-3, VOI-4).
    Locks: the order. Emits: order.shipped. Raises: Invalid for an unknown line, Conflict when nothing is left to ship,
    TransitionNotAllowed.
    """
    if not actor.sees(order.shop_id):
        raise errors.NotFound()
    with transaction.atomic(savepoint=False):
        [order] = order_lock([order.pk], False)  # before the lines are read: another parcel may leave just now
        lines = {line.line_no: line for line in lines_to_ship(order)}
        unknown = [number for number in line_nos if number not in lines]
        if unknown:
            text = _("No such line, or it is shipped or given back already: %(lines)s") % {
                "lines": _(", ").join(unknown)
            }
            raise errors.Invalid(errors=[errors.FieldError("lines", "unknown_line", text)])
        if not lines and order.status in (OrderStatus.WAIT_SELLER_SEND_GOODS, OrderStatus.SELLER_CONSIGNED_PART):
            raise errors.Conflict(_("Nothing of this order is left to ship: it was given back."), rule="RFD-3")
        going = [lines[number] for number in line_nos] or list(lines.values())
        outcome = "all" if len(going) == len(lines) else "part"
        moved: Order = transitions.apply(
            ORDER, order.pk, "ship", outcome=outcome, actor=actor, version=version, shipped_at=shipped_at
        )
        OrderLine.objects.filter(pk__in=[line.pk for line in going]).update(shipped=True)
        return moved


def lines_to_ship(order: Order) -> models.QuerySet[OrderLine]:
    """Give the lines that have not left and are not given back whole."""
    return OrderLine.objects.filter(order=order, shipped=False, returned_quantity__lt=F("quantity"))


def order_nothing_left_to_ship(*, order: Order, actor: Actor) -> Order:
    """Move a partly shipped order on when what had not left was given back: the receiving period begins.

    It counts from the last parcel (TMO-10). Any other order stays as it is. Locks: the order. Emits: order.shipped.
    """
    with transaction.atomic(savepoint=False):
        [order] = order_lock([order.pk], False)
        if order.status == OrderStatus.SELLER_CONSIGNED_PART and not lines_to_ship(order).exists():
            order = transitions.apply(
                ORDER, order.pk, "ship", outcome="all", actor=actor, note="rest", shipped_at=order.shipped_at
            )
        return order


def order_sign(*, order: Order, actor: Actor, signed_at: datetime, version: int | None = None) -> Order:
    """Record when the buyer signed for the goods, from which the seven days count (TMO-9). Emits: order.signed."""
    moved: Order = transitions.apply(ORDER, order.pk, "sign", actor=actor, version=version, signed_at=signed_at)
    return moved


def order_confirm_receipt(*, order: Order, actor: Actor, version: int | None = None) -> Order:
    """Finish the trade (ORD-6). Refused while a request is open (ORD-7). Emits: order.finished."""
    moved: Order = transitions.apply(ORDER, order.pk, "confirm_receipt", actor=actor, version=version)
    return moved


def order_extend_receipt(*, order: Order, actor: Actor, days: int | None = None, version: int | None = None) -> Order:
    """Give the buyer `days` more to confirm receipt (policy default), with a note (ORD-6).

    Emits: order.receipt_extended. Raises: RuleViolation ORD-6 for too many days.
    """
    most = policies.get("order.extension_days_max", shop_id=order.shop_id)
    days = policies.get("order.extension_days", shop_id=order.shop_id) if days is None else days
    if not 1 <= days <= most:
        raise errors.RuleViolation(
            "ORD-6", _("Receipt can be extended by 1 to %(most)s days at a time.") % {"most": most}
        )
    with transaction.atomic(savepoint=False):
        moved: Order = transitions.apply(
            ORDER, order.pk, "extend_receipt", actor=actor, version=version, note=str(days)
        )
        deadlines.extend("order", moved.pk, rule="TMO-10", by=timedelta(days=days))
        note_add(order=moved, actor=actor, text=str(_("Receipt extended by %(days)s days.") % {"days": days}))
        return moved


def order_close(*, order: Order, actor: Actor, note: str = "") -> Order:
    """Close the trade: everything was given back, or it was never paid. Emits: order.closed."""
    moved: Order = transitions.apply(ORDER, order.pk, "close", actor=actor, note=note)
    return moved


def note_add(*, order: Order, actor: Actor, text: str, flag: str = "") -> OrderNote:
    """Add a note, and set the flag when one is given; nothing is overwritten (ORD-5).

    Emits: order.updated when the flag changes.
    """
    with transaction.atomic(savepoint=False):
        note = OrderNote.objects.create(
            order=order,
            text=text,
            flag=flag,
            author_kind=actor.kind,
            author_id=actor.user_id or actor.client_id,
            author_name=actor.name,
            created_at=clock.now(),
        )
        if flag and flag != order.seller_flag:
            transitions.apply(ORDER, order.pk, "update", actor=actor, fields={"seller_flag": flag})
        return note


def notes_add(*, order_ids: Sequence[int], actor: Actor, text: str) -> None:
    """Add the same note, without a flag, to many orders: one statement (ORD-5)."""
    at = clock.now()
    OrderNote.objects.bulk_create(
        OrderNote(
            order_id=pk,
            text=text,
            author_kind=actor.kind,
            author_id=actor.user_id or actor.client_id,
            author_name=actor.name,
            created_at=at,
        )
        for pk in order_ids
    )


def note_settle(*, note: OrderNote, actor: Actor) -> OrderNote:
    """Mark what a yellow note owes as made good (ORD-5). Raises: Conflict if it was settled before."""
    done = OrderNote.objects.filter(pk=note.pk, flag=Flag.YELLOW, settled_at=None)
    if not done.update(settled_at=clock.now(), settled_by=actor.name):
        raise errors.Conflict(_("Nothing is owed by this note any more."))
    note.refresh_from_db()
    return note


def receipt_hold(order_ids: Sequence[int]) -> None:
    """Stop the receiving period: a request is open (ORD-6, TMO-10)."""
    deadlines.pause("order", order_ids, rule="TMO-10")


def receipt_go_on(order_ids: Sequence[int]) -> None:
    """Let the receiving period of orders without an open request go on with what was left."""
    if order_ids:
        free = Order.objects.filter(
            pk__in=order_ids, open_requests=0, status=OrderStatus.WAIT_BUYER_CONFIRM_GOODS
        ).values_list("pk", flat=True)
        deadlines.resume("order", free, rule="TMO-10")
