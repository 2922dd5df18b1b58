"""Answers about what bills and books do not say alike (PAY-9)."""

from typing import Any

from rest_framework import serializers

from refunds.models import Difference


class DifferenceOutput(serializers.Serializer[Any]):
    """One thing that the provider's bill and the books do not say alike."""

    id = serializers.IntegerField()
    provider = serializers.CharField()
    day = serializers.DateField(help_text="Day of the bill.")
    kind = serializers.ChoiceField(choices=Difference.Kind.choices)
    kind_label = serializers.CharField()
    state = serializers.ChoiceField(choices=["open", "quiet", "done"])
    number = serializers.CharField(help_text="The payment's or payout's number, or the provider's serial number.")
    detail = serializers.CharField(allow_blank=True)
    here_fen = serializers.IntegerField(allow_null=True, help_text="What the books say.")
    there_fen = serializers.IntegerField(allow_null=True, help_text="What the bill says.")
    shop = serializers.CharField(allow_null=True)
    order_no = serializers.CharField(allow_null=True)
    payment_no = serializers.CharField(allow_null=True)
    payout_no = serializers.CharField(allow_null=True)
    found_at = serializers.DateTimeField()
    gone_at = serializers.DateTimeField(allow_null=True, help_text="When a later bill did not show it any more.")
    resolved_at = serializers.DateTimeField(allow_null=True)
    resolved_by = serializers.CharField(allow_null=True)
    resolution = serializers.CharField(allow_null=True)
