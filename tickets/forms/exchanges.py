"""The forms of the dialogs that exchanges and reships have of their own."""

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from aftersales.core import money
from aftersales.core.forms import AmountField
from logistics.forms.warehouse import SCAN_SEEN
from logistics.selectors.replacements import leaves_before_a_scan
from refunds.selectors.exchange_prices import sold_lately_at
from refunds.states import ExchangeStatus, Flow

from .decisions import FIRST, ActionForm, AgreeForm, ReturnShipmentForm


class NoteForm(ActionForm):
    """A step that needs no more than a note, or none."""

    note = forms.CharField(label=gettext_lazy("Note"), required=False, max_length=200)


class AgreeOnGoodsForm(ActionForm):
    """Agree to an exchange with the prices of the new goods and the address for the old, or to a reship (EXC, AMT-5).

    Where the goods are on their way back already it confirms them.
    """

    fields_of = {"RFD-4": "address"}

    name = forms.CharField(label=gettext_lazy("Receiver of the return"), max_length=60)
    phone = forms.CharField(label=gettext_lazy("Phone"), max_length=24)
    region = forms.CharField(label=gettext_lazy("Region"), max_length=120)
    address = forms.CharField(label=gettext_lazy("Address"), max_length=300)
    ships_first = forms.BooleanField(
        label=gettext_lazy("Urgent: the replacement goes once the return has a number"), required=False
    )
    note = forms.CharField(label=gettext_lazy("Internal note"), required=False, max_length=200)

    def __init__(self, data: QueryDict | None = None, **known: Any) -> None:
        super().__init__(data, **known)
        refund = self.refund
        self.begins = refund.status == ExchangeStatus.WAIT_SELLER_AGREE
        self.returns = self.begins and refund.flow == Flow.EXCHANGE
        for name in AgreeForm.ADDRESS:
            if self.returns:
                self.initial[name] = refund.shop.return_address.get(name, "")
            else:
                del self.fields[name]
        if not self.returns:
            del self.fields["ships_first"]
        self.asked = list(refund.lines.select_related("order_line")) if self.returns else []
        sold = sold_lately_at(refund) if any(line.exchange_sku for line in self.asked) else {}
        for line in self.asked:
            own = line.order_line
            paid = money.unit_shares(own.paid_share_fen, own.quantity)[own.returned_quantity : own.quantity]
            wanted = line.exchange_sku or own.sku
            words, lately = {"paid": money.yuan(paid[0] if paid else 0)}, sold.get(own.line_no)
            says = _("Paid for the old: ¥%(paid)s. Empty: no difference.")
            if lately is not None:
                words |= {"list": money.yuan(own.unit_price_fen), "sold": money.yuan(lately)}
                says = _(
                    "Paid for the old: ¥%(paid)s of ¥%(list)s; the new was sold last at ¥%(sold)s. "
                    "Empty: no difference."
                )
            self.fields[f"price_{line.pk}"] = AmountField(
                label=_("Price of “%(wanted)s”, each") % {"wanted": f"{own.title} {wanted}".strip()},
                required=False,
                help_text=says % words,
            )

    @property
    def price_fields(self) -> list[Any]:
        """The price of the new goods of each line."""
        return [self[f"price_{line.pk}"] for line in self.asked]

    @property
    def address_missing(self) -> bool:
        """Whether the shop has no default address, so that one must be typed."""
        return self.returns and not all(self.initial.get(name) for name in AgreeForm.ADDRESS)

    def return_address(self) -> dict[str, str] | None:
        """Give the address as it is kept; None where nothing comes back."""
        return {name: self.cleaned_data[name] for name in AgreeForm.ADDRESS} if self.returns else None

    def new_prices(self) -> dict[str, int]:
        """Give the prices that were typed, in fen for one unit, by line number."""
        typed = {line.order_line.line_no: self.cleaned_data[f"price_{line.pk}"] for line in self.asked}
        return {number: fen for number, fen in typed.items() if fen is not None}


class SettleDifferenceForm(ActionForm):
    """Say by what a price difference was settled (EXC-2)."""

    fields_of = {"EXC-2": "note"}

    note = forms.CharField(
        label=gettext_lazy("Settled by"),
        max_length=200,
        widget=forms.TextInput(attrs=FIRST),
        help_text=gettext_lazy("The number of the buyer's payment or of the payout, or how it was agreed."),
    )


class ProofForm(ActionForm):
    """Say by what it is proved that the buyer has the replacement (LOG-6)."""

    note = forms.CharField(
        label=gettext_lazy("Proof"),
        max_length=200,
        widget=forms.TextInput(attrs=FIRST),
        help_text=gettext_lazy("Who signed, the carrier's photo, or what the buyer now says."),
    )


class ShipReplacementForm(ReturnShipmentForm):
    """Write down the parcel with the replacement; given again it corrects (EXC-1, EXC-4)."""

    scan_seen = forms.BooleanField(label=SCAN_SEEN)

    def __init__(self, data: QueryDict | None = None, **known: Any) -> None:
        super().__init__(data, **known)
        if not leaves_before_a_scan(self.refund):
            del self.fields["scan_seen"]
