"""Reading orders: one for somebody, a list for somebody, and the documents that callers get.

A document is one statement of fixed text: built through the ORM its compilation alone would cost more than running it.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db.models import F, QuerySet
from django.utils.translation import gettext_lazy as _

from aftersales.core import errors
from aftersales.core.auth import Actor
from aftersales.core.transitions import allowed_actions
from orders.models import Order
from orders.states import ORDER, READERS

from .representing import deadline_as_json, moment, nick_as_json, receiver_as_json

_DOCUMENT = """
SELECT o.*, s.code AS shop_code, json_build_object(
  'buyer', json_build_object('id', b.buyer_id, 'nick', b.nick, 'level', b.level),
  'lines', (
    SELECT coalesce(json_agg(json_build_object(
        'line_no', l.line_no, 'item_id', l.item_id, 'goods_no', l.goods_no, 'title', l.title, 'sku', l.sku,
        'unit_price_fen', l.unit_price_fen, 'quantity', l.quantity, 'discount_fen', l.discount_fen,
        'paid_share_fen', l.paid_share_fen, 'promised_fen', l.promised_fen, 'refunded_fen', l.refunded_fen,
        'held_fen', l.held_fen, 'bundle_from_fen', l.bundle_from_fen,
        'returned_quantity', l.returned_quantity, 'bundle', nullif(l.bundle, ''), 'category', l.category,
        'seven_day_return', l.seven_day_return, 'hot_seller', l.hot_seller, 'gift', l.gift,
        'special_offer', l.special_offer,
        'serial_no', l.serial_no, 'item_score', l.item_score, 'weight_g', l.weight_g, 'shipped', l.shipped
      ) ORDER BY l.id), '[]') FROM orders_orderline l WHERE l.order_id = o.id),
  'notes', (
    SELECT coalesce(json_agg(json_build_object(
        'text', n.text, 'flag', nullif(n.flag, ''), 'author', n.author_name, 'created_at', n.created_at,
        'settled_at', n.settled_at, 'settled_by', nullif(n.settled_by, '')
      ) ORDER BY n.id), '[]') FROM orders_ordernote n WHERE n.order_id = o.id),
  'deadline', (
    SELECT json_build_object('at', d.due_at, 'action', d.action, 'paused', d.status = 'paused', 'rule', d.rule)
    FROM core_deadline d WHERE d.subject_type = 'order' AND d.subject_id = o.id
      AND d.status IN ('created', 'running', 'paused') ORDER BY d.due_at LIMIT 1)
)::text AS parts
FROM orders_order o JOIN core_shop s ON s.id = o.shop_id JOIN orders_buyer b ON b.id = o.buyer_id
"""
_BY_KEY = f"{_DOCUMENT} WHERE o.id = %s"
_BY_NUMBER = f"{_DOCUMENT} WHERE o.order_no = %s AND (%s OR o.shop_id = ANY(%s)) AND (%s = '' OR s.code = %s) LIMIT 2"

PLAIN = (
    "order_no version status escrow payment_channel shipping freight_insurance paid_fen postage_fen promised_fen"
    " refunded_fen open_requests aftersale_applied is_late aftersale_ended seller_memo seller_flag"
).split()
MOMENTS = ("created_at", "updated_at", "paid_at", "shipped_at", "signed_at", "finished_at")
_RECEIVER = ("receiver_name", "receiver_phone", "receiver_region", "receiver_address")


def require_reader(actor: Actor) -> None:
    """Raise Forbidden for roles that have nothing to do with orders and requests."""
    if actor.role not in READERS:
        raise errors.Forbidden()


def order_get_for(actor: Actor, order_no: str, shop: str = "") -> Order:
    """Return an order, to be given to a service; one query.

    `shop` is the code of its shop, for staff that see several with the same number. Raises: Forbidden, NotFound,
    Invalid (`ambiguous`) when the number alone does not say which.
    """
    require_reader(actor)
    rows = actor.visible(Order.objects.filter(order_no=order_no)).select_related("shop")
    return _only(list((rows.filter(shop__code=shop) if shop else rows)[:2]))


def order_document_for(actor: Actor, order_no: str, shop: str = "") -> dict[str, Any]:
    """Return the document of an order as this actor may see it, in one statement. Raises: as `order_get_for`."""
    require_reader(actor)
    shops = [] if actor.shop_ids is None else sorted(actor.shop_ids)
    found = Order.objects.raw(_BY_NUMBER, [order_no, actor.shop_ids is None, shops, shop, shop])
    return _document(_only(list(found)), actor)


def order_document(actor: Actor, pk: int) -> dict[str, Any]:
    """Return the document of an order that the actor has just worked on, in one statement."""
    [order] = Order.objects.raw(_BY_KEY, [pk])
    return _document(order, actor)


def order_list_for(
    actor: Actor,
    *,
    status: Sequence[str] = (),
    order_no: str = "",
    buyer: str = "",
    shop: str = "",
    updated_since: datetime | None = None,
) -> QuerySet[Order, dict[str, Any]]:
    """Return rows for `orders_as_json`, unordered; `buyer` is the shop's id of him.

    Ordered by (updated_at, id) in either direction the index `order_updated` serves a caller of one shop.
    Raises: Forbidden.
    """
    require_reader(actor)
    rows = actor.visible(Order.objects.all())
    if status:
        rows = rows.filter(status__in=status)
    if order_no:
        rows = rows.filter(order_no=order_no)
    if buyer:
        rows = rows.filter(buyer__buyer_id=buyer)
    if shop:
        rows = rows.filter(shop__code=shop)
    if updated_since is not None:
        rows = rows.filter(updated_at__gte=updated_since)
    named = {"shop_code": F("shop__code"), "buyer_no": F("buyer__buyer_id"), "nick": F("buyer__nick")}
    return rows.values("id", *PLAIN, *MOMENTS, *_RECEIVER, **named, level=F("buyer__level"))


def orders_as_json(rows: Sequence[Mapping[str, Any]], actor: Actor) -> list[dict[str, Any]]:
    """Turn rows of `order_list_for` into plain data, without lines, notes and actions."""
    labels = {status: str(label) for status, label in ORDER.labels.items()}
    return [
        _plain(
            row, labels, row["shop_code"], {"id": row["buyer_no"], "nick": row["nick"], "level": row["level"]}, actor
        )
        for row in rows
    ]


def _only(found: list[Order]) -> Order:
    if not found:
        raise errors.NotFound()
    if len(found) > 1:
        text = _("Several shops have an order with this number; say which shop.")
        raise errors.Invalid(errors=[errors.FieldError("shop", "ambiguous", text)])
    return found[0]


def _plain(
    values: Mapping[str, Any], labels: Mapping[str, str], shop: str, buyer: dict[str, str], actor: Actor
) -> dict[str, Any]:
    body: dict[str, Any] = {name: values[name] for name in PLAIN}
    body["status_label"] = labels[body["status"]]
    body["shop"] = shop
    body["buyer"] = buyer | {"nick": nick_as_json(buyer["nick"], masked=actor.is_staff)}
    for name in MOMENTS:
        body[name] = moment(values[name])
    body["receiver"] = receiver_as_json(values, masked=actor.is_staff)
    return body


def _document(order: Any, actor: Actor) -> dict[str, Any]:
    parts = json.loads(order.parts)
    labels = {order.status: str(ORDER.labels[order.status])}
    body = _plain(vars(order), labels, order.shop_code, parts["buyer"], actor)
    for note in parts["notes"]:
        note["created_at"], note["settled_at"] = moment(note["created_at"]), moment(note["settled_at"])
    due = parts["deadline"]
    return body | {
        "lines": parts["lines"],
        "notes": parts["notes"],
        "deadline": deadline_as_json(**due) if due else None,
        "allowed_actions": allowed_actions(ORDER, order, actor),
    }
