"""The filters of the queue, from the address."""

from typing import Any

from django import forms
from django.http import QueryDict

from aftersales.core import money
from refunds.states import REFUND, Kind, Reason
from tickets.selectors.queue import EVERYTHING, ORDERINGS, TABS, Wanted

MOST_NAMES = 20


class QueueForm(forms.Form):
    """What an address asks of the queue. A value that makes no sense counts as not given."""

    tab = forms.ChoiceField(choices=[(key, key) for key in TABS], required=False)
    sort = forms.ChoiceField(choices=[(key, key) for key in ORDERINGS], required=False)
    kind = forms.MultipleChoiceField(choices=Kind.choices, required=False)
    reason = forms.MultipleChoiceField(choices=Reason.choices, required=False)
    status = forms.MultipleChoiceField(choices=list(REFUND.labels.items()), required=False)
    owner = forms.CharField(required=False)
    amount_from = forms.CharField(required=False, max_length=16)
    amount_to = forms.CharField(required=False, max_length=16)
    disputed = forms.BooleanField(required=False)

    def clean_amount_from(self) -> int | None:
        """Read yuan as fen."""
        return self._fen("amount_from")

    def clean_amount_to(self) -> int | None:
        """Read yuan as fen."""
        return self._fen("amount_to")

    def _fen(self, name: str) -> int | None:
        text = self.cleaned_data[name].strip()
        try:
            return money.parse_yuan(text) if text else None
        except money.MoneyFormatError as wrong:
            raise forms.ValidationError(str(wrong)) from wrong


def wanted_from(params: QueryDict, *, shop_id: int | None = None) -> Wanted:
    """Read what is wanted from an address."""
    form = QueueForm(params)
    form.is_valid()
    given: dict[str, Any] = form.cleaned_data
    tab = given.get("tab") or "seller"
    return Wanted(
        tab=tab,
        kind=given.get("kind") or (),
        reason=given.get("reason") or (),
        status=given.get("status") or (),
        owner=_names(params, "owner"),
        shop=_names(params, "shop"),
        least_fen=given.get("amount_from"),
        most_fen=given.get("amount_to"),
        disputed=bool(given.get("disputed")),
        sort=given.get("sort") or ("newest" if tab == EVERYTHING else "urgent"),
        shop_id=shop_id,
    )


def _names(params: QueryDict, name: str) -> list[str]:
    """Give names that somebody chose; the database cannot look for a null byte."""
    return [one for one in params.getlist(name) if one and "\x00" not in one][:MOST_NAMES]
