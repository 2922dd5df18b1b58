"""What is typed about service: a file, a fault, a visit, what was done, quoted, accepted, paid, found (SVC, WAR-2)."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from aftersales.core.forms import AmountField
from aftersales.core.views.dialogs import OnceForm
from refunds.forms import VersionForm
from service.models import MONTHS_MOST
from service.states import Finding, How, PaidBy, QuoteKind, SaleType, Way

QUOTE_ROWS = 4


def _words(label: Any, most: int = 200, rows: int = 2, **more: Any) -> forms.CharField:
    """A field for some words."""
    return forms.CharField(label=label, max_length=most, widget=forms.Textarea(attrs={"rows": rows}), **more)


def _moment(label: Any) -> forms.DateTimeField:
    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    return forms.DateTimeField(label=label, widget=widget)


def _day(label: Any, **more: Any) -> forms.DateField:
    return forms.DateField(label=label, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **more)


def _pick(label: Any, choices: Any) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=choices, widget=forms.RadioSelect)


class FileForm(OnceForm):
    """A new file."""

    unit = forms.IntegerField(label=_("Unit"), min_value=1, max_value=100_000)
    sale_type = _pick(pgettext_lazy("service", "Sold to"), SaleType.choices)
    months = forms.IntegerField(label=_("Warranty in months"), min_value=0, max_value=MONTHS_MOST)
    contract_no = forms.CharField(label=_("Contract number"), max_length=64, required=False)
    accepted_on = _day(
        _("Accepted on"),
        required=False,
        help_text=_("Government procurement: the warranty counts from this day. Else from the day of delivery."),
    )


class AcceptedForm(OnceForm):
    """The day of acceptance."""

    accepted_on = _day(_("Accepted on"))


class ReportForm(OnceForm):
    """A fault."""

    unit = forms.IntegerField(label=_("Unit"), min_value=1, max_value=100_000)
    way = _pick(_("How is it looked at?"), Way.choices)
    text = _words(_("What is wrong with it?"), 500, 3)
    contact_name = forms.CharField(label=_("Contact"), max_length=60, required=False, help_text=_("Else the receiver."))
    contact_phone = forms.CharField(label=_("Phone"), max_length=24, required=False)
    address = forms.CharField(label=_("Address"), max_length=420, required=False)
    is_emergency = forms.BooleanField(label=_("Emergency: the work first, the paper is made up later"), required=False)


class NoteForm(VersionForm):
    """A step, with a note where there is something to say."""

    note = forms.CharField(label=_("Note"), required=False, max_length=200)


class ReasonForm(VersionForm):
    """A step that needs a reason."""

    reason = _words(_("Reason"))


class CallForm(VersionForm):
    """What was agreed on the phone."""

    visit_at = _moment(_("Agreed visit"))
    note = _words(_("What was said"))


class AssignForm(NoteForm):
    """Who goes, and when."""

    field_order = ("engineer", "visit_at", "note")

    engineer = forms.ChoiceField(label=_("Engineer"))
    visit_at = _moment(pgettext_lazy("service", "Visit"))

    def __init__(self, *args: Any, engineers: Any = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["engineer"].choices = engineers  # type: ignore[attr-defined]


class WorkForm(VersionForm):
    """What was done."""

    work = _words(_("What was done"), 500, 3)


class RepairForm(WorkForm):
    """What was found and done."""

    field_order = ("diagnosis", "work")

    diagnosis = _words(_("Diagnosis"), 500)


class QuoteForm(VersionForm):
    """What it costs, line by line."""

    diagnosis = _words(_("Diagnosis"), 500)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for row in range(1, QUOTE_ROWS + 1):
            self.fields[f"kind_{row}"] = forms.ChoiceField(label=_("For"), choices=QuoteKind.choices, required=False)
            self.fields[f"text_{row}"] = forms.CharField(label=_("What"), max_length=100, required=False)
            self.fields[f"quantity_{row}"] = forms.IntegerField(
                label=_("Quantity"), min_value=1, max_value=100, required=False, initial=1
            )
            self.fields[f"unit_fen_{row}"] = AmountField(label=_("Price of one"), required=False)

    @property
    def lines(self) -> list[list[forms.BoundField]]:
        """The rows as they are shown."""
        names = ("kind", "text", "quantity", "unit_fen")
        return [[self[f"{name}_{row}"] for name in names] for row in range(1, QUOTE_ROWS + 1)]

    def quoted(self) -> list[dict[str, Any]]:
        """Give the rows that say something."""
        data = self.cleaned_data
        return [
            {
                "kind": data[f"kind_{row}"] or QuoteKind.PARTS.value,
                "text": data[f"text_{row}"],
                "quantity": data[f"quantity_{row}"] or 1,
                "unit_fen": data[f"unit_fen_{row}"] or 0,
            }
            for row in range(1, QUOTE_ROWS + 1)
            if data.get(f"text_{row}") or data.get(f"unit_fen_{row}")
        ]

    def clean(self) -> dict[str, Any]:
        """Give what the service takes."""
        data = super().clean() or self.cleaned_data
        return {"version": data.get("version"), "diagnosis": data.get("diagnosis", ""), "lines": self.quoted()}


class AcceptForm(VersionForm):
    """Who accepts, and how he said so."""

    by = forms.CharField(label=_("Who accepts?"), max_length=60)
    how = _pick(_("How?"), How.choices)


class PayForm(VersionForm):
    """What was paid."""

    paid_fen = AmountField(label=_("Amount"))
    paid_by = _pick(_("Paid by"), PaidBy.choices)


class FinishForm(VersionForm):
    """Whether an invoice is wanted."""

    invoice_wanted = forms.BooleanField(label=_("The buyer wants an invoice"), required=False)


class FindForm(VersionForm):
    """What the test found."""

    finding = _pick(_("Finding"), Finding.choices)
    diagnosis = _words(_("Diagnosis"), 500)


class SendBackForm(WorkForm):
    """What was done, and what both ways cost."""

    freight_in_fen = AmountField(label=_("Freight here, paid by the buyer"))
    freight_out_fen = AmountField(label=_("Freight back, paid by us"))


class MakeUpForm(VersionForm):
    """What an emergency left out."""

    contact_name = forms.CharField(label=_("Contact"), max_length=60)
    contact_phone = forms.CharField(label=_("Phone"), max_length=24)
    address = forms.CharField(label=_("Address"), max_length=420)
    diagnosis = _words(_("Diagnosis"), 500)


EMPTY = VersionForm
"""A step that says nothing more."""
