"""The unclaimed list, and the requests that a parcel on it may belong to (RET-3)."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from aftersales.core.auth import Actor
from logistics.models import UnclaimedParcel
from refunds.models import Refund
from refunds.states import ExchangeStatus, RefundStatus

from .warehouse import EXPECTED, MOST_FOUND, RECEIVED_NEXT, with_goods

WAITING_FOR_NUMBER = frozenset({RefundStatus.WAIT_BUYER_RETURN_GOODS, ExchangeStatus.WAIT_BUYER_RETURN_GOODS})
COMES = EXPECTED | Q(status__in=WAITING_FOR_NUMBER)


def is_awaited(refund: Refund) -> bool:
    """Say whether a request waits for a parcel."""
    if refund.status == ExchangeStatus.WAIT_BUYER_CONFIRM_GOODS:
        return refund.ships_first and refund.received_at is None
    return refund.status in RECEIVED_NEXT or refund.status in WAITING_FOR_NUMBER


def unclaimed_waiting(actor: Actor) -> QuerySet[UnclaimedParcel]:
    """Give what lies on the list: unclaimed, or matched and not received yet."""
    rows = UnclaimedParcel.objects.filter(
        Q(outcome="") | Q(outcome="matched", refund__received_at=None, refund__status__in=RECEIVED_NEXT)
    )
    return actor.visible(rows).select_related("shop", "refund").prefetch_related("photos", "matches__refund")


def unclaimed_found(actor: Actor, parcel_no: str) -> UnclaimedParcel | None:
    """Find one parcel of the list, whatever came of it."""
    rows = actor.visible(UnclaimedParcel.objects.filter(parcel_no=parcel_no))
    return rows.select_related("shop", "refund").prefetch_related("photos").first()


def unclaimed_by_number(actor: Actor, asked: str) -> UnclaimedParcel | None:
    """Find an open parcel of the list by its own number or the tracking number."""
    rows = UnclaimedParcel.objects.filter(Q(parcel_no=asked.upper()) | Q(tracking_no=asked.upper()), outcome="")
    return actor.visible(rows).first()


def candidates(actor: Actor, parcel: UnclaimedParcel) -> list[dict[str, Any]]:
    """Give the requests that the parcel may belong to, with what speaks for each; the surest first.

    By tracking number, order number and the sender's phone (RET-3). Four statements at the most.
    """
    hits: dict[int, list[str]] = {}
    seen = actor.visible(Refund.objects.filter(COMES, shop=parcel.shop_id))

    def add(rows: QuerySet[Refund], why: str) -> None:
        for key in rows.order_by("-id").values_list("pk", flat=True)[:MOST_FOUND]:
            hits.setdefault(key, []).append(why)

    if parcel.tracking_no:
        add(seen.filter(return_shipments__tracking_no=parcel.tracking_no), _("tracking number"))
    if parcel.order_no:
        add(seen.filter(order__order_no=parcel.order_no), _("order number"))
    digits = "".join(filter(str.isdigit, parcel.sender_phone))
    if len(digits) >= 4:
        by_phone = seen.filter(order__receiver_phone_tail=digits[-4:])
        if len(digits) >= 11:
            by_phone = by_phone.filter(order__receiver_phone__endswith=digits[-11:])
        add(by_phone, _("phone"))
    found = {refund.pk: refund for refund in with_goods(Refund.objects.filter(pk__in=list(hits)[:MOST_FOUND]))}
    ranked: Iterable[int] = sorted(found, key=lambda key: (-len(hits[key]), -key))
    return [{"refund": found[key], "why": hits[key]} for key in ranked]
