"""The page of a buyer."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from aftersales.core.api.base import actor_of
from aftersales.core.views.access import open_to
from orders.states import DESK
from tickets.selectors.buyer_file import buyer_file
from tickets.selectors.members import member_words


@require_safe
@open_to(*DESK)
def file(request: HttpRequest, order_no: str) -> HttpResponse:
    """Show everything about the buyer of an order: trades, requests, talks, money, marks (SAT-3)."""
    page = buyer_file(actor_of(request), order_no, request.GET)
    context = {
        "page": page,
        "query": f"?shop={page.order.shop.code}",
        "member": member_words(page.order),
    }
    return render(request, "tickets/buyer_file.html", context)
