"""What is typed about claims: the goods and the amount, the carrier's answer, what came (CLM)."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from aftersales.core.forms import AmountField
from aftersales.core.views.dialogs import OnceForm
from logistics.models import Parcel
from logistics.states.claim import ClaimCause
from orders.models import OrderLine
from refunds.forms import EvidenceField, VersionForm
from refunds.states import Kind


class GoodsFields(forms.Form):
    """How many of each line; `asked` gives the lines of what was filled in."""

    amount_fen = AmountField(
        label=_("Amount claimed"),
        required=False,
    )
    cause = forms.ChoiceField(label=pgettext_lazy("claim", "Cause"), choices=ClaimCause.choices)
    note = forms.CharField(
        label=_("What happened"), required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 2})
    )
    evidence = EvidenceField(label=_("Photos"), required=False)

    def __init__(self, *args: Any, lines: Sequence[OrderLine], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.goods = list(lines)
        for line in self.goods:
            self.fields[f"quantity_{line.pk}"] = forms.IntegerField(
                label=line.title, required=False, min_value=0, max_value=line.quantity
            )

    @property
    def evidence_ids(self) -> list[str]:
        """Numbers of files that were uploaded for this form already."""
        return self.data.getlist("evidence") if self.is_bound else []  # type: ignore[attr-defined]

    @property
    def rows(self) -> list[dict[str, Any]]:
        """Each line with its field."""
        return [{"line": line, "field": self[f"quantity_{line.pk}"]} for line in self.goods]

    def asked(self) -> list[tuple[str, int]]:
        """Give the line numbers with how many of them, where there is something."""
        wanted = ((line.line_no, self.cleaned_data.get(f"quantity_{line.pk}") or 0) for line in self.goods)
        return [(line_no, quantity) for line_no, quantity in wanted if quantity]


class ClaimForm(GoodsFields, OnceForm):
    """A new claim."""

    parcel = forms.TypedChoiceField(label=_("Parcel"), coerce=int)

    def __init__(self, *args: Any, parcels: Sequence[Parcel], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [
            (parcel.pk, f"{getattr(parcel, 'carrier_name', None) or parcel.carrier} {parcel.tracking_no}")
            for parcel in parcels
        ]
        self.fields["parcel"].choices = choices  # type: ignore[attr-defined]


class ClaimEditForm(GoodsFields, VersionForm):
    """Another amount, other goods, more photos; a stamp does not count any more then."""


class ClaimNoteForm(VersionForm):
    """A step, with a note where there is something to say."""

    note = forms.CharField(label=_("Note"), required=False, max_length=200)


class ClaimSubmitForm(ClaimNoteForm):
    """The slip is with the carrier."""

    field_order = ("carrier_reference", "note")

    carrier_reference = forms.CharField(
        label=_("Carrier's case number"),
        required=False,
        max_length=64,
        widget=forms.TextInput(attrs={"data-first": "", "autocomplete": "off", "spellcheck": "false"}),
    )


class ClaimReasonForm(VersionForm):
    """Why."""

    reason = forms.CharField(label=_("Reason"), max_length=200, widget=forms.TextInput(attrs={"data-first": ""}))


class ClaimAppealForm(ClaimReasonForm):
    """Once more, with what speaks against the rejection."""

    carrier_reference = forms.CharField(label=_("Carrier's case number"), required=False, max_length=64)


class ClaimAcceptForm(ClaimNoteForm):
    """What the carrier will pay."""

    field_order = ("accepted_fen", "note")

    accepted_fen = AmountField(label=_("What the carrier will pay"))


class ClaimPaymentForm(ClaimNoteForm):
    """What came."""

    field_order = ("amount_fen", "reference", "note")

    amount_fen = AmountField(label=_("Amount that came"), help_text=_("Less than was claimed ends the claim, too."))
    reference = forms.CharField(
        label=_("Reference"),
        max_length=64,
        help_text=_("The transaction number as it stands in the bank's statement."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )


class ServeForm(OnceForm):
    """What the buyer gets first (CLM-3)."""

    kind = forms.ChoiceField(
        label=_("What does the buyer want?"),
        choices=[(Kind.RESHIP.value, Kind.RESHIP.label), (Kind.REFUND_ONLY.value, Kind.REFUND_ONLY.label)],
        widget=forms.RadioSelect,
        initial=Kind.RESHIP.value,
    )
