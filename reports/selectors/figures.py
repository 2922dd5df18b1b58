"""The figures of some days: each against the days before, by a dimension, and the cases behind a number (RPT-1)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Q, QuerySet, Sum
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from aftersales.core.auth import Actor
from aftersales.core.models import Shop, User
from logistics.models import Claim
from logistics.selectors import carrier_names
from orders.models import Order, OrderLine
from refunds.models import Dispute, Payout, Refund
from refunds.states import Kind, Reason
from reports.models import DaySum, Fact, Mark
from reports.models import Sum as KeptSum
from reports.states import FIGURES, Figure, Measure, Unit

FIRST_YEAR, LAST_YEAR = 2000, 2200
MOST_DAYS = 400
"""No page counts more days."""
MOST_LINES = 100
"""So many lines stand in a table, those with the most facts; days are all shown."""
MEASURES = sorted({str(measure) for figure in FIGURES.values() for measure in (figure.above, figure.below) if measure})
"""What the figures are made of."""
Totals = Mapping[str, tuple[int, int]]
"""By measure how many facts there are, and what they amount to."""


@dataclass(frozen=True, slots=True)
class Days:
    """From a day to a day in Shanghai, both counted."""

    since: date
    until: date

    @property
    def before(self) -> "Days":
        """Give as many days just before."""
        length = self.until - self.since + timedelta(days=1)
        return Days(self.since - length, self.until - length)


@dataclass(frozen=True, slots=True)
class Dimension:
    """By what the table is broken down: the column, and the words for its values by one statement at most."""

    label: str | Promise
    column: str
    words: Callable[[Sequence[Any]], Mapping[Any, str]]


def _days(values: Sequence[Any]) -> dict[Any, str]:
    return {day: day.isoformat() for day in values}


def _shops(values: Sequence[Any]) -> dict[Any, str]:
    return dict(Shop.objects.filter(pk__in=values).values_list("pk", "name"))


def _items(values: Sequence[Any]) -> dict[Any, str]:
    titles = OrderLine.objects.filter(item_id__in=[value for value in values if value])
    rows = titles.order_by("item_id", "-id").distinct("item_id").values_list("item_id", "title")
    return {item: f"{item} {title}" for item, title in rows}


def _agents(values: Sequence[Any]) -> dict[Any, str]:
    return {user.pk: str(user) for user in User.objects.filter(pk__in=values)} | {0: _("nobody")}


def _carriers(values: Sequence[Any]) -> dict[Any, str]:
    return carrier_names(value for value in values if value)


def _reasons(values: Sequence[Any]) -> dict[Any, str]:
    return {reason.value: str(reason.label) for reason in Reason}


def _kinds(values: Sequence[Any]) -> dict[Any, str]:
    return {kind.value: str(kind.label) for kind in Kind}


DIMENSIONS: dict[str, Dimension] = {
    "day": Dimension(gettext_lazy("By day"), "day", _days),
    "shop": Dimension(gettext_lazy("By shop"), "shop", _shops),
    "item": Dimension(gettext_lazy("By item"), "item_id", _items),
    "agent": Dimension(gettext_lazy("By agent"), "agent_id", _agents),
    "carrier": Dimension(gettext_lazy("By carrier"), "carrier", _carriers),
    "reason": Dimension(gettext_lazy("By reason"), "reason", _reasons),
    "kind": Dimension(pgettext_lazy("figures", "By kind"), "kind", _kinds),
}


def value_of(figure: Figure, totals: Totals) -> float | int | None:
    """Work a figure out: a share between 0 and 1 or above, hours, fen or a number; None where nothing is below."""
    facts, amount = totals.get(figure.above, (0, 0))
    if figure.unit == Unit.COUNT:
        return facts
    if figure.unit == Unit.FEN:
        return amount
    if figure.unit == Unit.HOURS:
        return amount / facts / 3600 if facts else None
    below = totals.get(str(figure.below), (0, 0))[0]
    return facts / below if below else None


@dataclass(frozen=True, slots=True)
class Card:
    """One figure of the days, and what it was in as many days before."""

    key: str
    figure: Figure
    now: float | int | None
    before: float | int | None

    @property
    def worse(self) -> bool | None:
        """Whether it changed to the bad; none where it did not, or neither is bad."""
        if self.figure.bad is None or self.now is None or self.before is None or self.now == self.before:
            return None
        return (self.now > self.before) == self.figure.bad


@dataclass(frozen=True, slots=True)
class Line:
    """The totals of one value of a dimension."""

    key: str
    label: str
    totals: Totals


def _whole() -> QuerySet[DaySum]:
    """Give the sums that are not broken down: few rows for each day and shop."""
    return DaySum.objects.filter(axis="", measure__in=MEASURES)


def cards(actor: Actor, days: Days) -> list[Card]:
    """Give every figure of the days with its former value; one statement over the sums of days."""
    now = Q(day__gte=days.since, day__lte=days.until)
    before = Q(day__gte=days.before.since, day__lte=days.before.until)
    wanted = {
        f"{name}_{what}": Sum(what, filter=when, default=0)
        for name, when in (("now", now), ("before", before))
        for what in ("facts", "amount")
    }
    sums = actor.visible(_whole().filter(now | before))
    grouped: Any = sums.values("measure").annotate(**wanted)
    rows = list(grouped)
    totals = {
        name: {row["measure"]: (row[f"{name}_facts"], row[f"{name}_amount"]) for row in rows}
        for name in ("now", "before")
    }
    return [
        Card(key, figure, value_of(figure, totals["now"]), value_of(figure, totals["before"]))
        for key, figure in FIGURES.items()
    ]


def lines(actor: Actor, days: Days, by: str) -> list[Line]:
    """Break the sums of the days down; three statements at most. Days stand the last first, others the biggest."""
    dimension = DIMENSIONS[by]
    column = dimension.column
    kept: QuerySet[Any] = _whole() if by in ("day", "shop") else KeptSum.objects.all()
    sums = actor.visible(kept.filter(day__gte=days.since, day__lte=days.until))
    if by == "day":
        values = list(sums.order_by("-day").values_list("day", flat=True).distinct()[:MOST_DAYS])
    else:
        biggest = sums.values(column).annotate(all=Sum("facts")).order_by("-all", column)
        values = [row[column] for row in biggest[:MOST_LINES]]
    found = totals_of(sums, column, values)
    words = dimension.words(values)
    return [Line(str(value), words.get(value, str(value or "—")), totals) for value, totals in found.items() if totals]


def totals_of(sums: QuerySet[KeptSum], column: str, values: Sequence[Any]) -> dict[Any, dict[str, tuple[int, int]]]:
    """Add the sums up by these values of a column and by measure; one statement."""
    found: dict[Any, dict[str, tuple[int, int]]] = {value: {} for value in values}
    rows = sums.filter(**{f"{column}__in": values}).values(column, "measure")
    for row in rows.annotate(facts_all=Sum("facts"), amount_all=Sum("amount")):
        found[row[column]][row["measure"]] = (row["facts_all"], row["amount_all"])
    return found


def changes_waiting() -> bool:
    """Tell whether something has changed that is not in the sums yet; one statement."""
    return Mark.objects.exists()


def case_rows(
    actor: Actor,
    days: Days,
    measure: str,
    *,
    by: str = "",
    key: str = "",
    detail: str = "",
    weekday: int | None = None,
) -> QuerySet[Fact]:
    """Give the facts behind a number, unordered; of one value of a dimension where `by` names one.

    `detail` and `weekday` (1 is Monday) narrow them to an element of a chart.
    """
    facts = Fact.objects.filter(measure=measure, day__gte=days.since, day__lte=days.until)
    if detail:
        facts = facts.filter(detail=detail)
    if weekday:
        facts = facts.filter(day__iso_week_day=weekday)
    rows: QuerySet[Fact] = actor.visible(facts.select_related("shop"))
    if not by:
        return rows
    column = DIMENSIONS[by].column
    if by in ("shop", "agent"):
        return rows.filter(**{column: int(key)}) if key.isascii() and key.isdecimal() and len(key) < 18 else rows.none()
    if by == "day":
        try:
            return rows.filter(day=date.fromisoformat(key))
        except ValueError:
            return rows.none()
    return rows.filter(**{column: key})


@dataclass(frozen=True, slots=True)
class Case:
    """A fact with the number of its case and where that is looked at."""

    fact: Fact
    number: str
    url: str

    @property
    def amount(self) -> dict[str, int]:
        """Give the amount in its unit: fen, or hours of what took time; nothing for what is only counted."""
        measure = self.fact.measure
        if measure in (Measure.DECIDED, Measure.COMPLETED):
            return {"minutes": self.fact.amount // 60}
        return {"fen": self.fact.amount} if self.fact.amount else {}


def cases(facts: Sequence[Fact]) -> list[Case]:
    """Name the cases of a page of facts; one statement for each kind of case on it."""
    ids: dict[str, list[int]] = {}
    for fact in facts:
        ids.setdefault(fact.subject_kind, []).append(fact.subject_id)
    named: dict[tuple[str, int], tuple[str, str]] = {}
    for kind, (rows, number, route) in _numbers().items():
        if kind in ids:
            for pk, no in rows.filter(pk__in=ids[kind]).values_list("pk", number):
                named[kind, pk] = (no, reverse(route, args=[no]))
    found = []
    for fact in facts:
        number, url = named.get((fact.subject_kind, fact.subject_id), ("—", ""))
        found.append(Case(fact, number, f"{url}?shop={fact.shop.code}" if fact.subject_kind == "order" else url))
    return found


def _numbers() -> dict[str, tuple[QuerySet[Any], str, str]]:
    return {
        "order": (Order.objects.all(), "order_no", "tickets:order_detail"),
        "refund": (Refund.objects.all(), "refund_no", "tickets:request_detail"),
        "dispute": (Dispute.objects.all(), "refund__refund_no", "tickets:request_detail"),
        "payout": (Payout.objects.all(), "payout_no", "refunds:payout"),
        "claim": (Claim.objects.all(), "claim_no", "logistics:claim"),
    }
