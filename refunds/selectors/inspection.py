"""What the bench looks at for the goods of a line, and how what it found is told."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from aftersales.core import policies
from orders.models import OrderLine
from refunds.models import InspectionLine
from refunds.states.inspection import Check, Damage, Disposition

ELSEWHERE = "*"


def checks_for(line: OrderLine, shop_id: int) -> tuple[str, ...]:
    """Give what makes these goods fit to be sold again (RET-2, LAW-1).

    The first row of the setting that knows the beginning of the line's category, else of its goods number.
    """
    rows: list[dict[str, Any]] = policies.get("inspection.checks", shop_id=shop_id)
    for text in (line.category, line.goods_no):
        for row in rows:
            if text and any(text.casefold().startswith(known.casefold()) for known in row["known_by"]):
                return tuple(row["checks"])
    return next((tuple(row["checks"]) for row in rows if ELSEWHERE in row["known_by"]), ())


def shelves(goods_nos: Iterable[str], shop_id: int) -> dict[str, str]:
    """Say for goods numbers on which shelf each was put last. One statement."""
    put = InspectionLine.objects.filter(
        inspection__refund__shop=shop_id, order_line__goods_no__in=set(goods_nos) - {""}
    ).exclude(location="")
    last = put.order_by("order_line__goods_no", "-id").distinct("order_line__goods_no")
    return dict(last.values_list("order_line__goods_no", "location"))


def said(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Put the lines of an inspection into words: how many of how many, what was not in order, where they went."""
    return [{**row, "doubts": doubts(row), "goes": str(Disposition(row["disposition"]).label)} for row in rows]


def doubts(row: Mapping[str, Any]) -> list[str]:
    """Name what is not as it should be with a line, in the order in which it is looked at."""
    found = []
    if row["wrong_goods"]:
        found.append(_("other goods"))
    if row["found"] < row["expected"]:
        found.append(_("%(number)d missing") % {"number": row["expected"] - row["found"]})
    if row["found"] > row["expected"]:
        found.append(_("%(number)d too many") % {"number": row["found"] - row["expected"]})
    for name, fine in row["checks"].items():
        if not fine and name in Check.values:
            found.append(_("not in order: %(what)s") % {"what": Check(name).label})
    if row["damage"]:
        found.append(_("damaged: %(cause)s") % {"cause": Damage(row["damage"]).label})
    return found
