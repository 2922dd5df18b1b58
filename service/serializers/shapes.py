"""Bodies and answers of the routes of service sheets (SVC, WAR-2)."""

from typing import Any

from rest_framework import serializers

from aftersales.core.api.fields import (
    FenField,
    FlagField,
    InputSerializer,
    SensibleMomentField,
    TextField,
    WholeNumberField,
)
from orders.serializers import AllowedActionOutput, NumberField, optional_text
from refunds.serializers.outputs import HistoryOutput
from service.services.moving import MOST_FEN, MOST_LINES
from service.states import Charge, Finding, How, PaidBy, QuoteKind, Result, SheetStatus, Way


class SheetInput(InputSerializer):
    """A fault of a unit that was sold. Without a contact it is the order's receiver."""

    refuse_unknown = True

    order_no = NumberField()
    line_no = serializers.CharField(max_length=64)
    shop = serializers.SlugField(
        max_length=40, required=False, help_text="Where several shops that the caller sees have the number."
    )
    unit = WholeNumberField(min_value=1, max_value=100_000, required=False, help_text="Which of the line's units.")
    way = serializers.ChoiceField(choices=Way.choices, required=False)
    text = TextField(max_length=500)
    contact_name = optional_text(60)
    contact_phone = optional_text(24)
    address = optional_text(420)


class SheetNoteInput(InputSerializer):
    """A note, or nothing."""

    note = optional_text(200)


class SheetReasonInput(InputSerializer):
    """Why."""

    reason = TextField(max_length=200)


class SheetEmptyInput(InputSerializer):
    """Nothing more to say."""


class SheetCallInput(InputSerializer):
    """What was agreed on the phone."""

    visit_at = SensibleMomentField()
    note = TextField(max_length=200)


class SheetAssignInput(SheetNoteInput):
    """Who goes, by his user name, and when."""

    engineer = TextField(max_length=150)
    visit_at = SensibleMomentField()


class SheetWorkInput(InputSerializer):
    """What was done."""

    work = TextField(max_length=500)


class SheetRepairInput(SheetWorkInput):
    """What was found and done."""

    diagnosis = TextField(max_length=500)


class QuoteLineInput(InputSerializer):
    """A line of a quotation; the price is of one, in fen."""

    kind = serializers.ChoiceField(choices=QuoteKind.choices)
    text = TextField(max_length=100)
    quantity = WholeNumberField(min_value=1, max_value=100)
    unit_fen = FenField(min_value=0, max_value=MOST_FEN)


class SheetQuoteInput(InputSerializer):
    """What the work costs."""

    diagnosis = TextField(max_length=500)
    lines = QuoteLineInput(many=True, min_length=1, max_length=MOST_LINES)  # type: ignore[call-arg]


class SheetAcceptInput(InputSerializer):
    """Who accepts, and how he said so."""

    by = TextField(max_length=60)
    how = serializers.ChoiceField(choices=How.choices)


class SheetPayInput(InputSerializer):
    """What was paid: as it was quoted."""

    paid_fen = FenField(min_value=1)
    paid_by = serializers.ChoiceField(choices=PaidBy.choices)


class SheetFinishInput(InputSerializer):
    """Whether the buyer wants an invoice."""

    invoice_wanted = FlagField()


class SheetFindInput(InputSerializer):
    """What the test found."""

    finding = serializers.ChoiceField(choices=Finding.choices)
    diagnosis = TextField(max_length=500)


class SheetSendBackInput(SheetWorkInput):
    """What was done, and what both ways cost, in fen."""

    freight_in_fen = FenField(min_value=0, max_value=MOST_FEN, help_text="Paid by the buyer.")
    freight_out_fen = FenField(min_value=0, max_value=MOST_FEN, help_text="Paid by the shop.")


class SheetMakeUpInput(InputSerializer):
    """What an emergency left out."""

    contact_name = TextField(max_length=60)
    contact_phone = TextField(max_length=24)
    address = TextField(max_length=420)
    diagnosis = TextField(max_length=500)


class SheetRowOutput(serializers.Serializer[Any]):
    """A service sheet in a list. Whom to see, and where, is not told here."""

    sheet_no = serializers.CharField()
    version = serializers.IntegerField()
    status = serializers.ChoiceField(choices=SheetStatus.choices)
    status_label = serializers.CharField()
    order_no = serializers.CharField()
    shop = serializers.CharField()
    file_no = serializers.CharField(help_text="Number of the service file.")
    line_no = serializers.CharField()
    unit = serializers.IntegerField()
    way = serializers.ChoiceField(choices=Way.choices)
    way_label = serializers.CharField()
    text = serializers.CharField()
    charge = serializers.ChoiceField(choices=Charge.choices)
    charge_label = serializers.CharField()
    is_emergency = serializers.BooleanField()
    is_incomplete = serializers.BooleanField(help_text="To be made up before it is archived.")
    is_late = serializers.BooleanField(help_text="Nobody came in time.")
    engineer = serializers.CharField(allow_null=True, help_text="User name; never told to the front-end.")
    diagnosis = serializers.CharField(allow_null=True)
    work = serializers.CharField(allow_null=True, help_text="What was done.")
    finding = serializers.ChoiceField(choices=Finding.choices, allow_null=True)
    finding_label = serializers.CharField(allow_null=True)
    result = serializers.ChoiceField(choices=Result.choices, allow_null=True)
    result_label = serializers.CharField(allow_null=True)
    quoted_fen = serializers.IntegerField(allow_null=True)
    paid_fen = serializers.IntegerField(allow_null=True)
    invoice_wanted = serializers.BooleanField(allow_null=True)
    terms_version = serializers.CharField(allow_null=True, help_text="Of the terms of testing that are accepted.")
    respond_due_at = serializers.DateTimeField()
    visit_at = serializers.DateTimeField(allow_null=True)
    accepted_at = serializers.DateTimeField(allow_null=True)
    paid_at = serializers.DateTimeField(allow_null=True)
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()
    done_at = serializers.DateTimeField(allow_null=True)
    closed_at = serializers.DateTimeField(allow_null=True)


class QuoteLineOutput(serializers.Serializer[Any]):
    """A line of a quotation."""

    kind = serializers.ChoiceField(choices=QuoteKind.choices)
    text = serializers.CharField()
    quantity = serializers.IntegerField()
    unit_fen = serializers.IntegerField()
    amount_fen = serializers.IntegerField()


class QuoteOutput(serializers.Serializer[Any]):
    """A quotation, as it was said."""

    at = serializers.DateTimeField()
    total_fen = serializers.IntegerField()
    lines = QuoteLineOutput(many=True)


class FreightOutput(serializers.Serializer[Any]):
    """Who bears the freight of a test, and what one owes the other then."""

    buyer_fen = serializers.IntegerField()
    shop_fen = serializers.IntegerField()
    payout_fen = serializers.IntegerField(help_text="Proposed payout to the buyer.")
    owed_fen = serializers.IntegerField(help_text="What the buyer owes.")


class SheetOutput(SheetRowOutput):
    """A service sheet with quotations, freight, history, and what this caller may do."""

    quotes = QuoteOutput(many=True)
    freight = FreightOutput(allow_null=True)
    history = HistoryOutput(many=True)
    allowed_actions = AllowedActionOutput(many=True)
