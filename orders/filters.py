"""Query parameters of the order routes."""

import re
from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from aftersales.core.api.fields import SensibleMomentField
from orders.states import OrderStatus

_LOST_PLUS = re.compile(r" (?=[0-9]{2}:?[0-9]{2}$)")


@extend_schema_field({"type": "string", "format": "date-time"})
class MomentParameter(SensibleMomentField):
    """A moment with an offset; a `+` that came unencoded, and so as a space, is understood."""

    def to_internal_value(self, value: Any) -> Any:
        """Return the moment."""
        return super().to_internal_value(_LOST_PLUS.sub("+", value) if isinstance(value, str) else value)


class ChoicesParameter(serializers.CharField):
    """One value of an enumeration, or several with commas between."""

    default_error_messages = {"invalid_choice": _("“%(value)s” is none of the possible values.")}

    def __init__(self, choices: Iterable[str], **kwargs: Any) -> None:
        self.known = frozenset(str(choice) for choice in choices)
        kwargs.setdefault("help_text", f"One or, with commas, several of: {', '.join(sorted(self.known))}.")
        super().__init__(max_length=500, **kwargs)

    def to_internal_value(self, data: Any) -> list[str]:  # type: ignore[override]
        """Return the values, without doubles."""
        found = list(dict.fromkeys(str(super().to_internal_value(data)).split(",")))
        for value in found:
            if value not in self.known:
                text = str(self.error_messages["invalid_choice"]) % {"value": value}
                raise serializers.ValidationError(text, code="invalid_choice")
        return found


class ShopQuery(serializers.Serializer[Any]):
    """Which shop, where several that the caller sees have the same number."""

    shop = serializers.SlugField(max_length=40, required=False, help_text="Code of the shop.")


class OrderQuery(ShopQuery):
    """What a list of orders is narrowed to."""

    status = ChoicesParameter(OrderStatus.values, required=False)
    order_no = serializers.CharField(max_length=64, required=False)
    buyer = serializers.CharField(max_length=64, required=False, help_text="The shop's id of the buyer.")
    updated_since = MomentParameter(
        required=False, help_text="Only what changed at or after this moment, the oldest change first: for polling."
    )
