"""The list of parcels that need someone, and the word that one was seen to (LOG-6)."""

from typing import Any, ClassVar

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from aftersales.core import keyset
from aftersales.core.machine import AGENT, SUPERVISOR, WAREHOUSE
from aftersales.core.views.access import looking_actor, open_to
from aftersales.core.views.dialogs import Dialog
from logistics import services
from logistics.forms.attention import SettleForm
from logistics.models import Attention, Carrier
from logistics.selectors import attention as selectors
from logistics.selectors import carriers_active

LOOKERS = (AGENT, WAREHOUSE, SUPERVISOR)


@require_safe
@open_to(*LOOKERS)
def parcels(request: HttpRequest) -> HttpResponse:
    """Show the parcels that need someone by reason, what is due first on top; or what is over, the last first."""
    actor = looking_actor(request)
    tab = request.GET.get("tab", selectors.ALL)
    labels = selectors.TABS | selectors.HISTORY
    tab = tab if tab in labels else selectors.ALL
    over = tab == selectors.ENDED
    carriers = list(carriers_active())
    chosen = next((one for one in carriers if one.code == request.GET.get("carrier")), None)
    code = chosen.code if chosen else ""
    rows = selectors.with_parcel(selectors.attention_rows(actor, tab, code))
    page = keyset.page(rows, request.GET, selectors.BACKWARDS if over else selectors.ORDERING)
    address = reverse("logistics:parcels")
    tabs = keyset.tabs(address, labels, selectors.attention_counts(actor, code), tab)
    for one in tabs:
        one["url"] += f"&{urlencode({'carrier': code})}" if code else ""
    context = {
        "tab": tab,
        "over": over,
        "tabs": tabs,
        "page": page,
        "rows": [{"attention": row, "parcel": row.parcel, "next": selectors.next_step(row)} for row in page.rows],
        "filters": [_carrier_filter(tab, carriers, code)],
        "chips": [{"label": chosen.name, "remove_url": f"?tab={tab}"}] if chosen else [],
        "clear_url": f"?tab={tab}",
    }
    return render(request, "logistics/parcels.html", context)


def _carrier_filter(tab: str, carriers: list[Carrier], code: str) -> dict[str, Any]:
    return {
        "name": "carrier",
        "label": _("Carrier"),
        "kind": "one",
        "on": bool(code),
        "options": [{"value": one.code, "label": one.name, "chosen": one.code == code} for one in carriers],
        "keep": [("tab", tab)],
    }


class Settle(Dialog):
    """Somebody has seen to a parcel: it leaves the list with a word what was done."""

    roles: ClassVar[frozenset[str]] = frozenset(LOOKERS)
    template_name = "logistics/parcel_settle.html"
    form_class = SettleForm
    attention: Attention

    def load(self, **kwargs: Any) -> None:
        """Find what is to be settled. Raises: NotFound."""
        self.attention = selectors.attention_get_for(self.actor, kwargs["attention_id"])

    def context(self) -> dict[str, Any]:
        """Give the parcel and what was to be done."""
        row = self.attention
        return {"attention": row, "parcel": row.parcel, "next": selectors.next_step(row)}

    def home(self) -> str:
        """Lead back to the list."""
        return reverse("logistics:parcels")

    def act(self, data: dict[str, Any]) -> str:
        """Settle it."""
        services.attention_settle(attention=self.attention, actor=self.actor, note=data["note"])
        return _("%(number)s was seen to.") % {"number": self.attention.parcel.tracking_no}
