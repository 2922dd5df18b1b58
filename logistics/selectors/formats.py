"""Formats of tracking numbers: whether a number has one, and whether a format is safe to try (LOG-1, RFD-6)."""

import re
from collections.abc import Iterator
from functools import lru_cache

from django.utils.translation import gettext as _

LONGEST_FORMAT = 200
LONGEST_NUMBER = 40
MOST_WAYS = 2_000
"""In so many ways a format may fit one number at the most: what is tried grows with them, and every number waits."""
_COUNTED = re.compile(r"\{(\d*)(,?)(\d*)\}")


def has_format(formats: str, tracking_no: str) -> bool:
    """Say whether a number has one of the formats, parted by spaces or lines.

    A format that could not be saved today, but stands there from before, fits nothing.
    """
    tried = filter(None, map(_usable, formats.split()))
    return any(pattern.fullmatch(tracking_no[: LONGEST_NUMBER + 1]) for pattern in tried)


@lru_cache(maxsize=1000)
def _usable(pattern: str) -> re.Pattern[str] | None:
    return None if format_fault(pattern) else re.compile(pattern, re.IGNORECASE)


def format_fault(pattern: str) -> str:
    """Say why a format cannot be used; empty where it can.

    A pattern such as `(A+)+B` is tried in so many ways that a single number would hold a worker for hours, so the ways
    are counted before it is taken.
    """
    if len(pattern) > LONGEST_FORMAT:
        return _("A format has %(most)d characters at the most.") % {"most": LONGEST_FORMAT}
    try:
        re.compile(pattern, re.IGNORECASE)
    except (re.error, OverflowError, RecursionError) as problem:
        return _("This is no regular expression: %(why)s.") % {"why": problem}
    try:
        ways = _Ways(pattern).count()
    except (_Unfit, RecursionError):
        return _("References and looking ahead are not possible; use digits, letters, [ ], ( | ), { } and ?.")
    if ways > MOST_WAYS:
        return _("This format is too loose and would take too long to try; say how many characters, as in {10,12}.")
    return ""


class _Unfit(ValueError):
    """The pattern holds something that is not counted."""


class _Ways:
    """Counts in how many ways a pattern, known to compile, may be laid along a number of the greatest length."""

    def __init__(self, pattern: str) -> None:
        self.pattern, self.at = pattern, 0

    def count(self) -> int:
        """Count those of the alternatives up to the end or the closing bracket."""
        return sum(self._alternatives())

    def _alternatives(self) -> Iterator[int]:
        ways = 1
        while self.at < len(self.pattern) and self.pattern[self.at] != ")":
            if self.pattern[self.at] == "|":
                self.at += 1
                yield ways
                ways = 1
            else:
                ways = min(ways * self._repeated(self._piece()), MOST_WAYS + 1)
        yield ways

    def _piece(self) -> int:
        sign = self.pattern[self.at]
        if sign == "(":
            return self._group()
        if sign == "[":
            return self._class()
        if sign == "\\":
            if self.pattern[self.at + 1].isdigit():
                raise _Unfit(self.pattern)
            self.at += 1
        self.at += 1
        return 1

    def _group(self) -> int:
        self.at += 1
        if self.pattern.startswith("?:", self.at):
            self.at += 2
        elif self.pattern.startswith("?", self.at):
            raise _Unfit(self.pattern)
        ways = self.count()
        self.at += 1
        return ways

    def _class(self) -> int:
        self.at += 2 if self.pattern.startswith("[^", self.at) else 1
        first = self.at
        while self.pattern[self.at] != "]" or self.at == first:
            self.at += 2 if self.pattern[self.at] == "\\" else 1
        self.at += 1
        return 1

    def _repeated(self, ways: int) -> int:
        """Count a piece that may stand there several times; a group of several ways multiplies with each."""
        while (span := self._span()) is not None:
            least, most = min(span[0], LONGEST_NUMBER), min(span[1], LONGEST_NUMBER)
            each = range(least, most + 1)
            ways = min(sum(min(ways**times, MOST_WAYS + 1) for times in each), MOST_WAYS + 1)
        return ways

    def _span(self) -> tuple[int, int] | None:
        sign = self.pattern[self.at : self.at + 1]
        counted = _COUNTED.match(self.pattern, self.at)
        if sign in ("*", "+", "?") and sign:
            self.at += 1
            return {"*": (0, LONGEST_NUMBER), "+": (1, LONGEST_NUMBER), "?": (0, 1)}[sign]
        if counted is None or not (counted[1] or counted[2]):
            return None
        self.at = counted.end()
        least = int(counted[1] or 0)
        if not counted[2]:
            return least, least
        return least, int(counted[3]) if counted[3] else LONGEST_NUMBER
