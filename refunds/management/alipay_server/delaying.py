"""Late success: an order that is taken without saying so, and carried out some questions or seconds later, once."""

import re
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

Key = tuple[str, ...]
Row = dict[str, Any]
_FAULT = re.compile(r"late:(?P<count>\d+(?:\.\d+)?)(?P<seconds>s)?(?::(?P<meanwhile>not_found|error))?")


@dataclass(frozen=True)
class Delay:
    """How late: so many questions about the order, or so many seconds; and what questions hear till then."""

    questions: int
    seconds: float | None
    meanwhile: Literal["not_found", "error"]


def read(fault: str) -> Delay | None:
    """Read `late:2` (questions), `late:1.5s` (seconds), each with `:error` for the answer meanwhile. None: no such."""
    found = _FAULT.fullmatch(fault)
    if found is None or not (found["seconds"] or found["count"].isdigit()):
        return None
    seconds = float(found["count"]) if found["seconds"] else None
    meanwhile: Literal["not_found", "error"] = "error" if found["meanwhile"] == "error" else "not_found"
    return Delay(0 if seconds is not None else int(found["count"]), seconds, meanwhile)


class Waiting:
    """Orders that were taken and are not carried out yet. They are lost with the process: then they never happen.

    Every method is called with the gateway's lock held; `carry_out` is called so, too.
    """

    def __init__(self, lock: threading.Lock, carry_out: Callable[[Row], None]) -> None:
        self.lock, self.carry_out = lock, carry_out
        self.rows: dict[Key, Row] = {}
        self._left: dict[Key, int] = {}
        self._delays: dict[Key, Delay] = {}

    def take(self, key: Key, row: Row, delay: Delay) -> None:
        """Keep an order until its time has come."""
        self.rows[key], self._delays[key] = row, delay
        if delay.seconds is None:
            self._left[key] = delay.questions
            return
        timer = threading.Timer(delay.seconds, self._time_has_come, [key])
        timer.daemon = True
        timer.start()

    def asked(self, key: Key) -> str:
        """Count a question; say what it hears: "" if nothing waits here, else `not_found` or `error`.

        One whose questions are used up is carried out now, so this question finds it.
        """
        if key not in self.rows:
            return ""
        if key in self._left and self._left[key] == 0:
            self._carry_out(key)
            return ""
        if key in self._left:
            self._left[key] -= 1
        return self._delays[key].meanwhile

    def release(self) -> None:
        """Carry out everything that waits, now."""
        for key in list(self.rows):
            self._carry_out(key)

    def _time_has_come(self, key: Key) -> None:
        with self.lock:
            if key in self.rows:
                self._carry_out(key)

    def _carry_out(self, key: Key) -> None:
        self._left.pop(key, None)
        del self._delays[key]
        self.carry_out(self.rows.pop(key))
