"""Strict fields for bodies: a number is a number, a flag is a flag, a moment has an offset, money is whole fen.

REST framework's own fields accept `"5"`, `"yes"` or a number as a name; a front-end that sends such things has a
mistake that should be heard of before it costs money. Query parameters are texts: they take the framework's own fields.
"""

from datetime import UTC, datetime
from typing import Any

from django.utils import dateparse
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

MAX_FEN = 2_000_000_000  # 20 million yuan
EARLIEST, LATEST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)


class WholeNumberField(serializers.IntegerField):
    """A JSON number without a fraction."""

    def to_internal_value(self, data: Any) -> int:
        """Return the number; texts, flags and fractions are refused."""
        if not isinstance(data, int) or isinstance(data, bool):
            self.fail("invalid")
        return data


class FenField(WholeNumberField):
    """An amount in fen, 0 or more."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"min_value": 0, "max_value": MAX_FEN, **kwargs})


class TextField(serializers.CharField):
    """A JSON text of limited length."""

    def __init__(self, *, max_length: int, **kwargs: Any) -> None:
        super().__init__(max_length=max_length, **kwargs)

    def to_internal_value(self, data: Any) -> str:
        """Return the text; numbers are refused."""
        if not isinstance(data, str):
            self.fail("invalid")
        return str(super().to_internal_value(data))


class FlagField(serializers.BooleanField):
    """`true` or `false`, and nothing that means about the same."""

    def to_internal_value(self, data: Any) -> bool:
        """Return the flag."""
        if not isinstance(data, bool):
            self.fail("invalid", input=data)
        return data


class MomentField(serializers.DateTimeField):
    """A moment in RFC 3339, always with an offset: a time without one has been read eight hours wrong before."""

    default_error_messages = {"offset": _("The time needs an offset, like 2026-11-01T10:00:00+08:00.")}

    def to_internal_value(self, value: Any) -> datetime:
        """Return the aware moment."""
        if isinstance(value, str):
            try:
                parsed = dateparse.parse_datetime(value)
            except ValueError:
                parsed = None
            if parsed is not None and parsed.tzinfo is None:
                self.fail("offset")
        return super().to_internal_value(value)


class SensibleMomentField(MomentField):
    """A moment of this century: others are mistakes, and the edges of the calendar cannot be stored or moved."""

    default_error_messages = {"out_of_range": _("The time must lie between the years 2000 and 2100.")}

    def to_internal_value(self, value: Any) -> datetime:
        """Return the moment."""
        found = super().to_internal_value(value)
        if not EARLIEST <= found < LATEST:
            self.fail("out_of_range")
        return found


class InputSerializer(serializers.Serializer[Any]):
    """A body. Members that are not declared are ignored, so that callers may be newer than the server.

    With `refuse_unknown` they are errors: for bodies where a misspelt optional member would cost money. `version`,
    which `ApiView` reads itself, is always known.
    """

    refuse_unknown = False

    def to_internal_value(self, data: Any) -> Any:
        """Return the values, having looked for members that nobody reads."""
        if self.refuse_unknown and isinstance(data, dict):
            unknown = sorted(set(data) - set(self.fields) - {"version"})
            if unknown:
                sentence = _("There is no such field here.")
                raise serializers.ValidationError(
                    {name: [serializers.ErrorDetail(str(sentence), code="unknown_field")] for name in unknown}
                )
        return super().to_internal_value(data)
