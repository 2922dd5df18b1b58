"""What the order routes read, and what their answers look like in the OpenAPI document.

Answers are built as plain data by `orders.selectors`; the output serializers here only describe them.
"""

from datetime import UTC, datetime
from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from aftersales.core.api.fields import (
    FenField,
    FlagField,
    InputSerializer,
    SensibleMomentField,
    TextField,
    WholeNumberField,
)
from orders.models.orders import Flag, PaymentChannel
from orders.services import LineData, OrderData
from orders.states import OrderStatus, Shipping

MOST_UNITS, MOST_LINES, HEAVIEST_G = 10_000, 200, 1_000_000
NUMBER = r"[0-9A-Za-z][0-9A-Za-z._:-]{0,63}"


class NumberField(serializers.RegexField):
    """The number of an order, as it also stands in addresses."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(f"^{NUMBER}$", max_length=64, **kwargs)

    def to_internal_value(self, data: Any) -> str:
        """Return the text; numbers are refused."""
        if not isinstance(data, str):
            self.fail("invalid")
        return str(super().to_internal_value(data))


def optional_text(length: int, **kwargs: Any) -> TextField:
    """A text that may be left out, empty or null."""
    return TextField(max_length=length, required=False, allow_blank=True, allow_null=True, **kwargs)


def texts(values: dict[str, Any]) -> dict[str, Any]:
    """Read null as not given, so that the dataclasses' own defaults count."""
    return {name: value for name, value in values.items() if value is not None}


class BuyerInput(InputSerializer):
    """The buyer as the shop knows him."""

    id = TextField(max_length=64)
    nick = TextField(max_length=64)
    level = optional_text(16)


class ReceiverInput(InputSerializer):
    """Whom the parcel goes to."""

    name = optional_text(60)
    phone = optional_text(24)
    region = optional_text(120)
    address = optional_text(300)


class OrderLineInput(InputSerializer):
    """A line. `paid_share_fen` is the platform's own share (分摊实付) where it gives one for every line."""

    line_no = TextField(max_length=64)
    title = TextField(max_length=200)
    unit_price_fen = FenField()
    quantity = WholeNumberField(min_value=1, max_value=MOST_UNITS)
    discount_fen = FenField(required=False)
    item_id = optional_text(64)
    goods_no = optional_text(64)
    sku = optional_text(120)
    bundle = optional_text(
        64, help_text="The name of the bundle or of the threshold promotion; lines of one name are settled together."
    )
    bundle_from_fen = FenField(
        required=False,
        help_text="The list price of kept goods from which the promotion's reduction still holds; 0: the whole bundle.",
    )
    category = optional_text(40)
    seven_day_return = FlagField(required=False)
    hot_seller = FlagField(required=False)
    gift = FlagField(
        required=False, help_text="Its unit price is the one marked for it beforehand; 0 where none was (LAW-3)."
    )
    special_offer = FlagField(
        required=False, help_text="Sold as a special offer: member levels take nothing off it (ORD-8)."
    )
    serial_no = optional_text(40)
    item_score = serializers.DecimalField(
        max_digits=3, decimal_places=1, min_value=0, max_value=99, required=False, allow_null=True
    )
    weight_g = WholeNumberField(min_value=0, max_value=HEAVIEST_G, required=False, allow_null=True)
    paid_share_fen = FenField(required=False, allow_null=True)


