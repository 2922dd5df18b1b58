"""Bodies that the OpenAPI document shows for tickets; the tests send them."""

from typing import Any

OPEN: dict[str, Any] = {
    "order_no": "A1001",
    "kind": "logistics",
    "priority": "high",
    "title": "三天没有物流更新",
    "next_step": "打电话催圆通",
    "due_at": "2026-11-23T18:00:00+08:00",
}
PLAN: dict[str, Any] = {"next_step": "再催一次圆通", "due_at": "2026-11-24T12:00:00+08:00"}
WAIT: dict[str, Any] = PLAN | {"waiting_for": "carrier"}
HAND_OVER: dict[str, Any] = {"owner": "agent2", "note": "圆通答应明早查件,买家要求微信回复。"}
NOTE: dict[str, Any] = {"form": "phone", "text": "买家未接听,稍后再打", "reached": False}
TASK: dict[str, Any] = {"what": "明天 10 点前回电", "due_at": "2026-11-24T10:00:00+08:00"}
RESOLVE: dict[str, Any] = {"resolution": "包裹已派送,买家已签收"}
TICKET: dict[str, Any] = {
    "ticket_no": "TK20261122000007",
    "version": 1,
    "status": "open",
    "status_label": "待处理",
    "category": "todo",
    "kind": "logistics",
    "kind_label": "物流",
    "priority": "high",
    "title": "三天没有物流更新",
    "owner": "agent",
    "waiting_for": None,
    "next_step": "打电话催圆通",
    "due_at": "2026-11-23T10:00:00Z",
    "is_late": False,
    "order_no": "A1001",
    "refund_no": None,
    "shop": "demo",
    "resolution": None,
    "merged_into": None,
    "opened_by": "agent",
    "created_at": "2026-11-22T08:00:00Z",
    "updated_at": "2026-11-22T08:00:00Z",
    "finished_at": None,
}
TICKET_DOCUMENT: dict[str, Any] = TICKET | {
    "notes": [],
    "links": [],
    "tasks": [],
    "history": [
        {
            "at": "2026-11-22T08:00:00Z",
            "actor": "agent",
            "actor_kind": "staff",
            "action": "open",
            "from": None,
            "to": "open",
            "note": "三天没有物流更新",
            "version": 1,
        }
    ],
    "allowed_actions": [{"action": "plan", "allowed": True}],
}
