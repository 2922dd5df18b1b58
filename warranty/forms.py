"""What is typed about warranty: the days that are counted from, and serial numbers (WAR-1, WAR-2)."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from aftersales.core import clock
from aftersales.core.views.dialogs import OnceForm
from warranty.states import RepairPeriod, SerialKind, Why

REPAIRS = 3
_PLAIN = {"autocomplete": "off", "spellcheck": "false"}


def _day(label: Any) -> forms.DateField:
    return forms.DateField(
        label=label, required=False, widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    )


def repairs_initial(repairs: Sequence[RepairPeriod]) -> dict[str, date | None]:
    """Give the days in repair that are known, the latest of them, as the form's first values."""
    known = enumerate(sorted(repairs, key=lambda one: one.begun)[-REPAIRS:], start=1)
    return {
        name: day
        for number, one in known
        for name, day in ((f"begun_{number}", one.begun), (f"ended_{number}", one.ended))
    }


class FactsForm(forms.Form):
    """What is counted from: known days are filled in, and may be said otherwise. Nothing of it is kept."""

    category = forms.ChoiceField(label=pgettext_lazy("warranty", "Category"), required=False)
    delivered_on = _day(gettext_lazy("Delivered on"))
    exchanged_on = _day(gettext_lazy("Exchanged on"))

    def __init__(self, *args: Any, categories: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["category"]
        field.choices = [("", "—"), *categories]
        for number in range(1, REPAIRS + 1):
            self.fields[f"begun_{number}"] = _day(_("Repair %(n)d from") % {"n": number})
            self.fields[f"ended_{number}"] = _day(_("until"))

    def pairs(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        """Give the fields of each repair."""
        return [(self[f"begun_{number}"], self[f"ended_{number}"]) for number in range(1, REPAIRS + 1)]

    def clean(self) -> dict[str, Any]:
        """See to it that the days follow each other, none after today, and gather the repairs."""
        data: dict[str, Any] = super().clean() or {}
        today = clock.shanghai_day(clock.now())
        for name, day in list(data.items()):
            if isinstance(day, date) and day > today:
                self.add_error(name, _("This day is still to come."))
        delivered, exchanged = data.get("delivered_on"), data.get("exchanged_on")
        if exchanged and not delivered:
            self.add_error("delivered_on", _("Say when it was delivered, too."))
        if delivered and exchanged and exchanged < delivered:
            self.add_error("exchanged_on", _("The exchange cannot be before the delivery."))
        repairs = []
        for number in range(1, REPAIRS + 1):
            begun, ended = data.get(f"begun_{number}"), data.get(f"ended_{number}")
            if ended and not begun:
                self.add_error(f"begun_{number}", _("Say when the repair began, too."))
            elif begun and ended and ended < begun:
                self.add_error(f"ended_{number}", _("A repair cannot end before it began."))
            elif begun:
                repairs.append(RepairPeriod(begun, ended))
        return data | {"repairs": tuple(repairs)}


class SerialForm(OnceForm):
    """A serial number, and the one it stands for."""

    field_order = ("why", "unit", "kind", "old", "serial")

    why = forms.ChoiceField(label=pgettext_lazy("serial number", "Why"), choices=Why.choices, widget=forms.RadioSelect)
    unit = forms.IntegerField(label=gettext_lazy("Unit of the line"), min_value=1, max_value=32_000)
    kind = forms.ChoiceField(
        label=pgettext_lazy("warranty", "Kind"), choices=SerialKind.choices, widget=forms.RadioSelect
    )
    old = forms.CharField(
        label=gettext_lazy("Old number"),
        required=False,
        max_length=60,
        help_text=gettext_lazy("Read it off what came back: it is compared with the recorded one."),
        widget=forms.TextInput(attrs=_PLAIN),
    )
    serial = forms.CharField(
        label=gettext_lazy("New number"),
        max_length=60,
        help_text=gettext_lazy("The check digit of IMEI and MEID is verified."),
        widget=forms.TextInput(attrs={"data-first": "", **_PLAIN}),
    )
