"""Rows on their way into a table through COPY. Nothing here knows what they mean.

A sheet fixes which columns vary; all others get one value, the field's default unless another is given, and are
rendered once. So a new column of a model needs no change here.
"""

import io
import json
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, models

NULL = r"\N"
_ESCAPES = str.maketrans({"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"})


def text(value: Any) -> str:
    """Render one value in COPY's text format."""
    render = _RENDER.get(type(value))
    return render(value) if render is not None else _string(str(value))


def _string(value: str) -> str:
    # Asked of every value: what needs no escape is told by two quick looks.
    return value if value.isprintable() and "\\" not in value else value.translate(_ESCAPES)


def _json(value: Any) -> str:
    return _string(_encode(value))


_encode = json.JSONEncoder(ensure_ascii=False, check_circular=False).encode
_RENDER: dict[type, Callable[[Any], str]] = {
    str: _string,
    int: str,
    type(None): lambda value: NULL,
    bool: lambda value: "t" if value else "f",
    datetime: datetime.isoformat,
    timedelta: lambda value: f"{value.total_seconds()} seconds",
    dict: _json,
    list: _json,
}


class Sheet:
    """Rows of one model, `columns` being those that vary, by attribute name."""

    def __init__(self, model: type[models.Model], columns: str, **constants: Any) -> None:
        varying = columns.split()
        fields = {field.attname: field for field in model._meta.concrete_fields if not field.generated}
        others = [name for name, field in fields.items() if name not in varying and not field.primary_key]
        self._tail = "".join("\t" + text(constants.get(name, fields[name].get_default())) for name in others)
        names = ", ".join(connection.ops.quote_name(str(fields[name].column)) for name in [*varying, *others])
        self._statement = f"COPY {connection.ops.quote_name(model._meta.db_table)} ({names}) FROM STDIN"
        self._rows: list[str] = []

    def add(self, *values: Any) -> None:
        """Add a row."""
        self._rows.append("\t".join(map(text, values)) + self._tail)

    def send(self) -> int:
        """Copy the rows into the table, in the caller's transaction, and return how many they were."""
        count = len(self._rows)
        if count:
            with connection.cursor() as cursor:
                cursor.copy_expert(self._statement, io.StringIO("\n".join(self._rows) + "\n"))
        self._rows = []
        return count


def send(sheets: Iterable[Sheet]) -> int:
    """Send sheets in this order."""
    return sum(sheet.send() for sheet in sheets)
