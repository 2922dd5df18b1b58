"""Parcels that are there get their status and its log row; returns and replacements become parcels, too.

Nobody scanned them so far. What is known of their order or request says where they are: an outward parcel is signed
for when its order is, or was finished; a return when the warehouse received it; a replacement when its exchange is
done. All others wait for their first scan.
"""

from django.db import migrations

BY = "system: upgrade"

OUTWARD = """
UPDATE logistics_parcel p SET updated_at = p.shipped_at,
  status = CASE WHEN o.signed_at IS NOT NULL OR o.status = 'TRADE_FINISHED' THEN 'signed' ELSE 'wait_pickup' END
FROM orders_order o WHERE o.id = p.order_id;
"""

OF_REQUESTS = f"""
INSERT INTO logistics_parcel (shop_id, order_id, refund_id, direction, status, version, carrier, tracking_no, line_nos,
  shipped_at, created_by, updated_at, last_code, last_text, superseded_at)
SELECT r.shop_id, r.order_id, r.id, s.direction,
       CASE WHEN s.superseded_at IS NOT NULL THEN 'superseded' WHEN s.there THEN 'signed' ELSE 'wait_pickup' END,
       1, s.carrier, s.tracking_no, '[]', s.created_at, s.by, s.created_at, '', '', s.superseded_at
FROM (
  SELECT b.refund_id, 'return' AS direction, b.carrier, b.tracking_no, b.created_at, b.superseded_at,
         '{BY}' AS by, x.received_at IS NOT NULL AS there
  FROM refunds_returnshipment b JOIN refunds_refund x ON x.id = b.refund_id
  UNION ALL
  SELECT b.refund_id, 'replacement', b.carrier, b.tracking_no, b.created_at, b.superseded_at, b.sent_by,
         x.status = 'EXCHANGE_SUCCESS'
  FROM refunds_replacementshipment b JOIN refunds_refund x ON x.id = b.refund_id
) s JOIN refunds_refund r ON r.id = s.refund_id
ORDER BY s.created_at;
"""

CORRECTED = """
UPDATE logistics_parcel p SET corrected_from_id = (
  SELECT max(e.id) FROM logistics_parcel e
  WHERE e.refund_id = p.refund_id AND e.direction = p.direction AND e.id < p.id)
WHERE p.refund_id IS NOT NULL;
"""

LOGGED = f"""
INSERT INTO core_logentry (subject_type, subject_id, version, shop_id, at, actor_kind, actor_name, action, from_status,
  to_status, note, changes)
SELECT 'parcel', p.id, 1, p.shop_id, p.updated_at, 'system', '{BY}', 'register', '', p.status, '',
       jsonb_build_object('status', p.status, 'denied_at', NULL, 'lost_at', NULL, 'recalled_at', NULL,
         'superseded_at', CASE WHEN p.superseded_at IS NULL THEN NULL ELSE
           to_char(p.superseded_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US') || '+00:00' END)
FROM logistics_parcel p
WHERE NOT EXISTS (SELECT 1 FROM core_logentry l WHERE l.subject_type = 'parcel' AND l.subject_id = p.id);
"""

BACK = "DELETE FROM logistics_parcel WHERE refund_id IS NOT NULL;"


class Migration(migrations.Migration):
    """Rows only: what is deferred in them has to be settled before the table changes again."""

    dependencies = [("logistics", "0003_parcels_are_followed"), ("core", "0008_answers_are_unreadable_at_rest")]
    operations = [
        migrations.RunSQL(OUTWARD, migrations.RunSQL.noop),
        migrations.RunSQL(OF_REQUESTS, BACK),
        migrations.RunSQL(CORRECTED, migrations.RunSQL.noop),
        migrations.RunSQL(LOGGED, migrations.RunSQL.noop),
    ]
