"""What was in a parcel that came back: expected against found for each line, the verdict (RET-2)."""

from collections.abc import Iterator, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy, pgettext_lazy

from logistics.forms.warehouse import BenchForm, ManyFiles, PhotosField
from refunds.models import Refund
from refunds.selectors.inspection import checks_for, findings_for
from refunds.services import Found
from refunds.states.inspection import SHOWS, Check, Damage, Disposition, Finding

MOST_UNITS = 9999


class ReceiveForm(BenchForm):
    """The inspection of one request's goods. A line that nothing was said about was as it should be."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    findings = forms.CharField(
        label=gettext_lazy("What was found"),
        max_length=400,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    photos = PhotosField(
        label=gettext_lazy("Photos"),
        required=False,
        widget=ManyFiles(attrs={"multiple": True, "accept": "image/*", "capture": "environment", "data-pictures": ""}),
    )
    kept = forms.CharField(required=False, widget=forms.HiddenInput)
    verdict = forms.ChoiceField(choices=[("pass", ""), ("fail", "")], widget=forms.HiddenInput)

    def __init__(
        self, *args: Any, refund: Refund | None = None, shelves: Mapping[str, str] | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.goods = list(refund.lines.all()) if refund is not None else []
        for line in self.goods:
            self._add(
                line, refund.shop_id if refund is not None else 0, (shelves or {}).get(line.order_line.goods_no, "")
            )

    def _add(self, line: Any, shop_id: int, shelf: str) -> None:
        at = f"line{line.pk}_"
        listed = [Finding(name) for name in findings_for(line.order_line, shop_id)]
        named = {SHOWS[one] for one in listed if one in SHOWS}
        checks = [(name, Check(name).label) for name in checks_for(line.order_line, shop_id) if name not in named]
        number = forms.NumberInput(attrs={"inputmode": "numeric", "data-step": "", "data-expected": line.quantity})
        self.fields |= {
            f"{at}found": forms.IntegerField(
                label=pgettext_lazy("inspection", "Found"),
                min_value=0,
                max_value=MOST_UNITS,
                required=False,
                initial=line.quantity,
                widget=number,
            ),
            f"{at}wrong": forms.BooleanField(
                label=pgettext_lazy("inspection", "Other goods than expected"), required=False
            ),
            f"{at}findings": forms.MultipleChoiceField(
                label=pgettext_lazy("inspection", "Tap what makes them not intact"),
                choices=[(one.value, one.label) for one in listed],
                required=False,
                widget=forms.CheckboxSelectMultiple,
            ),
            f"{at}faults": forms.MultipleChoiceField(
                label=pgettext_lazy("inspection", "Tap what is not in order"),
                choices=checks,
                required=False,
                widget=forms.CheckboxSelectMultiple,
            ),
            f"{at}damage": forms.ChoiceField(
                label=pgettext_lazy("inspection", "Damage"),
                choices=Damage.choices,
                required=False,
                initial="",
                widget=forms.RadioSelect,
            ),
            f"{at}goes": forms.ChoiceField(
                label=pgettext_lazy("inspection", "Where they go"),
                choices=[("", pgettext_lazy("inspection", "By the verdict")), *Disposition.choices],
                required=False,
                initial="",
                widget=forms.RadioSelect,
            ),
            f"{at}shelf": forms.CharField(
                label=pgettext_lazy("inspection", "Shelf"),
                max_length=40,
                required=False,
                initial=shelf,
                widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
            ),
        }

    def line_fields(self) -> Iterator[dict[str, Any]]:
        """Give each line with its fields, for the card."""
        for line in self.goods:
            names = ("found", "wrong", "findings", "faults", "damage", "goes", "shelf")
            fields = {name: self[f"line{line.pk}_{name}"] for name in names}
            more = any(fields[name].value() for name in ("wrong", "damage", "goes")) or any(
                fields[name].errors for name in names
            )
            yield {"line": line, "more": more, **fields}

    def found(self) -> list[Found]:
        """Give what was said of each line, as the service takes it."""
        return [self._found(line) for line in self.goods]

    def _found(self, line: Any) -> Found:
        said = {name: self.cleaned_data.get(f"line{line.pk}_{name}") for name in ("found", "damage", "goes", "shelf")}
        return Found(
            line_no=line.order_line.line_no,
            found=said["found"],
            wrong_goods=bool(self.cleaned_data.get(f"line{line.pk}_wrong")),
            faults=tuple(self.cleaned_data.get(f"line{line.pk}_faults") or ()),
            findings=tuple(self.cleaned_data.get(f"line{line.pk}_findings") or ()),
            damage=said["damage"] or "",
            disposition=said["goes"] or "",
            location=said["shelf"] or "",
        )
