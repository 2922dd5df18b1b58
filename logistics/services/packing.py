"""Packing: a parcel is weighed and gets its number, in one step (MIS-1)."""

from django.db import transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from aftersales.core import clock, errors
from aftersales.core.auth import Actor
from logistics.models import Packing, Parcel
from logistics.selectors import carrier_by_number
from logistics.selectors.gifts import gifts_waiting
from orders import services as orders
from orders.models import Order, OrderLine

from .shipping import order_ship
from .unclaimed import STORE

MOST_G = 100_000


def parcel_pack(
    *,
    order: Order,
    actor: Actor,
    tracking_no: str,
    packed_weight_g: int,
    carrier: str = "",
    gifts_in: bool | None = None,
) -> Packing:
    """Keep what a parcel of the order weighs; a number that the order does not know yet ships what is left of it.

    Without a carrier the number's format says which it is. Weighed again, the new weight counts (MIS-1). Where a gift
    was promised, `gifts_in` has to say whether it is in the parcel (MIS-3).
    Locks: order, then requests. Emits: order.shipped for a new parcel. Raises: Forbidden, NotFound, Invalid;
    Conflict MIS-3 (`gift_promised`), or RFD-2 while the buyer asks for a refund of goods that must not leave then.
    """
    number = tracking_no.strip().upper()
    if not actor.sees(order.shop_id):
        raise errors.NotFound()
    if actor.role not in STORE:
        raise errors.Forbidden()
    faults = []
    if not 0 < packed_weight_g <= MOST_G:
        detail = _("A weight from 1 to %(most)d grams is needed.") % {"most": MOST_G}
        faults.append(errors.FieldError("packed_weight_g", "out_of_range", detail))
    if not number:
        faults.append(errors.FieldError("tracking_no", "required", _("This is needed.")))
    if faults:
        raise errors.Invalid(errors=faults)
    with transaction.atomic(savepoint=False):
        orders.order_lock([order.pk], False)
        parcels = Parcel.objects.filter(order=order, tracking_no=number)
        if not parcels.exists():
            _ask_for_gifts(order, gifts_in)
            order_ship(
                order=order,
                actor=actor,
                carrier=carrier or carrier_by_number(number),
                tracking_no=number,
                gifts_in=bool(gifts_in),
            )
        parcel = parcels.latest("id")
        at = clock.now()
        Packing.objects.filter(parcel=parcel, superseded_at=None).update(superseded_at=at)
        return Packing.objects.create(
            parcel=parcel,
            packed_weight_g=packed_weight_g,
            expected_weight_g=_expected(order, parcel),
            weighed_by=actor.name,
            weighed_at=at,
        )


def _ask_for_gifts(order: Order, gifts_in: bool | None) -> None:
    """Stop a parcel whose packer has not said whether the promised gift is in it."""
    names = [] if gifts_in is not None else [gift.text for gift in gifts_waiting(order)]
    if names:
        said = gettext("The buyer was promised: %(gift)s. Say whether it is in the parcel.")
        said = said % {"gift": gettext(", ").join(names)}
        raise errors.Conflict(said, code="gift_promised", rule="MIS-3", gifts=names)


def _expected(order: Order, parcel: Parcel) -> int | None:
    """Add up the goods in the parcel; None where a weight is not known."""
    lines = list(OrderLine.objects.filter(order=order, line_no__in=parcel.line_nos))
    if not lines or any(line.weight_g is None for line in lines):
        return None
    return sum((line.weight_g or 0) * line.quantity for line in lines)
