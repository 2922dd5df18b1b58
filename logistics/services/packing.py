"""Packing: a parcel is weighed and gets its number, in one step (MIS-1)."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from aftersales.core import clock, errors
from aftersales.core.auth import Actor
from logistics.models import Packing, Parcel
from logistics.selectors import carrier_by_number
from orders import services as orders
from orders.models import Order, OrderLine

from .shipping import order_ship
from .unclaimed import STORE

MOST_G = 100_000


def parcel_pack(*, order: Order, actor: Actor, tracking_no: str, packed_weight_g: int, carrier: str = "") -> Packing:
    """Keep what a parcel of the order weighs; a number that the order does not know yet ships what is left of it.

    Without a carrier the number's format says which it is. Weighed again, the new weight counts (MIS-1).
    Locks: order, then requests. Emits: order.shipped for a new parcel. Raises: Forbidden, NotFound, Invalid;
    Conflict RFD-2 while the buyer asks for a refund of goods that have not left: they must not leave.
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
            order_ship(order=order, actor=actor, carrier=carrier or carrier_by_number(number), tracking_no=number)
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


def _expected(order: Order, parcel: Parcel) -> int | None:
    """Add up the goods in the parcel; None where a weight is not known."""
    lines = list(OrderLine.objects.filter(order=order, line_no__in=parcel.line_nos))
    if not lines or any(line.weight_g is None for line in lines):
        return None
    return sum((line.weight_g or 0) * line.quantity for line in lines)
