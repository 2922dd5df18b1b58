"""Bodies that the OpenAPI document shows for claims; the tests send them."""

from typing import Any

OPEN: dict[str, Any] = {
    "order_no": "A1001",
    "tracking_no": "YT1234567890123",
    "cause": "lost",
    "lines": [{"line_no": "1", "quantity": 1}],
    "amount_fen": 10400,
    "note": "物流停滞十二天，客服确认丢件",
}
CLAIM: dict[str, Any] = {
    "claim_no": "CL20261109000002",
    "version": 1,
    "status": "drafted",
    "status_label": "待盖章",
    "cause": "lost",
    "cause_label": "丢件",
    "order_no": "A1001",
    "shop": "demo",
    "carrier": "yuantong",
    "tracking_no": "YT1234567890123",
    "note": "物流停滞十二天，客服确认丢件",
    "amount_fen": 10400,
    "value_fen": 11200,
    "accepted_fen": None,
    "recovered_fen": 0,
    "submissions": 0,
    "carrier_reference": None,
    "rejection": None,
    "reference": None,
    "is_late": False,
    "drafted_by": "agent",
    "stamped_by": None,
    "created_at": "2026-11-09T02:00:00Z",
    "updated_at": "2026-11-09T02:00:00Z",
    "stamped_at": None,
    "handed_over_at": None,
    "submitted_at": None,
    "paid_at": None,
}
CLAIM_DOCUMENT: dict[str, Any] = CLAIM | {
    "lines": [
        {
            "line_no": "1",
            "goods_no": "TGY-250",
            "title": "铁观音 250g",
            "sku": "清香/罐装",
            "quantity": 1,
            "value_fen": 10400,
        }
    ],
    "photos": [],
    "buyer": {"served": True, "refund_nos": ["RF20261109000007"], "payout_nos": []},
    "history": [
        {
            "at": "2026-11-09T02:00:00Z",
            "actor": "agent",
            "actor_kind": "staff",
            "action": "draft",
            "from": None,
            "to": "drafted",
            "note": "物流停滞十二天，客服确认丢件",
            "version": 1,
        }
    ],
    "allowed_actions": [{"action": "edit", "allowed": True}],
}
STAMPED: dict[str, Any] = {
    "stamped": 1,
    "results": [
        {
            "claim_no": "CL20261109000002",
            "ok": True,
            "status": "stamped",
            "version": 2,
            "code": None,
            "rule": None,
            "detail": None,
        },
        {
            "claim_no": "CL20261109000003",
            "ok": False,
            "status": "drafted",
            "version": None,
            "code": "stale_version",
            "rule": None,
            "detail": "数据已被他人修改，请刷新后重试。",
        },
    ],
}
