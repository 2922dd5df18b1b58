"""Reading requests: one for somebody, a list for somebody, and the document that callers and webhooks get.

The document is one statement of fixed text: built by the ORM its compilation alone would cost more than running it.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from types import SimpleNamespace
from typing import Any

from django.db.models import F, Q, QuerySet

from aftersales.core import errors
from aftersales.core.auth import Actor
from aftersales.core.transitions import allowed_actions
from orders.selectors import deadline_as_json, moment
from orders.selectors.orders import require_reader
from orders.selectors.representing import nick_as_json
from refunds.models import Refund, RefundLine
from refunds.states import PLATFORM_NUMBERS, PROPOSAL, REFUND, kit_of
from refunds.states.dispute import DISPUTE
from refunds.states.grounds import INTERNAL
from refunds.states.payment import PAYMENT

_LINES = """json_build_object(
        'line_no', ol.line_no, 'item_id', ol.item_id, 'goods_no', ol.goods_no, 'title', ol.title, 'sku', ol.sku,
        'quantity', l.quantity, 'amount_fen', l.amount_fen, 'held_fen', l.held_fen,
        'exchange_sku', nullif(l.exchange_sku, ''),
        'exchange_price_fen', l.exchange_price_fen)"""
_DOCUMENT = f"""
SELECT r.*, o.order_no AS order_number, s.code AS shop_code, u.username AS assignee_name, json_build_object(
  'buyer', json_build_object('id', b.buyer_id, 'nick', b.nick),
  'lines', (
    SELECT coalesce(json_agg({_LINES} ORDER BY l.id), '[]')
    FROM refunds_refundline l JOIN orders_orderline ol ON ol.id = l.order_line_id WHERE l.refund_id = r.id),
  'proposals', (
    SELECT coalesce(json_agg(json_build_object(
        'number', q.number, 'kind', q.kind, 'status', q.status, 'proposed_by', q.proposed_by,
        'to_kind', nullif(q.to_kind, ''), 'to_reason', nullif(q.to_reason, ''), 'amount_fen', q.amount_fen,
        'offered_sku', nullif(q.offered_sku, ''), 'keeps_sale', q.keeps_sale,
        'text', q.text, 'due_at', q.due_at, 'created_at', q.created_at) ORDER BY q.number), '[]')
    FROM refunds_proposal q WHERE q.refund_id = r.id),
  'messages', (
    SELECT coalesce(json_agg(json_build_object(
        'at', m.created_at, 'side', m.side, 'author', m.author_name, 'text', m.text) ORDER BY m.id), '[]')
    FROM refunds_message m WHERE m.refund_id = r.id),
  'evidence', (
    SELECT coalesce(json_agg(json_build_object(
        'id', e.evidence_id, 'sha256', e.sha256, 'content_type', e.content_type, 'size', e.size,
        'purpose', e.purpose, 'shows', nullif(e.shows, ''),
        'side', e.side, 'name', e.original_name, 'width', e.width, 'height', e.height,
        'created_at', e.created_at) ORDER BY e.created_at, e.id), '[]')
    FROM refunds_evidence e WHERE e.refund_id = r.id),
  'parcels', (
    SELECT coalesce(json_agg(json_build_object(
        'carrier', p.carrier, 'tracking_no', p.tracking_no, 'created_at', p.created_at,
        'superseded_at', p.superseded_at) ORDER BY p.id), '[]')
    FROM refunds_returnshipment p WHERE p.refund_id = r.id),
  'replacements', (
    SELECT coalesce(json_agg(json_build_object(
        'carrier', p.carrier, 'tracking_no', p.tracking_no, 'created_at', p.created_at,
        'superseded_at', p.superseded_at) ORDER BY p.id), '[]')
    FROM refunds_replacementshipment p WHERE p.refund_id = r.id),
  'turned_from', (SELECT f.refund_no FROM refunds_refund f WHERE f.id = r.turned_from_id),
  'turned_into', (SELECT t.refund_no FROM refunds_refund t WHERE t.turned_from_id = r.id),
  'inspection', (
    SELECT json_build_object('result', CASE WHEN i.passed THEN 'pass' ELSE 'fail' END, 'findings', i.findings,
        'inspector', i.inspector_name, 'created_at', i.created_at, 'lines', (
          SELECT coalesce(json_agg(json_build_object('line_no', ol.line_no, 'expected', il.expected,
              'found', il.found, 'wrong_goods', il.wrong_goods, 'checks', il.checks, 'findings', il.findings,
              'damage', il.damage, 'disposition', il.disposition, 'location', il.location) ORDER BY il.id), '[]')
          FROM refunds_inspectionline il JOIN orders_orderline ol ON ol.id = il.order_line_id
          WHERE il.inspection_id = i.id))
    FROM refunds_inspection i WHERE i.refund_id = r.id ORDER BY i.id DESC LIMIT 1),
  'dispute', (
    SELECT json_build_object('status', d.status, 'requested_by', d.requested_by, 'text', d.text,
        'decision_text', d.decision_text, 'created_at', d.created_at, 'decided_at', d.decided_at,
        'buyer_evidence_until_at', d.buyer_evidence_until, 'seller_evidence_until_at', d.seller_evidence_until,
        'decision_due_at', d.decision_due_at, 'is_overdue', d.is_overdue)
    FROM refunds_dispute d WHERE d.refund_id = r.id ORDER BY d.id DESC LIMIT 1),
  'payment', (
    SELECT json_build_object('payment_no', p.payment_no, 'status', p.status, 'amount_fen', p.amount_fen,
        'gateway', p.gateway, 'reference', nullif(p.reference, ''), 'failure', nullif(p.failure, ''),
        'created_at', p.created_at, 'settled_at', p.settled_at)
    FROM refunds_refundpayment p WHERE p.refund_id = r.id ORDER BY p.id DESC LIMIT 1),
  'history', (
    SELECT coalesce(json_agg(json_build_object(
        'at', h.at, 'actor', h.actor_name, 'actor_kind', h.actor_kind, 'action', h.action,
        'from', nullif(h.from_status, ''), 'to', h.to_status, 'note', h.note, 'version', h.version
      ) ORDER BY h.version), '[]')
    FROM core_logentry h WHERE h.subject_type = 'refund' AND h.subject_id = r.id)
)::text AS parts
FROM refunds_refund r JOIN orders_order o ON o.id = r.order_id JOIN orders_buyer b ON b.id = o.buyer_id
  JOIN core_shop s ON s.id = r.shop_id LEFT JOIN core_user u ON u.id = r.assignee_id
