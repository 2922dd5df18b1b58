"""Query parameters of the request and payment routes."""

from typing import Any

from rest_framework import serializers

from orders.filters import ChoicesParameter, MomentParameter
from refunds.models import Difference
from refunds.states import ExchangeStatus, Kind, PaymentStatus, PayoutPurpose, PayoutStatus, Phase, RefundStatus


class RefundQuery(serializers.Serializer[Any]):
    """What a list of requests is narrowed to."""

    status = ChoicesParameter([*RefundStatus.values, *ExchangeStatus.values], required=False)
    kind = ChoicesParameter(Kind.values, required=False)
    phase = serializers.ChoiceField(choices=Phase.values, required=False)
    order_no = serializers.CharField(max_length=64, required=False)
    buyer = serializers.CharField(max_length=64, required=False, help_text="The shop's id of the buyer.")
    shop = serializers.SlugField(max_length=40, required=False, help_text="Code of the shop.")
    assignee = serializers.CharField(
        max_length=150, required=False, help_text="A user name, `me` or `none`; for staff only."
    )
    updated_since = MomentParameter(
        required=False, help_text="Only what changed at or after this moment, the oldest change first: for polling."
    )
    due_before = MomentParameter(
        required=False, help_text="Only what acts by itself before this moment, the earliest first; not what is paused."
    )


class PaymentQuery(serializers.Serializer[Any]):
    """What a list of refund payments is narrowed to."""

    status = ChoicesParameter(PaymentStatus.values, required=False)
    shop = serializers.SlugField(max_length=40, required=False, help_text="Code of the shop.")
    refund_no = serializers.CharField(max_length=32, required=False)


class DifferenceQuery(serializers.Serializer[Any]):
    """What a list of differences is narrowed to."""

    state = serializers.ChoiceField(
        choices=["open", "quiet", "done"],
        required=False,
        help_text="`open`: to be looked into; `quiet`: fees, and the edge of the day; `done`: resolved or gone.",
    )
    kind = ChoicesParameter(Difference.Kind.values, required=False)
    day = serializers.DateField(required=False, help_text="Day of the bill.")
    shop = serializers.SlugField(max_length=40, required=False, help_text="Code of the shop.")


class PayoutQuery(serializers.Serializer[Any]):
    """What a list of payouts is narrowed to."""

    status = ChoicesParameter(PayoutStatus.values, required=False)
    purpose = ChoicesParameter(PayoutPurpose.values, required=False)
    shop = serializers.SlugField(max_length=40, required=False, help_text="Code of the shop.")
    order_no = serializers.CharField(max_length=64, required=False)
    refund_no = serializers.CharField(max_length=32, required=False)
    late = serializers.BooleanField(
        required=False, allow_null=True, help_text="Not paid in the working days that were promised."
    )
    updated_since = MomentParameter(
        required=False, help_text="Only what changed at or after this moment, the oldest change first: for polling."
    )
