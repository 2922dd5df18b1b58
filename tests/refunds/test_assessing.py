"""What a buyer may ask for, to the fen and to the second (APP-1…10, AMT-1, 2, 4, TMO-8, 9, ORD-3, LAW-1)."""

from datetime import datetime, timedelta

import pytest
import time_machine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aftersales.core import clock, errors, policies
from aftersales.core.models import Role
from orders import services as orders
from orders.models import Order, OrderLine
from refunds import services
from refunds.models import Refund, RefundLine
from refunds.services.assessing import assess
from tests import factories
from tests.checks import all_is_well, footprint
from tests.helpers import refused
from tests.refunds.standings import agree, cancel, refuse, void

pytestmark = pytest.mark.django_db
LineAsk = services.LineAsk
TWO = (factories.line(), factories.line(line_no="2", unit_price_fen=3333, quantity=1, discount_fen=0))


@pytest.fixture
def order():
    """Shipped and signed for: line 1 of two units for ¥208.00, line 2 of one for ¥33.33, postage ¥8.00."""
    return factories.make_order(None, *TWO, sign=True)


def apply(order, **asked) -> Refund:
    """Apply for what `factories.ask` makes of it."""
    return factories.make_refund(Order.objects.get(pk=order.pk), **asked)


def shares(refund: Refund) -> list[tuple[str, int, int]]:
    """A request's lines: number, units, fen."""
    lines = RefundLine.objects.filter(refund=refund).select_related("order_line")
    return [(line.order_line.line_no, line.quantity, line.amount_fen) for line in lines]


# What can be asked ----------------------------------------------------------------------------------------------------

REFUSED = [
    ("APP-1", errors.RuleViolation, {"kind": "repair"}),
    ("EXC-1", errors.RuleViolation, {"kind": "exchange", "lines": [LineAsk("1", 1, 100)]}),
    ("APP-2", errors.RuleViolation, {"kind": "exchange", "goods_status": "not_received", "reason": "other"}),
    ("APP-3", errors.RuleViolation, {"kind": "exchange", "reason": "price_difference"}),
    ("APP-2", errors.RuleViolation, {"kind": "return_refund", "goods_status": "not_received", "reason": "quality"}),
    ("APP-3", errors.RuleViolation, {"goods_status": "received", "reason": "seven_day"}),
    ("APP-3", errors.RuleViolation, {"goods_status": "received", "reason": "no_longer_wanted"}),
    ("APP-3", errors.RuleViolation, {"kind": "return_refund", "reason": "postage"}),
    ("APP-3", errors.RuleViolation, {"reason": "made_up"}),
    ("APP-5", errors.RuleViolation, {"lines": [LineAsk("1", 1, 10399)]}),
    ("AMT-2", errors.RuleViolation, {"lines": [LineAsk("1", 1, 10401)]}),
    ("AMT-1", errors.RuleViolation, {"goods_status": "received", "lines": [LineAsk("1", 1, 0)]}),
    (
        "AMT-1",
        errors.RuleViolation,
        {"goods_status": "received", "lines": [LineAsk("1", 1, -1), LineAsk("2", 1, 3333)]},
    ),
    ("APP-7", errors.RuleViolation, {"lines": []}),
    ("APP-7", errors.RuleViolation, {"lines": [LineAsk("1", 3)]}),
    ("APP-7", errors.RuleViolation, {"lines": [LineAsk("1", 0)]}),
    ("APP-7", errors.RuleViolation, {"lines": [LineAsk("1", -1)]}),
    ("APP-7", errors.RuleViolation, {"lines": [LineAsk("9", 1)]}),
    ("APP-7", errors.RuleViolation, {"lines": [LineAsk("1", 1), LineAsk("1", 1)]}),
]


@pytest.mark.parametrize(("rule", "kind", "asked"), REFUSED)
def test_what_breaks_a_rule_is_refused_and_leaves_no_trace(order, rule, kind, asked):
    factories.buyer(order.shop)
    before = footprint()
    with refused(kind, rule):
        apply(order, **asked)
    assert footprint() == before


