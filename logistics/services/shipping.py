"""Shipping and receipt where they meet open requests: RFD-2, ORD-7, VOI-2."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from aftersales.core import errors
from aftersales.core.auth import Actor
from logistics.models import Carrier
from logistics.selectors.replacements import leaves_before_a_scan
from logistics.states import Direction
from orders import services as orders
from orders.models import Order
from refunds import services as refunds
from refunds.models import Refund, RefundLine
from refunds.states import Flow

from .gifts import gifts_leave
from .parcels import parcel_of_request, parcel_register
from .unclaimed import unclaimed_match_number


def order_ship(
    *,
    order: Order,
    actor: Actor,
    carrier: str = "",
    tracking_no: str = "",
    line_nos: Sequence[str] = (),
    buyer_consented: bool | None = None,
    shipped_at: datetime | None = None,
    gifts_in: bool = False,
    version: int | None = None,
) -> Order:
    """Record that goods left, with their parcel; an open before-shipment request of these goods is closed (RFD-2).

    With such a request the caller must say whether the buyer consented: without consent the buyer may reject the
    parcel and apply again at the seller's cost, which is logged. Promised gifts that are not in it are owed once
    everything has left (MIS-3). Locks: order, then requests.
    Emits: order.shipped, parcel.registered, refund.closed.
    Raises: Conflict RFD-2 (`confirmation_required`), TransitionNotAllowed.
    """
    with transaction.atomic(savepoint=False):
        if not actor.sees(order.shop_id):
            raise errors.NotFound()
        [order] = orders.order_lock([order.pk], False)
        going = orders.lines_to_ship(order)
        if line_nos:
            going = going.filter(line_no__in=line_nos)
        line_ids = list(going.values_list("pk", flat=True))
        asked_for = RefundLine.objects.filter(order_line__in=line_ids, is_open=True, refund__flow=Flow.UNSHIPPED)
        if buyer_consented is None and asked_for.exists():
            raise errors.Conflict(
                _(
                    "The buyer has asked for a refund of these goods. Shipping closes that request; without the "
                    "buyer's consent the parcel may be rejected and refunded at the shop's cost. Confirm with or "
                    "without consent."
                ),
                code="confirmation_required",
                rule="RFD-2",
                status_now=order.status,
            )
        refunds.refunds_overtake(order_id=order.pk, actor=actor, by="by_shipment", line_ids=line_ids)
        shipped_nos = list(going.values_list("line_no", flat=True))
        moved = orders.order_ship(order=order, actor=actor, line_nos=line_nos, shipped_at=shipped_at, version=version)
        parcel_register(
            order=moved,
            actor=actor,
            carrier=carrier,
            tracking_no=tracking_no,
            line_nos=shipped_nos,
            shipped_at=shipped_at,
        )
        if gifts_leave(order=moved, actor=actor, gifts_in=gifts_in):
            moved = Order.objects.get(pk=moved.pk)
        if buyer_consented is False:
            orders.note_add(
                order=moved, actor=actor, text=str(_("Shipped over an open refund request without consent (RFD-2)."))
            )
        return moved


def order_confirm_receipt(
    *, order: Order, actor: Actor, close_open_requests: bool = False, version: int | None = None
) -> Order:
    """Finish the trade; open requests are closed only when the caller says that the buyer wants it (ORD-7).

    Locks: order, then requests. Emits: order.finished, refund.closed. Raises: TransitionNotAllowed ORD-7.
    """
    with transaction.atomic(savepoint=False):
        orders.order_lock([order.pk], False)
        if close_open_requests:
            refunds.refunds_overtake(order_id=order.pk, actor=actor, by="by_receipt")
        return orders.order_confirm_receipt(order=order, actor=actor, version=version)


def void_answer(
    *,
    refund: Refund,
    actor: Actor,
    result: str,
    note: str = "",
    carrier: str = "",
    tracking_no: str = "",
    version: int | None = None,
) -> Refund:
    """Take the warehouse's answer: voided, or already shipped, which marks the order as shipped (VOI-2).

    The request's line on a void list, where it has one, is answered with it. `carrier` and `tracking_no` are of the
    parcel that has left, where they are known.
    Locks: order and request. Emits: refund.voided | refund.closed and order.shipped.
    """
    if result == "voided":
        return refunds.refund_void(refund=refund, actor=actor, note=note, version=version)
    with transaction.atomic(savepoint=False):
        moved = refunds.refund_already_shipped(refund=refund, actor=actor, note=note, version=version)
        line_nos = [line.order_line.line_no for line in moved.lines.all() if line.quantity]
        order_ship(
            order=moved.order,
            actor=actor,
            carrier=carrier,
            tracking_no=tracking_no,
            line_nos=line_nos,
            buyer_consented=True,
        )
        return moved


def return_shipment_record(
    *, refund: Refund, actor: Actor, carrier: str, tracking_no: str, version: int | None = None
) -> Refund:
    """Record the buyer's return parcel; the carrier says whether it goes by surface mail (TMO-6). RFD-4, RET-1.

    A parcel with this number that lies on the unclaimed list has found its request (RET-3).
    Locks: order and request. Emits: refund.returned, parcel.registered, parcel.superseded for a corrected number.
    """
    known = Carrier.objects.filter(code__iexact=carrier).first()
    code = known.code if known else carrier.strip()
    with transaction.atomic(savepoint=False):
        moved = refunds.refund_return_shipment(
            refund=refund,
            actor=actor,
            carrier=code,
            tracking_no=tracking_no,
            surface=bool(known and known.surface),
            version=version,
        )
        parcel_of_request(refund=moved, actor=actor, direction=Direction.RETURN, carrier=code, tracking_no=tracking_no)
        unclaimed_match_number(refund=moved, tracking_no=tracking_no, actor=Actor.system("match"))
        return moved


def replacement_record(
    *,
    refund: Refund,
    actor: Actor,
    carrier: str,
    tracking_no: str,
    scan_seen: bool | None = None,
    version: int | None = None,
) -> Refund:
    """Record the parcel with what was asked for, under the carrier's own code. EXC-1.

    One that goes before the return is here goes once the return shows a scan; where none is known here the caller must
    say that the carrier's own site shows it, which is noted (EXC-4).
    Locks: order and request. Emits: refund.replaced, parcel.registered, parcel.superseded for a corrected number.
    Raises: Conflict EXC-4 (`confirmation_required`), TransitionNotAllowed.
    """
    known = Carrier.objects.filter(code__iexact=carrier).first()
    code = known.code if known else carrier.strip()
    with transaction.atomic(savepoint=False):
        [held] = refunds.refund_lock([refund.pk], False)
        unscanned = leaves_before_a_scan(held)
        moved = refunds.exchange_ship(
            refund=refund, actor=actor, carrier=code, tracking_no=tracking_no, version=version
        )
        if unscanned and not scan_seen:
            raise errors.Conflict(
                _(
                    "The replacement goes before the return is here, but the number of that shows no scan yet. Look on "
                    "the carrier's site and say that it shows one, or wait until it does."
                ),
                code="confirmation_required",
                rule="EXC-4",
                status_now=held.status,
            )
        parcel_of_request(
            refund=moved, actor=actor, direction=Direction.REPLACEMENT, carrier=code, tracking_no=tracking_no
        )
        if unscanned:
            text = _("%(number)s: the carrier's site showed a scan of the return before the replacement left.")
            orders.note_add(order=moved.order, actor=actor, text=text % {"number": moved.refund_no})
        return moved
