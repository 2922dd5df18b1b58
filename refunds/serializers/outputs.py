"""What answers about requests and payments look like, for the OpenAPI document; `refunds.selectors` builds them."""

from typing import Any

from rest_framework import serializers

from orders.serializers import AllowedActionOutput, BuyerOutput, DeadlineOutput
from refunds.models.evidence import Purpose, Side
from refunds.models.refunds import STATUSES
from refunds.states import (
    DisputeStatus,
    GoodsStatus,
    Kind,
    PaymentStatus,
    Phase,
    Piece,
    ProposalKind,
    ProposalStatus,
    Reason,
    RefusalReason,
)
from refunds.states.exchange import ReplacementTrouble
from refunds.states.inspection import Disposition, Finding

from .inputs import INSPECTION_RESULTS
from .settlement import SettlementOutput


class RefundLineOutput(serializers.Serializer[Any]):
    """Units of an order's line and what is asked for them."""

    line_no = serializers.CharField()
    item_id = serializers.CharField()
    goods_no = serializers.CharField()
    title = serializers.CharField()
    sku = serializers.CharField()
    quantity = serializers.IntegerField(help_text="0 where only what was held back on the line is given.")
    amount_fen = serializers.IntegerField()
    held_fen = serializers.IntegerField(
        help_text="Held back on the line for what is kept of its bundle, or a gift; below nothing: let go (AMT-3)."
    )
    exchange_sku = serializers.CharField(allow_null=True, help_text="What is wanted instead; null for the same again.")
    exchange_price_fen = serializers.IntegerField(
        allow_null=True, help_text="Of one unit of the new goods, as agreed; null where it costs what was paid (AMT-5)."
    )


class RefundRowOutput(serializers.Serializer[Any]):
    """A request in a list. `assignee` is shown to staff."""

    refund_no = serializers.CharField()
    version = serializers.IntegerField()
    status = serializers.ChoiceField(choices=STATUSES)
    kind = serializers.ChoiceField(choices=Kind.choices)
    goods_status = serializers.ChoiceField(choices=GoodsStatus.choices)
    phase = serializers.ChoiceField(choices=Phase.choices)
    reason = serializers.ChoiceField(choices=Reason.choices)
    amount_fen = serializers.IntegerField(help_text="Lines and postage.")
    postage_fen = serializers.IntegerField(help_text="Of which postage.")
    refunded_fen = serializers.IntegerField()
    attempt = serializers.IntegerField(help_text="Which application for these lines it is (APP-9).")
    refusals = serializers.IntegerField(help_text="How often it was refused.")
    in_dispute = serializers.BooleanField()
    ships_first = serializers.BooleanField(help_text="The replacement goes before the return is here (EXC-4).")
    difference_fen = serializers.IntegerField(help_text="Of an exchange: above nothing the buyer pays it (AMT-5).")
    difference_settled = serializers.BooleanField()
    replacement_trouble = serializers.ChoiceField(
        choices=ReplacementTrouble.choices,
        allow_blank=True,
        help_text="Why the replacement is not with the buyer; empty while nobody says so (LOG-6).",
    )
    order_no = serializers.CharField()
    shop = serializers.CharField()
    buyer = BuyerOutput()
    status_label = serializers.CharField()
    platform_status = serializers.IntegerField(allow_null=True)
    void_result = serializers.CharField(allow_null=True)
    refusal_reason = serializers.ChoiceField(choices=RefusalReason.choices, allow_null=True)
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()
    finished_at = serializers.DateTimeField(allow_null=True)
    received_at = serializers.DateTimeField(allow_null=True)
    lines = RefundLineOutput(many=True)
    settlement = SettlementOutput(many=True, help_text="How bundles and gifts were settled when it was asked.")
    deadline = DeadlineOutput(allow_null=True)
    assignee = serializers.CharField(allow_null=True, required=False)


class ParcelBackOutput(serializers.Serializer[Any]):
    """A number that was corrected."""

    carrier = serializers.CharField()
    tracking_no = serializers.CharField()
    created_at = serializers.DateTimeField()
    superseded_at = serializers.DateTimeField()


class ReturnShipmentOutput(serializers.Serializer[Any]):
    """The parcel that is on its way back, with the numbers given before (RFD-6)."""

    carrier = serializers.CharField()
    tracking_no = serializers.CharField()
    created_at = serializers.DateTimeField()
    corrected = ParcelBackOutput(many=True)


class ReplacementShipmentOutput(serializers.Serializer[Any]):
    """The parcel with what was asked for, with the numbers given before."""

    carrier = serializers.CharField()
    tracking_no = serializers.CharField()
    created_at = serializers.DateTimeField()
    corrected = ParcelBackOutput(many=True)


class InspectionLineOutput(serializers.Serializer[Any]):
    """What was found of one line."""

    line_no = serializers.CharField()
    expected = serializers.IntegerField()
    found = serializers.IntegerField()
    wrong_goods = serializers.BooleanField()
    checks = serializers.DictField(child=serializers.BooleanField(), help_text="What was looked at: in order or not.")
    findings = serializers.ListField(
        child=serializers.ChoiceField(choices=Finding.choices), help_text="What makes the goods not intact."
    )
    damage = serializers.CharField(help_text="The cause; empty without damage.")
    disposition = serializers.ChoiceField(choices=Disposition.choices)
    location = serializers.CharField()


