"""An order on the scale: weighed, numbered, gone (MIS-1)."""

from typing import Any, ClassVar

from django.contrib import messages
from django.urls import reverse
from django.utils.translation import gettext as _

from aftersales.core import errors
from aftersales.core.views.dialogs import Dialog
from logistics import services
from logistics.forms.warehouse import PackForm
from logistics.models import Carrier
from logistics.selectors.regions import reach
from logistics.services.unclaimed import STORE
from orders.models import Order


class Pack(Dialog):
    """A parcel is weighed and gets its number."""

    roles: ClassVar[frozenset[str]] = STORE
    template_name = "logistics/pack.html"
    form_class = PackForm

    def home(self) -> str:
        """Lead back to what is sent."""
        return f"{reverse('logistics:warehouse')}?tab=send"

    def draft_key(self) -> str:
        """Keep what is typed, the same on the tab."""
        return "pack"

    def act(self, data: dict[str, Any]) -> str:
        """Keep the weight. Raises: Invalid at the field for a number that leads to no order, or to several."""
        number = data.pop("order_no").strip()
        found = list(self.actor.visible(Order.objects.filter(order_no=number)).select_related("shop")[:2])
        if len(found) != 1:
            detail = _("Several shops have this order number.") if found else _("There is no order with this number.")
            raise errors.Invalid(detail, errors=[errors.FieldError("order_no", "unknown", detail)])
        data["gifts_in"] = {"in": True, "without": False}.get(data.pop("gifts"))
        packed = services.parcel_pack(order=found[0], actor=self.actor, **data)
        own = Carrier.objects.filter(code__iexact=packed.parcel.carrier).first()
        if warning := reach(found[0].receiver_region).warning(own):
            messages.warning(self.request, f"{number}: {warning}")
        said = {"number": number, "weight": packed.packed_weight_g}
        if packed.difference_g is None:
            return _("%(number)s packed: %(weight)d g.") % said
        said |= {"expected": packed.expected_weight_g, "difference": packed.difference_g}
        return _("%(number)s packed: %(weight)d g, goods %(expected)d g, difference %(difference)+d g.") % said
