"""What is typed about money: the reference of a payment, a payout and its payee, or why something did not work."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from aftersales.core.forms import AmountField
from aftersales.core.views.dialogs import OnceForm
from refunds.services.reconciling import MOST_BYTES
from refunds.states import AccountType, PayoutFault, PayoutPurpose

NEVER_KEPT = {"autocomplete": "off", "spellcheck": "false", "data-draft": "no"}
"""Of fields whose text must not stay in a browser."""


class EvidenceField(forms.Field):
    """Numbers of uploaded files; the tiles and the upload stand in components/_files.html."""

    widget = forms.MultipleHiddenInput

    def clean(self, value: Any) -> list[str]:
        """Return the numbers, each once, in the order of the tiles."""
        return list(dict.fromkeys(str(one) for one in super().clean(value) or []))


class WithReceipts(forms.Form):
    """Files that go with a payout."""

    evidence = EvidenceField(label=_("Receipt"), required=False)

    @property
    def evidence_ids(self) -> list[str]:
        """Numbers of files that were uploaded for this form already."""
        return self.data.getlist("evidence") if self.is_bound else []  # type: ignore[attr-defined]


class VersionForm(forms.Form):
    """A decision about what was looked at, and nothing to type."""

    version = forms.IntegerField(widget=forms.HiddenInput)


class ConfirmForm(VersionForm):
    """The money has moved."""

    reference = forms.CharField(
        label=_("Reference"),
        max_length=64,
        help_text=_("The transaction number of the bank or of Alipay, as it stands in the statement."),
        widget=forms.TextInput(attrs={"data-first": "", "autocomplete": "off", "spellcheck": "false"}),
    )


class MadeGoodForm(WithReceipts, ConfirmForm):
    """A payment that failed was made good another way: with a proof, and the buyer's word that it is there."""

    buyer_confirmed = forms.BooleanField(label=_("The buyer has confirmed that the money is there"), required=True)

    def clean(self) -> dict[str, Any]:
        """Want a proof, uploaded before or sent along."""
        if not self.cleaned_data.get("evidence") and not self.files.getlist("files"):
            self.add_error("evidence", _("Add the proof of the payment: a picture or PDF of the receipt."))
        return self.cleaned_data


class FailForm(VersionForm):
    """The money has not moved."""

    failure = forms.CharField(
        label=_("What went wrong"),
        max_length=200,
        widget=forms.TextInput(attrs={"data-first": ""}),
    )


class PayoutFailForm(FailForm):
    """No money has moved, and whose data or account it was."""

    fault = forms.ChoiceField(
        label=_("Whose fault was it?"),
        required=False,
        choices=[*PayoutFault.choices, ("", _("Not known"))],
        widget=forms.RadioSelect,
    )


