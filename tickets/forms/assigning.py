"""What is set about an agent: his skills and his limit."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from aftersales.core.models import Shop
from tickets.states import TicketKind


class SkillsForm(forms.Form):
    """Kinds of tickets, shops, and how many may be open; what is left empty limits nothing."""

    kinds = forms.MultipleChoiceField(
        label=pgettext_lazy("skills", "Kinds of tickets"),
        help_text=_("None ticked: all."),
        choices=TicketKind.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    shops = forms.TypedMultipleChoiceField(
        label=_("Shops"),
        help_text=_("None ticked: all that he sees."),
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    most_open = forms.IntegerField(
        label=_("Most open tickets"),
        help_text=_("Empty: as the policy says. With 0 nothing is given to him."),
        min_value=0,
        max_value=1_000,
        required=False,
    )

    def __init__(self, *args: Any, shops: Sequence[Shop], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["shops"].choices = [(shop.pk, shop.name) for shop in shops]  # type: ignore[attr-defined]
