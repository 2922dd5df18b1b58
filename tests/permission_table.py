"""Who may do what, route by route: the expectation that `test_permission_matrix` tries on every combination.

A route that is not here fails the suite. Add a line when you add a route; nothing here is computed.
"""

from dataclasses import dataclass, field
from typing import Any

STAFF = frozenset({"agent", "warehouse", "finance", "supervisor", "goods", "admin"})
CALLERS = ("anonymous", "shop", "other_shop", "agent", "warehouse", "finance", "supervisor", "goods", "admin")
TARGETS = ("own", "foreign", "missing")

READERS = frozenset({"shop", "agent", "supervisor", "warehouse", "finance"})
BUYER_SIDE = frozenset({"shop", "agent", "supervisor"})
DESK = frozenset({"agent", "supervisor"})
FLOOR = frozenset({"agent", "supervisor", "warehouse"})
KEEPERS = frozenset({"supervisor", "warehouse"})
FEEDBACK_READERS = frozenset({"agent", "supervisor", "goods"})
SHIPPERS = BUYER_SIDE | {"warehouse"}
PAYOUT_DESK = frozenset({"agent", "supervisor", "finance"})
WORKERS = frozenset({"agent", "supervisor", "warehouse", "finance"})
MONEY_READERS = frozenset({"finance", "supervisor"})
FINANCE = frozenset({"finance"})
SUPERVISOR = frozenset({"supervisor"})
CLAIM_SEES = frozenset({"agent", "supervisor", "warehouse", "finance"})
INVOICE_SEES = frozenset({"agent", "supervisor", "finance", "shop"})
FIGURES_SEE = frozenset({"finance", "supervisor", "goods", "admin", "shop"})
HOOK_KEEPERS = frozenset({"shop", "supervisor", "admin"})


@dataclass(frozen=True)
class Api:
    """One method of a REST route.

    `may`: whose request on an object of his own shop gets past 401, 403 and 404. `scope`: who has a token of the right
    scope. `sees`: for whom the object is looked up, so that a foreign or missing one is 404; others get 403 for every
    target. `target`: what the address names; "" for a list or something new, which has no foreign object.
    """

    may: frozenset[str]
    target: str = "refund"
    sees: frozenset[str] = READERS
    scope: frozenset[str] = STAFF | {"shop"}
    body: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Public:
    """What anybody may read, without personal data."""

    statuses: frozenset[int] = frozenset({200})


SELLER = {"scope": STAFF}

