"""Answers of the survey routes (SAT-1)."""

from typing import Any

from rest_framework import serializers

from orders.serializers import AllowedActionOutput
from surveys.states import CallOutcome, CallWhy, SubjectKind, SurveyStatus, Via


class SurveyAnswerOutput(serializers.Serializer[Any]):
    """What the buyer said: marks from 1 to 5, 5 the best."""

    goods = serializers.IntegerField()
    attitude = serializers.IntegerField()
    speed = serializers.IntegerField()
    price = serializers.IntegerField()
    comment = serializers.CharField()
    via = serializers.ChoiceField(choices=Via.choices)
    at = serializers.DateTimeField()


class SurveyRowOutput(serializers.Serializer[Any]):
    """A survey in a list."""

    survey_no = serializers.CharField()
    version = serializers.IntegerField()
    status = serializers.ChoiceField(choices=SurveyStatus.choices)
    status_label = serializers.CharField()
    subject_kind = serializers.ChoiceField(choices=SubjectKind.choices)
    subject_no = serializers.CharField(help_text="Of the ticket, request or service sheet that it is about.")
    order_no = serializers.CharField()
    shop = serializers.CharField()
    agent = serializers.CharField(allow_null=True)
    item_id = serializers.CharField(allow_null=True)
    item_title = serializers.CharField(allow_null=True)
    matter = serializers.CharField(allow_null=True, help_text="The reason of the request, the kind of the ticket.")
    matter_label = serializers.CharField(allow_null=True)
    url = serializers.CharField(help_text="The address for the buyer; it needs no login and holds until `expires_at`.")
    answer = SurveyAnswerOutput(allow_null=True)
    is_low = serializers.BooleanField(help_text="One of the marks is low.")
    call_why = serializers.ChoiceField(choices=CallWhy.choices, allow_null=True)
    call_why_label = serializers.CharField(allow_null=True)
    call_due_at = serializers.DateTimeField(allow_null=True)
    tries = serializers.IntegerField(help_text="Calls that were made.")
    is_late = serializers.BooleanField(help_text="The call was not made in time.")
    expires_at = serializers.DateTimeField()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()
    answered_at = serializers.DateTimeField(allow_null=True)
    closed_at = serializers.DateTimeField(allow_null=True)


class SurveyCallOutput(serializers.Serializer[Any]):
    """A call and what came of it; never told to the front-end."""

    at = serializers.DateTimeField()
    author = serializers.CharField()
    outcome = serializers.ChoiceField(choices=CallOutcome.choices)
    outcome_label = serializers.CharField()
    note = serializers.CharField()
    next_at = serializers.DateTimeField(allow_null=True)


class SurveyOutput(SurveyRowOutput):
    """A survey with the calls that were made, and what this caller may do."""

    calls = SurveyCallOutput(many=True)
    allowed_actions = AllowedActionOutput(many=True)
