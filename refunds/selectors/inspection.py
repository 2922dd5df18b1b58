"""What the bench looks at for the goods of a line, and how what it found is told."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from aftersales.core import policies
from orders.models import OrderLine
from refunds.models import InspectionLine
from refunds.states.inspection import SHOWS, Check, Damage, Disposition, Finding

ELSEWHERE = "*"


def checks_for(line: OrderLine, shop_id: int) -> tuple[str, ...]:
    """Give what makes these goods fit to be sold again (RET-2, LAW-1).

    The first row of the setting that knows the beginning of the line's category, else of its goods number.
    """
    return _of_category(line, policies.get("inspection.checks", shop_id=shop_id), "checks")


def findings_for(line: OrderLine, shop_id: int) -> tuple[str, ...]:
    """Give what can be found of these goods that makes them not intact (LAW-1), found as `checks_for` finds its row."""
    return _of_category(line, policies.get("inspection.findings", shop_id=shop_id), "findings")


def _of_category(line: OrderLine, rows: Sequence[Mapping[str, Any]], column: str) -> tuple[str, ...]:
    for text in (line.category, line.goods_no):
        for row in rows:
            if text and any(text.casefold().startswith(known.casefold()) for known in row["known_by"]):
                return tuple(row[column])
    return next((tuple(row[column]) for row in rows if ELSEWHERE in row["known_by"]), ())


def finding_words(findings: Iterable[str]) -> list[str]:
    """Name findings, each once, in the order of the list."""
    there = set(findings)
    return [str(one.label) for one in Finding if one in there]


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
    found += finding_words(row["findings"])
    said = {SHOWS.get(Finding(name)) for name in row["findings"]}
    for name, fine in row["checks"].items():
        if not fine and name in Check.values and name not in said:
            found.append(_("not in order: %(what)s") % {"what": Check(name).label})
    if row["damage"]:
        found.append(_("damaged: %(cause)s") % {"cause": Damage(row["damage"]).label})
    return found
