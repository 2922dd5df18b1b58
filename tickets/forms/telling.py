"""What a person wants to be told where, and the robots of group chats."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from aftersales.core.models import Shop
from aftersales.core.views.dialogs import OnceForm
from tickets.models import NewsKind, NewsPreference, Robot


class PreferenceForm(forms.Form):
    """The table of kinds and ways of one person; kinds that are ticked in the page are counted there."""

    in_page = forms.MultipleChoiceField(choices=NewsKind.choices, required=False)
    by_mail = forms.MultipleChoiceField(choices=NewsKind.choices, required=False)
    digest = forms.ChoiceField(
        label=_("How often by e-mail"), choices=NewsPreference.Digest.choices, required=False, widget=forms.RadioSelect
    )


class RobotForm(OnceForm):
    """A new robot. What is typed as address and secret is not shown again, not even in this form."""

    shop = forms.ModelChoiceField(label=_("Shop"), queryset=Shop.objects.none())
    name = forms.CharField(
        label=_("Name of the group"), max_length=60, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    provider = forms.ChoiceField(label=_("Provider"), choices=Robot.Provider.choices, widget=forms.RadioSelect)
    url = forms.CharField(
        label=_("Address of the robot"),
        max_length=500,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text=_("Copied whole from the settings of the group; it is kept encrypted and never shown again."),
    )
    secret = forms.CharField(
        label=_("Signing secret"),
        max_length=200,
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text=_("DingTalk, where the robot is secured by a signature: begins with SEC."),
    )
    kinds = forms.MultipleChoiceField(
        label=_("The group is told of"), choices=NewsKind.choices, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, shops: Any = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["shop"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = shops
