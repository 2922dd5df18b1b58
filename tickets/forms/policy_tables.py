"""Policy settings that are tables, typed cell by cell; what a cell holds follows from the table of the default.

A table is a list of entries, or entries by name; a name that is there stays, entries of a list come and go. An entry
whose cells are all empty is left out.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from aftersales.core import errors, money
from tickets.selectors.policies import column_label

SPARE = 2
MOST_ROWS = 500
_BETWEEN = "、,，;；"


@dataclass(frozen=True, slots=True)
class Column:
    """A column: the name in the stored table, and what its cells hold."""

    name: str
    kind: str  # text | number | money | flag | list | pairs

    @property
    def label(self) -> str:
        """Say what the column holds."""
        return column_label(self.name)

    def shown(self, value: Any) -> str:
        """Spell a stored value as it is typed."""
        if value is None:
            return ""
        if self.kind == "money":
            return money.yuan(value)
        if self.kind == "flag":
            return "yes" if value else "no"
        if self.kind == "list":
            return "、".join(map(str, value))
        if self.kind == "pairs":
            return "、".join(f"{name} {one}" for name, one in value.items())
        return str(value)

    def read(self, text: str) -> Any:
        """Read what was typed. Raises: ValueError, or a Problem that says what is wrong with it."""
        if self.kind == "number":
            return int(text)
        if self.kind == "money":
            return money.parse_yuan(text)
        if self.kind == "flag":
            return text == "yes"
        parts = _parts(text)
        if self.kind == "list":
            return parts
        if self.kind == "pairs":
            return {name: int(figure) for name, _space, figure in (part.rpartition(" ") for part in parts)}
        return text


def _parts(text: str) -> list[str]:
    for mark in _BETWEEN:
        text = text.replace(mark, "\n")
    return [part.strip() for part in text.split("\n") if part.strip()]


def columns_of(table: Any) -> list[Column]:
    """Give the columns of a table, from its first entry."""
    entries = list(table.values()) if isinstance(table, Mapping) else list(table)
    return [Column(name, _kind(name, value)) for name, value in (entries[0] if entries else {}).items()]


def _kind(name: str, value: Any) -> str:
    if isinstance(value, bool):
        return "flag"
    if isinstance(value, int):
        return "money" if name.endswith("_fen") else "number"
    if isinstance(value, Mapping):
        return "pairs"
    return "list" if isinstance(value, Sequence) and not isinstance(value, str) else "text"


class TableWidget(forms.Widget):
    """Gives the cells as they were typed; the dialog draws them (`TableField.rows`)."""

    columns: Sequence[Column] = ()

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[tuple[str, list[str]]]:
        """Take the name and the cells of every row."""
        count = str(data.get(f"{name}-rows", "0"))
        number = min(int(count), MOST_ROWS) if count.isdecimal() else 0
        return [
            (
                data.get(f"{name}-{row}-name", ""),
                [data.get(f"{name}-{row}-{column.name}", "").strip() for column in self.columns],
            )
            for row in range(number)
        ]

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        """The number of rows is always sent."""
        return f"{name}-rows" not in data


class TableField(forms.Field):
    """A table of cells."""

    widget = TableWidget

    def __init__(self, *, example: Any, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.columns, self.named = columns_of(example), isinstance(example, Mapping)
        self.widget.columns = self.columns

    def prepare_value(self, value: Any) -> list[dict[str, Any]]:
        """Give the rows to be drawn: what is stored or was typed, and a few to add."""
        if isinstance(value, Mapping):
            typed = [(name, self._shown(entry)) for name, entry in value.items()]
        elif value and isinstance(value[0], Mapping):
            typed = [("", self._shown(entry)) for entry in value]
        else:
            typed = list(value or [])
        if not self.named:
            typed = [row for row in typed if not self._is_empty(row[1])] + [("", [""] * len(self.columns))] * SPARE
        return [
            {"name": name, "cells": [{"column": c, "text": text} for c, text in zip(self.columns, cells, strict=True)]}
            for name, cells in typed
        ]

    def _is_empty(self, cells: Sequence[str]) -> bool:
        return not any(text for column, text in zip(self.columns, cells, strict=True) if column.kind != "flag")

    def _shown(self, entry: Mapping[str, Any]) -> list[str]:
        return [column.shown(entry.get(column.name)) for column in self.columns]

    def clean(self, value: list[tuple[str, list[str]]]) -> Any:
        """Read every cell, and say of each wrong one where it stands."""
        found: list[tuple[str, dict[str, Any]]] = []
        wrong: list[str] = []
        for number, (name, cells) in enumerate(value, start=1):
            if self._is_empty(cells):
                continue
            entry: dict[str, Any] = {}
            for column, text in zip(self.columns, cells, strict=True):
                try:
                    entry[column.name] = column.read(text)
                except errors.Problem as problem:
                    wrong.append(_at(number, column, str(problem.detail)))
                except ValueError:
                    wrong.append(_at(number, column, _("A whole number is needed.")))
            found.append((name, entry))
        if wrong:
            raise ValidationError(wrong)
        return dict(found) if self.named else [entry for _name, entry in found]


def _at(number: int, column: Column, detail: str) -> str:
    place = _("Row %(row)d, %(column)s") % {"row": number, "column": column.label}
    return f"{place}: {detail}"
