"""What is typed about a parcel that a buyer asks for (LOG-2 to LOG-5)."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from aftersales.core import money
from aftersales.core.forms import AmountField
from aftersales.core.views.dialogs import OnceForm
from logistics.models import Carrier
from logistics.selectors.enquiries import Candidate, Cause, Faster, Finding, WayOut, Weighing


class AnswerForm(OnceForm):
    """A decision that comes with a text for the buyer."""

    answer = forms.CharField(
        label=gettext_lazy("To the buyer"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Copy it into the chat; it is kept in the note."),
    )


class UntrackedForm(AnswerForm):
    """Why nothing is shown of a parcel, and the right number where it was wrong (LOG-2)."""

    cause = forms.ChoiceField(label=gettext_lazy("Cause"), widget=forms.Select(attrs={"data-first": ""}))
    carrier = forms.ChoiceField(label=gettext_lazy("Right carrier"), required=False)
    tracking_no = forms.CharField(
        label=gettext_lazy("Right tracking number"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    field_order = ["cause", "carrier", "tracking_no", "answer", "form_token"]

    def __init__(
        self,
        *args: Any,
        findings: Sequence[Finding],
        others: Sequence[Candidate],
        carriers: Sequence[Carrier],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.findings, self.carriers = findings, carriers
        self.fields["cause"].choices = [(one.cause.value, one.title) for one in findings]  # type: ignore[attr-defined]
        self.fields["carrier"].choices = [("", "—"), *((one.code, one.name) for one in carriers)]  # type: ignore[attr-defined]
        likely, first = findings[0], next(iter(others), None)
        self.initial.update(cause=likely.cause.value, answer=self.ready(likely, first))
        if first is not None:
            self.initial.update(carrier=first.carrier.code, tracking_no=first.tracking_no)
        self.answers = [(one, self.ready(one, first)) for one in findings]

    @staticmethod
    def ready(finding: Finding, right: Candidate | None) -> str:
        """Give a cause's answer, with the number that is probably the right one in its place."""
        number = f"{right.carrier.name} {right.tracking_no}" if right else "…"
        return finding.answer.replace("{right}", number)

    def clean(self) -> dict[str, Any]:
        """Bring carrier and number together; both are needed where the number was wrong."""
        data: dict[str, Any] = super().clean() or {}
        code, number = data.pop("carrier", ""), data.pop("tracking_no", "").strip().upper()
        carrier = next((one for one in self.carriers if one.code == code), None)
        data["right"] = Candidate(carrier, number) if carrier and number else None
        data["cause"] = Cause(data["cause"]) if data.get("cause") else None
        if data["cause"] == Cause.WRONG_NUMBER and data["right"] is None:
            self.add_error("tracking_no", _("Enter the right carrier and number."))
        if "…" in data.get("answer", ""):
            self.add_error("answer", _("Put the right number in the place of “…”."))
        return data


