"""Very many orders through COPY: as consistent as if the services had made them."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import CommandError, call_command

from aftersales.core import calendar, clock, invariants, replay, sweeps
from aftersales.core.models import Deadline, LogEntry
from logistics.states import PARCEL
from orders.models import Order, OrderLine
from orders.states import ORDER, OrderStatus
from refunds.models import Message, Refund, RefundPayment, RefundVersion
from refunds.states import PAYMENT, REFUND, Flow, RefundStatus
from tests import factories
from tickets.management.sample import cast
from tickets.management.sample.mass import fates, filling
from tickets.management.sample.mass.sheets import text

pytestmark = pytest.mark.django_db


@pytest.fixture
def people():
    return cast.assemble()


def every_fate_alike(monkeypatch):
    monkeypatch.setattr(fates, "FATES", tuple((fate, 1) for fate, _weight in fates.FATES))


def test_every_fate_is_a_possible_past(people, monkeypatch):
    """I1 to I9, RFD-8: sums, log, deadlines and counts agree, and every state is there."""
    every_fate_alike(monkeypatch)
    made = filling.fill(orders=400)
    assert (made.orders, Order.objects.count()) == (400, 400)
    assert made.rows > 400 * 6
    assert invariants.check() == []
    assert list(replay.differences()) == []
    assert set(Refund.objects.values_list("status", flat=True)) == set(RefundStatus.values)
    assert set(Refund.objects.values_list("flow", flat=True)) == set(Flow.values) - {"exchange", "reship"}
    missing = set(OrderStatus.values) - set(Order.objects.values_list("status", flat=True))
    assert missing == {OrderStatus.SELLER_CONSIGNED_PART}


def test_every_step_was_one_of_the_machines(people, monkeypatch):
    every_fate_alike(monkeypatch)
    filling.fill(orders=200)
    known = {
        (machine.name, edge.name, edge.source, edge.target)
        for machine in (ORDER, REFUND, PAYMENT, PARCEL)
        for edge in machine.edges
    }
    taken = set(LogEntry.objects.values_list("subject_type", "action", "from_status", "to_status"))
    assert taken <= known
    assert not LogEntry.objects.filter(at__gt=clock.now()).exists()


def test_open_requests_go_on_through_the_services(people, monkeypatch):
    """TMO-16: what is due acts, a day later the next, and everything still agrees."""
    every_fate_alike(monkeypatch)
    filling.fill(orders=300, due=40)
    due = Deadline.objects.filter(status="running", due_at__lte=clock.now())
    assert due.count() == 40
    assert {found.code for found in invariants.check()} <= {"I8"}
    swept = sweeps.sweep()
    assert (swept.acted, swept.failed, swept.busy) == (40, 0, 0)
    assert invariants.check() == []
    with clock.at(clock.now() + timedelta(days=60)):
        calendar.fill(2025, 2028)
        while sweeps.sweep(as_of=clock.now()).acted:
            pass
        assert not Deadline.objects.filter(status="failed").exists()
        assert invariants.check() == []
    assert list(replay.differences()) == []
    calendar.forget()


def test_the_shares_are_those_of_a_shop_that_keeps_up(people):
    filling.fill(orders=2000)
    asked = Refund.objects.count()
    assert 0.24 < asked / 2000 < 0.36
    assert 0 < Refund.objects.exclude(status__in=["SUCCESS", "CLOSED"]).count() / asked < 0.1
    assert RefundVersion.objects.count() == asked
    assert 0.3 < Message.objects.count() / asked < 0.7
    assert OrderLine.objects.count() > 2000
    assert RefundPayment.objects.filter(status="done").count() > asked / 2


def test_more_can_be_added(people):
    filling.fill(orders=30)
    filling.fill(orders=30)
    assert Order.objects.count() == 60
    assert invariants.check() == []


def test_a_service_moves_what_was_copied(people, monkeypatch):
    monkeypatch.setattr(fates, "FATES", ((fates.asks_to_return, 1),))
    filling.fill(orders=1)
    from refunds import services

    refund = Refund.objects.get()
    refund = services.refund_agree(refund=refund, actor=people.agents[0])
    assert refund.status == "WAIT_BUYER_RETURN_GOODS"
    assert refund.return_address == refund.shop.return_address


def test_without_a_shop_the_command_makes_the_cast_first(db, settings, capsys):
    settings.DEMO = True
    call_command("load_demo", orders=20, due=2)
    assert Order.objects.count() == 20
    assert "20 orders" in capsys.readouterr().out


def test_more_due_than_orders_is_refused(people, settings):
    settings.DEMO = True
    with pytest.raises(CommandError, match="--due"):
        call_command("load_demo", orders=2, due=3)


def test_an_impossible_step_is_refused(people):
    from tickets.management.sample.mass.book import Book, Seller, Trade

    shop = factories.make_shop()
    who = ("staff", 1, "x")
    seller = Seller(shop.pk, {}, "tea", people.stages[0].sells.goods, [1], who, [who], [1], who, who)
    import random

    trade = Trade(Book(clock.now()), seller, random.Random(1), 1, [1], clock.now())
    with pytest.raises(ValueError, match="ship_all from ''"):
        trade.ship(clock.now())


@pytest.mark.parametrize(
    ("value", "rendered"),
    [
        (None, r"\N"),
        (True, "t"),
        (7, "7"),
        ("a\tb\\c\nd", r"a\tb\\c\nd"),
        ("铁观音 250g", "铁观音 250g"),
        ({"a": '"'}, r'{"a": "\\""}'),
        (timedelta(hours=1), "3600.0 seconds"),
        (datetime(2026, 1, 1, tzinfo=UTC), "2026-01-01T00:00:00+00:00"),
        (RefundStatus.CLOSED, "CLOSED"),
    ],
)
def test_values_are_written_as_copy_wants_them(value, rendered):
    assert text(value) == rendered
