"""Pages of a list by key, for the console: the same speed at any depth, and places that survive in an address.

The REST interface pages the same way in `core.api.pagination`, from which the sealed cursors come.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.db.models import F, QuerySet
from django.db.models.fields.tuple_lookups import Tuple, TupleGreaterThan, TupleLessThan
from django.http import QueryDict

from .api.pagination import CursorInvalid, cursor_open, cursor_seal

PAGE_SIZE = 50
COUNT_CAP = 1000
"""What waits is counted up to here: more is said as "1000+", and costs no more."""
Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """Rows of one page, and the query strings of its neighbours ("" where there is none)."""

    rows: list[Row]
    previous_url: str
    next_url: str

    @property
    def shown(self) -> int:
        """How many rows are on the page."""
        return len(self.rows)

    total = None
    capped = False


def page(
    queryset: QuerySet[Any, Any], params: QueryDict, ordering: Sequence[str], *, size: int = PAGE_SIZE
) -> Page[Any]:
    """Take the page that `params` asks for with `after` or `before`, in one query.

    `ordering` ends in a unique column, all in one direction, none ever empty; rows may be objects, dicts of `values()`
    or tuples of `values_list()` whose first columns are the ordering's. A cursor that is not ours begins at the start.
    """
    names = [name.lstrip("-") for name in ordering]
    down = ordering[0].startswith("-")
    backwards = "before" in params
    try:
        key = cursor_open(params.get("before") or params.get("after") or "", ordering)
    except CursorInvalid:
        key, backwards = [], False
    if backwards:
        down = not down
    if key:
        comparison = TupleLessThan if down else TupleGreaterThan
        queryset = queryset.filter(comparison(Tuple(*map(F, names)), tuple(key)))
    found = list(queryset.order_by(*(f"-{name}" if down else name for name in names))[: size + 1])
    more, rows = len(found) > size, found[:size]
    if backwards:
        rows.reverse()
    has_next, has_previous = (bool(key), more) if backwards else (more, bool(key))

    def link(row: Any, name: str) -> str:
        changed = params.copy()
        for old in ("after", "before"):
            changed.pop(old, None)
        changed[name] = cursor_seal(_key(row, names), ordering)
        return f"?{changed.urlencode()}"

    return Page(
        rows,
        previous_url=link(rows[0], "before") if rows and has_previous else "",
        next_url=link(rows[-1], "after") if rows and has_next else "",
    )


def counted(rows: QuerySet[Any, Any]) -> int:
    """Count rows up to the cap, in one statement that reads no more of them than that."""
    return rows.order_by().values("pk")[:COUNT_CAP].count()


def tabs(address: str, labels: Mapping[str, Any], counts: Mapping[str, int], active: str) -> list[dict[str, Any]]:
    """Give the tabs of a list as components/_tabs.html shows them; those that are not in `counts` have no number."""
    return [
        {
            "key": key,
            "url": f"{address}?tab={key}",
            "label": label,
            "count": counts.get(key),
            "capped": counts.get(key, 0) >= COUNT_CAP,
            "active": key == active,
        }
        for key, label in labels.items()
    ]


def _key(row: Any, names: Sequence[str]) -> list[Any]:
    if isinstance(row, Mapping):
        return [row[name] for name in names]
    if isinstance(row, tuple):
        return list(row[: len(names)])
    return [getattr(row, name) for name in names]
