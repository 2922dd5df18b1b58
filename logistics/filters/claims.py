"""Query parameters of the claim routes."""

from typing import Any

from rest_framework import serializers

from logistics.states.claim import ClaimCause, ClaimStatus
from orders.filters import ChoicesParameter, MomentParameter


class ClaimQuery(serializers.Serializer[Any]):
    """What a list of claims is narrowed to."""

    status = ChoicesParameter(ClaimStatus.values, required=False)
    cause = ChoicesParameter(ClaimCause.values, required=False)
    carrier = serializers.CharField(max_length=24, required=False, help_text="Code of the carrier.")
    shop = serializers.SlugField(max_length=40, required=False, help_text="Code of the shop.")
    order_no = serializers.CharField(max_length=64, required=False)
    late = serializers.BooleanField(
        required=False, allow_null=True, help_text="Not gone on in the time that its state has."
    )
    updated_since = MomentParameter(
        required=False, help_text="Only what changed at or after this moment, the oldest change first: for polling."
    )
