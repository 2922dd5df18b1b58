"""The buyer applies, modifies, cancels (APP-1…10)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from aftersales.core import clock, errors, transitions
from aftersales.core.auth import Actor
from aftersales.core.bulk import Batch, allocate_numbered
from orders import services as orders
from orders.models import Order, OrderLine
from refunds.models import Refund, RefundLine, RefundVersion
from refunds.states import OPEN_STATES, Kind, Phase, RefundStatus

from .assessing import Ask, Assessment, LineAsk, assess
from .disputes import dispute_withdraw_open
from .evidence import evidence_attach
from .machine import REFUND


def refund_apply(*, order: Order, ask: Ask, actor: Actor, evidence_ids: Sequence[str] = ()) -> Refund:
    """Register a request for an order and start the seller's clock.

    The receiving period stands still from now on (ORD-6). Locks: the order. Emits: refund.created.
    Raises: NotFound, Conflict (APP-4, APP-7), RuleViolation (ORD-3, APP-1…7, AMT-1, AMT-2, TMO-8, TMO-9).
    """
    if not actor.sees(order.shop_id):
        raise errors.NotFound()
    with transaction.atomic(savepoint=False):
        [order] = orders.order_lock([order.pk], False)
        lines = list(order.lines.order_by("pk"))
        earlier = _earlier(order)
        judged = _assess(order, lines, ask, earlier)
        refund = _new_refund(order, ask, judged, earlier)
        batch = Batch().add(Order, ["open_requests"], [(order.pk, 1)])
        _write_lines(batch, refund, judged)
        _keep_version(batch, refund, ask, judged, number=1, at=refund.created_at)
        transitions.create(REFUND, refund, actor=actor, action="apply", batch=batch)
        orders.receipt_hold([order.pk])
        if judged.phase == Phase.AFTERSALE and not order.aftersale_applied:
            Order.objects.filter(pk=order.pk).update(aftersale_applied=True)
        evidence_attach(refund=refund, evidence_ids=list(evidence_ids), actor=actor)
        return refund


def _earlier(order: Order, besides: Refund | None = None) -> list[RefundLine]:
    """Give the lines of the order's other requests, open or not, with their requests; one statement."""
    rows = RefundLine.objects.filter(order_line__order=order).select_related("refund")
    return list(rows.exclude(refund=besides) if besides is not None else rows)


def _assess(
    order: Order, lines: list[OrderLine], ask: Ask, earlier: list[RefundLine], *, asked_at: datetime | None = None
) -> Assessment:
    """Judge with what the order's other open requests hold."""
    held = {line.order_line_id for line in earlier if line.is_open}
    undecided = {line.refund_id: line.refund for line in earlier if line.refund.status in OPEN_STATES[:4]}
    postage = sum(refund.postage_fen for refund in undecided.values())
    return assess(order, lines, ask, open_lines=held, postage_asked=postage, asked_at=asked_at)


def _new_refund(order: Order, ask: Ask, judged: Assessment, earlier: list[RefundLine]) -> Refund:
    at = clock.now()
    chosen = {item.line.pk for item in judged.lines}
    attempts = [line.refund.attempt for line in earlier if line.order_line_id in chosen]
    [(key, number)] = allocate_numbered(Refund, 1, sequence="refunds_refund_no")
    return Refund(
        pk=key,
        refund_no=f"RF{clock.shanghai_day(at):%Y%m%d}{number:06d}",
        shop=order.shop,
        order=order,
        status=RefundStatus.WAIT_SELLER_AGREE,
        attempt=max(attempts, default=0) + 1,
        created_at=at,
        **_asked_fields(ask, judged),
    )


def _asked_fields(ask: Ask, judged: Assessment) -> dict[str, Any]:
    return {
        "kind": ask.kind,
        "goods_status": ask.goods_status,
        "reason": ask.reason,
        "description": ask.description,
        "phase": judged.phase,
        "flow": judged.flow,
        "fast": judged.fast,
        "amount_fen": judged.amount_fen,
        "postage_fen": judged.postage_fen,
        "summary": _summary(judged),
    }


