"""Requests that were decided, as the playbook would have seen them at that moment: batches for a trial.

The first agreement or refusal counts, by a person or by the clock. What was asked is the version of then; pictures,
messages, and the buyer's other requests count as far as they were there. What stands nowhere with a time (goods,
scores, policy figures, refusals of other requests) is taken as it is now.
"""

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from orders.models import Order
from refunds.models import Refund
from refunds.services.assessing import seven_day_until
from refunds.states import Flow, RefundStatus

from .playbook import Facts
from .playbook.trying import Case, Did
from .request_advice import days_between
from .request_looks import share_fen

BATCH = 500
_COUNTED_UP_TO = 100

_DECIDED = f"""
SELECT json_build_object('refund_no', r.refund_no, 'flow', r.flow, 'phase', r.phase, 'attempt', r.attempt,
    'shop_id', r.shop_id, 'shop', s.code, 'created_at', r.created_at, 'signed_at', o.signed_at,
    'shipped_at', o.shipped_at, 'insured', o.freight_insurance, 'at', d.at, 'action', d.action,
    'by_clock', d.actor_kind = 'system', 'asked', v.asked,
    'voided', EXISTS (SELECT 1 FROM core_logentry e WHERE e.subject_type = 'refund' AND e.subject_id = r.id
        AND e.action = 'void_result_voided' AND e.version < d.version),
    'contacted', EXISTS (SELECT 1 FROM refunds_message m WHERE m.refund_id = r.id AND m.side = 'seller'
        AND m.created_at < d.at),
    'pictures', (SELECT count(*) FROM refunds_evidence e WHERE e.refund_id = r.id AND e.side = 'buyer'
        AND e.attached_at <= d.at),
    'numbered', EXISTS (SELECT 1 FROM logistics_parcel p WHERE p.order_id = o.id AND p.tracking_no <> ''
        AND p.direction = 'out' AND p.shipped_at <= d.at),
    'given_before', EXISTS (SELECT 1 FROM refunds_refundline x JOIN refunds_refundline y
        ON y.order_line_id = x.order_line_id AND y.refund_id <> r.id JOIN refunds_refund z ON z.id = y.refund_id
        WHERE x.refund_id = r.id AND z.status = 'SUCCESS' AND z.finished_at < d.at),
    'others', (SELECT json_build_object('requests', count(*), 'refusals', coalesce(sum(one.refusals), 0)) FROM
        (SELECT z.refusals FROM orders_order y JOIN refunds_refund z ON z.order_id = y.id
         WHERE y.buyer_id = o.buyer_id AND z.id <> r.id AND z.created_at < d.at LIMIT {_COUNTED_UP_TO}) one),
    'lines', (SELECT json_object_agg(l.line_no, json_build_object('paid_share_fen', l.paid_share_fen,
        'quantity', l.quantity, 'seven_day', l.seven_day_return, 'hot', l.hot_seller, 'score', l.item_score,
        'category', l.category)) FROM orders_orderline l WHERE l.order_id = o.id))::text
FROM refunds_refund r JOIN orders_order o ON o.id = r.order_id JOIN core_shop s ON s.id = r.shop_id
JOIN LATERAL (SELECT e.at, e.action, e.actor_kind, e.version FROM core_logentry e
    WHERE e.subject_type = 'refund' AND e.subject_id = r.id AND e.action IN ('agree', 'refuse')
      AND e.from_status = '{RefundStatus.WAIT_SELLER_AGREE}' ORDER BY e.version LIMIT 1) d ON true
JOIN LATERAL (SELECT v.asked FROM refunds_refundversion v WHERE v.refund_id = r.id AND v.created_at <= d.at
    ORDER BY v.number DESC LIMIT 1) v ON true
WHERE r.id = ANY(%s) ORDER BY r.id DESC
"""


def applied_since(since: datetime, until: datetime) -> QuerySet[Refund]:
    """Give the requests that were applied for in a time, decided or not; the latest first."""
    rows: QuerySet[Refund] = Refund.objects.filter(created_at__gte=since, created_at__lt=until).order_by("-pk")
    return rows


def decided_batches(since: datetime, until: datetime) -> Iterator[tuple[int, list[Case]]]:
    """Give the decided requests of a time in batches by key, each with how many requests were looked at for it.

    Two statements a batch, whatever belongs to the requests; nothing is locked and nothing is held between batches.
    """
    rows, last = applied_since(since, until), None
    while True:
        page = rows if last is None else rows.filter(pk__lt=last)
        keys = list(page.values_list("pk", flat=True)[:BATCH])
        if not keys:
            return
        last = keys[-1]
        with connection.cursor() as cursor:
            cursor.execute(_DECIDED, [keys])
            found = [_case(json.loads(row[0])) for row in cursor.fetchall()]
        yield len(keys), found


def _case(row: Mapping[str, Any]) -> Case:
    at = datetime.fromisoformat(row["at"])
    did: Did = "by_itself" if row["by_clock"] else "refuse" if row["action"] == "refuse" else "agree"
    return Case(row["refund_no"], _facts(row, at), did, row["contacted"])


def _facts(row: Mapping[str, Any], at: datetime) -> Facts:
    asked, created = row["asked"], datetime.fromisoformat(row["created_at"])
    unshipped = row["flow"] == Flow.UNSHIPPED
    lines = [
        {**row["lines"][one["line_no"]], **_of_line(one)} for one in asked["lines"] if one["line_no"] in row["lines"]
    ]
    signed = None if unshipped else _until(row["signed_at"], at)
    in_time_until = seven_day_until(Order(shop_id=row["shop_id"], signed_at=signed))
    scores = [round(float(line["score"]) * 10) for line in lines if line["score"] is not None]
    categories = {line["category"] for line in lines}
    return Facts(
        status=RefundStatus.WAIT_SELLER_AGREE,
        kind=asked["kind"],
        goods_status=asked["goods_status"],
        reason=asked["reason"],
        phase=row["phase"],
        before_shipment=unshipped,
        voided=unshipped and row["voided"],
        parcel="not_shipped" if unshipped else "signed" if signed else "under_way" if row["numbered"] else "no_number",
        amount_fen=asked["amount_fen"],
        full_amount=all(line["asked_fen"] >= share_fen(line) for line in lines),
        given_before=row["given_before"],
        seven_day_goods=all(line["seven_day"] for line in lines),
        hot_seller=any(line["hot"] for line in lines),
        insured=row["insured"],
        pictures=row["pictures"],
        attempt=row["attempt"],
        buyer_requests=row["others"]["requests"],
        buyer_refusals=row["others"]["refusals"],
        shipped_days=None if unshipped else days_between(_until(row["shipped_at"], at), at),
        signed_days=days_between(signed, created),
        in_time=None if in_time_until is None else created < in_time_until,
        item_score=min(scores, default=None),
        category=categories.pop() or None if len(categories) == 1 else None,
        shop=row["shop"],
    )


def _of_line(asked: Mapping[str, Any]) -> dict[str, int]:
    return {"asked_quantity": asked["quantity"], "asked_fen": asked["amount_fen"]}


def _until(moment: str | None, at: datetime) -> datetime | None:
    """Give a moment that had come by then."""
    found = None if moment is None else datetime.fromisoformat(moment)
    return found if found is not None and found <= at else None
