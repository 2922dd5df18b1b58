"""What is typed to keep ready words (TKT-3)."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from aftersales.core.models import Shop
from aftersales.core.views.dialogs import OnceForm
from tickets.models import CannedReply, ReplyCategory, ReplySituation

OWN, ALL = "own", "all"


class WordsForm(OnceForm):
    """The words themselves."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    category = forms.ChoiceField(label=_("Part of the reply"), choices=ReplyCategory.choices)
    situation = forms.ChoiceField(label=_("Situation"), choices=ReplySituation.choices)
    title = forms.CharField(label=_("Name"), max_length=60, widget=forms.TextInput(attrs={"data-first": ""}))
    shortcut = forms.RegexField(
        label=_("Shortcut"),
        regex=r"^[a-z0-9-]*$",
        max_length=20,
        required=False,
        help_text=_("Small letters and digits, typed to find the words."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    text = forms.CharField(label=_("Words"), max_length=1500, widget=forms.Textarea(attrs={"rows": 5}))

    def words(self) -> dict[str, Any]:
        """Give the fields of the words alone."""
        return {name: self.cleaned_data[name] for name in ("category", "situation", "title", "shortcut", "text")}


class NewWordsForm(WordsForm):
    """New words: whose they are, and in which language."""

    place = forms.ChoiceField(label=_("For whom"))
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    field_order = ("place", "language", "category", "situation", "title", "shortcut", "text")

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
    return {name: getattr(reply, name) for name in names}
