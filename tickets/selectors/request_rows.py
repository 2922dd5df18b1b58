"""Everything that belongs to one request, out of the database: one statement for the request, one for all the rest.

The small tables come as one JSON document, so that the page costs the same with one row of each kind or with fifty.
What the rows mean is said in the modules beside this one.
"""

import json
from datetime import datetime
from typing import Any

from django.db import connection

from aftersales.core import errors
from aftersales.core.auth import Actor, grant
from aftersales.core.models import LogEntry, Role, User
from refunds.models import Refund

LOOK = "tickets.look_at_requests"
grant(LOOK, Role.values)

MOST_ROWS = 300
MOST_OTHERS = 20
COUNTED_UP_TO = 100

# Whatever can change on the page moves one of these, and none of them ever returns to an earlier value.
_STAMP = """concat_ws('.', r.version, o.version, coalesce(r.assignee_id, 0),
  (SELECT coalesce(max(m.id), 0) FROM refunds_message m WHERE m.refund_id = r.id),
  (SELECT count(*) FROM refunds_evidence e WHERE e.refund_id = r.id),
  (SELECT count(*) + count(n.settled_at) FROM orders_ordernote n WHERE n.order_id = o.id),
  (SELECT count(*) + count(t.done_at) FROM tickets_task t WHERE t.refund_id = r.id),
  (SELECT coalesce(sum(p.version), 0) FROM refunds_refundpayment p WHERE p.refund_id = r.id),
  (SELECT coalesce(sum(q.version), 0) FROM refunds_payout q WHERE q.order_id = o.id),
  (SELECT coalesce(max(a.id), 0) FROM refunds_insuranceanswer a WHERE a.refund_id = r.id),
  (SELECT coalesce(sum(v.version), 0) FROM refunds_proposal v WHERE v.refund_id = r.id),
  (SELECT coalesce(sum(d.version), 0) FROM refunds_dispute d WHERE d.refund_id = r.id),
  (SELECT concat_ws('-', coalesce(max(c.id), 0), coalesce(sum(c.version), 0)) FROM logistics_parcel c
    WHERE c.order_id = o.id),
  (SELECT count(*) FROM logistics_parcel c JOIN logistics_parcelscan n ON n.parcel_id = c.id WHERE c.order_id = o.id),
  (SELECT count(*) + count(a.ended_at) FROM logistics_parcel c JOIN logistics_attention a ON a.parcel_id = c.id
    WHERE c.order_id = o.id),
  (SELECT coalesce(max(s.id), 0) FROM refunds_returnshipment s WHERE s.refund_id = r.id))"""

_FOLLOWED = """SELECT 'refund' AS kind, r.id AS id UNION ALL SELECT 'order', o.id
  UNION ALL SELECT 'payment', p.id FROM refunds_refundpayment p WHERE p.refund_id = r.id
  UNION ALL SELECT 'proposal', q.id FROM refunds_proposal q WHERE q.refund_id = r.id"""

