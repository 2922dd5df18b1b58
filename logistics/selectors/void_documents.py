"""Void lists as callers of the REST interface read them."""

from dataclasses import asdict
from typing import Any

from aftersales.core import masking
from aftersales.core.auth import Actor
from logistics.models import VoidList, VoidListLine
from orders.selectors import moment

from .voids import void_list_get_for, void_list_lines


def void_list_row(void_list: VoidList) -> dict[str, Any]:
    """Give a list that carries its counts as plain data."""
    return {
        "list_no": void_list.list_no,
        "shop": void_list.shop.code,
        "day": void_list.day.isoformat(),
        "supplement": void_list.supplement,
        "submitted_at": moment(void_list.created_at),
        "submitted_by": void_list.created_by,
    } | asdict(void_list.counts)


def void_list_document(actor: Actor, list_no: str) -> dict[str, Any]:
    """Give a list with its lines: five statements, whatever their number. Raises: Forbidden, NotFound."""
    void_list = void_list_get_for(actor, list_no)
    return void_list_row(void_list) | {"lines": [_line(line) for line in void_list_lines(void_list)]}


def _line(line: VoidListLine) -> dict[str, Any]:
    refund = line.refund
    return {
        "refund_no": refund.refund_no,
        "version": refund.version,
        "order_no": refund.order.order_no,
        "buyer": masking.mask_name(refund.order.buyer.nick),
        "amount_fen": refund.amount_fen,
        "goods": [
            {
                "line_no": each.order_line.line_no,
                "goods_no": each.order_line.goods_no,
                "title": each.order_line.title,
                "sku": each.order_line.sku,
                "quantity": each.quantity,
            }
            for each in refund.lines.all()
        ],
        "due_at": None if line.answer or refund.due_paused else moment(refund.due_at),
        "answer": line.answer or None,
        "ended_as": line.ended_as or None,
        "outcome": line.label or None,
        "answered_at": moment(line.answered_at),
        "answered_by": line.answered_by or None,
        "note": line.note or None,
        "late_answer": line.late_answer or None,
        "late_at": moment(line.late_at),
        "late_by": line.late_by or None,
    }
