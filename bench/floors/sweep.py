"""The limit of a sweep: the very rows that it writes, written by set-based SQL; and the usual way, a task for each row.

Only for requests that wait for the seller's answer and are agreed to by the clock (TMO-1 … TMO-4).
"""

from datetime import datetime, timedelta
from typing import Any

from celery import shared_task
from django.db import connection, transaction
from django.utils import timezone

from aftersales.core.models import Deadline, LogEntry, OutboxEvent
from orders.models import Order
from refunds.models import Refund, RefundPayment
from refunds.states import Flow, RefundStatus

RETURNS = "d.flow = 'return_refund'"
STATEMENTS = (
    """
CREATE TEMP TABLE batch ON COMMIT DROP AS
  SELECT d.id AS deadline_id, d.due_at AS was_due_at, r.id, r.order_id, r.shop_id, r.version + 1 AS version, r.flow,
    r.amount_fen, r.postage_fen, s.return_address, nextval('refunds_refundpayment_id_seq') AS payment_id,
    nextval('refunds_payment_no') AS payment_no
  FROM (
    SELECT id, subject_id, due_at FROM core_deadline WHERE status = 'running' AND due_at <= %(as_of)s AND attempts = 0
    ORDER BY due_at, id LIMIT %(limit)s FOR NO KEY UPDATE SKIP LOCKED
  ) d JOIN refunds_refund r ON r.id = d.subject_id JOIN core_shop s ON s.id = r.shop_id
""",
    "SELECT 1 FROM orders_order WHERE id IN (SELECT order_id FROM batch) ORDER BY id FOR NO KEY UPDATE",
    "SELECT 1 FROM refunds_refund WHERE id IN (SELECT id FROM batch) ORDER BY id FOR NO KEY UPDATE",
    f"""
UPDATE refunds_refund r SET version = d.version, updated_at = %(now)s,
  status = CASE WHEN {RETURNS} THEN 'WAIT_BUYER_RETURN_GOODS' ELSE 'WAIT_SYSTEM_TRANSFER' END,
  return_address = CASE WHEN {RETURNS} THEN d.return_address ELSE r.return_address END,
  due_at = CASE WHEN {RETURNS} THEN %(next)s END, due_action = CASE WHEN {RETURNS} THEN 'expire' ELSE '' END,
  due_against_shop = FALSE, due_paused = FALSE
FROM batch d WHERE r.id = d.id
""",
    f"""
INSERT INTO core_logentry (
  subject_type, subject_id, version, shop_id, at, actor_kind, actor_id, actor_name, action,
  from_status, to_status, note, changes)
SELECT 'refund', d.id, d.version, d.shop_id, %(now)s, 'system', NULL::bigint, 'system: timeout',
  'agree', 'WAIT_SELLER_AGREE',
  CASE WHEN {RETURNS} THEN 'WAIT_BUYER_RETURN_GOODS' ELSE 'WAIT_SYSTEM_TRANSFER' END, '',
  CASE WHEN {RETURNS}
    THEN jsonb_build_object('status', 'WAIT_BUYER_RETURN_GOODS', 'return_address', d.return_address)
    ELSE jsonb_build_object('status', 'WAIT_SYSTEM_TRANSFER') END
FROM batch d
UNION ALL
SELECT 'payment', d.payment_id, 1, d.shop_id, %(now)s, 'system', NULL::bigint, 'system: timeout', 'promise',
  '', 'promised', '',
  jsonb_build_object('status', 'promised', 'amount_fen', d.amount_fen, 'gateway', 'offline')
FROM batch d WHERE NOT {RETURNS}
""",
    """
UPDATE core_deadline o SET status = 'succeeded', finished_at = %(now)s,
  late_by = greatest(%(now)s - d.was_due_at, interval '0') FROM batch d WHERE o.id = d.deadline_id
""",
    f"""
INSERT INTO core_deadline (subject_type, subject_id, shop_id, rule, action, against_shop, status, created_at, due_at,
  warned, attempts, error)
SELECT 'refund', d.id, d.shop_id, 'TMO-5', 'expire', FALSE, 'running', %(now)s, %(next)s, 0, 0, ''
FROM batch d WHERE {RETURNS}
""",
    f"""
INSERT INTO core_outboxevent (topic, subject_type, subject_id, shop_id, payload, created_at, next_try_at, attempts,
  handled, error)
SELECT 'refund.agreed', 'refund', d.id, d.shop_id, jsonb_build_object('status',
    CASE WHEN {RETURNS} THEN 'WAIT_BUYER_RETURN_GOODS' ELSE 'WAIT_SYSTEM_TRANSFER' END,
    'from', 'WAIT_SELLER_AGREE', 'version', d.version), %(now)s, %(now)s, 0, '[]'::jsonb, ''
FROM batch d
UNION ALL
SELECT 'payment.promised', 'payment', d.payment_id, d.shop_id,
  jsonb_build_object('status', 'promised', 'from', '', 'version', 1), %(now)s, %(now)s, 0, '[]'::jsonb, ''
FROM batch d WHERE NOT {RETURNS}
""",
    f"""
INSERT INTO refunds_refundpayment (id, payment_no, refund_id, shop_id, status, version, amount_fen, gateway, reference,
  failure, code, attempt, asked, created_at, updated_at)
SELECT d.payment_id, 'RP' || d.payment_no, d.id, d.shop_id, 'promised', 1, d.amount_fen, 'offline', '', '', '', 0, 0,
  %(now)s, %(now)s FROM batch d WHERE NOT {RETURNS}
""",
    f"""
UPDATE orders_orderline t
SET promised_fen = t.promised_fen + v.amount, returned_quantity = t.returned_quantity + v.units
FROM (
  SELECT l.order_line_id AS id, sum(l.amount_fen) AS amount,
    sum(CASE WHEN l.takes_units THEN l.quantity ELSE 0 END) AS units
  FROM refunds_refundline l JOIN batch d ON d.id = l.refund_id WHERE NOT {RETURNS} GROUP BY 1
) v WHERE t.id = v.id
""",
    f"""
UPDATE orders_order t SET promised_fen = t.promised_fen + v.amount, postage_given_fen = t.postage_given_fen + v.postage
FROM (
  SELECT d.order_id AS id, sum(d.amount_fen) AS amount, sum(d.postage_fen) AS postage
  FROM batch d WHERE NOT {RETURNS} GROUP BY 1
) v WHERE t.id = v.id
""",
)


