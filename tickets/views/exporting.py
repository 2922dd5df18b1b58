"""The dialog that starts an export of what a list shows."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from aftersales.core import errors
from aftersales.core.auth import Actor
from aftersales.core.context_processors import SHOP_SESSION_KEY
from aftersales.core.views.access import looking_actor
from aftersales.core.views.exports import RUNS, ExportForm
from tickets import services
from tickets.forms import queue as queue_forms
from tickets.forms import tickets as ticket_forms
from tickets.selectors import saved_views as selectors
from tickets.services import exporting
from tickets.states import WORKERS

from .saved_views import PAGES, OfList


def wanted_of(request: HttpRequest, listing: str) -> tuple[Actor, exporting.Wanted]:
    """Give what a list shows at this address, and who looks, seeing the shop that he chose."""
    looks = looking_actor(request)
    params = selectors.list_shown(looks, listing, request.GET, {}).params
    if listing == "tickets":
        return looks, ticket_forms.wanted_from(params, looks)
    return looks, queue_forms.wanted_from(params, shop_id=request.session.get(SHOP_SESSION_KEY))


class Export(OfList):
    """Start an export; its progress and its file are among one's jobs."""

    template_name = "tickets/export.html"
    form_class = ExportForm

    def load(self, **kwargs: Any) -> None:
        """Take the list from the address. Raises: NotFound, Forbidden."""
        self.listing = kwargs["listing"]
        if self.listing not in PAGES:
            raise errors.NotFound()
        if self.listing == "tickets" and self.actor.role not in WORKERS:
            raise errors.Forbidden()
        self.looks, self.wanted = wanted_of(self.request, self.listing)

    def context(self) -> dict[str, Any]:
        """Say how much it would be."""
        rows, most = exporting.rows_wanted(self.looks, self.wanted), exporting.most_rows()
        return {"rows": rows, "most": most, "confirm_disabled": not 0 < rows <= most}

    def act(self, data: dict[str, Any]) -> str:
        """Queue it."""
        services.export_start(actor=self.looks, wanted=self.wanted, form=data["format"])
        self.target = reverse("core:jobs")
        return str(RUNS)
