"""What the charts show, read from the sums of days alone: four statements whatever the days are (RPT-1)."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Q, Sum
from django.db.models.functions import ExtractIsoWeekDay
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from aftersales.core.auth import Actor
from logistics.selectors import carrier_names
from refunds.states import OPEN_STATES, REFUND, Reason
from reports.models import DaySum
from reports.states import FIGURES, Figure, Measure, Speed, Stage

from .figures import Days, Totals, value_of

WEEKDAYS: dict[int, str | Promise] = {
    1: _("Monday"),
    2: _("Tuesday"),
    3: _("Wednesday"),
    4: _("Thursday"),
    5: _("Friday"),
    6: _("Saturday"),
    7: _("Sunday"),
}
AGES: tuple[tuple[int, int | None, str | Promise], ...] = (
    (0, 1, _("today and yesterday")),
    (2, 3, _("2 to 3 days")),
    (4, 7, _("4 to 7 days")),
    (8, 15, _("8 to 15 days")),
    (16, 30, _("16 to 30 days")),
    (31, None, _("31 days or more")),
)
"""Ages of open requests: days since they were asked, from and to, both counted."""
FIRST_DAY = date(2000, 1, 1)
ORDER = [*map(str, OPEN_STATES), *(str(state) for state in REFUND.labels if state not in OPEN_STATES)]
"""The states as requests come through them, the ends last: a step to an earlier one leads back."""
MONEY = (Measure.REFUNDED, Measure.PAYOUT_PAID, Measure.CLAIM_PAID)
DAYS_BY_DAY, DAYS_BY_WEEK = 45, 200
"""Up to so many days money is shown by day, then by week, then by month."""
TREND_BY_DAY = 100
"""Up to so many days a trend is shown by day, then by week."""


def detail_words(measure: str, detail: str) -> str:
    """Say what a detail of a measure means; what nobody knows is said as it is."""
    if measure == Measure.ASKED:
        return f"{detail}:00"
    if measure == Measure.STEP:
        return " → ".join(state_words(state) for state in detail.split(">", 1))
    known: Mapping[str, Any] = REFUND.labels
    if measure == Measure.DECIDED:
        known = dict(Speed.choices)
    elif measure == Measure.REACHED:
        known = dict(Stage.choices)
    return str(known.get(detail, detail))


def state_words(state: str) -> str:
    """Name a state; the empty one is before the first."""
    return str(REFUND.labels.get(state, state) if state else pgettext_lazy("figures", "New"))


@dataclass(frozen=True, slots=True)
class Found:
    """Everything that the charts of some days need."""

    days: Days
    by_day: Mapping[date, Totals]
    """For the days and as many before them."""
    by_key: Mapping[tuple[str, str], Mapping[str, tuple[int, int]]]
    """By measure and axis: the keys, each with how many facts and what they amount to."""
    carriers: Mapping[str, str]
    """The names of the carriers among the keys."""
    hours: Mapping[tuple[int, str], int]
    """Requests asked by day of the week and hour."""
    ages: Sequence[Mapping[str, int]]
    """Open requests by age, each by state."""


def found(actor: Actor, days: Days, figure: Figure, today: date) -> Found:
    """Read the sums for every chart; four statements over few rows each, and one more for names of carriers."""
    by_day = _by_day(actor, days, {figure.above, *([figure.below] if figure.below else []), *MONEY, Measure.ASKED})
    by_key = _by_key(actor, days)
    carriers = carrier_names({key for (_measure, axis), keys in by_key.items() if axis == "carrier" for key in keys})
    return Found(days, by_day, by_key, carriers, _hours(actor, days), _ages(actor, today))


def _sums(actor: Actor, **wanted: Any) -> Any:
    return actor.visible(DaySum.objects.filter(**wanted))


def _by_day(actor: Actor, days: Days, measures: Iterable[Measure]) -> dict[date, dict[str, tuple[int, int]]]:
    rows = _sums(
        actor,
        measure__in=sorted({measure.value for measure in measures}),
        axis="",
        day__gte=days.before.since,
        day__lte=days.until,
    )
    found: dict[date, dict[str, tuple[int, int]]] = defaultdict(dict)
    for row in rows.values("day", "measure").annotate(many=Sum("facts"), much=Sum("amount")):
        found[row["day"]][row["measure"]] = (row["many"], row["much"])
    return found


def _by_key(actor: Actor, days: Days) -> dict[tuple[str, str], dict[str, tuple[int, int]]]:
    wanted = (
        Q(axis="detail", measure__in=[Measure.STEP, Measure.DECIDED, Measure.LATE, Measure.REACHED])
        | Q(axis="reason", measure=Measure.ASKED)
        | Q(axis="carrier", measure__in=[Measure.CLAIM_MADE, Measure.CLAIM_PAID])
    )
    rows = _sums(actor, day__gte=days.since, day__lte=days.until).filter(wanted)
    found: dict[tuple[str, str], dict[str, tuple[int, int]]] = defaultdict(dict)
    for row in rows.values("measure", "axis", "key").annotate(many=Sum("facts"), much=Sum("amount")):
        found[row["measure"], row["axis"]][row["key"]] = (row["many"], row["much"])
    return found


def _hours(actor: Actor, days: Days) -> dict[tuple[int, str], int]:
    rows = _sums(actor, measure=Measure.ASKED, axis="detail", day__gte=days.since, day__lte=days.until)
    by_hour = rows.annotate(weekday=ExtractIsoWeekDay("day")).values("weekday", "key").annotate(many=Sum("facts"))
    return {(row["weekday"], row["key"]): row["many"] for row in by_hour}


def _ages(actor: Actor, today: date) -> list[dict[str, int]]:
    ages: list[dict[str, int]] = [defaultdict(int) for _age in AGES]
    spans = {f"age_{n}": Sum("facts", filter=_asked_within(n, today), default=0) for n in range(len(AGES))}
    for row in _sums(actor, measure=Measure.OPEN, axis="detail").values("key").annotate(**spans):
        for n, age in enumerate(ages):
            age[row["key"]] += row[f"age_{n}"]
    return ages


def age_days(number: int, today: date) -> Days:
    """Give the days on which requests of this age were asked."""
    youngest, oldest, _words = AGES[number]
    since = FIRST_DAY if oldest is None else today - timedelta(days=oldest)
    return Days(since, today - timedelta(days=youngest))


def _asked_within(number: int, today: date) -> Q:
    days = age_days(number, today)
    return Q(day__gte=days.since, day__lte=days.until)


def spans(days: Days, *, by_day: int = DAYS_BY_DAY, by_week: int = DAYS_BY_WEEK) -> list[Days]:
    """Divide days for bars that can still be told apart: each day, or weeks from Monday, or calendar months."""
    length = (days.until - days.since).days + 1
    found: list[Days] = []
    day = days.since
    while day <= days.until:
        if length <= by_day:
            last = day
        elif length <= by_week:
            last = day + timedelta(days=6 - day.weekday())
        else:
            last = (day.replace(day=1) + timedelta(days=32)).replace(day=1) - timedelta(days=1)
        found.append(Days(day, min(last, days.until)))
        day = last + timedelta(days=1)
    return found


def trend(facts: Found, figure: Figure) -> list[tuple[Days, Days, float | int | None, float | int | None]]:
    """Give a figure by day or week: the span, the one as many days before as the days are long, and both values."""
    length = facts.days.since - facts.days.before.since
    rows = []
    for span in spans(facts.days, by_day=TREND_BY_DAY, by_week=(facts.days.until - facts.days.since).days + 1):
        before = Days(span.since - length, span.until - length)
        rows.append((span, before, value_of(figure, _total(facts, span)), value_of(figure, _total(facts, before))))
    return rows


def _total(facts: Found, span: Days) -> Totals:
    found: dict[str, tuple[int, int]] = defaultdict(lambda: (0, 0))
    for day in every_day(span):
        for measure, (many, much) in facts.by_day.get(day, {}).items():
            found[measure] = (found[measure][0] + many, found[measure][1] + much)
    return found


def every_day(days: Days) -> list[date]:
    """Give the days one by one."""
    return [days.since + timedelta(days=number) for number in range((days.until - days.since).days + 1)]


def money(facts: Found) -> list[tuple[Days, list[int]]]:
    """Give the fen of each span: refunded, paid out, recovered."""
    rows = []
    for span in spans(facts.days):
        total = _total(facts, span)
        rows.append((span, [total.get(measure, (0, 0))[1] for measure in MONEY]))
    return rows


def asked(facts: Found) -> int:
    """Give how many requests were asked on the days."""
    return _total(facts, facts.days).get(Measure.ASKED, (0, 0))[0]


def reasons(facts: Found) -> list[tuple[str, str, int, float]]:
    """Give the buyers' reasons, the most frequent first: key, words, how many, and the share of all up to here."""
    counted = sorted(facts.by_key.get((Measure.ASKED, "reason"), {}).items(), key=lambda each: (-each[1][0], each[0]))
    words, whole = {reason.value: str(reason.label) for reason in Reason}, sum(many for _key, (many, _much) in counted)
    rows, so_far = [], 0
    for key, (many, _much) in counted:
        so_far += many
        rows.append((key, words.get(key, key), many, so_far / whole))
    return rows


def steps(facts: Found) -> list[tuple[str, str, int, bool]]:
    """Give the steps that requests took: from, to, how many requests, and whether it leads back."""
    taken = []
    for key, (many, _much) in facts.by_key.get((Measure.STEP, "detail"), {}).items():
        source, target = key.split(">", 1)
        taken.append((source, target, many, _rank(target) <= _rank(source)))
    return sorted(taken, key=lambda step: (_rank(step[0]), _rank(step[1])))


def _rank(state: str) -> int:
    return ORDER.index(state) if state in ORDER else -1


def figure_of(key: str) -> Figure:
    """Give the figure whose trend is shown."""
    return FIGURES[key or "refund_rate"]


def open_states(facts: Found) -> list[str]:
    """Give the states in which requests are open now, in the order of the machine."""
    return [state for state in map(str, OPEN_STATES) if any(age.get(state) for age in facts.ages)]
