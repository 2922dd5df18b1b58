"""Workers killed at every point of an exchange's turn into a refund: money at most once, none lost (EXC-1, TMO-13).

AFTERSALES_KILL_EXCHANGES raises how many there are; the default keeps CI short.
"""

import multiprocessing
import os
from collections import Counter

import pytest

from orders.models import Order, OrderNote
from refunds import services
from refunds.models import Refund, RefundPayment, ReturnShipment
from refunds.services import LineAsk
from tests import factories
from tests.checks import all_is_well
from tests.kills import swept_with_kills
from tests.refunds import turn_worker
from tests.refunds.racing import make_due
from tests.refunds.standings import receive

pytestmark = pytest.mark.django_db(transaction=True)

EXCHANGES = int(os.environ.get("AFTERSALES_KILL_EXCHANGES", "10"))
SECONDS = float(os.environ.get("AFTERSALES_KILL_SECONDS", "120"))
DIFFERENCE_FEN = 2000


@pytest.fixture(scope="module")
def processes():
    """Processes that begin with Django loaded, so that they are killed while they work and not while they start."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.refunds.turn_worker"])
    return context


def exchanges_owed() -> list[Refund]:
    """Exchanges whose goods are back and whose time to send others is over; the buyer paid on top for every second."""
    shop = factories.make_shop()
    agent, buyer = factories.staff(), factories.buyer(shop)
    owed = []
    for number in range(EXCHANGES):
        refund = factories.make_exchange(factories.make_order(shop, sign=True), lines=[LineAsk("1", 2)])
        prices = {"1": 10400 + DIFFERENCE_FEN // 2} if number % 2 else None
        services.refund_agree(refund=refund, actor=agent, new_prices=prices)
        if prices:
            services.exchange_settle_difference(refund=refund, actor=agent, note="2026112522001")
        refund = services.refund_return_shipment(refund=refund, actor=buyer, carrier="sf", tracking_no="SF123")
        owed.append(receive(refund, passed=True))
    make_due(*owed)
    return owed


def turn_with_kills(processes, **how) -> int:
    """Turn three at a time; give how many workers died."""
    return swept_with_kills(processes, turn_worker.run, limit=3, seconds=SECONDS, **how)


def each_turned_once(owed: list[Refund]) -> None:
    """Count what is left behind: one refund, one payment, one parcel, one note of what was paid on top, the sums."""
    keys = [refund.pk for refund in owed]
    assert set(Refund.objects.filter(pk__in=keys).values_list("status", flat=True)) == {"EXCHANGE_TO_REFUND"}
    new = Refund.objects.filter(turned_from__in=keys)
    assert Counter(new.values_list("turned_from", flat=True)) == Counter(keys)
    assert set(new.values_list("status", "amount_fen")) == {("WAIT_SYSTEM_TRANSFER", 21600)}
    paid = RefundPayment.objects.values_list("refund", "amount_fen")
    assert Counter(paid) == Counter((refund.pk, 21600) for refund in new)
    assert ReturnShipment.objects.filter(refund__in=new, tracking_no="SF123").count() == len(owed)
    topped = [refund.order_id for refund in owed if refund.difference_fen]
    noted = OrderNote.objects.filter(flag="yellow", text__contains="¥20.00").values_list("order", flat=True)
    assert Counter(noted) == Counter(topped)
    orders = Order.objects.filter(pk__in=[refund.order_id for refund in owed])
    assert set(orders.values_list("open_requests", "promised_fen")) == {(1, 21600)}
    all_is_well()


@pytest.mark.parametrize("failpoint", list(turn_worker.FAILPOINTS))
def test_dead_at_every_named_point_each_exchange_turns_once(processes, failpoint):
    """EXC-1, TMO-13, AMT-5: whatever was done by halves is undone, and the next worker does it whole."""
    owed = exchanges_owed()
    killed = turn_with_kills(processes, failpoint=failpoint)
    each_turned_once(owed)
    assert killed, "nobody died: the test shows nothing"


def test_turn_outside_of_the_step_is_seen(processes):
    """Negative control: the refund is opened after the commit of the step that ended its exchange. The counts tell."""
    owed = exchanges_owed()
    assert turn_with_kills(processes, failpoint="before the refund is opened", broken=True)
    with pytest.raises(AssertionError):
        each_turned_once(owed)
