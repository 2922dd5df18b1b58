"""The figures of some days, and the cases behind each number (RPT-1)."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from aftersales.core import clock, keyset
from aftersales.core.views.access import looking_actor, open_to
from reports.forms import FiguresForm
from reports.selectors import campaign
from reports.selectors import figures as found
from reports.selectors.charts import WEEKDAYS, detail_words
from reports.states import FIGURES, Measure

from .campaign import LOOKERS, threshold_rows
from .words import said

RANGES = (7, 30, 90)
SHOWN = ("orders_paid", "refund_rate", "quality_rate", "dispute_rate", "refunded", "hours_to_completion")
"""Figures that have a column of the table."""
SHORT = 8
"""So many thresholds stand on the page, the worst first; the others have a page of their own."""


@require_safe
@open_to(*LOOKERS)
def reports(request: HttpRequest) -> HttpResponse:
    """Show the figures of some days against the days before, and broken down."""
    form = FiguresForm(request.GET)
    if not form.is_valid():
        return render(request, "reports/reports.html", {"form": form}, status=422)
    actor, days, words = looking_actor(request), form.days(), form.words()
    by = form.cleaned_data["by"] or "day"
    here, cases = reverse("reports:reports"), reverse("reports:cases")

    def link(measure: str, **more: str) -> str:
        return f"{cases}?{urlencode(words | {'measure': measure} | more)}"

    context = {
        "form": FiguresForm(words),
        "by": by,
        "export_url": f"{reverse('reports:export')}?{urlencode(words | {'by': by})}",
        "as_of": clock.now(),
        "thresholds": threshold_rows(campaign.standings(actor))[:SHORT],
        "waiting": found.changes_waiting(),
        "most": found.MOST_LINES,
        "charts": f"{reverse('reports:charts')}?{urlencode(words)}",
        "ranges": _ranges(here, by),
        "cards": [
            {
                "name": card.figure.name,
                "words": card.figure.words,
                "rule": card.figure.rule,
                "value": said(card.figure, card.now),
                "before": said(card.figure, card.before),
                "worse": card.worse,
                "url": link(card.figure.above),
            }
            for card in found.cards(actor, days)
        ],
        "label": found.DIMENSIONS[by].label,
        "columns": [FIGURES[key].name for key in SHOWN],
        "rows": _rows(found.lines(actor, days, by), by, link),
        "tabs": [
            {"key": key, "url": f"{here}?{urlencode(words | {'by': key})}", "label": each.label, "active": key == by}
            for key, each in found.DIMENSIONS.items()
        ],
    }
    return render(request, "reports/reports.html", context)


def _ranges(here: str, by: str) -> list[dict[str, Any]]:
    today = clock.shanghai_day(clock.now())
    since = {days: today - timedelta(days=days - 1) for days in RANGES}
    return [
        {"url": f"{here}?{urlencode({'since': first, 'until': today, 'by': by})}", "days": days}
        for days, first in since.items()
    ]


def _rows(lines: list[found.Line], by: str, link: Any) -> list[dict[str, Any]]:
    """Give the table: a bar for the requests of each line, the longest whole, and a cell for each figure."""
    counts = [line.totals.get(Measure.ASKED, (0, 0))[0] for line in lines]
    most = max(counts, default=0) or 1
    return [
        {
            "label": line.label,
            "asked": asked,
            "asked_url": link(Measure.ASKED.value, by=by, key=line.key),
            "bar": round(100 * asked / most),
            "cells": [
                (
                    said(FIGURES[key], found.value_of(FIGURES[key], line.totals)),
                    link(FIGURES[key].above.value, by=by, key=line.key),
                )
                for key in SHOWN
            ],
        }
        for line, asked in zip(lines, counts, strict=True)
    ]


@require_safe
@open_to(*LOOKERS)
def cases(request: HttpRequest) -> HttpResponse:
    """List the cases behind a number, the newest first."""
    form = FiguresForm(request.GET)
    if not form.is_valid():
        return render(request, "reports/reports.html", {"form": form}, status=422)
    by, key = form.cleaned_data["by"], form.cleaned_data["key"]
    measure = Measure(form.cleaned_data["measure"] or Measure.ASKED)
    detail, weekday = form.cleaned_data["detail"], form.cleaned_data["weekday"]
    rows = found.case_rows(
        looking_actor(request), form.days(), measure.value, by=by, key=key, detail=detail, weekday=weekday
    )
    page = keyset.page(rows, request.GET, ("-id",))
    from_chart = detail or weekday
    back = urlencode(form.words() | ({"by": by} if by and not from_chart else {}))
    context = {
        "page": page,
        "rows": found.cases(page.rows),
        "measure": measure.label,
        "narrowed": [*([WEEKDAYS[weekday]] if weekday else []), *([detail_words(measure, detail)] if detail else [])],
        "days": form.days(),
        "back": f"{reverse('reports:charts' if from_chart else 'reports:reports')}?{back}",
    }
    return render(request, "reports/cases.html", context)
