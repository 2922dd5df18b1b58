"""Which days the figures are of, and by what they are broken down (RPT-1)."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext, gettext_lazy, pgettext_lazy

from aftersales.core import clock

from .selectors.figures import DIMENSIONS, FIRST_YEAR, LAST_YEAR, MOST_DAYS, Days
from .states import FIGURES, Measure


def _day(label: Any) -> forms.DateField:
    return forms.DateField(label=label, required=False, widget=forms.DateInput(attrs={"type": "date"}))


class FiguresForm(forms.Form):
    """From a day to a day; without any the last thirty days, by day. What is still open may be of any age."""

    since = _day(pgettext_lazy("day", "From"))
    until = _day(pgettext_lazy("day", "To"))
    by = forms.ChoiceField(required=False, choices=[(key, each.label) for key, each in DIMENSIONS.items()])
    measure = forms.ChoiceField(required=False, choices=Measure.choices)
    key = forms.CharField(required=False, max_length=64)
    detail = forms.CharField(required=False, max_length=84)
    weekday = forms.IntegerField(required=False, min_value=1, max_value=7)
    trend = forms.ChoiceField(
        label=gettext_lazy("Trend of"),
        required=False,
        choices=[(key, figure.name) for key, figure in FIGURES.items()],
    )

    def clean(self) -> dict[str, Any]:
        """Fill up what is missing; refuse days in the wrong order or too many of them."""
        data: dict[str, Any] = super().clean() or {}
        for name in ("since", "until"):
            day = data.get(name)
            if day is not None and not FIRST_YEAR <= day.year <= LAST_YEAR:
                self.add_error(name, gettext("That is no day on which anything was sold."))
        if self.errors:
            return data
        until = data.get("until") or clock.shanghai_day(clock.now())
        since = data.get("since") or until - timedelta(days=29)
        if since > until:
            self.add_error("until", gettext("The last day is before the first."))
        elif (until - since).days >= MOST_DAYS and data.get("measure") != Measure.OPEN:
            self.add_error("since", gettext("At most %(days)d days at once.") % {"days": MOST_DAYS})
        return data | {"since": since, "until": until}

    def days(self) -> Days:
        """Give the days that were asked for."""
        return Days(self.cleaned_data["since"], self.cleaned_data["until"])

    def words(self) -> dict[str, str]:
        """Give the days as an address carries them."""
        since: date = self.cleaned_data["since"]
        until: date = self.cleaned_data["until"]
        return {"since": since.isoformat(), "until": until.isoformat()}
