"""What is typed on the page of an order. Rules stand in the services; here only what a field takes."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from aftersales.core.views.dialogs import OnceForm
from orders.models import OrderLine
from orders.models.orders import Flag

FLAGS = [("", _("No change")), *((value, label) for value, label in Flag.choices if value != Flag.NONE)]


def moment_input(**attrs: Any) -> forms.DateTimeInput:
    """Give a field for a moment in China's time, as browsers draw it."""
    return forms.DateTimeInput(attrs={"type": "datetime-local"} | attrs, format="%Y-%m-%dT%H:%M")


class ShipForm(forms.Form):
    """Goods leave: the carrier, the number, which lines, and what the buyer said where he asked for a refund."""

    carrier = forms.ChoiceField(label=_("Carrier"), required=False)
    tracking_no = forms.CharField(
        label=_("Tracking number"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    lines = forms.MultipleChoiceField(label=_("Goods"), widget=forms.CheckboxSelectMultiple)
    consent = forms.ChoiceField(
        label=_("What does the buyer say?"),
        required=False,
        widget=forms.RadioSelect,
        choices=[
            ("yes", _("The buyer agreed to receive the goods")),
            ("no", _("Ship without the buyer's consent")),
        ],
    )

    gifts = forms.ChoiceField(
        label=_("The promised gift"),
        required=False,
        widget=forms.RadioSelect,
        choices=[("in", _("It is in the parcel")), ("without", _("It goes without; the buyer is owed it"))],
    )

    def __init__(
        self,
        *args: Any,
        carriers: Sequence[tuple[str, str]],
        lines: Sequence[OrderLine],
        asked: bool,
        promised: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["gifts"].required = promised
        self.fields["consent"].required = asked
        self.fields["carrier"].choices = [("", "—"), *carriers]  # type: ignore[attr-defined]
        self.fields["lines"].choices = [  # type: ignore[attr-defined]
            (one.line_no, f"{one.title} {one.sku} ×{one.quantity}") for one in lines
        ]


class SignForm(forms.Form):
    """When the buyer signed."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    signed_at = forms.DateTimeField(label=_("Signed for at"), widget=moment_input(**{"data-first": ""}))


class ExtendForm(forms.Form):
    """By how many days."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    days = forms.IntegerField(
        label=_("Days"), widget=forms.NumberInput(attrs={"data-first": "", "inputmode": "numeric", "min": 1})
    )


class ReceiptForm(forms.Form):
    """Confirm receipt; over open requests only with the buyer's word."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    told = forms.BooleanField(
        label=_("The buyer was told that the request is closed by this, and wants it"), required=False
    )


class NoteForm(OnceForm):
    """A note, and a flag with it."""

    text = forms.CharField(label=_("Note"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3, "data-first": ""}))
    flag = forms.ChoiceField(label=_("Flag"), choices=FLAGS, required=False, widget=forms.RadioSelect)

    def __init__(self, *args: Any, may_flag: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not may_flag:
            del self.fields["flag"]
