"""Parcels that come back as REST gives them: expected, arrived, unclaimed (RET-1, RET-3)."""

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet

from aftersales.core.auth import Actor
from logistics.models import UnclaimedParcel
from refunds.models import Refund

from .unclaimed import unclaimed_waiting
from .warehouse import parcels_expected, received_unrefunded, with_goods


def return_parcels(actor: Actor, state: str) -> QuerySet[Any]:
    """Give the rows of a state, to be paged."""
    if state == "unclaimed":
        return unclaimed_waiting(actor)
    return with_goods(received_unrefunded(actor) if state == "arrived" else parcels_expected(actor))


def as_json(rows: Sequence[Any], state: str) -> list[dict[str, Any]]:
    """Say what each row is."""
    return [unclaimed_as_json(row) if isinstance(row, UnclaimedParcel) else _of_request(row, state) for row in rows]


def unclaimed_as_json(parcel: UnclaimedParcel) -> dict[str, Any]:
    """Give a parcel of the unclaimed list, without the sender, who is nobody's business yet."""
    return {
        "state": parcel.outcome or "unclaimed",
        "parcel_no": parcel.parcel_no,
        "refund_no": parcel.refund.refund_no if parcel.refund else None,
        "order_no": parcel.order_no or None,
        "shop": parcel.shop.code,
        "carrier": parcel.carrier or None,
        "tracking_no": parcel.tracking_no or None,
        "contents": parcel.contents,
        "shelf": parcel.shelf,
        "received_at": parcel.noted_at,
    }


def _of_request(refund: Refund, state: str) -> dict[str, Any]:
    shipment = next(iter(refund.on_its_way), None)
    return {
        "state": state,
        "parcel_no": None,
        "refund_no": refund.refund_no,
        "order_no": refund.order.order_no,
        "shop": refund.shop.code,
        "carrier": shipment.carrier if shipment else None,
        "tracking_no": shipment.tracking_no if shipment else None,
        "contents": refund.summary,
        "shelf": None,
        "received_at": refund.received_at,
    }
