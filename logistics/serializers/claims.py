"""Bodies and answers of the claim routes (CLM)."""

from typing import Any

from rest_framework import serializers

from aftersales.core.api.fields import FenField, InputSerializer, TextField, WholeNumberField
from logistics.services.claims import LineClaim
from logistics.states.claim import ClaimCause, ClaimStatus
from orders.serializers import MOST_LINES, MOST_UNITS, AllowedActionOutput, LineNumberField, NumberField, optional_text
from refunds.serializers.inputs import LONG, evidence_field
from refunds.serializers.outputs import HistoryOutput

MOST_AT_ONCE = 200


class ClaimLineInput(InputSerializer):
    """So many of a line."""

    refuse_unknown = True

    line_no = LineNumberField()
    quantity = WholeNumberField(min_value=1, max_value=MOST_UNITS)


def line_claims(lines: list[dict[str, Any]]) -> list[LineClaim]:
    """Turn lines as read into what the service takes."""
    return [LineClaim(line["line_no"], line["quantity"]) for line in lines]


class ClaimInput(InputSerializer):
    """A claim as somebody of the desk drafts it; `tracking_no` says which parcel where the order has several."""

    refuse_unknown = True

    order_no = NumberField()
    shop = serializers.SlugField(
        max_length=40, required=False, help_text="Where several shops that the caller sees have the number."
    )
    tracking_no = TextField(max_length=40, required=False)
    cause = serializers.ChoiceField(choices=ClaimCause.choices)
    lines = ClaimLineInput(many=True, allow_empty=False, max_length=MOST_LINES)  # type: ignore[call-arg]
    amount_fen = FenField(
        min_value=1, required=False, allow_null=True, help_text="The value of the goods, unless given."
    )
    note = optional_text(LONG)
    evidence = evidence_field()


class ClaimPatch(InputSerializer):
    """What is changed; what is left out stays, evidence is added. A stamp does not count any more."""

    refuse_unknown = True

    cause = serializers.ChoiceField(choices=ClaimCause.choices, required=False)
    lines = ClaimLineInput(many=True, allow_empty=False, max_length=MOST_LINES, required=False)  # type: ignore[call-arg]
    amount_fen = FenField(min_value=1, required=False)
    note = TextField(max_length=LONG, required=False, allow_blank=True)
    evidence = evidence_field()


class ClaimNoteInput(InputSerializer):
    """A note, or nothing."""

    note = optional_text(200)


class ClaimReasonInput(InputSerializer):
    """Why, for whoever reads it later."""

    reason = TextField(max_length=200)


class ClaimSubmitInput(ClaimNoteInput):
    """The carrier's case number, if it gave one."""

    carrier_reference = optional_text(64)


class ClaimAppealInput(ClaimReasonInput):
    """What speaks against the rejection, and the new case number, if there is one."""

    carrier_reference = optional_text(64)


class ClaimAcceptInput(ClaimNoteInput):
    """What the carrier said that it would pay; all of it, unless given."""

    accepted_fen = FenField(min_value=1, required=False, allow_null=True)


class ClaimPaymentInput(ClaimNoteInput):
    """What came, and the bank's reference."""

    amount_fen = FenField(min_value=1)
    reference = TextField(max_length=64)


class ClaimsStampInput(InputSerializer):
    """Claims to stamp at once, each with the version that was looked at, where one is given."""

    claim_nos = serializers.ListField(child=NumberField(), allow_empty=False, max_length=MOST_AT_ONCE)
    versions = serializers.DictField(child=WholeNumberField(min_value=0), required=False, default=dict)


class ClaimRowOutput(serializers.Serializer[Any]):
    """A claim in a list. Carrier and tracking number are as they stand on the slip."""

    claim_no = serializers.CharField()
    version = serializers.IntegerField()
    status = serializers.ChoiceField(choices=ClaimStatus.choices)
    status_label = serializers.CharField()
    cause = serializers.ChoiceField(choices=ClaimCause.choices)
    cause_label = serializers.CharField()
    order_no = serializers.CharField()
    shop = serializers.CharField()
    carrier = serializers.CharField()
    tracking_no = serializers.CharField()
    note = serializers.CharField(allow_blank=True)
    amount_fen = serializers.IntegerField()
    value_fen = serializers.IntegerField(help_text="Of the goods and the postage: no more can be claimed.")
    accepted_fen = serializers.IntegerField(allow_null=True)
    recovered_fen = serializers.IntegerField()
    submissions = serializers.IntegerField(help_text="How often it went to the carrier.")
    carrier_reference = serializers.CharField(allow_null=True)
    rejection = serializers.CharField(allow_null=True)
    reference = serializers.CharField(allow_null=True)
    is_late = serializers.BooleanField(help_text="Not gone on in the time that its state has.")
    drafted_by = serializers.CharField()
    stamped_by = serializers.CharField(allow_null=True)
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()
    stamped_at = serializers.DateTimeField(allow_null=True)
    handed_over_at = serializers.DateTimeField(allow_null=True)
    submitted_at = serializers.DateTimeField(allow_null=True)
    paid_at = serializers.DateTimeField(allow_null=True)


class ClaimLineOutput(serializers.Serializer[Any]):
    """Goods that are claimed, with goods number, colour and size, and what the buyer paid for them."""

    line_no = serializers.CharField()
    goods_no = serializers.CharField(allow_blank=True)
    title = serializers.CharField()
    sku = serializers.CharField(allow_blank=True)
    quantity = serializers.IntegerField()
    value_fen = serializers.IntegerField()


class ClaimBuyerOutput(serializers.Serializer[Any]):
    """What was done for the buyer, who does not wait for the carrier."""

    served = serializers.BooleanField()
    refund_nos = serializers.ListField(child=serializers.CharField())
    payout_nos = serializers.ListField(child=serializers.CharField())


class ClaimOutput(ClaimRowOutput):
    """A claim with its goods, photos and history, and what this caller may do."""

    lines = ClaimLineOutput(many=True)
    photos = serializers.ListField(child=serializers.CharField())
    buyer = ClaimBuyerOutput()
    history = HistoryOutput(many=True)
    allowed_actions = AllowedActionOutput(many=True)


class ClaimStampOutput(serializers.Serializer[Any]):
    """What came of one claim: `ok`, or the problem as its own route would have told it."""

    claim_no = serializers.CharField()
    ok = serializers.BooleanField()
    status = serializers.CharField(allow_null=True)
    version = serializers.IntegerField(allow_null=True)
    code = serializers.CharField(allow_null=True)
    rule = serializers.CharField(allow_null=True)
    detail = serializers.CharField(allow_null=True)


class ClaimsStampOutput(serializers.Serializer[Any]):
    """An outcome for each, in the order in which they were asked for."""

    stamped = serializers.IntegerField()
    results = ClaimStampOutput(many=True)
