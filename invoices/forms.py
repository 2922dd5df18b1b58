"""What is typed about invoices: the title and the amount, the number, the words for the buyer (INV-1)."""

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from aftersales.core.forms import AmountField
from aftersales.core.views.dialogs import OnceForm
from invoices.states import TitleKind
from refunds.forms import VersionForm

_NUMBER = {"autocomplete": "off", "spellcheck": "false", "inputmode": "numeric"}


class TitleFields(forms.Form):
    """To whom, and for how much."""

    field_order = ("title_kind", "title", "tax_no", "amount_fen", "note")

    title_kind = forms.ChoiceField(
        label=pgettext_lazy("invoice", "Title"), choices=TitleKind.choices, widget=forms.RadioSelect
    )
    title = forms.CharField(
        label=_("Name on the invoice"),
        max_length=100,
        widget=forms.TextInput(attrs={"data-first": "", "autocomplete": "off"}),
    )
    tax_no = forms.CharField(
        label=_("Tax number"),
        required=False,
        max_length=24,
        help_text=_("For a company: 18 characters, the check digit is verified."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    amount_fen = AmountField(label=_("Amount"))
    note = forms.CharField(label=_("Note"), required=False, max_length=200)


class InvoiceForm(TitleFields, OnceForm):
    """A new wish."""


class InvoiceCorrectForm(TitleFields, VersionForm):
    """Another title, number or amount."""


class InvoiceNoteForm(VersionForm):
    """A step, with a note where there is something to say."""

    note = forms.CharField(label=_("Note"), required=False, max_length=200)


class InvoiceQuestionForm(VersionForm):
    """What finance wants to know."""

    question = forms.CharField(
        label=_("What is not right?"), max_length=200, widget=forms.TextInput(attrs={"data-first": ""})
    )


class InvoiceIssueForm(InvoiceNoteForm):
    """The number."""

    field_order = ("number", "code", "note")

    number = forms.CharField(
        label=_("Invoice number"),
        max_length=20,
        help_text=_("Twenty digits; eight on older paper."),
        widget=forms.TextInput(attrs={"data-first": "", **_NUMBER}),
    )
    code = forms.CharField(
        label=_("Invoice code"),
        required=False,
        max_length=12,
        help_text=_("Of older paper only: ten or twelve digits."),
        widget=forms.TextInput(attrs=_NUMBER),
    )


class InvoiceTellForm(VersionForm):
    """The words for the buyer."""

    text = forms.CharField(label=_("Message to the buyer"), max_length=500, widget=forms.Textarea(attrs={"rows": 4}))


class InvoiceReverseForm(VersionForm):
    """The red invoice."""

    field_order = ("red_number", "reason")

    red_number = forms.CharField(
        label=_("Number of the red invoice"),
        max_length=20,
        widget=forms.TextInput(attrs={"data-first": "", **_NUMBER}),
    )
    reason = forms.CharField(label=_("Reason"), max_length=200)
