"""The rows of a `Batch` sent by COPY, which is what a hundred thousand orders need.

For a few rows one statement is faster; for thousands the server should not have to parse them as values.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from operator import attrgetter
from typing import Any, Self

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models

from aftersales.core.bulk import Batch

_CHUNK = 1024 * 1024
_json = DjangoJSONEncoder().encode


class CopyBatch(Batch):
    """Inserts only, in the order in which they were added; `run` sends one COPY for each."""

    def __init__(self) -> None:
        super().__init__()
        self._copies: list[tuple[str, io.StringIO]] = []

    def insert(
        self,
        model: type[models.Model],
        columns: Sequence[str],
        rows: Iterable[Sequence[Any]],
        *,
        keep_existing: bool = False,
    ) -> Self:
        """Add rows of `model`; `columns` are field names, the others get their defaults."""
        assert not keep_existing, "COPY cannot leave out what is there"
        fields: list[Any] = [model._meta.get_field(name) for name in columns]
        others = [f for f in model._meta.concrete_fields if f not in fields and not f.primary_key]
        return self._add(model, [*fields, *others], _filled(rows, [field.get_default() for field in others]))

    def insert_objects(self, model: type[models.Model], objects: Sequence[models.Model]) -> Self:
        """Add whole unsaved objects whose keys have been allocated and that need nothing done before saving."""
        fields = list(model._meta.concrete_fields)
        values = attrgetter(*(field.attname for field in fields))
        for item in objects:
            item._state.adding = False
            item._state.db = connection.alias
        return self._add(model, fields, (list(values(item)) for item in objects))

    def _add(self, model: type[models.Model], fields: Sequence[Any], rows: Iterator[list[Any]]) -> Self:
        moments = [n for n, field in enumerate(fields) if isinstance(field, models.DateTimeField)]
        documents = [n for n, field in enumerate(fields) if isinstance(field, models.JSONField)]
        lengths = [n for n, field in enumerate(fields) if isinstance(field, models.DurationField)]
        file = io.StringIO()
        write = csv.writer(file).writerow
        spelled: dict[datetime | None, str | None] = {None: None}
        for row in rows:
            for n in moments:
                moment = row[n]
                row[n] = spelled.get(moment) or spelled.setdefault(moment, moment and moment.isoformat())
            for n in documents:
                row[n] = None if row[n] is None else _json(row[n])
            for n in lengths:
                if isinstance(row[n], timedelta):
                    row[n] = f"{row[n].total_seconds()} seconds"
            write(row)
        quote = connection.ops.quote_name
        names = ", ".join(quote(field.column) for field in fields)
        # An empty cell is NULL, except in a text column that has none.
        texts = ", ".join(quote(field.column) for field in fields if _is_text(field) and not field.null)
        options = f"FORMAT csv, FORCE_NOT_NULL ({texts})" if texts else "FORMAT csv"
        self._copies.append((f"COPY {quote(model._meta.db_table)} ({names}) FROM STDIN WITH ({options})", file))
        return self

    def run(self) -> None:
        """Send everything."""
        with connection.wrap_database_errors, connection.cursor() as cursor:
            for statement, file in self._copies:
                file.seek(0)
                cursor.copy_expert(statement, file, _CHUNK)
        self._copies = []
        super().run()


def _is_text(field: Any) -> bool:
    return isinstance(field, models.CharField | models.TextField)


def _filled(rows: Iterable[Sequence[Any]], defaults: list[Any]) -> Iterator[list[Any]]:
    for row in rows:
        yield [*row, *defaults]