def test_only_a_refund_before_shipment():
    """APP-4: nothing has left, so nothing can come back or have been received."""
    order = factories.make_order()
    with refused(errors.RuleViolation, "APP-4"):
        apply(order, kind="return_refund", reason="quality")
    with refused(errors.RuleViolation, "APP-2"):
        apply(order, goods_status="received", reason="quality")
    with refused(errors.RuleViolation, "APP-3"):
        apply(order, reason="quality")
    assert apply(order, reason="out_of_stock").flow == "unshipped"


@pytest.mark.parametrize("status", ["WAIT_BUYER_PAY", "TRADE_CLOSED"])
def test_no_request_before_payment_or_after_the_end(status):
    """APP-4."""
    order = factories.make_order(paid_at=None)
    if status == "TRADE_CLOSED":
        orders.order_close(order=order, actor=factories.buyer(order.shop))
    with refused(errors.Conflict, "APP-4") as info:
        apply(order)
    assert info.value.extra["status_now"] == status


def test_only_escrow_orders():
    """ORD-3."""
    with refused(errors.RuleViolation, "ORD-3"):
        apply(factories.make_order(escrow=False))


def test_shipped_and_unshipped_goods_are_asked_for_apart():
    """APP-4: they go different ways; each alone is fine."""
    order = factories.make_order(None, *TWO)
    orders.order_ship(order=order, actor=factories.staff(), line_nos=["1"])
    with refused(errors.RuleViolation, "APP-4"):
        apply(order, lines=[LineAsk("1", 1), LineAsk("2", 1)], reason="other")
    assert apply(order, lines=[LineAsk("1", 1)]).flow == "refund_only"
    assert apply(order, lines=[LineAsk("2", 1)]).flow == "unshipped"


@pytest.mark.parametrize(
    ("asked", "flow", "fast"),
    [
        ({"kind": "return_refund"}, "return_refund", True),
        (
            {"kind": "return_refund", "lines": [LineAsk("1", 1), LineAsk("2", 1)], "reason": "quality"},
            "return_refund",
            False,
        ),
        ({"kind": "refund_only", "goods_status": "received"}, "refund_only", True),
        ({"kind": "refund_only"}, "refund_only", False),
    ],
)
def test_way_that_a_request_takes(asked, flow, fast):
    """TMO-3: the short time where every line has the seven days and the buyer has the goods."""
    lines = (factories.line(), factories.line(line_no="2", seven_day_return=False))
    refund = apply(factories.make_order(None, *lines, sign=True), **asked)
    assert (refund.flow, refund.fast, refund.phase) == (flow, fast, "onsale")


def test_virtual_goods_have_the_short_time():
    """TMO-3."""
    order = factories.make_order(None, factories.line(seven_day_return=False), ship=True, shipping="virtual")
    assert apply(order).fast


# Amounts --------------------------------------------------------------------------------------------------------------


def test_shares_add_up_to_the_fen():
    """AMT-1: 100.00 for three lines of three units, postage 0.01; every share and unit is exact."""
    lines = [factories.line(line_no=str(n), unit_price_fen=1000 * n, quantity=3, discount_fen=0) for n in (1, 2, 3)]
    order = factories.make_order(None, *lines, paid_fen=10000, postage_fen=1)
    assert [line.paid_share_fen for line in order.lines.all()] == [1667, 3333, 4999]
    first = apply(order, lines=[LineAsk("1", 1), LineAsk("2", 2)])
    assert shares(first) == [("1", 1, 556), ("2", 2, 2222)]
    assert (first.amount_fen, first.postage_fen) == (2778, 0)
    agree(void(first))
    factories.pay(first)
    second = apply(order, lines=[LineAsk("1", 2), LineAsk("2", 1), LineAsk("3", 3)])
    assert shares(second) == [("1", 2, 1111), ("2", 1, 1111), ("3", 3, 4999)]
    assert (second.amount_fen, second.postage_fen) == (7222, 1)
    agree(void(second))
    factories.pay(second)
    order = Order.objects.get(pk=order.pk)
    assert (order.refunded_fen, order.status) == (10000, "TRADE_CLOSED")
    all_is_well()


