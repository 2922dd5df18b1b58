"""Bodies and answers of the ticket routes (TKT)."""

from typing import Any

from rest_framework import serializers

from aftersales.core.api.fields import FlagField, InputSerializer, SensibleMomentField, TextField
from orders.serializers import AllowedActionOutput, NumberField, optional_text
from refunds.serializers.outputs import HistoryOutput
from tickets.models import TicketNote
from tickets.states import Priority, TicketCategory, TicketKind, TicketStatus, WaitingFor

LONG, SHORT = 2000, 200
NOTE_FORMS = [(one.value, one.label) for one in (TicketNote.Form.NOTE, TicketNote.Form.PHONE, TicketNote.Form.CHAT)]


def links_field() -> Any:
    """Give a list of numbers of the order's things."""
    return serializers.ListField(child=TextField(max_length=64), required=False, max_length=50, default=list)


class TicketInput(InputSerializer):
    """A ticket as somebody opens it; without `due_at` the next step is due within the priority's time (TKT-2)."""

    refuse_unknown = True

    order_no = NumberField()
    shop = serializers.SlugField(
        max_length=40, required=False, help_text="Where several shops that the caller sees have the number."
    )
    kind = serializers.ChoiceField(choices=TicketKind.choices)
    priority = serializers.ChoiceField(choices=Priority.choices, default=Priority.NORMAL.value)
    title = TextField(max_length=SHORT)
    next_step = TextField(max_length=SHORT)
    due_at = SensibleMomentField(required=False, allow_null=True)
    owner = optional_text(150, help_text="A user name; without it, whoever opens it.")
    refund_nos = links_field()
    tracking_nos = links_field()
    payout_nos = links_field()
    claim_nos = links_field()
    invoice_request_nos = links_field()
    complaint_nos = links_field()


class TicketPlanInput(InputSerializer):
    """Another next step, by when, perhaps another priority or kind."""

    next_step = TextField(max_length=SHORT)
    due_at = SensibleMomentField()
    priority = serializers.ChoiceField(choices=Priority.choices, required=False)
    kind = serializers.ChoiceField(choices=TicketKind.choices, required=False)
    note = optional_text(LONG)


class TicketWaitInput(InputSerializer):
    """Whom the ticket waits for, what they shall do, and by when."""

    waiting_for = serializers.ChoiceField(choices=WaitingFor.choices)
    next_step = TextField(max_length=SHORT)
    due_at = SensibleMomentField()
    note = optional_text(LONG)


class TicketTakeUpInput(InputSerializer):
    """What comes next; what is left out stays, or follows from the priority."""

    next_step = optional_text(SHORT)
    due_at = SensibleMomentField(required=False, allow_null=True)
    note = optional_text(LONG)


class TicketReopenInput(InputSerializer):
    """Why it is not solved, as the next step."""

    next_step = TextField(max_length=SHORT)
    due_at = SensibleMomentField(required=False, allow_null=True)
    note = optional_text(LONG)


class TicketAssignInput(InputSerializer):
    """Whose it is from now on; null gives a request's ticket back to everybody."""

    owner = TextField(max_length=150, allow_null=True)


class TicketHandOverInput(InputSerializer):
    """A colleague, and what he has to know (TKT-2)."""

    owner = TextField(max_length=150)
    note = TextField(max_length=LONG)


class TicketNoteInput(InputSerializer):
    """A note, or a contact with the buyer and whether he answered."""

    form = serializers.ChoiceField(choices=NOTE_FORMS, default=TicketNote.Form.NOTE.value)
    text = TextField(max_length=LONG)
    reached = FlagField(required=False, default=True)


class TicketReplyInput(InputSerializer):
    """Words for the buyer."""

    text = TextField(max_length=LONG)


class TicketTaskInput(InputSerializer):
    """What was promised, and by when (TKT-4)."""

    what = TextField(max_length=SHORT)
    due_at = SensibleMomentField()


class TicketResolveInput(InputSerializer):
    """How it was solved."""

    resolution = TextField(max_length=LONG)


class TicketCloseInput(InputSerializer):
    """How it was solved, where it is not solved yet."""

    resolution = optional_text(LONG)
    note = optional_text(LONG)


class TicketMergeInput(InputSerializer):
    """The ticket that goes on."""

    into = NumberField()


class TicketRowOutput(serializers.Serializer[Any]):
    """A ticket in a list."""

    ticket_no = serializers.CharField()
    version = serializers.IntegerField()
    status = serializers.ChoiceField(choices=TicketStatus.choices)
    status_label = serializers.CharField()
    category = serializers.ChoiceField(choices=TicketCategory.choices)
    kind = serializers.ChoiceField(choices=TicketKind.choices)
    kind_label = serializers.CharField()
    priority = serializers.ChoiceField(choices=Priority.choices)
    title = serializers.CharField()
    owner = serializers.CharField(allow_null=True, help_text="A user name; null: its request has no owner yet.")
    waiting_for = serializers.ChoiceField(choices=WaitingFor.choices, allow_null=True)
    next_step = serializers.CharField(allow_null=True)
    due_at = serializers.DateTimeField(allow_null=True)
    is_late = serializers.BooleanField()
    order_no = serializers.CharField()
    refund_no = serializers.CharField(allow_null=True, help_text="The request that leads it.")
    shop = serializers.CharField()
    resolution = serializers.CharField(allow_null=True)
    merged_into = serializers.CharField(allow_null=True)
    opened_by = serializers.CharField()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()
    finished_at = serializers.DateTimeField(allow_null=True)


class TicketNoteOutput(serializers.Serializer[Any]):
    """Something said."""

    at = serializers.DateTimeField()
    form = serializers.ChoiceField(choices=TicketNote.Form.choices)
    text = serializers.CharField()
    reached = serializers.BooleanField()
    by = serializers.CharField()
    to = serializers.CharField(allow_null=True, help_text="Of a hand-over: to whom.")


class TicketLinkOutput(serializers.Serializer[Any]):
    """One thing that the ticket is about: the one number that is not null."""

    refund_no = serializers.CharField(allow_null=True)
    tracking_no = serializers.CharField(allow_null=True)
    payout_no = serializers.CharField(allow_null=True)
    claim_no = serializers.CharField(allow_null=True)
    invoice_request_no = serializers.CharField(allow_null=True)
    complaint_no = serializers.CharField(allow_null=True)


class TicketTaskOutput(serializers.Serializer[Any]):
    """A promise."""

    what = serializers.CharField()
    due_at = serializers.DateTimeField()
    done_at = serializers.DateTimeField(allow_null=True)
    done_by = serializers.CharField(allow_null=True)


class TicketOutput(TicketRowOutput):
    """A ticket with what was said and promised, its history, and what this caller may do."""

    notes = TicketNoteOutput(many=True)
    links = TicketLinkOutput(many=True)
    tasks = TicketTaskOutput(many=True)
    history = HistoryOutput(many=True)
    allowed_actions = AllowedActionOutput(many=True)
