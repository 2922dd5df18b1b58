"""The first answer again, on every route that makes or moves money; and sixty-four at once (api.md).

What a key does is shown in `tests.core.test_idempotency` on a route made for it; here it is shown of each real one.
"""

import re
import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.db import connections
from rest_framework.test import APIClient

from aftersales.core import idempotency, transitions
from aftersales.core.auth import Actor
from aftersales.core.models import LogEntry, OutboxEvent, Role, Shop
from refunds import services
from refunds.models import (
    Difference,
    InsuranceAnswer,
    LedgerEntry,
    PayeeDisclosure,
    Payout,
    Proposal,
    Refund,
    RefundPayment,
)
from tests import factories
from tests.helpers import written
from tests.permission_table import ROUTES
from tests.refunds.unmoved import reported, unmoved
from tests.rest import Caller, problem, shop_caller, staff_caller

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


# What is asked --------------------------------------------------------------------------------------------------------


def address(route: str, subject: Any) -> str:
    return "/" + re.sub(r"<\w+:(\w+)>", lambda found: str(getattr(subject, found[1])), route)


def caller_of(case: Case, shop: Shop) -> Caller:
    return shop_caller(shop) if case.role == BUYER else staff_caller(case.role)


def effects() -> dict[str, Any]:
    """Everything that any of these routes can write."""
    beside = (LedgerEntry, PayeeDisclosure, InsuranceAnswer)
    asked = [list(model.objects.order_by("pk").values_list("ask_at", flat=True)) for model in (RefundPayment, Payout)]
    looked_into = list(Difference.objects.order_by("pk").values_list("resolution", flat=True))
    return (
        written()
        | {model.__name__: model.objects.count() for model in beside}
        | {"asked": asked, "looked into": looked_into}
    )


def keeps_the_first_answer(route: str, case: Case) -> None:
    """Ask as one caller, again, with another body, and as another caller about something of his own."""
    shop = factories.make_shop()
    mine, other = (case.ready(shop) for _each in range(2))
    caller, stranger = caller_of(case, shop), caller_of(case, shop)
    path, body = address(route, mine), case.sent(mine)
    before = effects()
    first = caller.post(path, body, key="k")
    assert first.status_code in (200, 201), first.content.decode()
    assert "Idempotency-Replayed" not in first
    after = effects()
    assert after != before, "the request has no effect, so its repetition shows nothing"

    again = caller.post(path, body, key="k")
    assert (again.status_code, again.content) == (first.status_code, first.content)
    assert (again.get("Idempotency-Replayed"), again.get("ETag")) == ("true", first.get("ETag"))
    assert effects() == after

    problem(caller.post(path, body | {"version": 77}, key="k"), 422, "idempotency_key_reused")
    problem(caller.post(f"{path}?a=1", body, key="k"), 422, "idempotency_key_reused")
    assert effects() == after

    independent = stranger.post(address(route, other), case.sent(other), key="k")
    assert (independent.status_code, "Idempotency-Replayed" in independent) == (first.status_code, False)
    assert independent.content != first.content
    assert effects() != after
    assert caller.post(path, body, key="k").content == first.content


@pytest.fixture
def answers(settings):
    """The provider of this installation may be asked, and has not paid yet."""
    settings.AFTERSALES = settings.AFTERSALES | {"offline_auto_confirm_seconds": 3600}


def test_every_route_that_takes_a_step_with_money_is_here():
    """A route that is added has to be added here. Files are compared by their contents, in the test of the core."""
    under = ("api/v1/differences", "api/v1/payouts", "api/v1/payments", "api/v1/refunds")
    known = {route.removeprefix("api/v1/") for route, methods in ROUTES.items() if "POST" in methods}
    assert {route for route in known if f"api/v1/{route}".startswith(under)} == set(CASES)


@pytest.mark.django_db
@pytest.mark.parametrize("route", CASES)
def test_a_repetition_is_answered_as_the_first_time_and_does_nothing(route, answers):
    """PAY-9, RFD-3: the same bytes, another body is refused, another caller's key is another key."""
    keeps_the_first_answer(route, CASES[route])


@pytest.mark.django_db
@pytest.mark.parametrize("route", CASES)
def test_without_the_record_each_is_seen_to_fail(route, answers, monkeypatch):
    """Negative control: where nothing is kept, no route passes."""
    monkeypatch.setattr(idempotency, "_look", lambda owner, key, digest: None)
    monkeypatch.setattr(idempotency, "_keep", lambda owner, key, digest, answer: True)
    with pytest.raises(AssertionError):
        keeps_the_first_answer(route, CASES[route])


