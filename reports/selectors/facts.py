"""The one statement that works out facts: of the cases given for the fold, of all of them for a recount (RPT-1)."""

from typing import Any

from refunds.states import OPEN_STATES
from reports.states import CHARTED, LOST, QUALITY_REASONS, RAN_OUT

ORDER, REFUND, DISPUTE, PAYOUT, CLAIM = "order", "refund", "dispute", "payout", "claim"
KINDS = (ORDER, REFUND, DISPUTE, PAYOUT, CLAIM)
COLUMNS = "subject_kind, subject_id, day, shop_id, measure, item_id, agent_id, carrier, reason, kind, amount, detail"
DIMENSIONS = "day, shop_id, measure, item_id, agent_id, carrier, reason, kind"
_ITEM = "(SELECT l.item_id FROM refunds_refundline rl JOIN orders_orderline l ON l.id = rl.order_line_id" + (
    " WHERE rl.refund_id = {refund} ORDER BY rl.id LIMIT 1)"
)
FACTS = f"""
WITH request AS (
  SELECT r.id, r.shop_id, r.created_at, r.finished_at, r.status, r.reason, r.kind, r.refunded_fen, r.turned_from_id,
    coalesce(origin.created_at, r.created_at) AS began_at, r.status IN ('SUCCESS', 'EXCHANGE_SUCCESS') AS done,
    coalesce({_ITEM.format(refund="r.id")}, '') AS item_id,
    first.at AS decided_at, first.action AS decision,
    CASE WHEN first.actor_kind = 'staff' THEN coalesce(first.actor_id, 0) ELSE 0 END AS agent_id,
    (SELECT min(d.created_at) FROM refunds_dispute d WHERE d.refund_id = r.id) AS intervened_at,
    EXISTS (SELECT 1 FROM core_logentry e WHERE e.subject_type = 'refund' AND e.subject_id = r.id
            AND e.action = 'agree' AND e.actor_kind = 'system') AS by_clock
  FROM refunds_refund r
  LEFT JOIN refunds_refund origin ON origin.id = r.turned_from_id
  LEFT JOIN LATERAL (
    SELECT e.at, e.action, e.actor_kind, e.actor_id FROM core_logentry e
    WHERE e.subject_type = 'refund' AND e.subject_id = r.id AND e.action IN ('agree', 'refuse')
    ORDER BY e.version LIMIT 1
  ) first ON true
  WHERE %(all)s OR r.id = ANY(%(refund)s)
), each AS (
  SELECT request.*, m.measure, m.at, m.amount, m.detail FROM request CROSS JOIN LATERAL (VALUES
    ('asked', CASE WHEN turned_from_id IS NULL THEN created_at END, 0,
      to_char(created_at AT TIME ZONE 'Asia/Shanghai', 'HH24')),
    ('refunded', CASE WHEN status = 'SUCCESS' THEN finished_at END, refunded_fen, ''),
    ('quality', CASE WHEN status = 'SUCCESS' AND reason = ANY(%(quality)s) THEN finished_at END, refunded_fen, ''),
    ('completed', CASE WHEN done THEN finished_at END, floor(extract(epoch FROM finished_at - began_at))::bigint, ''),
    ('alone', CASE WHEN done AND intervened_at IS NULL AND NOT by_clock THEN finished_at END, 0, ''),
    ('decided', decided_at, floor(extract(epoch FROM decided_at - created_at))::bigint,
      CASE WHEN decided_at < created_at + interval '4 hours' THEN '4h'
        WHEN decided_at < created_at + interval '12 hours' THEN '12h'
        WHEN decided_at < created_at + interval '24 hours' THEN '24h'
        WHEN decided_at < created_at + interval '48 hours' THEN '48h' ELSE 'more' END),
    ('refused', CASE WHEN decision = 'refuse' THEN decided_at END, 0, ''),
    ('intervened', intervened_at, 0, ''),
    ('open', CASE WHEN status = ANY(%(open)s) THEN began_at END, 0, status),
    ('reached', CASE WHEN turned_from_id IS NULL AND (done OR decided_at IS NOT NULL) THEN created_at END, 0,
      'decided'),
    ('reached', CASE WHEN turned_from_id IS NULL AND done THEN created_at END, 0, 'completed'),
    ('reached', CASE WHEN turned_from_id IS NULL AND done AND intervened_at IS NULL AND NOT by_clock
      THEN created_at END, 0, 'alone')
  ) m (measure, at, amount, detail) WHERE m.at IS NOT NULL
  UNION ALL
  SELECT request.*, 'step', e.at, 0, e.step FROM request CROSS JOIN LATERAL (
    SELECT from_status || '>' || to_status AS step, min(at) AS at FROM core_logentry
    WHERE subject_type = 'refund' AND subject_id = request.id AND from_status <> to_status
    GROUP BY from_status, to_status
  ) e
  UNION ALL
  SELECT request.*, 'late', e.at, 0, e.from_status FROM request CROSS JOIN LATERAL (
    SELECT from_status, min(at) AS at FROM core_logentry
    WHERE subject_type = 'refund' AND subject_id = request.id AND actor_kind = 'system'
      AND (from_status || ' ' || action) = ANY(%(ran_out)s)
    GROUP BY from_status
  ) e
)
SELECT 'refund' AS subject_kind, id AS subject_id, (at AT TIME ZONE 'Asia/Shanghai')::date AS day, shop_id, measure,
  item_id, agent_id, '' AS carrier, reason, kind, amount, detail FROM each
UNION ALL
SELECT 'order', o.id, (o.paid_at AT TIME ZONE 'Asia/Shanghai')::date, o.shop_id, 'order_paid',
  coalesce((SELECT l.item_id FROM orders_orderline l WHERE l.order_id = o.id ORDER BY l.id LIMIT 1), ''),
  0, '', '', '', o.paid_fen, ''
FROM orders_order o WHERE o.paid_at IS NOT NULL AND (%(all)s OR o.id = ANY(%(order)s))
UNION ALL
SELECT 'dispute', d.id, (d.decided_at AT TIME ZONE 'Asia/Shanghai')::date, d.shop_id, 'lost',
  coalesce({_ITEM.format(refund="d.refund_id")}, ''), 0, '', r.reason, r.kind, 0, ''
FROM refunds_dispute d JOIN refunds_refund r ON r.id = d.refund_id
WHERE d.status = ANY(%(lost)s) AND d.decided_at IS NOT NULL AND (%(all)s OR d.id = ANY(%(dispute)s))
UNION ALL
SELECT 'payout', p.id, (p.paid_at AT TIME ZONE 'Asia/Shanghai')::date, p.shop_id, 'payout_paid',
  '', p.opened_by_id, '', '', '', p.amount_fen, ''
FROM refunds_payout p WHERE p.status = 'paid' AND (%(all)s OR p.id = ANY(%(payout)s))
UNION ALL
SELECT 'claim', c.id, (m.at AT TIME ZONE 'Asia/Shanghai')::date, c.shop_id, m.measure,
  '', c.drafted_by_id, c.carrier, '', '', m.amount, ''
FROM logistics_claim c CROSS JOIN LATERAL (VALUES
  ('claim_made', c.submitted_at, c.amount_fen), ('claim_paid', c.paid_at, c.recovered_fen)
) m (measure, at, amount)
WHERE m.at IS NOT NULL AND (%(all)s OR c.id = ANY(%(claim)s))
"""
"""Facts of cases. A case counts under the item of its first line and the agent of its first decision."""
BY_DAY = "day, shop_id, measure, axis, key"
ALONG = (
    "CROSS JOIN LATERAL (VALUES ('', ''), ('reason', reason), ('carrier', carrier), ('detail', detail)) a (axis, key)"
)
"""A fact once for all, and once for each axis on which it has a value."""
HAS_KEY = "(axis = '' OR key <> '')"


