"""Figures and thresholds as plain data for programs (RPT-1, RPT-2)."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from aftersales.core import errors
from aftersales.core.auth import Actor, grant
from aftersales.core.machine import BUYER, FINANCE, SUPERVISOR
from aftersales.core.models import Role, Shop, User
from reports.models import Sum as KeptSum
from reports.states import FIGURES, Unit

from . import campaign
from .figures import DIMENSIONS, Days, Totals, totals_of, value_of

READ = "reports.read"
grant(READ, [SUPERVISOR, FINANCE, Role.GOODS, Role.ADMIN, BUYER])
COLUMNS = {name: "shop_id" if name == "shop" else each.column for name, each in DIMENSIONS.items()}
"""What the rows of a dimension are told apart and paged by."""


def figure_rows(actor: Actor, *, shop: str, by: str, since: date, until: date) -> QuerySet[KeptSum, dict[str, Any]]:
    """Return what `figures_as_json` takes, one row for each value, unordered.

    Raises: Forbidden; Invalid where the front-end asks who of the staff did what.
    """
    actor.require(READ)
    if by == "agent" and not actor.is_staff:
        text = _("Who of the staff did what is not told to the front-end. Ask by another dimension.")
        raise errors.Invalid(errors=[errors.FieldError("by", "staff_only", text)])
    rows: Any = sums_of(actor, shop, Days(since, until)).values(COLUMNS[by]).distinct()
    return rows  # type: ignore[no-any-return]


def sums_of(actor: Actor, shop: str, days: Days) -> QuerySet[KeptSum]:
    """Give the sums of the days, of one shop where its code is given."""
    sums: QuerySet[KeptSum] = actor.visible(KeptSum.objects.filter(day__gte=days.since, day__lte=days.until))
    return sums.filter(shop__code=shop) if shop else sums


def figures_as_json(
    actor: Actor, rows: Sequence[Mapping[str, Any]], *, shop: str, by: str, since: date, until: date
) -> list[dict[str, Any]]:
    """Give the figures of these values; two statements at most."""
    column = COLUMNS[by]
    values = [row[column] for row in rows]
    found = totals_of(sums_of(actor, shop, Days(since, until)), column, values)
    words, keys = DIMENSIONS[by].words(values), _keys(by, values)
    return [
        {
            "by": by,
            "key": keys.get(value, str(value)),
            "label": words.get(value, str(value or "—")),
            "figures": _figures(found[value]),
        }
        for value in values
    ]


def _keys(by: str, values: Sequence[Any]) -> dict[Any, str]:
    if by == "shop":
        return dict(Shop.objects.filter(pk__in=values).values_list("pk", "code"))
    if by == "agent":
        return dict(User.objects.filter(pk__in=values).values_list("pk", "username")) | {0: ""}
    return {}


def _figures(totals: Totals) -> list[dict[str, Any]]:
    found = []
    for key, figure in FIGURES.items():
        value, money = value_of(figure, totals), figure.unit == Unit.FEN
        found.append(
            {
                "figure": key,
                "unit": figure.unit.value,
                "value": None if value is None or money else round(value, 6),
                "value_fen": value if money else None,
                "counted": totals.get(figure.above, (0, 0))[0],
                "of": totals.get(figure.below, (0, 0))[0] if figure.below else None,
                "definition": str(figure.words),
            }
        )
    return found


def thresholds_document(actor: Actor, *, shop: str = "") -> dict[str, Any]:
    """Give the thresholds of the shops that the caller sees, or of one. Raises: Forbidden."""
    actor.require(READ)
    found = [one for one in campaign.standings(actor) if shop in ("", one.shop.code)]
    return {"results": [_threshold(one) for one in found]}


def _threshold(standing: campaign.Standing) -> dict[str, Any]:
    outlook = standing.outlook
    shares = {name: getattr(outlook, name) for name in ("now", "best", "expected", "worst")}
    return {
        "shop": standing.shop.code,
        "figure": standing.threshold.figure,
        "limit": outlook.limit / 10_000,
        "level": outlook.level.value,
        "more_until_broken": outlook.left,
        "days": standing.days,
        "forecast_on": standing.ends,
        "open_cases": outlook.open,
        "tipping": outlook.tips,
        **{name: None if value is None else round(value, 6) for name, value in shares.items()},
    }
