"""Query parameters of the complaint routes."""

from typing import Any

from rest_framework import serializers

from complaints.states import ComplaintStatus, Source
from orders.filters import ChoicesParameter, MomentParameter


class ComplaintQuery(serializers.Serializer[Any]):
    """What a list of complaints is narrowed to."""

    status = ChoicesParameter(ComplaintStatus.values, required=False)
    source = ChoicesParameter(Source.values, required=False)  # type: ignore[assignment]
    shop = serializers.SlugField(max_length=40, required=False, help_text="Code of the shop.")
    order_no = serializers.CharField(max_length=64, required=False)
    reference = serializers.CharField(max_length=64, required=False, help_text="The source's own number.")
    late = serializers.BooleanField(required=False, allow_null=True, help_text="Not replied to in time.")
    updated_since = MomentParameter(
        required=False, help_text="Only what changed at or after this moment, the oldest change first: for polling."
    )
