"""Query parameters of the parcel routes."""

from typing import Any

from rest_framework import serializers

from logistics.models import AttentionReason
from logistics.selectors.shipments import ANY


class ShipmentQuery(serializers.Serializer[Any]):
    """What a list of parcels is narrowed to."""

    attention = serializers.ChoiceField(
        choices=[(ANY, ANY), *((reason, reason) for reason in AttentionReason.values)],
        required=False,
        help_text="Only parcels that need someone, for this reason or for any (LOG-6).",
    )
    carrier = serializers.CharField(max_length=24, required=False, help_text="Code of the carrier.")
    shop = serializers.SlugField(max_length=40, required=False, help_text="Code of the shop.")
