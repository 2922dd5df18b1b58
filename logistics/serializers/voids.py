"""Bodies and answers of the routes of void lists (VOI)."""

from typing import Any

from rest_framework import serializers

from aftersales.core.api.fields import InputSerializer, WholeNumberField
from logistics.models import VoidAnswer, VoidEnd
from orders.serializers import NumberField, optional_text
from refunds.serializers.inputs import VOID_RESULTS

MOST_AT_ONCE = 500
MOST_PARCELS = 100
"""Answers of one call, and those of them that say that goods have left: each of these is a step of its own order."""


class VoidListInput(InputSerializer):
    """Whose list is to be made."""

    refuse_unknown = True

    shop = serializers.SlugField(
        max_length=40, required=False, help_text="Code of the shop, where the caller sees several."
    )


class VoidGivenInput(InputSerializer):
    """The answer to one line. `version` is the request's that was looked at; the parcel is given where it is known."""

    refuse_unknown = True

    refund_no = NumberField()
    result = serializers.ChoiceField(choices=VOID_RESULTS)
    note = optional_text(300)
    carrier = optional_text(24)
    tracking_no = optional_text(40)
    version = WholeNumberField(min_value=0, required=False, allow_null=True)


class VoidAnswersInput(InputSerializer):
    """Answers to lines of one list; the last one counts where a request is named twice."""

    refuse_unknown = True

    answers = VoidGivenInput(many=True, allow_empty=False, max_length=MOST_AT_ONCE)  # type: ignore[call-arg]


class VoidListRowOutput(serializers.Serializer[Any]):
    """A list with its counts. `waiting` lines have no answer, `urgent` ones were agreed to without it (VOI-4)."""

    list_no = serializers.CharField()
    shop = serializers.CharField()
    day = serializers.DateField()
    supplement = serializers.IntegerField(help_text="0 for the morning's list, else which supplementary one.")
    submitted_at = serializers.DateTimeField()
    submitted_by = serializers.CharField()
    total = serializers.IntegerField()
    waiting = serializers.IntegerField()
    voided = serializers.IntegerField()
    shipped = serializers.IntegerField()
    overtaken = serializers.IntegerField()
    urgent = serializers.IntegerField()


class VoidGoodsOutput(serializers.Serializer[Any]):
    """Goods that must not leave."""

    line_no = serializers.CharField()
    goods_no = serializers.CharField()
    title = serializers.CharField()
    sku = serializers.CharField()
    quantity = serializers.IntegerField()


class VoidLineOutput(serializers.Serializer[Any]):
    """A line: the request, its goods, and what came of it."""

    refund_no = serializers.CharField()
    version = serializers.IntegerField(help_text="Of the request.")
    order_no = serializers.CharField()
    buyer = serializers.CharField(help_text="Masked.")
    amount_fen = serializers.IntegerField()
    goods = VoidGoodsOutput(many=True)
    due_at = serializers.DateTimeField(allow_null=True, help_text="When the clock agrees by itself (TMO-1).")
    answer = serializers.ChoiceField(choices=VoidAnswer.choices, allow_null=True)
    ended_as = serializers.ChoiceField(choices=VoidEnd.choices, allow_null=True)
    outcome = serializers.CharField(allow_null=True, help_text="What came of it, in words.")
    answered_at = serializers.DateTimeField(allow_null=True)
    answered_by = serializers.CharField(allow_null=True)
    note = serializers.CharField(allow_null=True)
    late_answer = serializers.ChoiceField(choices=VoidAnswer.choices, allow_null=True)
    late_at = serializers.DateTimeField(allow_null=True)
    late_by = serializers.CharField(allow_null=True)


class VoidListOutput(VoidListRowOutput):
    """A list with its lines, as they were submitted."""

    lines = VoidLineOutput(many=True)


OUTCOMES = [("ok", "ok"), ("skipped", "skipped"), ("failed", "failed")]


class VoidOutcomeOutput(serializers.Serializer[Any]):
    """What came of one answer: done, skipped since it was answered before, or failed; with who answered and when."""

    refund_no = serializers.CharField()
    outcome = serializers.ChoiceField(choices=OUTCOMES)
    late = serializers.BooleanField(help_text="The money had been agreed to already; it is chased as urgent (VOI-4).")
    answer = serializers.ChoiceField(choices=VoidAnswer.choices, allow_null=True)
    answered_at = serializers.DateTimeField(allow_null=True)
    answered_by = serializers.CharField(allow_null=True)
    code = serializers.CharField(allow_null=True)
    rule = serializers.CharField(allow_null=True)
    detail = serializers.CharField(allow_null=True)


class VoidOutcomesOutput(serializers.Serializer[Any]):
    """An outcome for each, in the order in which they were given; then what the list looks like now."""

    answered = serializers.IntegerField()
    results = VoidOutcomeOutput(many=True)
    list = VoidListRowOutput()
