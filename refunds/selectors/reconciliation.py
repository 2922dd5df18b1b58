"""Finance's list of what the provider's bill and the books do not say alike (PAY-9)."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from aftersales.core import errors
from aftersales.core.auth import Actor
from orders.selectors import moment
from refunds.models import Bill, Difference
from refunds.models.reconciliation import QUIET

from .payment_documents import require_reader

BILLS = "bills"
TABS: dict[str, str | Promise] = {
    "open": pgettext_lazy("differences", "Open"),
    "quiet": _("Fees, and the edge of the day"),
    "done": pgettext_lazy("differences", "Resolved"),
    BILLS: _("Bills"),
}


def differences(actor: Actor, tab: str) -> QuerySet[Difference]:
    """Give the differences of a tab, or all, unordered; those of no shop's order are shown to everybody in finance.

    Raises: Forbidden for roles that have nothing to do with money.
    """
    require_reader(actor)
    rows: QuerySet[Difference] = Difference.objects.select_related("order", "shop", "payout", "payment__refund")
    if actor.shop_ids is not None:
        rows = rows.filter(Q(shop=None) | Q(shop_id__in=sorted(actor.shop_ids)))
    if not tab:
        return rows
    if tab == "done":
        return rows.exclude(resolved_at=None, gone_at=None)
    open_rows = rows.filter(resolved_at=None, gone_at=None)
    return open_rows.filter(kind__in=QUIET) if tab == "quiet" else open_rows.exclude(kind__in=QUIET)


def difference_list_for(
    actor: Actor, *, state: str = "", kind: Sequence[str] = (), day: date | None = None, shop: str = ""
) -> QuerySet[Difference]:
    """Return differences for `difference_as_json`, unordered. Raises: Forbidden."""
    rows = differences(actor, state)
    if kind:
        rows = rows.filter(kind__in=kind)
    if day is not None:
        rows = rows.filter(day=day)
    return rows.filter(shop__code=shop) if shop else rows


def difference_document(actor: Actor, pk: int) -> dict[str, Any]:
    """Return one difference as plain data, in one statement. Raises: Forbidden, NotFound."""
    row = difference_list_for(actor).filter(pk=pk).first()
    if row is None:
        raise errors.NotFound()
    return difference_as_json(row)


def difference_as_json(row: Difference) -> dict[str, Any]:
    """Turn a row of `difference_list_for` into plain data."""
    over = row.resolved_at is not None or row.gone_at is not None
    return {
        "id": row.pk,
        "provider": row.provider,
        "day": row.day.isoformat(),
        "kind": row.kind,
        "kind_label": row.get_kind_display(),
        "state": "done" if over else "quiet" if row.kind in QUIET else "open",
        "number": row.number,
        "detail": row.detail,
        "here_fen": row.here_fen,
        "there_fen": row.there_fen,
        "shop": row.shop.code if row.shop is not None else None,
        "order_no": row.order.order_no if row.order is not None else None,
        "payment_no": row.payment.payment_no if row.payment is not None else None,
        "payout_no": row.payout.payout_no if row.payout is not None else None,
        "found_at": moment(row.found_at),
        "gone_at": moment(row.gone_at),
        "resolved_at": moment(row.resolved_at),
        "resolved_by": row.resolved_by or None,
        "resolution": row.resolution or None,
    }


def difference_get_for(actor: Actor, pk: int) -> Difference:
    """Return a difference; one query. Raises: Forbidden, NotFound."""
    require_reader(actor)
    row: Difference | None = Difference.objects.select_related("order", "shop").filter(pk=pk).first()
    if row is None or (row.shop_id is not None and not actor.sees(row.shop_id)):
        raise errors.NotFound()
    return row


def bills(actor: Actor) -> QuerySet[Bill]:
    """Give the bills without their contents, unordered. Raises: Forbidden."""
    require_reader(actor)
    return Bill.objects.defer("content")