class ReasonForm(VersionForm):
    """Why a payout is rejected or taken back."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=200,
        widget=forms.TextInput(attrs={"data-first": ""}),
    )


class UnmovedForm(WithReceipts, ReasonForm):
    """No money has moved: with a proof, for a second person who agrees."""

    def clean(self) -> dict[str, Any]:
        """Want a proof, uploaded before or sent along."""
        if not self.cleaned_data.get("evidence") and not self.files.getlist("files"):
            self.add_error("evidence", _("Add the proof: a picture or PDF of the account's entries of that day."))
        return self.cleaned_data


class NoticeForm(forms.Form):
    """What finance found about money that nobody here asked for."""

    reason = forms.CharField(
        label=_("What was it?"),
        max_length=200,
        widget=forms.TextInput(attrs={"data-first": "", "autocomplete": "off"}),
    )


class BillForm(forms.Form):
    """A bill that was downloaded by hand."""

    day = forms.DateField(label=_("Day"), widget=forms.DateInput(attrs={"type": "date"}))
    file = forms.FileField(
        label=_("Bill"),
        help_text=_("The account's entries of one day as Alipay gives them, CSV or ZIP."),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.zip"}),
    )

    def clean_file(self) -> Any:
        """Refuse what is too large before anybody reads it."""
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            raise forms.ValidationError(_("A bill is a file of at most 16 MB."))
        return file


class NotArrivedForm(OnceForm):
    """The buyer says that his money is not there."""

    note = forms.CharField(
        label=_("What does the buyer see?"),
        required=False,
        max_length=150,
        help_text=_("For instance the last four digits of the card, and the balance that he looked at."),
        widget=forms.TextInput(attrs={"data-first": "", "autocomplete": "off"}),
    )


class InsuranceForm(OnceForm):
    """What the insurer of return freight did (FRI-3)."""

    outcome = forms.ChoiceField(
        label=_("What did the insurer do?"),
        choices=[("paid", pgettext_lazy("insurer", "Paid")), ("refused", pgettext_lazy("insurer", "Refused"))],
        widget=forms.RadioSelect,
        initial="paid",
    )
    amount_fen = AmountField(label=_("Amount"), required=False)
    arrived_at = forms.DateTimeField(
        label=_("Arrived"), required=False, widget=forms.DateTimeInput(attrs={"type": "datetime-local"})
    )
    note = forms.CharField(label=_("Note"), required=False, max_length=200)


class RevealForm(forms.Form):
    """Why somebody has to read an account and name in full (PAY-2)."""

    reason = forms.CharField(
        label=_("Why do you need to see it?"),
        max_length=200,
        widget=forms.TextInput(attrs={"data-first": "", "autocomplete": "off"}),
    )


class PayeeFields(forms.Form):
    """Whom to pay. What is typed here is never kept in the browser."""

    account_type = forms.ChoiceField(label=_("Account type"), choices=AccountType.choices, widget=forms.RadioSelect)
    account = forms.CharField(
        label=_("Account"),
        max_length=80,
        help_text=_("Alipay: e-mail address or mainland mobile number. Bank: the number of the card."),
        widget=forms.TextInput(attrs=NEVER_KEPT | {"data-first": ""}),
    )
    name = forms.CharField(
        label=_("Real name"),
        max_length=60,
        help_text=_("As it stands in the account, or the provider sends the money back."),
        widget=forms.TextInput(attrs=NEVER_KEPT),
    )


class CorrectPayeeForm(PayeeFields, VersionForm):
    """Another account or name in the place of one that was wrong."""


class PayoutForm(PayeeFields, WithReceipts, OnceForm):
    """A new payout: what for, how much, to whom."""

    field_order = ("purpose", "amount_fen", "account_type", "account", "name", "note", "second_reason", "submit")

    purpose = forms.ChoiceField(label=_("Purpose"), choices=PayoutPurpose.choices)
    amount_fen = AmountField(label=_("Amount"))
    note = forms.CharField(
        label=_("Note for whoever approves it"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    second_reason = forms.CharField(
        label=_("Why a second payout for the same?"),
        required=False,
        max_length=200,
        help_text=_("Only a supervisor may pay one purpose twice for the same goods."),
    )
    submit = forms.BooleanField(label=_("Submit for approval at once"), required=False, initial=True)

    def __init__(self, *args: Any, may_repeat: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not may_repeat:
            del self.fields["second_reason"]


class PayoutEditForm(WithReceipts, VersionForm):
    """Another amount or note; an approval does not count any more then."""

    amount_fen = AmountField(label=_("Amount"))
    note = forms.CharField(
        label=_("Note for whoever approves it"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class PickForm(OnceForm):
    """Several payouts, each with the version that was looked at: `PO20261109000003@2`."""

    pick = forms.Field(widget=forms.MultipleHiddenInput)

    def clean_pick(self) -> dict[str, int]:
        """Give the version of each number."""
        return picked(self.cleaned_data["pick"])


class WaitingForm(OnceForm):
    """All that wait, up to the newest that was looked at."""

    upto = forms.IntegerField(widget=forms.HiddenInput, min_value=0)


def picked(values: list[str]) -> dict[str, int]:
    """Read `number@version`, two hundred at the most; what is not of that form is left out."""
    pairs = (value.partition("@") for value in values[:200])
    return {number: int(version) for number, _at, version in pairs if version.isascii() and version.isdigit()}