class InspectionOutput(serializers.Serializer[Any]):
    """What the warehouse found."""

    result = serializers.ChoiceField(choices=INSPECTION_RESULTS)
    findings = serializers.CharField()
    inspector = serializers.CharField()
    lines = InspectionLineOutput(many=True)
    created_at = serializers.DateTimeField()


class PieceOutput(serializers.Serializer[Any]):
    """A piece of evidence that the accusation calls for, and whether the shop has given it (DIS-3)."""

    piece = serializers.ChoiceField(choices=Piece.choices)
    piece_label = serializers.CharField()
    there = serializers.BooleanField()


class DisputeOutput(serializers.Serializer[Any]):
    """The platform's intervention, the last one."""

    status = serializers.ChoiceField(choices=DisputeStatus.choices)
    status_label = serializers.CharField()
    requested_by = serializers.CharField()
    text = serializers.CharField()
    decision_text = serializers.CharField()
    created_at = serializers.DateTimeField()
    decided_at = serializers.DateTimeField(allow_null=True)
    buyer_evidence_until_at = serializers.DateTimeField(allow_null=True)
    seller_evidence_until_at = serializers.DateTimeField(allow_null=True)
    decision_due_at = serializers.DateTimeField(allow_null=True)
    is_overdue = serializers.BooleanField(help_text="The platform's time is over (TMO-12).")
    kit = PieceOutput(many=True)


class RefundPaymentOutput(serializers.Serializer[Any]):
    """The money of the request, once it is promised."""

    payment_no = serializers.CharField()
    status = serializers.ChoiceField(choices=PaymentStatus.choices)
    status_label = serializers.CharField()
    amount_fen = serializers.IntegerField()
    gateway = serializers.CharField()
    reference = serializers.CharField(allow_null=True)
    failure = serializers.CharField(allow_null=True)
    created_at = serializers.DateTimeField()
    settled_at = serializers.DateTimeField(allow_null=True)


class MessageOutput(serializers.Serializer[Any]):
    """What somebody wrote."""

    at = serializers.DateTimeField()
    side = serializers.CharField()
    author = serializers.CharField()
    text = serializers.CharField()


class EvidenceRowOutput(serializers.Serializer[Any]):
    """A file of the request; `GET /evidence/{id}` gives it."""

    id = serializers.CharField()
    sha256 = serializers.CharField()
    content_type = serializers.CharField()
    size = serializers.IntegerField()
    purpose = serializers.ChoiceField(choices=Purpose.choices)
    shows = serializers.ChoiceField(choices=Piece.choices, allow_null=True)
    side = serializers.ChoiceField(choices=Side.choices)
    name = serializers.CharField()
    width = serializers.IntegerField(allow_null=True)
    height = serializers.IntegerField(allow_null=True)
    created_at = serializers.DateTimeField()


_STEP = {
    "at": serializers.DateTimeField(),
    "actor": serializers.CharField(),
    "actor_kind": serializers.CharField(),
    "action": serializers.CharField(),
    "from": serializers.CharField(allow_null=True),
    "to": serializers.CharField(),
    "note": serializers.CharField(allow_blank=True),
    "version": serializers.IntegerField(help_text="The version that the step led to."),
}
HistoryOutput = type(
    "HistoryOutput", (serializers.Serializer,), {**_STEP, "__doc__": "A step.", "__module__": __name__}
)
"""A step of the request: built so, since `from` is a word of Python."""


class ProposalOutput(serializers.Serializer[Any]):
    """What one side put to the other."""

    number = serializers.IntegerField()
    kind = serializers.ChoiceField(choices=ProposalKind.choices)
    status = serializers.ChoiceField(choices=ProposalStatus.choices)
    status_label = serializers.CharField()
    proposed_by = serializers.CharField()
    to_kind = serializers.CharField(allow_null=True)
    to_reason = serializers.CharField(allow_null=True)
    amount_fen = serializers.IntegerField(allow_null=True)
    offered_sku = serializers.CharField(allow_null=True, help_text="What the buyer would get in the exchange.")
    keeps_sale = serializers.BooleanField(help_text="An exchange that the shop offers instead of a return.")
    text = serializers.CharField()
    due_at = serializers.DateTimeField()
    created_at = serializers.DateTimeField()


class RefundOutput(RefundRowOutput):
    """A request with everything that belongs to it, and what this caller may do."""

    description = serializers.CharField()
    allowed_actions = AllowedActionOutput(many=True)
    dispute = DisputeOutput(allow_null=True)
    return_address = serializers.DictField(child=serializers.CharField(), allow_null=True)
    return_shipment = ReturnShipmentOutput(allow_null=True)
    replacement_shipment = ReplacementShipmentOutput(allow_null=True)
    turned_from = serializers.CharField(allow_null=True, help_text="The exchange that this refund was (EXC-1).")
    turned_into = serializers.CharField(allow_null=True, help_text="The refund that this exchange became.")
    inspection = InspectionOutput(allow_null=True)
    payment = RefundPaymentOutput(allow_null=True)
    proposals = ProposalOutput(many=True)
    messages = MessageOutput(many=True)
    evidence = EvidenceRowOutput(many=True)
    history = HistoryOutput(many=True)


