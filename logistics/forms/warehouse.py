"""What the warehouse types and ticks: the answer to a void, what was found in a parcel."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from aftersales.core.views.dialogs import OnceForm
from logistics.selectors import carriers_active
from logistics.selectors.regions import reach


class BenchForm(OnceForm):
    """An answer of the bench, which counts once: it may be sent again after the network was away."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["form_token"].required = False  # other callers are held by the version alone


class VoidForm(BenchForm):
    """Voided, or already shipped; with a note where there is something to say."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    result = forms.ChoiceField(
        choices=[("voided", ""), ("already_shipped", "")],
        widget=forms.HiddenInput,
    )
    note = forms.CharField(
        label=gettext_lazy("Note"), max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )


SCAN_SEEN = gettext_lazy("The carrier's site shows a scan of the return")


class SendForm(forms.Form):
    """How a replacement leaves."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    carrier = forms.ChoiceField(label=gettext_lazy("Carrier"))
    tracking_no = forms.CharField(
        label=gettext_lazy("Tracking number"),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )

    scan_seen = forms.BooleanField(label=SCAN_SEEN)

    def __init__(self, *args: Any, region: str, unscanned: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not unscanned:
            del self.fields["scan_seen"]
        carriers = reach(region).choices(carriers_active())
        self.fields["carrier"].choices = [("", _("Choose a carrier")), *carriers]  # type: ignore[attr-defined]


class PackForm(BenchForm):
    """An order on the scale: scanner and scale type, each ends with Enter."""

    order_no = forms.CharField(label=gettext_lazy("Order number"), max_length=64)
    packed_weight_g = forms.IntegerField(
        label=gettext_lazy("Weight in grams"), min_value=1, widget=forms.TextInput(attrs={"inputmode": "numeric"})
    )
    tracking_no = forms.CharField(label=gettext_lazy("Tracking number"), max_length=40)
    gifts = forms.ChoiceField(
        label=gettext_lazy("The promised gift"),
        required=False,
        widget=forms.RadioSelect,
        choices=[
            ("in", gettext_lazy("It is in the parcel")),
            ("without", gettext_lazy("It goes without; the buyer is owed it")),
        ],
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("order_no", "packed_weight_g", "tracking_no"):
            self.fields[name].widget.attrs |= {"autocomplete": "off", "spellcheck": "false", "data-next": ""}


class ManyFiles(forms.FileInput):
    """A field for several pictures; a telephone offers its camera."""

    allow_multiple_selected = True

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[UploadedFile]:
        """Take all of them."""
        found: list[UploadedFile] = files.getlist(name) if hasattr(files, "getlist") else []
        return found


class PhotosField(forms.Field):
    """Several uploaded files; what they are is checked by their content when they are stored."""

    widget = ManyFiles
