"""What must always hold, as views that show what does not (I1 to I5, I8, I9), and the fold that replays the log.

Every view has the same columns: whose it is, in words what is wrong, and `since` when; an empty `since` was never
right. `aftersales.core.invariants` finds the views by their name and reads their sentence from the comment. To change
the type of a column that a view reads, run BACKWARD, the change and FORWARD in the new migration.
"""

from django.db import migrations

ENDED = "('SUCCESS', 'CLOSED')"
OPEN_DEADLINE = "('created', 'running', 'paused')"

FOLD = """
CREATE AGGREGATE core_fold(jsonb) (SFUNC = jsonb_concat, STYPE = jsonb, INITCOND = '{}');
COMMENT ON AGGREGATE core_fold(jsonb) IS 'The state after a subject''s log rows, given in order of version (RFD-8)';
"""

VIEWS: dict[str, tuple[str, str]] = {
    "invariant_i1_payments": (
        "I1: A payment is settled exactly when its money has moved, and belongs to a request that was agreed.",
        """
SELECT 'payment' AS subject_type, p.id AS subject_id, NULL::timestamptz AS since,
       format('payment %s of ¥%s, request %s of ¥%s (paid ¥%s)',
              p.status, p.amount_fen, r.status, r.amount_fen, r.refunded_fen) AS detail
FROM refunds_refundpayment p JOIN refunds_refund r ON r.id = p.refund_id
WHERE (p.status = 'done') <> (p.settled_at IS NOT NULL AND p.reference <> '')
   OR p.amount_fen <> r.amount_fen
   OR (p.status = 'done') <> (r.status = 'SUCCESS')
   OR (p.status <> 'done' AND r.status <> 'WAIT_SYSTEM_TRANSFER')
UNION ALL
SELECT 'refund', r.id, NULL, format('request %s of ¥%s says ¥%s were paid', r.status, r.amount_fen, r.refunded_fen)
FROM refunds_refund r
WHERE r.refunded_fen <> CASE WHEN r.status = 'SUCCESS' THEN r.amount_fen ELSE 0 END
   OR (r.status IN ('WAIT_SYSTEM_TRANSFER', 'SUCCESS')
       AND NOT EXISTS (SELECT 1 FROM refunds_refundpayment p WHERE p.refund_id = r.id))
""",
    ),
    "invariant_i2_orders": (
        "I2: What an order has promised and given back are its requests' sums, never more than was paid.",
        f"""
SELECT 'order' AS subject_type, o.id AS subject_id, NULL::timestamptz AS since,
       format('paid %s, promised %s (requests: %s), given back %s (%s), postage %s (%s), open %s (%s)', o.paid_fen,
              o.promised_fen, s.promised, o.refunded_fen, s.refunded, o.postage_given_fen, s.postage,
              o.open_requests, s.still_open) AS detail
FROM orders_order o CROSS JOIN LATERAL (
  SELECT coalesce(sum(r.amount_fen) FILTER (WHERE r.status = 'WAIT_SYSTEM_TRANSFER'), 0) AS promised,
         coalesce(sum(r.refunded_fen), 0) AS refunded,
         coalesce(sum(r.postage_fen) FILTER (WHERE r.status IN ('WAIT_SYSTEM_TRANSFER', 'SUCCESS')), 0) AS postage,
         count(*) FILTER (WHERE r.status NOT IN {ENDED}) AS still_open
  FROM refunds_refund r WHERE r.order_id = o.id) s
WHERE o.promised_fen + o.refunded_fen > o.paid_fen OR o.promised_fen <> s.promised OR o.refunded_fen <> s.refunded
   OR o.postage_given_fen <> s.postage OR o.open_requests <> s.still_open
""",
    ),
    "invariant_i2_lines": (
        "I2: What a line has promised and given back are its requests' sums, never more than its share.",
        """
SELECT 'line' AS subject_type, l.id AS subject_id, NULL::timestamptz AS since,
       format('share %s, promised %s (requests: %s), given back %s (%s), units %s (%s)', l.paid_share_fen,
              l.promised_fen, s.promised, l.refunded_fen, s.refunded, l.returned_quantity, s.units) AS detail
FROM orders_orderline l CROSS JOIN LATERAL (
  SELECT coalesce(sum(rl.amount_fen) FILTER (WHERE r.status = 'WAIT_SYSTEM_TRANSFER'), 0) AS promised,
         coalesce(sum(rl.amount_fen) FILTER (WHERE r.status = 'SUCCESS'), 0) AS refunded,
         coalesce(sum(rl.quantity) FILTER (
           WHERE rl.takes_units AND r.status IN ('WAIT_SYSTEM_TRANSFER', 'SUCCESS')), 0) AS units
  FROM refunds_refundline rl JOIN refunds_refund r ON r.id = rl.refund_id WHERE rl.order_line_id = l.id) s
WHERE l.promised_fen + l.refunded_fen > l.paid_share_fen OR l.returned_quantity > l.quantity
   OR l.promised_fen <> s.promised OR l.refunded_fen <> s.refunded OR l.returned_quantity <> s.units
""",
    ),
    "invariant_i2_shares": (
        "I2: The lines' paid shares and the postage are what was paid.",
        """
SELECT 'order' AS subject_type, o.id AS subject_id, NULL::timestamptz AS since,
       format('paid %s, postage %s, shares %s', o.paid_fen, o.postage_fen, s.shares) AS detail
FROM orders_order o CROSS JOIN LATERAL (
  SELECT coalesce(sum(l.paid_share_fen), 0) AS shares FROM orders_orderline l WHERE l.order_id = o.id) s
WHERE o.paid_fen <> o.postage_fen + s.shares
""",
    ),
    "invariant_i2_requests": (
        "I2: A request's lines and its postage are what it asks, and its lines are open as long as it is.",
        f"""
SELECT 'refund' AS subject_type, r.id AS subject_id, NULL::timestamptz AS since,
       format('%s asks %s, postage %s, lines %s, %s of %s lines open',
              r.status, r.amount_fen, r.postage_fen, s.asked, s.still_open, s.lines) AS detail
FROM refunds_refund r CROSS JOIN LATERAL (
  SELECT coalesce(sum(rl.amount_fen), 0) AS asked, count(*) AS lines, count(*) FILTER (WHERE rl.is_open) AS still_open
  FROM refunds_refundline rl WHERE rl.refund_id = r.id) s
WHERE r.amount_fen <> r.postage_fen + s.asked OR s.lines = 0
   OR s.still_open <> CASE WHEN r.status IN {ENDED} THEN 0 ELSE s.lines END
""",
    ),
    "invariant_i3_terminal": (
        "I3: Nothing leaves a terminal state.",
        """
SELECT l.subject_type::text AS subject_type, l.subject_id, NULL::timestamptz AS since,
       format('v%s %s: %s → %s', l.version, l.action, l.from_status, l.to_status) AS detail
FROM core_logentry l
WHERE l.from_status <> l.to_status AND (l.subject_type, l.from_status) IN (
  ('order', 'TRADE_CLOSED'), ('refund', 'SUCCESS'), ('refund', 'CLOSED'), ('payment', 'done'),
  ('dispute', 'decided_buyer'), ('dispute', 'decided_seller'), ('dispute', 'decided_partial'),
  ('dispute', 'withdrawn'))
""",
    ),
    "invariant_i4_last_row": (
        "I4: Every subject is in the state and version of its last log row; `manage.py replay` compares every field.",
        """
SELECT s.subject_type, s.subject_id, NULL::timestamptz AS since,
       format('is %s v%s, log says %s v%s', s.status, s.version, l.to_status, l.version) AS detail
FROM (
  SELECT 'order' AS subject_type, id AS subject_id, status, version FROM orders_order
  UNION ALL SELECT 'refund', id, status, version FROM refunds_refund
  UNION ALL SELECT 'payment', id, status, version FROM refunds_refundpayment
  UNION ALL SELECT 'dispute', id, status, version FROM refunds_dispute
) s LEFT JOIN LATERAL (
  SELECT e.to_status, e.version FROM core_logentry e
  WHERE e.subject_type = s.subject_type AND e.subject_id = s.subject_id ORDER BY e.version DESC LIMIT 1) l ON TRUE
WHERE l.version IS DISTINCT FROM s.version OR l.to_status IS DISTINCT FROM s.status
""",
    ),
    "invariant_i5_chain": (
        "I5: Every change of status has one log row with actor and action, and the rows follow each other without a gap.",
        """
SELECT l.subject_type::text AS subject_type, l.subject_id, NULL::timestamptz AS since,
       format('v%s %s by “%s” from %s after v%s %s',
              l.version, l.action, l.actor_name, l.from_status, l.before_version, l.before_status) AS detail
FROM (
  SELECT subject_type, subject_id, version, action, actor_kind, actor_name, from_status,
         lag(version, 1, 0) OVER chain AS before_version, lag(to_status, 1, '') OVER chain AS before_status
  FROM core_logentry WINDOW chain AS (PARTITION BY subject_type, subject_id ORDER BY version)) l
WHERE l.version <> l.before_version + 1 OR l.from_status <> l.before_status
   OR l.actor_kind = '' OR l.actor_name = '' OR l.action = ''
""",
    ),
    "invariant_i8_overdue": (
        "I8: Every running deadline is in the future, or younger than the lateness goal.",
        """
SELECT d.subject_type::text AS subject_type, d.subject_id, d.due_at AS since,
       format('%s %s is due, tried %s times %s', d.rule, d.action, d.attempts, d.error) AS detail
FROM core_deadline d WHERE d.status = 'running'
""",
    ),
    "invariant_i8_missing": (
        "I8: What waits for somebody has its deadline, and what waits for nobody has none.",
        f"""
SELECT s.subject_type, s.subject_id, NULL::timestamptz AS since,
       format('%s has %s open deadlines and %s failed ones', s.status, coalesce(d.still_open, 0), coalesce(d.failed, 0))
       AS detail
FROM (
  SELECT 'refund' AS subject_type, id AS subject_id, status,
         CASE WHEN status IN ('WAIT_SELLER_AGREE', 'WAIT_BUYER_RETURN_GOODS', 'WAIT_SELLER_CONFIRM_GOODS',
                              'SELLER_REFUSE_BUYER')
                OR (status = 'WAIT_SYSTEM_TRANSFER' AND received_at IS NOT NULL AND NOT marked_overdue)
              THEN 1 ELSE 0 END AS wanted
  FROM refunds_refund
  UNION ALL
  SELECT 'order', id, status,
         CASE WHEN status = 'WAIT_BUYER_CONFIRM_GOODS'
                OR (status IN ('WAIT_SELLER_SEND_GOODS', 'SELLER_CONSIGNED_PART') AND NOT is_late)
                OR (status = 'TRADE_FINISHED' AND NOT aftersale_ended)
              THEN 1 ELSE 0 END
  FROM orders_order
) s LEFT JOIN (
  SELECT subject_type, subject_id, count(*) FILTER (WHERE status IN {OPEN_DEADLINE}) AS still_open,
         count(*) FILTER (WHERE status = 'failed') AS failed
  FROM core_deadline WHERE status IN {OPEN_DEADLINE} OR status = 'failed' GROUP BY subject_type, subject_id
) d ON d.subject_type = s.subject_type AND d.subject_id = s.subject_id
WHERE coalesce(d.still_open, 0) > s.wanted OR coalesce(d.still_open + d.failed, 0) < s.wanted
""",
    ),
    "invariant_i8_paused": (
        "I8: A request's deadlines stand still exactly during a dispute, the receiving period while a request is open.",
        f"""
SELECT 'refund' AS subject_type, r.id AS subject_id, NULL::timestamptz AS since,
       format('%s is %s, dispute: %s; the queue shows %s%s, it is %s', d.rule, d.status, r.in_dispute, r.due_at,
              CASE WHEN r.due_paused THEN ' paused' ELSE '' END, d.due_at) AS detail
FROM core_deadline d JOIN refunds_refund r ON r.id = d.subject_id
WHERE d.subject_type = 'refund' AND d.status IN {OPEN_DEADLINE}
  AND ((d.status = 'paused') <> r.in_dispute OR (d.status = 'paused') <> r.due_paused OR r.due_at IS DISTINCT FROM d.due_at)
UNION ALL
SELECT 'order', o.id, NULL, format('%s is %s with %s open requests', d.rule, d.status, o.open_requests)
FROM core_deadline d JOIN orders_order o ON o.id = d.subject_id
WHERE d.subject_type = 'order' AND d.status IN {OPEN_DEADLINE}
  AND (d.status = 'paused') <> (d.rule = 'TMO-10' AND o.open_requests > 0)
""",
    ),
    "invariant_i9_outbox": (
        "I9: Every piece of news is delivered or has a next try.",
        """
SELECT e.subject_type::text AS subject_type, e.subject_id, NULL::timestamptz AS since,
       format('%s #%s: delivered %s, next try %s', e.topic, e.id, e.delivered_at, e.next_try_at) AS detail
FROM core_outboxevent e WHERE (e.delivered_at IS NULL) = (e.next_try_at IS NULL)
""",
    ),
    "invariant_dis1_disputes": (
        "DIS-1: A request is in dispute exactly as long as an undecided dispute about it exists.",
        f"""
SELECT 'refund' AS subject_type, r.id AS subject_id, NULL::timestamptz AS since,
       format('%s, in dispute: %s, undecided: %s', r.status, r.in_dispute, d.undecided) AS detail
FROM refunds_refund r CROSS JOIN LATERAL (
  SELECT count(*) AS undecided FROM refunds_dispute WHERE refund_id = r.id AND status = 'requested') d
WHERE r.in_dispute <> (d.undecided > 0) OR (r.in_dispute AND r.status IN {ENDED})
""",
    ),
    "invariant_tab_counts": (
        "TAB: The counts on the queue's tabs are the counts of requests.",
        """
SELECT 'tally' AS subject_type, coalesce(t.shop_id, r.shop_id) AS subject_id, NULL::timestamptz AS since,
       format('%s: tab says %s, there are %s', coalesce(t.status, r.status), t.amount, r.amount) AS detail
FROM (SELECT shop_id, status, sum(amount) AS amount FROM refunds_tally GROUP BY shop_id, status) t
FULL JOIN (SELECT shop_id, status, count(*) AS amount FROM refunds_refund GROUP BY shop_id, status) r
  ON r.shop_id = t.shop_id AND r.status = t.status
WHERE coalesce(t.amount, 0) <> coalesce(r.amount, 0)
""",
    ),
}


def _create(name: str, sentence: str, body: str) -> str:
    said = sentence.replace("'", "''")
    return f"CREATE VIEW {name} AS {body};\nCOMMENT ON VIEW {name} IS '{said}';"


FORWARD = "\n".join(_create(name, sentence, body) for name, (sentence, body) in VIEWS.items())
BACKWARD = "\n".join(f"DROP VIEW {name};" for name in VIEWS)


class Migration(migrations.Migration):
    """The fold and the views."""

    dependencies = [("refunds", "0003_numbers_and_tallies"), ("orders", "0001_initial"), ("core", "0001_initial")]
    operations = [
        migrations.RunSQL(FOLD, "DROP AGGREGATE core_fold(jsonb);"),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
