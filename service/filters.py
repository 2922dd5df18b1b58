"""Query parameters of the routes of service sheets."""

from typing import Any

from rest_framework import serializers

from orders.filters import ChoicesParameter, MomentParameter
from service.states import SheetStatus, Way


class SheetQuery(serializers.Serializer[Any]):
    """What a list of service sheets is narrowed to."""

    status = ChoicesParameter(SheetStatus.values, required=False)
    way = ChoicesParameter(Way.values, required=False)
    shop = serializers.SlugField(max_length=40, required=False, help_text="Code of the shop.")
    order_no = serializers.CharField(max_length=64, required=False)
    file_no = serializers.CharField(max_length=32, required=False, help_text="Number of the service file.")
    engineer = serializers.CharField(max_length=150, required=False, help_text="User name of the engineer.")
    late = serializers.BooleanField(required=False, allow_null=True, help_text="Nobody came in time.")
    incomplete = serializers.BooleanField(required=False, allow_null=True, help_text="To be made up.")
    updated_since = MomentParameter(
        required=False, help_text="Only what changed at or after this moment, the oldest change first: for polling."
    )
