"""A row by field name, and the list of what is wrong with it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from django.utils.translation import gettext as _

from .cells import BadCell
from .columns import Sheet
from .reading import Row

Value = TypeVar("Value")
SHORTEST = 20  # no text column of ours is shorter, so most texts need no look at their limit


@dataclass(frozen=True, slots=True)
class Fault:
    """A reason why a row, and with it its order, was not imported."""

    file: str
    line: int
    order_no: str
    column: str
    code: str
    reason: str


@dataclass(frozen=True)
class File:
    """What parsing knows of a file: its name, the header of each field that it has, and how long texts may be."""

    name: str
    sheet: Sheet
    headers: Mapping[str, str]
    limits: Mapping[str, int]


@dataclass(slots=True)
class Record:
    """One row; what is wrong with its cells is added to `faults`, so that a report names everything at once."""

    file: File
    row: Row
    faults: list[Fault]
    values: dict[str, str] = field(init=False)

    def __post_init__(self) -> None:
        self.values = dict(zip(self.file.sheet.fields, self.row.cells, strict=True))
        if self.row.fault:
            self.refuse("", "unreadable_row", self.row.fault)

    def refuse(self, name: str, code: str, reason: str) -> None:
        """Note what is wrong with the field `name`, or with the whole row."""
        column = self.file.headers.get(name, "")
        self.faults.append(Fault(self.file.name, self.row.line, self.values["order_no"], column, code, reason))

    def empty(self, name: str) -> None:
        """Note that a needed cell is empty."""
        self.refuse(name, "empty", _("It is empty."))

    def get(self, name: str, read: Callable[[str], Value], default: Value, *, needed: bool = False) -> Value:
        """Read a cell; an empty one is `default`, a wrong one, or a needed one that is empty, is noted beside that."""
        text = self.values[name]
        if not text:
            if needed:
                self.empty(name)
            return default
        try:
            return read(text)
        except BadCell as exc:
            self.refuse(name, exc.code, exc.reason)
            return default

    def text(self, name: str, *, needed: bool = False) -> str:
        """Give a text that fits its column in the database."""
        text = self.values[name]
        if needed and not text:
            self.empty(name)
        if len(text) > SHORTEST:
            self.fits(name, text)
        return text

    def fits(self, name: str, text: str, limit: str = "") -> None:
        """Note a text that is longer than its column in the database."""
        longest = self.file.limits.get(limit or name)
        if longest is not None and len(text) > longest:
            self.refuse(name, "too_long", _("The text is longer than %(longest)d characters.") % {"longest": longest})
