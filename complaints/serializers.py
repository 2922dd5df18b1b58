"""Bodies and answers of the complaint routes (CMP-1)."""

from typing import Any

from rest_framework import serializers

from aftersales.core.api.fields import FenField, InputSerializer, SensibleMomentField, TextField
from complaints.models import REPLY_LENGTH
from complaints.states import ComplaintStatus, Malice, Problem, Result, Source
from orders.serializers import AllowedActionOutput, NumberField, optional_text
from refunds.serializers.outputs import HistoryOutput


class ComplaintInput(InputSerializer):
    """What somebody complains of at a platform or an authority. Without a time the shop's policy gives it."""

    refuse_unknown = True

    order_no = NumberField()
    shop = serializers.SlugField(
        max_length=40, required=False, help_text="Where several shops that the caller sees have the number."
    )
    source = serializers.ChoiceField(choices=Source.choices)  # type: ignore[assignment]
    problem = serializers.ChoiceField(choices=Problem.choices)
    reference = optional_text(64)
    text = TextField(max_length=2000)
    reply_due_at = SensibleMomentField(required=False, allow_null=True, help_text="Until when the source waits.")


class ComplaintNoteInput(InputSerializer):
    """A note, or nothing."""

    note = optional_text(200)


class ComplaintReasonInput(InputSerializer):
    """Why."""

    reason = TextField(max_length=200)


class ComplaintReplyInput(InputSerializer):
    """The reply, briefly."""

    text = TextField(max_length=REPLY_LENGTH)


class ComplaintPostponeInput(ComplaintReasonInput):
    """Another time, and why."""

    reply_due_at = SensibleMomentField()


class ComplaintMaliciousInput(InputSerializer):
    """Why it is malicious."""

    reasons = TextField(max_length=REPLY_LENGTH)


class ComplaintSettleInput(InputSerializer):
    """What was agreed; the amount is information, it is paid by a refund or a payout."""

    refuse_unknown = True

    settlement = TextField(max_length=REPLY_LENGTH)
    amount_fen = FenField(min_value=0, required=False, allow_null=True)


class ComplaintCloseInput(ComplaintNoteInput):
    """What the source decided."""

    result = serializers.ChoiceField(choices=[(one.value, one.label) for one in (Result.UPHELD, Result.REJECTED)])


class ComplaintRowOutput(serializers.Serializer[Any]):
    """A complaint in a list."""

    complaint_no = serializers.CharField()
    version = serializers.IntegerField()
    status = serializers.ChoiceField(choices=ComplaintStatus.choices)
    status_label = serializers.CharField()
    order_no = serializers.CharField()
    shop = serializers.CharField()
    source = serializers.ChoiceField(choices=Source.choices)  # type: ignore[assignment]
    source_label = serializers.CharField()
    problem = serializers.ChoiceField(choices=Problem.choices)
    problem_label = serializers.CharField()
    reference = serializers.CharField(allow_null=True, help_text="The source's own number.")
    text = serializers.CharField()
    reply_due_at = serializers.DateTimeField()
    is_late = serializers.BooleanField(help_text="Not replied to in time.")
    result = serializers.ChoiceField(choices=Result.choices, allow_null=True)
    malice = serializers.ChoiceField(
        choices=Malice.choices, allow_null=True, help_text="Whether it is malicious; never told to the front-end."
    )
    malice_reasons = serializers.CharField(allow_null=True)
    settlement = serializers.CharField(allow_null=True)
    settlement_fen = serializers.IntegerField(allow_null=True)
    filed_by = serializers.CharField()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()
    answered_at = serializers.DateTimeField(allow_null=True)
    closed_at = serializers.DateTimeField(allow_null=True)


class ComplaintReplyOutput(serializers.Serializer[Any]):
    """What was replied, as it was sent."""

    at = serializers.DateTimeField()
    author = serializers.CharField()
    text = serializers.CharField()


class ComplaintOutput(ComplaintRowOutput):
    """A complaint with its replies, its history, and what this caller may do."""

    replies = ComplaintReplyOutput(many=True)
    history = HistoryOutput(many=True)
    allowed_actions = AllowedActionOutput(many=True)
