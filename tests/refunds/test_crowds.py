"""A hundred people, each on a connection of his own, press at the same moment: one gets through, the others are told.

The eleven places where money is decided, in twenty rounds each, and parts of one order. `AFTERSALES_CROWD_ROUNDS` and
`AFTERSALES_CROWD` say how often and how many; a server with few connections has fewer people. Nobody sees a deadlock or
a timeout: `crowd` fails on anything but a refusal.
"""

import os
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Any

import pytest
from django.db import connection, connections, transaction

from aftersales.core import errors, sweeps
from aftersales.core.models import LogEntry, Role
from orders.models import Order
from refunds import services
from refunds.gateways import Notice
from refunds.models import Dispute, Payout, PayoutLine, ProviderNotice, Refund, RefundPayment
from refunds.services import PayeeData
from tests import factories
from tests.checks import all_is_well
from tests.refunds.racing import LONGEST_WAIT, make_due, told
from tests.refunds.standings import agree, dispute, refuse

pytestmark = pytest.mark.django_db(transaction=True)

ROUNDS = int(os.environ.get("AFTERSALES_CROWD_ROUNDS", "20"))
MOST = int(os.environ.get("AFTERSALES_CROWD", "100"))
KEPT_FREE = 12
Press = Callable[[Any, int], Any]


