"""The platform's own moments that are told while something is open already (domain.md §17, TMO-16)."""

from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine

from aftersales.core import clock, events, invariants, sweeps
from aftersales.core.models import Deadline
from orders import services as orders
from orders.services import OrderData
from refunds import services
from refunds.models import Refund
from tests import factories
from tests.refunds import standings

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def traveller():
    with time_machine.travel(clock.now().replace(microsecond=0), tick=False) as travelling:
        yield travelling


def told(order, **moments):
    """The front-end repeats the order, with the platform's moments."""
    given = {rule.replace("_", "-"): moment.isoformat() for rule, moment in moments.items()}
    data = OrderData(
        order_no=order.order_no,
        buyer_id=order.buyer.buyer_id,
        buyer_nick=order.buyer.nick,
        paid_fen=order.paid_fen,
        postage_fen=order.postage_fen,
        paid_at=order.paid_at,
        lines=(factories.line(),),
    )
    data = replace(data, platform_deadlines=given)
    orders.order_register(shop=order.shop, data=data, actor=factories.buyer(order.shop))
    while events.deliver():
        continue


def deadline(refund):
    """The open deadline of a request."""
    return Deadline.objects.get(subject_type="refund", subject_id=refund.pk, status__in=["running", "paused"])


def test_an_open_deadline_follows_the_platform_and_the_queue_with_it(traveller):
    refund = factories.make_refund()
    moment = clock.now() + 5 * HOUR
    told(refund.order, TMO_1=moment)
    assert (deadline(refund).due_at, Refund.objects.get(pk=refund.pk).due_at) == (moment, moment)
    traveller.shift(5 * HOUR)
    assert sweeps.sweep().acted == 1
    assert Refund.objects.get(pk=refund.pk).status == "WAIT_SYSTEM_TRANSFER"
    assert invariants.check("I8") == []


def test_warnings_are_given_anew_for_the_new_moment(traveller):
    """TMO-17: who was told of the old moment is told of the new one, too."""
    refund = factories.make_refund()
    traveller.shift(45 * HOUR)
    sweeps.warn()
    assert deadline(refund).warned == 2
    told(refund.order, TMO_1=clock.now() + 30 * HOUR)
    assert deadline(refund).warned == 0


def test_what_is_paused_keeps_what_is_then_left(traveller):
    """TMO-16: during a dispute the clock stands still; afterwards it runs on with what the platform's moment left."""
    refund = factories.make_refund(factories.make_order(ship=True))
    standings.refuse(refund)
    buyer = factories.buyer(refund.shop)
    refund = services.refund_intervene(refund=refund, actor=buyer, text="不同意")
    moment = clock.now() + 9 * HOUR
    told(refund.order, TMO_7=moment)
    assert (deadline(refund).status, deadline(refund).remaining) == ("paused", 9 * HOUR)
    traveller.shift(HOUR)
    services.refund_settle(refund=refund, actor=buyer)
    assert (deadline(refund).status, deadline(refund).due_at) == ("running", clock.now() + 9 * HOUR)
    assert invariants.check("I8") == []


def test_the_order_s_own_deadline_follows_at_once(traveller):
    """TMO-15: shipping as the platform wants it."""
    order = factories.make_order()
    moment = clock.now() + 3 * HOUR
    told(order, TMO_15=moment)
    row = Deadline.objects.get(subject_type="order", subject_id=order.pk, rule="TMO-15")
    assert (row.due_at, row.status) == (moment, "running")


def test_moments_of_rules_that_are_not_open_change_nothing(traveller):
    refund = factories.make_refund()
    before = deadline(refund)
    told(refund.order, TMO_5=clock.now() + HOUR)
    after = deadline(refund)
    assert (after.pk, after.due_at, after.rule) == (before.pk, before.due_at, "TMO-1")
