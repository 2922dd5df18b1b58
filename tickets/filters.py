"""Query parameters of the ticket routes."""

from typing import Any

from rest_framework import serializers

from orders.filters import ChoicesParameter, MomentParameter
from tickets.states import Priority, TicketCategory, TicketKind, TicketStatus, WaitingFor


class TicketQuery(serializers.Serializer[Any]):
    """What a list of tickets is narrowed to."""

    category = ChoicesParameter(TicketCategory.values, required=False)
    status = ChoicesParameter(TicketStatus.values, required=False)
    waiting_for = ChoicesParameter(WaitingFor.values, required=False)
    kind = ChoicesParameter(TicketKind.values, required=False)
    priority = ChoicesParameter(Priority.values, required=False)
    owner = serializers.CharField(max_length=150, required=False, help_text="A user name, `me` or `none`.")
    order_no = serializers.CharField(max_length=64, required=False)
    refund_no = serializers.CharField(max_length=32, required=False)
    shop = serializers.SlugField(max_length=40, required=False, help_text="Code of the shop.")
    late = serializers.BooleanField(required=False, help_text="Marked late: the next step was not taken in time.")
    due_before = MomentParameter(
        required=False, help_text="Only what is to be done before this moment, the earliest first."
    )
    updated_since = MomentParameter(
        required=False, help_text="Only what changed at or after this moment, the oldest change first: for polling."
    )
