"""Every deadline: set with its figure, paused, resumed, moved; it acts as a person would (domain.md §17)."""

from datetime import timedelta

import pytest
import time_machine

from aftersales.core import clock, deadlines, policies, sweeps
from aftersales.core.models import Deadline, LogEntry, Role
from orders import services as orders
from orders.models import Order
from refunds import services
from refunds.models import Refund
from tests import factories
from tests.checks import all_is_well, sql
from tests.refunds.standings import agree, dispute, refuse
from tests.timed import DAY, HOUR, TIMED

pytestmark = pytest.mark.django_db
SECOND = timedelta(seconds=1)


@pytest.fixture
def traveller():
    """A clock that stands still until it is moved."""
    with time_machine.travel(clock.now(), tick=False) as traveller:
        yield traveller


def row_of(timed, subject) -> Deadline:
    """The subject's open deadline of the rule."""
    return Deadline.objects.get(
        subject_type=timed.kind, subject_id=subject.pk, rule=timed.rule, status__in=deadlines.OPEN
    )


def order_of(subject):
    return subject if isinstance(subject, Order) else subject.order


@pytest.mark.parametrize("timed", TIMED, ids=str)
def test_default_figure_and_what_happens_by_itself(timed, traveller):
    """TMO-1…8, 10, 14, 15: due by the default figure; nothing a second before; then the step, once, and how late."""
    subject = timed.build(factories.make_shop())
    row = row_of(timed, subject)
    assert (row.status, row.due_at - clock.now(), row.action, row.against_shop, row.warned) == (
        "running",
        timed.due,
        timed.action,
        timed.against_shop,
        0,
    )
    others = Deadline.objects.filter(status="running").exclude(pk=row.pk)
    others.update(due_at=clock.now() + timedelta(days=99))
    traveller.shift(timed.due - SECOND)
    assert sweeps.sweep() == sweeps.Swept()
    traveller.shift(SECOND * 4)
    assert sweeps.sweep() == sweeps.Swept(acted=1)
    row.refresh_from_db()
    assert (row.status, row.finished_at, row.late_by) == ("succeeded", clock.now(), 3 * SECOND)
    assert type(subject).objects.get(pk=subject.pk).status == timed.ends
    entry = LogEntry.objects.filter(subject_type=timed.kind, subject_id=subject.pk).latest("version")
    assert (entry.action, entry.actor_kind, entry.actor_name, entry.at) == (
        timed.action,
        "system",
        "system: timeout",
        clock.now(),
    )
    assert sweeps.sweep() == sweeps.Swept()


@pytest.mark.parametrize("timed", TIMED, ids=str)
def test_shop_has_its_own_figure_from_a_day_on(timed, traveller):
    """A version of the policy holds from its moment on, for its shop, and leaves what runs alone."""
    shop, other = factories.make_shop(), factories.make_shop()
    before = row_of(timed, timed.build(shop)).due_at
    supervisor = factories.staff(Role.SUPERVISOR)
    own = timed.due - 3 * HOUR
    begins = clock.now() + HOUR
    policies.set(key=timed.policy, value=own, shop=shop, actor=supervisor, effective_at=begins)
    assert row_of(timed, timed.build(shop)).due_at == before
    traveller.shift(HOUR)
    assert row_of(timed, timed.build(shop)).due_at == clock.now() + own
    assert row_of(timed, timed.build(other)).due_at == clock.now() + timed.due
    assert Deadline.objects.filter(rule=timed.rule, due_at=before, status="running").count() == 2


@pytest.mark.parametrize("timed", TIMED, ids=str)
def test_platform_s_own_moment_overrides(timed, traveller):
    """Where the order carries the platform's deadline, it is taken as it is, whatever its offset."""
    moment = (clock.now() + 5 * HOUR).replace(microsecond=0)
    given = {timed.rule: moment.astimezone(clock.SHANGHAI).isoformat()}
    subject = timed.build(factories.make_shop(), platform_deadlines=given)
    assert row_of(timed, subject).due_at == moment
    if timed.kind == "refund":
        assert Refund.objects.get(pk=subject.pk).due_at == moment
    all_is_well()


