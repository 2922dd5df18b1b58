"""The warranty of one line of an order, and the dialog for its serial numbers (WAR-1…3)."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from aftersales.core.api.base import actor_of
from aftersales.core.machine import AGENT, FINANCE, SUPERVISOR, WAREHOUSE
from aftersales.core.views.access import open_to
from aftersales.core.views.dialogs import Dialog
from orders.models import OrderLine
from warranty import forms, services
from warranty.selectors import entitling
from warranty.selectors.service_points import service_points_near
from warranty.states import REMEDIES, SerialKind, Why

LOOKERS = (AGENT, FINANCE, SUPERVISOR, WAREHOUSE)
PHONE = "phone"


@require_safe
@open_to(*LOOKERS)
def line(request: HttpRequest, order_no: str, line_no: str) -> HttpResponse:
    """Show what the buyer may have today and why; days that are typed count instead of those that are known."""
    actor = actor_of(request)
    found = entitling.line_get_for(actor, order_no, line_no, request.GET.get("shop", ""))
    order = found.order
    facts = entitling.facts_of(order, [found])[found.pk]
    typed = "category" in request.GET
    form = forms.FactsForm(
        request.GET if typed else None,
        initial={
            "category": facts.category,
            "delivered_on": facts.delivered_on,
            "exchanged_on": facts.exchanged_on,
            **forms.repairs_initial(facts.repairs),
        },
        categories=entitling.category_choices(order.shop_id),
    )
    answer = None
    if not typed:
        answer = entitling.answer_for(facts, order.shop_id)
    elif form.is_valid():
        data = form.cleaned_data
        said = entitling.Facts(data["category"], data["delivered_on"], data["exchanged_on"], data["repairs"])
        answer = entitling.answer_for(said, order.shop_id)
    context = {
        "order": order,
        "line": found,
        "form": form,
        "answer": answer,
        "reply": entitling.reply_for(found, answer) if answer else "",
        "remedies": [{"symptom": symptom.label, "remedy": remedy} for symptom, remedy in REMEDIES.items()],
        "serials": entitling.serials_of([found])[found.pk],
        "points": service_points_near(order.receiver_region),
        "may_record": actor.role in services.RECORDERS,
        "query": f"?shop={order.shop.code}",
    }
    return render(request, "warranty/line.html", context, status=200 if answer else 422)


class Record(Dialog):
    """The serial number of a unit: of the one that was sold, or of what stands for it now (WAR-2)."""

    roles = services.RECORDERS
    template_name = "warranty/serial.html"
    form_class = forms.SerialForm
    line: OrderLine

    def load(self, **kwargs: Any) -> None:
        """Find the line. Raises: NotFound."""
        self.line = entitling.line_get_for(
            self.actor, kwargs["order_no"], kwargs["line_no"], self.request.GET.get("shop", "")
        )

    def initial(self) -> dict[str, Any]:
        """Propose what is likely: a phone's IMEI, and an exchange where a number is known."""
        known = self.line.serial_no or entitling.serials_of([self.line])[self.line.pk]
        phone = entitling.category_of(self.line, self.line.order.shop_id) == PHONE
        return {
            "why": Why.EXCHANGED.value if known else Why.SOLD.value,
            "unit": 1,
            "kind": SerialKind.IMEI.value if phone else SerialKind.OTHER.value,
        }

    def context(self) -> dict[str, Any]:
        """Give the line with what is recorded of it."""
        return {"line": self.line, "serials": entitling.serials_of([self.line])[self.line.pk]}

    def act(self, data: dict[str, Any]) -> str:
        """Record it."""
        row = services.serial_record(line=self.line, actor=self.actor, **data)
        return _("%(serial)s is recorded.") % {"serial": row.serial}

    def home(self) -> str:
        """Lead back to the line."""
        order = self.line.order
        return f"{reverse('warranty:line', args=[order.order_no, self.line.line_no])}?shop={order.shop.code}"

    def draft_key(self) -> str:
        """Keep a draft for each line."""
        return f"{self.request.path}:{self.line.pk}"