@pytest.mark.parametrize(
    ("asked", "postage"),
    [
        ({"kind": "return_refund", "reason": "quality", "lines": [LineAsk("1", 2), LineAsk("2", 1)]}, 800),
        ({"kind": "return_refund", "reason": "no_longer_wanted", "lines": [LineAsk("1", 2), LineAsk("2", 1)]}, 0),
        ({"kind": "return_refund", "reason": "quality", "lines": [LineAsk("1", 1), LineAsk("2", 1)]}, 0),
        ({"kind": "return_refund", "reason": "quality", "lines": [LineAsk("1", 2)]}, 0),
        ({"reason": "not_received", "lines": [LineAsk("1", 2), LineAsk("2", 1)]}, 800),
        ({"reason": "no_longer_wanted", "lines": [LineAsk("1", 2), LineAsk("2", 1)]}, 0),
        ({"goods_status": "received", "lines": [LineAsk("1", 2), LineAsk("2", 1)]}, 0),
    ],
)
def test_postage_after_shipment(order, asked, postage):
    """AMT-4: only where the seller is at fault, and with the last of the goods."""
    goods = {("1", 2): 20800, ("1", 1): 10400, ("2", 1): 3333}
    expected = sum(goods[one.line_no, one.quantity] for one in asked["lines"]) + postage
    refund = apply(order, **asked)
    assert (refund.postage_fen, refund.amount_fen) == (postage, expected)


def test_postage_before_shipment_goes_with_the_last_line():
    """AMT-4: also when the lines are asked for one after the other, and once only."""
    order = factories.make_order(None, *TWO)
    first, second = apply(order, lines=[LineAsk("2", 1)]), apply(order, lines=[LineAsk("1", 2)])
    assert (first.postage_fen, second.postage_fen) == (0, 800)
    cancel(second)
    again = apply(order, lines=[LineAsk("1", 2)])
    assert (again.postage_fen, again.attempt) == (800, 2)


def test_partial_amount_only_for_goods_received(order):
    """APP-5, APP-6: a part of the price, goods kept; the units stay the buyer's."""
    refund = agree(apply(order, goods_status="received", lines=[LineAsk("1", 2, 500)], reason="price_difference"))
    line = OrderLine.objects.get(order=order, line_no="1")
    assert (refund.amount_fen, line.promised_fen, line.returned_quantity, line.quantity_left) == (500, 500, 0, 2)
    all_is_well()


def test_nothing_is_given_back_twice(order):
    """AMT-1, APP-10: what was given back without goods is less to give back for the goods; before success and after."""
    factories.pay(agree(apply(order, goods_status="received", lines=[LineAsk("1", 2, 20000)])))
    assert not Order.objects.get(pk=order.pk).aftersale_applied
    order = orders.order_confirm_receipt(order=order, actor=factories.staff())
    refund = apply(order, kind="return_refund", lines=[LineAsk("1", 2)])
    assert (refund.phase, refund.amount_fen) == ("aftersale", 800)
    assert Order.objects.get(pk=order.pk).aftersale_applied
    cancel(refund)
    with refused(errors.RuleViolation, "AMT-2") as info:
        apply(order, kind="return_refund", reason="quality", lines=[LineAsk("1", 2, 801)])
    assert info.value.extra["max_fen"] == 800
    factories.pay(agree(apply(order, goods_status="received", lines=[LineAsk("1", 1)])))
    with refused(errors.RuleViolation, "AMT-1"):
        apply(order, goods_status="received", lines=[LineAsk("1", 1)])
    all_is_well()


def test_agreed_for_less_is_split_to_the_fen(order):
    """AMT-1, AMT-2: lines and postage share the reduction; more than was asked is refused, and so is nothing."""
    refund = apply(order, kind="return_refund", reason="quality", lines=[LineAsk("1", 2), LineAsk("2", 1)])
    refund = services.refund_agree(refund=refund, actor=factories.staff(), amount_fen=10001)
    assert (refund.amount_fen, refund.postage_fen) == (10001, 321)
    assert shares(refund) == [("1", 2, 8343), ("2", 1, 1337)]
    other = apply(factories.make_order(sign=True), goods_status="received")
    for amount, rule in ((10401, "AMT-2"), (0, "AMT-1"), (-5, "AMT-1")):
        with refused(errors.RuleViolation, rule):
            services.refund_agree(refund=other, actor=factories.staff(), amount_fen=amount)
    all_is_well()


