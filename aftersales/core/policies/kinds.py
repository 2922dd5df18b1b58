"""What a policy setting is: its key, kind, default, bounds and wording, and how its value is checked and read.

Values are stored as JSON: whole seconds for durations, fen for money. Nothing here touches the database.
"""

import copy
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal, TypeAlias

from django.utils.translation import gettext as _

from aftersales.core.errors import FieldError, Text
from aftersales.core.money import yuan
from aftersales.core.words import duration_words

Kind: TypeAlias = Literal["duration", "workdays", "integer", "boolean", "money", "choice", "text", "json"]
Shape: TypeAlias = Callable[[Any], Iterable[FieldError]]

HOUR = 3_600
DAY = 24 * HOUR
_WHOLE = frozenset({"duration", "workdays", "integer", "money"})
_TEXT_LENGTH = 200


@dataclass(frozen=True, slots=True)
class PolicyDefinition:
    """One setting. `default`, `minimum` and `maximum` are in the stored form; `rules` are the ids of domain.md.

    `workdays` counts working days (`core.calendar.add_workdays`), a `duration` counts seconds on the clock.
    """

    key: str
    kind: Kind
    default: Any
    rules: tuple[str, ...]
    group: Text
    label: Text
    help: Text = ""
    minimum: int | None = None
    maximum: int | None = None
    choices: tuple[tuple[str, Text], ...] = ()
    shape: Shape | None = None

    def encode(self, value: Any) -> Any:
        """Return the stored form of a Python value; what is stored already stays as it is."""
        if isinstance(value, timedelta) and self.kind == "duration":
            seconds = value.total_seconds()
            return int(seconds) if seconds == int(seconds) else seconds
        return value

    def decode(self, stored: Any) -> Any:
        """Return the Python value of a stored one: a timedelta for a duration; JSON is a copy of its own."""
        if self.kind == "duration":
            return timedelta(seconds=stored)
        return copy.deepcopy(stored) if self.kind == "json" else stored

    def faults(self, stored: Any) -> list[FieldError]:
        """Say what is wrong with a value in stored form; an empty list means that it may be used."""
        if self.kind in _WHOLE:
            return self._faults_of_number(stored)
        if self.kind == "boolean":
            return [] if isinstance(stored, bool) else [_fault("not_a_boolean", _("Yes or no is needed."))]
        if self.kind == "choice":
            if stored in [value for value, _label in self.choices]:
                return []
            return [_fault("not_a_choice", _("Choose one of: %(choices)s.") % {"choices": self._choice_words()})]
        if self.kind == "text":
            if isinstance(stored, str) and len(stored) <= _TEXT_LENGTH:
                return []
            return [
                _fault("not_a_text", _("A text of at most %(most)d characters is needed.") % {"most": _TEXT_LENGTH})
            ]
        return list(self.shape(stored)) if self.shape else []

    def words(self, stored: Any) -> str:
        """Say a stored value as people do: "2 天", "¥50.00", "3"."""
        if self.kind == "duration":
            return duration_words(timedelta(seconds=stored))
        if self.kind == "workdays":
            return _("%(count)d working days") % {"count": stored}
        if self.kind == "money":
            return f"¥{yuan(stored)}"
        if self.kind == "boolean":
            return _("yes") if stored else _("no")
        if self.kind == "choice":
            return str(dict(self.choices).get(stored, stored))
        return stored if isinstance(stored, str) else json.dumps(stored, ensure_ascii=False)

    def _faults_of_number(self, stored: Any) -> list[FieldError]:
        if not isinstance(stored, int) or isinstance(stored, bool):
            return [_fault("not_a_number", _("A whole number is needed."))]
        if self.minimum is not None and stored < self.minimum:
            return [_fault("too_small", _("At least %(bound)s is needed.") % {"bound": self.words(self.minimum)})]
        if self.maximum is not None and stored > self.maximum:
            return [_fault("too_large", _("At most %(bound)s is possible.") % {"bound": self.words(self.maximum)})]
        return []

    def _choice_words(self) -> str:
        return ", ".join(value for value, _label in self.choices)


def _fault(code: str, detail: str) -> FieldError:
    return FieldError("value", code, detail)
