"""The request page as plain data for its templates. Costs two statements, whatever belongs to the request.

One more looks for other goods where an exchange is to be offered.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from django.db.models import F, QuerySet
from django.db.models.fields.tuple_lookups import Tuple, TupleGreaterThan
from django.urls import reverse
from django.utils.translation import gettext as _

from aftersales.core import clock, masking
from aftersales.core.auth import Actor
from aftersales.core.models import Role, User
from feedback.states import FEEDBACK
from orders.models import Order
from orders.models.orders import Flag, PaymentChannel
from orders.states import ORDER
from refunds.models import Refund
from refunds.selectors import inspection
from refunds.selectors.arrival import arrival_of
from refunds.selectors.insurance import expected_by, insurance_words
from refunds.states import (
    OPEN_PAYOUTS,
    PAYOUT,
    REFUND,
    ExchangeStatus,
    GoodsStatus,
    Kind,
    PaymentStatus,
    PayoutPurpose,
    Phase,
    Reason,
    RefundStatus,
)
from refunds.states.guards import REFUSED
from refunds.states.words import Flow, RefusalReason
from tickets.models import Disclosure, TaskKind

from . import dispute_parts, exchange_parts, proposal_parts, request_money, request_parts, sentences
from .keeping_part import keeping_part
from .members import member_line_words, member_words
from .queue import Wanted, queue_rows
from .request_actions import BENCH, DESK, request_actions
from .request_advice import request_advice
from .request_looks import looks
from .request_rows import request_get_for, request_rows, request_stamp

__all__ = ["assignees_for", "person_shown", "request_get_for", "request_next", "request_page", "request_stamp"]

DISCLOSE = "tickets.disclose_buyer"
READERS = DESK | {Role.ADMIN.value}
"""Who reads the whole playbook; what it recommends for a request is shown to everybody who sees the request."""
WAITS_FOR: dict[str, str] = {
    RefundStatus.WAIT_SELLER_AGREE: "seller",
    RefundStatus.WAIT_BUYER_RETURN_GOODS: "buyer",
    RefundStatus.WAIT_SELLER_CONFIRM_GOODS: "seller",
    RefundStatus.SELLER_REFUSE_BUYER: "buyer",
    RefundStatus.WAIT_SYSTEM_TRANSFER: "system",
    ExchangeStatus.WAIT_SELLER_AGREE: "seller",
    ExchangeStatus.WAIT_BUYER_RETURN_GOODS: "buyer",
    ExchangeStatus.WAIT_SELLER_CONFIRM_GOODS: "seller",
    ExchangeStatus.WAIT_BUYER_MODIFY: "buyer",
    ExchangeStatus.WAIT_SELLER_SEND_GOODS: "seller",
    ExchangeStatus.WAIT_BUYER_CONFIRM_GOODS: "buyer",
}


def request_page(actor: Actor, refund_no: str) -> dict[str, Any]:
    """Return everything that the page of a request shows to this actor, in two statements or three.

    Raises: Forbidden, NotFound (missing, or of a shop that he does not see).
    """
    refund = request_get_for(actor, refund_no)
    rows = request_rows(refund)
    order, shop = refund.order, refund.shop
    nick = order.buyer.nick
    shots = request_parts.gallery(refund, rows["evidence"])
    advice = request_advice(refund, rows, clock.now())
    return {
        "refund": refund,
        "order": order,
        "shop": shop,
        "stamp": rows["stamp"],
        "kind": Kind(refund.kind).label,
        "reason": Reason(refund.reason).label,
        "goods_status": GoodsStatus(refund.goods_status).label,
        "phase": Phase(refund.phase).label,
        "status": REFUND.labels[refund.status],
        "machine": "refund-goods" if refund.wants_goods else "refund-money",
        "waits_for": WAITS_FOR.get(refund.status, ""),
        "refused_as": RefusalReason(refund.refused_as).label if refund.refused_as else "",
        "refused": refund.status in REFUSED,
        "unshipped": refund.flow == Flow.UNSHIPPED,
        "order_status": ORDER.labels[order.status],
        "channel": PaymentChannel(order.payment_channel).label,
        "flag": Flag(order.seller_flag).label if order.seller_flag != Flag.NONE else "",
        "flags": dict(Flag.choices),
        "member": member_words(refund.order),
        "steps": request_parts.steps(refund, rows["log"]),
        "deadline": request_parts.deadline(refund, rows["deadlines"]),
        "actions": request_actions(refund, actor, recommended=advice["button"] if advice else None),
        "looks": looks(refund, rows),
        "advice": advice,
        "lines": [_line(refund.order, line) for line in rows["lines"]],
        "exchange": exchange_parts.exchange(refund, rows),
        "turned": rows["turned"],
        "keeping": keeping_part(refund, rows, actor),
        "proposals": proposal_parts.proposals(refund, rows["proposals"], actor),
        "money": request_money.breakdown(refund, rows["lines"]),
        "arrival": arrival_of(refund, reference=_reference(rows["payments"])),
        "payments": [row | {"label": PaymentStatus(row["status"]).label} for row in rows["payments"]],
        "payouts": [_payout(row) for row in rows["payouts"]],
        "notes": [row | {"flag_label": dict(Flag.choices).get(row["flag"], "")} for row in rows["notes"]],
        "debts": rows["debts"],
        "shots": shots,
        "conversation": request_parts.conversation(refund, rows["messages"], shots),
        "parcels": request_parts.parcels(rows),
        "way_back": request_parts.way_back(refund, rows),
        "movement": request_parts.movement(rows),
        "inspections": [row | {"lines": inspection.said(row["lines"])} for row in rows["inspections"]],
        "disputes": dispute_parts.disputes(refund, rows, actor),
        "tasks": [
            row | {"label": TaskKind(row["kind"]).label, "late": request_parts.is_late(row)} for row in rows["tasks"]
        ],
        "versions": request_parts.versions(rows["versions"]),
        "timeline": _timeline(refund, rows, nick),
        "others": [_other(row) for row in rows["others"]],
        "counts": rows["counts"],
        "insurance": insurance_words(refund, next(iter(rows["insurance"]), None)),
        "person": person_shown(refund.order),
        "may": {
            "write": actor.role in BENCH,
            "read_playbook": actor.role in READERS,
            "pay_out": actor.role in PAYOUT.roles_of["open"],
            "insurance": actor.role in PAYOUT.roles_of["open"] and expected_by(refund) is not None,
            "disclose": actor.may(DISCLOSE),
            "file": actor.role in DESK,
            "report_page": actor.role in FEEDBACK.roles_of["report"],
            "take": actor.role in DESK and refund.assignee_id is None,
            "release": actor.user_id is not None and refund.assignee_id == actor.user_id and actor.role in DESK,
            "settle_debts": actor.role in BENCH,
        },
        "next_url": _next_url(refund),
    }


def request_next(actor: Actor, refund: Refund, *, after: Any = None, shop_id: int | None = None) -> str:
    """Give the number of the next request that waits for a decision, by urgency, beginning behind the moment `after`.

    After the last comes the first again; empty when no other one waits. At most two statements.
    """
    rows = queue_rows(actor, Wanted(shop_id=shop_id)).exclude(pk=refund.pk).order_by("urgent_at", "id")
    numbers = rows.values_list("refund_no", flat=True)
    found = None
    if after is not None:
        behind = TupleGreaterThan(Tuple(F("urgent_at"), F("id")), (after, refund.pk))
        found = numbers.filter(behind).first()
    return found or numbers.first() or ""


def person_shown(order: Order, *, unmasked: bool = False) -> dict[str, str]:
    """Give the receiver of an order and the buyer's nick; unmasked only after `buyer_disclose` (LAW-7)."""
    if unmasked:
        return {
            "name": order.receiver_name,
            "phone": order.receiver_phone,
            "address": f"{order.receiver_region} {order.receiver_address}".strip(),
            "note": order.buyer.nick,
        }
    return {
        "name": masking.mask_name(order.receiver_name) or masking.mask_name(order.buyer.nick),
        "phone": masking.mask_phone(order.receiver_phone),
        "address": order.receiver_region,
        "note": masking.mask_name(order.buyer.nick),
    }