def test_line_has_one_open_request_and_may_be_asked_for_again(order):
    """APP-7, APP-9: the count of earlier applications stays visible."""
    first = apply(order, kind="return_refund")
    with refused(errors.Conflict, "APP-7") as info:
        apply(order, kind="return_refund")
    assert info.value.code == "request_open"
    refuse(first)
    with refused(errors.Conflict, "APP-7"):
        apply(order, kind="return_refund")
    cancel(first)
    assert (first.attempt, apply(order, kind="return_refund").attempt) == (1, 2)


def test_modification_is_judged_without_itself_and_kept(order):
    """APP-8: the same line may be asked for in another way; every version stays."""
    refund = apply(order, goods_status="received", lines=[LineAsk("1", 1, 100)])
    buyer = factories.buyer(order.shop)
    refund = services.refund_modify(refund=refund, actor=buyer, changes={"lines": [LineAsk("1", 2, 20800)]})
    assert (refund.amount_fen, shares(refund)) == (20800, [("1", 2, 20800)])
    with refused(errors.RuleViolation, "AMT-2"):
        services.refund_modify(refund=refund, actor=buyer, changes={"lines": [LineAsk("1", 2, 20801)]})
    refund = services.refund_modify(refund=refund, actor=buyer, changes={"kind": "return_refund", "reason": "quality"})
    assert [version.asked["amount_fen"] for version in refund.versions.all()] == [100, 20800, 20800]
    all_is_well()


# Terms ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("signed", "last"),
    [
        ("2026-03-01T00:00:00+08:00", "2026-03-09T00:00:00+08:00"),
        ("2026-03-01T23:59:59+08:00", "2026-03-09T00:00:00+08:00"),
        ("2026-03-01T16:00:00+00:00", "2026-03-10T00:00:00+08:00"),  # 2 March in China
    ],
)
def test_seven_days_are_counted_from_midnight_in_china(signed, last):
    """TMO-9: 168 hours from 00:00 of the day after signing; the second before is in time, the moment itself is not."""
    with time_machine.travel(datetime.fromisoformat(signed), tick=False) as traveller:
        order = factories.make_order(sign=True)
        traveller.move_to(datetime.fromisoformat(last) - timedelta(seconds=1))
        refund = apply(order, kind="return_refund")
        cancel(refund)
        traveller.shift(timedelta(seconds=1))
        with refused(errors.RuleViolation, "TMO-9"):
            apply(order, kind="return_refund")
        assert apply(order, kind="return_refund", reason="quality").kind == "return_refund"


def test_goods_without_the_seven_days_have_no_such_reason():
    """LAW-1."""
    order = factories.make_order(None, factories.line(seven_day_return=False), sign=True)
    with refused(errors.RuleViolation, "LAW-1"):
        apply(order, kind="return_refund")


def test_unsigned_goods_may_be_returned_at_any_time():
    """TMO-9 counts from signing; what nobody signed for has not begun."""
    assert apply(factories.make_order(ship=True), kind="return_refund").reason == "seven_day"


def test_fifteen_days_after_success():
    """TMO-8: in time to the last second; a shop may give more; what was asked in time may be modified later."""
    now = clock.now()
    with time_machine.travel(now, tick=False) as traveller:
        order = factories.make_order(sign=True)
        orders.order_confirm_receipt(order=order, actor=factories.staff())
        traveller.move_to(now + timedelta(days=15) - timedelta(seconds=1))
        refund = apply(order, goods_status="received")
        traveller.shift(timedelta(seconds=1))
        with refused(errors.RuleViolation, "TMO-8"):
            apply(order, goods_status="received", lines=[LineAsk("1", 1)])
        services.refund_modify(refund=refund, actor=factories.buyer(order.shop), changes={"description": "more"})
        cancel(refund)
        with refused(errors.RuleViolation, "TMO-8"):
            apply(order, goods_status="received")
        supervisor = factories.staff(Role.SUPERVISOR)
        policies.set(key="deadline.TMO-8", value=timedelta(days=20), shop=order.shop, actor=supervisor)
        assert apply(order, goods_status="received").phase == "aftersale"


# Whatever is asked in whatever order ----------------------------------------------------------------------------------

