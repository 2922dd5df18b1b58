"""Bodies that the OpenAPI document shows; the tests send them."""

from typing import Any

from aftersales.core.api.examples import answered

ORDER: dict[str, Any] = {
    "shop": "demo",
    "buyer": {"id": "b-1001", "nick": "茶友小李", "level": "VIP2"},
    "escrow": True,
    "payment_channel": "quickpay_debit",
    "paid_at": "2026-11-01T10:00:00+08:00",
    "postage_fen": 800,
    "paid_fen": 21600,
    "freight_insurance": True,
    "receiver": {
        "name": "李雷",
        "phone": "13800000000",
        "region": "四川省成都市锦江区",
        "address": "春熙路 8 号",
    },
    "lines": [
        {
            "line_no": "1",
            "item_id": "tea-07",
            "goods_no": "TGY-250",
            "title": "铁观音 250g",
            "sku": "清香/罐装",
            "unit_price_fen": 10800,
            "quantity": 2,
            "discount_fen": 800,
            "seven_day_return": True,
            "bundle": None,
            "category": "tea",
            "weight_g": 320,
        }
    ],
    "seller_memo": "送样品一包",
    "seller_flag": "none",
}
ROW: dict[str, Any] = {
    "order_no": "A1001",
    "version": 1,
    "status": "WAIT_SELLER_SEND_GOODS",
    "escrow": True,
    "payment_channel": "quickpay_debit",
    "shipping": "courier",
    "freight_insurance": True,
    "paid_fen": 21600,
    "postage_fen": 800,
    "promised_fen": 0,
    "refunded_fen": 0,
    "open_requests": 0,
    "aftersale_applied": False,
    "is_late": False,
    "aftersale_ended": False,
    "seller_memo": "送样品一包",
    "seller_flag": "none",
    "status_label": "买家已付款，等待发货",
    "shop": "demo",
    "buyer": {"id": "b-1001", "nick": "茶友小李", "level": "VIP2"},
    "created_at": "2026-11-01T02:00:00Z",
    "updated_at": "2026-11-01T02:00:05Z",
    "paid_at": "2026-11-01T02:00:00Z",
    "shipped_at": None,
    "signed_at": None,
    "finished_at": None,
    "receiver": ORDER["receiver"],
}
DOCUMENT: dict[str, Any] = ROW | {
    "lines": [
        {
            "line_no": "1",
            "item_id": "tea-07",
            "goods_no": "TGY-250",
            "title": "铁观音 250g",
            "sku": "清香/罐装",
            "unit_price_fen": 10800,
            "quantity": 2,
            "discount_fen": 800,
            "paid_share_fen": 20800,
            "promised_fen": 0,
            "refunded_fen": 0,
            "held_fen": 0,
            "returned_quantity": 0,
            "bundle": None,
            "bundle_from_fen": 0,
            "category": "tea",
            "seven_day_return": True,
            "hot_seller": False,
            "gift": False,
            "special_offer": False,
            "serial_no": "",
            "item_score": None,
            "weight_g": 320,
            "shipped": False,
        }
    ],
    "notes": [],
    "deadline": {"at": "2026-11-03T02:00:00Z", "action": "mark_late", "paused": False, "rule": "TMO-15"},
    "allowed_actions": [{"action": "ship", "allowed": True}],
}


GIVEN = answered("An order", DOCUMENT)
