"""What the warehouse answers to a void list: one line, or many with the numbers of their parcels pasted."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from aftersales.core.views.dialogs import OnceForm
from logistics.selectors import carriers_active

RESULTS = [("voided", ""), ("already_shipped", "")]
MOST_PICKED = 500
MOST_PARCELS = 100


class _Answer(forms.Form):
    """The answer and its note; the carrier where goods have left."""

    result = forms.ChoiceField(choices=RESULTS, widget=forms.HiddenInput)
    note = forms.CharField(
        label=gettext_lazy("Note"), max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    carrier = forms.ChoiceField(label=gettext_lazy("Carrier"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        carriers = [(carrier.code, carrier.name) for carrier in carriers_active()]
        self.fields["carrier"].choices = [("", _("Not known")), *carriers]  # type: ignore[attr-defined]


class LineForm(_Answer):
    """One line."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    tracking_no = forms.CharField(
        label=gettext_lazy("Tracking number"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )


class ManyForm(OnceForm, _Answer):
    """The picked lines; `numbers` are an order's number and its parcel's, a pair a line, as pasted from a sheet."""

    pick = forms.Field(widget=forms.MultipleHiddenInput)
    numbers = forms.CharField(
        label=gettext_lazy("Tracking numbers"),
        required=False,
        help_text=gettext_lazy("An order number and a tracking number a line, as copied from a table."),
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false", "autocomplete": "off"}),
    )

    def __init__(self, *args: Any, orders: dict[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.orders = orders

    def clean_pick(self) -> dict[str, int]:
        """Give the version of each request's number."""
        return picked(self.cleaned_data["pick"])

    def clean_numbers(self) -> dict[str, str]:
        """Give the parcel's number by request; each line must name one of the picked orders."""
        found: dict[str, str] = {}
        for place, row in enumerate(self.cleaned_data["numbers"].splitlines(), start=1):
            words = row.replace(",", " ").replace("，", " ").split()
            if not words:
                continue
            if len(words) != 2 or words[0] not in self.orders or len(words[1]) > 40:
                said = _("Line %(place)d is no order number of the picked ones with a tracking number: %(row)s")
                raise forms.ValidationError(said % {"place": place, "row": row.strip()[:60]})
            found[self.orders[words[0]]] = words[1]
        return found

    def clean(self) -> dict[str, Any]:
        """Bound what is done one by one."""
        data: dict[str, Any] = super().clean() or {}
        if data.get("result") == "already_shipped" and len(data.get("pick", ())) > MOST_PARCELS:
            text = _("At most %(most)d orders that have left can be answered at once.") % {"most": MOST_PARCELS}
            raise forms.ValidationError(text)
        return data


def picked(values: list[str]) -> dict[str, int]:
    """Read `number@version`; what is not of that form is left out."""
    pairs = (value.partition("@") for value in values[:MOST_PICKED])
    return {number: int(version) for number, _at, version in pairs if version.isascii() and version.isdigit()}