LINES = st.lists(st.tuples(st.integers(0, 5000), st.integers(1, 4)), min_size=1, max_size=4)
STEP = st.tuples(
    st.lists(st.tuples(st.integers(0, 3), st.integers(1, 4)), min_size=1, max_size=4, unique_by=lambda one: one[0]),
    st.sampled_from(["not_received", "received"]),
    st.floats(0, 1),
    st.booleans(),
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lines=LINES, postage=st.integers(0, 900), steps=st.lists(STEP, max_size=12), shipped=st.booleans())
def test_no_sequence_gives_back_more_than_was_paid(lines, postage, steps, shipped):
    """AMT-1, AMT-2, AMT-4: and at the end, when all that is left is asked for, everything is given back, to the fen.

    Pure: an order in memory, the books moved as `payments_promise` moves them.
    """
    order, rows = _in_memory(lines, postage, shipped=shipped)
    whole = True
    for wanted, goods_status, part, agreed in steps:
        asks = tuple(LineAsk(str(n), units) for n, units in wanted if n < len(rows))
        received = shipped and goods_status == "received"
        if received:
            by_number = {row.line_no: row for row in rows}
            asks = tuple(LineAsk(a.line_no, a.quantity, int(part * by_number[a.line_no].left_fen)) for a in asks)
        given = _ask_and_take(order, rows, asks, received=received, take=agreed)
        whole = whole and not (given and received)
    left = tuple(LineAsk(row.line_no, row.quantity_left) for row in rows if row.quantity_left)
    _ask_and_take(order, rows, left, received=False, take=True)
    goods_fen = sum(row.paid_share_fen for row in rows)
    assert order.promised_fen <= order.paid_fen
    assert sum(row.promised_fen for row in rows) == goods_fen
    if whole and goods_fen and order.promised_fen != order.paid_fen:
        assert all(row.quantity_left == 0 or row.left_fen == 0 for row in rows)
        assert order.postage_given_fen == 0  # postage alone has no refund type of its own (APP-6)


def test_promise_that_forgets_the_units_is_seen(monkeypatch):
    """Negative control: units that were given back are offered again, and the property fails on its first example."""
    monkeypatch.setattr(OrderLine, "left_fen", property(lambda line: line.paid_share_fen))
    order, rows = _in_memory([(1000, 2)], 0, shipped=True)
    assert _ask_and_take(order, rows, (LineAsk("0", 2, 900),), received=True, take=True)
    with pytest.raises(AssertionError):
        _ask_and_take(order, rows, (LineAsk("0", 2, 900),), received=True, take=True)


def _in_memory(lines, postage, *, shipped):
    paid = sum(share for share, _units in lines) + postage
    order = Order(pk=1, shop_id=1, paid_fen=paid, postage_fen=postage, escrow=True)
    order.__dict__["status"] = "WAIT_BUYER_CONFIRM_GOODS" if shipped else "WAIT_SELLER_SEND_GOODS"
    rows = [
        OrderLine(pk=n + 1, line_no=str(n), paid_share_fen=share, quantity=units, unit_price_fen=1, shipped=shipped)
        for n, (share, units) in enumerate(lines)
    ]
    return order, rows


def _ask_and_take(order, rows, asks, *, received, take):
    """Ask; when the rules allow it, promise it in memory and check that nothing is over. Says whether it was taken."""
    shipped = rows[0].shipped
    reason = "quality" if received else "not_received" if shipped else "other"
    wanted = services.Ask("refund_only", "received" if received else "not_received", reason, asks)
    try:
        found = assess(order, rows, wanted, open_lines=set(), postage_asked=0)
    except errors.Problem:
        return False
    assert 0 < found.amount_fen <= order.left_fen
    if take:
        for item in found.lines:
            item.line.promised_fen += item.amount_fen
            item.line.returned_quantity += item.quantity if item.takes_units else 0
        order.promised_fen += found.amount_fen
        order.postage_given_fen += found.postage_fen
    for row in rows:
        assert 0 <= row.promised_fen <= row.paid_share_fen
        assert 0 <= row.returned_quantity <= row.quantity
    assert 0 <= order.postage_given_fen <= order.postage_fen
    assert order.promised_fen <= order.paid_fen
    return take
