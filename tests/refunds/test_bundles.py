"""Bundles, thresholds and gifts that come back one by one, exact to the fen in any order (AMT-3, LAW-3)."""

from typing import Any

import pytest
from django.db import IntegrityError, transaction

from aftersales.core import errors, policies
from aftersales.core.models import Role
from orders.models import Order, OrderLine
from refunds import services
from refunds.models import Refund, RefundLine
from tests import factories
from tests.checks import all_is_well, footprint
from tests.helpers import refused
from tests.refunds.standings import agree
from tests.rest import shop_caller
from tickets.selectors.request_page import request_page

pytestmark = pytest.mark.django_db
LineAsk = services.LineAsk


def piece(number: str, price: int, off: int = 0, **more: Any) -> Any:
    """One unit of something that costs `price` fen by itself, `off` less in the bundle."""
    given = {"line_no": number, "title": f"茶 {number}", "unit_price_fen": price, "quantity": 1, "discount_fen": off}
    return factories.line(**(given | {"bundle": "围炉煮茶套装"} | more))


def gift(number: str = "9", price: int = 990, **more: Any) -> Any:
    """A gift with a price marked for it."""
    return piece(number, price, price, gift=True, seven_day_return=False, **({"bundle": ""} | more))


def by_list(order: Order) -> None:
    """Let what is kept count by its list price in the order's shop."""
    policies.set(key="refund.bundle_kept_price", value="list", shop=order.shop, actor=factories.staff(Role.SUPERVISOR))


def bundle(*lines: Any, **more: Any) -> Order:
    """An order of three pieces of ¥100 for ¥225 together, without postage, signed for, settled by list prices."""
    lines = lines or tuple(piece(number, 10000, 2500) for number in "123")
    order = factories.make_order(None, *lines, postage_fen=0, sign=True, **more)
    by_list(order)
    return order


def returned(order: Order, *numbers: str, reason: str = "seven_day", pay: bool = True) -> Refund:
    """Return lines, take them in, and pay."""
    asks = tuple(
        LineAsk(number, OrderLine.objects.get(order=order, line_no=number).quantity_left) for number in numbers
    )
    refund = agree(
        factories.make_refund(Order.objects.get(pk=order.pk), kind="return_refund", reason=reason, lines=asks)
    )
    refund = services.refund_return_shipment(
        refund=refund, actor=factories.buyer(order.shop), carrier="sf", tracking_no="SF123"
    )
    refund = services.refund_receive(refund=refund, actor=factories.staff(Role.WAREHOUSE), passed=True)
    return factories.pay(refund) if pay else refund


def parts(refund: Refund) -> list[tuple[str, int, int, int]]:
    """A request's lines: number, units, fen, held back."""
    rows = RefundLine.objects.filter(refund=refund).select_related("order_line").order_by("order_line")
    return [(row.order_line.line_no, row.quantity, row.amount_fen, row.held_fen) for row in rows]


# By list prices -------------------------------------------------------------------------------------------------------


def test_what_is_kept_counts_by_its_list_price():
    """AMT-3: ¥225 paid; two kept for ¥200 leave ¥25 for the first, one kept ¥100 for the second, the last the rest."""
    order = bundle()
    first, second, last = (returned(order, number) for number in "123")
    assert parts(first) == [("1", 1, 2500, 5000)]
    assert parts(second) == [("1", 0, 2500, -2500), ("2", 1, 7500, 0)]
    assert parts(last) == [("1", 0, 2500, -2500), ("3", 1, 7500, 0)]
    order = Order.objects.get(pk=order.pk)
    assert (order.refunded_fen, order.paid_fen) == (22500, 22500)
    assert {line.held_fen for line in order.lines.all()} == {0}
    all_is_well()


def test_sum_is_kept_on_the_request():
    """AMT-3: what was paid, each piece that is kept, what earlier returns settled, what comes back."""
    order = bundle()
    returned(order, "1")
    [told] = returned(order, "2").settlement
    assert [(one["line_no"], one["quantity"], one["counts_fen"]) for one in told["kept"]] == [("3", 1, 10000)]
    del told["kept"]
    assert told == {
        "bundle": "围炉煮茶套装",
        "why": "list",
        "paid_fen": 22500,
        "before_fen": 2500,
        "share_fen": 7500,
        "goes_fen": 10000,
    }