def people() -> int:
    """How many can have a connection of their own on this server now."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('max_connections')::int - count(*)::int FROM pg_stat_activity")
        [free] = cursor.fetchone()
    return min(MOST, free - KEPT_FREE)


def crowd(rounds: int, make: Callable[[], Any], presses: tuple[Press, ...], check: Callable[[Any, list[Any]], None]):
    """Let the same people press again in each round: person `n` calls `presses[n % len]` with what `make` gives."""
    many = people()
    assert many >= min(MOST, 50), "too few connections for a crowd"
    ready, over = threading.Barrier(many + 1), threading.Barrier(many + 1)
    here: dict[str, Any] = {}
    came: list[Any] = [None] * many

    def person(number: int) -> None:
        press = presses[number % len(presses)]
        try:
            with connection.cursor() as cursor:
                cursor.execute(f"SET lock_timeout = '{LONGEST_WAIT}'")
            for _round in range(rounds):
                ready.wait(60)
                try:
                    with transaction.atomic():
                        came[number] = press(here["subject"], number)
                except Exception as error:
                    came[number] = error
                over.wait(60)
        except threading.BrokenBarrierError:
            pass  # the round failed in somebody else's hands
        finally:
            connections.close_all()

    threads = [threading.Thread(target=person, args=(number,)) for number in range(many)]
    for thread in threads:
        thread.start()
    try:
        for _round in range(rounds):
            here["subject"] = make()
            ready.wait(60)
            over.wait(120)
            wrong = [one for one in came if isinstance(one, Exception) and not told(one)]
            assert not wrong, wrong[:3]
            check(here["subject"], list(came))
    finally:
        ready.abort()
        over.abort()
        for thread in threads:
            thread.join(60)
    all_is_well(overdue=True)


def steps(kind: str, pk: int) -> list[str]:
    """What the log says was done."""
    rows = LogEntry.objects.filter(subject_type=kind, subject_id=pk).order_by("version")
    return list(rows.values_list("action", flat=True))


def one_wins(came: list[Any], *, others: frozenset[int] = frozenset({409, 412})) -> Any:
    """Give what the only one who got through got; everybody else was told 409, or 412 of a version that has passed."""
    won = [one for one in came if not told(one)]
    assert len(won) == 1, [type(one).__name__ for one in came]
    assert {one.status for one in came if told(one)} <= others
    return won[0]


# --- The eleven -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Race:
    """What is made for a round, who presses what, and what must be so afterwards."""

    make: Callable[[], Any]
    presses: tuple[Press, ...]
    check: Callable[[Any, list[Any]], None]


class Cast:
    """Those who press: as many accounts as there are people would say no more."""

    def __init__(self) -> None:
        self.shop = factories.make_shop()
        self.agent, self.buyer = factories.staff(), factories.buyer(self.shop)
        self.finance, self.boss = factories.staff(Role.FINANCE), factories.staff(Role.SUPERVISOR)

    # What is pressed on

    def asked(self) -> Refund:
        return factories.make_refund(factories.make_order(self.shop, ship=True))

    def due(self) -> Refund:
        refund = self.asked()
        make_due(refund)
        return refund

    def disputed(self) -> Refund:
        order = factories.make_order(self.shop, sign=True)
        return dispute(refuse(factories.make_refund(order, goods_status="received", reason="not_as_described")))

    def submitted(self) -> Payout:
        payout = factories.make_payout(factories.make_order(self.shop, sign=True))
        return services.payout_submit(payout=payout, actor=self.agent)

    def approved(self) -> Payout:
        return factories.approved(self.submitted())

    def sending(self) -> Payout:
        return services.payout_send(payout=self.approved())

    def payment(self) -> RefundPayment:
        return services.payment_send(payment=RefundPayment.objects.get(refund=agree(self.asked())))

    # Who presses what

    def agrees(self, refund: Refund, number: int) -> Any:
        return services.refund_agree(refund=refund, actor=self.agent)

    def cancels(self, refund: Refund, number: int) -> Any:
        return services.refund_cancel(refund=refund, actor=self.buyer)

    def lets_time_act(self, refund: Refund, number: int) -> Any:
        swept = sweeps.sweep()
        if not swept.acted:
            raise errors.Conflict("nothing was due for this worker")
        return swept

    def settles(self, refund: Refund, number: int) -> Any:
        return services.refund_settle(refund=refund, actor=self.agent, amount_fen=700)

    def decides(self, refund: Refund, number: int) -> Any:
        return services.refund_decide(refund=refund, actor=self.boss, outcome="partial", text="一半", amount_fen=1000)

    def approves(self, payout: Payout, number: int) -> Any:
        actor = self.finance if number % 4 < 2 else self.boss
        return services.payout_approve(payout=payout, actor=actor, version=payout.version)

    def edits(self, payout: Payout, number: int) -> Any:
        return services.payout_edit(payout=payout, actor=self.agent, amount_fen=900, version=payout.version)

    def rejects(self, payout: Payout, number: int) -> Any:
        return services.payout_reject(payout=payout, actor=self.boss, reason="重复", version=payout.version)

    def withdraws(self, payout: Payout, number: int) -> Any:
        return services.payout_withdraw(payout=payout, actor=self.agent, reason="不要了", version=payout.version)

    def sends(self, payout: Payout, number: int) -> Any:
        return services.payout_send(payout=payout)

    def paid(self, payout: Payout, number: int) -> Any:
        return services.payout_confirm(payout=payout, actor=self.finance, reference=f"R-{number}")

    def failed(self, payout: Payout, number: int) -> Any:
        return services.payout_fail(payout=payout, actor=self.finance, failure="no such account")

    def confirms(self, payment: RefundPayment, number: int) -> Any:
        return services.payment_confirm(payment=payment, actor=self.finance, reference=f"R-{number}")

    def notifies(self, payment: RefundPayment, number: int) -> Any:
        notice = Notice(
            f"N-{payment.payment_no}", payment.payment_no, payment.refund.order.order_no, payment.amount_fen
        )
        return services.notice_take(provider="alipay", notice=notice)

    def opens(self, order: Order, number: int) -> Any:
        payee = PayeeData("alipay", "13800001234", "李雷")
        return services.payout_open(order=order, actor=self.agent, purpose="goodwill", amount_fen=500, payee=payee)

    # What must be so

    def one_payment(self, refund: Refund, came: list[Any]) -> None:
        one_wins(came)
        after = Refund.objects.get(pk=refund.pk)
        assert RefundPayment.objects.filter(refund=refund).count() == (after.status == "WAIT_SYSTEM_TRANSFER")

    def one_ending(self, refund: Refund, came: list[Any]) -> None:
        one_wins(came)
        status = Dispute.objects.get(refund=refund).status
        paid = RefundPayment.objects.get(refund=refund).amount_fen
        assert (status, paid) in {("settled", 700), ("decided_partial", 1000)}

    def what_was_approved_is_paid(self, payout: Payout, came: list[Any]) -> None:
        one_wins(came)
        after, taken = Payout.objects.get(pk=payout.pk), steps("payout", payout.pk)[2:]
        assert len(taken) == 1
        assert (after.approved_by is not None) is (taken == ["approve"])
        assert after.amount_fen == (900 if taken == ["edit"] else payout.amount_fen)

    def one_step(self, payout: Payout, came: list[Any]) -> None:
        one_wins(came)
        assert Payout.objects.get(pk=payout.pk).version == payout.version + 1

    def books_move_once(self, payment: RefundPayment, came: list[Any]) -> None:
        one_wins(came)
        order = RefundPayment.objects.get(pk=payment.pk).refund.order
        assert (order.refunded_fen, order.promised_fen) == (payment.amount_fen, 0)

    def kept_once(self, payment: RefundPayment, came: list[Any]) -> None:
        told_of = [one for one in came if isinstance(one, ProviderNotice)]
        self.books_move_once(payment, [one for one in came if not isinstance(one, ProviderNotice)])
        assert ProviderNotice.objects.get(number=payment.payment_no).repeats == len(told_of) - 1 > 0

    def opened_once(self, order: Order, came: list[Any]) -> None:
        one_wins(came, others=frozenset({422}))  # the rule that a line is paid for once (PAY-7)
        assert PayoutLine.objects.filter(order_line__order=order).count() == 1


Making = Callable[[Cast], Race]
RACES: dict[str, Making] = {
    "agree, agree": lambda c: Race(c.asked, (c.agrees,), c.one_payment),
    "agree, cancel": lambda c: Race(c.asked, (c.agrees, c.cancels), c.one_payment),
    "agree, deadline": lambda c: Race(c.due, (c.agrees, c.lets_time_act), c.one_payment),
    "settle, decide": lambda c: Race(c.disputed, (c.settles, c.decides), c.one_ending),
    "two approvals": lambda c: Race(c.submitted, (c.approves,), c.what_was_approved_is_paid),
    "approve, edit": lambda c: Race(c.submitted, (c.approves, c.edits), c.what_was_approved_is_paid),
    "approve, reject, withdraw": lambda c: Race(
        c.submitted, (c.approves, c.rejects, c.withdraws), c.what_was_approved_is_paid
    ),
    "send, withdraw": lambda c: Race(c.approved, (c.sends, c.withdraws), c.one_step),
    "paid, failed": lambda c: Race(c.sending, (c.paid, c.failed), c.one_step),
    "settle, notify": lambda c: Race(c.payment, (c.confirms, c.notifies), c.kept_once),
    "double click on open": lambda c: Race(lambda: factories.make_order(c.shop, sign=True), (c.opens,), c.opened_once),
}


@pytest.mark.parametrize("name", RACES)
def test_one_of_a_crowd_gets_through(name):
    """PAY-5, PAY-7, PAY-9, RFD-3, DIS-5, TMO-16."""
    race = RACES[name](Cast())
    crowd(ROUNDS, race.make, race.presses, race.check)


def test_a_crowd_without_the_lock_is_seen(monkeypatch):
    """Negative control: requests are read and not locked, so several go on from the same state."""

    def read(ids: Any, skip_locked: bool) -> list[Refund]:
        whole = Refund.objects.select_related("order__shop").prefetch_related("lines__order_line")
        found = list(whole.filter(pk__in=ids))
        time.sleep(0.2)  # longer than a lock that nobody holds: everybody has read by then
        return found

    monkeypatch.setitem(services.REFUND.__dict__, "lock", read)
    race = RACES["agree, agree"](Cast())
    with pytest.raises(AssertionError, match="IntegrityError"):
        crowd(1, race.make, race.presses, race.check)


# --- Parts of one order -----------------------------------------------------------------------------------------------


def test_random_parts_of_one_order_are_never_more_than_was_paid():
    """AMT-1, AMT-2, AMT-4: fifty and more people ask for random sums of random lines at once, and agree to them."""
    cast, rng = Cast(), Random(7)
    chosen = [(str(rng.randint(1, 6)), rng.randint(1, 3), rng.randint(1, 4000)) for _person in range(MOST)]

    def make() -> Order:
        lines = [
            factories.line(line_no=str(number), quantity=3, unit_price_fen=900 + 7 * number, discount_fen=number)
            for number in range(1, 7)
        ]
        return factories.make_order(cast.shop, *lines, ship=True, postage_fen=601)

    def part(order: Order, number: int) -> Any:
        line_no, quantity, amount = chosen[number]
        ask = factories.ask(
            goods_status="received", reason="quality", lines=[services.LineAsk(line_no, quantity, amount)]
        )
        asked = services.refund_apply(order=Order.objects.get(pk=order.pk), ask=ask, actor=cast.buyer)
        return services.refund_agree(refund=asked, actor=cast.agent)

    def check(order: Order, came: list[Any]) -> None:
        after = Order.objects.get(pk=order.pk)
        promised = sum(RefundPayment.objects.filter(refund__order=order).values_list("amount_fen", flat=True))
        assert 0 < promised == after.promised_fen <= after.paid_fen
        assert sum(isinstance(one, Refund) for one in came) == RefundPayment.objects.filter(refund__order=order).count()

    crowd(ROUNDS, make, (part,), check)


def test_two_equal_rightful_ones_of_a_crowd_both_go_through():
    """AMT-2: everybody asks for all of one of two equal lines; each line is given back once, neither is refused."""
    cast = Cast()

    def make() -> Order:
        lines = [factories.line(line_no=number, unit_price_fen=3333, discount_fen=0) for number in ("1", "2")]
        return factories.make_order(cast.shop, *lines, ship=True, postage_fen=0)

    def half(order: Order, number: int) -> Any:
        ask = factories.ask(goods_status="not_received", lines=[services.LineAsk(str(number % 2 + 1), 2)])
        asked = services.refund_apply(order=Order.objects.get(pk=order.pk), ask=ask, actor=cast.buyer)
        return services.refund_agree(refund=asked, actor=cast.agent)

    def check(order: Order, came: list[Any]) -> None:
        won = [one for one in came if isinstance(one, Refund)]
        after = Order.objects.get(pk=order.pk)
        assert [one.amount_fen for one in won] == [after.paid_fen // 2] * 2
        assert (after.promised_fen, after.left_fen) == (after.paid_fen, 0)

    crowd(ROUNDS, make, (half,), check)
