"""What could be asked for now, line by line: the same judgement as `assessing`, without an ask and without a lock."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from aftersales.core import clock
from aftersales.core.machine import WhyNot
from orders.models import Order, OrderLine
from orders.selectors import moment
from refunds.models import RefundLine
from refunds.states import GOODS_KINDS, UNSETTLED_STATES, Flow, GoodsStatus, Kind, Reason
from refunds.states.words import LATER_KINDS

from .assessing import flow_of, phase_of, reasons_for, seven_day_until, why_no_request
from .settling import Settled, max_line_fen, settle, settled_together


def refundable(*, order: Order) -> dict[str, Any]:
    """Say for each line what is left, the most that can be asked, the kinds and the reasons; or why nothing.

    Two statements. What it offers is still judged under the lock when it is asked for. APP-1…5, APP-7, AMT-1, TMO-8, 9.
    """
    lines = list(order.lines.order_by("pk"))
    asked = RefundLine.objects.filter(order_line__in=lines, is_open=True)
    rows = list(
        asked.values_list("order_line_id", "refund__refund_no", "takes_units", "refund__status", "refund__kind")
    )
    held = {line: number for line, number, *_rest in rows}
    coming = {
        line
        for line, _number, takes_units, status, kind in rows
        if takes_units and status in UNSETTLED_STATES and kind not in GOODS_KINDS
    }
    stop = why_no_request(order)
    until = seven_day_until(order)
    postage = max(order.postage_fen - order.postage_given_fen, 0)
    return {
        "order_no": order.order_no,
        "status": order.status,
        "status_label": str(order.get_status_display()),
        "version": order.version,
        "phase": str(phase_of(order)),
        "left_fen": order.left_fen,
        "postage_left_fen": min(postage, order.left_fen),
        "why_not": _why(stop),
        "lines": [
            _line(order, line, held.get(line.pk), stop, moment(until), _settled(order, lines, line, coming))
            for line in lines
        ],
    }


def _why(stop: WhyNot | None) -> dict[str, str] | None:
    return {"rule": stop.rule, "detail": str(stop.text)} if stop else None


def _settled(order: Order, lines: list[OrderLine], line: OrderLine, coming: set[int]) -> dict[str, Any]:
    """Say what comes back when all that is left of this line alone is returned, and by which sum (AMT-3, LAW-3)."""
    if not line.quantity_left:
        return {"return_fen": 0, "settlement": None, "waits_for_bundle": False}
    found: Settled = settle(order, lines, {line.pk: line.quantity_left}, fault=False)
    return {
        "return_fen": found.most[line.pk] + sum(fen for _line, fen in found.rest),
        "settlement": found.sums[0].as_json() if found.sums else None,
        "waits_for_bundle": settled_together(order, lines, line.bundle)
        and any(other.pk in coming for other in lines if other.bundle == line.bundle and other.pk != line.pk),
    }


def _line(
    order: Order,
    line: OrderLine,
    request_no: str | None,
    stop: WhyNot | None,
    until: str | None,
    settled: dict[str, Any],
) -> dict[str, Any]:
    most = max_line_fen(line, line.quantity_left) if line.quantity_left else 0
    stop = stop or _line_stop(line, request_no, max(most, settled["return_fen"]))
    reasons = {} if stop else _reasons(order, line)
    return {
        "line_no": line.line_no,
        "title": line.title,
        "sku": line.sku,
        "quantity": line.quantity,
        "quantity_left": line.quantity_left,
        "max_fen": min(most, order.left_fen),
        **settled,
        "kinds": list(reasons),
        "answers": [_answer(order, line, kind, stop, reasons.get(kind, {})) for kind in Kind],
        "reasons": reasons,
        "seven_day_until_at": until if line.seven_day_return else None,
        "open_request": request_no,
        "why_not": _why(stop),
    }


def _answer(
    order: Order, line: OrderLine, kind: Kind, stop: WhyNot | None, reasons: dict[str, list[str]]
) -> dict[str, str | None]:
    """Say of one kind whether it can be had: yes, no, or that a person decides (LAW-1, APP-4).

    "yes" is what nobody has to judge: money before anything was shipped, and seven-day goods while the time lasts.
    """
    if stop is None and not reasons:
        stop = _kind_stop(order, line, kind)
    if stop is not None:
        return {"kind": str(kind), "answer": "no", "rule": stop.rule, "detail": str(stop.text)}
    if _flow(order, line, kind) == Flow.UNSHIPPED:
        return {"kind": str(kind), "answer": "yes", "rule": "RFD-1", "detail": str(_("Nothing has left yet."))}
    if Reason.SEVEN_DAY in reasons.get(GoodsStatus.RECEIVED, ()):
        text = _("Within the seven days, if the goods are intact.")
        return {"kind": str(kind), "answer": "yes", "rule": "LAW-1", "detail": str(text)}
    return {"kind": str(kind), "answer": "person", "rule": None, "detail": str(_("The shop looks at it and answers."))}


def _kind_stop(order: Order, line: OrderLine, kind: Kind) -> WhyNot:
    if kind in LATER_KINDS:
        return WhyNot(
            "APP-1", _("This kind of request is not handled here yet: ask for a refund, a return or an exchange.")
        )
    return WhyNot("APP-4", _("Before shipment only a refund can be asked for."))


def _line_stop(line: OrderLine, request_no: str | None, most: int) -> WhyNot | None:
    if request_no is not None:
        return WhyNot("APP-7", _("Line %(line)s has an open request already.") % {"line": line.line_no})
    if not line.quantity_left:
        return WhyNot("APP-7", _("%(left)s of line %(line)s are left to ask for.") % {"left": 0, "line": line.line_no})
    if most <= 0:
        return WhyNot("AMT-1", _("Nothing was paid for these goods, so nothing can be given back."))
    return None


def _reasons(order: Order, line: OrderLine) -> dict[str, dict[str, list[str]]]:
    """Give the reasons by kind and goods status, only of combinations that are possible."""
    found: dict[str, dict[str, list[str]]] = {}
    for kind in Kind:
        flow = None if kind in LATER_KINDS else _flow(order, line, kind)
        if flow is None:
            continue
        by_status = {
            str(status): [str(reason) for reason in reasons_for(flow, status) if _fits(order, line, reason)]
            for status in GoodsStatus
        }
        possible = {status: reasons for status, reasons in by_status.items() if reasons}
        if possible:
            found[str(kind)] = possible
    return found


def _flow(order: Order, line: OrderLine, kind: Kind) -> Flow | None:
    """Say which way a request would take; None where the kind is not possible before shipment (APP-4)."""
    flow = flow_of(order, [line], kind)
    return None if flow == Flow.UNSHIPPED and kind != Kind.REFUND_ONLY else flow


def _fits(order: Order, line: OrderLine, reason: Reason) -> bool:
    """Leave the seven-day reason out where the goods or the time do not allow it (LAW-1, TMO-9)."""
    if reason != Reason.SEVEN_DAY:
        return True
    until = seven_day_until(order)
    return line.seven_day_return and (until is None or clock.now() < until)