def test_by_shares_nothing_is_taken_off():
    """AMT-3: the default."""
    order = factories.make_order(None, *(piece(number, 10000, 2500) for number in "123"), postage_fen=0, sign=True)
    refund = returned(order, "1")
    assert (parts(refund), refund.settlement) == ([("1", 1, 7500, 0)], [])


def test_never_less_than_nothing():
    """AMT-3: what is kept costs more by itself than all of it: alone nothing comes back, with another piece it does."""
    order = bundle(*(piece(number, 10000, 6000) for number in "123"))
    before = footprint()
    with refused(errors.RuleViolation, "AMT-3"):
        factories.make_refund(order, kind="return_refund", lines=[LineAsk("1", 1)])
    assert footprint() == before
    assert returned(order, "1", "2").amount_fen == 2000
    assert returned(order, "3").amount_fen == 10000
    all_is_well()


def test_fault_of_the_seller_takes_nothing_off():
    """AMT-3: the buyer did not choose to part the bundle; what is kept then still counts for whoever returns more."""
    order = bundle()
    refund = returned(order, "1", reason="quality")
    assert (parts(refund), refund.settlement[0]["why"]) == ([("1", 1, 7500, 0)], "fault")
    assert (returned(order, "2").amount_fen, returned(order, "3").amount_fen) == (5000, 10000)
    all_is_well()


def test_reduction_holds_while_the_threshold_is_reached():
    """LAW-3: ¥75 off from ¥200: with ¥200 kept it holds, with ¥100 it does not."""
    order = bundle(*(piece(number, 10000, 2500, bundle="满200减75", bundle_from_fen=20000) for number in "123"))
    first = returned(order, "1")
    assert (first.amount_fen, first.settlement[0]["why"]) == (7500, "threshold")
    assert (returned(order, "2").amount_fen, returned(order, "3").amount_fen) == (5000, 10000)
    all_is_well()


def test_more_than_the_sum_cannot_be_asked():
    """AMT-3: and the caller is told how much can."""
    order = bundle()
    with refused(errors.RuleViolation, "AMT-3") as info:
        factories.make_refund(order, kind="return_refund", lines=[LineAsk("1", 1, 2501)])
    assert info.value.extra["max_fen"] == 2500


def test_agreed_reduction_does_not_come_back_with_the_last():
    """AMT-1: what was given up for a worn piece stays given up; what was held back comes back all the same."""
    order = bundle()
    refund = factories.make_refund(order, kind="return_refund", lines=[LineAsk("1", 1, 1000)])
    assert parts(refund) == [("1", 1, 1000, 5000)]
    services.refund_agree(refund=refund, actor=factories.staff())
    refund = services.refund_return_shipment(
        refund=refund, actor=factories.buyer(order.shop), carrier="sf", tracking_no="SF123"
    )
    factories.pay(services.refund_receive(refund=refund, actor=factories.staff(Role.WAREHOUSE), passed=True))
    assert returned(order, "2", "3").amount_fen == 20000
    all_is_well()


def test_piece_that_was_given_back_in_full_without_goods_counts_as_nothing():
    """AMT-3: it is nobody's gain any more."""
    order = bundle()
    factories.pay(agree(factories.make_refund(order, goods_status="received", lines=[LineAsk("1", 1)])))
    assert returned(order, "2").amount_fen == 5000
    assert returned(order, "3").amount_fen == 10000
    all_is_well()


def test_returns_of_a_bundle_go_one_after_the_other():
    """AMT-3: the sum depends on what is kept, so a second return waits; what is promised already is no hindrance."""
    order = bundle()
    first = factories.make_refund(order, kind="return_refund", lines=[LineAsk("1", 1)])
    before = footprint()
    with refused(errors.Conflict, "AMT-3") as info:
        factories.make_refund(order, kind="return_refund", lines=[LineAsk("2", 1)])
    assert (info.value.code, footprint()) == ("request_open", before)
    services.refund_cancel(refund=first, actor=factories.buyer(order.shop))
    returned(order, "1", pay=False)
    assert returned(order, "2", "3").amount_fen == 20000
    all_is_well()


def test_exchange_that_the_shop_cannot_serve_becomes_a_refund_without_a_deduction():
    """AMT-3, EXC-1: the shop has nothing to send, so no reduction is lost; an open return does not hinder it."""
    order = bundle()
    exchange = factories.make_exchange(order, lines=(LineAsk("1", 1, exchange_sku="浓香/罐装"),))
    services.refund_agree(refund=exchange, actor=factories.staff())
    factories.make_refund(order, kind="return_refund", lines=[LineAsk("2", 1)])
    services.exchange_to_refund(refund=exchange, actor=factories.staff(), note="断货")
    assert Refund.objects.get(turned_from=exchange).amount_fen == 7500


