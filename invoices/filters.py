"""Query parameters of the invoice routes."""

from typing import Any

from rest_framework import serializers

from invoices.states import InvoiceStatus
from orders.filters import ChoicesParameter, MomentParameter


class InvoiceQuery(serializers.Serializer[Any]):
    """What a list of invoices is narrowed to."""

    status = ChoicesParameter(InvoiceStatus.values, required=False)
    shop = serializers.SlugField(max_length=40, required=False, help_text="Code of the shop.")
    order_no = serializers.CharField(max_length=64, required=False)
    number = serializers.CharField(max_length=20, required=False, help_text="Number of the issued invoice.")
    late = serializers.BooleanField(
        required=False, allow_null=True, help_text="Not gone on in the time that its state has."
    )
    updated_since = MomentParameter(
        required=False, help_text="Only what changed at or after this moment, the oldest change first: for polling."
    )
