"""Where is my money: the paper for the buyer, and the word that it is not there (ARR-2, ARR-3)."""

from typing import Any

from django.http import FileResponse, HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from aftersales.core.api.base import actor_of
from aftersales.core.machine import AGENT, FINANCE, SUPERVISOR, WAREHOUSE
from aftersales.core.views.access import open_to
from aftersales.core.views.dialogs import Dialog
from refunds import services
from refunds.forms import InsuranceForm, NotArrivedForm
from refunds.models import Refund
from refunds.selectors import arrival as selectors
from refunds.selectors.insurance import expected_by
from refunds.serializers import proof


@require_safe
@open_to(AGENT, FINANCE, SUPERVISOR, WAREHOUSE)
def proof_page(request: HttpRequest, refund_no: str, form: str) -> FileResponse:
    """Give the proof of a refund, to be sent to the buyer: `form` "pdf", or "png" for the chat."""
    refund, arrival = selectors.arrival_for(actor_of(request), refund_no)
    selectors.require_arrived(arrival)
    return proof.download(refund, arrival, form)


class Follow(Dialog):
    """The buyer says that the money is not there."""

    roles = frozenset({AGENT, FINANCE, SUPERVISOR})
    template_name = "refunds/arrival_follow.html"
    form_class = NotArrivedForm
    refund: Refund

    def load(self, **kwargs: Any) -> None:
        """Find the request and where its money is. Raises: NotFound."""
        self.refund, self.arrival = selectors.arrival_for(self.actor, kwargs["refund_no"])

    def context(self) -> dict[str, Any]:
        """Say where it should be."""
        return {"refund": self.refund, "arrival": self.arrival}

    def act(self, data: dict[str, Any]) -> str:
        """Have finance ask."""
        services.arrival_follow_up(refund=self.refund, actor=self.actor, note=data["note"])
        return _("Finance asks the provider; the task is on its list.")

    def home(self) -> str:
        """Lead back to the request."""
        return reverse("tickets:request_detail", args=[self.refund.refund_no])


class Insurance(Dialog):
    """What the insurer of return freight did."""

    roles = frozenset({AGENT, FINANCE, SUPERVISOR})
    template_name = "refunds/insurance.html"
    form_class = InsuranceForm
    refund: Refund

    def load(self, **kwargs: Any) -> None:
        """Find the request. Raises: NotFound."""
        self.refund, _arrival = selectors.arrival_for(self.actor, kwargs["refund_no"])

    def context(self) -> dict[str, Any]:
        """Say until when it should pay."""
        return {"refund": self.refund, "expected_by": expected_by(self.refund)}

    def act(self, data: dict[str, Any]) -> str:
        """Write it down."""
        paid = data.pop("outcome") == "paid"
        services.insurance_record(refund=self.refund, actor=self.actor, paid=paid, **data)
        return _("What the insurer did is written down.")

    def home(self) -> str:
        """Lead back to the request."""
        return reverse("tickets:request_detail", args=[self.refund.refund_no])
