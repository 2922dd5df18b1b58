"""The charts of some days: each a drawing and the table that it is drawn from, each number with its cases (RPT-1)."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from aftersales.core import clock
from aftersales.core.views.access import looking_actor, open_to
from reports.forms import FiguresForm
from reports.selectors import charts as found
from reports.selectors.figures import Days, changes_waiting
from reports.states import FIGURES, Figure, Measure, Speed, Stage, Unit

from .campaign import LOOKERS
from .words import said


@dataclass(frozen=True, slots=True)
class Series:
    """One row of a drawing, one column of its table. Values are numbers, `says` what people read of each."""

    name: str
    values: list[float | int | None]
    says: list[str]
    urls: list[str]
    line: bool = False


@dataclass(frozen=True, slots=True)
class Chart:
    """A drawing and its table. `links` are the ends of each value of a flow."""

    key: str
    kind: str
    name: str
    words: str
    head: str
    labels: list[str]
    series: list[Series]
    unit: Unit = Unit.COUNT
    links: list[tuple[str, str]] = field(default_factory=list)

    @property
    def columns(self) -> list[str]:
        """Give the heads of the table's columns; what is stacked has a line for each series, as they may be many."""
        return self.labels if self.kind == "stack" else [each.name for each in self.series]

    @property
    def rows(self) -> list[tuple[str, list[tuple[str, str, bool]]]]:
        """Give the lines of the table: the label, and each cell as what is read, its cases, and whether it has any."""

        def cell(each: Series, n: int) -> tuple[str, str, bool]:
            return each.says[n], each.urls[n], bool(each.values[n])

        places = range(len(self.labels))
        if self.kind == "stack":
            return [(each.name, [cell(each, n) for n in places]) for each in self.series]
        return [(self.labels[n], [cell(each, n) for each in self.series]) for n in places]

    @property
    def empty(self) -> bool:
        """Whether there is nothing to draw."""
        return not any(value for each in self.series for value in each.values)

    def data(self) -> dict[str, Any]:
        """Give what the script draws from."""
        return asdict(self)


@require_safe
@open_to(*LOOKERS)
def charts(request: HttpRequest) -> HttpResponse:
    """Show the figures of some days as drawings with their tables."""
    form = FiguresForm(request.GET)
    if not form.is_valid():
        return render(request, "reports/charts.html", {"form": form}, status=422)
    days, words = form.days(), form.words()
    key = form.cleaned_data["trend"] or "refund_rate"
    today = clock.shanghai_day(clock.now())
    facts = found.found(looking_actor(request), days, FIGURES[key], today)
    drawn = [
        _trend(facts, FIGURES[key]),
        _reasons(facts),
        _funnel(facts),
        _steps(facts),
        _ages(facts, today),
        _speed(facts),
        _late(facts),
        _hours(facts),
        _money(facts),
        _carriers(facts),
    ]
    context = {
        "form": FiguresForm(words | {"trend": key}),
        "as_of": clock.now(),
        "waiting": changes_waiting(),
        "charts": drawn,
        "data": [chart.data() for chart in drawn if not chart.empty],
        "figures": f"{reverse('reports:reports')}?{urlencode(words)}",
        "days": days,
    }
    return render(request, "reports/charts.html", context)


def _url(days: Days, measure: Measure, **more: Any) -> str:
    words = {"since": days.since.isoformat(), "until": days.until.isoformat(), "measure": measure.value} | more
    return f"{reverse('reports:cases')}?{urlencode(words)}"


def _counts(name: str | Promise, values: Sequence[int], urls: list[str]) -> Series:
    return Series(str(name), list(values), [f"{value:,}" for value in values], urls)


def _yuan(name: str | Promise, values: Sequence[int], urls: list[str]) -> Series:
    return Series(str(name), [value / 100 for value in values], [f"¥{value / 100:,.2f}" for value in values], urls)


