"""Several rows of several tables in one statement.

A step of a state machine writes a row of its subject, a log row, deadlines and an event, for one subject or for ten
thousand. `Batch` collects them and sends them as one PostgreSQL statement, each table fed by `unnest` of one array a
column, so that a single decision costs one round trip and a sweep runs at set-based speed with the very same code.
Nothing here knows what the rows mean.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.db import connection, models

_CONVERTED = (models.JSONField, models.DecimalField)
"""Types whose Python values the driver does not know; all others are sent as they are, which is most of the work."""


def allocate(model: type[models.Model], count: int, *, sequence: str | None = None) -> list[int]:
    """Take `count` values from the model's key sequence (or the named one)."""
    name = sequence or f"{model._meta.db_table}_id_seq"
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(%s::regclass) FROM generate_series(1, %s)", [name, count])
        return [row[0] for row in cursor.fetchall()]


def allocate_numbered(model: type[models.Model], count: int, *, sequence: str) -> list[tuple[int, int]]:
    """Take `count` keys of the model together with as many public numbers from `sequence`, in one statement."""
    keys = f"{model._meta.db_table}_id_seq"
    with connection.cursor() as cursor:
        sql = "SELECT nextval(%s::regclass), nextval(%s::regclass) FROM generate_series(1, %s)"
        cursor.execute(sql, [keys, sequence, count])
        return [(key, number) for key, number in cursor.fetchall()]


@dataclass(frozen=True, slots=True)
class _Columns:
    """How some columns of a table are written in SQL; worked out once."""

    table: str
    names: tuple[str, ...]
    source: str
    converted: tuple[tuple[int, models.Field], ...]
    defaults: tuple[models.Field, ...]

    def params(self, rows: Sequence[Sequence[Any]]) -> list[list[Any]]:
        """Turn rows into one list a column, of values that the driver knows."""
        columns = [list(column) for column in zip(*rows, strict=True)]
        columns += [[field.get_default() for _row in rows] for field in self.defaults]
        for position, field in self.converted:
            columns[position] = [field.get_db_prep_save(value, connection) for value in columns[position]]
        return columns


def _quoted(name: str | None) -> str:
    return str(connection.ops.quote_name(name or ""))


def _cast(field: models.Field) -> str:
    kind = (field.rel_db_type(connection) if field.primary_key else field.db_type(connection)) or "text"
    return f"%s::{kind.split('(')[0]}[]"


@lru_cache(maxsize=256)
def _columns(model: type[models.Model], names: tuple[str, ...], complete: bool) -> _Columns:
    """Describe the named fields, and with `complete` every other one but the key and generated ones."""
    by_name = {field.name: field for field in model._meta.concrete_fields}
    fields = [by_name[name] for name in names]
    others = [f for n, f in by_name.items() if n not in names and not (f.primary_key or f.generated)]
    every = fields + (others if complete else [])
    return _Columns(
        _quoted(model._meta.db_table),
        tuple(_quoted(field.column) for field in every),
        f"unnest({', '.join(_cast(field) for field in every)})",
        tuple((position, field) for position, field in enumerate(every) if isinstance(field, _CONVERTED)),
        tuple(others) if complete else (),
    )


class Batch:
    """Inserts and updates of any tables, sent together by `run`. The parts see the state before the statement."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._params: list[Any] = []

    def insert(
        self,
        model: type[models.Model],
        columns: Sequence[str],
        rows: Iterable[Sequence[Any]],
        *,
        keep_existing: bool = False,
    ) -> "Batch":
        """Add rows of `model`; `columns` are field names, the others get their defaults.

        `keep_existing` leaves out rows that a unique index has.
        """
        rows = list(rows)
        if rows:
            into = _columns(model, tuple(columns), True)
            tail = " ON CONFLICT DO NOTHING" if keep_existing else ""
            self._parts.append(f"INSERT INTO {into.table} ({', '.join(into.names)}) SELECT * FROM {into.source}{tail}")
            self._params += into.params(rows)
        return self

    def insert_objects(self, model: type[models.Model], objects: Sequence[models.Model]) -> "Batch":
        """Add whole unsaved objects whose keys have been allocated."""
        fields = [field for field in model._meta.concrete_fields if not field.generated]
        for item in objects:
            item._state.adding = False
            item._state.db = connection.alias
        rows = [[field.pre_save(item, True) for field in fields] for item in objects]
        return self.insert(model, [field.name for field in fields], rows)

    def update(self, model: type[models.Model], columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> "Batch":
        """Set `columns` of the rows whose key is the first value of each row; a key may appear once."""
        return self._update(model, columns, list(rows), "{column} = v.{column}")

    def add(self, model: type[models.Model], columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> "Batch":
        """Add amounts to `columns`; rows of one key are summed up first."""
        sums: dict[Any, list[int]] = {}
        for key, *amounts in rows:
            total = sums.setdefault(key, [0] * len(columns))
            for position, amount in enumerate(amounts):
                total[position] += amount
        rows = [(key, *amounts) for key, amounts in sorted(sums.items()) if any(amounts)]
        return self._update(model, columns, rows, "{column} = t.{column} + v.{column}")

    def _update(self, model: type[models.Model], columns: Sequence[str], rows: list[Any], form: str) -> "Batch":
        if rows:
            into = _columns(model, (model._meta.pk.name, *columns), False)
            key, *names = into.names
            sets = ", ".join(form.format(column=name) for name in names)
            self._parts.append(
                f"UPDATE {into.table} t SET {sets} FROM {into.source} AS v({', '.join(into.names)})"
                f" WHERE t.{key} = v.{key}"
            )
            self._params += into.params(rows)
        return self

    def sql(self, statement: str, params: Sequence[Any]) -> "Batch":
        """Add any other data-changing statement."""
        self._parts.append(statement)
        self._params += params
        return self

    def run(self) -> None:
        """Send everything as one statement; nothing to send is no statement."""
        if not self._parts:
            return
        *first, last = self._parts
        prefix = ", ".join(f"s{number} AS ({part})" for number, part in enumerate(first))
        with connection.cursor() as cursor:
            cursor.execute(f"WITH {prefix} {last}" if first else last, self._params)
        self._parts, self._params = [], []
