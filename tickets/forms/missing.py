"""What is asked about goods that are missing, and how it is settled (MIS-1, MIS-2)."""

import hashlib
from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from aftersales.core.views.dialogs import OnceForm
from logistics.selectors.missing import Comparison
from logistics.services.claims import LineClaim
from logistics.states.missing import Intact, Settlement
from orders.models import OrderLine
from refunds.forms import EvidenceField

HEAVIEST_G = 100_000


class MissingForm(OnceForm):
    """First the questions; with their answers compared, the settlement. `seen` says which answers were compared."""

    intact = forms.ChoiceField(
        label=gettext_lazy("Box and tape when it came"),
        choices=Intact.choices,
        initial=Intact.UNKNOWN,
        widget=forms.RadioSelect,
    )
    carrier_weight_g = forms.IntegerField(
        label=gettext_lazy("Weight on the waybill, g"),
        required=False,
        min_value=1,
        max_value=HEAVIEST_G,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
        help_text=gettext_lazy("In grams: 0.62 kg is 620."),
    )
    evidence = EvidenceField(label=gettext_lazy("Photos of box and goods together"), required=False)
    settlement = forms.ChoiceField(
        label=gettext_lazy("How it is settled"),
        choices=Settlement.choices,
        required=False,
        widget=forms.Select(attrs={"data-draft": "no"}),
    )
    answer = forms.CharField(
        label=gettext_lazy("To the buyer"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "data-draft": "no"}),
        help_text=gettext_lazy("Copy it into the chat; it is kept in the note."),
    )
    claim = forms.BooleanField(
        label=gettext_lazy("Draft the claim against the carrier for these goods, too"), required=False
    )
    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)

    def __init__(self, *args: Any, lines: Sequence[OrderLine], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.goods = list(lines)
        self.comparison: Comparison | None = None
        for name in ("settlement", "answer"):  # said once the comparison was seen
            self.fields[name].required = bool(self.is_bound and self.data.get("seen"))
        for line in self.goods:
            self.fields[f"quantity_{line.pk}"] = forms.IntegerField(
                label=line.title,
                required=False,
                min_value=0,
                max_value=line.quantity,
                widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
            )

    @property
    def evidence_ids(self) -> list[str]:
        """Numbers of files that were uploaded for this form already."""
        return self.data.getlist("evidence") if self.is_bound else []  # type: ignore[attr-defined]

    @property
    def rows(self) -> list[dict[str, Any]]:
        """Each line with its field."""
        return [{"line": line, "field": self[f"quantity_{line.pk}"]} for line in self.goods]

    @property
    def answers(self) -> list[dict[str, str]]:
        """Each settlement with its ready words, the recommended one marked."""
        if self.comparison is None:
            return []
        return [
            {
                "value": one.value,
                "title": str(one.label),
                "ready": self.comparison.answer(one),
                "recommended": "yes" if one == self.comparison.recommended else "",
            }
            for one in Settlement
        ]

    def missing(self) -> list[tuple[OrderLine, int]]:
        """Give the lines with how many of them are missing."""
        wanted = ((line, self.cleaned_data.get(f"quantity_{line.pk}") or 0) for line in self.goods)
        return [(line, quantity) for line, quantity in wanted if quantity]

    def asked(self) -> list[LineClaim]:
        """Give the same by line number."""
        return [LineClaim(line.line_no, quantity) for line, quantity in self.missing()]

    def fingerprint(self) -> str:
        """Name the answers that were compared: others have to be compared anew."""
        data = self.cleaned_data
        said = [self.asked(), data.get("intact"), data.get("carrier_weight_g")]
        return hashlib.sha256(repr(said).encode()).hexdigest()

    @property
    def is_compared(self) -> bool:
        """Whether these very answers were compared, so that the settlement was seen."""
        return self.is_valid() and self.cleaned_data["seen"] == self.fingerprint()

    def clean(self) -> dict[str, Any]:
        """Ask for goods: without them nothing is compared."""
        data: dict[str, Any] = super().clean() or {}
        if self.goods and not self.missing() and not self.errors:
            self.add_error(f"quantity_{self.goods[0].pk}", _("Say which goods are missing, and how many of them."))
        return data
