"""Bodies of the routes of requests and payments."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from aftersales.core.api.fields import FenField, FlagField, InputSerializer, MomentField, TextField, WholeNumberField
from orders.serializers import MOST_LINES, MOST_UNITS, NumberField, optional_text
from refunds.services import Ask, Found, LineAsk
from refunds.states import GoodsStatus, Kind, Piece, ProposalKind, Reason, RefusalReason
from refunds.states.inspection import Check, Damage, Disposition, Finding

LONG = 2_000
VOID_RESULTS = [("voided", _("Voided")), ("already_shipped", _("Already shipped"))]
INSPECTION_RESULTS = [("pass", _("Pass")), ("fail", _("Fail"))]
OUTCOMES = [("buyer", _("For the buyer")), ("seller", _("For the seller")), ("partial", _("In part"))]


def evidence_field() -> serializers.ListField:
    """Numbers of uploaded files, as `POST /evidence` gave them."""
    return serializers.ListField(child=TextField(max_length=64), required=False, max_length=50, default=list)


class LineAskInput(InputSerializer):
    """Units of a line; without an amount the most that is possible."""

    line_no = TextField(max_length=64)
    quantity = WholeNumberField(min_value=1, max_value=MOST_UNITS)
    amount_fen = FenField(required=False, allow_null=True)
    exchange_sku = optional_text(120)


def line_asks(lines: list[dict[str, Any]]) -> tuple[LineAsk, ...]:
    """Turn lines as read into what the service takes."""
    return tuple(
        LineAsk(line["line_no"], line["quantity"], line.get("amount_fen"), line.get("exchange_sku") or "")
        for line in lines
    )


class RefundInput(InputSerializer):
    """A request as the buyer makes it."""

    order_no = NumberField()
    shop = serializers.SlugField(
        max_length=40, required=False, help_text="Where several shops that the caller sees have the number."
    )
    kind = serializers.ChoiceField(choices=Kind.choices)
    goods_status = serializers.ChoiceField(choices=GoodsStatus.choices)
    reason = serializers.ChoiceField(choices=Reason.choices)
    description = optional_text(LONG)
    lines = LineAskInput(many=True, allow_empty=False, max_length=MOST_LINES)  # type: ignore[call-arg]
    evidence = evidence_field()

    def ask(self) -> Ask:
        """Return what is asked, as the service takes it."""
        values = self.validated_data
        return Ask(
            kind=values["kind"],
            goods_status=values["goods_status"],
            reason=values["reason"],
            description=values.get("description") or "",
            lines=line_asks(values["lines"]),
        )


class RefundPatch(InputSerializer):
    """What the buyer changes of his request; what is left out stays (APP-8)."""

    kind = serializers.ChoiceField(choices=Kind.choices, required=False)
    goods_status = serializers.ChoiceField(choices=GoodsStatus.choices, required=False)
    reason = serializers.ChoiceField(choices=Reason.choices, required=False)
    description = TextField(max_length=LONG, required=False, allow_blank=True)
    lines = LineAskInput(many=True, required=False, allow_empty=False, max_length=MOST_LINES)  # type: ignore[call-arg]
    evidence = serializers.ListField(child=TextField(max_length=64), required=False, max_length=50)

    def validate(self, values: dict[str, Any]) -> dict[str, Any]:
        """Refuse a change of nothing: it would start the seller's clock anew."""
        if not values:
            raise serializers.ValidationError(_("Say what is to be changed."), code="required")
        return values


class NoteOnlyInput(InputSerializer):
    """A note for the history, or nothing."""

    note = optional_text(LONG)


class AddressInput(InputSerializer):
    """Where the goods go back to."""

    name = TextField(max_length=60)
    phone = TextField(max_length=24)
    region = TextField(max_length=120, required=False, allow_blank=True)
    address = TextField(max_length=300)


