"""What finance types: the reference of a payment, or why it did not work."""

from django import forms
from django.utils.translation import gettext_lazy as _


class ConfirmForm(forms.Form):
    """The money has moved."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    reference = forms.CharField(
        label=_("Reference"),
        max_length=64,
        help_text=_("The transaction number of the bank or of Alipay, as it stands in the statement."),
        widget=forms.TextInput(attrs={"data-first": "", "autocomplete": "off", "spellcheck": "false"}),
    )


class FailForm(forms.Form):
    """The money has not moved."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    failure = forms.CharField(
        label=_("What went wrong"),
        max_length=200,
        widget=forms.TextInput(attrs={"data-first": ""}),
    )
