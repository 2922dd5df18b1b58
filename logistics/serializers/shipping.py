"""What the routes of parcels and receipt read."""

from rest_framework import serializers

from aftersales.core.api.fields import FlagField, InputSerializer, SensibleMomentField, TextField
from orders.serializers import MOST_LINES, LineNumberField


class ShipInput(InputSerializer):
    """A parcel. `lines` are the lines in it, all that are left without it; `buyer_consented` as RFD-2 asks."""

    carrier = TextField(max_length=24)
    tracking_no = TextField(max_length=40)
    lines = serializers.ListField(child=LineNumberField(), required=False, max_length=MOST_LINES)
    buyer_consented = FlagField(required=False, allow_null=True)
    shipped_at = SensibleMomentField(required=False, allow_null=True)


class ConfirmReceiptInput(InputSerializer):
    """Whether open requests end with it, because the buyer was told and wants it (ORD-7)."""

    close_open_requests = FlagField(required=False)