class InsuranceOutput(serializers.Serializer[Any]):
    """Return-freight insurance: until when it pays, and what it did."""

    expected_by = serializers.DateTimeField(allow_null=True)
    paid = serializers.BooleanField(allow_null=True, help_text="Null while nothing is known.")
    amount_fen = serializers.IntegerField(allow_null=True)
    arrived_at = serializers.DateTimeField(allow_null=True)


class ArrivalOutput(serializers.Serializer[Any]):
    """Where the money of a request is. Nothing is dated before it has left."""

    refund_no = serializers.CharField()
    status = serializers.ChoiceField(choices=STATUSES)
    amount_fen = serializers.IntegerField()
    channel = serializers.CharField()
    channel_label = serializers.CharField()
    to = serializers.CharField()
    when = serializers.CharField()
    at_once = serializers.BooleanField()
    frozen_meanwhile = serializers.BooleanField(help_text="Shown in the Alipay balance, not usable until it is there.")
    reference = serializers.CharField(allow_null=True)
    succeeded_at = serializers.DateTimeField(allow_null=True)
    expected_from = serializers.DateTimeField(allow_null=True)
    expected_until = serializers.DateTimeField(allow_null=True)
    is_overdue = serializers.BooleanField()
    hotline = serializers.CharField()
    insurance = InsuranceOutput(allow_null=True, help_text="Null where no return-freight insurance covers it.")


class PaymentRowOutput(serializers.Serializer[Any]):
    """A refund payment in finance's list."""

    payment_no = serializers.CharField()
    version = serializers.IntegerField()
    status = serializers.ChoiceField(choices=PaymentStatus.choices)
    amount_fen = serializers.IntegerField()
    gateway = serializers.CharField()
    attempt = serializers.IntegerField(help_text="How often it was sent, always with this one number.")
    refund_no = serializers.CharField()
    order_no = serializers.CharField()
    payment_channel = serializers.CharField()
    shop = serializers.CharField()
    status_label = serializers.CharField()
    reference = serializers.CharField(allow_null=True)
    failure = serializers.CharField(allow_null=True)
    code = serializers.CharField(allow_null=True, help_text="The provider's word for the failure.")
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()
    sent_at = serializers.DateTimeField(allow_null=True)
    ask_at = serializers.DateTimeField(
        allow_null=True, help_text="When the provider is asked next; null when nobody asks by himself."
    )
    settled_at = serializers.DateTimeField(allow_null=True)


class PaymentOutput(PaymentRowOutput):
    """A refund payment, with what this caller may do."""

    allowed_actions = AllowedActionOutput(many=True)


class WhyNotOutput(serializers.Serializer[Any]):
    """The rule that stands in the way, and the sentence that says so."""

    rule = serializers.CharField()
    detail = serializers.CharField()


class KindAnswerOutput(serializers.Serializer[Any]):
    """Whether a kind of request can be had for a line: yes, no, or a person decides."""

    kind = serializers.ChoiceField(choices=Kind.choices)
    answer = serializers.ChoiceField(choices=["yes", "no", "person"])
    rule = serializers.CharField(allow_null=True)
    detail = serializers.CharField()


class RefundableLineOutput(serializers.Serializer[Any]):
    """What can be asked for a line."""

    line_no = serializers.CharField()
    title = serializers.CharField()
    sku = serializers.CharField()
    quantity = serializers.IntegerField()
    quantity_left = serializers.IntegerField()
    max_fen = serializers.IntegerField(help_text="For all units that are left, without postage.")
    return_fen = serializers.IntegerField(
        help_text="When they alone come back without a fault of the seller's: less where a bundle is parted (AMT-3)."
    )
    settlement = SettlementOutput(
        allow_null=True, help_text="How `return_fen` comes about; null where nothing is kept."
    )
    waits_for_bundle = serializers.BooleanField(
        help_text="Another line of the bundle is asked for: change that request, or wait for its end."
    )
    kinds = serializers.ListField(child=serializers.CharField())
    answers = KindAnswerOutput(many=True)
    reasons = serializers.DictField(
        child=serializers.DictField(child=serializers.ListField(child=serializers.CharField())),
        help_text="By kind, then by goods status.",
    )
    seven_day_until_at = serializers.DateTimeField(allow_null=True)
    open_request = serializers.CharField(allow_null=True)
    why_not = WhyNotOutput(allow_null=True)


class RefundableOutput(serializers.Serializer[Any]):
    """What can be asked for an order."""

    order_no = serializers.CharField()
    status = serializers.CharField()
    status_label = serializers.CharField()
    version = serializers.IntegerField()
    phase = serializers.CharField()
    left_fen = serializers.IntegerField()
    postage_left_fen = serializers.IntegerField()
    why_not = WhyNotOutput(allow_null=True)
    lines = RefundableLineOutput(many=True)
