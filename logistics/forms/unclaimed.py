"""What is typed of a parcel that nobody waits for, and of what becomes of it (RET-3)."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from aftersales.core.auth import Actor
from aftersales.core.models import Shop
from aftersales.core.views.dialogs import OnceForm
from logistics.forms.warehouse import ManyFiles, PhotosField
from logistics.models.unclaimed import Outcome
from logistics.selectors import carriers_active


def _text(label: Any, most: int, *, required: bool = False, **attrs: str) -> forms.CharField:
    widget = forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", **attrs})
    return forms.CharField(label=label, max_length=most, required=required, widget=widget)


class UnclaimedForm(OnceForm):
    """A parcel for the list: what can be read on it, what is in it, where it is put."""

    tracking_no = _text(gettext_lazy("Tracking number"), 40)
    carrier = forms.ChoiceField(label=gettext_lazy("Carrier"), required=False)
    shelf = _text(pgettext_lazy("inspection", "Shelf"), 40, required=True)
    contents = _text(gettext_lazy("What is in it"), 300, required=True)
    sender_name = _text(gettext_lazy("Sender, if it can be read"), 60)
    sender_phone = _text(gettext_lazy("Sender's phone"), 24, inputmode="tel")
    order_no = _text(gettext_lazy("Order number on a slip inside"), 64)
    shop = forms.ModelChoiceField(
        label=gettext_lazy("Addressed to"), queryset=Shop.objects.none(), to_field_name="code"
    )
    photos = PhotosField(
        label=gettext_lazy("Photos"),
        required=False,
        widget=ManyFiles(attrs={"multiple": True, "accept": "image/*", "capture": "environment", "data-pictures": ""}),
    )
    kept = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        carriers = [(carrier.code, carrier.name) for carrier in carriers_active()]
        self.fields["carrier"].choices = [("", _("Not known")), *carriers]  # type: ignore[attr-defined]
        shops = actor.visible(Shop.objects.order_by("code"), "pk")
        self.fields["shop"].queryset = shops  # type: ignore[attr-defined]
        if len(found := list(shops[:2])) == 1:
            self.fields["shop"].initial = found[0].code


class MatchForm(forms.Form):
    """The request that a parcel belongs to."""

    refund_no = _text(gettext_lazy("Refund or order number"), 64, required=True)


class UnmatchForm(forms.Form):
    """Why a match is taken back."""

    why = _text(gettext_lazy("How is it known to be another's?"), 300, required=True)


class SettleForm(forms.Form):
    """What becomes of a parcel that nobody claims."""

    outcome = forms.ChoiceField(
        label=gettext_lazy("What becomes of it"),
        choices=[(one.value, one.label) for one in (Outcome.SENT_BACK, Outcome.DISPOSED)],
        widget=forms.RadioSelect,
        initial=Outcome.SENT_BACK,
    )
    note = _text(gettext_lazy("Why, with the number it went back under"), 300, required=True)
