"""One field for everything: numbers of all cases, of orders and parcels, phones, nicks, words. All by indexes."""

import re
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Model, QuerySet
from django.urls import reverse

from aftersales.core.auth import Actor
from aftersales.core.machine import AGENT, FINANCE, SUPERVISOR
from complaints.models import Complaint
from complaints.states import READERS as COMPLAINT_READERS
from feedback.models import FeedbackCase
from feedback.states import READERS as FEEDBACK_READERS
from invoices.models import Invoice
from invoices.states import READERS as INVOICE_READERS
from logistics.models import Claim, Parcel
from logistics.states import Direction
from logistics.states.claim import READERS as CLAIM_READERS
from orders.models import Buyer, Order
from refunds.models import Payout, Refund, ReturnShipment
from service.models import ServiceSheet
from service.states import FIELD
from surveys.models import Survey
from surveys.states import READERS as SURVEY_READERS
from tickets.models import Ticket
from tickets.selectors import search_texts
from tickets.states import WORKERS

MOST = 50
MANY = 500
"""From how many buyers and orders the newest are taken when a nick begins like many."""


@dataclass(frozen=True, slots=True)
class _Numbered:
    """A kind of case that has numbers of its own: where the number stands, who may see it, and its page."""

    model: type[Model]
    name: str
    roles: frozenset[str]
    page: str


CASES = {
    "TK": _Numbered(Ticket, "ticket_no", WORKERS, "tickets:ticket"),
    "PO": _Numbered(Payout, "payout_no", frozenset({AGENT, FINANCE, SUPERVISOR}), "refunds:payout"),
    "CL": _Numbered(Claim, "claim_no", CLAIM_READERS, "logistics:claim"),
    "IV": _Numbered(Invoice, "request_no", INVOICE_READERS, "invoices:invoice"),
    "SV": _Numbered(Survey, "survey_no", SURVEY_READERS, "surveys:survey"),
    "SR": _Numbered(ServiceSheet, "sheet_no", FIELD, "service:sheet"),
    "FB": _Numbered(FeedbackCase, "case_no", FEEDBACK_READERS, "feedback:case"),
    "CP": _Numbered(Complaint, "complaint_no", COMPLAINT_READERS, "complaints:complaint"),
}
"""By how their numbers begin."""
_PHONE = re.compile(r"1\d{10}")


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found; `sure` is the page of the one thing that was certainly meant."""

    asked: str = ""
    requests: list[Any] = field(default_factory=list)
    orders: list[Any] = field(default_factory=list)
    texts: list[search_texts.Group] = field(default_factory=list)
    sure: str | None = None


def search(actor: Actor, asked: str) -> Found:
    """Find by number first; only what is no known number is looked for as a phone, a nick, or in texts.

    At most `MOST` of each kind, newest first, of the shops that the actor sees.
    """
    if not asked:
        return Found()
    if (page := _page_of_case(actor, asked.upper())) is not None:
        return Found(asked, sure=page)
    refund = actor.visible(Refund.objects.filter(refund_no=asked.upper())).values_list("refund_no", flat=True).first()
    if refund:
        return Found(asked, sure=reverse("tickets:request_detail", args=[refund]))
    orders, returned = _by_number(actor, asked)
    texts: list[search_texts.Group] = []
    if not orders and not returned:
        orders = _by_person(actor, asked)
        texts = search_texts.texts(actor, asked)
    found = returned + [row for row in _of_orders(actor, orders) if row not in returned]
    if texts:
        return Found(asked, found[:MOST], orders, texts)
    if len(found) == 1 and len(orders) <= 1:
        return Found(asked, found, orders, sure=reverse("tickets:request_detail", args=[found[0].refund_no]))
    if not found and len(orders) == 1:
        return Found(asked, found, orders, sure=reverse("tickets:order_detail", args=[orders[0].order_no]))
    return Found(asked, found[:MOST], orders)


def further(actor: Actor, asked: str, source: str, after: str) -> Found:
    """Find what comes after a cursor among the texts of one source."""
    return Found(asked, texts=search_texts.further(actor, asked, source, after))


def _page_of_case(actor: Actor, number: str) -> str | None:
    """Give the page of the case with this number, if the actor may see it; one statement, none for other words."""
    case = CASES.get(number[:2])
    if case is None or actor.role not in case.roles:
        return None
    rows: QuerySet[Any] = case.model._default_manager.filter(**{case.name: number})
    return reverse(case.page, args=[number]) if actor.visible(rows).exists() else None


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
