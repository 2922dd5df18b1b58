"""Finance's page: refund payments by where they are, with what a person needs to find them at the bank."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from aftersales.core import errors, keyset
from aftersales.core.auth import Actor
from refunds.models import ProviderNotice, RefundPayment
from refunds.states import PaymentStatus

from .payment_documents import require_reader

S = PaymentStatus


@dataclass(frozen=True, slots=True)
class Tab:
    """A part of the list: its states, whether it is counted, the order in which it is read."""

    label: str | Promise
    statuses: tuple[str, ...]
    ordering: Sequence[str] = ("id",)
    counted: bool = True


TABS: dict[str, Tab] = {
    "waiting": Tab(_("To confirm"), (S.SENT, S.UNKNOWN)),
    "failed": Tab(_("Failed"), (S.FAILED,)),
    "promised": Tab(_("To be sent"), (S.PROMISED,)),
    "done": Tab(pgettext_lazy("payment", "Done"), (S.DONE,), ("-id",), counted=False),
    "all": Tab(_("All"), (), ("-id",), counted=False),
}


def payment_rows(actor: Actor, tab: str) -> QuerySet[RefundPayment]:
    """Give the payments of a tab, unordered. Raises: Forbidden for roles that have nothing to do with money."""
    require_reader(actor)
    statuses = TABS[tab].statuses
    rows = actor.visible(RefundPayment.objects.all())
    if len(statuses) == 1:
        rows = rows.filter(status=statuses[0])
    elif statuses:
        rows = rows.filter(status__in=statuses)
    return rows


def with_request(rows: QuerySet[RefundPayment]) -> QuerySet[RefundPayment]:
    """Bring along what a row shows, in the same statement."""
    return rows.select_related("refund__order__buyer", "shop")


def payments_with_number(actor: Actor, asked: str) -> QuerySet[RefundPayment]:
    """Give the payments that a number of a payment, a request or an order, or a reference, leads to: one statement."""
    require_reader(actor)
    rows = actor.visible(RefundPayment.objects.all())
    keys = (
        rows.filter(payment_no=asked)
        .values("pk")
        .union(
            rows.filter(refund__refund_no=asked).values("pk"),
            rows.filter(refund__order__order_no=asked).values("pk"),
        )
    )
    return rows.filter(pk__in=keys)


def payment_counts(actor: Actor) -> dict[str, int]:
    """Count what waits in each tab, up to a cap, in one statement for each counted tab."""
    return {key: keyset.counted(payment_rows(actor, key)) for key, tab in TABS.items() if tab.counted}


def shown_fen(rows: Sequence[RefundPayment]) -> int:
    """Add up what is shown."""
    return sum(row.amount_fen for row in rows)


def notices_open(actor: Actor) -> QuerySet[ProviderNotice]:
    """Give what providers told of our trades that nobody here asked for, not looked into yet. Raises: Forbidden."""
    require_reader(actor)
    rows = ProviderNotice.objects.filter(meaning__in=["foreign", "late"], resolved_at=None, shop__isnull=False)
    return actor.visible(rows.select_related("order", "shop"))


def notice_get_for(actor: Actor, pk: int) -> ProviderNotice:
    """Return a notification of an own shop; one query. Raises: Forbidden, NotFound."""
    require_reader(actor)
    rows = ProviderNotice.objects.filter(pk=pk, shop__isnull=False).select_related("order", "shop")
    notice = actor.visible(rows).first()
    if notice is None:
        raise errors.NotFound()
    return notice