def test_receiving_period_counts_from_the_last_parcel(traveller):
    """TMO-10: an order that leaves in two parcels is not finished while the second is on its way."""
    order = factories.make_order(None, factories.line(), factories.line(line_no="2"))
    agent = factories.staff()
    orders.order_ship(order=order, actor=agent, line_nos=["1"])
    assert not Deadline.objects.filter(rule="TMO-10").exists()
    traveller.shift(9 * DAY)
    orders.order_ship(order=order, actor=agent)
    assert Deadline.objects.get(rule="TMO-10").due_at == clock.now() + 10 * DAY


def test_part_that_was_given_back_does_not_hold_the_order_up(traveller):
    """TMO-10, RFD-3: one line shipped, the other refunded: the receiving period runs from that parcel."""
    order = factories.make_order(None, factories.line(), factories.line(line_no="2"))
    agent = factories.staff()
    orders.order_ship(order=order, actor=agent, line_nos=["1"])
    shipped_at = clock.now()
    refund = factories.make_refund(order, lines=[services.LineAsk("2", 2)])
    services.refund_void(refund=refund, actor=agent)
    services.refund_agree(refund=refund, actor=agent)
    traveller.shift(DAY)
    factories.pay(refund)
    order = Order.objects.get(pk=order.pk)
    assert (order.status, order.shipped_at) == ("WAIT_BUYER_CONFIRM_GOODS", shipped_at)
    assert Deadline.objects.get(rule="TMO-10", status="running").due_at == shipped_at + 10 * DAY
    all_is_well()


def test_modifying_restarts_the_seller_s_clock(traveller):
    """APP-8: each modification gives the seller the whole time again, with its warnings."""
    refund = factories.make_refund(factories.make_order(ship=True))
    first = Deadline.objects.get(subject_type="refund", status="running")
    Deadline.objects.filter(pk=first.pk).update(warned=1)
    traveller.shift(2 * DAY)
    services.refund_modify(refund=refund, actor=factories.buyer(refund.shop), changes={"reason": "lost_or_empty"})
    first.refresh_from_db()
    assert (first.status, first.finished_at, first.late_by) == ("closed", clock.now(), None)
    second = Deadline.objects.get(subject_type="refund", status="running")
    assert (second.due_at, second.warned) == (clock.now() + 5 * DAY, 0)
    all_is_well()


def test_receiving_period_stands_still_while_a_request_is_open(traveller):
    """ORD-6, TMO-10: what was left before is left after, also with two requests and for an order shipped meanwhile."""
    order = factories.make_order(None, factories.line(), factories.line(line_no="2"), sign=True)
    receipt = Deadline.objects.get(rule="TMO-10")
    traveller.shift(2 * DAY)
    buyer = factories.buyer(order.shop)
    first = factories.make_return(order)
    receipt.refresh_from_db()
    assert (receipt.status, receipt.remaining) == ("paused", 8 * DAY)
    traveller.shift(DAY)
    second = factories.make_return(order, lines=[services.LineAsk("2", 1)])
    services.refund_cancel(refund=first, actor=buyer)
    receipt.refresh_from_db()
    assert (receipt.status, receipt.remaining) == ("paused", 8 * DAY)
    traveller.shift(20 * DAY)
    assert sweeps.sweep(as_of=clock.now()).acted == 1  # the second request's own deadline
    services.refund_cancel(refund=second, actor=buyer)
    receipt.refresh_from_db()
    assert (receipt.status, receipt.remaining, receipt.due_at) == ("running", None, clock.now() + 8 * DAY)
    all_is_well()


def test_order_shipped_while_a_request_is_open_waits_too(traveller):
    order = factories.make_order(None, factories.line(), factories.line(line_no="2"))
    agent = factories.staff()
    orders.order_ship(order=order, actor=agent, line_nos=["1"])
    asked = factories.make_refund(order, lines=[services.LineAsk("1", 1)], reason="not_received")
    orders.order_ship(order=order, actor=agent)
    receipt = Deadline.objects.get(rule="TMO-10")
    assert (receipt.status, receipt.remaining) == ("paused", 10 * DAY)
    traveller.shift(DAY)
    services.refund_cancel(refund=asked, actor=factories.buyer(order.shop))
    receipt.refresh_from_db()
    assert (receipt.status, receipt.due_at) == ("running", clock.now() + 10 * DAY)
    all_is_well()


