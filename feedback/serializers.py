"""Answers of the feedback routes (SAT-2)."""

from typing import Any

from rest_framework import serializers

from feedback.states import Answer, FeedbackStatus, Origin
from orders.serializers import AllowedActionOutput
from refunds.states import Reason


class FeedbackEffectOutput(serializers.Serializer[Any]):
    """Order lines asked about for the reason, and units sold, in as many days before the answer as after it."""

    days = serializers.IntegerField()
    before_cases = serializers.IntegerField()
    before_units = serializers.IntegerField()
    after_cases = serializers.IntegerField()
    after_units = serializers.IntegerField()


class FeedbackRowOutput(serializers.Serializer[Any]):
    """A feedback case in a list."""

    case_no = serializers.CharField()
    version = serializers.IntegerField()
    status = serializers.ChoiceField(choices=FeedbackStatus.choices)
    status_label = serializers.CharField()
    shop = serializers.CharField()
    item_id = serializers.CharField()
    goods_no = serializers.CharField()
    title = serializers.CharField()
    reason = serializers.ChoiceField(choices=Reason.choices)
    reason_label = serializers.CharField()
    origin = serializers.ChoiceField(choices=Origin.choices)
    found_cases = serializers.IntegerField(help_text="Order lines asked about when it came up.")
    found_units = serializers.IntegerField(help_text="Units sold in that time.")
    is_late = serializers.BooleanField()
    reopened = serializers.IntegerField(help_text="How often it was opened again.")
    remedy = serializers.ChoiceField(choices=Answer.choices, allow_null=True, help_text="What is done about it.")
    answer_text = serializers.CharField()
    effective_on = serializers.DateField(allow_null=True, help_text="The day from which the answer is in effect.")
    effect = FeedbackEffectOutput(allow_null=True)
    taken_by = serializers.CharField(allow_null=True)
    asked_at = serializers.DateTimeField()
    answer_due_at = serializers.DateTimeField(allow_null=True)
    answered_at = serializers.DateTimeField(allow_null=True)
    measured_at = serializers.DateTimeField(allow_null=True)
    closed_at = serializers.DateTimeField(allow_null=True)
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class FeedbackRequestOutput(serializers.Serializer[Any]):
    """A request behind a case."""

    refund_no = serializers.CharField()
    asked_at = serializers.DateTimeField()


class FeedbackReportOutput(serializers.Serializer[Any]):
    """What the desk saw: the page against what came."""

    order_no = serializers.CharField()
    page_says = serializers.CharField()
    came = serializers.CharField()
    author = serializers.CharField()
    at = serializers.DateTimeField()


class FeedbackOutput(FeedbackRowOutput):
    """A feedback case with the newest thirty requests and reports behind it, and what this caller may do."""

    requests = FeedbackRequestOutput(many=True)
    reports = FeedbackReportOutput(many=True)
    allowed_actions = AllowedActionOutput(many=True)
