"""The dialogs that start an export: in which form; the job's progress and its file are among one's jobs."""

from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .dialogs import Dialog, OnceForm


class ExportForm(OnceForm):
    """As what."""

    format = forms.ChoiceField(
        label=gettext_lazy("File"),
        choices=[("xlsx", "XLSX (Excel, WPS)"), ("csv", "CSV (UTF-8)")],
        initial="xlsx",
        widget=forms.RadioSelect,
    )


class ExportDialog(Dialog):
    """Start an export with `begin`; then it leads to one's jobs, where the file will be."""

    form_class = ExportForm

    def begin(self, form: str) -> None:
        """Queue the job that writes a file of this form (xlsx, csv)."""
        raise NotImplementedError

    def act(self, data: dict[str, Any]) -> str:
        """Queue it."""
        self.begin(data["format"])
        return _("The export runs. You can go on working; the file waits here.")

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
