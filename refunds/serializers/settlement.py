"""How bundles and gifts were settled, as answers about requests give it (AMT-3, LAW-3)."""

from typing import Any

from rest_framework import serializers


class KeptOutput(serializers.Serializer[Any]):
    """Units that the buyer keeps, at the price at which they count."""

    line_no = serializers.CharField()
    title = serializers.CharField()
    sku = serializers.CharField()
    quantity = serializers.IntegerField()
    price_fen = serializers.IntegerField(help_text="Of one unit by itself; of a gift the one marked beforehand.")
    counts_fen = serializers.IntegerField()
    gift = serializers.BooleanField()


class SettlementOutput(serializers.Serializer[Any]):
    """The sum: paid, less what is kept, less what earlier returns settled, never below nothing (AMT-3, LAW-3)."""

    bundle = serializers.CharField(allow_blank=True)
    why = serializers.ChoiceField(
        choices=["list", "share", "threshold", "fault"],
        help_text=(
            "`list`: what is kept counts by its own price; `share`: at what was paid for it; `threshold`: the "
            "reduction still holds; `fault`: nothing is taken off, for the seller is at fault."
        ),
    )
    paid_fen = serializers.IntegerField()
    kept = KeptOutput(many=True)
    before_fen = serializers.IntegerField(help_text="Settled by earlier returns.")
    share_fen = serializers.IntegerField(help_text="The shares paid of what comes back.")
    goes_fen = serializers.IntegerField(help_text="What comes back for it.")