def test_extension_moves_what_runs_and_what_stands_still(traveller):
    """ORD-6: each extension is noted; a paused period gets more left."""
    order = factories.make_order(sign=True)
    agent = factories.staff()
    due = Deadline.objects.get(rule="TMO-10").due_at
    orders.order_extend_receipt(order=order, actor=agent)
    assert Deadline.objects.get(rule="TMO-10").due_at == due + 3 * DAY
    refund = factories.make_return(order)
    orders.order_extend_receipt(order=order, actor=agent, days=7)
    row = Deadline.objects.get(rule="TMO-10")
    assert (row.status, row.remaining, row.due_at) == ("paused", 20 * DAY, due + 10 * DAY)
    traveller.shift(DAY)
    services.refund_cancel(refund=refund, actor=factories.buyer(order.shop))
    row.refresh_from_db()
    assert (row.remaining, row.due_at) == (None, clock.now() + 20 * DAY)
    assert order.notes.count() == 2
    all_is_well()


def test_dispute_stops_every_clock_of_the_request(traveller):
    """TMO-16: paused with what is left; a new state's deadline waits as well; settled, the rest runs on."""
    refund = agree(factories.make_return())
    traveller.shift(16 * DAY - 10 * DAY)
    sql("UPDATE refunds_refund SET created_at = created_at - interval '16 days' WHERE id = %s", refund.pk)
    dispute(refund)
    row = Deadline.objects.get(rule="TMO-5")
    assert (row.status, row.remaining) == ("paused", DAY)
    traveller.shift(30 * DAY)
    buyer = factories.buyer(refund.shop)
    services.refund_return_shipment(refund=refund, actor=buyer, carrier="sf", tracking_no="SF1")
    row = Deadline.objects.get(rule="TMO-6")
    assert (row.status, row.remaining) == ("paused", 10 * DAY)
    traveller.shift(30 * DAY)
    while sweeps.sweep().acted:
        continue
    acted = Deadline.objects.filter(status="succeeded").values_list("subject_type", "rule")
    assert sorted(acted) == [("dispute", "TMO-11"), ("dispute", "TMO-12")]  # its own clocks run, the request's stand
    after = services.refund_settle(refund=refund, actor=buyer)
    row.refresh_from_db()
    assert (row.status, row.remaining, row.due_at) == ("running", None, clock.now() + 10 * DAY)
    assert (after.due_at, after.due_paused) == (row.due_at, False)
    all_is_well()


def test_deadline_that_is_over_when_paused_has_nothing_left(traveller):
    """TMO-16: not less than nothing, so that its lateness counts from when the clock goes on."""
    refund = factories.make_refund(factories.make_order(ship=True))
    traveller.shift(5 * DAY + HOUR)
    deadlines.pause("refund", [refund.pk])
    row = Deadline.objects.get(subject_type="refund")
    assert (row.status, row.remaining) == ("paused", timedelta(0))
    traveller.shift(HOUR)
    deadlines.resume("refund", [refund.pk])
    row.refresh_from_db()
    assert (row.status, row.due_at) == ("running", clock.now())


def test_refusal_closes_one_clock_and_starts_the_other(traveller):
    """RFD-5, TMO-7: from now on the buyer is waited for, and no warning goes to the shop."""
    refund = refuse(factories.make_refund(factories.make_order(ship=True)))
    [open_row] = Deadline.objects.filter(subject_type="refund", status="running")
    assert (open_row.rule, open_row.against_shop) == ("TMO-7", False)
    refund = Refund.objects.get(pk=refund.pk)
    assert (refund.due_at, refund.due_action, refund.due_against_shop) == (clock.now() + 7 * DAY, "expire", False)
    traveller.shift(7 * DAY)
    assert sweeps.sweep().acted >= 1
    refund = Refund.objects.get(pk=refund.pk)
    assert (refund.status, refund.due_at, refund.due_action) == ("CLOSED", None, "")
    assert Deadline.objects.get(rule="TMO-10").status == "running"  # the receiving period goes on