def in_sql(*, limit: int, as_of: datetime) -> int:
    """Let up to `limit` due requests be agreed to, by SQL alone; return how many."""
    now = timezone.now()
    params: dict[str, Any] = {"limit": limit, "as_of": as_of, "now": now, "next": now + timedelta(days=7)}
    moved = 0
    with transaction.atomic(), connection.cursor() as cursor:
        for statement in STATEMENTS:
            cursor.execute(statement, params)
            moved = moved or max(cursor.rowcount, 0)
    return moved


@shared_task(name="bench.one_row")
def one_row(deadline_id: int) -> None:
    """Let one deadline act the usual way: load, lock, change, save, log row, next deadline, event."""
    now = timezone.now()
    with transaction.atomic():
        deadline = Deadline.objects.select_for_update().get(pk=deadline_id)
        if deadline.status != Deadline.Status.RUNNING:
            return
        refund = (
            Refund.objects.select_for_update(of=("self",)).select_related("order", "shop").get(pk=deadline.subject_id)
        )
        before = refund.status
        returns = refund.flow == Flow.RETURN_REFUND
        status = RefundStatus.WAIT_BUYER_RETURN_GOODS if returns else RefundStatus.WAIT_SYSTEM_TRANSFER
        refund.__dict__["status"] = status.value
        refund.version += 1
        refund.updated_at = now
        if returns:
            refund.return_address = refund.shop.return_address
            refund.due_at, refund.due_action = now + timedelta(days=7), "expire"
        refund.save()
        note(refund, "refund", "agree", before, "refund.agreed")
        deadline.status, deadline.finished_at = Deadline.Status.SUCCEEDED, now
        deadline.save()
        if returns:
            Deadline.objects.create(
                subject_type="refund",
                subject_id=refund.pk,
                shop_id=refund.shop_id,
                rule="TMO-5",
                action="expire",
                created_at=now,
                due_at=now + timedelta(days=7),
            )
        else:
            promise(refund, now)


def promise(refund: Refund, now: datetime) -> None:
    """Bind the money of one request."""
    payment = RefundPayment.objects.create(
        payment_no=f"RP{refund.pk}",
        refund=refund,
        shop_id=refund.shop_id,
        status="promised",
        amount_fen=refund.amount_fen,
        gateway="offline",
        created_at=now,
        updated_at=now,
    )
    note(payment, "payment", "promise", "", "payment.promised")
    for line in refund.lines.select_related("order_line"):
        line.order_line.promised_fen += line.amount_fen
        line.order_line.save(update_fields=["promised_fen"])
    order = Order.objects.select_for_update().get(pk=refund.order_id)
    order.promised_fen += refund.amount_fen
    order.save(update_fields=["promised_fen"])


def note(subject: Refund | RefundPayment, name: str, action: str, before: str, topic: str) -> None:
    """Write a log row and an event."""
    LogEntry.objects.create(
        subject_type=name,
        subject_id=subject.pk,
        version=subject.version,
        shop_id=subject.shop_id,
        at=subject.updated_at,
        actor_kind="system",
        actor_name="system",
        action=action,
        from_status=before,
        to_status=subject.status,
    )
    OutboxEvent.objects.create(
        topic=topic,
        subject_type=name,
        subject_id=subject.pk,
        shop_id=subject.shop_id,
        created_at=subject.updated_at,
        next_try_at=subject.updated_at,
    )
