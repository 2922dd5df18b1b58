"""One field for everything: order, refund and tracking numbers, phones, nicks. Every look-up uses an index."""

import re
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse

from aftersales.core.auth import Actor
from orders.models import Order
from refunds.models import Refund

MOST = 50
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
    refund = actor.visible(Refund.objects.filter(refund_no=asked.upper())).values_list("refund_no", flat=True).first()
    if refund:
        return Found(asked, sure=reverse("tickets:request_detail", args=[refund]))
    by_number = _orders(actor, Q(order_no=asked) | Q(parcels__tracking_no=asked.upper()))
    by_return = _requests(actor, Q(return_shipments__tracking_no=asked.upper()))
    if not by_number and not by_return:
        who = _by_person(asked)
        by_number = _orders(actor, who) if who is not None else []
    found = by_return + [row for row in _of_orders(actor, by_number) if row not in by_return]
    if len(found) == 1 and len(by_number) <= 1:
        return Found(asked, found, by_number, reverse("tickets:request_detail", args=[found[0].refund_no]))
    if not found and len(by_number) == 1:
        return Found(asked, found, by_number, reverse("tickets:order_detail", args=[by_number[0].order_no]))
    return Found(asked, found[:MOST], by_number)


def _by_person(asked: str) -> Q | None:
    """Read the words as the end of a phone number, a whole one, or the beginning of a nick."""
    if asked.isdigit() and len(asked) == 4:
        return Q(receiver_phone_tail=asked)
    if _PHONE.fullmatch(asked):
        return Q(receiver_phone_tail=asked[-4:], receiver_phone=asked)
    return Q(buyer__nick__startswith=asked) if len(asked) > 1 else None


def _orders(actor: Actor, wanted: Q) -> list[Order]:
    rows: QuerySet[Order] = actor.visible(Order.objects.filter(wanted)).select_related("buyer", "shop")
    return list(rows.order_by("-id").distinct()[:MOST])


def _requests(actor: Actor, wanted: Q) -> list[Refund]:
    rows: QuerySet[Refund] = actor.visible(Refund.objects.filter(wanted)).select_related("order__buyer")
    return list(rows.order_by("-id").distinct()[:MOST])


def _of_orders(actor: Actor, orders: list[Order]) -> list[Refund]:
    return _requests(actor, Q(order__in=[order.pk for order in orders])) if orders else []
