"""Bodies that the OpenAPI document shows for requests and payments; the tests send them."""

from typing import Any

from aftersales.core.api.examples import answered

ROW: dict[str, Any] = {
    "refund_no": "RF20261105000042",
    "version": 2,
    "status": "WAIT_BUYER_RETURN_GOODS",
    "kind": "return_refund",
    "goods_status": "received",
    "phase": "onsale",
    "reason": "seven_day",
    "amount_fen": 10400,
    "postage_fen": 0,
    "refunded_fen": 0,
    "attempt": 1,
    "refusals": 0,
    "in_dispute": False,
    "ships_first": False,
    "difference_fen": 0,
    "difference_settled": False,
    "replacement_trouble": "",
    "order_no": "A1001",
    "shop": "demo",
    "buyer": {"id": "b-1001", "nick": "茶友小李"},
    "status_label": "卖家已经同意退款，等待买家退货",
    "platform_status": 2,
    "void_result": None,
    "refusal_reason": None,
    "created_at": "2026-11-05T01:12:00Z",
    "updated_at": "2026-11-05T03:40:00Z",
    "finished_at": None,
    "received_at": None,
    "lines": [
        {
            "line_no": "1",
            "item_id": "tea-07",
            "goods_no": "TGY-250",
            "title": "铁观音 250g",
            "sku": "清香/罐装",
            "quantity": 1,
            "amount_fen": 10400,
            "held_fen": 0,
            "exchange_sku": None,
            "exchange_price_fen": None,
        }
    ],
    "settlement": [],
    "deadline": {"at": "2026-11-12T03:40:00Z", "action": "expire", "paused": False, "rule": "TMO-5"},
}
DOCUMENT: dict[str, Any] = ROW | {
    "description": "口味不合适",
    "allowed_actions": [
        {"action": "cancel", "allowed": True},
        {"action": "return_shipment", "allowed": True},
        {
            "action": "intervention",
            "allowed": False,
            "why_not": "被拒绝后或等待期满后才能申请平台介入。",
            "rule": "RFD-7",
        },
    ],
    "dispute": None,
    "return_address": {
        "name": "售后部",
        "phone": "0571-88880000",
        "region": "浙江省杭州市",
        "address": "余杭区文一西路 1 号",
    },
    "return_shipment": None,
    "replacement_shipment": None,
    "turned_from": None,
    "turned_into": None,
    "inspection": None,
    "payment": None,
    "proposals": [],
    "messages": [],
    "evidence": [],
    "history": [
        {
            "at": "2026-11-05T01:12:00Z",
            "actor": "demo-shop",
            "actor_kind": "buyer",
            "action": "apply",
            "from": None,
            "to": "WAIT_SELLER_AGREE",
            "note": "",
            "version": 1,
        },
        {
            "at": "2026-11-05T03:40:00Z",
            "actor": "agent",
            "actor_kind": "staff",
            "action": "agree",
            "from": "WAIT_SELLER_AGREE",
            "to": "WAIT_BUYER_RETURN_GOODS",
            "note": "",
            "version": 2,
        },
    ],
}
APPLY: dict[str, Any] = {
    "order_no": "A1001",
    "kind": "return_refund",
    "goods_status": "received",
    "reason": "seven_day",
    "description": "口味不合适",
    "lines": [{"line_no": "1", "quantity": 1}],
    "evidence": [],
}
REFUSE_DESPITE: dict[str, Any] = {
    "reason": "other",
    "message": "同一商品多次调包，已报平台备案",
    "evidence": ["ev_k3b8Qn"],
    "buyer_phoned": True,
    "despite_law": True,
    "despite_note": "三次寄回的都不是本店商品",
}
NOT_LAWFUL: dict[str, Any] = {
    "type": "about:blank",
    "title": "规则不允许",
    "status": 422,
    "detail": "时限内的无理由退货，只有商品不完好或属于除外商品时才能拒绝。 只有主管可以这样拒绝。",
    "code": "needs_supervisor",
    "rule": "LAW-1",
    "predicted": {"decided_for": "buyer", "figures": ["dispute_rate", "intervention_rate"]},
}
PAYMENT: dict[str, Any] = {
    "payment_no": "RP20261109000017",
    "version": 2,
    "status": "sent",
    "amount_fen": 10400,
    "gateway": "offline",
    "attempt": 1,
    "refund_no": "RF20261105000042",
    "order_no": "A1001",
    "payment_channel": "quickpay_debit",
    "shop": "demo",
    "status_label": "已发出，等待确认",
    "reference": None,
    "failure": None,
    "code": None,
    "created_at": "2026-11-09T02:00:00Z",
    "updated_at": "2026-11-09T02:00:05Z",
    "sent_at": "2026-11-09T02:00:05Z",
    "ask_at": None,
    "settled_at": None,
}
PAYMENT_DOCUMENT: dict[str, Any] = PAYMENT | {
    "allowed_actions": [{"action": "fail", "allowed": True}, {"action": "confirm", "allowed": True}]
}
ARRIVAL: dict[str, Any] = {
    "refund_no": "RF20261105000042",
    "status": "SUCCESS",
    "amount_fen": 10400,
    "channel": "quickpay_debit",
    "channel_label": "快捷支付（借记卡）",
    "to": "原银行卡",
    "when": "3 天内到账",
    "at_once": False,
    "frozen_meanwhile": False,
    "reference": "2026110922001412341234",
    "succeeded_at": "2026-11-09T02:00:05Z",
    "expected_from": "2026-11-09T02:00:05Z",
    "expected_until": "2026-11-12T02:00:05Z",
    "is_overdue": False,
    "hotline": "95188",
    "insurance": {"expected_by": "2026-11-12T02:00:05Z", "paid": None, "amount_fen": None, "arrived_at": None},
}
REFUNDABLE: dict[str, Any] = {
    "order_no": "A1001",
    "status": "WAIT_BUYER_CONFIRM_GOODS",
    "status_label": "卖家已发货，等待买家确认",
    "version": 3,
    "phase": "onsale",
    "left_fen": 21600,
    "postage_left_fen": 800,
    "why_not": None,
    "lines": [
        {
            "line_no": "1",
            "title": "铁观音 250g",
            "sku": "清香/罐装",
            "quantity": 2,
            "quantity_left": 2,
            "max_fen": 20800,
            "return_fen": 20800,
            "settlement": None,
            "waits_for_bundle": False,
            "kinds": ["refund_only", "return_refund", "exchange"],
            "answers": [
                {"kind": "refund_only", "answer": "person", "rule": None, "detail": "由商家处理后答复。"},
                {"kind": "return_refund", "answer": "yes", "rule": "LAW-1", "detail": "七天内，商品完好即可。"},
                {"kind": "exchange", "answer": "yes", "rule": "LAW-1", "detail": "七天内，商品完好即可。"},
                {
                    "kind": "repair",
                    "answer": "no",
                    "rule": "APP-1",
                    "detail": "暂不支持这种售后类型，请申请退款、退货或换货。",
                },
            ],
            "reasons": {
                "refund_only": {"not_received": ["not_received", "lost_or_empty"], "received": ["quality", "damaged"]},
                "return_refund": {"received": ["seven_day", "quality"]},
                "exchange": {"received": ["seven_day", "quality"]},
            },
            "seven_day_until_at": "2026-11-11T16:00:00Z",
            "open_request": None,
            "why_not": None,
        }
    ],
}

GIVEN = answered("A request", DOCUMENT)


UNMOVED = {"reason": "当日账户流水中没有这笔付款", "evidence": ["018f6f1c8c1a4c0b9a3f2d1e0c9b8a77"]}


DIFFERENCE: dict[str, Any] = {
    "id": 17,
    "provider": "alipay",
    "day": "2026-11-08",
    "kind": "amount",
    "kind_label": "金额不同",
    "state": "open",
    "number": "RP20261108000042",
    "detail": "A1001",
    "here_fen": 10400,
    "there_fen": 10000,
    "shop": "demo",
    "order_no": "A1001",
    "payment_no": "RP20261108000042",
    "payout_no": None,
    "found_at": "2026-11-09T02:10:00Z",
    "gone_at": None,
    "resolved_at": None,
    "resolved_by": None,
    "resolution": None,
}
