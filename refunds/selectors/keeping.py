"""What came of offering an exchange instead of a return: each attempt with its outcome (DEC-5).

Nothing of it is kept twice: the attempt is a proposal, its outcome the proposal's end, and the sale is saved when the
exchange that it led to has arrived.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from django.db import connection

from aftersales.core import clock, policies
from refunds.models import Refund
from refunds.states import ExchangeStatus, Kind
from refunds.states.keeping import OUTCOMES, KeepOutcome, may_keep_sale

LOOKED_AT = 300
"""So many lines that an item was sold on last are looked at."""
MOST_SHOWN = 6

# The last lines of the item from the index, then which other goods were among them.
_ALTERNATIVES = """
SELECT s.sku, count(*) AS orders, max(s.created_at) AS sold_at,
       (array_agg(s.unit_price_fen ORDER BY s.id DESC))[1] AS unit_price_fen
FROM refunds_refundline x JOIN orders_orderline mine ON mine.id = x.order_line_id
CROSS JOIN LATERAL (
  SELECT l.id, l.sku, l.unit_price_fen, o.created_at
  FROM orders_orderline l JOIN orders_order o ON o.id = l.order_id
  WHERE l.item_id = mine.item_id AND l.item_id <> '' AND o.shop_id = %(shop)s ORDER BY l.id DESC LIMIT %(looked_at)s) s
WHERE x.refund_id = %(refund)s AND x.quantity > 0 AND mine.item_id <> ''
  AND s.sku NOT IN ('', mine.sku) AND s.created_at >= %(since)s
GROUP BY s.sku ORDER BY count(*) DESC, s.sku LIMIT %(most)s"""


def alternatives(refund: Refund) -> list[dict[str, Any]]:
    """Give other sizes and colours of the item that is to come back, those sold most often first; one statement.

    They come from the shop's own orders of the last days (a policy): what was sold lately can be sent, most likely.
    Whether it is in stock nobody here knows. Nothing where no exchange is to be offered.
    """
    if not may_keep_sale(refund):
        return []
    values = {
        "refund": refund.pk,
        "shop": refund.shop_id,
        "since": clock.now() - timedelta(days=sold_within(refund)),
        "looked_at": LOOKED_AT,
        "most": MOST_SHOWN,
    }
    with connection.cursor() as cursor:
        cursor.execute(_ALTERNATIVES, values)
        names = [column.name for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def sold_within(refund: Refund) -> int:
    """Say how many days back a sale still counts as lately."""
    days: int = policies.get("refund.keep_sale_days", shop_id=refund.shop_id)
    return days


def attempts(refund: Refund, proposals: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Give the attempts among the proposals of a request, newest first, each with its outcome and what it saved."""
    kept = [row for row in proposals if row["keeps_sale"]]
    taken = max((row["number"] for row in kept if OUTCOMES[row["status"]] == KeepOutcome.ACCEPTED), default=None)
    return [
        {**row, "outcome": OUTCOMES[row["status"]], "saved": saved(refund) if row["number"] == taken else False}
        for row in kept
    ]


def saved(refund: Refund) -> bool | None:
    """Say of a request whose buyer accepted an exchange whether the sale was saved; None while it is not yet known."""
    if refund.is_open:
        return None
    return refund.kind == Kind.EXCHANGE and refund.status == ExchangeStatus.SUCCESS