# Each part is a list of rows with these columns, in this order.
_LISTS = {
    "lines": """SELECT l.id, l.line_no, l.item_id, l.goods_no, l.title, l.sku, l.quantity, l.unit_price_fen,
        l.discount_fen, l.paid_share_fen, l.promised_fen, l.refunded_fen, l.held_fen, l.returned_quantity,
        l.seven_day_return,
        l.hot_seller, l.gift, l.special_offer, l.item_score, l.serial_no, l.bundle, l.category, l.weight_g, l.shipped,
        x.quantity AS asked_quantity, x.amount_fen AS asked_fen, x.held_fen AS asked_held_fen, x.takes_units,
        x.exchange_sku, x.exchange_price_fen
      FROM orders_orderline l LEFT JOIN refunds_refundline x ON x.order_line_id = l.id AND x.refund_id = r.id
      WHERE l.order_id = o.id ORDER BY (x.id IS NULL), l.id""",
    "notes": f"""SELECT n.id, n.text, n.flag, n.author_name, n.created_at, n.settled_at, n.settled_by
      FROM orders_ordernote n WHERE n.order_id = o.id ORDER BY n.id DESC LIMIT {MOST_ROWS}""",
    "debts": f"""SELECT n.id, n.text, n.author_name, n.created_at, y.order_no, y.id = o.id AS of_this_order
      FROM orders_order y JOIN orders_ordernote n ON n.order_id = y.id
      WHERE y.buyer_id = o.buyer_id AND n.flag = 'yellow' AND n.settled_at IS NULL
      ORDER BY n.id DESC LIMIT {MOST_OTHERS}""",
    "messages": f"""SELECT m.side, m.author_name, m.text, m.created_at
      FROM refunds_message m WHERE m.refund_id = r.id ORDER BY m.id DESC LIMIT {MOST_ROWS}""",
    "evidence": f"""SELECT e.evidence_id AS id, e.side, e.purpose, e.shows, e.actor_name, e.content_type,
        e.original_name,
        e.size, e.created_at, e.attached_at
      FROM refunds_evidence e WHERE e.refund_id = r.id ORDER BY e.attached_at, e.id LIMIT {MOST_ROWS}""",
    "versions": f"""SELECT v.number, v.asked, v.created_at
      FROM refunds_refundversion v WHERE v.refund_id = r.id ORDER BY v.number DESC LIMIT {MOST_ROWS}""",
    "shipments": """SELECT s.carrier, s.tracking_no, s.created_at, s.superseded_at, c.name AS carrier_name, c.phone
      FROM refunds_returnshipment s LEFT JOIN logistics_carrier c ON lower(c.code) = lower(s.carrier)
      WHERE s.refund_id = r.id ORDER BY s.id DESC""",
    "replacements": """SELECT s.carrier, s.tracking_no, s.created_at, s.superseded_at, s.sent_by,
        c.name AS carrier_name, c.phone
      FROM refunds_replacementshipment s LEFT JOIN logistics_carrier c ON lower(c.code) = lower(s.carrier)
      WHERE s.refund_id = r.id ORDER BY s.id DESC""",
    "proposals": f"""SELECT q.number, q.kind, q.status, q.proposed_by, q.author_name, q.to_kind, q.to_reason,
        q.amount_fen, q.offered_sku, q.keeps_sale, q.text, q.due_at, q.created_at
      FROM refunds_proposal q WHERE q.refund_id = r.id ORDER BY q.number DESC LIMIT {MOST_OTHERS}""",
    "turned": """SELECT x.refund_no, x.turned_from_id = r.id AS is_later, x.status
      FROM refunds_refund x WHERE x.turned_from_id = r.id OR x.id = r.turned_from_id ORDER BY x.id""",
    "parcels": f"""SELECT p.carrier, p.tracking_no, p.shipped_at, p.line_nos, c.name AS carrier_name, c.phone
      FROM logistics_parcel p LEFT JOIN logistics_carrier c ON lower(c.code) = lower(p.carrier)
      WHERE p.order_id = o.id AND p.direction = 'out' AND p.status <> 'superseded'
      ORDER BY p.id DESC LIMIT {MOST_ROWS}""",
    "carriers_back": """SELECT c.code, c.name, c.phone,
        ARRAY(SELECT u.province FROM logistics_unservedregion u WHERE u.carrier_id = c.id) AS provinces
      FROM logistics_carrier c
      WHERE r.status IN ('WAIT_BUYER_RETURN_GOODS', 'EXCHANGE_WAIT_BUYER_RETURN_GOODS')
        AND c.is_active AND NOT c.surface ORDER BY c.name""",
    "movement": f"""SELECT p.id, p.direction, p.status, p.carrier, p.tracking_no, p.shipped_at, p.last_scan_at,
        p.last_text, c.name AS carrier_name, x.refund_no, x.id = r.id AS of_this_request, w.packed_weight_g,
        (SELECT coalesce(json_agg(a.reason ORDER BY a.due_at, a.id), '[]') FROM logistics_attention a
          WHERE a.parcel_id = p.id AND a.ended_at IS NULL) AS reasons
      FROM logistics_parcel p LEFT JOIN logistics_carrier c ON lower(c.code) = lower(p.carrier)
      LEFT JOIN refunds_refund x ON x.id = p.refund_id
      LEFT JOIN logistics_packing w ON w.parcel_id = p.id AND w.superseded_at IS NULL
      WHERE p.order_id = o.id AND p.status <> 'superseded'
      ORDER BY coalesce(p.last_scan_at, p.shipped_at) DESC, p.id DESC LIMIT {MOST_OTHERS}""",
    "inspections": """SELECT i.passed, i.findings, i.inspector_name, i.created_at, (
        SELECT coalesce(json_agg(json_build_object('title', ol.title, 'sku', ol.sku, 'expected', il.expected,
            'found', il.found, 'wrong_goods', il.wrong_goods, 'checks', il.checks, 'findings', il.findings,
            'damage', il.damage, 'disposition', il.disposition, 'location', il.location) ORDER BY il.id), '[]')
        FROM refunds_inspectionline il JOIN orders_orderline ol ON ol.id = il.order_line_id
          WHERE il.inspection_id = i.id) AS lines
      FROM refunds_inspection i WHERE i.refund_id = r.id ORDER BY i.id DESC""",
    "void_lists": """SELECT v.list_no FROM logistics_voidlistline l JOIN logistics_voidlist v ON v.id = l.void_list_id
      WHERE l.refund_id = r.id ORDER BY l.id DESC LIMIT 1""",
    "disputes": """SELECT d.status, d.requested_by, d.text, d.decision_text, d.created_at, d.decided_at,
        d.buyer_evidence_until AS buyer_until_at, d.seller_evidence_until AS seller_until_at,
        d.decision_due_at, d.is_overdue
      FROM refunds_dispute d WHERE d.refund_id = r.id ORDER BY d.id DESC""",
    "similar": """SELECT d.status, count(*) AS many FROM (
        SELECT z.status FROM refunds_dispute z JOIN refunds_refund y ON y.id = z.refund_id
        WHERE r.in_dispute AND y.reason = r.reason AND z.shop_id = r.shop_id AND z.decided_at IS NOT NULL
        ORDER BY z.decided_at DESC LIMIT 200) d GROUP BY d.status ORDER BY d.status""",
    "payments": """SELECT p.payment_no, p.status, p.amount_fen, p.gateway, p.reference, p.failure, p.created_at,
        p.updated_at, p.settled_at
      FROM refunds_refundpayment p WHERE p.refund_id = r.id ORDER BY p.id DESC""",
    "payouts": f"""SELECT q.payout_no, q.status, q.purpose, q.amount_fen, q.is_late, q.promised_at, q.paid_at,
        q.failure, q.refund_id = r.id AS of_this_request
      FROM refunds_payout q WHERE q.order_id = o.id ORDER BY q.id DESC LIMIT {MOST_OTHERS}""",
    "insurance": """SELECT a.paid, a.amount_fen, a.arrived_at, a.note
      FROM refunds_insuranceanswer a WHERE a.refund_id = r.id ORDER BY a.id DESC LIMIT 1""",
    "tasks": f"""SELECT t.id, t.kind, t.role, t.detail, t.created_at, t.due_at, t.done_at, t.done_by
      FROM tickets_task t WHERE t.refund_id = r.id ORDER BY (t.done_at IS NOT NULL), t.due_at, t.id
      LIMIT {MOST_ROWS}""",
    "deadlines": f"""SELECT d.rule, d.action, d.status, d.due_at, extract(epoch FROM d.remaining)::bigint AS remaining_s
      FROM core_deadline d WHERE d.subject_type = 'refund' AND d.subject_id = r.id
        AND d.status IN ('created', 'running', 'paused') ORDER BY d.due_at LIMIT {MOST_OTHERS}""",
    "log": f"""SELECT e.subject_type, e.version, e.at, e.actor_kind, e.actor_name, e.action, e.from_status, e.to_status,
        e.note, e.changes, u.role
      FROM ({_FOLLOWED}) f JOIN core_logentry e ON e.subject_type = f.kind AND e.subject_id = f.id
      LEFT JOIN core_user u ON e.actor_kind = 'staff' AND u.id = e.actor_id
      ORDER BY e.at DESC, e.id DESC LIMIT {MOST_ROWS}""",
    "disclosures": f"""SELECT d.user_name, d.reason, d.note, d.created_at
      FROM tickets_disclosure d WHERE d.refund_id = r.id ORDER BY d.id DESC LIMIT {MOST_ROWS}""",
    "others": f"""SELECT x.refund_no, x.kind, x.reason, x.status, x.amount_fen, x.refunded_fen, x.refusals,
        x.created_at, x.summary, x.order_id = o.id AS same_order
      FROM orders_order y JOIN refunds_refund x ON x.order_id = y.id
      WHERE y.buyer_id = o.buyer_id AND x.id <> r.id ORDER BY x.id DESC LIMIT {MOST_OTHERS}""",
}


