"""The forms of talking and arguing: proposals and their answers, evidence in a dispute (DEC-3, DIS)."""

from typing import Any

from django import forms
from django.db.models import Max
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from aftersales.core.forms import AmountField
from refunds.forms import EvidenceField
from refunds.models import Refund
from refunds.states import Flow, Kind, Piece, ProposalKind, Reason, kit_of
from refunds.states.words import LATER_KINDS

from .decisions import FIRST, ActionForm, text_area

OFFER_GOODS = gettext_lazy("We can exchange it for “%(sku)s”. Would that do?")
OFFER_EXCHANGE = gettext_lazy("We can exchange it for another size, colour or style. Which one would you like?")


class ProposeForm(ActionForm):
    """Put something to the buyer: to correct the request, a sum, more evidence, or to withdraw."""

    fields_of = {
        "AMT-1": "amount",
        "AMT-2": "amount",
        "amount_fen": "amount",
        "APP-2": "to_kind",
        "APP-4": "to_kind",
        "APP-3": "to_reason",
        "LAW-1": "to_reason",
        "TMO-9": "to_reason",
    }

    kind = forms.ChoiceField(label=gettext_lazy("What is proposed"), widget=forms.RadioSelect)
    to_kind = forms.ChoiceField(label=gettext_lazy("Right kind"), required=False)
    to_reason = forms.ChoiceField(label=gettext_lazy("Right reason"), required=False)
    amount = AmountField(label=gettext_lazy("The buyer gets"), required=False)
    offered_sku = forms.CharField(label=gettext_lazy("Other goods in exchange"), max_length=120, required=False)
    begun_with = forms.CharField(max_length=120, required=False, widget=forms.HiddenInput)
    text = forms.CharField(
        label=gettext_lazy("To the buyer"), max_length=500, required=False, widget=text_area(3, **FIRST)
    )

    def __init__(self, data: QueryDict | None = None, **known: Any) -> None:
        super().__init__(data, **known)
        refund = self.refund
        no_sum = refund.wants_goods or refund.flow == Flow.UNSHIPPED
        kinds = [choice for choice in ProposalKind.choices if not (no_sum and choice[0] == ProposalKind.AMOUNT)]
        self.fields["kind"].choices = kinds  # type: ignore[attr-defined]
        self.initial["kind"] = ProposalKind.CORRECT
        stays = ("", _("as it is"))
        wanted = [choice for choice in Kind.choices if choice[0] not in LATER_KINDS]
        self.fields["to_kind"].choices = [stays, *wanted]  # type: ignore[attr-defined]
        self.fields["to_reason"].choices = [stays, *Reason.choices]  # type: ignore[attr-defined]

    def prefill(self, asked: QueryDict) -> None:
        """Begin with the exchange that the page suggests, by its goods; the words are there to be changed (DEC-5)."""
        if "exchange" not in asked:
            return
        sku = asked["exchange"][:120]
        words = OFFER_GOODS if sku else OFFER_EXCHANGE
        self.initial.update(to_kind=Kind.EXCHANGE, offered_sku=sku, begun_with=sku, text=words % {"sku": sku})

    @property
    def about(self) -> str:
        """The goods that the page suggested."""
        return str(self["begun_with"].value() or "")

    def clean(self) -> dict[str, Any]:
        """Keep only what belongs to the chosen kind."""
        values = super().clean() or self.cleaned_data
        if values.get("kind") != ProposalKind.AMOUNT:
            values["amount"] = None
        if values.get("kind") != ProposalKind.CORRECT:
            values["to_kind"] = values["to_reason"] = ""
        if values.get("to_kind") != Kind.EXCHANGE:
            values["offered_sku"] = ""
        return values


class DisputeEvidenceForm(ActionForm):
    """Evidence of the shop in a dispute, and what of the kit it shows (DIS-3)."""

    shows = forms.ChoiceField(label=gettext_lazy("What the files show"), widget=forms.Select(attrs=FIRST))
    text = forms.CharField(label=gettext_lazy("In words"), required=False, max_length=500, widget=text_area(3))
    evidence = EvidenceField(label=gettext_lazy("Files"), required=False)

    def __init__(self, data: QueryDict | None = None, **known: Any) -> None:
        super().__init__(data, **known)
        wanted = kit_of(self.refund.reason)
        rest = [piece for piece in Piece if piece not in wanted]
        self.fields["shows"].choices = [(one.value, one.label) for one in (*wanted, *rest)]  # type: ignore[attr-defined]


class AnswerForm(ActionForm):
    """An answer to a proposal, with words where there are any."""

    text = forms.CharField(label=gettext_lazy("Note"), required=False, max_length=200)
    number = forms.IntegerField(required=False, widget=forms.HiddenInput)  # the proposal that was read

    def __init__(self, *args: Any, **known: Any) -> None:
        super().__init__(*args, **known)
        self.initial["number"] = self._last_number()

    def renewed(self, refund: Refund) -> None:
        """Go on with the proposal that there is now, which is shown with it."""
        super().renewed(refund)
        self.sent["number"] = str(self._last_number())

    def _last_number(self) -> int:
        return self.refund.proposals.aggregate(last=Max("number"))["last"] or 0


class AcceptForm(AnswerForm):
    """Yes, with the evidence that was asked for."""

    evidence = EvidenceField(label=gettext_lazy("Evidence"), required=False)
