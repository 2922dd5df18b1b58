"""Parcels as REST gives them, each with why it needs someone (LOG-6)."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Exists, OuterRef, Prefetch, QuerySet

from aftersales.core import errors
from aftersales.core.auth import Actor
from aftersales.core.machine import AGENT, SUPERVISOR, WAREHOUSE
from logistics.models import Attention, Parcel
from orders.selectors import moment

from .attention import next_step

ANY = "any"
READERS = frozenset({AGENT, SUPERVISOR, WAREHOUSE})


def shipments(actor: Actor, *, attention: str = "", carrier: str = "", shop: str = "") -> QuerySet[Parcel]:
    """Give the parcels of the actor's shops, to be paged; with `attention` those in need. Raises: Forbidden."""
    if actor.role not in READERS:
        raise errors.Forbidden()
    rows: QuerySet[Parcel] = actor.visible(Parcel.objects.all())
    if attention:
        needed = Attention.objects.filter(parcel=OuterRef("pk"), ended_at=None)
        rows = rows.filter(Exists(needed if attention == ANY else needed.filter(reason=attention)))
    if carrier:
        rows = rows.filter(carrier__iexact=carrier)
    if shop:
        rows = rows.filter(shop__code=shop)
    needs = Attention.objects.filter(ended_at=None).select_related("parcel").order_by("due_at", "id")
    return rows.select_related("order", "refund", "shop").prefetch_related(
        Prefetch("attentions", needs, to_attr="needed")
    )


def as_json(rows: Sequence[Parcel]) -> list[dict[str, Any]]:
    """Say where each parcel is, and what is to be done about it."""
    return [
        {
            "order_no": parcel.order.order_no,
            "refund_no": parcel.refund.refund_no if parcel.refund else None,
            "shop": parcel.shop.code,
            "direction": parcel.direction,
            "carrier": parcel.carrier or None,
            "tracking_no": parcel.tracking_no or None,
            "status": parcel.status,
            "shipped_at": moment(parcel.shipped_at),
            "last_scan_at": moment(parcel.last_scan_at),
            "last_scan": parcel.last_text or None,
            "attention": [
                {
                    "reason": one.reason,
                    "since": moment(one.since),
                    "due_at": moment(one.due_at),
                    "next_step": next_step(one),
                }
                for one in parcel.needed
            ],
        }
        for parcel in rows
    ]
