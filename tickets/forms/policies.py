"""What is typed to change a policy setting: the figure in the unit that people use, from when, and why."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from aftersales.core import clock, errors, money
from aftersales.core.models import Shop
from aftersales.core.policies import DAY, HOUR, PolicyDefinition
from aftersales.core.views.dialogs import OnceForm

from .policy_tables import TableField

MINUTE = 60
EVERYWHERE = "*"
UNITS = [(str(DAY), gettext_lazy("days")), (str(HOUR), gettext_lazy("hours")), (str(MINUTE), gettext_lazy("minutes"))]


class DurationWidget(forms.MultiWidget):
    """A number and its unit."""

    def __init__(self) -> None:
        super().__init__(
            [forms.TextInput(attrs={"data-first": "", "inputmode": "numeric"}), forms.Select(choices=UNITS)]
        )

    def render(self, *args: Any, **kwargs: Any) -> SafeString:
        """Draw both side by side."""
        return format_html('<span class="pair">{}</span>', super().render(*args, **kwargs))

    def decompress(self, value: Any) -> list[Any]:
        """Show seconds in the largest unit that fits."""
        if value is None:
            return [None, str(HOUR)]
        unit = next((size for size in (DAY, HOUR, MINUTE) if int(value) % size == 0), MINUTE)
        return [int(value) // unit, str(unit)]


class DurationField(forms.MultiValueField):
    """A length of time in seconds."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            fields=(forms.IntegerField(min_value=0, max_value=1_000_000), forms.ChoiceField(choices=UNITS)),
            widget=DurationWidget(),
            **kwargs,
        )

    def compress(self, data_list: list[Any]) -> int | None:
        """Give seconds."""
        return int(data_list[0]) * int(data_list[1]) if data_list and data_list[0] is not None else None


class MoneyField(forms.CharField):
    """An amount in yuan, as fen."""

    def prepare_value(self, value: Any) -> Any:
        """Show fen as yuan."""
        return money.yuan(value) if isinstance(value, int) else value

    def clean(self, value: Any) -> Any:
        """Read yuan."""
        text = super().clean(value)
        try:
            return money.parse_yuan(text) if text else None
        except errors.Problem as problem:
            raise ValidationError(str(problem.detail)) from problem


def value_field(definition: PolicyDefinition) -> forms.Field:
    """Give the field that fits a setting; bounds are the definition's to check."""
    label, first = gettext_lazy("New figure"), {"data-first": ""}
    kind = definition.kind
    if kind == "duration":
        return DurationField(label=label)
    if kind in ("integer", "workdays"):
        return forms.IntegerField(label=label, widget=forms.TextInput(attrs=first | {"inputmode": "numeric"}))
    if kind == "money":
        return MoneyField(
            label=gettext_lazy("New figure, yuan"),
            widget=forms.TextInput(attrs=first | {"inputmode": "decimal"}),
        )
    if kind == "boolean":
        choices = [("yes", gettext_lazy("yes")), ("no", gettext_lazy("no"))]
        return forms.ChoiceField(label=label, choices=choices, required=False, widget=forms.RadioSelect)
    if kind == "choice":
        return forms.ChoiceField(
            label=label, choices=list(definition.choices), required=False, widget=forms.RadioSelect
        )
    if kind == "text":
        return forms.CharField(label=label, widget=forms.TextInput(attrs=first))
    return TableField(
        label=gettext_lazy("New table"),
        example=definition.default,
        required=False,
        help_text=gettext_lazy(
            "Amounts in yuan; several words in one cell are parted by 、. An empty row is left out."
        ),
    )


class PolicyForm(OnceForm):
    """A new version of one setting."""

    scope = forms.ChoiceField(label=gettext_lazy("For"))
    how = forms.ChoiceField(
        label=gettext_lazy("What"),
        choices=[("set", gettext_lazy("Set a figure")), ("back", gettext_lazy("Take the figure back"))],
        initial="set",
        widget=forms.RadioSelect,
    )
    effective_at = forms.DateTimeField(
        label=gettext_lazy("In force from"),
        required=False,
        help_text=gettext_lazy("Empty: from now on. Deadlines that run already keep their time."),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    note = forms.CharField(label=gettext_lazy("Why"), required=False, max_length=300)

    def __init__(self, *args: Any, definition: PolicyDefinition, shops: Sequence[Shop], general: bool, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.definition = definition
        self.fields["value"] = value_field(definition)
        choices = [(shop.code, shop.name) for shop in shops]
        if general:
            choices = [(EVERYWHERE, _("All shops")), *choices]
        self.fields["scope"].choices = choices  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """A figure that is taken back needs no new one; a yes becomes a boolean."""
        data: dict[str, Any] = super().clean() or {}
        if data.get("how") == "back":
            self.errors.pop("value", None)
            data["value"] = None
        elif self.definition.kind == "boolean" and "value" in data:
            data["value"] = data["value"] == "yes"
        moment = data.get("effective_at")
        if moment is not None and moment <= clock.now():
            self.add_error("effective_at", _("A figure cannot be changed for the past; leave it empty for now."))
        return data
