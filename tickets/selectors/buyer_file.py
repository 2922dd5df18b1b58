"""The buyer file 客户档案: what a shop knows of one buyer on one page, in a fixed number of statements (SAT-3)."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum
from django.http import QueryDict

from aftersales.core import keyset
from aftersales.core.auth import Actor
from aftersales.core.keyset import Page
from complaints.models import Complaint
from orders.models import Order, OrderNote
from orders.selectors import order_get_for
from refunds.models import Dispute, Payout, Refund
from refunds.states import PayoutStatus
from tickets.models import Ticket, TicketNote

from .order_page import owed_to_buyer
from .ticket_rows import tickets_shown
from .tickets import ORDER_OF_ALL, with_case

ORDERS_SHOWN = 20
MOST = 20
CONTACTS = (TicketNote.Form.PHONE, TicketNote.Form.CHAT, TicketNote.Form.REPLY)


@dataclass(frozen=True, slots=True)
class BuyerFile:
    """A buyer of one shop; lists hold the latest, orders are paged. Amounts in fen."""

    order: Order
    sums: dict[str, int]
    owed: list[OrderNote]
    orders: Page[Order]
    requests: list[Refund]
    tickets: list[dict[str, Any]]
    contacts: list[TicketNote]
    payouts: list[Payout]
    complaints: list[Complaint]
    notes: list[OrderNote]


def buyer_file(actor: Actor, order_no: str, params: QueryDict) -> BuyerFile:
    """Collect what is known of the buyer of an order, in the shop of that order alone.

    Raises: Forbidden, NotFound, Invalid `ambiguous` as `order_get_for`.
    """
    order = order_get_for(actor, order_no, params.get("shop", ""))
    buyer = order.buyer_id
    mine = Q(order__buyer=buyer)
    return BuyerFile(
        order=order,
        sums=_sums(buyer),
        owed=owed_to_buyer(order),
        orders=keyset.page(Order.objects.filter(buyer=buyer), params, ("-created_at", "-id"), size=ORDERS_SHOWN),
        requests=_latest(Refund.objects.filter(mine)),
        tickets=tickets_shown(list(with_case(Ticket.objects.filter(mine)).order_by(*ORDER_OF_ALL)[:MOST])),
        contacts=_latest(TicketNote.objects.filter(ticket__order__buyer=buyer, form__in=CONTACTS), "ticket"),
        payouts=_latest(Payout.objects.filter(mine), "order"),
        complaints=_latest(Complaint.objects.filter(mine)),
        notes=_latest(OrderNote.objects.filter(mine), "order"),
    )


def _latest(rows: QuerySet[Any], *related: str) -> list[Any]:
    return list((rows.select_related(*related) if related else rows).order_by("-id")[:MOST])


def _sums(buyer: int) -> dict[str, int]:
    """Add up a buyer's trades and what came of them: three statements over his rows alone."""
    trades = Order.objects.filter(buyer=buyer).aggregate(
        orders=Count("pk"), paid_fen=Sum("paid_fen", default=0), refunded_fen=Sum("refunded_fen", default=0)
    )
    asked = Refund.objects.filter(order__buyer=buyer).aggregate(
        requests=Count("pk"), refused=Count("pk", filter=Q(refusals__gt=0))
    )
    disputes = Dispute.objects.filter(refund__order__buyer=buyer).aggregate(disputes=Count("pk"))
    extra = Payout.objects.filter(order__buyer=buyer, status=PayoutStatus.PAID)
    payouts = extra.aggregate(payouts_fen=Sum("amount_fen", default=0))
    return {name: int(value) for part in (trades, asked, disputes, payouts) for name, value in part.items()}
