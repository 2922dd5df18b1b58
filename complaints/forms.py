"""What is typed about complaints: what it says, the reply, why it is malicious, what was settled (CMP-1)."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from aftersales.core.forms import AmountField
from aftersales.core.views.dialogs import OnceForm
from complaints.models import REPLY_LENGTH
from complaints.states import Problem, Result, Source
from refunds.forms import VersionForm


def _words(label: Any, most: int = 200, rows: int = 2, **more: Any) -> forms.CharField:
    """A field for some words, the first of its form unless said otherwise."""
    attrs = {"rows": rows, "data-first": ""}
    return forms.CharField(label=label, max_length=most, widget=forms.Textarea(attrs=attrs), **more)


def _moment(**more: Any) -> forms.DateTimeField:
    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    return forms.DateTimeField(widget=widget, **more)


class ComplaintForm(OnceForm):
    """A new complaint."""

    source = forms.ChoiceField(
        label=pgettext_lazy("complaint", "Source"), choices=Source.choices, widget=forms.RadioSelect
    )
    problem = forms.ChoiceField(label=pgettext_lazy("complaint", "Problem"), choices=Problem.choices)
    reference = forms.CharField(
        label=_("Its number there"),
        required=False,
        max_length=64,
        help_text=_("The number that the platform or the authority gave it."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    text = _words(_("What the buyer complains of"), 2000, 4)
    reply_due_at = _moment(
        label=_("Reply until"),
        required=False,
        help_text=_("As the source says; left empty, the shop's policy says it."),
    )


class ComplaintNoteForm(VersionForm):
    """A step, with a note where there is something to say."""

    note = forms.CharField(label=_("Note"), required=False, max_length=200)


class ComplaintReasonForm(VersionForm):
    """A step that needs a reason."""

    reason = _words(_("Reason"))


class ComplaintReplyForm(VersionForm):
    """The reply."""

    text = _words(
        pgettext_lazy("complaint", "Reply"),
        REPLY_LENGTH,
        5,
        help_text=_("Briefly and to the point, at most 500 characters; it stays as it was sent."),
    )


class ComplaintPostponeForm(VersionForm):
    """Another time."""

    reply_due_at = _moment(label=_("Reply until"))
    reason = _words(_("Reason"))


class ComplaintAccuseForm(VersionForm):
    """Why it is malicious."""

    reasons = _words(
        _("Why is it malicious?"),
        REPLY_LENGTH,
        4,
        help_text=_("What shows it: threats in the chat, the same claim at several shops, goods swapped."),
    )


class ComplaintSettleForm(VersionForm):
    """What was agreed."""

    settlement = _words(
        _("What was agreed with the buyer"),
        REPLY_LENGTH,
        4,
        help_text=_("This is also the reply, where none was given yet."),
    )
    amount_fen = AmountField(
        label=_("Amount"),
        required=False,
        help_text=_("For information: the money itself goes by a refund or a payout."),
    )


class ComplaintCloseForm(ComplaintNoteForm):
    """What the source decided."""

    field_order = ("result", "note")

    result = forms.ChoiceField(
        label=_("What was decided?"),
        choices=[(one.value, one.label) for one in (Result.REJECTED, Result.UPHELD)],
        widget=forms.RadioSelect,
    )
