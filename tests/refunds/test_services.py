"""The way of a request from applying to its end, through the services."""

from datetime import timedelta

import pytest
import time_machine

from aftersales.core import clock, errors, sweeps
from aftersales.core.models import Deadline, LogEntry, OutboxEvent, Role
from orders.models import Order
from refunds import services
from refunds.models import Refund, RefundPayment
from tests import factories
from tests.helpers import refused

pytestmark = pytest.mark.django_db


def test_refund_before_shipment_is_paid_after_the_warehouse_voided_it():
    """RFD-1, RFD-3, VOI-2, AMT-4: the whole order, so the postage goes back too and the trade closes."""
    order = factories.make_order()
    refund = factories.make_refund(order, lines=[services.LineAsk("1", 2)])
    assert (refund.status, refund.amount_fen, refund.postage_fen) == ("WAIT_SELLER_AGREE", 21600, 800)
    agent = factories.staff()
    with refused(errors.TransitionNotAllowed, "VOI-2"):
        services.refund_agree(refund=refund, actor=agent)
    services.refund_void(refund=refund, actor=factories.staff(Role.WAREHOUSE))
    refund = services.refund_agree(refund=refund, actor=agent)
    assert refund.status == "WAIT_SYSTEM_TRANSFER"
    refund = factories.pay(refund)
    assert (refund.status, refund.refunded_fen) == ("SUCCESS", 21600)
    order = Order.objects.get(pk=order.pk)
    assert (order.status, order.promised_fen, order.refunded_fen, order.open_requests) == ("TRADE_CLOSED", 0, 21600, 0)


def test_return_and_refund_to_its_end():
    """RFD-4: agreed with the address, sent back, received, paid; the receiving period stood still meanwhile (ORD-6)."""
    order = factories.make_order(sign=True)
    refund = factories.make_return(order)
    receipt = Deadline.objects.get(subject_type="order", subject_id=order.pk, rule="TMO-10")
    assert receipt.status == "paused"
    agent = factories.staff()
    refund = services.refund_agree(refund=refund, actor=agent)
    assert (refund.status, refund.return_address) == ("WAIT_BUYER_RETURN_GOODS", factories.ADDRESS)
    refund = services.refund_return_shipment(
        refund=refund, actor=factories.buyer(order.shop), carrier="yuantong", tracking_no="yt9999999999999"
    )
    assert refund.status == "WAIT_SELLER_CONFIRM_GOODS"
    refund = services.refund_receive(refund=refund, actor=factories.staff(Role.WAREHOUSE), passed=True)
    refund = factories.pay(refund)
    assert (refund.status, refund.refunded_fen) == ("SUCCESS", 10400)
    receipt.refresh_from_db()
    assert receipt.status == "running"
    steps = LogEntry.objects.filter(subject_type="refund", subject_id=refund.pk).order_by("version")
    assert [step.action for step in steps] == ["apply", "agree", "return_shipment", "receive_pass", "succeed"]


@pytest.mark.parametrize(
    ("asked", "rule", "hours", "ends"),
    [
        ({"kind": "refund_only"}, "TMO-1", 48, "WAIT_SYSTEM_TRANSFER"),
    ],
)
def test_deadline_takes_the_same_step_as_a_person(asked, rule, hours, ends):
    """TMO-1, TMO-16, VOI-4: the clock does not wait for the warehouse."""
    start = clock.now()
    with time_machine.travel(start, tick=False) as traveller:
        refund = factories.make_refund(**asked)
        row = Deadline.objects.get(subject_type="refund", subject_id=refund.pk)
        assert (row.rule, row.due_at, refund.due_at) == (rule, start + timedelta(hours=hours), row.due_at)
        traveller.shift(timedelta(hours=hours, seconds=-1))
        assert sweeps.sweep().acted == 0 or not Deadline.objects.filter(pk=row.pk, status="succeeded").exists()
        traveller.shift(timedelta(seconds=4))
        assert sweeps.sweep().acted == 1
    row.refresh_from_db()
    assert (row.status, row.late_by) == ("succeeded", timedelta(seconds=3))
    refund = Refund.objects.get(pk=refund.pk)
    assert (refund.status, refund.due_at) == (ends, None)
    entry = LogEntry.objects.get(subject_type="refund", subject_id=refund.pk, version=2)
    assert (entry.actor_kind, entry.actor_name) == ("system", "system: timeout")
    assert RefundPayment.objects.get(refund=refund).status == "promised"
    assert OutboxEvent.objects.filter(topic="refund.agreed", subject_id=refund.pk).count() == 1


def test_a_free_gift_holds_neither_the_postage_nor_the_end_of_the_trade_back():
    """AMT-4, LAW-3: everything that was paid for is given back, so the trade closes without the gift being named."""
    gift = factories.line(line_no="2", title="样品一包", unit_price_fen=0, quantity=1, discount_fen=0, gift=True)
    order = factories.make_order(None, factories.line(), gift)
    refund = factories.make_refund(order, lines=[services.LineAsk("1", 2)])
    assert (refund.amount_fen, refund.postage_fen) == (21600, 800)
    services.refund_void(refund=refund, actor=factories.staff(Role.WAREHOUSE))
    factories.pay(services.refund_agree(refund=refund, actor=factories.staff()))
    assert Order.objects.get(pk=order.pk).status == "TRADE_CLOSED"


def test_a_request_marked_overdue_is_not_due_any_more():
    """TMO-14: the mark is set once, and nothing else happens by itself then."""
    with time_machine.travel(clock.now(), tick=False) as traveller:
        refund = services.refund_agree(refund=factories.make_return(), actor=factories.staff())
        buyer = factories.buyer(refund.shop)
        services.refund_return_shipment(refund=refund, actor=buyer, carrier="yuantong", tracking_no="YT1")
        services.refund_receive(refund=refund, actor=factories.staff(Role.WAREHOUSE), passed=True)
        traveller.shift(timedelta(days=7, seconds=1))
        assert sweeps.sweep().acted == 1
    refund = Refund.objects.get(pk=refund.pk)
    assert (refund.status, refund.marked_overdue, refund.due_at) == ("WAIT_SYSTEM_TRANSFER", True, None)