class NewPriceInput(InputSerializer):
    """What one unit of the new goods of a line costs (AMT-5)."""

    line_no = TextField(max_length=64)
    unit_price_fen = FenField()


class AgreeInput(InputSerializer):
    """Less than was asked for, another return address than the shop's; all of it may be left out.

    For an exchange: the prices of the new goods, and whether the replacement does not wait for the return (EXC-4).
    """

    refuse_unknown = True

    return_address = AddressInput(required=False, allow_null=True)
    amount_fen = FenField(required=False, allow_null=True)
    new_prices = NewPriceInput(many=True, required=False, max_length=MOST_LINES)  # type: ignore[call-arg]
    ships_first = FlagField(required=False)
    note = optional_text(LONG)


class ProofInput(InputSerializer):
    """What proves that the buyer has the replacement (LOG-6)."""

    note = TextField(max_length=200)


class SettleDifferenceInput(InputSerializer):
    """By what the price difference was settled: the reference of the buyer's payment, or in words (EXC-2)."""

    note = TextField(max_length=200)


class ProposalInput(InputSerializer):
    """What is put to the other side; which fields it needs depends on its kind."""

    refuse_unknown = True

    kind = serializers.ChoiceField(choices=ProposalKind.choices)
    to_kind = serializers.ChoiceField(choices=Kind.choices, required=False)
    to_reason = serializers.ChoiceField(choices=Reason.choices, required=False)
    amount_fen = FenField(required=False, allow_null=True, min_value=1)
    offered_sku = optional_text(120)
    text = optional_text(LONG)
    due_at = MomentField(required=False, allow_null=True)


class GuideInput(InputSerializer):
    """The kind and reason that would be right, and until when the buyer has time (DEC-3)."""

    refuse_unknown = True

    kind = serializers.ChoiceField(choices=Kind.choices, required=False)
    reason = serializers.ChoiceField(choices=Reason.choices, required=False)
    due_at = MomentField(required=False, allow_null=True)
    text = optional_text(LONG)


class AcceptInput(InputSerializer):
    """Files, where evidence was asked for."""

    evidence = evidence_field()


class DisputeEvidenceInput(InputSerializer):
    """Evidence in a dispute: words, files, and what the shop's files show (DIS-3)."""

    text = TextField(max_length=LONG, required=False, allow_blank=True, default="")
    evidence = evidence_field()
    shows = serializers.ChoiceField(choices=Piece.choices, required=False)


class TextOnlyInput(InputSerializer):
    """Words for the other side, or none."""

    text = optional_text(LONG)


class RefuseInput(InputSerializer):
    """Why, for the buyer, with evidence (RFD-5); for the desk whether he was phoned and why all the same (DEC-4)."""

    reason = serializers.ChoiceField(choices=RefusalReason.choices)
    message = TextField(max_length=LONG, required=False, allow_blank=True, default="")
    evidence = evidence_field()
    buyer_phoned = serializers.BooleanField(required=False, default=False, help_text="Kept in the log (DEC-2).")
    despite_law = serializers.BooleanField(
        required=False, default=False, help_text="A supervisor refuses without a lawful ground (DEC-4)."
    )
    despite_note = TextField(
        max_length=LONG, required=False, allow_blank=True, default="", help_text="Why, with `despite_law`."
    )


class VoidResultInput(InputSerializer):
    """The warehouse's answer (VOI-2)."""

    result = serializers.ChoiceField(choices=VOID_RESULTS)
    note = optional_text(LONG)


class ParcelInput(InputSerializer):
    """How goods were sent: back by the buyer (RFD-4), or a replacement by the shop (EXC-1)."""

    carrier = TextField(max_length=24)
    tracking_no = TextField(max_length=40)


class ReplacementInput(ParcelInput):
    """How a replacement was sent; one that goes before the return is here, whether a scan of that was seen (EXC-4)."""

    scan_seen = serializers.BooleanField(
        required=False, allow_null=True, help_text="The carrier's site shows a scan of the return."
    )