def sums(facts: str, *, count: str = "count(*)") -> str:
    """Give the statement that sums facts up by every dimension; those for charts alone are left out."""
    return (
        f"SELECT {DIMENSIONS}, {count} AS facts, sum(amount)::bigint AS amount FROM {facts}"
        f" WHERE measure <> ALL(%(charted)s) GROUP BY {DIMENSIONS}"
    )


def day_sums(facts: str, *, count: str = "count(*)") -> str:
    """Give the statement that sums facts up by day, shop, measure and one axis at a time."""
    return (
        f"SELECT {BY_DAY}, {count} AS facts, sum(amount)::bigint AS amount FROM {facts} {ALONG}"
        f" WHERE {HAS_KEY} GROUP BY {BY_DAY}"
    )


def asked(ids: dict[str, list[int]] | None = None) -> dict[str, Any]:
    """Give the parameters of `FACTS`: of these cases by kind, or of all."""
    given = {kind: (ids or {}).get(kind, []) for kind in KINDS}
    return given | {
        "all": ids is None,
        "quality": [reason.value for reason in QUALITY_REASONS],
        "lost": [status.value for status in LOST],
        "open": [str(state) for state in OPEN_STATES],
        "ran_out": [f"{state} {action}" for state, action in RAN_OUT],
        "charted": [measure.value for measure in CHARTED],
    }
