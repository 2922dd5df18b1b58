"""The answer of the warranty route (WAR-1)."""

from typing import Any

from rest_framework import serializers

from warranty.states import Condition, SerialKind, What, Why


class EntitlementOutput(serializers.Serializer[Any]):
    """One thing that the buyer may have today, or that there is nothing."""

    what = serializers.ChoiceField(choices=What.choices)
    what_label = serializers.CharField()
    until = serializers.DateField(allow_null=True, help_text="The last day; of `none`: the day on which it ended.")
    rules = serializers.ListField(child=serializers.CharField(), help_text="Ids of the rules of domain.md.")
    why = serializers.CharField()
    conditions = serializers.ListField(child=serializers.ChoiceField(choices=Condition.choices))


class SerialNumberOutput(serializers.Serializer[Any]):
    """A serial number that a unit has, or had until it was replaced."""

    unit = serializers.IntegerField()
    kind = serializers.ChoiceField(choices=SerialKind.choices)
    serial = serializers.CharField()
    why = serializers.ChoiceField(choices=Why.choices)
    recorded_at = serializers.DateTimeField()
    superseded_at = serializers.DateTimeField(allow_null=True)


class WarrantyLineOutput(serializers.Serializer[Any]):
    """What a line has."""

    line_no = serializers.CharField()
    title = serializers.CharField()
    category = serializers.CharField(allow_null=True, help_text="A row of the setting `warranty.rules`.")
    delivered_on = serializers.DateField(allow_null=True)
    exchanged_on = serializers.DateField(allow_null=True)
    entitlements = EntitlementOutput(many=True)
    serial_numbers = SerialNumberOutput(many=True)


class WarrantyOutput(serializers.Serializer[Any]):
    """What each line of an order has today."""

    order_no = serializers.CharField()
    shop = serializers.CharField()
    today = serializers.DateField()
    lines = WarrantyLineOutput(many=True)
