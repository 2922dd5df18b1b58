"""Bodies that the OpenAPI document shows for payouts; the tests send them."""

from typing import Any

PAYEE: dict[str, Any] = {"account_type": "alipay", "account": "13800000000", "name": "李雷"}
OPEN: dict[str, Any] = {
    "order_no": "A1001",
    "refund_no": "RF20261105000042",
    "purpose": "return_postage",
    "amount_fen": 1200,
    "payee": PAYEE,
    "note": "质量问题，退回运费由本店承担",
}
PAYOUT: dict[str, Any] = {
    "payout_no": "PO20261109000003",
    "version": 1,
    "status": "draft",
    "status_label": "草稿",
    "purpose": "return_postage",
    "purpose_label": "退回运费",
    "amount_fen": 1200,
    "order_no": "A1001",
    "refund_no": "RF20261105000042",
    "shop": "demo",
    "payee": {"account_type": "alipay", "account": "138****0000", "name": "李*", "verified": False},
    "note": "质量问题，退回运费由本店承担",
    "is_late": False,
    "needs_supervisor": False,
    "gateway": "offline",
    "attempt": 0,
    "reference": None,
    "failure": None,
    "fault": None,
    "opened_by": "agent",
    "approved_by": None,
    "second_reason": None,
    "created_at": "2026-11-09T02:00:00Z",
    "updated_at": "2026-11-09T02:00:00Z",
    "promised_at": None,
    "approved_at": None,
    "sent_at": None,
    "paid_at": None,
}
PAYOUT_DOCUMENT: dict[str, Any] = PAYOUT | {
    "lines": ["1"],
    "evidence": [],
    "warnings": [],
    "history": [
        {
            "at": "2026-11-09T02:00:00Z",
            "actor": "agent",
            "actor_kind": "staff",
            "action": "open",
            "from": None,
            "to": "draft",
            "note": "质量问题，退回运费由本店承担",
            "version": 1,
        }
    ],
    "allowed_actions": [{"action": "submit", "allowed": True}],
}
APPROVALS: dict[str, Any] = {
    "approved": 1,
    "results": [
        {
            "payout_no": "PO20261109000003",
            "ok": True,
            "status": "approved",
            "version": 3,
            "code": None,
            "rule": None,
            "detail": None,
        },
        {
            "payout_no": "PO20261109000004",
            "ok": False,
            "status": "pending_approval",
            "version": None,
            "code": "transition_not_allowed",
            "rule": "PAY-5",
            "detail": "这笔打款由您发起或修改过，须由其他人审批。",
        },
    ],
}