class UndeliverableForm(AnswerForm):
    """What carrier and warehouse said, and which way the parcel goes (LOG-3)."""

    transfer = AmountField(label=gettext_lazy("Handing it to the post costs"), required=False)
    transfer_days = forms.IntegerField(
        label=gettext_lazy("and takes, days"),
        min_value=0,
        max_value=60,
        required=False,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )
    asked = forms.BooleanField(label=gettext_lazy("Carrier and warehouse were asked and have answered"), required=False)
    way = forms.ChoiceField(label=gettext_lazy("What happens"), widget=forms.RadioSelect)
    field_order = ["transfer", "transfer_days", "asked", "way", "answer", "form_token"]
    ASK = "ask"

    def __init__(self, *args: Any, weighing: Weighing, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        titles = [(one.way.value, one.title) for one in weighing.options]
        if all(value != WayOut.TRANSFER for value, _title in titles):
            titles.insert(1, (WayOut.TRANSFER.value, _("Have it handed to the post where it is")))
        asking = (self.ASK, _("Ask the carrier and the warehouse first"))
        self.fields["way"].choices = [asking, *titles]  # type: ignore[attr-defined]
        self.weighing = weighing

    @classmethod
    def said(cls, typed: Any) -> dict[str, int | None]:
        """Give what was typed of the carrier's offer, in fen and days; what cannot be read counts as not said."""
        transfer, days = cls.base_fields["transfer"], cls.base_fields["transfer_days"]
        try:
            return {
                "transfer_fen": transfer.clean(typed.get("transfer", "")),
                "transfer_days": days.clean(typed.get("transfer_days", "")),
            }
        except forms.ValidationError:
            return {"transfer_fen": None, "transfer_days": None}

    def clean(self) -> dict[str, Any]:
        """Decide only after asking; a transfer needs its cost and its time."""
        data: dict[str, Any] = super().clean() or {}
        way = data.get("way")
        if way and way != self.ASK and not data.get("asked"):
            self.add_error("asked", _("Ask first and tick it: both know things that the sum does not (LOG-3)."))
        if way == WayOut.TRANSFER:
            for name in ("transfer", "transfer_days"):
                if data.get(name) is None and name not in self.errors:
                    self.add_error(name, _("The carrier's word is needed here."))
        return data


class FasterForm(AnswerForm):
    """Which faster carrier, what it adds, and how the buyer pays it (LOG-4)."""

    carrier = forms.ChoiceField(label=gettext_lazy("Carrier"), widget=forms.RadioSelect)
    surcharge = AmountField(label=gettext_lazy("Surcharge"))
    paid_by = forms.CharField(
        label=gettext_lazy("How the buyer pays it"),
        max_length=80,
        required=False,
        help_text=gettext_lazy("For instance by a link for the difference; empty where the shop pays."),
    )
    field_order = ["carrier", "surcharge", "paid_by", "answer", "form_token"]

    def __init__(self, *args: Any, offers: Sequence[Faster], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offers = {one.code: one for one in offers}
        self.fields["carrier"].choices = [(one.code, self.words(one)) for one in offers]  # type: ignore[attr-defined]
        if offers:
            self.initial.update(carrier=offers[0].code, surcharge=money.yuan(offers[0].least_fen))

    @staticmethod
    def words(offer: Faster) -> str:
        """Say what an offer costs and how long it takes."""
        figures = {
            "name": offer.name,
            "least": money.yuan(offer.least_fen),
            "most": money.yuan(offer.most_fen),
            "from": offer.least_days,
            "to": offer.most_days,
        }
        if offer.least_fen == offer.most_fen:
            return _("%(name)s, ¥%(least)s more, %(from)d–%(to)d days") % figures
        return _("%(name)s, ¥%(least)s to ¥%(most)s more by distance, %(from)d–%(to)d days") % figures

    def clean(self) -> dict[str, Any]:
        """Hold the surcharge against the table."""
        data: dict[str, Any] = super().clean() or {}
        offer, fen = self.offers.get(data.get("carrier", "")), data.get("surcharge")
        if offer and fen is not None and not offer.least_fen <= fen <= offer.most_fen:
            span = {"least": money.yuan(offer.least_fen), "most": money.yuan(offer.most_fen)}
            self.add_error("surcharge", _("The shop's table says ¥%(least)s to ¥%(most)s.") % span)
        return data


class DeniedForm(AnswerForm):
    """What the buyer says of a parcel that was signed for (LOG-6)."""

    said = forms.CharField(
        label=gettext_lazy("What the buyer says"),
        max_length=200,
        widget=forms.TextInput(attrs={"data-first": "", "autocomplete": "off"}),
    )
    field_order = ["said", "answer", "form_token"]


class LostForm(AnswerForm):
    """By what a parcel is known to be lost (LOG-6)."""

    said = forms.CharField(
        label=gettext_lazy("What the carrier says"),
        max_length=200,
        widget=forms.TextInput(attrs={"data-first": "", "autocomplete": "off"}),
    )
    field_order = ["said", "answer", "form_token"]


class RecallForm(AnswerForm):
    """Why a parcel is called back (LOG-5)."""

    reason = forms.ChoiceField(
        label=gettext_lazy("Why"),
        widget=forms.Select(attrs={"data-first": ""}),
        choices=[
            ("refused", gettext_lazy("the buyer refuses the parcel")),
            ("unwanted", gettext_lazy("the buyer does not want it any more")),
            ("address", gettext_lazy("the address is wrong")),
            ("mistake", gettext_lazy("the wrong goods were sent")),
        ],
    )
    field_order = ["reason", "answer", "form_token"]

    def reason_words(self) -> str:
        """Give the chosen reason in words."""
        return str(dict(self.fields["reason"].choices)[self.cleaned_data["reason"]])  # type: ignore[attr-defined]
