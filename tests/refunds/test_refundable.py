"""What can be asked for an order, line by line: amounts, kinds, reasons, and who decides (APP-1…5, AMT-1, TMO-9)."""

from datetime import UTC, datetime

import pytest
import time_machine

from tests import factories
from tests.rest import problem, shop_caller

from .test_api import UNSHIPPED, asked

pytestmark = pytest.mark.django_db


@pytest.fixture
def clock_stands():
    with time_machine.travel(datetime(2026, 11, 5, 1, 0, tzinfo=UTC), tick=False) as traveller:
        yield traveller


def test_refundable_says_what_can_be_asked(clock_stands) -> None:
    """APP-3, APP-4, AMT-1, TMO-9."""
    order = factories.make_order(
        None,
        factories.line(),
        factories.line(line_no="2", unit_price_fen=10000, quantity=1, discount_fen=0, seven_day_return=False),
        sign=True,
    )
    caller = shop_caller(order.shop)
    body = caller.get(f"/orders/{order.order_no}/refundable").json()
    assert (body["left_fen"], body["postage_left_fen"], body["phase"], body["why_not"]) == (31600, 800, "onsale", None)
    first, second = body["lines"]
    assert {name: first[name] for name in ("line_no", "quantity_left", "max_fen", "kinds", "open_request")} == {
        "line_no": "1",
        "quantity_left": 2,
        "max_fen": 20800,
        "kinds": ["refund_only", "return_refund", "exchange", "reship"],
        "open_request": None,
    }
    assert first["seven_day_until_at"] == "2026-11-12T16:00:00Z"
    assert "seven_day" in first["reasons"]["return_refund"]["received"]
    assert list(first["reasons"]["return_refund"]) == ["received"]
    assert "seven_day" not in second["reasons"]["return_refund"]["received"]
    assert second["seven_day_until_at"] is None
    answers = [{one["kind"]: one["answer"] for one in line["answers"]} for line in (first, second)]
    common = {"refund_only": "person", "reship": "person", "repair": "no"}
    assert answers == [
        {**common, "return_refund": "yes", "exchange": "yes"},
        {**common, "return_refund": "person", "exchange": "person"},
    ]
    for line in body["lines"]:
        for kind, by_status in line["reasons"].items():
            for goods_status, reasons in by_status.items():
                assert reasons, (kind, goods_status)


def test_refundable_says_why_not() -> None:
    shop = factories.make_shop()
    caller = shop_caller(shop)
    order = factories.make_order(shop)
    unshipped = caller.get(f"/orders/{order.order_no}/refundable").json()["lines"][0]
    assert (unshipped["kinds"], list(unshipped["reasons"]["refund_only"])) == (["refund_only"], ["not_received"])
    told = {one["kind"]: (one["answer"], one["rule"]) for one in unshipped["answers"]}
    assert (told["refund_only"], told["return_refund"], told["repair"]) == (
        ("yes", "RFD-1"),
        ("no", "APP-4"),
        ("no", "APP-1"),
    )
    number = caller.post("/refunds", asked(order, **UNSHIPPED)).json()["refund_no"]
    held = caller.get(f"/orders/{order.order_no}/refundable").json()["lines"][0]
    assert (held["open_request"], held["why_not"]["rule"], held["kinds"]) == (number, "APP-7", [])
    direct = factories.make_order(shop, escrow=False)
    stopped = caller.get(f"/orders/{direct.order_no}/refundable").json()
    assert stopped["why_not"]["rule"] == stopped["lines"][0]["why_not"]["rule"] == "ORD-3"
    problem(shop_caller(factories.make_shop()).get(f"/orders/{order.order_no}/refundable"), 404, "not_found")