def _trend(facts: found.Found, figure: Figure) -> Chart:
    points = found.trend(facts, figure)
    scale = {Unit.RATE: 100, Unit.FEN: 0.01}.get(figure.unit, 1)

    def series(name: str, values: list[tuple[Days, float | int | None]]) -> Series:
        drawn = [None if value is None else round(value * scale, 4) for _span, value in values]
        urls = [_url(span, figure.above) for span, _value in values]
        return Series(name, drawn, [said(figure, value) for _span, value in values], urls, line=True)

    return Chart(
        "trend",
        "trend",
        _("Trend: %(figure)s") % {"figure": figure.name},
        str(figure.words),
        pgettext("figures", "Day"),
        [_span_words(span) for span, *_rest in points],
        [
            series(_("These days"), [(span, now) for span, _earlier, now, _before in points]),
            series(_("As many days before"), [(earlier, before) for _span, earlier, _now, before in points]),
        ],
        figure.unit,
    )


def _reasons(facts: found.Found) -> Chart:
    rows = found.reasons(facts)
    urls = [_url(facts.days, Measure.ASKED, by="reason", key=key) for key, *_rest in rows]
    shares = [round(100 * share, 2) for *_rest, share in rows]
    return Chart(
        "reasons",
        "pareto",
        _("Reasons"),
        _("Requests asked by the reason that the buyer chose, the most frequent first, and the share of all up to it."),
        _("Reason"),
        [words for _key, words, _many, _share in rows],
        [
            _counts(_("Requests asked"), [many for _key, _words, many, _share in rows], urls),
            Series(_("Share up to here"), [*shares], [f"{share:.1f} %" for share in shares], urls, line=True),
        ],
    )


def _funnel(facts: found.Found) -> Chart:
    reached = facts.by_key.get((Measure.REACHED, "detail"), {})
    asked = found.asked(facts)
    values = [asked, *(reached.get(stage.value, (0, 0))[0] for stage in Stage)]
    urls = [
        _url(facts.days, Measure.ASKED),
        *(_url(facts.days, Measure.REACHED, detail=stage.value) for stage in Stage),
    ]
    shares = [100 * value / asked if asked else 0.0 for value in values]
    return Chart(
        "funnel",
        "funnel",
        _("How far requests came"),
        _(
            "Of the requests asked on these days, how many have been decided, have succeeded, and have succeeded "
            "without the platform or the clock, until now. One that an exchange turned into does not count by itself."
        ),
        _("Stage"),
        [str(Measure.ASKED.label), *(str(stage.label) for stage in Stage)],
        [
            _counts(_("Requests"), values, urls),
            Series(_("Share"), [*shares], [f"{share:.1f} %" for share in shares], urls, line=True),
        ],
    )


def _steps(facts: found.Found) -> Chart:
    steps = found.steps(facts)
    back = _("back: %(state)s")
    ends = [
        (found.state_words(source), back % {"state": found.state_words(target)} if again else found.state_words(target))
        for source, target, _many, again in steps
    ]
    urls = [_url(facts.days, Measure.STEP, detail=f"{source}>{target}") for source, target, _many, _again in steps]
    return Chart(
        "steps",
        "sankey",
        _("Ways through the states"),
        _(
            "From which state to which requests went, each once by the day on which it first took the step. "
            "A way back to an earlier state ends in a block of its own."
        ),
        pgettext("figures", "Step"),
        [f"{source} → {target}" for source, target in ends],
        [_counts(_("Requests"), [many for _source, _target, many, _again in steps], urls)],
        links=ends,
    )


def _ages(facts: found.Found, today: date) -> Chart:
    states = found.open_states(facts)
    series = [
        _counts(
            found.state_words(state),
            [age.get(state, 0) for age in facts.ages],
            [_url(found.age_days(n, today), Measure.OPEN, detail=state) for n in range(len(found.AGES))],
        )
        for state in states
    ]
    return Chart(
        "ages",
        "stack",
        _("Age of open requests"),
        _("Requests that are open now, whatever days are chosen above, by state and by days since the buyer asked."),
        _("State"),
        [str(words) for _from, _to, words in found.AGES],
        series,
    )


