"""One field for everything: order, refund, ticket and tracking numbers, phones, nicks. Every look-up uses an index."""

import re
from dataclasses import dataclass, field
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from aftersales.core.auth import Actor
from logistics.models import Parcel
from logistics.states import Direction
from orders.models import Buyer, Order
from refunds.models import Refund, ReturnShipment
from tickets.models import Ticket
from tickets.states import WORKERS

MOST = 50
TICKET_PREFIX = "TK"
MANY = 500
"""From how many buyers and orders the newest are taken when a nick begins like many."""
_PHONE = re.compile(r"1\d{10}")


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found; `sure` is the page of the one thing that was certainly meant."""

    asked: str = ""
    requests: list[Any] = field(default_factory=list)
    orders: list[Any] = field(default_factory=list)
    sure: str | None = None


def search(actor: Actor, asked: str) -> Found:
    """Find by number first; only what is no known number is looked for as a phone or a nick.

    At most `MOST` of each kind, newest first, of the shops that the actor sees.
    """
    if not asked:
        return Found()
    if asked.upper().startswith(TICKET_PREFIX) and actor.role in WORKERS:
        number = actor.visible(Ticket.objects.filter(ticket_no=asked.upper())).values_list("ticket_no", flat=True)
        if found_ticket := number.first():
            return Found(asked, sure=reverse("tickets:ticket", args=[found_ticket]))
    refund = actor.visible(Refund.objects.filter(refund_no=asked.upper())).values_list("refund_no", flat=True).first()
    if refund:
        return Found(asked, sure=reverse("tickets:request_detail", args=[refund]))
    orders, returned = _by_number(actor, asked)
    if not orders and not returned:
        orders = _by_person(actor, asked)
    found = returned + [row for row in _of_orders(actor, orders) if row not in returned]
    if len(found) == 1 and len(orders) <= 1:
        return Found(asked, found, orders, reverse("tickets:request_detail", args=[found[0].refund_no]))
    if not found and len(orders) == 1:
        return Found(asked, found, orders, reverse("tickets:order_detail", args=[orders[0].order_no]))
    return Found(asked, found[:MOST], orders)


def _by_number(actor: Actor, asked: str) -> tuple[list[Order], list[Refund]]:
    """Look the words up as an order number, an outward and a return tracking number; each by its own index."""
    tracking = asked.upper()
    orders = _orders(actor, order_no=asked)
    if not orders:
        sent = Parcel.objects.filter(tracking_no=tracking, direction=Direction.OUT).values_list("order_id", flat=True)
        orders = _orders(actor, pk__in=list(sent[:MOST]))
    back = ReturnShipment.objects.filter(tracking_no=tracking).values_list("refund_id", flat=True)[:MOST]
    return orders, _requests(actor, pk__in=list(back))


def _by_person(actor: Actor, asked: str) -> list[Order]:
    """Look the words up as the end of a phone number, a whole one, or the beginning of a nick."""
    if asked.isdigit() and len(asked) == 4:
        return _orders(actor, receiver_phone_tail=asked)
    if _PHONE.fullmatch(asked):
        return _orders(actor, receiver_phone_tail=asked[-4:], receiver_phone=asked)
    if len(asked) < 2:
        return []
    buyers = actor.visible(Buyer.objects.filter(nick__startswith=asked)).values_list("pk", flat=True)[:MANY]
    # Unordered, by the index of the buyers: asked for the newest of them, the database would walk through all orders.
    orders = Order.objects.filter(buyer__in=list(buyers)).values_list("pk", flat=True)[:MANY]
    return _orders(actor, pk__in=sorted(orders, reverse=True)[:MOST])


def _orders(actor: Actor, **wanted: Any) -> list[Order]:
    if wanted.get("pk__in") == []:
        return []
    rows: QuerySet[Order] = actor.visible(Order.objects.filter(**wanted)).select_related("buyer", "shop")
    return list(rows.order_by("-id")[:MOST])


def _requests(actor: Actor, **wanted: Any) -> list[Refund]:
    if wanted.get("pk__in") == []:
        return []
    rows: QuerySet[Refund] = actor.visible(Refund.objects.filter(**wanted)).select_related("order__buyer")
    return list(rows.order_by("-id")[:MOST])


def _of_orders(actor: Actor, orders: list[Order]) -> list[Refund]:
    return _requests(actor, order__in=[order.pk for order in orders]) if orders else []