class OrderInput(InputSerializer):
    """An order as the shop front-end knows it. Lines and amounts count the first time only (AMT-1)."""

    shop = serializers.SlugField(max_length=40)
    buyer = BuyerInput()
    paid_fen = FenField()
    postage_fen = FenField(required=False)
    lines = OrderLineInput(many=True, allow_empty=False, max_length=MOST_LINES)  # type: ignore[call-arg]
    escrow = FlagField(required=False)
    payment_channel = serializers.ChoiceField(choices=PaymentChannel.choices, required=False)
    shipping = serializers.ChoiceField(choices=Shipping.choices, required=False)
    freight_insurance = FlagField(required=False)
    created_at = SensibleMomentField(required=False, allow_null=True)
    paid_at = SensibleMomentField(required=False, allow_null=True, help_text="Without it the order waits for payment.")
    receiver = ReceiverInput(required=False, allow_null=True)
    seller_memo = optional_text(4_000)
    seller_flag = serializers.ChoiceField(choices=Flag.choices, required=False)
    platform_deadlines = serializers.DictField(
        child=SensibleMomentField(), required=False, help_text="The platform's own moments by rule, like `TMO-1`."
    )

    def validate_lines(self, lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Refuse a line number that stands twice."""
        seen: set[str] = set()
        for position, line in enumerate(lines):
            if line["line_no"] in seen:
                text = serializers.ErrorDetail(str(_("This line number stands twice.")), code="duplicate")
                wrong: dict[Any, Any] = {position: {"line_no": [text]}}
                raise serializers.ValidationError(wrong)
            seen.add(line["line_no"])
        return lines

    def validate_platform_deadlines(self, given: dict[str, datetime]) -> dict[str, str]:
        """Keep them as texts, as the order does."""
        if len(given) > 20 or any(len(rule) > 8 for rule in given):
            raise serializers.ValidationError(_("At most 20 rules like TMO-1."), code="max_length")
        return {rule: at.astimezone(UTC).isoformat() for rule, at in given.items()}


def order_data(order_no: str, values: dict[str, Any]) -> OrderData:
    """Turn what `OrderInput` read into what the service takes."""
    given = texts(values)
    given.pop("shop")
    buyer, receiver = texts(given.pop("buyer")), texts(given.pop("receiver", {}))
    lines = tuple(LineData(**texts(line)) for line in given.pop("lines"))
    return OrderData(
        order_no=order_no,
        buyer_id=buyer["id"],
        buyer_nick=buyer["nick"],
        buyer_level=buyer.get("level", ""),
        receiver=receiver,
        lines=lines,
        **given,
    )


class SignedInput(InputSerializer):
    """When the buyer signed for the goods."""

    signed_at = SensibleMomentField()


class ExtendInput(InputSerializer):
    """By how many days; without it by the shop's usual number (ORD-6)."""

    days = WholeNumberField(min_value=1, max_value=365, required=False)


class NoteInput(InputSerializer):
    """A note, and the flag that is set with it (ORD-5)."""

    text = TextField(max_length=2_000)
    flag = serializers.ChoiceField(choices=Flag.choices, required=False)


# Answers --------------------------------------------------------------------------------------------------------------


class DeadlineOutput(serializers.Serializer[Any]):
    """What happens by itself, and when."""

    at = serializers.DateTimeField()
    action = serializers.CharField()
    paused = serializers.BooleanField()
    rule = serializers.CharField()


class AllowedActionOutput(serializers.Serializer[Any]):
    """Whether this caller may take the action now; if not, why, with the rule's id."""

    action = serializers.CharField()
    allowed = serializers.BooleanField()
    why_not = serializers.CharField(required=False)
    rule = serializers.CharField(required=False)


class BuyerOutput(serializers.Serializer[Any]):
    """The buyer; staff sees the nick masked."""

    id = serializers.CharField()
    nick = serializers.CharField()
    level = serializers.CharField(required=False)


class ReceiverOutput(serializers.Serializer[Any]):
    """Whom the parcel goes to; masked for staff."""

    name = serializers.CharField()
    phone = serializers.CharField()
    region = serializers.CharField()
    address = serializers.CharField()


class OrderLineOutput(serializers.Serializer[Any]):
    """A line with what was paid for it, promised and given back."""

    line_no = serializers.CharField()
    item_id = serializers.CharField()
    goods_no = serializers.CharField()
    title = serializers.CharField()
    sku = serializers.CharField()
    unit_price_fen = serializers.IntegerField()
    quantity = serializers.IntegerField()
    discount_fen = serializers.IntegerField()
    paid_share_fen = serializers.IntegerField()
    promised_fen = serializers.IntegerField()
    refunded_fen = serializers.IntegerField()
    held_fen = serializers.IntegerField(help_text="Held back for what is kept of the bundle, or a gift (AMT-3).")
    returned_quantity = serializers.IntegerField()
    bundle = serializers.CharField(allow_null=True)
    bundle_from_fen = serializers.IntegerField()
    category = serializers.CharField()
    seven_day_return = serializers.BooleanField()
    hot_seller = serializers.BooleanField()
    gift = serializers.BooleanField()
    special_offer = serializers.BooleanField()
    serial_no = serializers.CharField()
    item_score = serializers.FloatField(allow_null=True)
    weight_g = serializers.IntegerField(allow_null=True)
    shipped = serializers.BooleanField()


class OrderNoteOutput(serializers.Serializer[Any]):
    """A note with its author."""

    text = serializers.CharField()
    flag = serializers.CharField(allow_null=True)
    author = serializers.CharField()
    created_at = serializers.DateTimeField()
    settled_at = serializers.DateTimeField(allow_null=True)
    settled_by = serializers.CharField(allow_null=True)


class OrderRowOutput(serializers.Serializer[Any]):
    """An order in a list."""

    order_no = serializers.CharField()
    version = serializers.IntegerField()
    status = serializers.ChoiceField(choices=OrderStatus.choices)
    escrow = serializers.BooleanField()
    payment_channel = serializers.ChoiceField(choices=PaymentChannel.choices)
    shipping = serializers.ChoiceField(choices=Shipping.choices)
    freight_insurance = serializers.BooleanField()
    paid_fen = serializers.IntegerField()
    postage_fen = serializers.IntegerField()
    promised_fen = serializers.IntegerField()
    refunded_fen = serializers.IntegerField()
    open_requests = serializers.IntegerField()
    aftersale_applied = serializers.BooleanField()
    is_late = serializers.BooleanField()
    aftersale_ended = serializers.BooleanField()
    seller_memo = serializers.CharField()
    seller_flag = serializers.ChoiceField(choices=Flag.choices)
    status_label = serializers.CharField()
    shop = serializers.CharField()
    buyer = BuyerOutput()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()
    paid_at = serializers.DateTimeField(allow_null=True)
    shipped_at = serializers.DateTimeField(allow_null=True)
    signed_at = serializers.DateTimeField(allow_null=True)
    finished_at = serializers.DateTimeField(allow_null=True)
    receiver = ReceiverOutput()


class OrderOutput(OrderRowOutput):
    """An order with its lines and notes, what happens next, and what this caller may do."""

    lines = OrderLineOutput(many=True)
    notes = OrderNoteOutput(many=True)
    deadline = DeadlineOutput(allow_null=True)
    allowed_actions = AllowedActionOutput(many=True)


@extend_schema_field({"oneOf": [{"type": "string"}, {"type": "object", "properties": {"line_no": {"type": "string"}}}]})
class LineNumberField(TextField):
    """The number of a line, by itself or as the only member of an object."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"max_length": 64, **kwargs})

    def to_internal_value(self, data: Any) -> str:
        """Return the number."""
        return super().to_internal_value(data.get("line_no") if isinstance(data, dict) else data)
