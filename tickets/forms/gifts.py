"""What is typed about gifts: one that is promised, one that was not in the parcel (MIS-3)."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from aftersales.core.views.dialogs import OnceForm


class GiftForm(OnceForm):
    """A gift, and what the buyer is told."""

    gift = forms.CharField(
        label=gettext_lazy("Gift"),
        max_length=120,
        widget=forms.TextInput(attrs={"data-first": "", "autocomplete": "off"}),
        help_text=gettext_lazy("As the warehouse has to read it: what, and how many."),
    )
    answer = forms.CharField(
        label=gettext_lazy("To the buyer"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Copy it into the chat; it is kept in the note."),
    )


class GiftMissingForm(GiftForm):
    """A gift that was not in the parcel: promised in a note, or in chat alone. Each brings its words for the buyer."""

    noted = forms.ChoiceField(label=gettext_lazy("Where was it promised?"))
    field_order = ["gift", "noted", "answer", "form_token"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.answers = [
            (
                "note",
                _("In a note: the warehouse left it out"),
                _(
                    "We are very sorry: the gift was noted, and our warehouse left it out. It is marked on your order "
                    "now, and we add it to your next one."
                ),
            ),
            (
                "chat",
                _("In chat only: it was never noted"),
                _(
                    "We are very sorry: the gift was promised to you, and we failed to note it. It is marked on your "
                    "order now, and we add it to your next one."
                ),
            ),
        ]
        self.fields["noted"].choices = [(value, title) for value, title, _ready in self.answers]  # type: ignore[attr-defined]
        chosen = self.initial.setdefault("noted", "chat")
        self.initial.setdefault("answer", next(ready for value, _title, ready in self.answers if value == chosen))
