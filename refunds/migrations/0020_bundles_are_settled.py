"""Requests keep how bundles and gifts were settled, and what is held back or let go on each line (AMT-3, LAW-3)."""

from importlib import import_module

from django.db import migrations, models
from django.db.models import Q

first = import_module("refunds.migrations.0004_invariants")
exchanges = import_module("refunds.migrations.0014_exchanges")
LINES, REQUESTS = "invariant_i2_lines", "invariant_i2_requests"
DROPPED = f"DROP VIEW {LINES};\nDROP VIEW {REQUESTS};"
VIEWS = {LINES: first.VIEWS[LINES], REQUESTS: exchanges.VIEWS[REQUESTS]}
BEFORE = "\n".join(first._create(name, *VIEWS[name]) for name in VIEWS)

LINES_BODY = """
SELECT 'line' AS subject_type, l.id AS subject_id, NULL::timestamptz AS since,
       format('share %s, promised %s (requests: %s), given back %s (%s), held back %s (%s), units %s (%s)',
              l.paid_share_fen, l.promised_fen, s.promised, l.refunded_fen, s.refunded, l.held_fen, s.held,
              l.returned_quantity, s.units) AS detail
FROM orders_orderline l CROSS JOIN LATERAL (
  SELECT coalesce(sum(rl.amount_fen) FILTER (WHERE r.status = 'WAIT_SYSTEM_TRANSFER'), 0) AS promised,
         coalesce(sum(rl.amount_fen) FILTER (WHERE r.status = 'SUCCESS'), 0) AS refunded,
         coalesce(sum(rl.held_fen) FILTER (WHERE r.status IN ('WAIT_SYSTEM_TRANSFER', 'SUCCESS')), 0) AS held,
         coalesce(sum(rl.quantity) FILTER (
           WHERE rl.takes_units AND r.status IN ('WAIT_SYSTEM_TRANSFER', 'SUCCESS')), 0) AS units
  FROM refunds_refundline rl JOIN refunds_refund r ON r.id = rl.refund_id WHERE rl.order_line_id = l.id) s
WHERE l.promised_fen + l.refunded_fen + l.held_fen > l.paid_share_fen OR l.returned_quantity > l.quantity
   OR l.promised_fen <> s.promised OR l.refunded_fen <> s.refunded OR l.held_fen <> s.held
   OR l.returned_quantity <> s.units
"""
REQUESTS_BODY = VIEWS[REQUESTS][1].replace("count(*) AS lines,", "count(*) FILTER (WHERE rl.quantity > 0) AS lines,")
NOW = "\n".join(
    [
        first._create(
            LINES,
            "I2: What a line has promised, given back and holds back are its requests' sums, never more than its share.",
            LINES_BODY,
        ),
        first._create(REQUESTS, VIEWS[REQUESTS][0], REQUESTS_BODY),
    ]
)


class Migration(migrations.Migration):
    """Two columns, a check, and what must hold for them."""

    dependencies = [("orders", "0005_held_back"), ("refunds", "0019_inspections_go_line_by_line")]

    operations = [
        migrations.RunSQL(DROPPED, BEFORE),
        migrations.AddField(
            model_name="refund",
            name="settlement",
            field=models.JSONField(
                blank=True,
                db_default=[],
                default=list,
                help_text="how bundles and gifts were settled when it was asked (AMT-3)",
            ),
        ),
        migrations.AddField(
            model_name="refundline",
            name="held_fen",
            field=models.BigIntegerField(
                db_default=0, default=0, help_text="held back on the line from now on; below nothing: let go (AMT-3)"
            ),
        ),
        migrations.AddConstraint(
            model_name="refundline",
            constraint=models.CheckConstraint(
                condition=Q(quantity__gt=0) | Q(held_fen__lt=0, is_open=False, takes_units=False),
                name="line_of_no_units_lets_go",
            ),
        ),
        migrations.RunSQL(NOW, DROPPED),
    ]
