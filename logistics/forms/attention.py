"""What is typed when a parcel that needed someone was seen to (LOG-6)."""

from django import forms
from django.utils.translation import gettext_lazy

from aftersales.core.views.dialogs import OnceForm


class SettleForm(OnceForm):
    """What was done about it."""

    note = forms.CharField(
        label=gettext_lazy("What was done"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2, "data-first": ""}),
    )
