"""What campaigns ask for: every threshold of every shop, and the open cases that may break one (RPT-2)."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from aftersales.core import keyset
from aftersales.core.auth import Actor
from aftersales.core.machine import FINANCE, SUPERVISOR
from aftersales.core.models import Role
from aftersales.core.views.access import looking_actor, open_to
from reports.selectors import campaign
from reports.states import Level
from tickets.selectors.thresholds import Limited

from .words import said

LOOKERS = (SUPERVISOR, FINANCE, Role.GOODS.value, Role.ADMIN.value)
_LEVELS = {Level.OVER: "late", Level.LIKELY: "late", Level.POSSIBLE: "soon", Level.WITHIN: ""}
"""The colour of each."""


def threshold_rows(standings: Iterable[campaign.Standing]) -> list[dict[str, Any]]:
    """Give the thresholds as a table shows them."""
    return [_row(standing) for standing in standings]


def _row(standing: campaign.Standing) -> dict[str, Any]:
    outlook, figure = standing.outlook, standing.figure
    return {
        "shop": standing.shop.name,
        "name": figure.name,
        "words": figure.words,
        "cases": standing.threshold.cases,
        "days": standing.days,
        "ends": standing.ends,
        "level": outlook.level,
        "colour": _LEVELS[outlook.level],
        "label": outlook.level.label,
        "limit": said(figure, outlook.limit / 10_000),
        "now": said(figure, outlook.now),
        "best": said(figure, outlook.best),
        "expected": said(figure, outlook.expected),
        "worst": said(figure, outlook.worst),
        "share": f"{100 * outlook.share:.0f} %",
        "left": outlook.left,
        "open": outlook.open,
        "tips": outlook.tips,
        "url": f"{reverse('reports:tipping', args=[standing.key])}?{urlencode({'shop': standing.shop.code})}",
    }


def limits_of_shop(shop_id: int) -> dict[str, Limited]:
    """Give the thresholds of a shop in words, by the figure that each limits; four statements."""
    found = campaign.standings_of_shop(shop_id)
    return {figure: _limited(standing) for figure, standing in found.items()}


def limits_pressing(actor: Actor) -> list[Limited]:
    """Give what is broken, or may be by the cases that are open, the worst first."""
    found = campaign.standings(actor)
    return [_limited(standing) for standing in found if standing.outlook.level != Level.WITHIN]


def _limited(standing: campaign.Standing) -> Limited:
    row = _row(standing)
    words = {name: str(row[name]) for name in ("shop", "name", "now", "limit", "label", "colour", "url")}
    return Limited(left=row["left"], **words)


@require_safe
@open_to(*LOOKERS)
def thresholds(request: HttpRequest) -> HttpResponse:
    """Show every threshold, the worst first."""
    rows = threshold_rows(campaign.standings(looking_actor(request)))
    return render(request, "reports/thresholds.html", {"thresholds": rows})


@require_safe
@open_to(*LOOKERS)
def tipping(request: HttpRequest, figure: str) -> HttpResponse:
    """List the open cases that may break one threshold of a shop, those that end first at the top."""
    actor = looking_actor(request)
    standing = campaign.standing_get(actor, figure, request.GET.get("shop", ""))
    page = keyset.page(campaign.open_cases(actor, figure, standing.shop), request.GET, ("urgent_at", "id"))
    return render(request, "reports/tipping.html", {"row": _row(standing), "page": page, "cases": page.rows})