def colleagues(shop_ids: Collection[int] | None) -> QuerySet[User]:
    """Give the agents and supervisors who see one of the shops (None: all shops), by name."""
    staff = User.objects.filter(is_active=True, role__in=[Role.AGENT, Role.SUPERVISOR])
    if shop_ids is not None:
        staff = (staff.filter(shops__in=shop_ids) | staff.filter(shops=None)).distinct()
    return staff.order_by("display_name", "username")


def assignees_for(refund: Refund) -> list[User]:
    """Give the agents and supervisors who see the request's shop, by name; one query."""
    return list(colleagues({refund.shop_id})[:200])


def _next_url(refund: Refund) -> str:
    """Give the way to the next case; it keeps the place in the queue that this one has now, before it is decided."""
    place = urlencode({"after": refund.urgent_at.isoformat()})
    return f"{reverse('tickets:request_next', args=[refund.refund_no])}?{place}"


def _line(order: Order, line: dict[str, Any]) -> dict[str, Any]:
    member = member_line_words(
        order,
        unit_price_fen=line["unit_price_fen"],
        quantity=line["quantity"],
        paid_fen=line["paid_share_fen"],
        gift=line["gift"],
        special_offer=line["special_offer"],
    )
    return line | request_money.line_figures(line) | {"member": member}


def _timeline(refund: Refund, rows: Mapping[str, Any], nick: str) -> list[dict[str, Any]]:
    carriers = {
        row["carrier"]: row["carrier_name"]
        for row in [*rows["shipments"], *rows["replacements"]]
        if row["carrier_name"]
    }
    entries = sentences.timeline(rows["log"], refund=refund, nick=nick, carriers=carriers)
    for row in rows["disclosures"]:
        why = dict(Disclosure.Reason.choices)[row["reason"]]
        entries.append(
            {
                "at": row["created_at"],
                "who": row["user_name"],
                "text": _("saw the buyer's full data: %(why)s") % {"why": why},
                "note": row["note"],
                "kind": "system",
            }
        )
    return sorted(entries, key=lambda entry: entry["at"], reverse=True)


def _reference(payments: Sequence[Mapping[str, Any]]) -> str:
    """Give the reference of the payment that was done."""
    return next((row["reference"] for row in payments if row["status"] == PaymentStatus.DONE), "")


def _payout(row: Mapping[str, Any]) -> dict[str, Any]:
    """Say where a payout of the order stands and when the money should be there (PAY-6, PAY-8)."""
    return {
        **row,
        "purpose": PayoutPurpose(row["purpose"]).label,
        "label": PAYOUT.labels[row["status"]],
        "late": row["is_late"] and row["status"] in OPEN_PAYOUTS,
        "url": reverse("refunds:payout", args=[row["payout_no"]]),
    }


def _other(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        **row,
        "kind": Kind(row["kind"]).label,
        "reason": Reason(row["reason"]).label,
        "status": REFUND.labels[row["status"]],
        "url": reverse("tickets:request_detail", args=[row["refund_no"]]),
    }
