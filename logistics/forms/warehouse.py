"""What the warehouse types and ticks: the answer to a void, what was found in a parcel."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from logistics.selectors import carriers_active

YES_NO = [("yes", gettext_lazy("yes")), ("no", gettext_lazy("no"))]


class VoidForm(forms.Form):
    """Voided, or already shipped; with a note where there is something to say."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    result = forms.ChoiceField(
        choices=[("voided", ""), ("already_shipped", "")],
        widget=forms.HiddenInput,
    )
    note = forms.CharField(
        label=gettext_lazy("Note"), max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )


class SendForm(forms.Form):
    """How a replacement leaves."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    carrier = forms.ChoiceField(label=gettext_lazy("Carrier"))
    tracking_no = forms.CharField(
        label=gettext_lazy("Tracking number"),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        carriers = [(carrier.code, carrier.name) for carrier in carriers_active()]
        self.fields["carrier"].choices = [("", _("Choose a carrier")), *carriers]  # type: ignore[attr-defined]


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


class ReceiveForm(forms.Form):
    """What was in the parcel (RET-2), and the verdict."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    right_goods = forms.ChoiceField(
        label=gettext_lazy("The right goods, the right number"), choices=YES_NO, initial="yes", widget=forms.RadioSelect
    )
    resalable = forms.ChoiceField(
        label=gettext_lazy("Fit to be sold again"), choices=YES_NO, initial="yes", widget=forms.RadioSelect
    )
    complete = forms.ChoiceField(
        label=gettext_lazy("Complete: tags, packaging, accessories, gifts"),
        choices=YES_NO,
        initial="yes",
        widget=forms.RadioSelect,
    )
    findings = forms.CharField(
        label=gettext_lazy("What was found"),
        max_length=400,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    photos = PhotosField(
        label=gettext_lazy("Photos"),
        required=False,
        widget=ManyFiles(attrs={"multiple": True, "accept": "image/*", "data-pictures": ""}),
    )
    kept = forms.CharField(required=False, widget=forms.HiddenInput)
    verdict = forms.ChoiceField(choices=[("pass", ""), ("fail", "")], widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        """Hold the verdict against the answers: what is not right does not pass without a word about it."""
        data: dict[str, Any] = super().clean() or {}
        doubts = [name for name in ("right_goods", "resalable", "complete") if data.get(name) == "no"]
        if data.get("verdict") == "pass" and doubts and not data.get("findings", "").strip():
            self.add_error("findings", _("You answered no above. Say why it passes all the same, or let it fail."))
        return data

    def findings_text(self) -> str:
        """Give the findings with the answers that were no in front."""
        doubts = [
            _("not: %(question)s") % {"question": self.fields[name].label}
            for name in ("right_goods", "resalable", "complete")
            if self.cleaned_data.get(name) == "no"
        ]
        return "; ".join(filter(None, [*doubts, self.cleaned_data.get("findings", "").strip()]))
