"""Two connections on one bundle: partial refunds take turns, and no order of them pays a fen too much (AMT-3)."""

import threading
from typing import Any

import pytest

from aftersales.core import errors, sweeps
from aftersales.core.models import Role
from orders.models import Order
from refunds import services
from refunds.models import Refund, RefundPayment
from refunds.services import LineAsk, assessing
from tests import factories
from tests.checks import all_is_well
from tests.refunds.racing import ROUNDS, make_due, race, told, winners
from tests.refunds.standings import agree, receive, send_back
from tests.refunds.test_bundles import bundle

pytestmark = pytest.mark.django_db(transaction=True)

LIST_FEN, PAID_FEN = 10000, 22500


def apply(order: Order, actor: Any, number: str) -> Refund:
    """Let a buyer return one piece of a bundle."""
    asked = factories.ask("return_refund", lines=[LineAsk(number, 1)])
    return services.refund_apply(order=Order.objects.get(pk=order.pk), ask=asked, actor=actor)


def settled_by_what_is_kept(order: Order) -> None:
    """AMT-3: at any moment without an open request the buyer has what was paid less the list price of what is kept."""
    now = Order.objects.get(pk=order.pk)
    lines = list(now.lines.all())
    kept_fen = sum(line.quantity_left * LIST_FEN for line in lines)
    back = sum(line.returned_quantity for line in lines)
    assert now.promised_fen + now.refunded_fen == (max(PAID_FEN - kept_fen, 0) if back else 0)


def returned_at_once(order: Order) -> None:
    """Let two pieces be returned at once, then the one that had to wait, then the last: after each the sum holds."""
    buyer = factories.buyer(order.shop)
    came = race(
        first=lambda: apply(order, buyer, "1"),
        second=lambda: apply(order, buyer, "2"),
    )
    for result in came.values():
        if told(result):
            assert (type(result), result.code, result.extra["rule"]) == (errors.Conflict, "request_open", "AMT-3")
        else:
            receive(send_back(result), passed=True)
    settled_by_what_is_kept(order)
    assert len(winners(came)) == 1
    [waited] = came.keys() - winners(came)
    receive(send_back(apply(order, buyer, {"first": "1", "second": "2"}[waited])), passed=True)
    settled_by_what_is_kept(order)
    receive(send_back(apply(order, buyer, "3")), passed=True)
    settled_by_what_is_kept(order)
    assert Order.objects.get(pk=order.pk).promised_fen == PAID_FEN


def test_two_partial_returns_at_once_take_turns():
    """AMT-3: one is taken, the other is told to wait; when all has come back all has been given back."""
    for _round in range(ROUNDS // 3):
        returned_at_once(bundle())
    all_is_well()


@pytest.mark.parametrize("bug", ["no turns", "no lock"])
def test_returns_that_do_not_wait_are_seen(monkeypatch, bug):
    """Negative control: without the rule both are taken, and so they are when both read what was before either."""
    order = bundle()
    if bug == "no turns":
        monkeypatch.setattr(assessing, "settled_together", lambda *told: False)
    else:
        both, real = threading.Barrier(2), services.applying.earlier

        def read(*told: Any) -> Any:
            found = real(*told)
            both.wait(10)
            return found

        monkeypatch.setattr(services.applying, "earlier", read)
        monkeypatch.setattr(
            services.applying.orders, "order_lock", lambda ids, skip: list(Order.objects.filter(pk__in=ids))
        )
    with pytest.raises(AssertionError):
        returned_at_once(order)


def test_a_return_and_a_turned_exchange_of_one_bundle_at_once():
    """AMT-2, AMT-3, EXC-1: neither waits for the other, the clock is there as well, each is paid once and in bounds."""
    for _round in range(ROUNDS // 3):
        order = bundle()
        exchange = receive(send_back(factories.make_exchange(order)), passed=True)
        back = send_back(apply(order, factories.buyer(order.shop), "2"))
        make_due(exchange, back)
        race(
            turn=lambda exchange=exchange: services.exchange_to_refund(refund=exchange, actor=factories.staff()),
            receive=lambda back=back: services.refund_receive(
                refund=back, actor=factories.staff(Role.WAREHOUSE), passed=True
            ),
            sweep=lambda: sweeps.sweep(),
        )
        assert Refund.objects.filter(turned_from=exchange).count() == 1
        assert RefundPayment.objects.filter(refund__order=order).count() == 2
        receive(send_back(apply(order, factories.buyer(order.shop), "3")), passed=True)
        assert Order.objects.get(pk=order.pk).promised_fen == PAID_FEN
    all_is_well(overdue=True)


def ask_part(order: Order) -> Refund:
    """Let a buyer who keeps the second piece ask for its share."""
    return factories.make_refund(order, goods_status="received", lines=[LineAsk("2", 1, 7500)])


def test_two_partial_refunds_without_goods_at_once():
    """AMT-2, AMT-3: amounts for two kept pieces, one agreed while the other is asked for; each is paid once."""
    for _round in range(ROUNDS // 3):
        order = bundle()
        one = factories.make_refund(order, goods_status="received", lines=[LineAsk("1", 1, 7500)])
        came = race(
            agree=lambda one=one: agree(one),
            ask=lambda order=order: ask_part(order),
        )
        assert "agree" in winners(came)
        other = came["ask"]
        if told(other):
            assert other.extra["rule"] == "AMT-3"
            other = ask_part(order)
        race(
            a=lambda other=other: services.refund_agree(refund=other, actor=factories.staff()),
            b=lambda other=other: services.refund_agree(refund=other, actor=factories.staff(), amount_fen=100),
        )
        assert RefundPayment.objects.filter(refund__order=order).count() == 2
        now = Order.objects.get(pk=order.pk)
        assert now.promised_fen == sum(p.amount_fen for p in RefundPayment.objects.filter(refund__order=order))
        assert now.promised_fen in (15000, 7600)
    all_is_well(overdue=True)
