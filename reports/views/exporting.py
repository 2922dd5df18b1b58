"""The dialog that starts an export of the figures (RPT-1)."""

from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from aftersales.core import errors
from aftersales.core.views.access import looking_actor
from aftersales.core.views.dialogs import Dialog, OnceForm
from reports import services
from reports.forms import FiguresForm

from .campaign import LOOKERS


class ExportForm(OnceForm):
    """As what."""

    format = forms.ChoiceField(
        label=gettext_lazy("File"),
        choices=[("xlsx", "XLSX (Excel, WPS)"), ("csv", "CSV (UTF-8)")],
        initial="xlsx",
        widget=forms.RadioSelect,
    )


class Export(Dialog):
    """Start an export of the days and the dimension of the page; its file is among one's jobs."""

    roles = frozenset(LOOKERS)
    template_name = "reports/export.html"
    form_class = ExportForm

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
        return _("The export runs. You can go on working; the file waits here.")

    def home(self) -> str:
        """Give the list of one's jobs."""
        return reverse("core:jobs")

    def done(self) -> Any:
        """Lead to the jobs, where the file will be."""
        response = super().done()
        if "HX-Redirect" in response:
            response["HX-Redirect"] = self.home()
        return response

    def draft_key(self) -> str:
        """Nothing is typed."""
        return ""
