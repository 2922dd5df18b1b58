"""What a buyer who sends goods back is told, as REST documents it (LOG-7)."""

from rest_framework import serializers


class ReturnCarrierOutput(serializers.Serializer):
    """A carrier that serves the buyer's province and that of the return address."""

    code = serializers.CharField()
    name = serializers.CharField()
    phone = serializers.CharField(help_text="Empty where it is not known.")


class ReturnAdviceOutput(serializers.Serializer):
    """Carriers, the postage to expect in fen, and both in words for the buyer."""

    refund_no = serializers.CharField()
    carriers = ReturnCarrierOutput(many=True)
    postage_fen = serializers.IntegerField(help_text="By the shop's table of regions and weights (PAY-3).")
    text = serializers.CharField()
