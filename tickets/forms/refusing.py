"""The form of a refusal: the reasons with what the law says of them, the buyer's phone call, the supervisor's word."""

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from aftersales.core.machine import SUPERVISOR
from refunds.forms import EvidenceField
from refunds.states import RefusalReason
from tickets.selectors import refusal_grounds

from .decisions import FIRST, ActionForm, text_area
from .texts import REFUSALS


class RefuseForm(ActionForm):
    """Refuse with a reason, a text for the buyer and evidence (RFD-5).

    The reasons say which of them the law does not allow (DEC-4); a supervisor may say that it is done all the same.
    Where the buyer's reason counts against the shop he is phoned first (DEC-2).
    """

    reason = forms.ChoiceField(label=gettext_lazy("Reason"), widget=forms.Select(attrs=FIRST))
    message = forms.CharField(
        label=gettext_lazy("To the buyer"),
        max_length=500,
        widget=text_area(5, maxlength=500),
        help_text=gettext_lazy("Why, and what the buyer can do now; 2 to 500 characters."),
    )
    evidence = EvidenceField(label=gettext_lazy("Evidence"), required=False)
    buyer_phoned = forms.BooleanField(label=gettext_lazy("The buyer was phoned"), required=False)
    despite_law = forms.BooleanField(
        label=gettext_lazy("Refuse all the same, although the law does not allow it"), required=False
    )
    despite_note = forms.CharField(
        label=gettext_lazy("Why all the same"),
        required=False,
        max_length=500,
        help_text=gettext_lazy(
            "Needed with the box; kept in the history with the rule that is broken, and the buyer does not see it."
        ),
    )

    def __init__(self, data: QueryDict | None = None, **known: Any) -> None:
        super().__init__(data, **known)
        self.fields["reason"].choices = [("", _("Choose a reason")), *RefusalReason.choices]  # type: ignore[attr-defined]
        if self.actor.role != SUPERVISOR:
            del self.fields["despite_law"], self.fields["despite_note"]

    @cached_property
    def grounds(self) -> list[tuple[refusal_grounds.Ground, str, str]]:
        """Each reason, its label with what stands against it, and its ready text for the script that fills it in."""
        against = (
            _("%(ground)s – breaks %(rule)s") if self.supervises else _("%(ground)s – needs a supervisor: %(rule)s")
        )
        return [
            (
                one,
                against % {"ground": one.label, "rule": one.rule} if one.rule else one.label,
                str(REFUSALS.get(one.value, "")),
            )
            for one in refusal_grounds.grounds_of(self.refund)
        ]

    @property
    def supervises(self) -> bool:
        """Whether it may be done despite the law (DEC-4)."""
        return "despite_law" in self.fields

    @property
    def chosen_costs(self) -> str:
        """What the chosen reason would cost; empty where it is lawful or none is chosen."""
        chosen = self["reason"].value()
        return next((one.costs for one, _label, _words in self.grounds if one.value == chosen), "")

    @property
    def must_phone(self) -> bool:
        """Whether the buyer is to be phoned first (DEC-2)."""
        return refusal_grounds.must_phone(self.refund)

    def clean(self) -> dict[str, Any]:
        """DEC-2: a reason that counts against the shop is talked about before it is refused."""
        values = super().clean() or self.cleaned_data
        if self.must_phone and not values.get("buyer_phoned"):
            text = _("Phone the buyer first and tick it: this reason counts against the shop (DEC-2).")
            self.add_error("buyer_phoned", text)
        return values
