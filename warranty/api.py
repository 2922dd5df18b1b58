"""What the lines of an order have of warranty, over REST (WAR-1)."""

from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from aftersales.core.api.base import ApiView
from aftersales.core.api.examples import answered
from orders.filters import ShopQuery
from warranty.selectors import entitling
from warranty.serializers import WarrantyOutput

READ = ("orders:write", "refunds:read", "refunds:write", "staff")
LINE: dict[str, Any] = {
    "line_no": "1",
    "title": "示例手机",
    "category": "phone",
    "delivered_on": "2026-11-01",
    "exchanged_on": None,
    "entitlements": [
        {
            "what": "exchange_main_unit",
            "what_label": "换主机",
            "until": "2026-11-16",
            "rules": ["WAR-1"],
            "why": "自 2026-11-01 签收起 15 天",
            "conditions": ["fault", "confirmed", "unmarked"],
        }
    ],
    "serial_numbers": [
        {
            "unit": 1,
            "kind": "imei",
            "serial": "490154203237518",
            "why": "sold",
            "recorded_at": "2026-11-01T02:00:00Z",
            "superseded_at": None,
        }
    ],
}
DOCUMENT: dict[str, Any] = {"order_no": "A1001", "shop": "demo", "today": "2026-11-09", "lines": [LINE]}


class OrderWarranty(ApiView):
    """The warranty of an order's lines."""

    scopes: ClassVar = {"GET": READ}

    @extend_schema(
        operation_id="orders_warranty",
        parameters=[ShopQuery],
        responses=WarrantyOutput,
        examples=[answered("A phone of nine days", DOCUMENT)],
    )
    def get(self, request: Request, order_no: str) -> Response:
        """Say what the buyer of a faulty article may have today, line by line, and why."""
        shop = self.query(ShopQuery).get("shop", "")
        return self.answer(entitling.warranty_document(self.actor, order_no, shop))
