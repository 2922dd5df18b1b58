"""Parcels over REST: where they are, and which of them need someone (LOG-6)."""

from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from aftersales.core.api.base import ApiView
from aftersales.core.api.examples import answered
from logistics.filters.shipments import ShipmentQuery
from logistics.selectors import shipments
from logistics.serializers.shipments import ShipmentOutput

SHIPMENT: dict[str, Any] = {
    "order_no": "2026110500001",
    "refund_no": None,
    "shop": "demo",
    "direction": "out",
    "carrier": "yuantong",
    "tracking_no": "YT7700000000001",
    "status": "problem",
    "shipped_at": "2026-11-18T09:00:00Z",
    "last_scan_at": "2026-11-20T02:10:00Z",
    "last_scan": "收件地址超区，无法派送",
    "attention": [
        {
            "reason": "undeliverable",
            "since": "2026-11-20T02:10:00Z",
            "due_at": "2026-11-21T02:12:00Z",
            "next_step": "Ask the carrier why; correct the address or decide which way it goes.",
        }
    ],
}


class ShipmentList(ApiView):
    """Parcels, whichever way they go."""

    scopes: ClassVar = {"GET": "staff"}

    @extend_schema(
        operation_id="shipments_list",
        parameters=[ShipmentQuery],
        responses=ShipmentOutput(many=True),
        examples=[answered("A row", SHIPMENT)],
    )
    def get(self, request: Request) -> Response:
        """List parcels, the newest first; those that need someone with `attention` (LOG-6)."""
        return self.page(shipments.shipments(self.actor, **self.query(ShipmentQuery)), shipments.as_json)
