"""Query parameters of the feedback routes (SAT-2)."""

from typing import Any

from rest_framework import serializers

from feedback.states import COUNTABLE, FeedbackStatus
from orders.filters import ChoicesParameter, MomentParameter


class FeedbackQuery(serializers.Serializer[Any]):
    """What a list of feedback cases is narrowed to."""

    status = ChoicesParameter(FeedbackStatus.values, required=False)
    shop = serializers.SlugField(max_length=40, required=False, help_text="Code of the shop.")
    item_id = serializers.CharField(max_length=64, required=False, help_text="Of the platform's page.")
    reason = ChoicesParameter([reason.value for reason in COUNTABLE], required=False)
    late = serializers.BooleanField(required=False, allow_null=True, help_text="The answer did not come in time.")
    updated_since = MomentParameter(
        required=False, help_text="Only what changed at or after this moment, the oldest change first: for polling."
    )
