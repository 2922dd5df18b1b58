"""Gifts beside what was bought: promised with a note, packed, owed, and those that were not there (MIS-3, ORD-5)."""

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from aftersales.core import clock, errors
from aftersales.core.auth import Actor
from logistics.models import MissingReport, PromisedGift
from logistics.selectors.gifts import gifts_waiting
from logistics.states.missing import MissingCause, Settlement
from orders import services as orders
from orders.models import Order, OrderNote
from orders.models.orders import Flag
from orders.states import DESK, OrderStatus

SYSTEM = Actor.system("gifts")
OVER = (OrderStatus.TRADE_CLOSED, OrderStatus.WAIT_BUYER_PAY)


def gift_promise(*, order: Order, actor: Actor, text: str, answer: str = "") -> PromisedGift:
    """Promise a gift: the note on the order and the warehouse's line come into being together (MIS-3).

    What has left already cannot take it along: then the note is yellow, and the gift goes with the next order (ORD-5).
    Locks: the order. Raises: NotFound, Forbidden, Invalid, Conflict MIS-3 (`promised_already`; a closed order).
    """
    with transaction.atomic(savepoint=False):
        order, name = _begin(order, actor, text)
        if order.status in OVER:
            raise errors.Conflict(_("Nothing is sent for this order: promise it with another one."), rule="MIS-3")
        if PromisedGift.objects.filter(order=order, text=name).exists():
            said = _("“%(gift)s” is promised with this order already.") % {"gift": name}
            raise errors.Conflict(said, code="promised_already", rule="MIS-3")
        waits = orders.lines_to_ship(order).exists()
        words = _("Promised as a gift: %(gift)s") if waits else _("Promised as a gift with the next order: %(gift)s")
        at = clock.now()
        return PromisedGift.objects.create(
            shop_id=order.shop_id,
            order=order,
            text=name,
            note=_note(order, actor, words % {"gift": name}, answer, owed=not waits),
            promised_by=actor.name,
            created_at=at,
            owed_at=None if waits else at,
        )


def gifts_leave(*, order: Order, actor: Actor, gifts_in: bool) -> bool:
    """Mark an order's waiting gifts as packed, or as owed with a yellow note where the last goods left without them.

    Say whether the order was flagged, which is the system's doing: a packer sets no flags. For the caller's
    transaction, which holds the order's lock.
    """
    waiting = list(gifts_waiting(order))
    if not waiting:
        return False
    rows = PromisedGift.objects.filter(pk__in=[gift.pk for gift in waiting])
    if gifts_in:
        rows.update(packed_at=clock.now(), packed_by=actor.name)
        return False
    if orders.lines_to_ship(order).exists():
        return False
    rows.update(owed_at=clock.now())
    words = _("Left without the promised gift: %(gift)s") % {"gift": _(", ").join(gift.text for gift in waiting)}
    _note(order, SYSTEM, words, "", owed=True)
    return True


def gift_missing(*, order: Order, actor: Actor, gift: str, noted: bool, answer: str) -> MissingReport:
    """Settle a gift that the buyer did not find: it is owed, and why it was not there is kept (MIS-3, ORD-5).

    Promised in a note, the warehouse left it out; in chat alone, it was never noted. Locks: the order.
    Raises: NotFound, Forbidden, Invalid, Conflict MIS-3 (`reported_already`, nothing has left, owed already).
    """
    with transaction.atomic(savepoint=False):
        order, name = _begin(order, actor, gift)
        if not order.parcels.exists():
            raise errors.Conflict(_("Nothing has left yet: promise the gift, and it goes along."), rule="MIS-3")
        if MissingReport.objects.filter(order=order, gift=name).exists():
            said = _("“%(gift)s” was reported as missing before; it stands in a yellow note.") % {"gift": name}
            raise errors.Conflict(said, code="reported_already", rule="MIS-3")
        if PromisedGift.objects.filter(order=order, text=name, owed_at__isnull=False).exists():
            said = _("“%(gift)s” is owed already; it stands in a yellow note.") % {"gift": name}
            raise errors.Conflict(said, code="owed_already", rule="MIS-3")
        cause = MissingCause.WAREHOUSE_MISSED if noted else MissingCause.NEVER_NOTED
        words = _("Gift missing: %(gift)s (%(cause)s); add it next time") % {"gift": name, "cause": cause.label}
        return MissingReport.objects.create(
            shop_id=order.shop_id,
            order=order,
            gift=name,
            cause=cause,
            settlement=Settlement.NEXT_TIME,
            note=_note(order, actor, words, answer, owed=True),
            created_by=actor.name,
            created_at=clock.now(),
        )


def _begin(order: Order, actor: Actor, text: str) -> tuple[Order, str]:
    """Check who acts and what is named, and lock the order. Raises: NotFound, Forbidden, Invalid."""
    if not actor.sees(order.shop_id):
        raise errors.NotFound()
    if actor.role not in DESK:
        raise errors.Forbidden()
    name = " ".join(text.split())
    if not name:
        said = gettext_lazy("Say which gift it is.")
        raise errors.Invalid(errors=[errors.FieldError("gift", "required", said)])
    [locked] = orders.order_lock([order.pk], False)
    return locked, name


def _note(order: Order, actor: Actor, text: str, answer: str, *, owed: bool) -> OrderNote:
    told = _("Told the buyer: %(answer)s") % {"answer": answer.strip()} if answer.strip() else ""
    note: OrderNote = orders.note_add(
        order=order, actor=actor, text="\n".join(filter(None, [text, told])), flag=Flag.YELLOW if owed else ""
    )
    return note