"""
_BY_KEY = f"{_DOCUMENT} WHERE r.id = %s"
_BY_NUMBER = f"{_DOCUMENT} WHERE r.refund_no = %s"

PLAIN = (
    "refund_no version status kind goods_status phase reason amount_fen postage_fen refunded_fen attempt refusals"
    " in_dispute ships_first difference_fen difference_settled"
    " replacement_trouble settlement"
).split()
MOMENTS = ("created_at", "updated_at", "finished_at", "received_at")
_NEEDED = (*PLAIN, *MOMENTS, *"flow fast marked_overdue void_result refused_as due_at due_action due_paused".split())


def refund_get_for(actor: Actor, refund_no: str) -> Refund:
    """Return a request, to be given to a service; one query. Raises: Forbidden, NotFound (also of unseen shops)."""
    require_reader(actor)
    refund: Refund | None = actor.visible(Refund.objects.filter(refund_no=refund_no)).first()
    if refund is None:
        raise errors.NotFound()
    return refund


def refund_document_for(actor: Actor, refund_no: str) -> dict[str, Any]:
    """Return the document of a request as this actor may see it, in one statement. Raises: as `refund_get_for`."""
    require_reader(actor)
    for refund in Refund.objects.raw(_BY_NUMBER, [refund_no]):
        if actor.sees(refund.shop_id):
            return _document(refund, actor)
    raise errors.NotFound()


def refund_document(actor: Actor, pk: int) -> dict[str, Any]:
    """Return the document of a request that the actor has just worked on, in one statement."""
    [refund] = Refund.objects.raw(_BY_KEY, [pk])
    return _document(refund, actor)


def refund_list_for(
    actor: Actor,
    *,
    status: Sequence[str] = (),
    kind: Sequence[str] = (),
    phase: str = "",
    order_no: str = "",
    buyer: str = "",
    shop: str = "",
    assignee: str = "",
    updated_since: datetime | None = None,
    due_before: datetime | None = None,
) -> QuerySet[Refund, dict[str, Any]]:
    """Return rows for `refunds_as_json`, unordered.

    `buyer` is the shop's id of him; `assignee` a user name, "me", or "none", for staff only. The indexes serve callers
    of one shop by -id (`refund_recent`, `refund_status`), by (updated_at, id) with `updated_since` and by (due_at, id)
    with `due_before` and a status. Raises: Forbidden.
    """
    require_reader(actor)
    exact = {
        "phase": phase,
        "order__order_no": order_no,
        "order__buyer__buyer_id": buyer,
        "shop__code": shop,
        "status": status[0] if len(status) == 1 else "",
        "kind": kind[0] if len(kind) == 1 else "",
    }
    rows = actor.visible(Refund.objects.filter(**{name: value for name, value in exact.items() if value}))
    if len(status) > 1:
        rows = rows.filter(status__in=status)
    if len(kind) > 1:
        rows = rows.filter(kind__in=kind)
    if assignee:
        rows = rows.filter(_assigned(actor, assignee))
    if updated_since is not None:
        rows = rows.filter(updated_at__gte=updated_since)
    if due_before is not None:
        rows = rows.filter(due_at__lt=due_before, due_paused=False)
    return rows.values(
        "id",
        *_NEEDED,
        order_number=F("order__order_no"),
        shop_code=F("shop__code"),
        assignee_name=F("assignee__username"),
        buyer_no=F("order__buyer__buyer_id"),
        nick=F("order__buyer__nick"),
    )


def _assigned(actor: Actor, assignee: str) -> Q:
    if not actor.is_staff:
        raise errors.Forbidden()
    if assignee == "none":
        return Q(assignee=None)
    return Q(assignee=actor.user_id) if assignee == "me" else Q(assignee__username=assignee)


def refunds_as_json(rows: Sequence[Mapping[str, Any]], actor: Actor) -> list[dict[str, Any]]:
    """Turn rows of `refund_list_for` into plain data; one statement for the lines of all of them.

    A row is the document without what takes reading further: messages, evidence, history, dispute, actions.
    """
    labels = {status: str(label) for status, label in REFUND.labels.items()}
    lines: dict[int, list[dict[str, Any]]] = {row["id"]: [] for row in rows}
    found = RefundLine.objects.filter(refund__in=list(lines)).order_by("id")
    for refund_id, quantity, amount, held, sku, price, *words in found.values_list(
        "refund_id",
        "quantity",
        "amount_fen",
        "held_fen",
        "exchange_sku",
        "exchange_price_fen",
        *(f"order_line__{name}" for name in _LINE_WORDS),
    ):
        named = dict(zip(_LINE_WORDS, words, strict=True))
        new = {"exchange_sku": sku or None, "exchange_price_fen": price}
        lines[refund_id].append(named | {"quantity": quantity, "amount_fen": amount, "held_fen": held} | new)
    return [_plain(row, labels, {"id": row["buyer_no"], "nick": row["nick"]}, lines[row["id"]], actor) for row in rows]


_LINE_WORDS = ("line_no", "item_id", "goods_no", "title", "sku")


def _plain(
    values: Mapping[str, Any],
    labels: Mapping[str, str],
    buyer: dict[str, str],
    lines: list[dict[str, Any]],
    actor: Actor,
) -> dict[str, Any]:
    """Give what rows and documents have in common."""
    status = values["status"]
    body: dict[str, Any] = {name: values[name] for name in PLAIN}
    body["order_no"] = values["order_number"]
    body["shop"] = values["shop_code"]
    body["buyer"] = buyer | {"nick": nick_as_json(buyer["nick"], masked=actor.is_staff)}
    body["status_label"] = labels[status]
    body["platform_status"] = PLATFORM_NUMBERS.get(status)
    body["void_result"] = values["void_result"] or None
    body["refusal_reason"] = values["refused_as"] or None
    for name in MOMENTS:
        body[name] = moment(values[name])
    body["lines"] = lines
    body["deadline"] = _deadline(values)
    if actor.is_staff:
        body["assignee"] = values["assignee_name"]
    return body


def _deadline(values: Mapping[str, Any]) -> dict[str, Any] | None:
    """Give the nearest deadline as the row shows it; its rule follows from the edge table."""
    action = values["due_action"]
    if values["due_at"] is None:
        return None
    wanted = REFUND.wanted_deadlines(SimpleNamespace(**values))
    rule = next((one.rule for one in wanted if one.action == action), "")
    return deadline_as_json(values["due_at"], action, values["due_paused"], rule)


def _document(refund: Any, actor: Actor) -> dict[str, Any]:
    parts = json.loads(refund.parts)
    for name, moments in _PART_MOMENTS.items():
        for one in parts[name] if isinstance(parts[name], list) else filter(None, [parts[name]]):
            for key in moments:
                one[key] = moment(one[key])
    for name, machine in (("dispute", DISPUTE), ("payment", PAYMENT)):
        if parts[name]:
            parts[name]["status_label"] = str(machine.labels[parts[name]["status"]])
    if parts["dispute"]:
        parts["dispute"]["kit"] = kit_as_json(refund.reason, parts["evidence"])
    for proposal in parts["proposals"]:
        proposal["status_label"] = str(PROPOSAL.labels[proposal["status"]])
    if not actor.is_staff:
        for step in parts["history"]:
            step["note"] = step["note"].partition(INTERNAL)[0]
    labels = {refund.status: str(REFUND.labels[refund.status])}
    return _plain(vars(refund), labels, parts["buyer"], parts["lines"], actor) | {
        "description": refund.description,
        "allowed_actions": allowed_actions(REFUND, refund, actor),
        "dispute": parts["dispute"],
        "return_address": refund.return_address or None,
        "return_shipment": _shipment(parts["parcels"]),
        "replacement_shipment": _shipment(parts["replacements"]),
        "turned_from": parts["turned_from"],
        "turned_into": parts["turned_into"],
        "inspection": parts["inspection"],
        "payment": parts["payment"],
        "proposals": parts["proposals"],
        "messages": parts["messages"],
        "evidence": parts["evidence"],
        "history": parts["history"],
    }


_PART_MOMENTS: dict[str, tuple[str, ...]] = {
    "proposals": ("due_at", "created_at"),
    "messages": ("at",),
    "evidence": ("created_at",),
    "parcels": ("created_at", "superseded_at"),
    "replacements": ("created_at", "superseded_at"),
    "inspection": ("created_at",),
    "dispute": (
        "created_at",
        "decided_at",
        "buyer_evidence_until_at",
        "seller_evidence_until_at",
        "decision_due_at",
    ),
    "payment": ("created_at", "settled_at"),
    "history": ("at",),
}


def kit_as_json(reason: str, evidence: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Give the kit that an accusation calls for, with what the shop's files show of it (DIS-3)."""
    there = {row["shows"] for row in evidence if row["side"] != "buyer"}
    return [{"piece": str(one), "piece_label": str(one.label), "there": one in there} for one in kit_of(reason)]


def _shipment(parcels: list[dict[str, Any]]) -> dict[str, Any] | None:
    """Give the parcel that counts, with the numbers that it corrected (RFD-6)."""
    if not parcels:
        return None
    *earlier, current = parcels
    del current["superseded_at"]
    return current | {"corrected": earlier}
