"""Bodies and answers of the payout routes (PAY)."""

from typing import Any

from rest_framework import serializers

from aftersales.core.api.fields import FenField, InputSerializer, TextField, WholeNumberField
from orders.serializers import AllowedActionOutput, NumberField, optional_text
from refunds.services import PayeeData
from refunds.states import AccountType, PayoutFault, PayoutPurpose, PayoutStatus

from .inputs import LONG, evidence_field
from .outputs import HistoryOutput

MOST_AT_ONCE = 200


class PayeeInput(InputSerializer):
    """Whom to pay: an Alipay account (e-mail address or mainland mobile number) or a bank card, with the real name."""

    refuse_unknown = True

    account_type = serializers.ChoiceField(choices=AccountType.choices, default=AccountType.ALIPAY.value)
    account = TextField(max_length=80)
    name = TextField(max_length=60)


def payee_data(values: dict[str, Any]) -> PayeeData:
    """Turn a payee as read into what the service takes."""
    return PayeeData(values["account_type"], values["account"], values["name"])


class PayoutInput(InputSerializer):
    """A payout as somebody of the desk opens it; `lines` narrows it to lines of the order (PAY-7)."""

    refuse_unknown = True

    order_no = NumberField()
    shop = serializers.SlugField(
        max_length=40, required=False, help_text="Where several shops that the caller sees have the number."
    )
    refund_no = NumberField(required=False, allow_null=True)
    purpose = serializers.ChoiceField(choices=PayoutPurpose.choices)
    amount_fen = FenField(min_value=1)
    payee = PayeeInput()
    note = optional_text(LONG)
    lines = serializers.ListField(child=TextField(max_length=64), required=False, max_length=200, default=list)
    second_reason = optional_text(200, help_text="A supervisor's, where the same is paid already (PAY-7).")
    evidence = evidence_field()


class PayoutPatch(InputSerializer):
    """What is changed; what is left out stays. A payout that was approved waits for approval again."""

    refuse_unknown = True

    amount_fen = FenField(min_value=1, required=False)
    note = TextField(max_length=LONG, required=False, allow_blank=True)
    payee = PayeeInput(required=False)
    evidence = evidence_field()


class PayoutReasonInput(InputSerializer):
    """Why, for whoever reads it later."""

    reason = TextField(max_length=200)


class PayoutApproveInput(InputSerializer):
    """A note, or nothing."""

    note = optional_text(200)


class PayoutFailInput(InputSerializer):
    """Why no money moved; `fault` says whose data or account it was."""

    failure = TextField(max_length=200)
    fault = serializers.ChoiceField(choices=PayoutFault.choices, required=False)


class PayoutsApproveInput(InputSerializer):
    """Payouts to approve at once, each with the version that was looked at, where one is given."""

    payout_nos = serializers.ListField(child=NumberField(), allow_empty=False, max_length=MOST_AT_ONCE)
    versions = serializers.DictField(child=WholeNumberField(min_value=0), required=False, default=dict)


class PayeeOutput(serializers.Serializer[Any]):
    """The payee, masked for everybody; `verified` once money has reached account and name."""

    account_type = serializers.ChoiceField(choices=AccountType.choices)
    account = serializers.CharField()
    name = serializers.CharField()
    verified = serializers.BooleanField()


class PayoutRowOutput(serializers.Serializer[Any]):
    """A payout in a list. Note, reasons and who opened and approved it are shown to staff."""

    payout_no = serializers.CharField()
    version = serializers.IntegerField()
    status = serializers.ChoiceField(choices=PayoutStatus.choices)
    status_label = serializers.CharField()
    purpose = serializers.ChoiceField(choices=PayoutPurpose.choices)
    purpose_label = serializers.CharField()
    amount_fen = serializers.IntegerField()
    order_no = serializers.CharField()
    refund_no = serializers.CharField(allow_null=True)
    shop = serializers.CharField()
    payee = PayeeOutput()
    note = serializers.CharField(required=False, allow_blank=True)
    is_late = serializers.BooleanField(help_text="Approved, and not paid in the working days that were promised.")
    needs_supervisor = serializers.BooleanField(required=False)
    gateway = serializers.CharField()
    attempt = serializers.IntegerField(help_text="How often it was sent with a number of its own.")
    reference = serializers.CharField(allow_null=True)
    failure = serializers.CharField(allow_null=True)
    fault = serializers.CharField(allow_null=True)
    opened_by = serializers.CharField(required=False)
    approved_by = serializers.CharField(required=False, allow_null=True)
    second_reason = serializers.CharField(required=False, allow_null=True)
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()
    promised_at = serializers.DateTimeField(allow_null=True, help_text="Until when the buyer may expect the money.")
    approved_at = serializers.DateTimeField(allow_null=True)
    sent_at = serializers.DateTimeField(allow_null=True)
    paid_at = serializers.DateTimeField(allow_null=True)


class PayoutWarningOutput(serializers.Serializer[Any]):
    """What whoever judges it has to know."""

    rule = serializers.CharField()
    code = serializers.CharField()
    detail = serializers.CharField()


class PayoutOutput(PayoutRowOutput):
    """A payout with its history, and what this caller may do."""

    lines = serializers.ListField(child=serializers.CharField())
    evidence = serializers.ListField(child=serializers.CharField())
    warnings = PayoutWarningOutput(many=True, required=False)
    history = HistoryOutput(many=True)
    allowed_actions = AllowedActionOutput(many=True)


class PayoutApprovalOutput(serializers.Serializer[Any]):
    """What came of one payout: `ok`, or the problem as its own route would have told it."""

    payout_no = serializers.CharField()
    ok = serializers.BooleanField()
    status = serializers.CharField(allow_null=True)
    version = serializers.IntegerField(allow_null=True)
    code = serializers.CharField(allow_null=True)
    rule = serializers.CharField(allow_null=True)
    detail = serializers.CharField(allow_null=True)


class PayoutApprovalsOutput(serializers.Serializer[Any]):
    """An outcome for each, in the order in which they were asked for."""

    approved = serializers.IntegerField()
    results = PayoutApprovalOutput(many=True)


class PayeeRevealedOutput(serializers.Serializer[Any]):
    """The payee in full. That it was read, by whom and why, is written down."""

    payout_no = serializers.CharField()
    account_type = serializers.ChoiceField(choices=AccountType.choices)
    account = serializers.CharField()
    name = serializers.CharField()
