"""What is typed about a saved view: its name, whose it is, which columns in which order."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from aftersales.core.models import Shop
from aftersales.core.views.dialogs import OnceForm

OWN = "me"


class NameForm(forms.Form):
    """The name of a view."""

    name = forms.CharField(
        label=_("Name"), max_length=30, widget=forms.TextInput(attrs={"autocomplete": "off", "data-first": True})
    )


class SaveForm(NameForm, OnceForm):
    """A new view: its name, and for a supervisor whose it is."""

    whose = forms.ChoiceField(label=pgettext_lazy("view", "For"), required=False)

    def __init__(self, *args: Any, shops: Sequence[Shop], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not shops:
            del self.fields["whose"]
            return
        teams = [(shop.code, _("The team of %(shop)s") % {"shop": shop.name}) for shop in shops]
        self.fields["whose"].choices = [(OWN, _("Me alone")), *teams]  # type: ignore[attr-defined]


class ColumnsForm(forms.Form):
    """Which columns, and where each stands: the place is a number, so that it works without a mouse or script."""

    def __init__(self, *args: Any, labels: Mapping[str, Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.labels = labels
        for name, label in labels.items():
            self.fields[f"show_{name}"] = forms.BooleanField(label=str(label), required=False)
            self.fields[f"place_{name}"] = forms.IntegerField(
                label=_("Place of “%(column)s”") % {"column": label}, min_value=1, max_value=99, required=False
            )

    def clean(self) -> dict[str, Any]:
        """Require one column at least."""
        data = super().clean() or {}
        if not any(data.get(f"show_{name}") for name in self.labels):
            raise forms.ValidationError(_("Choose one column at least."))
        return data

    def chosen(self) -> list[str]:
        """Give the chosen columns by their places; of equal places the earlier stays before the later."""
        data = self.cleaned_data
        names = [name for name in self.labels if data[f"show_{name}"]]
        return sorted(names, key=lambda name: data[f"place_{name}"] or 99)

    def rows(self) -> list[tuple[Any, Any]]:
        """Give the pairs of fields as the dialog shows them."""
        return [(self[f"show_{name}"], self[f"place_{name}"]) for name in self.labels]