@pytest.mark.django_db
@pytest.mark.parametrize("route", ["payouts", "payouts/<number:payout_no>/approve"])
def test_a_key_that_counts_for_everybody_is_seen_to_fail(route, answers, monkeypatch):
    """Negative control: the key of another caller must not be taken for one's own."""
    real = idempotency.run_once
    monkeypatch.setattr("aftersales.core.api.base.run_once", lambda **given: real(**given | {"owner": "all"}))
    with pytest.raises(AssertionError):
        keeps_the_first_answer(route, CASES[route])


# Sixty-four at once --------------------------------------------------------------------------------------------------

MANY = 64


def at_once(callers: list[Caller], path: str, key: str, body: dict[str, Any] | None = None) -> list[Any]:
    barrier = threading.Barrier(len(callers))

    def send(caller: Caller) -> Any:
        client = APIClient(**caller.client.defaults)
        try:
            barrier.wait(20)
            return client.post(f"/api/v1{path}", body or {}, format="json", HTTP_IDEMPOTENCY_KEY=key)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(callers)) as threads:
        return list(threads.map(send, callers))


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("route", CASES)
def test_many_at_once_have_the_effect_of_one_on_every_route(route, answers):
    """PAY-9, RFD-3: rows, log and news are as many as after one call; the others get its answer or are told to wait."""
    case, shop = CASES[route], factories.make_shop()
    alone, together = case.ready(shop), case.ready(shop)
    caller, before = caller_of(case, shop), written()
    assert caller.post(address(route, alone), case.sent(alone), key="alone").status_code in (200, 201)
    once = grown(before)
    before = written()
    came = at_once([caller] * MANY, address(route, together), "together", case.sent(together))
    fresh = [one for one in came if one.status_code in (200, 201) and "Idempotency-Replayed" not in one]
    assert len(fresh) == 1, Counter(one.status_code for one in came)
    for one in came:
        assert one.content == fresh[0].content or one.json()["code"] == "idempotency_in_progress"
    assert grown(before) == once


def grown(before: dict[str, Any]) -> dict[str, int]:
    """How many rows of each kind came since."""
    return {name: len(rows) - len(before[name]) for name, rows in written().items()}


def approvals(payout: Payout) -> tuple[int, int, str]:
    steps = LogEntry.objects.filter(subject_type="payout", subject_id=payout.pk, action="approve").count()
    news = OutboxEvent.objects.filter(topic="payout.approved").count()
    return steps, news, Payout.objects.get(pk=payout.pk).status


@pytest.mark.django_db(transaction=True)
def test_the_same_approval_many_times_at_once_is_one():
    """PAY-5, PAY-9: one does it, the others get its answer or are told that it is being done."""
    payout, finance = pending(factories.make_shop()), staff_caller(Role.FINANCE)
    path = f"/payouts/{payout.payout_no}/approve"
    came = at_once([finance] * MANY, path, "k")
    fresh = [one for one in came if one.status_code == 200 and "Idempotency-Replayed" not in one]
    others = [one for one in came if one not in fresh]
    assert len(fresh) == 1
    for one in others:
        assert one.content == fresh[0].content or one.json()["code"] == "idempotency_in_progress"
    assert approvals(payout) == (1, 1, "approved")
    assert finance.post(path, key="k").content == fresh[0].content


@pytest.mark.django_db(transaction=True)
def test_many_people_who_approve_the_same_at_once_are_one():
    """PAY-5: each with a key of the same name; whoever comes late is told how it stands.

    Without the lock of `payout_lock` it fails: only the log refuses the second row then, and that is a fault of ours.
    """
    payout = pending(factories.make_shop())
    came = at_once([staff_caller(Role.FINANCE) for _each in range(MANY)], f"/payouts/{payout.payout_no}/approve", "k")
    told = Counter(one.json().get("code", one.status_code) for one in came)
    assert told == {200: 1, "transition_not_allowed": MANY - 1}
    assert approvals(payout) == (1, 1, "approved")


@pytest.mark.django_db(transaction=True)
def test_without_the_record_the_many_are_seen_to_be_told_otherwise(monkeypatch):
    """Negative control: the step itself still happens once, but the other callers are told that they may not."""
    monkeypatch.setattr(idempotency, "_look", lambda owner, key, digest: None)
    monkeypatch.setattr(idempotency, "_keep", lambda owner, key, digest, answer: True)
    payout = pending(factories.make_shop())
    came = at_once([staff_caller(Role.FINANCE)] * MANY, f"/payouts/{payout.payout_no}/approve", "k")
    assert Counter(one.status_code for one in came) == {200: 1, 409: MANY - 1}
    assert approvals(payout) == (1, 1, "approved")
