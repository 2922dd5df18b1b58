"""What surveys have shown: by agent, item or matter, over some days; the answers behind each figure (SAT-1)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Avg, Count, Max, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from aftersales.core import clock
from aftersales.core.auth import Actor
from aftersales.core.models import User
from surveys.models import Survey
from surveys.states import MARKS, MATTERS

from .reading import require_reader

MOST_DAYS = 366
"""No page counts more days than a year."""
MOST_GROUPS = 100
"""So many lines stand on the page, those asked most often first."""


@dataclass(frozen=True, slots=True)
class Group:
    """By what is counted: the column, and the words for its values."""

    label: str | Promise
    column: str
    words: Callable[[Mapping[str, Any], Mapping[int, str]], str]


def _agent(row: Mapping[str, Any], people: Mapping[int, str]) -> str:
    return people.get(row["agent"], _("nobody"))


def _item(row: Mapping[str, Any], people: Mapping[int, str]) -> str:
    return " ".join(filter(None, [row["item_id"], row["title"]])) or "—"


def _matter(row: Mapping[str, Any], people: Mapping[int, str]) -> str:
    return str(MATTERS.get(row["matter"], row["matter"] or "—"))


GROUPS: dict[str, Group] = {
    "agent": Group(gettext_lazy("By agent"), "agent", _agent),
    "item": Group(gettext_lazy("By item"), "item_id", _item),
    "reason": Group(gettext_lazy("By reason"), "matter", _matter),
}


@dataclass(frozen=True, slots=True)
class Days:
    """From a day to a day, both counted."""

    since: date
    until: date

    @property
    def moments(self) -> tuple[datetime, datetime]:
        """Give the first moment of it and the first after it."""
        start = datetime.combine(self.since, datetime.min.time(), clock.SHANGHAI)
        end = datetime.combine(self.until + timedelta(days=1), datetime.min.time(), clock.SHANGHAI)
        return start, end


@dataclass(frozen=True, slots=True)
class Line:
    """The figures of one agent, item or matter. Averages are of the answers alone."""

    key: str
    label: str
    asked: int
    answered: int
    low: int
    marks: list[float | None]

    @property
    def answer_rate(self) -> int | None:
        """How many of a hundred answered."""
        return round(100 * self.answered / self.asked) if self.asked else None

    @property
    def low_share(self) -> int | None:
        """How many of a hundred answers had a low mark."""
        return round(100 * self.low / self.answered) if self.answered else None


def asked_rows(actor: Actor, days: Days) -> QuerySet[Survey]:
    """Give the surveys that were asked on these days, unordered. Raises: Forbidden."""
    require_reader(actor)
    start, end = days.moments
    rows: QuerySet[Survey] = actor.visible(Survey.objects.filter(created_at__gte=start, created_at__lt=end))
    return rows


def _figures() -> dict[str, Any]:
    counts = {"asked": Count("pk"), "answered": Count("answer"), "low": Count("pk", filter=Q(is_low=True))}
    return counts | {f"avg_{mark}": Avg(f"answer__{mark}") for mark in MARKS}


def _line(key: str, label: str, row: Mapping[str, Any]) -> Line:
    marks = [row[f"avg_{mark}"] for mark in MARKS]
    return Line(key, label, row["asked"], row["answered"], row["low"], [mark and float(mark) for mark in marks])


def results(actor: Actor, by: str, days: Days) -> tuple[list[Line], Line]:
    """Count what was asked on these days, by agent, item or reason, and all of it: three statements at most.

    What was asked late is answered later: the rate of the last days is still to grow. Raises: Forbidden.
    """
    group, rows = GROUPS[by], asked_rows(actor, days)
    column = group.column
    more = {"title": Max("item_title")} if by == "item" else {}
    found = list(rows.values(column).annotate(**_figures(), **more).order_by("-asked", column)[:MOST_GROUPS])
    people = _people([row["agent"] for row in found]) if by == "agent" else {}
    lines = [_line(str(row[column] or ""), group.words(row, people), row) for row in found]
    return lines, _line("", _("All"), rows.aggregate(**_figures()))


def _people(ids: list[int | None]) -> dict[int, str]:
    return {user.pk: str(user) for user in User.objects.filter(pk__in=[one for one in ids if one is not None])}


def answer_rows(actor: Actor, days: Days, *, by: str = "", key: str = "", low: bool = False) -> QuerySet[Survey]:
    """Give the answers behind a figure, unordered; `low` those with a low mark alone. Raises: Forbidden."""
    rows = asked_rows(actor, days).filter(answered_at__isnull=False)
    if by == "agent":
        rows = rows.filter(agent=int(key)) if key.isdecimal() and len(key) < 18 else rows.filter(agent=None)
    elif by:
        rows = rows.filter(**{GROUPS[by].column: key})
    if low:
        rows = rows.filter(is_low=True)
    return rows.select_related("answer", "order__buyer", "agent", "shop")
