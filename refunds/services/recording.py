"""Writing down what is asked: the request's row, its lines, its version. Judged first, under the order's lock."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from aftersales.core import clock
from aftersales.core.bulk import Batch, allocate_numbered
from orders.models import Order, OrderLine
from refunds.models import Refund, RefundLine, RefundVersion
from refunds.states import GOODS_KINDS, UNSETTLED_STATES, ExchangeStatus, RefundStatus

from .assessing import Ask, Assessment, assess


def earlier(order: Order, besides: Refund | None = None) -> list[RefundLine]:
    """Give the lines of the order's other requests, open or not, with their requests; one statement."""
    rows = RefundLine.objects.filter(order_line__order=order).select_related("refund")
    return list(rows.exclude(refund=besides) if besides is not None else rows)


def assess_ask(
    order: Order,
    lines: list[OrderLine],
    ask: Ask,
    earlier: list[RefundLine],
    *,
    asked_at: datetime | None = None,
    shop_turns: bool = False,
) -> Assessment:
    """Judge with what the order's other open requests hold."""
    held = {line.order_line_id for line in earlier if line.is_open}
    undecided = {line.refund_id: line.refund for line in earlier if line.refund.status in UNSETTLED_STATES}
    postage = sum(refund.postage_fen for refund in undecided.values())
    coming = {
        line.order_line_id
        for line in earlier
        if line.takes_units and line.refund_id in undecided and not line.refund.wants_goods
    }
    return assess(
        order,
        lines,
        ask,
        open_lines=held,
        postage_asked=postage,
        coming=coming,
        asked_at=asked_at,
        shop_turns=shop_turns,
    )


def new_refund(order: Order, ask: Ask, judged: Assessment, earlier: list[RefundLine], **more: Any) -> Refund:
    """Make the row of a request, not saved yet; it counts which application for its lines it is (APP-9).

    `more` are fields of one that does not begin at the beginning.
    """
    at = clock.now()
    chosen = {item.line.pk for item in judged.lines if item.quantity}
    attempts = [line.refund.attempt for line in earlier if line.order_line_id in chosen]
    [(key, number)] = allocate_numbered(Refund, 1, sequence="refunds_refund_no")
    status = ExchangeStatus.WAIT_SELLER_AGREE if ask.kind in GOODS_KINDS else RefundStatus.WAIT_SELLER_AGREE
    fields = {"status": status, **asked_fields(ask, judged), **more}
    return Refund(
        pk=key,
        refund_no=f"RF{clock.shanghai_day(at):%Y%m%d}{number:06d}",
        shop=order.shop,
        order=order,
        attempt=max(attempts, default=0) + 1,
        created_at=at,
        **fields,
    )


def asked_fields(ask: Ask, judged: Assessment) -> dict[str, Any]:
    """Give the fields of a request that follow from what is asked."""
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
        "settlement": [one.as_json() for one in judged.sums],
        "summary": _summary(judged),
    }


def _summary(judged: Assessment) -> str:
    """Name the goods for a row of the queue: the first line, and how many more."""
    first, *more = [item for item in judged.lines if item.quantity]
    text = f"{first.line.title} {first.line.sku}".strip()[:200] + f" ×{first.quantity}"
    return f"{text} +{len(more)}" if more else text


def write_lines(
    batch: Batch, refund: Refund, judged: Assessment, prices: Mapping[int, int | None] | None = None
) -> None:
    """Add the lines to `batch`; `prices` are those agreed before for new goods, by order line (AMT-5)."""
    agreed = prices or {}
    batch.insert(
        RefundLine,
        (
            "refund",
            "order_line",
            "quantity",
            "amount_fen",
            "held_fen",
            "takes_units",
            "is_open",
            "exchange_sku",
            "exchange_price_fen",
        ),
        [
            (
                refund.pk,
                item.line.pk,
                item.quantity,
                item.amount_fen,
                item.held_fen,
                item.takes_units,
                item.quantity > 0,
                item.exchange_sku,
                agreed.get(item.line.pk),
            )
            for item in judged.lines
        ],
    )


def keep_version(batch: Batch, refund: Refund, ask: Ask, judged: Assessment, *, number: int, at: datetime) -> None:
    """Add to `batch` what was asked this time (APP-8)."""
    asked = {
        "kind": ask.kind,
        "goods_status": ask.goods_status,
        "reason": ask.reason,
        "description": ask.description,
        "amount_fen": judged.amount_fen,
        "lines": [
            {"line_no": item.line.line_no, "quantity": item.quantity, "amount_fen": item.amount_fen}
            | ({"exchange_sku": item.exchange_sku} if item.exchange_sku else {})
            for item in judged.lines
            if item.quantity
        ],
    } | ({"settlement": [one.as_json() for one in judged.sums]} if judged.sums else {})
    batch.insert(RefundVersion, ("refund", "number", "asked", "created_at"), [(refund.pk, number, asked, at)])
