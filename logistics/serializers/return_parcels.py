"""Bodies and answers of the routes of parcels that come back (RET-1, RET-3)."""

from typing import Any

from rest_framework import serializers

from aftersales.core.api.fields import InputSerializer, TextField
from orders.serializers import NumberField, optional_text
from refunds.serializers.inputs import evidence_field

STATES = [("expected", "expected"), ("arrived", "arrived"), ("unclaimed", "unclaimed")]


class ReturnParcelQuery(serializers.Serializer[Any]):
    """Which parcels are listed."""

    state = serializers.ChoiceField(
        choices=STATES,
        required=False,
        help_text="On its way back (the default), received and not refunded yet, or on the unclaimed list.",
    )


class UnclaimedInput(InputSerializer):
    """A parcel for the unclaimed list (RET-3)."""

    shop = serializers.SlugField(max_length=40, help_text="Code of the shop that it is addressed to.")
    tracking_no = optional_text(40)
    carrier = optional_text(24)
    sender_name = optional_text(60)
    sender_phone = optional_text(24)
    order_no = optional_text(64)
    contents = TextField(max_length=300)
    shelf = TextField(max_length=40)
    evidence = evidence_field()


class MatchInput(InputSerializer):
    """The request that a parcel belongs to."""

    refund_no = NumberField()


class UnmatchInput(InputSerializer):
    """Why a match is taken back."""

    why = TextField(max_length=300)


class ReturnParcelOutput(serializers.Serializer[Any]):
    """A parcel that comes back, has come, or lies unclaimed."""

    state = serializers.ChoiceField(choices=[*STATES, ("matched", "matched"), ("sent_back", ""), ("disposed", "")])
    parcel_no = serializers.CharField(allow_null=True, help_text="The number on the unclaimed list.")
    refund_no = serializers.CharField(allow_null=True)
    order_no = serializers.CharField(allow_null=True)
    shop = serializers.CharField()
    carrier = serializers.CharField(allow_null=True)
    tracking_no = serializers.CharField(allow_null=True)
    contents = serializers.CharField(allow_null=True)
    shelf = serializers.CharField(allow_null=True)
    received_at = serializers.DateTimeField(allow_null=True)
