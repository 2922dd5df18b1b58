"""The buyer applies, modifies, cancels (APP-1…10)."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.db.models import Max, Sum
from django.utils.translation import gettext_lazy as _

from aftersales.core import clock, errors, transitions
from aftersales.core.auth import Actor
from aftersales.core.bulk import Batch, allocate
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
        judged = _assess(order, lines, ask)
        refund = _new_refund(order, ask, judged)
        Batch().add(Order, ["open_requests"], [(order.pk, 1)]).run()
        transitions.create(REFUND, refund, actor=actor, action="apply")
        _write_lines(refund, judged)
        _keep_version(refund, ask, judged)
        orders.receipt_hold([order.pk])
        if judged.phase == Phase.AFTERSALE and not order.aftersale_applied:
            Order.objects.filter(pk=order.pk).update(aftersale_applied=True)
        evidence_attach(refund=refund, evidence_ids=list(evidence_ids), actor=actor)
        return refund


def _assess(order: Order, lines: list[OrderLine], ask: Ask, *, besides: Refund | None = None) -> Assessment:
    """Judge with what the order's other open requests hold."""
    others = RefundLine.objects.filter(order_line__order=order, is_open=True)
    asked = Refund.objects.filter(order=order, status__in=OPEN_STATES[:4])
    if besides is not None:
        others, asked = others.exclude(refund=besides), asked.exclude(pk=besides.pk)
    postage = asked.aggregate(total=Sum("postage_fen"))["total"] or 0 if order.postage_fen else 0
    held = set(others.values_list("order_line_id", flat=True))
    asked_at = besides.created_at if besides is not None else None
    return assess(order, lines, ask, open_lines=held, postage_asked=postage, asked_at=asked_at)


def _new_refund(order: Order, ask: Ask, judged: Assessment) -> Refund:
    at = clock.now()
    line_ids = [item.line.pk for item in judged.lines]
    earlier = RefundLine.objects.filter(order_line__in=line_ids).aggregate(attempt=Max("refund__attempt"))
    [number] = allocate(Refund, 1, sequence="refunds_refund_no")
    return Refund(
        refund_no=f"RF{clock.shanghai_day(at):%Y%m%d}{number:06d}",
        shop=order.shop,
        order=order,
        status=RefundStatus.WAIT_SELLER_AGREE,
        attempt=(earlier["attempt"] or 0) + 1,
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


def _write_lines(refund: Refund, judged: Assessment) -> None:
    RefundLine.objects.bulk_create(
        RefundLine(
            refund=refund,
            order_line=item.line,
            quantity=item.quantity,
            amount_fen=item.amount_fen,
            takes_units=item.takes_units,
        )
        for item in judged.lines
    )


def _keep_version(refund: Refund, ask: Ask, judged: Assessment) -> None:
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
    RefundVersion.objects.create(refund=refund, number=refund.version, asked=asked, created_at=refund.updated_at)


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
        assessment = _assess(now.order, list(now.order.lines.order_by("pk")), ask, besides=now)
        judged.append((ask, assessment))
        return _asked_fields(ask, assessment)

    with transaction.atomic(savepoint=False):
        moved: Refund = transitions.apply(REFUND, refund.pk, "modify", actor=actor, version=version, judge=judge)
        [(ask, assessment)] = judged
        RefundLine.objects.filter(refund=moved).delete()
        _write_lines(moved, assessment)
        _keep_version(moved, ask, assessment)
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
