"""A second export of known orders: forward by the steps of the machine, never back, and nothing without need."""

from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine

from aftersales.core import events, sweeps
from aftersales.core.models import Deadline, LogEntry, Shop
from orders.models import Order
from refunds import services as refunds
from refunds.models import Refund, RefundPayment
from refunds.services import Ask, LineAsk
from tests import factories

from .import_runs import NOW, do, everything, one, reasons

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def shop() -> Shop:
    return Shop.objects.create(code="demo", name="演示店")


@pytest.fixture(autouse=True)
def _frozen():
    with time_machine.travel(NOW, tick=False):
        yield


def test_a_status_goes_forward_step_by_step(tmp_path):
    """ORD-1: by the edges of the machine, each logged."""
    fake = one("WAIT_BUYER_PAY")
    do(tmp_path, [fake])
    lines = [replace(line, paid=line.payable) for line in fake.lines]
    later = replace(fake, status="TRADE_FINISHED", paid_at=fake.created + timedelta(minutes=3), lines=lines)
    summary = do(tmp_path, [later])
    assert (summary.new, summary.changed, summary.rejected) == (0, 1, 0)
    order = Order.objects.get()
    assert (order.status, order.version) == ("TRADE_FINISHED", 4)
    assert list(LogEntry.objects.order_by("version").values_list("action", "to_status", "actor_kind")) == [
        ("register", "WAIT_BUYER_PAY", "system"),
        ("pay", "WAIT_SELLER_SEND_GOODS", "system"),
        ("ship_all", "WAIT_BUYER_CONFIRM_GOODS", "system"),
        ("confirm_receipt", "TRADE_FINISHED", "system"),
    ]
    assert list(order.lines.values_list("shipped", flat=True)) == [True, True]
    assert list(Deadline.objects.filter(status="running").values_list("rule", flat=True)) == ["TMO-8"]


@pytest.mark.parametrize("known", ["TRADE_FINISHED", "WAIT_BUYER_CONFIRM_GOODS", "TRADE_CLOSED"])
def test_a_status_never_goes_back(tmp_path, known):
    fake = one(known)
    do(tmp_path, [fake])
    before = everything()
    earlier = replace(fake, status="WAIT_SELLER_SEND_GOODS", paid_at=fake.paid_at)
    if known == "TRADE_CLOSED":
        earlier = replace(fake, status="TRADE_CLOSED")
    assert do(tmp_path, [earlier]).unchanged == 1
    assert everything() == before


def test_a_price_changed_before_payment_is_taken_over_and_logged(tmp_path):
    """AMT-1: what is paid is shared anew, once."""
    fake = one("WAIT_BUYER_PAY")
    do(tmp_path, [fake])
    lines = [replace(line, payable=line.payable - 100, paid=line.payable - 100) for line in fake.lines]
    paid = replace(fake, status="WAIT_SELLER_SEND_GOODS", paid_at=fake.created + timedelta(minutes=3), lines=lines)
    assert do(tmp_path, [paid]).changed == 1
    order = Order.objects.get()
    assert (order.status, order.paid_fen) == ("WAIT_SELLER_SEND_GOODS", paid.paid)
    assert sum(order.lines.values_list("paid_share_fen", flat=True)) == paid.paid - paid.postage
    assert LogEntry.objects.get(action="update").changes["paid_fen"] == paid.paid
    assert do(tmp_path, [paid]).unchanged == 1


def test_a_refund_that_shows_up_later_changes_no_amounts(tmp_path):
    """AMT-1: it was given back through this system, whose books have it."""
    fake = one("WAIT_BUYER_CONFIRM_GOODS")
    do(tmp_path, [fake])
    before = everything()
    refunded = replace(fake, lines=[replace(fake.lines[0], refunded=fake.lines[0].paid), *fake.lines[1:]])
    assert do(tmp_path, [refunded]).unchanged == 1
    assert everything() == before


def test_amounts_and_lines_are_fixed_once_paid(tmp_path):
    """AMT-1."""
    fake = one("WAIT_SELLER_SEND_GOODS")
    do(tmp_path, [fake])
    before = everything()
    cheaper = replace(fake, lines=[replace(line, paid=line.paid - 1) for line in fake.lines])
    assert do(tmp_path, [cheaper]).rejected == 1
    assert [row[4] for row in reasons(tmp_path / "ExportOrderList202611221200.csv")] == ["amounts_fixed"]
    other = replace(fake, lines=fake.lines[:1])
    assert do(tmp_path, [other]).rejected == 1
    assert [row[4] for row in reasons(tmp_path / "ExportOrderList202611221200.csv")] == ["lines_fixed"]
    assert everything() == before


def test_masked_and_missing_texts_replace_nothing(tmp_path):
    fake = one("WAIT_SELLER_SEND_GOODS", memo="送样品一包")
    do(tmp_path, [fake])
    masked = replace(fake, name="李**", memo="")
    assert do(tmp_path, [masked]).unchanged == 1
    moved = replace(fake, memo="改发顺丰", mobile="13911112222")
    assert do(tmp_path, [moved]).changed == 1
    order = Order.objects.get()
    assert (order.receiver_name, order.seller_memo, order.receiver_phone_tail) == (fake.name, "改发顺丰", "2222")
    assert do(tmp_path, [moved]).unchanged == 1


def test_an_open_request_keeps_receipt_and_closing_back(tmp_path):
    """ORD-7."""
    fake = one("WAIT_BUYER_CONFIRM_GOODS")
    do(tmp_path, [fake])
    Order.objects.update(open_requests=1)
    before = everything()
    for status, code in (("TRADE_FINISHED", "step_refused"), ("TRADE_CLOSED", "request_open")):
        assert do(tmp_path, [replace(fake, status=status)]).rejected == 1
        assert [row[4] for row in reasons(tmp_path / "ExportOrderList202611221200.csv")] == [code]
        assert everything() == before


@pytest.fixture
def shipped_over_a_request(tmp_path, shop) -> Refund:
    """The seller centre says that goods left, of which the buyer asked for the money back here."""
    fake = one("WAIT_SELLER_SEND_GOODS")
    do(tmp_path, [fake])
    order = Order.objects.get()
    lines = tuple(LineAsk(line.line_no, line.quantity) for line in order.lines.all())
    ask = Ask("refund_only", "not_received", "no_longer_wanted", lines)
    refund = refunds.refund_apply(order=order, ask=ask, actor=factories.buyer(shop))
    assert do(tmp_path, [replace(fake, status="WAIT_BUYER_CONFIRM_GOODS")]).changed == 1
    return refund


def test_goods_that_left_by_the_seller_centre_close_their_open_request(shipped_over_a_request):
    """RFD-2: as when the warehouse ships them here; seen to stay open without the handler."""
    while events.deliver():
        continue
    refund = Refund.objects.get()
    assert (refund.status, refund.order.open_requests) == ("CLOSED", 0)
    step = LogEntry.objects.get(subject_type="refund", to_status="CLOSED")
    assert (step.action, step.actor_name) == ("overtaken_by_shipment", "system: shipment")


def test_the_clock_refunds_no_goods_that_left_before_the_news_is_heard(shipped_over_a_request):
    """RFD-2, TMO-1: seen to promise the money without the look at the lines."""
    with time_machine.travel(shipped_over_a_request.due_at + timedelta(seconds=1), tick=False):
        sweeps.sweep()
        assert (Refund.objects.get().status, RefundPayment.objects.count()) == ("WAIT_SELLER_AGREE", 0)
        while events.deliver():
            continue
    assert Refund.objects.get().status == "CLOSED"
