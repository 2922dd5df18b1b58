"""What providers tell unasked. It only makes us ask: a signature proves the sender, not that it is still so (PAY-9)."""

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from aftersales.core import clock, errors
from aftersales.core.auth import Actor
from aftersales.core.machine import FINANCE
from orders.models import Order
from refunds.gateways import Notice
from refunds.models import Payout, ProviderNotice, RefundPayment

from .asking import ON_THE_WAY

Meaning = ProviderNotice.Meaning
TO_BE_SEEN = (Meaning.FOREIGN, Meaning.LATE)


def notice_take(*, provider: str, notice: Notice) -> ProviderNotice:
    """Keep a genuine notification, once however often it comes, and have the provider asked about what it names.

    Nothing moves by it. A refund of one of our trades under a number that is not ours, and money that moved although it
    counts as failed here, or under the number of an earlier attempt of a payout, wait for finance. Locks: nothing.
    Emits: nothing.
    """
    with transaction.atomic():
        known = ProviderNotice.objects.filter(provider=provider, notice_id=notice.notice_id)
        if known.update(repeats=F("repeats") + 1):
            return known.get()
        row = _row_of(notice.number)
        order = row.order if isinstance(row, Payout) else row.refund.order if row else _order(notice.order_no)
        kept, new = ProviderNotice.objects.get_or_create(
            provider=provider,
            notice_id=notice.notice_id,
            defaults={
                "meaning": _meaning(row, order, notice),
                "number": notice.number,
                "order_no": notice.order_no,
                "amount_fen": notice.amount_fen,
                "order": order,
                "shop_id": order.shop_id if order is not None else None,
                "received_at": clock.now(),
            },
        )
        if not new:  # another worker kept it between the two looks
            known.update(repeats=F("repeats") + 1)
        elif kept.meaning == Meaning.ASKED and row is not None:
            type(row).objects.filter(pk=row.pk, status__in=ON_THE_WAY).update(ask_at=clock.now())
        return kept


def notice_resolve(*, notice: ProviderNotice, actor: Actor, reason: str) -> ProviderNotice:
    """Write down what finance found about money that nobody here asked for. Locks: the notification.

    Raises: NotFound, Forbidden, Invalid without a reason, Conflict `resolved_already`.
    """
    if notice.shop_id is None or not actor.sees(notice.shop_id):
        raise errors.NotFound()
    if actor.role != FINANCE:
        raise errors.Forbidden()
    if not reason.strip():
        raise errors.Invalid(errors=[errors.FieldError("reason", "required", _("Say what it was."))])
    with transaction.atomic(savepoint=False):
        row = ProviderNotice.objects.select_for_update().get(pk=notice.pk)
        if row.resolved_at is not None:
            raise errors.Conflict(_("Somebody has looked into it already."), code="resolved_already")
        row.resolved_at, row.resolved_by, row.resolution = clock.now(), actor.name, reason.strip()[:200]
        row.save(update_fields=["resolved_at", "resolved_by", "resolution"])
        return row


def _row_of(number: str) -> RefundPayment | Payout | None:
    """Find the payment or payout that a number stands for; attempts of a payout have a suffix, any of them will do."""
    payment = RefundPayment.objects.filter(payment_no=number).select_related("refund__order").first()
    if payment is not None:
        return payment  # type: ignore[no-any-return]
    found: Payout | None = Payout.objects.filter(payout_no=number.partition("A")[0]).select_related("order").first()
    return found


def _order(order_no: str) -> Order | None:
    """Find the order of a trade, where the number leads to one only."""
    found = list(Order.objects.filter(order_no=order_no)[:2]) if order_no else []
    return found[0] if len(found) == 1 else None


def _meaning(row: RefundPayment | Payout | None, order: Order | None, notice: Notice) -> str:
    if row is None:
        return Meaning.FOREIGN if order is not None and notice.amount_fen else Meaning.OTHER
    if isinstance(row, Payout) and row.transfer_no != notice.number:
        return Meaning.LATE if notice.moved else Meaning.KNOWN
    if row.status in ON_THE_WAY:
        return Meaning.ASKED
    return Meaning.LATE if row.status == "failed" and notice.moved else Meaning.KNOWN
