"""The dialog that starts an export of the figures (RPT-1)."""

from typing import Any

from django.utils.translation import gettext as _

from aftersales.core import errors
from aftersales.core.views.access import looking_actor
from aftersales.core.views.exports import RUNS, ExportDialog
from reports import services
from reports.forms import FiguresForm

from .campaign import LOOKERS


class Export(ExportDialog):
    """Start an export of the days and the dimension of the page."""

    roles = frozenset(LOOKERS)
    template_name = "reports/export.html"

    def load(self, **kwargs: Any) -> None:
        """Take the days from the address. Raises: Invalid for days that cannot be shown."""
        self.wanted = FiguresForm(self.request.GET)
        if not self.wanted.is_valid():
            raise errors.Invalid(_("These days cannot be shown. Choose others on the page of figures."))

    def context(self) -> dict[str, Any]:
        """Say which days."""
        return {"days": self.wanted.days()}

    def act(self, data: dict[str, Any]) -> str:
        """Queue it."""
        days, by = self.wanted.days(), self.wanted.cleaned_data["by"] or "day"
        looks = looking_actor(self.request)
        services.export_start(actor=looks, by=by, since=days.since, until=days.until, form=data["format"])
        return str(RUNS)
