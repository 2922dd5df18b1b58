"""At what price the shop sold lately what a buyer wants in exchange, for whoever agrees on the difference (AMT-5)."""

from datetime import timedelta

from django.db import connection

from aftersales.core import clock
from refunds.models import Refund

from .keeping import LOOKED_AT, sold_within

_LATELY = """
SELECT mine.line_no, sold.unit_price_fen
FROM refunds_refundline x JOIN orders_orderline mine ON mine.id = x.order_line_id
CROSS JOIN LATERAL (
  SELECT s.unit_price_fen FROM (
    SELECT l.id, l.sku, l.unit_price_fen, o.created_at
    FROM orders_orderline l JOIN orders_order o ON o.id = l.order_id
    WHERE l.item_id = mine.item_id AND l.item_id <> '' AND o.shop_id = %(shop)s
    ORDER BY l.id DESC LIMIT %(looked_at)s) s
  WHERE s.sku = x.exchange_sku AND s.created_at >= %(since)s ORDER BY s.id DESC LIMIT 1) sold
WHERE x.refund_id = %(refund)s AND mine.item_id <> '' AND x.exchange_sku NOT IN ('', mine.sku)"""


def sold_lately_at(refund: Refund) -> dict[str, int]:
    """Give the price in fen of one unit of the goods wanted, before discounts, by line number, from their newest sale.

    Lines that want the same again, or what was not sold lately, are left out. One statement.
    """
    since = clock.now() - timedelta(days=sold_within(refund))
    values = {"refund": refund.pk, "shop": refund.shop_id, "since": since, "looked_at": LOOKED_AT}
    with connection.cursor() as cursor:
        cursor.execute(_LATELY, values)
        return dict(cursor.fetchall())
