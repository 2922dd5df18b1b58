"""Requests and their money: whoever comes second is told so, the money adds up, nobody waits for ever."""

import threading
from collections import Counter
from typing import Any

import pytest
from django.db import connection, transaction

from aftersales.core import errors, sweeps
from aftersales.core.models import LogEntry, Role
from logistics import services as logistics
from orders import services as orders
from orders.models import Order, OrderNote
from refunds import services
from refunds.gateways import Outcome
from refunds.models import Refund, RefundLine, RefundPayment
from tests import factories
from tests.checks import all_is_well
from tests.refunds.racing import ROUNDS, left_first_state, make_due, race, told, winners
from tests.refunds.standings import agree, photo, void

pytestmark = pytest.mark.django_db(transaction=True)


def test_one_request_everybody_at_once():
    """Agree, cancel, the deadline, shipping and a modification of one unshipped request: it leaves its state once."""
    agent, shop = factories.staff(), factories.make_shop()
    buyer = factories.buyer(shop)
    won: Counter[str] = Counter()
    for _round in range(ROUNDS):
        refund = void(factories.make_refund(factories.make_order(shop), lines=[services.LineAsk("1", 2)]))
        make_due(refund)
        came = race(
            agree=lambda refund=refund: services.refund_agree(refund=refund, actor=agent),
            cancel=lambda refund=refund: services.refund_cancel(refund=refund, actor=buyer),
            sweep=lambda: sweeps.sweep(),
            ship=lambda refund=refund: logistics.order_ship(order=refund.order, actor=agent, buyer_consented=True),
            modify=lambda refund=refund: services.refund_modify(
                refund=refund, actor=buyer, changes={"description": "quick"}
            ),
        )
        [action] = left_first_state(refund)
        by = LogEntry.objects.get(subject_type="refund", subject_id=refund.pk, action=action).actor_kind
        won[f"{action} by {by}"] += 1
        after = Refund.objects.select_related("order").get(pk=refund.pk)
        agreed = after.status == "WAIT_SYSTEM_TRANSFER"
        assert RefundPayment.objects.filter(refund=refund).count() == agreed
        # Goods and money never both leave.
        assert (after.order.status == "WAIT_BUYER_CONFIRM_GOODS") is not agreed
        assert ("agree" in winners(came), "cancel" in winners(came)).count(True) <= 1
        all_is_well(overdue=True)
    assert sum(won.values()) == ROUNDS


def test_one_shipped_request_everybody_at_once():
    """Agree, refuse, cancel, modify, the deadline and the receipt that closes requests (ORD-7)."""
    agent, shop = factories.staff(), factories.make_shop()
    buyer = factories.buyer(shop)
    for _round in range(ROUNDS):
        refund = factories.make_refund(factories.make_order(shop, ship=True))
        make_due(refund)
        evidence = [photo(shop)]
        race(
            agree=lambda refund=refund: services.refund_agree(refund=refund, actor=agent),
            cancel=lambda refund=refund: services.refund_cancel(refund=refund, actor=buyer),
            refuse=lambda refund=refund, evidence=evidence: services.refund_refuse(
                refund=refund, actor=agent, reason="abuse", message="No", evidence_ids=evidence
            ),
            receipt=lambda refund=refund: logistics.order_confirm_receipt(
                order=refund.order, actor=buyer, close_open_requests=True
            ),
            modify=lambda refund=refund: services.refund_modify(
                refund=refund, actor=buyer, changes={"reason": "lost_or_empty"}
            ),
            sweep=lambda: sweeps.sweep(),
        )
        after = Refund.objects.select_related("order").get(pk=refund.pk)
        if after.order.status == "TRADE_FINISHED":
            assert after.status == "CLOSED"
        assert RefundPayment.objects.filter(refund=refund).count() == (after.status == "WAIT_SYSTEM_TRANSFER")
        all_is_well(overdue=True)


