"""What is kept of a trade after its time, and what is erased (LAW-7).

Each app says once, as `Record`s, which of its rows hang on an order, until when they are needed, and which of their
columns speak of a person. The job that erases (`orders.services.erasing`) reads nothing else. Sums, dates, reasons and
steps stay: every figure counts the same afterwards.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import models
from django.db.models import Case, F, Func, Q, Value, When
from django.db.models.functions import Coalesce

ERASED = "—"
"""Stands where a text was. The guards of the database let it, or nothing, replace a text of more than three years."""


@dataclass(frozen=True)
class Record:
    """Rows of `model` that hang on an order by the look-up `order`; of these `only` some, where it is given.

    An order is not touched while one of its rows is `open`, or was `changed` within the time that records are kept.
    `personal` gives the columns that are written anew, by name, as `QuerySet.update` takes them, or a function for it;
    `subject` the name of the model's machine: what its log says of these columns goes too, with the notes of the steps;
    `after` is called with the keys of the rows once they are committed, for what does not lie in the database.
    """

    model: type[models.Model]
    order: str
    changed: str = ""
    open: Q | None = None
    personal: Mapping[str, Any] = field(default_factory=dict)
    subject: str = ""
    only: Q = field(default_factory=Q)
    after: Callable[[list[int]], None] | None = None

    def blanks(self) -> dict[str, Any]:
        """Give the columns as they are written now."""
        return {name: value() if callable(value) else value for name, value in self.personal.items()}

    @property
    def name(self) -> str:
        """How reports call it."""
        return str(self.model._meta.verbose_name_plural)


def gone(column: str) -> Case:
    """Give the text column without its text; one that is empty stays so."""
    return Case(When(**{column: ""}, then=Value("")), default=Value(ERASED))


def without(column: str, *keys: str) -> Func:
    """Give the JSON column without the values of `keys`."""
    blank: Any = Value(dict.fromkeys(keys, ERASED), output_field=models.JSONField())
    return Func(
        Coalesce(F(column), Value({}, output_field=models.JSONField())),
        blank,
        template="%(expressions)s",
        arg_joiner=" || ",
        output_field=models.JSONField(),
    )


_RECORDS: list[Record] = []


def register(*records: Record) -> None:
    """Add what an app keeps of an order. Called from the wiring, once, from the order's own app to the outermost."""
    _RECORDS.extend(record for record in records if record not in _RECORDS)


def records() -> tuple[Record, ...]:
    """Give everything that hangs on an order."""
    return tuple(_RECORDS)