def _summary(judged: Assessment) -> str:
    """Name the goods for a row of the queue: the first line, and how many more."""
    first, *more = judged.lines
    text = f"{first.line.title} {first.line.sku}".strip()[:200] + f" ×{first.quantity}"
    return f"{text} +{len(more)}" if more else text


def _write_lines(batch: Batch, refund: Refund, judged: Assessment) -> None:
    batch.insert(
        RefundLine,
        ("refund", "order_line", "quantity", "amount_fen", "takes_units"),
        [(refund.pk, item.line.pk, item.quantity, item.amount_fen, item.takes_units) for item in judged.lines],
    )


def _keep_version(batch: Batch, refund: Refund, ask: Ask, judged: Assessment, *, number: int, at: datetime) -> None:
    asked = {
        "kind": ask.kind,
        "goods_status": ask.goods_status,
        "reason": ask.reason,
        "description": ask.description,
        "amount_fen": judged.amount_fen,
        "lines": [
            {"line_no": item.line.line_no, "quantity": item.quantity, "amount_fen": item.amount_fen}
            for item in judged.lines
        ],
    }
    batch.insert(RefundVersion, ("refund", "number", "asked", "created_at"), [(refund.pk, number, asked, at)])


def refund_modify(
    *,
    refund: Refund,
    actor: Actor,
    changes: dict[str, Any],
    evidence_ids: Sequence[str] = (),
    version: int | None = None,
) -> Refund:
    """Change what is asked: any of kind, goods_status, reason, lines (`LineAsk`s), description; kept as a version.

    The seller's clock starts anew (APP-8). Once the goods were sent back the kind stays. Locks: order and request.
    Emits: refund.modified. Raises: as `refund_apply`, StaleVersion, TransitionNotAllowed.
    """
    judged: list[tuple[Ask, Assessment]] = []

    def judge(now: Refund) -> dict[str, Any]:
        ask = _merge(now, changes)
        lines, earlier = list(now.order.lines.order_by("pk")), _earlier(now.order, now)
        assessment = _assess(now.order, lines, ask, earlier, asked_at=now.created_at)
        judged.append((ask, assessment))
        return _asked_fields(ask, assessment)

    with transaction.atomic(savepoint=False):
        moved: Refund = transitions.apply(REFUND, refund.pk, "modify", actor=actor, version=version, judge=judge)
        [(ask, assessment)] = judged
        RefundLine.objects.filter(refund=moved).delete()
        batch = Batch()
        _write_lines(batch, moved, assessment)
        _keep_version(batch, moved, ask, assessment, number=moved.version, at=moved.updated_at)
        batch.run()
        evidence_attach(refund=moved, evidence_ids=list(evidence_ids), actor=actor)
        return moved


def _merge(refund: Refund, changes: dict[str, Any]) -> Ask:
    """Lay the changes over what was asked last; amounts are kept only where they still mean the same."""
    same = "goods_status" not in changes and "kind" not in changes
    kept = tuple(
        LineAsk(line.order_line.line_no, line.quantity, line.amount_fen if same else None)
        for line in refund.lines.all()
    )
    kind = changes.get("kind", refund.kind)
    if refund.goods_sent_back and kind != Kind.RETURN_REFUND:
        raise errors.RuleViolation("APP-8", _("The goods are on their way back: the kind of the request stays."))
    return Ask(
        kind=kind,
        goods_status=changes.get("goods_status", refund.goods_status),
        reason=changes.get("reason", refund.reason),
        lines=tuple(changes.get("lines", kept)),
        description=changes.get("description", refund.description),
    )


def refund_cancel(*, refund: Refund, actor: Actor, version: int | None = None, note: str = "") -> Refund:
    """Withdraw the request (APP-9); an open dispute ends with it. Emits: refund.closed."""
    with transaction.atomic(savepoint=False):
        moved: Refund = transitions.apply(REFUND, refund.pk, "cancel", actor=actor, version=version, note=note)
        dispute_withdraw_open(refund=moved, actor=actor)
        return moved