def test_eight_clients_decide_one_request():
    """quality.md: exactly one success and seven clean conflicts, with and without the version they saw."""
    actors = [factories.staff(Role.SUPERVISOR) for _number in range(8)]
    for number in range(ROUNDS // 2):
        refund = factories.make_refund(factories.make_order(ship=True))
        version = refund.version if number % 2 else None
        calls = {
            str(name): lambda refund=refund, actor=actor, version=version: services.refund_agree(
                refund=refund, actor=actor, version=version
            )
            for name, actor in enumerate(actors)
        }
        came = race(**calls)
        assert len(winners(came)) == 1
        lost = {type(result) for result in came.values() if told(result)}
        assert lost == {errors.StaleVersion if version else errors.TransitionNotAllowed}
        assert left_first_state(refund) == ["agree"]
    all_is_well()


def test_two_requests_of_one_order_with_postage():
    """AMT-2, AMT-4: the last of two lines takes the postage along; agreed at once they give back what was paid."""
    agent, shop = factories.staff(), factories.make_shop()
    buyer = factories.buyer(shop)
    for _round in range(ROUNDS):
        lines = (
            factories.line(unit_price_fen=3333, discount_fen=0),
            factories.line(line_no="2", unit_price_fen=1, discount_fen=0),
        )
        order = factories.make_order(shop, *lines, postage_fen=1)
        came = race(
            first=lambda order=order: _apply(order, buyer, "1"),
            second=lambda order=order: _apply(order, buyer, "2"),
        )
        assert winners(came) == {"first", "second"}
        assert sum(refund.postage_fen for refund in came.values()) == 1
        for refund in came.values():
            void(refund)
        both = race(
            first=lambda came=came: services.refund_agree(refund=came["first"], actor=agent),
            second=lambda came=came: services.refund_agree(refund=came["second"], actor=agent),
            sweep=lambda: sweeps.sweep(),
        )
        assert winners(both) == {"first", "second", "sweep"}
        order = Order.objects.get(pk=order.pk)
        assert (order.promised_fen, order.postage_given_fen, order.left_fen) == (order.paid_fen, 1, 0)
        payments = RefundPayment.objects.filter(refund__order=order)
        done = race(**{f"p{payment.pk}": lambda payment=payment: _paid(payment) for payment in payments})
        assert len(winners(done)) == 2
        order = Order.objects.get(pk=order.pk)
        assert (order.status, order.refunded_fen, order.promised_fen) == ("TRADE_CLOSED", order.paid_fen, 0)
        all_is_well()


def _apply(order: Order, actor: Any, line_no: str) -> Refund:
    asked = factories.ask(lines=[services.LineAsk(line_no, 2)])
    return services.refund_apply(order=Order.objects.get(pk=order.pk), ask=asked, actor=actor)


def _paid(payment: RefundPayment) -> RefundPayment:
    sent = services.payment_send(payment=payment)
    return services.payment_confirm(
        payment=sent, actor=factories.staff(Role.FINANCE), reference=f"R{payment.pk}", version=sent.version
    )


def test_line_is_asked_for_once():
    """APP-7: of two applications for a line one is a conflict with its rule, never an error of the database."""
    shop = factories.make_shop()
    buyer = factories.buyer(shop)
    for _round in range(ROUNDS):
        order = factories.make_order(shop)
        came = race(**{name: lambda order=order: _apply(order, buyer, "1") for name in "abc"})
        assert len(winners(came)) == 1
        lost = [result for result in came.values() if told(result)]
        assert [(type(one), one.code, one.extra["rule"]) for one in lost] == [
            (errors.Conflict, "request_open", "APP-7")
        ] * 2
        assert RefundLine.objects.filter(order_line__order=order).count() == 1
    all_is_well()


def test_payment_is_confirmed_once_and_sent_once(monkeypatch):
    """RFD-3, PAY-9: however many press the button, the provider is called once and the books move once."""
    sent: list[str] = []

    class Gateway:
        answers = False

        def refund(self, request):
            sent.append(request.payment_no)
            return Outcome("waiting")

    monkeypatch.setattr("refunds.services.payments.gateway_for", lambda name: Gateway())
    finance = [factories.staff(Role.FINANCE) for _number in range(4)]
    for _round in range(ROUNDS):
        refund = agree(factories.make_refund(factories.make_order(ship=True)))
        payment = RefundPayment.objects.get(refund=refund)
        came = race(**{f"send {n}": lambda payment=payment: services.payment_send(payment=payment) for n in range(3)})
        assert len(winners(came)) == 1
        assert sent.count(payment.payment_no) == 1
        came = race(
            **{
                f"confirm {actor.name}": lambda payment=payment, actor=actor: services.payment_confirm(
                    payment=payment, actor=actor, reference=actor.name
                )
                for actor in finance
            }
        )
        [winner] = winners(came)
        assert RefundPayment.objects.get(pk=payment.pk).reference == winner.removeprefix("confirm ")
        order = Order.objects.get(pk=refund.order_id)
        assert (order.refunded_fen, order.promised_fen) == (refund.amount_fen, 0)
    all_is_well()


def test_eight_flags_on_one_order():
    """ORD-5: everybody's note is kept, whoever flags last."""
    order = factories.make_order()
    actors = [factories.staff() for _number in range(8)]
    flags = ("red", "blue", "green", "grey")
    came = race(
        **{
            actor.name: lambda actor=actor, flag=flags[number % 4]: orders.note_add(
                order=order, actor=actor, text="x", flag=flag
            )
            for number, actor in enumerate(actors)
        }
    )
    assert len(winners(came)) == 8
    assert OrderNote.objects.filter(order=order).count() == 8
    all_is_well()


@pytest.mark.parametrize("key_too", [False, True])
def test_note_does_not_wait_for_a_step(key_too):
    """A note only refers to the order: it is written while a long sweep holds it.

    Negative control: with the key locked too, as `select_for_update` does by itself, it waits.
    """
    order = factories.make_order()
    agent = factories.staff()

    def write() -> OrderNote:
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '500ms'; SET CONSTRAINTS ALL IMMEDIATE")
        return orders.note_add(order=order, actor=agent, text="x")

    with transaction.atomic():
        if key_too:
            list(Order.objects.filter(pk=order.pk).select_for_update())
            with pytest.raises(AssertionError, match="lock timeout"):
                race(write=write)
        else:
            orders.order_lock([order.pk], False)
            assert winners(race(write=write)) == {"write"}


def test_workers_and_people_on_the_same_orders():
    """Three sweeps at once beside people who agree, cancel and confirm: no deadlock, each request moves once."""
    agent, shop = factories.staff(), factories.make_shop()
    buyer = factories.buyer(shop)
    two = (factories.line(), factories.line(line_no="2"))
    made: list[Refund] = []
    for _round in range(ROUNDS * 2):
        order = factories.make_order(shop, *two, ship=True)
        made += [_apply(order, buyer, "1"), _apply(order, buyer, "2")]
    make_due(*made)

    def work(step: int) -> Counter[str]:
        did: Counter[str] = Counter()
        for refund in made[step::3]:
            for call in (services.refund_cancel, services.refund_agree):
                try:
                    with transaction.atomic():
                        call(refund=refund, actor=buyer if call is services.refund_cancel else agent)
                except errors.Problem as problem:
                    did[problem.code] += 1
                else:
                    did["done"] += 1
        return did

    def sweep() -> int:
        return sum(sweeps.sweep(limit=7).acted for _time in range(len(made) // 4))

    came = race(s1=sweep, s2=sweep, s3=sweep, p1=lambda: work(0), p2=lambda: work(1), p3=lambda: work(2))
    by_clock = came["s1"] + came["s2"] + came["s3"]
    by_people = sum(came[name]["done"] for name in ("p1", "p2", "p3"))
    assert by_clock + by_people == len(made)
    assert all(len(left_first_state(refund)) == 1 for refund in made)
    while sweeps.sweep().acted:
        pass
    all_is_well()


def test_missing_lock_is_seen(monkeypatch):
    """Negative control: requests are read without a lock, and both readers see the state before; the race says so."""
    agent = factories.staff()
    refund = factories.make_refund(factories.make_order(ship=True))
    barrier = threading.Barrier(2)

    def read(ids: Any, skip_locked: bool) -> list[Refund]:
        whole = Refund.objects.select_related("order__shop").prefetch_related("lines__order_line")
        found = list(whole.filter(pk__in=ids))
        barrier.wait(10)
        return found

    monkeypatch.setitem(services.REFUND.__dict__, "lock", read)
    with pytest.raises(AssertionError, match="IntegrityError"):
        race(
            a=lambda: services.refund_agree(refund=refund, actor=agent),
            b=lambda: services.refund_agree(refund=refund, actor=agent),
        )
