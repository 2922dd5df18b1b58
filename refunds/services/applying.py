"""The buyer applies, modifies, cancels (APP-1…10)."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from aftersales.core import errors, transitions
from aftersales.core.auth import Actor
from aftersales.core.bulk import Batch
from orders import services as orders
from orders.models import Order
from refunds.models import Refund, RefundLine
from refunds.states import GOODS_KINDS, Phase

from .assessing import Ask, Assessment, LineAsk
from .disputes import dispute_withdraw_open
from .evidence import evidence_attach
from .machine import REFUND
from .recording import asked_fields, assess_ask, earlier, keep_version, new_refund, write_lines


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
        before = earlier(order)
        judged = assess_ask(order, lines, ask, before)
        refund = new_refund(order, ask, judged, before)
        batch = Batch().add(Order, ["open_requests"], [(order.pk, 1)])
        write_lines(batch, refund, judged)
        keep_version(batch, refund, ask, judged, number=1, at=refund.created_at)
        transitions.create(REFUND, refund, actor=actor, action="apply", batch=batch)
        orders.receipt_hold([order.pk])
        if judged.phase == Phase.AFTERSALE and not order.aftersale_applied:
            Order.objects.filter(pk=order.pk).update(aftersale_applied=True)
        evidence_attach(refund=refund, evidence_ids=list(evidence_ids), actor=actor)
        return refund


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
    wants_goods = changes.get("kind", refund.kind) in GOODS_KINDS
    outcome = "kind" if wants_goods != refund.wants_goods else ""

    def judge(now: Refund) -> dict[str, Any]:
        ask = _merge(now, changes)
        if (now.kind in GOODS_KINDS) != (refund.kind in GOODS_KINDS):
            raise errors.StaleVersion(version=now.version, status_now=now.status)  # the way was chosen for what it was
        lines, before = list(now.order.lines.order_by("pk")), earlier(now.order, now)
        assessment = assess_ask(now.order, lines, ask, before, asked_at=now.created_at)
        judged.append((ask, assessment))
        return asked_fields(ask, assessment)

    with transaction.atomic(savepoint=False):
        moved: Refund = transitions.apply(
            REFUND, refund.pk, "modify", outcome=outcome, actor=actor, version=version, judge=judge
        )
        [(ask, assessment)] = judged
        prices = {line.order_line_id: line.exchange_price_fen for line in moved.lines.all()}
        RefundLine.objects.filter(refund=moved).delete()
        batch = Batch()
        write_lines(batch, moved, assessment, prices)
        keep_version(batch, moved, ask, assessment, number=moved.version, at=moved.updated_at)
        batch.run()
        evidence_attach(refund=moved, evidence_ids=list(evidence_ids), actor=actor)
        return moved


def request_judge(refund: Refund, changes: dict[str, Any]) -> Assessment:
    """Judge what the locked request would be with `changes`, and write nothing. Raises: as `refund_modify`."""
    ask = _merge(refund, changes)
    lines, before = list(refund.order.lines.order_by("pk")), earlier(refund.order, refund)
    return assess_ask(refund.order, lines, ask, before, asked_at=refund.created_at)


def _merge(refund: Refund, changes: dict[str, Any]) -> Ask:
    """Lay the changes over what was asked last; amounts are kept only where they still mean the same."""
    same = not changes.keys() & ({"goods_status", "kind", "reason"} if refund.settlement else {"goods_status", "kind"})
    kept = tuple(
        LineAsk(line.order_line.line_no, line.quantity, line.amount_fen if same else None, line.exchange_sku)
        for line in refund.lines.all()
        if line.quantity
    )
    kind = changes.get("kind", refund.kind)
    if refund.goods_sent_back and kind != refund.kind:
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
