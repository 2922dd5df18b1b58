"""What is typed about a carrier: its facts, and a row for each province (LOG-1)."""

from collections.abc import Iterator, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from aftersales.core import money
from aftersales.core.forms import AmountField
from aftersales.core.regions import PROVINCES
from aftersales.core.views.dialogs import OnceForm
from logistics.services.carriers import MOST_SURCHARGE_FEN, CarrierFacts

_PLAIN = {"autocomplete": "off", "spellcheck": "false"}


class CarrierForm(OnceForm):
    """A carrier. The fields of a province are numbered by its place among the provinces."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    name = forms.CharField(
        label=pgettext_lazy("carrier", "Name"), max_length=40, widget=forms.TextInput(attrs={"data-first": ""})
    )
    code = forms.CharField(
        label=_("Code"),
        max_length=24,
        help_text=_("As the tracking service and the front-ends write it; fixed as soon as a parcel bears it."),
        widget=forms.TextInput(attrs=_PLAIN),
    )
    phone = forms.CharField(label=_("Hotline"), max_length=40, required=False, widget=forms.TextInput(attrs=_PLAIN))
    formats = forms.CharField(
        label=_("Number formats"),
        max_length=4000,
        required=False,
        help_text=_("Regular expressions, one a line. A number of another format warns and is taken all the same."),
        widget=forms.Textarea(attrs={"rows": 4, "class": "code", **_PLAIN}),
    )
    surface = forms.BooleanField(label=_("Surface mail"), required=False)
    tracked_on_own_site = forms.BooleanField(label=_("Tracked on its own site only"), required=False)
    is_active = forms.BooleanField(label=_("Offered for choosing"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for place, province in enumerate(PROVINCES):
            named = {"province": province}
            self.fields[f"unserved_{place}"] = forms.BooleanField(
                label=_("%(province)s not served") % named, required=False
            )
            self.fields[f"note_{place}"] = forms.CharField(
                label=_("%(province)s, note") % named,
                max_length=120,
                required=False,
                widget=forms.TextInput(attrs=_PLAIN),
            )
            self.fields[f"fen_{place}"] = AmountField(label=_("%(province)s, surcharge") % named, required=False)
        for field in self.fields.values():
            field.widget.attrs.setdefault("aria-label", field.label)

    def province_rows(self) -> Iterator[dict[str, Any]]:
        """Give the fields of each province."""
        for place, province in enumerate(PROVINCES):
            cells = [self[f"{name}_{place}"] for name in ("unserved", "note", "fen")]
            yield {"province": province, "cells": cells, "errors": [fault for cell in cells for fault in cell.errors]}

    def wrong_province(self) -> bool:
        """Say whether something is wrong in the table of provinces, so that it is shown unfolded."""
        return any(row["errors"] for row in self.province_rows())

    def clean(self) -> dict[str, Any]:
        """Put the facts together; what they may be is the service's to say."""
        data: dict[str, Any] = super().clean() or {}
        for place, _province in enumerate(PROVINCES):
            if data.get(f"note_{place}") and not data.get(f"unserved_{place}"):
                self.add_error(f"note_{place}", _("Tick the province too, or take the note out."))
            if (data.get(f"fen_{place}") or 0) > MOST_SURCHARGE_FEN:
                self.add_error(f"fen_{place}", _("A surcharge is ¥0 to ¥10000."))
        data["facts"] = CarrierFacts(
            code=data.get("code", ""),
            name=data.get("name", ""),
            phone=data.get("phone", ""),
            surface=bool(data.get("surface")),
            tracked_on_own_site=bool(data.get("tracked_on_own_site")),
            is_active=bool(data.get("is_active")),
            formats=data.get("formats", "").split(),
            unserved={
                name: data.get(f"note_{at}", "") for at, name in enumerate(PROVINCES) if data.get(f"unserved_{at}")
            },
            surcharges={name: fen for at, name in enumerate(PROVINCES) if (fen := data.get(f"fen_{at}")) is not None},
        )
        return data


def typed(state: Mapping[str, Any]) -> dict[str, str]:
    """Give what the form would send for a carrier as it is; a box without its tick is empty."""
    values = {name: str(state[name]) for name in ("code", "name", "phone")}
    values["formats"] = "\n".join(state["formats"])
    values |= {name: "on" if state[name] else "" for name in ("surface", "tracked_on_own_site", "is_active")}
    for place, province in enumerate(PROVINCES):
        fen = state["surcharges"].get(province)
        values[f"unserved_{place}"] = "on" if province in state["unserved"] else ""
        values[f"note_{place}"] = state["unserved"].get(province, "")
        values[f"fen_{place}"] = "" if fen is None else money.yuan(fen)
    return values
