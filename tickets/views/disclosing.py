"""A buyer's full data: asked for with a reason, written down, and only then shown (LAW-7)."""

import json

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from aftersales.core import errors
from aftersales.core.api.base import actor_of
from orders.models import Order
from orders.selectors import order_get_for
from refunds.models import Refund
from tickets import services
from tickets.forms.decisions import DiscloseForm
from tickets.selectors import request_page as selectors

from .asking import ConsoleRequest, console_view


@require_http_methods(["GET", "HEAD", "POST"])
@console_view
def of_request(request: ConsoleRequest, refund_no: str) -> HttpResponse:
    """Show the buyer of a request."""
    actor = actor_of(request)
    actor.require(services.DISCLOSE)
    refund = selectors.request_get_for(actor, refund_no)
    return _disclose(request, refund.order, refund, reverse("tickets:request_detail", args=[refund_no]))


@require_http_methods(["GET", "HEAD", "POST"])
@console_view
def of_order(request: ConsoleRequest, order_no: str) -> HttpResponse:
    """Show the receiver of an order."""
    actor = actor_of(request)
    actor.require(services.DISCLOSE)
    order = order_get_for(actor, order_no, request.GET.get("shop", ""))
    back_url = f"{reverse('tickets:order_detail', args=[order_no])}?shop={order.shop.code}"
    return _disclose(request, order, None, back_url)


def _disclose(request: ConsoleRequest, order: Order, refund: Refund | None, back_url: str) -> HttpResponse:
    form = DiscloseForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        reason, note = form.cleaned_data["reason"], form.cleaned_data["note"]
        try:
            services.buyer_disclose(order=order, refund=refund, actor=actor_of(request), reason=reason, note=note)
        except errors.Invalid:
            form.add_error("note", _("Say why you need to see it."))
        else:
            return _shown(request, order, refund, back_url)
    context = {"form": form, "form_url": request.get_full_path(), "cancel_url": back_url}
    return render(request, "tickets/dialogs/disclose.html", context, status=422 if form.is_bound else 200)


def _shown(request: ConsoleRequest, order: Order, refund: Refund | None, back_url: str) -> HttpResponse:
    number = refund.refund_no if refund else order.order_no
    person = selectors.person_shown(order, unmasked=True)
    context = {"number": number, "person": person, "back_url": back_url}
    template = "tickets/request/_person_shown.html" if request.htmx else "tickets/request_person.html"
    response = render(request, template, context)
    response["Cache-Control"] = "no-store"
    if request.htmx:
        response["HX-Trigger-After-Swap"] = json.dumps({"dialog:close": ""})
    return response
