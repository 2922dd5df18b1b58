"""Query parameters of the survey routes, and the days of the results."""

from typing import Any

from rest_framework import serializers

from orders.filters import ChoicesParameter, MomentParameter
from surveys.states import SurveyStatus


class SurveyQuery(serializers.Serializer[Any]):
    """What a list of surveys is narrowed to."""

    status = ChoicesParameter(SurveyStatus.values, required=False)
    shop = serializers.SlugField(max_length=40, required=False, help_text="Code of the shop.")
    order_no = serializers.CharField(max_length=64, required=False)
    subject_no = serializers.CharField(max_length=64, required=False, help_text="Of the ticket, request or sheet.")
    low = serializers.BooleanField(required=False, allow_null=True, help_text="Answered with a low mark.")
    updated_since = MomentParameter(
        required=False, help_text="Only what changed at or after this moment, the oldest change first: for polling."
    )
