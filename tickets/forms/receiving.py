"""The form of the desk for goods that came back, where no bench takes them down line by line (RET-2)."""

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy

from refunds.forms import EvidenceField
from refunds.selectors.inspection import findings_for
from refunds.services import Found
from refunds.states.inspection import Finding

from .decisions import ActionForm, text_area

BETWEEN = ":"


class ReceiveForm(ActionForm):
    """Write down what was found when the return was opened (RET-2)."""

    fields_of = {"message": "findings", "AMT-2": "result"}

    result = forms.ChoiceField(
        label=gettext_lazy("Inspection"),
        choices=[
            ("pass", gettext_lazy("Passed: right goods, fit for resale")),
            ("fail", gettext_lazy("Failed: refuse, with findings and photos")),
        ],
        initial="pass",
        widget=forms.RadioSelect,
    )
    findings = forms.CharField(
        label=gettext_lazy("Findings"),
        required=False,
        max_length=500,
        widget=text_area(maxlength=500),
        help_text=gettext_lazy("Quantity, tags, packaging, accessories, damage. The buyer reads it."),
    )
    not_intact = forms.MultipleChoiceField(
        label=gettext_lazy("Not intact, because"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy(
            "A seven-day return fails on one of these, or on other goods, too few or damage, which the warehouse's page"
            " takes down; unpacking is none."
        ),
    )
    evidence = EvidenceField(label=gettext_lazy("Photos"), required=False)

    def __init__(self, data: QueryDict | None = None, **known: Any) -> None:
        super().__init__(data, **known)
        lines = [line for line in self.refund.lines.select_related("order_line") if line.quantity]
        self.fields["not_intact"].choices = [  # type: ignore[attr-defined]
            (
                f"{line.order_line.line_no}{BETWEEN}{name}",
                f"{line.order_line.title}: {Finding(name).label}" if len(lines) > 1 else Finding(name).label,
            )
            for line in lines
            for name in findings_for(line.order_line, self.refund.shop_id)
        ]

    def found(self) -> list[Found] | None:
        """Give what was named of each line, None where nothing was: an inspection without lines."""
        named: dict[str, list[str]] = {}
        for value in self.cleaned_data["not_intact"]:
            line_no, _between, name = value.rpartition(BETWEEN)
            named.setdefault(line_no, []).append(name)
        return [Found(line_no, findings=tuple(names)) for line_no, names in named.items()] or None