class FoundLineInput(InputSerializer):
    """What was found of one line; what is left out was as it should be (RET-2)."""

    line_no = TextField(max_length=64)
    found = WholeNumberField(required=False, allow_null=True, min_value=0, max_value=MOST_UNITS)
    wrong_goods = FlagField(required=False)
    faults = serializers.ListField(child=serializers.ChoiceField(choices=Check.choices), required=False, max_length=9)
    findings = serializers.ListField(
        child=serializers.ChoiceField(choices=Finding.choices),
        required=False,
        max_length=len(Finding),
        help_text="What makes the goods not intact; which of it counts for which goods is a setting of the shop.",
    )
    damage = serializers.ChoiceField(choices=Damage.choices, required=False, allow_blank=True)
    disposition = serializers.ChoiceField(choices=Disposition.choices, required=False, allow_blank=True)
    location = optional_text(40)


class ReceiveInput(InputSerializer):
    """What the warehouse found (RET-2)."""

    result = serializers.ChoiceField(choices=INSPECTION_RESULTS)
    findings = optional_text(LONG)
    evidence = evidence_field()
    lines = FoundLineInput(many=True, required=False, max_length=MOST_LINES)  # type: ignore[call-arg]


def found_lines(lines: list[dict[str, Any]] | None) -> list[Found] | None:
    """Turn lines as read into what the service takes."""
    if lines is None:
        return None
    return [
        Found(
            line_no=line["line_no"],
            found=line.get("found"),
            wrong_goods=bool(line.get("wrong_goods")),
            faults=tuple(dict.fromkeys(line.get("faults") or ())),
            findings=tuple(dict.fromkeys(line.get("findings") or ())),
            damage=line.get("damage") or "",
            disposition=line.get("disposition") or "",
            location=line.get("location") or "",
        )
        for line in lines
    ]


class MessageInput(InputSerializer):
    """A text, files, or both."""

    text = TextField(max_length=LONG, required=False, allow_blank=True, default="")
    evidence = evidence_field()


class DecisionInput(InputSerializer):
    """The platform's decision (DIS-4); `amount_fen` with `partial`."""

    refuse_unknown = True

    outcome = serializers.ChoiceField(choices=OUTCOMES)
    amount_fen = FenField(required=False, allow_null=True, min_value=1)
    text = optional_text(LONG)


class SettleInput(InputSerializer):
    """An agreement (DIS-5): with an amount it is paid, without one the request goes on as before."""

    refuse_unknown = True

    amount_fen = FenField(required=False, allow_null=True, min_value=1)
    text = optional_text(LONG)


class PaymentConfirmInput(InputSerializer):
    """The provider's or the bank's reference; of a payment that had failed, the proof and the buyer's word as well."""

    reference = TextField(max_length=64)
    evidence = evidence_field()
    buyer_confirmed = serializers.BooleanField(
        required=False, default=False, help_text="The buyer has confirmed that the money is there."
    )


class UnmovedInput(InputSerializer):
    """Why it is certain that no money moved, and the proof."""

    reason = TextField(max_length=200)
    evidence = evidence_field()


class UnmovedReasonInput(InputSerializer):
    """Why somebody agrees that no money moved."""

    reason = TextField(max_length=200)


class DifferenceResolveInput(InputSerializer):
    """What it was."""

    reason = TextField(max_length=200)


class PaymentFailInput(InputSerializer):
    """Why it did not work."""

    failure = TextField(max_length=200)


class InsuranceInput(InputSerializer):
    """What the insurer of return freight did; a refusal needs a note."""

    refuse_unknown = True

    paid = FlagField()
    amount_fen = FenField(required=False, allow_null=True, min_value=1)
    arrived_at = MomentField(required=False, allow_null=True)
    note = TextField(max_length=200, required=False, allow_blank=True, default="")
