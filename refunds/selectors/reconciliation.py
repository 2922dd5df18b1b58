"""Finance's list of what the provider's bill and the books do not say alike (PAY-9)."""

from django.db.models import Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from aftersales.core import errors
from aftersales.core.auth import Actor
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
    """Give the differences of a tab, unordered; those of no shop's order are shown to everybody in finance.

    Raises: Forbidden for roles that have nothing to do with money.
    """
    require_reader(actor)
    rows: QuerySet[Difference] = Difference.objects.select_related("order", "shop", "payout", "payment__refund")
    if actor.shop_ids is not None:
        rows = rows.filter(Q(shop=None) | Q(shop_id__in=sorted(actor.shop_ids)))
    if tab == "done":
        return rows.exclude(resolved_at=None, gone_at=None)
    open_rows = rows.filter(resolved_at=None, gone_at=None)
    return open_rows.filter(kind__in=QUIET) if tab == "quiet" else open_rows.exclude(kind__in=QUIET)


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
