"""What is typed about feedback: what the page says and what came, the answer, why it is opened again (SAT-2)."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from aftersales.core.views.dialogs import OnceForm
from feedback.models import ANSWER_LENGTH
from feedback.states import Answer
from refunds.forms import VersionForm


def _words(label: Any, rows: int = 3, **more: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=ANSWER_LENGTH, widget=forms.Textarea(attrs={"rows": rows}), **more)


class ReportForm(OnceForm):
    """What the page of an item says, against what came."""

    line = forms.ChoiceField(label=_("Goods"))
    page_says = _words(_("What the page says"))
    came = _words(_("What came"))

    def __init__(self, *args: Any, lines: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["line"].choices = lines  # type: ignore[attr-defined]


class FeedbackNoteForm(VersionForm):
    """A step, with a note where there is something to say."""

    note = forms.CharField(label=_("Note"), required=False, max_length=200)


class FeedbackReasonForm(VersionForm):
    """A step that needs a reason."""

    reason = forms.CharField(label=_("Reason"), max_length=200, widget=forms.Textarea(attrs={"rows": 2}))


class FeedbackAnswerForm(VersionForm):
    """What goods and design do about it."""

    answer = forms.ChoiceField(
        label=pgettext_lazy("feedback", "What is done?"), choices=Answer.choices, widget=forms.RadioSelect
    )
    answer_text = _words(_("What is done, and why"))
    effective_on = forms.DateField(
        label=_("In effect from"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("From this day on the effect is measured."),
    )