def _speed(facts: found.Found) -> Chart:
    counted = facts.by_key.get((Measure.DECIDED, "detail"), {})
    return Chart(
        "speed",
        "bar",
        _("Time to first decision"),
        _("Requests by the time from the buyer's request to the first agreement or refusal, by its day."),
        _("Time"),
        [str(speed.label) for speed in Speed],
        [
            _counts(
                Measure.DECIDED.label,
                [counted.get(speed.value, (0, 0))[0] for speed in Speed],
                [_url(facts.days, Measure.DECIDED, detail=speed.value) for speed in Speed],
            )
        ],
    )


def _late(facts: found.Found) -> Chart:
    counted = sorted(facts.by_key.get((Measure.LATE, "detail"), {}).items(), key=lambda each: -each[1][0])
    return Chart(
        "late",
        "bar",
        _("Time ran out, by state"),
        _("Requests in which the clock took a step for the shop, by the state that they were in, once each."),
        _("State"),
        [found.state_words(state) for state, _many in counted],
        [
            _counts(
                Measure.LATE.label,
                [many for _state, (many, _much) in counted],
                [_url(facts.days, Measure.LATE, detail=state) for state, _many in counted],
            )
        ],
    )


def _hours(facts: found.Found) -> Chart:
    hours = [f"{hour:02}" for hour in range(24)]
    return Chart(
        "hours",
        "heat",
        _("Hours of requests"),
        _("Requests asked by day of the week and hour in Beijing."),
        _("Day of the week"),
        [str(words) for words in found.WEEKDAYS.values()],
        [
            _counts(
                hour,
                [facts.hours.get((weekday, hour), 0) for weekday in found.WEEKDAYS],
                [_url(facts.days, Measure.ASKED, detail=hour, weekday=weekday) for weekday in found.WEEKDAYS],
            )
            for hour in hours
        ],
    )


def _money(facts: found.Found) -> Chart:
    rows = found.money(facts)
    names = (Measure.REFUNDED, Measure.PAYOUT_PAID, Measure.CLAIM_PAID)
    return Chart(
        "money",
        "bars",
        _("Money out and recovered"),
        _("Refunds given and payouts paid, and what carriers paid for claims, by the day of each."),
        pgettext("figures", "Day"),
        [_span_words(span) for span, _amounts in rows],
        [
            _yuan(
                measure.label,
                [amounts[n] for _span, amounts in rows],
                [_url(span, measure) for span, _amounts in rows],
            )
            for n, measure in enumerate(names)
        ],
        Unit.FEN,
    )


def _span_words(span: Days) -> str:
    return str(span.since) if span.since == span.until else f"{span.since} – {span.until:%m-%d}"


def _carriers(facts: found.Found) -> Chart:
    made = facts.by_key.get((Measure.CLAIM_MADE, "carrier"), {})
    paid = facts.by_key.get((Measure.CLAIM_PAID, "carrier"), {})
    carriers = sorted({*made, *paid}, key=lambda carrier: (-made.get(carrier, (0, 0))[1], carrier))
    return Chart(
        "carriers",
        "bars",
        _("Claims by carrier"),
        _("What was claimed of each carrier and what it paid, by the day of each."),
        _("Carrier"),
        [facts.carriers[carrier] for carrier in carriers],
        [
            _yuan(
                measure.label,
                [amounts.get(carrier, (0, 0))[1] for carrier in carriers],
                [_url(facts.days, measure, by="carrier", key=carrier) for carrier in carriers],
            )
            for measure, amounts in ((Measure.CLAIM_MADE, made), (Measure.CLAIM_PAID, paid))
        ],
        Unit.FEN,
    )
