"""What belongs to an order and can be linked to a ticket: requests, parcels, payouts (TKT-1)."""

from collections.abc import Sequence

from aftersales.core import errors
from logistics.models import Parcel
from orders.models import Order
from refunds.models import Payout, Refund
from tickets.models import Ticket

MOST = 50
Things = tuple[list[Refund], list[Parcel], list[Payout]]


def things_of(order: Order) -> Things:
    """Give everything of the order that a ticket may be about; three statements."""
    return (
        list(Refund.objects.filter(order=order).order_by("-id")[:MOST]),
        list(Parcel.objects.filter(order=order).order_by("-id")[:MOST]),
        list(Payout.objects.filter(order=order).order_by("-id")[:MOST]),
    )


def things_to_link(ticket: Ticket) -> Things:
    """Give what the ticket's order has and the ticket does not name yet; four statements."""
    linked = list(ticket.links.values_list("refund_id", "parcel_id", "payout_id"))
    named = [{row[place] for row in linked} for place in range(3)]
    named[0].add(ticket.refund_id)
    refunds, parcels, payouts = things_of(ticket.order)
    return (
        [one for one in refunds if one.pk not in named[0]],
        [one for one in parcels if one.pk not in named[1]],
        [one for one in payouts if one.pk not in named[2]],
    )


def things_named(
    order: Order, refund_nos: Sequence[str], tracking_nos: Sequence[str], payout_nos: Sequence[str]
) -> Things:
    """Give the order's things that have these numbers. Raises: Invalid for one that it does not have."""
    refunds = list(Refund.objects.filter(order=order, refund_no__in=refund_nos)) if refund_nos else []
    parcels = list(Parcel.objects.filter(order=order, tracking_no__in=tracking_nos)) if tracking_nos else []
    payouts = list(Payout.objects.filter(order=order, payout_no__in=payout_nos)) if payout_nos else []
    known = {
        "refund_nos": (refund_nos, {one.refund_no for one in refunds}),
        "tracking_nos": (tracking_nos, {one.tracking_no for one in parcels}),
        "payout_nos": (payout_nos, {one.payout_no for one in payouts}),
    }
    wrong = [
        errors.FieldError(f"{field}[{index}]", "unknown_number", errors.NotFound.title)
        for field, (asked, found) in known.items()
        for index, one in enumerate(asked)
        if one not in found
    ]
    if wrong:
        raise errors.Invalid(errors=wrong)
    return refunds, parcels, payouts
