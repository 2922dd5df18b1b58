"""The dialogs that start an export: in which form; the job's progress and its file are among one's jobs."""

from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext_lazy

from .dialogs import Dialog, OnceForm

RUNS = gettext_lazy("The export runs. You can go on working; the file waits here.")


class ExportForm(OnceForm):
    """As what."""

    format = forms.ChoiceField(
        label=gettext_lazy("File"),
        choices=[("xlsx", "XLSX (Excel, WPS)"), ("csv", "CSV (UTF-8)")],
        initial="xlsx",
        widget=forms.RadioSelect,
    )


class ExportDialog(Dialog):
    """Start an export in `act` and say `RUNS`; then it leads to one's jobs, where the file will be."""

    form_class = ExportForm

    def home(self) -> str:
        """Give the list of one's jobs."""
        return reverse("core:jobs")

    def done(self) -> Any:
        """Lead to the jobs."""
        response = super().done()
        if "HX-Redirect" in response:
            response["HX-Redirect"] = self.home()
        return response

    def draft_key(self) -> str:
        """Nothing is typed."""
        return ""