def _statement() -> str:
    lists = ", ".join(
        f"'{name}', (SELECT coalesce(json_agg(row_to_json(one)), '[]') FROM ({rows}) one)"
        for name, rows in _LISTS.items()
    )
    others = (
        "(SELECT json_build_object('requests', count(*), 'refusals', coalesce(sum(refusals), 0)) FROM"
        " (SELECT x.refusals FROM orders_order y JOIN refunds_refund x ON x.order_id = y.id"
        f" WHERE y.buyer_id = o.buyer_id AND x.id <> r.id LIMIT {COUNTED_UP_TO}) one)"
    )
    return (
        f"SELECT json_build_object('stamp', {_STAMP}, 'counts', {others}, {lists})::text"
        " FROM refunds_refund r JOIN orders_order o ON o.id = r.order_id WHERE r.id = %s"
    )


_ALL = _statement()
_NOW = (
    f"SELECT {_STAMP}"  # the text is ours
    " FROM refunds_refund r JOIN orders_order o ON o.id = r.order_id"
    " WHERE r.refund_no = %s AND (%s OR r.shop_id = ANY(%s))"
)


def request_get_for(actor: Actor, refund_no: str) -> Refund:
    """Return a request with its order, buyer, shop and owner; one query. Raises: Forbidden, NotFound."""
    actor.require(LOOK)
    rows = Refund.objects.filter(refund_no=refund_no).select_related("order__buyer", "shop", "assignee")
    refund: Refund | None = actor.visible(rows).first()
    if refund is None:
        raise errors.NotFound()
    # One shop, not two: a request and its order are always of the same.
    refund.order.shop = refund.shop
    return refund