def test_held_money_is_capped_by_the_database():
    """AMT-2: neither promised beside what is held, nor let go twice; the last guard is a CHECK."""
    order = bundle()
    returned(order, "1")
    line = OrderLine.objects.filter(order=order, line_no="1")
    for change in ({"promised_fen": 1}, {"held_fen": 5001}, {"held_fen": -1}):
        with pytest.raises(IntegrityError), transaction.atomic():
            line.update(**change)
    row = RefundLine.objects.filter(order_line__in=line)
    with pytest.raises(IntegrityError, match="line_of_no_units_lets_go"), transaction.atomic():
        row.update(quantity=0)


# Gifts ----------------------------------------------------------------------------------------------------------------


def test_gift_that_stays_is_taken_off_with_the_last_of_the_goods():
    """LAW-3: at its marked price, and given back when it comes after all."""
    order = bundle(piece("1", 10000, bundle=""), piece("2", 5000, bundle=""), gift())
    assert returned(order, "1").amount_fen == 10000
    last = returned(order, "2")
    assert (last.amount_fen, parts(last)) == (4010, [("2", 1, 4010, 990)])
    assert [(one["line_no"], one["counts_fen"], one["gift"]) for one in last.settlement[0]["kept"]] == [
        ("9", 990, True)
    ]
    assert parts(returned(order, "9", reason="other")) == [("2", 0, 990, -990), ("9", 1, 0, 0)]
    all_is_well()


@pytest.mark.parametrize("case", ["comes_along", "not_marked", "policy", "fault"])
def test_gift_takes_nothing_off(case):
    """LAW-3: where it comes along, had no price marked, the shop does not want it, or the seller is at fault."""
    order = bundle(piece("1", 10000, bundle=""), gift(price=0 if case == "not_marked" else 990))
    if case == "policy":
        supervisor = factories.staff(Role.SUPERVISOR)
        policies.set(key="refund.gift_kept_price", value="nothing", shop=order.shop, actor=supervisor)
    numbers = ("1", "9") if case == "comes_along" else ("1",)
    reason = "quality" if case == "fault" else "other"
    assert returned(order, *numbers, reason=reason).amount_fen == 10000


# Over REST ------------------------------------------------------------------------------------------------------------


def test_refundable_shows_the_sum_line_by_line():
    """AMT-3: what each line would give back by itself, and why."""
    order = bundle()
    caller = shop_caller(order.shop)
    first = caller.get(f"/orders/{order.order_no}/refundable").json()["lines"][0]
    assert (first["max_fen"], first["return_fen"], first["waits_for_bundle"]) == (7500, 2500, False)
    assert [one["counts_fen"] for one in first["settlement"]["kept"]] == [10000, 10000]
    refund = factories.make_refund(order, kind="return_refund", lines=[LineAsk("1", 1)])
    second = caller.get(f"/orders/{order.order_no}/refundable").json()["lines"][1]
    assert second["waits_for_bundle"]
    body = caller.get(f"/refunds/{refund.refund_no}").json()
    assert (body["settlement"][0]["goes_fen"], body["lines"][0]["held_fen"]) == (2500, 5000)


def test_page_shows_how_the_sum_came_about():
    """AMT-3: what is held back and let go stands line by line, the bundle's own sum below; the rows add up."""
    order = bundle()
    for number, rows, settled in (
        ("1", [7500, -5000, 0], [22500, -10000, -10000]),
        ("2", [7500, 2500, 0], [22500, -10000, -2500]),
        ("3", [7500, 2500, 0], [22500, -12500]),
    ):
        waiting = factories.make_refund(
            Order.objects.get(pk=order.pk), kind="return_refund", lines=[LineAsk(number, 1)]
        )
        before = request_page(factories.staff(), waiting.refund_no)["money"]
        services.refund_cancel(refund=waiting, actor=factories.buyer(order.shop))
        paid = request_page(factories.staff(), returned(order, number).refund_no)["money"]
        for shown in (before, paid):
            assert sorted(row["fen"] for row in shown["rows"]) == sorted(rows)
            assert sum(row["fen"] for row in shown["rows"]) == shown["total_fen"]
            assert [row["fen"] for row in shown["settlements"][0]["rows"]] == settled
            assert sum(settled) == shown["settlements"][0]["total_fen"]
