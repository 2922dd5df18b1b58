"""Pages by key: as fast on page ten thousand as on the first, and stable while rows come and go.

The condition is a row comparison, `(updated_at, id) < (…, …)`, which PostgreSQL answers from one index range; the same
written with OR reads everything before it. There is no OFFSET and no count.
"""

import base64
import binascii
import hashlib
import json
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import F, Model, QuerySet
from django.db.models.fields.tuple_lookups import Tuple, TupleGreaterThan, TupleLessThan
from django.utils.translation import gettext_lazy as _
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import remove_query_param, replace_query_param

from aftersales.core import errors

if TYPE_CHECKING:
    from rest_framework.views import APIView  # it imports this module, by the settings

PAGE_SIZE = 50
MAX_PAGE_SIZE = 200


class Cursor(NamedTuple):
    """A place between two rows: the key of the row beside it, and whether the page lies before or after."""

    key: tuple[Any, ...]
    backwards: bool


class KeysetPagination(BasePagination):
    """`?cursor=&page_size=` → `{"next", "previous", "results"}`, in the view's `ordering`.

    The ordering ends in a unique column; its columns are never empty and all run in one direction. Rows may be model
    instances or dicts of `values()`.
    """

    ordering: Sequence[str] = ("-id",)

    def paginate_queryset(self, queryset: Any, request: Request, view: "APIView | None" = None) -> list[Any]:
        """Return the rows of the page asked for, in one query. Raises: Malformed for a wrong cursor or size."""
        self.request = request
        self.ordering = tuple(getattr(view, "ordering", self.ordering))
        self.names = [name.lstrip("-") for name in self.ordering]
        descending = {name.startswith("-") for name in self.ordering}
        assert len(descending) == 1, f"one direction only: {self.ordering}"
        self.size = page_size_of(request)
        self.cursor = self._cursor_of(queryset, request.query_params.get("cursor"))

        backwards = self.cursor is not None and self.cursor.backwards
        down = descending.pop() != backwards
        if self.cursor is not None:
            comparison = TupleLessThan if down else TupleGreaterThan
            queryset = queryset.filter(comparison(Tuple(*map(F, self.names)), self.cursor.key))
        rows = list(queryset.order_by(*(f"-{name}" if down else name for name in self.names))[: self.size + 1])
        self.more = len(rows) > self.size
        self.rows = rows[: self.size]
        if backwards:
            self.rows.reverse()
        return self.rows

    def get_paginated_response(self, data: list[Any]) -> Response:
        """Answer with the page and the addresses of its neighbours."""
        backwards = self.cursor is not None and self.cursor.backwards
        has_next = backwards or self.more
        has_previous = self.more if backwards else self.cursor is not None
        return Response(
            {
                "next": self._link(self.rows[-1], False) if has_next and self.rows else None,
                "previous": self._link(self.rows[0], True) if has_previous and self.rows else None,
                "results": data,
            }
        )

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        """Describe the page for the OpenAPI document."""
        link = {
            "type": ["string", "null"],
            "format": "uri",
            "example": "https://shop.example/api/v1/refunds?cursor=8J2kq0",
        }
        return {
            "type": "object",
            "required": ["next", "previous", "results"],
            "properties": {"next": link, "previous": link, "results": schema},
        }

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        """Describe the two query parameters for the OpenAPI document."""
        size = {"type": "integer", "minimum": 1, "maximum": MAX_PAGE_SIZE, "default": PAGE_SIZE}
        cursor = "Where the page begins: taken from `next` or `previous`, opaque."
        return [
            {"name": "cursor", "in": "query", "description": cursor, "schema": {"type": "string"}},
            {"name": "page_size", "in": "query", "description": "Rows on the page.", "schema": size},
        ]

    def _link(self, row: Any, backwards: bool) -> str:
        key = [_value(row, name) for name in self.names]
        url = self.request.build_absolute_uri()
        text = cursor_seal([int(backwards), *key], self.ordering)
        return str(replace_query_param(remove_query_param(url, "cursor"), "cursor", text))

    def _cursor_of(self, queryset: QuerySet[Any], text: str | None) -> Cursor | None:
        if not text:
            return None
        direction, *key = cursor_open(text, self.ordering)
        if len(key) != len(self.names):
            raise CursorInvalid()
        fields = [_field(queryset.model, name) for name in self.names]
        values = (part if field is None else field.to_python(part) for field, part in zip(fields, key, strict=True))
        return Cursor(tuple(values), bool(direction))


class CursorInvalid(errors.Malformed):
    """400: the cursor is not one of ours, or one of another list."""

    code = "cursor_invalid"
    title = _("This cursor is not valid for this list; please begin at the first page")


def page_size_of(request: Request) -> int:
    """Return how many rows are asked for; more than the most is the most. Raises: Malformed for what is no size."""
    asked = request.query_params.get("page_size", "")
    if not asked:
        return PAGE_SIZE
    if not (asked.isascii() and asked.isdigit() and 0 < len(asked) < 10 and int(asked) > 0):
        raise errors.Malformed(_("page_size must be a number from 1 to 200."), code="page_size_invalid")
    return min(int(asked), MAX_PAGE_SIZE)


def cursor_seal(parts: list[Any], ordering: Sequence[str]) -> str:
    """Return the parts as an opaque text. Encrypted, since database keys never leave the server, and bound to the
    ordering; the same place always gives the same text.
    """
    plain = json.dumps(parts, cls=_Encoder, separators=(",", ":")).encode()
    sealed = _cipher(settings.SECRET_KEY).encrypt(plain, [_bound(ordering)])
    return base64.urlsafe_b64encode(sealed).rstrip(b"=").decode()


def cursor_open(text: str, ordering: Sequence[str]) -> list[Any]:
    """Return the parts that were sealed, also under a former SECRET_KEY. Raises: CursorInvalid."""
    try:
        sealed = base64.b64decode(text.encode("ascii") + b"=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (ValueError, binascii.Error) as exc:
        raise CursorInvalid() from exc
    for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        try:
            parts: list[Any] = json.loads(_cipher(secret).decrypt(sealed, [_bound(ordering)]))
        except (InvalidTag, ValueError):
            continue
        return parts
    raise CursorInvalid()


class _Encoder(DjangoJSONEncoder):
    """Moments to the microsecond: Django's encoder cuts them to milliseconds, and rows would be shown twice."""

    def default(self, o: Any) -> Any:
        return o.isoformat() if hasattr(o, "isoformat") else super().default(o)


@lru_cache(maxsize=4)
def _cipher(secret: str) -> AESSIV:
    return AESSIV(hashlib.sha256(b"aftersales cursor\0" + secret.encode()).digest())


def _bound(ordering: Sequence[str]) -> bytes:
    return ",".join(ordering).encode()


def _value(row: Any, name: str) -> Any:
    if isinstance(row, Mapping):
        return row[name]
    for part in name.split("__"):
        row = getattr(row, part)
    return row


def _field(model: type[Model], name: str) -> Any:
    """Return the column behind a name of the ordering, None for an annotation."""
    field: Any = None
    for part in name.split("__"):
        names = {f.name: f for f in model._meta.get_fields()} if field is None else None
        source = names if names is not None else {f.name: f for f in field.related_model._meta.get_fields()}
        if part == "pk":
            field = (model if field is None else field.related_model)._meta.pk
        elif part not in source:
            return None
        else:
            field = source[part]
    return field