def request_rows(refund: Refund) -> dict[str, Any]:
    """Return everything that belongs to a request, with moments as moments; one query."""
    with connection.cursor() as cursor:
        cursor.execute(_ALL, [refund.pk])
        rows: dict[str, Any] = json.loads(cursor.fetchone()[0])
    for part in _LISTS:
        for row in rows[part]:
            _revive(row)
    return rows


def last_step(refund: Refund) -> dict[str, Any] | None:
    """Return the log row of the request's last step, as `request_rows` gives them; two queries."""
    columns = (
        "version",
        "at",
        "actor_kind",
        "actor_id",
        "actor_name",
        "action",
        "from_status",
        "to_status",
        "note",
        "changes",
    )
    found = LogEntry.objects.filter(subject_type="refund", subject_id=refund.pk).order_by("-version")
    row: dict[str, Any] | None = found.values("subject_type", *columns).first()
    if row is not None:
        staff = User.objects.filter(pk=row["actor_id"]) if row["actor_kind"] == "staff" else User.objects.none()
        row["role"] = staff.values_list("role", flat=True).first()
    return row


def request_stamp(actor: Actor, refund_no: str) -> str:
    """Return what changes whenever anything on the page does; one query. Raises: Forbidden, NotFound."""
    actor.require(LOOK)
    shops = [] if actor.shop_ids is None else sorted(actor.shop_ids)
    with connection.cursor() as cursor:
        cursor.execute(_NOW, [refund_no, actor.shop_ids is None, shops])
        row = cursor.fetchone()
    if row is None:
        raise errors.NotFound()
    return str(row[0])


def _revive(row: dict[str, Any]) -> None:
    for name, value in row.items():
        if value is not None and (name == "at" or name.endswith("_at")):
            row[name] = datetime.fromisoformat(value)
