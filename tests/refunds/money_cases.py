"""A case for every route that makes or moves money: whose request on what gets through (api.md)."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from aftersales.core import transitions
from aftersales.core.auth import Actor
from aftersales.core.models import Role, Shop
from refunds import services
from refunds.models import (
    Difference,
    Payout,
    Proposal,
    Refund,
    RefundPayment,
)
from tests import factories
from tests.refunds.unmoved import reported, unmoved
from tests.rest import Caller, shop_caller, staff_caller

from . import standings

PAYEE = {"account": "13800001234", "name": "李雷"}
REFERENCE, NOTE = {"reference": "B-1"}, {"note": "x"}
BUYER = "buyer"


@dataclass(frozen=True)
class Case:
    """Whose request on what gets through: a role, something made ready, and what is sent."""

    role: str
    ready: Callable[[Shop], Any]
    body: Callable[[Any], dict[str, Any]] | dict[str, Any] = field(default_factory=dict)

    def sent(self, subject: Any) -> dict[str, Any]:
        """The body, for this subject."""
        return self.body(subject) if callable(self.body) else self.body


# What is made ready ---------------------------------------------------------------------------------------------------


def order(shop: Shop) -> Any:
    return factories.make_order(shop, sign=True)


def draft(shop: Shop) -> Payout:
    return factories.make_payout(order(shop))


def pending(shop: Shop) -> Payout:
    return services.payout_submit(payout=draft(shop), actor=factories.staff())


def sending(shop: Shop) -> Payout:
    return services.payout_send(payout=factories.approved(draft(shop)))


def failed(fault: str) -> Callable[[Shop], Payout]:
    def ready(shop: Shop) -> Payout:
        finance = factories.staff(Role.FINANCE)
        return services.payout_fail(payout=sending(shop), actor=finance, failure="no", fault=fault)

    return ready


def unanswered(shop: Shop) -> Payout:
    payout = sending(shop)
    return transitions.apply(services.PAYOUT, payout.pk, "lose_track", actor=Actor.system())


def unanswered_payment(shop: Shop) -> RefundPayment:
    return transitions.apply(services.PAYMENT, sent(shop).pk, "lose_track", actor=Actor.system())


def difference(shop: Shop) -> Difference:
    made = factories.make_difference(order(shop))
    made.difference_id = made.pk  # for the address
    return made


def agreed(shop: Shop) -> Refund:
    return standings.agree(factories.make_refund(factories.make_order(shop, ship=True)))


def sent(shop: Shop) -> RefundPayment:
    return services.payment_send(payment=RefundPayment.objects.get(refund=agreed(shop)))


def lost(shop: Shop) -> RefundPayment:
    return RefundPayment.objects.get(refund=standings.lose(agreed(shop)))


def unshipped(shop: Shop) -> Refund:
    return factories.make_refund(factories.make_order(shop))


def only(shop: Shop) -> Refund:
    return factories.make_refund(factories.make_order(shop, ship=True))


def back(shop: Shop) -> Refund:
    return factories.make_return(order(shop))


def waiting(shop: Shop) -> Refund:
    return standings.agree(back(shop))


def refused(shop: Shop) -> Refund:
    return standings.refuse(back(shop))


def disputed(shop: Shop) -> Refund:
    return standings.dispute(refused(shop))


def proposed(shop: Shop) -> Proposal:
    made = services.proposal_make(refund=only(shop), actor=factories.staff(), kind="cancel")
    made.refund_no = made.refund.refund_no  # for the address
    return made


def swapped(shop: Shop) -> Refund:
    return standings.agree(factories.make_exchange(order(shop)))


def dearer(shop: Shop) -> Refund:
    asked = factories.make_exchange(order(shop))
    return services.refund_agree(refund=asked, actor=factories.staff(), new_prices={"1": 12800})


def owed(shop: Shop) -> Refund:
    return standings.receive(standings.send_back(factories.make_exchange(order(shop))), passed=True)


def replaced(shop: Shop) -> Refund:
    return services.exchange_ship(refund=owed(shop), actor=factories.staff(), carrier="sf", tracking_no="SF9")


def denied(shop: Shop) -> Refund:
    refund = replaced(shop)
    services.exchange_replacement_denied(refund=refund, actor=factories.staff())
    return refund


def insured(shop: Shop) -> Refund:
    made = factories.make_order(shop, sign=True, freight_insurance=True)
    return factories.pay(standings.receive(standings.send_back(factories.make_return(made)), passed=True))


def new_payout(made: Any) -> dict[str, Any]:
    return {"order_no": made.order_no, "purpose": "goodwill", "amount_fen": 500, "payee": PAYEE}


def new_refund(made: Any) -> dict[str, Any]:
    lines = [{"line_no": "1", "quantity": 1}]
    asked = {"kind": "refund_only", "goods_status": "received", "reason": "quality", "lines": lines}
    return {"order_no": made.order_no} | asked


CASES = {
    "payouts": Case(Role.AGENT, order, new_payout),
    "payouts/approve": Case(Role.FINANCE, pending, lambda payout: {"payout_nos": [payout.payout_no]}),
    "payouts/<number:payout_no>/submit": Case(Role.AGENT, draft),
    "payouts/<number:payout_no>/approve": Case(Role.FINANCE, pending),
    "payouts/<number:payout_no>/reject": Case(Role.FINANCE, pending, {"reason": "重复"}),
    "payouts/<number:payout_no>/withdraw": Case(Role.AGENT, pending, {"reason": "不要了"}),
    "payouts/<number:payout_no>/correct-payee": Case(
        Role.AGENT, failed("payee"), {"account": "li@example.com", "name": "李雷"}
    ),
    "payouts/<number:payout_no>/confirm": Case(Role.FINANCE, sending, REFERENCE),
    "payouts/<number:payout_no>/fail": Case(Role.FINANCE, sending, {"failure": "账户不存在", "fault": "payee"}),
    "payouts/<number:payout_no>/report-unmoved": Case(Role.FINANCE, unanswered, unmoved),
    "payouts/<number:payout_no>/accept-unmoved": Case(
        Role.SUPERVISOR, reported(unanswered, services.PAYOUT), {"reason": "已核对"}
    ),
    "payments/<number:payment_no>/report-unmoved": Case(Role.FINANCE, unanswered_payment, unmoved),
    "payments/<number:payment_no>/accept-unmoved": Case(
        Role.SUPERVISOR, reported(unanswered_payment, services.PAYMENT), {"reason": "已核对"}
    ),
    "differences/<int:difference_id>/resolve": Case(Role.FINANCE, difference, {"reason": "平台补偿"}),
    "payouts/<number:payout_no>/send-again": Case(Role.FINANCE, failed("us")),
    "payouts/<number:payout_no>/ask": Case(Role.FINANCE, sending),
    "payouts/<number:payout_no>/reveal": Case(Role.FINANCE, pending, {"reason": "核对户名"}),
    "payments/<number:payment_no>/confirm": Case(Role.FINANCE, sent, REFERENCE),
    "payments/<number:payment_no>/fail": Case(Role.FINANCE, sent, {"failure": "账户已注销"}),
    "payments/<number:payment_no>/send-again": Case(Role.FINANCE, lost),
    "payments/<number:payment_no>/ask": Case(Role.FINANCE, sent),
    "refunds": Case(BUYER, order, new_refund),
    "refunds/<number:refund_no>/cancel": Case(BUYER, only),
    "refunds/<number:refund_no>/return-shipment": Case(BUYER, waiting, {"carrier": "sf", "tracking_no": "SF123"}),
    "refunds/<number:refund_no>/intervention": Case(BUYER, refused, {"text": "请平台介入"}),
    "refunds/<number:refund_no>/messages": Case(BUYER, only, {"text": "你好"}),
    "refunds/<number:refund_no>/settle": Case(Role.AGENT, disputed, {"amount_fen": 1200}),
    "refunds/<number:refund_no>/agree": Case(Role.AGENT, only),
    "refunds/<number:refund_no>/refuse": Case(
        Role.AGENT,
        only,
        lambda refund: {
            "reason": "abuse",
            "message": "已使用过，不符合约定",
            "evidence": [standings.photo(refund.shop)],
        },
    ),
    "refunds/<number:refund_no>/void-result": Case(Role.WAREHOUSE, unshipped, {"result": "voided"}),
    "refunds/<number:refund_no>/receive": Case(
        Role.WAREHOUSE, lambda shop: standings.send_back(back(shop)), {"result": "pass"}
    ),
    "refunds/<number:refund_no>/decision": Case(Role.SUPERVISOR, disputed, {"outcome": "buyer"}),
    "refunds/<number:refund_no>/dispute-evidence": Case(Role.AGENT, disputed, {"text": "聊天记录见附件"}),
    "refunds/<number:refund_no>/guide": Case(Role.AGENT, back, {"kind": "refund_only", "reason": "quality"}),
    "refunds/<number:refund_no>/proposals": Case(Role.AGENT, only, {"kind": "cancel"}),
    "refunds/<number:refund_no>/proposals/<int:number>/accept": Case(BUYER, proposed),
    "refunds/<number:refund_no>/proposals/<int:number>/decline": Case(BUYER, proposed),
    "refunds/<number:refund_no>/proposals/<int:number>/withdraw": Case(Role.AGENT, proposed),
    "refunds/<number:refund_no>/promise-first": Case(Role.AGENT, swapped, NOTE),
    "refunds/<number:refund_no>/settle-difference": Case(Role.FINANCE, dearer, NOTE),
    "refunds/<number:refund_no>/ship-replacement": Case(Role.WAREHOUSE, owed, {"carrier": "sf", "tracking_no": "SF9"}),
    "refunds/<number:refund_no>/confirm-received": Case(BUYER, replaced),
    "refunds/<number:refund_no>/delivery-proved": Case(Role.AGENT, denied, NOTE),
    "refunds/<number:refund_no>/to-refund": Case(Role.AGENT, owed),
    "refunds/<number:refund_no>/insurance": Case(
        Role.AGENT, insured, {"paid": True, "amount_fen": 1200, "arrived_at": "2026-11-11T10:00:00+08:00"}
    ),
}


def address(route: str, subject: Any) -> str:
    return "/" + re.sub(r"<\w+:(\w+)>", lambda found: str(getattr(subject, found[1])), route)


def caller_of(case: Case, shop: Shop) -> Caller:
    return shop_caller(shop) if case.role == BUYER else staff_caller(case.role)