ROUTES: dict[str, dict[str, Any]] = {
    "api/v1/orders": {"GET": Api(READERS, "")},
    "api/v1/orders/<number:order_no>": {
        "GET": Api(READERS, "order"),
        "PUT": Api(BUYER_SIDE, "order-put", sees=BUYER_SIDE),
    },
    "api/v1/orders/<number:order_no>/refundable": {"GET": Api(READERS, "order")},
    "api/v1/orders/<number:order_no>/warranty": {"GET": Api(READERS, "order")},
    "api/v1/orders/<number:order_no>/ship": {"POST": Api(SHIPPERS, "order")},
    "api/v1/orders/<number:order_no>/signed": {"POST": Api(SHIPPERS, "order")},
    "api/v1/orders/<number:order_no>/confirm-receipt": {"POST": Api(BUYER_SIDE, "order")},
    "api/v1/orders/<number:order_no>/extend-receipt": {"POST": Api(BUYER_SIDE, "order")},
    "api/v1/orders/<number:order_no>/notes": {"POST": Api(READERS, "order", body={"text": "x"})},
    "api/v1/refunds": {
        "GET": Api(READERS, ""),
        "POST": Api(BUYER_SIDE, "refund-new", sees=BUYER_SIDE),
    },
    "api/v1/refunds/<number:refund_no>": {
        "GET": Api(READERS),
        "PATCH": Api(BUYER_SIDE, body={"description": "x"}),
    },
    "api/v1/refunds/<number:refund_no>/cancel": {"POST": Api(BUYER_SIDE)},
    "api/v1/refunds/<number:refund_no>/return-shipment": {"POST": Api(SHIPPERS)},
    "api/v1/refunds/<number:refund_no>/intervention": {"POST": Api(BUYER_SIDE)},
    "api/v1/refunds/<number:refund_no>/messages": {"POST": Api(SHIPPERS, body={"text": "x"})},
    "api/v1/refunds/<number:refund_no>/settle": {"POST": Api(BUYER_SIDE)},
    "api/v1/refunds/<number:refund_no>/agree": {"POST": Api(DESK, **SELLER)},
    "api/v1/refunds/<number:refund_no>/refuse": {"POST": Api(DESK, **SELLER)},
    "api/v1/refunds/<number:refund_no>/void-result": {"POST": Api(FLOOR, **SELLER)},
    "api/v1/refunds/<number:refund_no>/receive": {"POST": Api(FLOOR, **SELLER)},
    "api/v1/shipments": {"GET": Api(FLOOR, "", sees=FLOOR, **SELLER)},
    "api/v1/return-parcels": {
        "GET": Api(FLOOR, "", sees=FLOOR, **SELLER),
        "POST": Api(FLOOR, "", sees=FLOOR, body={"shop": "own", "contents": "x", "shelf": "x"}, **SELLER),
    },
    "api/v1/return-parcels/<number:unclaimed_no>/match": {
        "POST": Api(FLOOR, "unclaimed", sees=FLOOR, body={"refund_no": "RF1"}, **SELLER),
    },
    "api/v1/return-parcels/<number:unclaimed_no>/unmatch": {
        "POST": Api(FLOOR, "unclaimed", sees=FLOOR, body={"why": "x"}, **SELLER),
    },
    "api/v1/refunds/<number:refund_no>/ship-replacement": {"POST": Api(FLOOR, **SELLER)},
    "api/v1/refunds/<number:refund_no>/confirm-received": {"POST": Api(BUYER_SIDE)},
    "api/v1/refunds/<number:refund_no>/promise-first": {"POST": Api(DESK, **SELLER)},
    "api/v1/refunds/<number:refund_no>/delivery-proved": {"POST": Api(DESK, **SELLER)},
    "api/v1/refunds/<number:refund_no>/settle-difference": {"POST": Api(PAYOUT_DESK, **SELLER)},
    "api/v1/refunds/<number:refund_no>/to-refund": {"POST": Api(DESK, **SELLER)},
    "api/v1/refunds/<number:refund_no>/dispute-evidence": {"POST": Api(BUYER_SIDE, body={"text": "x"})},
    "api/v1/refunds/<number:refund_no>/guide": {"POST": Api(DESK, **SELLER)},
    "api/v1/refunds/<number:refund_no>/proposals": {"POST": Api(BUYER_SIDE, body={"kind": "cancel"})},
    **{
        f"api/v1/refunds/<number:refund_no>/proposals/<int:number>/{answer}": {"POST": Api(BUYER_SIDE, "proposal")}
        for answer in ("accept", "decline", "withdraw")
    },
    "api/v1/refunds/<number:refund_no>/decision": {"POST": Api(frozenset({"supervisor"}), **SELLER)},
    "api/v1/refunds/<number:refund_no>/arrival": {"GET": Api(READERS)},
    "api/v1/refunds/<number:refund_no>/return-advice": {"GET": Api(READERS)},
    "api/v1/refunds/<number:refund_no>/insurance": {"POST": Api(PAYOUT_DESK, **SELLER)},
    "api/v1/refunds/<number:refund_no>/arrival/proof.pdf": {"GET": Api(READERS)},
    "api/v1/refunds/<number:refund_no>/arrival/proof.png": {"GET": Api(READERS)},
    "api/v1/refunds/<number:refund_no>/recommendation": {"GET": Api(STAFF, sees=STAFF, **SELLER)},
    "api/v1/payments": {"GET": Api(MONEY_READERS, "", sees=MONEY_READERS, **SELLER)},
    "api/v1/payments/<number:payment_no>": {
        "GET": Api(MONEY_READERS, "payment", sees=MONEY_READERS, **SELLER),
    },
    "api/v1/payments/<number:payment_no>/confirm": {
        "POST": Api(frozenset({"finance"}), "payment", sees=MONEY_READERS, **SELLER),
    },
    "api/v1/payments/<number:payment_no>/fail": {
        "POST": Api(frozenset({"finance"}), "payment", sees=MONEY_READERS, **SELLER),
    },
    "api/v1/payments/<number:payment_no>/report-unmoved": {
        "POST": Api(
            frozenset({"finance"}), "payment", sees=MONEY_READERS, body={"reason": "x", "evidence": ["x"]}, **SELLER
        ),
    },
    "api/v1/payments/<number:payment_no>/accept-unmoved": {
        "POST": Api(MONEY_READERS, "payment", sees=MONEY_READERS, body={"reason": "x"}, **SELLER),
    },
    "api/v1/payments/<number:payment_no>/send-again": {
        "POST": Api(frozenset({"finance"}), "payment", sees=MONEY_READERS, **SELLER),
    },
    "api/v1/payments/<number:payment_no>/ask": {
        "POST": Api(frozenset({"finance"}), "payment", sees=MONEY_READERS, **SELLER),
    },
    "api/v1/tickets": {
        "GET": Api(WORKERS, "", sees=WORKERS, **SELLER),
        "POST": Api(WORKERS, "ticket-new", sees=WORKERS, **SELLER),
    },
    "api/v1/tickets/<number:ticket_no>": {"GET": Api(WORKERS, "ticket", sees=WORKERS, **SELLER)},
    **{
        f"api/v1/tickets/<number:ticket_no>/{step}": {"POST": Api(WORKERS, "ticket", sees=WORKERS, **SELLER)}
        for step in ("plan", "wait", "take-up", "assign", "hand-over", "note", "reply", "task", "resolve", "reopen")
    },
    "api/v1/tickets/<number:ticket_no>/close": {"POST": Api(DESK, "ticket", sees=WORKERS, **SELLER)},
    "api/v1/tickets/<number:ticket_no>/merge": {"POST": Api(DESK, "ticket", sees=WORKERS, **SELLER)},
    "api/v1/payouts/<number:payout_no>/ask": {"POST": Api(frozenset({"finance"}), "payout", **SELLER)},
    "api/v1/differences": {"GET": Api(MONEY_READERS, "", sees=MONEY_READERS, **SELLER)},
    "api/v1/differences/<int:difference_id>": {
        "GET": Api(MONEY_READERS, "difference", sees=MONEY_READERS, **SELLER),
    },
    "api/v1/differences/<int:difference_id>/resolve": {
        "POST": Api(FINANCE, "difference", sees=MONEY_READERS, body={"reason": "x"}, **SELLER),
    },
    "api/v1/payouts": {
        "GET": Api(READERS, ""),
        "POST": Api(PAYOUT_DESK, "payout-new", sees=PAYOUT_DESK, **SELLER),
    },
    "api/v1/payouts/approve": {
        "POST": Api(MONEY_READERS, "", sees=MONEY_READERS, body={"payout_nos": ["PO404"]}, **SELLER),
    },
    "api/v1/payouts/<number:payout_no>": {
        "GET": Api(READERS, "payout"),
        "PATCH": Api(PAYOUT_DESK, "payout", body={"note": "x"}, **SELLER),
    },
    "api/v1/payouts/<number:payout_no>/submit": {"POST": Api(PAYOUT_DESK, "payout", **SELLER)},
    "api/v1/payouts/<number:payout_no>/approve": {"POST": Api(MONEY_READERS, "payout", **SELLER)},
    "api/v1/payouts/<number:payout_no>/reject": {
        "POST": Api(MONEY_READERS, "payout", body={"reason": "x"}, **SELLER),
    },
    "api/v1/payouts/<number:payout_no>/withdraw": {
        "POST": Api(PAYOUT_DESK, "payout", body={"reason": "x"}, **SELLER),
    },
    "api/v1/payouts/<number:payout_no>/correct-payee": {"POST": Api(PAYOUT_DESK, "payout", **SELLER)},
    "api/v1/payouts/<number:payout_no>/confirm": {"POST": Api(frozenset({"finance"}), "payout", **SELLER)},
    "api/v1/payouts/<number:payout_no>/fail": {"POST": Api(frozenset({"finance"}), "payout", **SELLER)},
    "api/v1/payouts/<number:payout_no>/report-unmoved": {
        "POST": Api(frozenset({"finance"}), "payout", body={"reason": "x", "evidence": ["x"]}, **SELLER),
    },
    "api/v1/payouts/<number:payout_no>/accept-unmoved": {
        "POST": Api(MONEY_READERS, "payout", body={"reason": "x"}, **SELLER),
    },
    "api/v1/payouts/<number:payout_no>/send-again": {"POST": Api(frozenset({"finance"}), "payout", **SELLER)},
    "api/v1/payouts/<number:payout_no>/reveal": {
        "POST": Api(frozenset({"finance"}), "payout", sees=frozenset({"finance"}), body={"reason": "x"}, **SELLER),
    },
    "api/v1/void-lists": {
        "GET": Api(FLOOR, "", sees=FLOOR, **SELLER),
        "POST": Api(KEEPERS, "", sees=KEEPERS, **SELLER),
    },
    "api/v1/void-lists/<number:list_no>": {"GET": Api(FLOOR, "list", sees=FLOOR, **SELLER)},
    "api/v1/void-lists/<number:list_no>/answers": {"POST": Api(KEEPERS, "list", sees=FLOOR, **SELLER)},
    "api/v1/invoice-requests": {
        "GET": Api(INVOICE_SEES, "", sees=INVOICE_SEES),
        "POST": Api(INVOICE_SEES, "invoice-new", sees=INVOICE_SEES),
    },
    "api/v1/invoice-requests/<number:request_no>": {
        "GET": Api(INVOICE_SEES, "invoice", sees=INVOICE_SEES),
        "PATCH": Api(BUYER_SIDE, "invoice", sees=INVOICE_SEES, body={"note": "x"}),
    },
    "api/v1/invoice-requests/<number:request_no>/withdraw": {"POST": Api(BUYER_SIDE, "invoice", sees=INVOICE_SEES)},
    **{
        f"api/v1/invoice-requests/<number:request_no>/{step}": {
            "POST": Api(who, "invoice", sees=INVOICE_SEES, body=body, **SELLER)
        }
        for step, who, body in (
            ("send-back", MONEY_READERS, {"question": "x"}),
            ("issue", FINANCE, {"number": "1"}),
            ("tell", INVOICE_SEES - {"shop"}, {}),
            ("reverse", FINANCE, {"red_number": "1", "reason": "x"}),
        )
    },
    "api/v1/reports/figures": {"GET": Api(FIGURES_SEE, "", sees=FIGURES_SEE)},
    "api/v1/reports/thresholds": {"GET": Api(FIGURES_SEE, "", sees=FIGURES_SEE)},
    "api/v1/surveys": {"GET": Api(BUYER_SIDE, "", sees=BUYER_SIDE)},
    "api/v1/surveys/<number:survey_no>": {"GET": Api(BUYER_SIDE, "survey", sees=BUYER_SIDE)},
    "api/v1/feedback-cases": {"GET": Api(FEEDBACK_READERS, "", sees=FEEDBACK_READERS, **SELLER)},
    "api/v1/feedback-cases/<number:case_no>": {"GET": Api(FEEDBACK_READERS, "case", sees=FEEDBACK_READERS, **SELLER)},
    "api/v1/service-records": {
        "GET": Api(SHIPPERS, "", sees=SHIPPERS),
        "POST": Api(BUYER_SIDE, "sheet-new", sees=BUYER_SIDE),
    },
    "api/v1/service-records/<number:sheet_no>": {"GET": Api(SHIPPERS, "sheet", sees=SHIPPERS)},
    **{
        f"api/v1/service-records/<number:sheet_no>/{step}": {"POST": Api(who, "sheet", sees=SHIPPERS, body=body)}
        for step, who, body in (
            ("cancel", BUYER_SIDE, {"reason": "x"}),
            ("accept", SHIPPERS, {"by": "x", "how": "phone"}),
            ("decline", SHIPPERS, {"reason": "x"}),
            ("accept-terms", BUYER_SIDE, {"by": "x", "how": "phone"}),
        )
    },
    **{
        f"api/v1/service-records/<number:sheet_no>/{step}": {
            "POST": Api(who, "sheet", sees=SHIPPERS, body=body, **SELLER)
        }
        for step, who, body in (
            ("ask-free", DESK, {"reason": "x"}),
            ("approve-free", SUPERVISOR, {}),
            ("bill", SUPERVISOR, {}),
            ("call", DESK, {"visit_at": "2026-11-19T16:00:00Z", "note": "x"}),
            ("assign", DESK, {"engineer": "x", "visit_at": "2026-11-19T16:00:00Z"}),
            ("solve", DESK, {"work": "x"}),
            ("set-out", FLOOR, {}),
            ("repair", FLOOR, {"diagnosis": "x", "work": "x"}),
            (
                "quote",
                FLOOR,
                {"diagnosis": "x", "lines": [{"kind": "parts", "text": "x", "quantity": 1, "unit_fen": 1}]},
            ),
            ("pay", FLOOR, {"paid_fen": 1, "paid_by": "cash"}),
            ("finish", FLOOR, {"invoice_wanted": False}),
            ("expect", DESK, {}),
            ("receive", FLOOR, {}),
            ("find", FLOOR, {"finding": "confirmed", "diagnosis": "x"}),
            ("send-back", FLOOR, {"work": "x", "freight_in_fen": 1, "freight_out_fen": 1}),
            ("make-up", FLOOR, {"contact_name": "x", "contact_phone": "x", "address": "x", "diagnosis": "x"}),
            ("archive", DESK, {}),
        )
    },
    "api/v1/complaints": {
        "GET": Api(BUYER_SIDE, "", sees=BUYER_SIDE),
        "POST": Api(BUYER_SIDE, "complaint-new", sees=BUYER_SIDE),
    },
    "api/v1/complaints/<number:complaint_no>": {"GET": Api(BUYER_SIDE, "complaint", sees=BUYER_SIDE)},
    "api/v1/complaints/<number:complaint_no>/withdraw": {"POST": Api(BUYER_SIDE, "complaint", sees=BUYER_SIDE)},
    **{
        f"api/v1/complaints/<number:complaint_no>/{step}": {
            "POST": Api(who, "complaint", sees=BUYER_SIDE, body=body, **SELLER)
        }
        for step, who, body in (
            ("reply", DESK, {"text": "x"}),
            ("escalate", DESK, {"reason": "x"}),
            ("postpone", DESK, {"reply_due_at": "2026-11-19T16:00:00Z", "reason": "x"}),
            ("malicious", DESK, {"reasons": "x"}),
            ("malicious/approve", SUPERVISOR, {}),
            ("malicious/refuse", SUPERVISOR, {"reason": "x"}),
            ("settle", DESK, {"settlement": "x"}),
            ("close", DESK, {"result": "upheld"}),
        )
    },
    "api/v1/claims": {
        "GET": Api(CLAIM_SEES, "", sees=CLAIM_SEES, **SELLER),
        "POST": Api(DESK, "claim-new", sees=DESK, **SELLER),
    },
    "api/v1/claims/stamp": {
        "POST": Api(FINANCE, "", sees=FINANCE, body={"claim_nos": ["CL404"]}, **SELLER),
    },
    "api/v1/claims/<number:claim_no>": {
        "GET": Api(CLAIM_SEES, "claim", sees=CLAIM_SEES, **SELLER),
        "PATCH": Api(DESK, "claim", sees=CLAIM_SEES, body={"note": "x"}, **SELLER),
    },
    "api/v1/claims/<number:claim_no>/stamp": {
        "POST": Api(FINANCE, "claim", sees=CLAIM_SEES, **SELLER),
    },
    "api/v1/claims/<number:claim_no>/hand-over": {
        "POST": Api(CLAIM_SEES - {"agent"}, "claim", sees=CLAIM_SEES, **SELLER),
    },
    "api/v1/claims/<number:claim_no>/submit": {
        "POST": Api(CLAIM_SEES, "claim", sees=CLAIM_SEES, **SELLER),
    },
    "api/v1/claims/<number:claim_no>/accept": {
        "POST": Api(CLAIM_SEES, "claim", sees=CLAIM_SEES, **SELLER),
    },
    "api/v1/claims/<number:claim_no>/reject": {
        "POST": Api(CLAIM_SEES, "claim", sees=CLAIM_SEES, body={"reason": "x"}, **SELLER),
    },
    "api/v1/claims/<number:claim_no>/appeal": {
        "POST": Api(CLAIM_SEES, "claim", sees=CLAIM_SEES, body={"reason": "x"}, **SELLER),
    },
    "api/v1/claims/<number:claim_no>/record-payment": {
        "POST": Api(FINANCE, "claim", sees=CLAIM_SEES, **SELLER),
    },
    "api/v1/claims/<number:claim_no>/write-off": {
        "POST": Api(MONEY_READERS, "claim", sees=CLAIM_SEES, body={"reason": "x"}, **SELLER),
    },
    "api/v1/claims/<number:claim_no>/withdraw": {
        "POST": Api(DESK, "claim", sees=CLAIM_SEES, body={"reason": "x"}, **SELLER),
    },
    # A file that is not there is 422 for everybody who may send one; it is tried in test_evidence_api.
    "api/v1/evidence": {"POST": Api(STAFF | {"shop", "other_shop"}, "", sees=STAFF | {"shop"})},
    "api/v1/evidence/<slug:evidence_id>": {"GET": Api(STAFF | {"shop"}, "evidence", sees=STAFF | {"shop"})},
    "api/v1/evidence/<slug:evidence_id>/thumbnail": {
        "GET": Api(STAFF | {"shop"}, "evidence", sees=STAFF | {"shop"}),
    },
    "api/v1/webhooks": {
        "GET": Api(HOOK_KEEPERS, "", sees=HOOK_KEEPERS),
        "POST": Api(HOOK_KEEPERS, "", sees=HOOK_KEEPERS),
    },
    "api/v1/webhooks/<int:webhook_id>": {
        "GET": Api(HOOK_KEEPERS, "webhook", sees=HOOK_KEEPERS),
        "PATCH": Api(HOOK_KEEPERS, "webhook", sees=HOOK_KEEPERS),
        "DELETE": Api(HOOK_KEEPERS, "webhook", sees=HOOK_KEEPERS),
    },
    "api/v1/webhooks/<int:webhook_id>/rotate-secret": {"POST": Api(HOOK_KEEPERS, "webhook", sees=HOOK_KEEPERS)},
    "api/v1/webhooks/<int:webhook_id>/ping": {"POST": Api(HOOK_KEEPERS, "webhook", sees=HOOK_KEEPERS)},
    "api/v1/webhooks/<int:webhook_id>/deliveries": {"GET": Api(HOOK_KEEPERS, "webhook", sees=HOOK_KEEPERS)},
    "api/v1/webhooks/<int:webhook_id>/deliveries/<int:delivery_id>/redeliver": {
        "POST": Api(HOOK_KEEPERS, "webhook", sees=HOOK_KEEPERS),
    },
    "hooks/alipay/notify": {"GET": Public(frozenset({405})), "POST": Public(frozenset({400, 503}))},
    "hooks/kuaidi100/": {"GET": Public(frozenset({405})), "POST": Public(frozenset({400, 503}))},
    "api/schema/": {"GET": Public()},
    "api/docs/": {"GET": Public()},
    "healthz": {"GET": Public()},
    "readyz": {"GET": Public(frozenset({200, 503}))},
    "metrics": {"GET": Public(frozenset({200, 401, 403}))},
    "problems/": {"GET": Public()},
    "problems/<slug:code>": {"GET": Public(frozenset({404}))},
    "s/<str:token>/": {"GET": Public(frozenset({404})), "POST": Public(frozenset({404}))},
    "login/": {"GET": Public()},
    "login/code/": {"GET": Public(frozenset({200, 302}))},
}

# The pages of the console are in `page_table`. Whole trees of routes that another package guards; their front doors are
# tried.
TREES = {"admin/": "admin/"}
# What a visitor may do without being signed in.
FOR_VISITORS = {"account/language/", "account/theme/", "logout/"}
