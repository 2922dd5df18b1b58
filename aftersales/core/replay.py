"""The present state, computed anew from the append-only log, and compared with the rows (RFD-8, I4).

Every log row holds the tracked fields that its step changed; laid over each other in order of version they give the
subject back. PostgreSQL folds and compares, a window of keys at a time; only what seems to differ comes here, to be
compared field by field. Read-only, and true while others write: a window is one statement and so one moment.
"""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, models
from django.utils.dateparse import parse_datetime

from .models import LogEntry
from .transitions import Binding, bindings

WINDOW = 20_000


@dataclass(frozen=True, slots=True)
class Difference:
    """A field in which a row and the log disagree. Field `row` or `log`: that side knows nothing of the subject."""

    subject_type: str
    subject_id: int
    field: str
    row: Any
    log: Any

    def __str__(self) -> str:
        return f"{self.subject_type} {self.subject_id} {self.field}: row {self.row!r}, log {self.log!r}"


def differences(
    types: Iterable[str] = (),
    *,
    shop_id: int | None = None,
    window: int = WINDOW,
    progress: Callable[[str, int], None] | None = None,
) -> Iterator[Difference]:
    """Replay the log of every subject (of some types, of a shop) and give what the rows have otherwise.

    Holds no more than a `window` of subjects in memory; `progress` is told the type and how many more are done.
    Raises: KeyError for a type that has no binding.
    """
    for name in list(types) or list(bindings):
        binding = bindings[name]
        after: int | None = -1
        while after is not None:
            last, count = _window_end(binding, after, shop_id, window)
            yield from _compare(binding, after, last, shop_id)
            after = last
            if progress is not None:
                progress(name, count)


def subjects(name: str, *, shop_id: int | None = None) -> int:
    """Count the rows of a type, for a progress bar."""
    rows = bindings[name].model._default_manager.all()
    return rows.filter(shop_id=shop_id).count() if shop_id is not None else rows.count()


def _window_end(binding: Binding, after: int, shop_id: int | None, window: int) -> tuple[int | None, int]:
    """Give the last key of the next window, None for the one that reaches to the end, and how many rows it has."""
    rows = binding.model._default_manager.filter(pk__gt=after)
    if shop_id is not None:
        rows = rows.filter(shop_id=shop_id)
    keys = list(rows.order_by("pk").values_list("pk", flat=True)[:window])
    return (keys[-1] if len(keys) == window else None), len(keys)


def _compare(binding: Binding, first: int, last: int | None, shop_id: int | None) -> Iterator[Difference]:
    name = binding.machine.name
    within = "> %s" if last is None else "BETWEEN %s + 1 AND %s"
    keys = [first] if last is None else [first, last]
    of_shop = "" if shop_id is None else " AND shop_id = %s"
    shop = [] if shop_id is None else [shop_id]
    statement = f"""
      WITH logged AS (
        SELECT subject_id, max(version) AS version, count(*) AS steps,
               core_fold(changes || jsonb_build_object('', to_status) ORDER BY version) AS state
        FROM {LogEntry._meta.db_table} WHERE subject_type = %s AND subject_id {within}{of_shop} GROUP BY subject_id),
      present AS (
        SELECT id, version, {_state(binding)} AS state FROM {binding.model._meta.db_table} WHERE id {within}{of_shop})
      SELECT coalesce(p.id, l.subject_id), p.version, l.version, l.steps, p.state, l.state
      FROM present p FULL JOIN logged l ON l.subject_id = p.id
      WHERE p.state IS DISTINCT FROM l.state OR p.version IS DISTINCT FROM l.version OR l.steps <> l.version
      ORDER BY 1"""
    with connection.cursor() as cursor:
        cursor.execute(statement, [name, *keys, *shop, *keys, *shop])
        for pk, version, logged_version, steps, row, log in cursor.fetchall():
            states = [text and json.loads(text) for text in (row, log)]
            yield from _differences(binding, pk, (version, logged_version, steps), *states)


def _state(binding: Binding) -> str:
    """Render a row's tracked fields as the log writes them: JSON by name, moments as in ISO 8601 and UTC.

    The empty name holds the status, as the log's own column has it.
    """
    parts = ["''", "status"]
    for name in binding.machine.tracked:
        field: Any = binding.model._meta.get_field(name)
        value = connection.ops.quote_name(field.column)
        if isinstance(field, models.DateTimeField):
            text = f"to_char({value} AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US')"
            value = f"replace({text}, '.000000', '') || '+00:00'"
        parts += [f"'{name}'", value]
    return f"jsonb_build_object({', '.join(parts)})"


def _differences(
    binding: Binding,
    pk: int,
    versions: tuple[int, int, int],
    row: dict[str, Any] | None,
    log: dict[str, Any] | None,
) -> Iterator[Difference]:
    name = binding.machine.name
    if row is None or log is None:
        side = "row" if row is None else "log"
        yield Difference(name, pk, side, row, log)
        return
    version, logged_version, steps = versions
    if version != logged_version or steps != logged_version:
        yield Difference(name, pk, "version", version, logged_version if version != logged_version else f"{steps} rows")
    for field in ("", *binding.machine.tracked):
        if not _same(row.get(field), log.get(field, ...)):
            yield Difference(name, pk, field or "to_status", row.get(field), log.get(field))


def _same(row: Any, log: Any) -> bool:
    if row == log:
        return True
    if not (isinstance(row, str) and isinstance(log, str)):
        return False
    moments: list[datetime | None] = [parse_datetime(text) if text[:1].isdigit() else None for text in (row, log)]
    return moments[0] is not None and moments[0] == moments[1]
