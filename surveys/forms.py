"""What is typed about surveys: the buyer's marks, what came of a call, the days of the results (SAT-1)."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from aftersales.core import clock
from refunds.forms import VersionForm
from surveys.models import WORDS_LENGTH, SurveyAnswer
from surveys.selectors.results import GROUPS, MOST_DAYS, Days
from surveys.states import MARKS

SCALE = [(str(mark), str(mark)) for mark in range(1, 6)]
FIRST_YEAR, LAST_YEAR = 2000, 2100


def _marks() -> dict[str, forms.TypedChoiceField]:
    """Give a field for each of the four marks."""
    return {
        mark: forms.TypedChoiceField(
            label=label,
            choices=SCALE,
            coerce=int,
            widget=forms.RadioSelect,
            error_messages={"required": _("Please choose from 1 to 5."), "invalid_choice": _("A mark from 1 to 5.")},
        )
        for mark, label in zip(MARKS, SurveyAnswer.labels(), strict=True)
    }


def _note(**more: Any) -> forms.CharField:
    return forms.CharField(required=False, max_length=WORDS_LENGTH, widget=forms.Textarea(attrs={"rows": 3}), **more)


class AnswerForm(forms.Form):
    """The buyer's answer: four marks and what else he wants to say."""

    comment = _note(label=_("Anything else you want to tell us?"))
    field_order = (*MARKS, "comment")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields |= _marks()
        self.order_fields(self.field_order)

    def marks(self) -> dict[str, int]:
        """Give the four marks."""
        return {mark: self.cleaned_data[mark] for mark in MARKS}


class CallForm(VersionForm):
    """What came of a call, in words."""

    note = _note(label=_("Note"))


class MissForm(CallForm):
    """Nobody answered; when is it tried again?"""

    next_at = forms.DateTimeField(
        label=_("Next call"),
        required=False,
        help_text=_("Left empty, the shop's policy says it."),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    field_order = ("next_at", "note")


class ReachForm(CallForm):
    """The buyer was reached; his marks, where he had given none."""

    field_order = (*MARKS, "note")

    def __init__(self, *args: Any, answered: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if answered:
            self.fields["note"].required = True
            self.fields["note"].help_text = _("What the buyer said about the low mark, and what was promised.")
        else:
            self.fields |= _marks()
        self.order_fields(self.field_order)


def _day(label: Any, **more: Any) -> forms.DateField:
    return forms.DateField(label=label, required=False, widget=forms.DateInput(attrs={"type": "date"}), **more)


class DaysForm(forms.Form):
    """From a day to a day, and by what; without any the last thirty days by agent."""

    since = _day(pgettext_lazy("day", "From"))
    until = _day(pgettext_lazy("day", "To"))
    by = forms.ChoiceField(required=False, choices=[(key, group.label) for key, group in GROUPS.items()])
    key = forms.CharField(required=False, max_length=64)
    low = forms.BooleanField(required=False)

    def clean(self) -> dict[str, Any]:
        """Fill up what is missing; refuse days in the wrong order or too many of them."""
        data: dict[str, Any] = super().clean() or {}
        for name in ("since", "until"):
            day = data.get(name)
            if day is not None and not FIRST_YEAR <= day.year <= LAST_YEAR:
                self.add_error(name, gettext("That is no day on which anything was asked."))
        if self.errors:
            return data
        until = data.get("until") or clock.shanghai_day(clock.now())
        since = data.get("since") or until - timedelta(days=29)
        if since > until:
            self.add_error("until", gettext("The last day is before the first."))
        elif (until - since).days >= MOST_DAYS:
            self.add_error("since", gettext("At most %(days)d days at once.") % {"days": MOST_DAYS})
        return data | {"since": since, "until": until, "by": data.get("by") or "agent"}

    def days(self) -> Days:
        """Give the days that were asked for."""
        return Days(self.cleaned_data["since"], self.cleaned_data["until"])

    def words(self) -> dict[str, str]:
        """Give the days as an address carries them."""
        since: date = self.cleaned_data["since"]
        until: date = self.cleaned_data["until"]
        return {"since": since.isoformat(), "until": until.isoformat()}
