"""Bodies and answers of the invoice routes (INV-1)."""

from typing import Any

from rest_framework import serializers

from aftersales.core.api.fields import FenField, InputSerializer, TextField
from invoices.states import InvoiceStatus, TitleKind
from orders.serializers import AllowedActionOutput, NumberField, optional_text
from refunds.serializers.outputs import HistoryOutput


class InvoiceInput(InputSerializer):
    """What a buyer wants invoiced. Without an amount it is for all that he keeps paying for."""

    refuse_unknown = True

    order_no = NumberField()
    shop = serializers.SlugField(
        max_length=40, required=False, help_text="Where several shops that the caller sees have the number."
    )
    title_kind = serializers.ChoiceField(choices=TitleKind.choices, default=TitleKind.PERSONAL)
    title = TextField(max_length=100)
    tax_no = optional_text(24)
    amount_fen = FenField(min_value=1, required=False, allow_null=True)
    note = optional_text(200)


class InvoicePatch(InputSerializer):
    """What is changed; what is left out stays."""

    refuse_unknown = True

    title_kind = serializers.ChoiceField(choices=TitleKind.choices, required=False)
    title = TextField(max_length=100, required=False)
    tax_no = TextField(max_length=24, required=False, allow_blank=True)
    amount_fen = FenField(min_value=1, required=False)
    note = optional_text(200)


class InvoiceNoteInput(InputSerializer):
    """A note, or nothing."""

    note = optional_text(200)


class InvoiceQuestionInput(InputSerializer):
    """What finance wants to know."""

    question = TextField(max_length=200)


class InvoiceIssueInput(InvoiceNoteInput):
    """The number: twenty digits, or eight with the code of the roll."""

    number = TextField(max_length=20)
    code = optional_text(12)


class InvoiceTellInput(InputSerializer):
    """The words for the buyer; the ready ones, unless given."""

    text = optional_text(500)


class InvoiceReverseInput(InputSerializer):
    """The red invoice, and why."""

    red_number = TextField(max_length=20)
    reason = TextField(max_length=200)


class InvoiceRowOutput(serializers.Serializer[Any]):
    """An invoice in a list."""

    request_no = serializers.CharField()
    version = serializers.IntegerField()
    status = serializers.ChoiceField(choices=InvoiceStatus.choices)
    status_label = serializers.CharField()
    order_no = serializers.CharField()
    shop = serializers.CharField()
    title_kind = serializers.ChoiceField(choices=TitleKind.choices)
    title_kind_label = serializers.CharField()
    title = serializers.CharField()
    tax_no = serializers.CharField(allow_null=True)
    amount_fen = serializers.IntegerField()
    note = serializers.CharField(allow_blank=True)
    question = serializers.CharField(allow_null=True, help_text="What finance asks before it issues.")
    code = serializers.CharField(allow_null=True)
    number = serializers.CharField(allow_null=True)
    red_number = serializers.CharField(allow_null=True)
    requested_by = serializers.CharField()
    is_late = serializers.BooleanField(help_text="Not gone on in the time that its state has.")
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()
    issued_at = serializers.DateTimeField(allow_null=True)
    told_at = serializers.DateTimeField(allow_null=True)


class InvoiceOutput(InvoiceRowOutput):
    """An invoice with its history, and what this caller may do."""

    history = HistoryOutput(many=True)
    allowed_actions = AllowedActionOutput(many=True)
