"""What surveys have shown, and the answers behind each figure (SAT-1)."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from aftersales.core import keyset
from aftersales.core.views.access import looking_actor, open_to
from surveys.forms import DaysForm
from surveys.models import SurveyAnswer
from surveys.selectors import results as found

from .calls import LOOKERS

MARK_LABELS = SurveyAnswer.labels()


@require_safe
@open_to(*LOOKERS)
def results(request: HttpRequest) -> HttpResponse:
    """Show the figures of some days by agent, item or reason."""
    form = DaysForm(request.GET)
    context: dict[str, Any] = {"form": form, "marks": MARK_LABELS, "most": found.MOST_GROUPS}
    if not form.is_valid():
        return render(request, "surveys/results.html", context, status=422)
    by, words = form.cleaned_data["by"], form.words()
    lines, total = found.results(looking_actor(request), by, form.days())
    answers, here = reverse("surveys:answers"), reverse("surveys:results")

    def rows() -> list[tuple[found.Line, str]]:
        return [(line, f"{answers}?{urlencode(words | {'by': by, 'key': line.key})}") for line in lines]

    context |= {
        "form": DaysForm(words),
        "by": by,
        "label": found.GROUPS[by].label,
        "rows": rows(),
        "total": (total, f"{answers}?{urlencode(words)}"),
        "tabs": [
            {"key": key, "url": f"{here}?{urlencode(words | {'by': key})}", "label": group.label, "active": key == by}
            for key, group in found.GROUPS.items()
        ],
    }
    return render(request, "surveys/results.html", context)


@require_safe
@open_to(*LOOKERS)
def answers(request: HttpRequest) -> HttpResponse:
    """List the answers behind a figure, the newest first."""
    form = DaysForm(request.GET)
    if not form.is_valid():
        return render(request, "surveys/results.html", {"form": form, "marks": MARK_LABELS}, status=422)
    by = form.cleaned_data["by"] if request.GET.get("by") else ""
    rows = found.answer_rows(
        looking_actor(request), form.days(), by=by, key=form.cleaned_data["key"], low=form.cleaned_data["low"]
    )
    page = keyset.page(rows, request.GET, ("-id",))
    here = {**form.words(), **({"by": by, "key": form.cleaned_data["key"]} if by else {})}
    context = {
        "page": page,
        "rows": page.rows,
        "days": form.days(),
        "marks": MARK_LABELS,
        "low": form.cleaned_data["low"],
        "all_url": f"?{urlencode(here)}",
        "low_url": f"?{urlencode(here | {'low': 'on'})}",
        "back": f"{reverse('surveys:results')}?{urlencode(form.words() | ({'by': by} if by else {}))}",
    }
    return render(request, "surveys/answers.html", context)
