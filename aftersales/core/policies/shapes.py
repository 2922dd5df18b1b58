"""The shapes of settings that are tables: which columns a row has and what may stand in them."""

from collections.abc import Callable, Iterator
from typing import Any, TypeAlias

from django.utils.translation import gettext as _

from aftersales.core.errors import FieldError

from .kinds import Shape

Cell: TypeAlias = Callable[[Any], str]  # says what is wrong, "" when nothing is
_MOST_ROWS = 500


def whole(least: int, most: int) -> Cell:
    """A whole number from `least` to `most`."""

    def check(value: Any) -> str:
        if isinstance(value, int) and not isinstance(value, bool) and least <= value <= most:
            return ""
        return _("A whole number from %(least)d to %(most)d is needed.") % {"least": least, "most": most}

    return check


def text(most: int = 80) -> Cell:
    """A text that is not empty."""

    def check(value: Any) -> str:
        if isinstance(value, str) and value.strip() and len(value) <= most:
            return ""
        return _("A text of 1 to %(most)d characters is needed.") % {"most": most}

    return check


def flag(value: Any) -> str:
    """Say what is wrong with a value that must be true or false."""
    return "" if isinstance(value, bool) else _("Yes or no is needed.")


def one_of(*choices: str) -> Cell:
    """One of the given words."""

    def check(value: Any) -> str:
        return "" if value in choices else _("Choose one of: %(choices)s.") % {"choices": ", ".join(choices)}

    return check


def some_of(*choices: str) -> Cell:
    """A list of some of the given words, each once."""

    def check(value: Any) -> str:
        if isinstance(value, list) and value and all(entry in choices for entry in value):
            return "" if len(set(value)) == len(value) else _("This stands in the table already.")
        return _("Choose some of: %(choices)s.") % {"choices": ", ".join(choices)}

    return check


def texts(value: Any) -> str:
    """Say what is wrong with a value that must be a list of texts, one at least."""
    if isinstance(value, list) and value and all(not text()(entry) for entry in value):
        return ""
    return _("A list of texts is needed.")


def rows(*, unique: str = "", **columns: Cell) -> Shape:
    """Shape a list of objects with exactly these columns; in the column `unique` nothing stands twice."""

    def check(value: Any) -> Iterator[FieldError]:
        if not isinstance(value, list) or len(value) > _MOST_ROWS:
            yield FieldError(
                "value", "not_a_list", _("A list of at most %(most)d rows is needed.") % {"most": _MOST_ROWS}
            )
            return
        seen: set[Any] = set()
        for number, row in enumerate(value):
            faults = list(_row_faults(f"value.{number}", row, columns))
            yield from faults
            if unique and not faults:
                if row[unique] in seen:
                    yield FieldError(f"value.{number}.{unique}", "twice", _("This stands in the table already."))
                seen.add(row[unique])

    return check


def by_name(*names: str, **columns: Cell) -> Shape:
    """Shape an object that has exactly the entries `names`, each an object with exactly these columns."""

    def check(value: Any) -> Iterator[FieldError]:
        if not isinstance(value, dict):
            yield FieldError("value", "not_an_object", _("An object is needed."))
            return
        yield from _names_faults("value", value, names)
        for name in names:
            if name in value:
                yield from _row_faults(f"value.{name}", value[name], columns)

    return check


def _row_faults(path: str, row: Any, columns: dict[str, Cell]) -> Iterator[FieldError]:
    if not isinstance(row, dict):
        yield FieldError(path, "not_an_object", _("An object is needed."))
        return
    yield from _names_faults(path, row, tuple(columns))
    for column, cell in columns.items():
        if column in row and (detail := cell(row[column])):
            yield FieldError(f"{path}.{column}", "invalid", detail)


def _names_faults(path: str, value: dict[str, Any], names: tuple[str, ...]) -> Iterator[FieldError]:
    for name in names:
        if name not in value:
            yield FieldError(f"{path}.{name}", "required", _("This is missing."))
    for name in value:
        if name not in names:
            yield FieldError(f"{path}.{name}", "unknown", _("There is no such field."))
