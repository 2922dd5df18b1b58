"""What is typed to keep ready words (TKT-3)."""

from collections.abc import Iterator, Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from aftersales.core.models import Shop
from aftersales.core.views.dialogs import OnceForm
from orders.models.orders import Flag
from tickets.models import CannedReply, ReplyCategory, ReplySituation
from tickets.models.tickets import STEP_LENGTH
from tickets.states import WaitingFor

OWN, ALL = "own", "all"
MOST_HOURS = 24 * 60
"""The longest time that a macro promises or waits."""


class WordsForm(OnceForm):
    """The words themselves."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    category = forms.ChoiceField(label=_("Part of the reply"), choices=ReplyCategory.choices)
    situation = forms.ChoiceField(label=_("Situation"), choices=ReplySituation.choices)
    title = forms.CharField(label=_("Ready words"), max_length=60, widget=forms.TextInput(attrs={"data-first": ""}))
    shortcut = forms.RegexField(
        label=_("Shortcut"),
        regex=r"^[a-z0-9-]*$",
        max_length=20,
        required=False,
        help_text=_("Small letters and digits, typed to find the words."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    text = forms.CharField(label=_("Words"), max_length=1500, required=False, widget=forms.Textarea(attrs={"rows": 5}))
    agree = forms.BooleanField(label=_("Agree to the request"), required=False)
    flag = forms.ChoiceField(label=_("Flag"), required=False, choices=[("", _("Leave the flag")), *Flag.choices])
    note = forms.CharField(label=_("Note"), required=False, max_length=500)
    waiting_for = forms.ChoiceField(
        label=_("Waiting for"), required=False, choices=[("", _("Nobody")), *WaitingFor.choices]
    )
    wait_step = forms.CharField(label=_("What is waited for"), required=False, max_length=STEP_LENGTH)
    wait_hours = forms.IntegerField(label=_("for how many hours"), required=False, min_value=1, max_value=MOST_HOURS)
    promise = forms.CharField(label=_("What was promised"), required=False, max_length=200)
    promise_hours = forms.IntegerField(
        label=_("within how many hours"), required=False, min_value=1, max_value=MOST_HOURS
    )

    ACTIONS = ("agree", "flag", "note", "waiting_for", "wait_step", "wait_hours", "promise", "promise_hours")

    def clean(self) -> dict[str, Any]:
        """Put what a macro does into one list, `actions`."""
        data: dict[str, Any] = super().clean() or {}
        together = (("waiting_for", "wait_step", "wait_hours"), ("promise", "promise_hours"))
        for names in together:
            if any(data.get(name) for name in names):
                for name in names:
                    if not data.get(name) and name not in self.errors:
                        self.add_error(name, _("This belongs to it."))
        given = {name: data.pop(name, None) for name in self.ACTIONS}
        data["actions"] = [] if self.errors else list(_actions(given))
        return data


def _actions(given: dict[str, Any]) -> Iterator[dict[str, Any]]:
    if given["agree"]:
        yield {"kind": "agree"}
    if given["flag"]:
        yield {"kind": "flag", "flag": given["flag"]}
    if given["note"]:
        yield {"kind": "note", "text": given["note"]}
    if given["waiting_for"]:
        hours, who = given["wait_hours"], given["waiting_for"]
        yield {"kind": "wait", "waiting_for": who, "text": given["wait_step"], "hours": hours}
    if given["promise"]:
        yield {"kind": "promise", "text": given["promise"], "hours": given["promise_hours"]}


class NewWordsForm(WordsForm):
    """New words: whose they are, and in which language."""

    place = forms.ChoiceField(label=_("For whom"))
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    field_order = ("place", "language", "category", "situation", "title", "shortcut", "text", *WordsForm.ACTIONS)

    def __init__(self, *args: Any, shops: Sequence[Shop], everywhere: bool, replaces: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        places = [] if replaces else [(OWN, _("For me alone"))]
        places += [(ALL, _("For all shops"))] if everywhere else []
        self.fields["place"].choices = places + [(shop.code, shop.name) for shop in shops]  # type: ignore[attr-defined]


class SwitchForm(OnceForm):
    """Off, or on again, on the version that was looked at."""

    version = forms.IntegerField(widget=forms.HiddenInput)


def first_values(reply: CannedReply) -> dict[str, Any]:
    """Give what stands there."""
    names = ("version", "category", "situation", "title", "shortcut", "text")
    values = {name: getattr(reply, name) for name in names}
    for one in reply.actions:
        if one["kind"] == "wait":
            values |= {"waiting_for": one["waiting_for"], "wait_step": one["text"], "wait_hours": one["hours"]}
        elif one["kind"] == "promise":
            values |= {"promise": one["text"], "promise_hours": one["hours"]}
        else:
            values[one["kind"]] = one.get("flag") or one.get("text") or True
    return values
