"""Answers of the parcel routes (LOG-6)."""

from typing import Any

from rest_framework import serializers

from logistics.models import AttentionReason
from logistics.states import Direction, ParcelStatus


class NeedOutput(serializers.Serializer[Any]):
    """Why a parcel needs someone."""

    reason = serializers.ChoiceField(choices=AttentionReason.choices)
    since = serializers.DateTimeField(help_text="When the trouble began.")
    due_at = serializers.DateTimeField(help_text="By when somebody must have seen to it.")
    next_step = serializers.CharField(help_text="What is done next, in words.")


class ShipmentOutput(serializers.Serializer[Any]):
    """A parcel: where it is, and what is to be done about it."""

    order_no = serializers.CharField()
    refund_no = serializers.CharField(allow_null=True, help_text="The request that it belongs to, if any.")
    shop = serializers.CharField()
    direction = serializers.ChoiceField(choices=Direction.choices)
    carrier = serializers.CharField(allow_null=True)
    tracking_no = serializers.CharField(allow_null=True)
    status = serializers.ChoiceField(choices=ParcelStatus.choices)
    shipped_at = serializers.DateTimeField()
    last_scan_at = serializers.DateTimeField(allow_null=True)
    last_scan = serializers.CharField(allow_null=True, help_text="What the carrier wrote of it last.")
    attention = NeedOutput(many=True)
