"""Bodies that the OpenAPI document shows for void lists; the tests compare them with the answers."""

from typing import Any

ROW: dict[str, Any] = {
    "list_no": "VL20261105000007",
    "shop": "demo",
    "day": "2026-11-05",
    "supplement": 0,
    "submitted_at": "2026-11-05T00:00:12Z",
    "submitted_by": "system: void list",
    "total": 2,
    "waiting": 1,
    "voided": 1,
    "shipped": 0,
    "overtaken": 0,
    "urgent": 0,
}
LINE: dict[str, Any] = {
    "refund_no": "RF20261104000039",
    "version": 2,
    "order_no": "A1001",
    "buyer": "茶***",
    "amount_fen": 10400,
    "goods": [{"line_no": "1", "goods_no": "TGY-250", "title": "铁观音 250g", "sku": "清香/罐装", "quantity": 1}],
    "due_at": None,
    "answer": "voided",
    "ended_as": None,
    "outcome": "已作废",
    "answered_at": "2026-11-05T00:21:40Z",
    "answered_by": "仓库小陈",
    "note": "已拦下",
    "late_answer": None,
    "late_at": None,
    "late_by": None,
}
DOCUMENT: dict[str, Any] = ROW | {"lines": [LINE]}
ANSWERS: dict[str, Any] = {
    "answers": [
        {"refund_no": "RF20261104000039", "result": "voided", "note": "已拦下"},
        {
            "refund_no": "RF20261104000041",
            "result": "already_shipped",
            "carrier": "yuantong",
            "tracking_no": "YT1234567890123",
        },
    ]
}
OUTCOMES: dict[str, Any] = {
    "answered": 1,
    "results": [
        {
            "refund_no": "RF20261104000039",
            "outcome": "ok",
            "late": False,
            "answer": "voided",
            "answered_at": "2026-11-05T00:21:40Z",
            "answered_by": "仓库小陈",
            "code": None,
            "rule": None,
            "detail": None,
        },
        {
            "refund_no": "RF20261104000041",
            "outcome": "skipped",
            "late": False,
            "answer": "voided",
            "answered_at": "2026-11-05T00:15:02Z",
            "answered_by": "仓库小林",
            "code": "void_answered",
            "rule": "VOI-2",
            "detail": "仓库小林 已于 11-05 08:15 答复“已作废”。",
        },
    ],
    "list": ROW,
}
