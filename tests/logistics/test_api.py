"""Where parcels meet requests: RFD-2, ORD-7, VOI-2, LOG-1 (api.md)."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from aftersales.core.models import Role
from logistics.models import Carrier, Parcel
from orders.models import Order
from refunds.models import Refund
from tests import factories
from tests.helpers import unchanged
from tests.rest import fields, problem, shop_caller, staff_caller

pytestmark = pytest.mark.django_db

PARCEL = {"carrier": "yuantong", "tracking_no": "yt1234567890123"}


def test_a_parcel_is_kept_with_its_lines() -> None:
    order = factories.make_order()
    answer = shop_caller(order.shop).post(f"/orders/{order.order_no}/ship", PARCEL)
    assert (answer.status_code, answer.json()["status"]) == (200, "WAIT_BUYER_CONFIRM_GOODS")
    parcel = Parcel.objects.get()
    assert (parcel.carrier, parcel.tracking_no, parcel.line_nos) == ("yuantong", "YT1234567890123", ["1"])


@pytest.mark.parametrize(
    ("change", "field", "code"),
    [
        ({"carrier": ""}, "carrier", "blank"),
        ({"carrier": "x" * 25}, "carrier", "max_length"),
        ({"tracking_no": None}, "tracking_no", "null"),
        ({"tracking_no": 7}, "tracking_no", "invalid"),
        ({"tracking_no": "7" * 41}, "tracking_no", "max_length"),
        ({"lines": "1"}, "lines", "not_a_list"),
        ({"lines": [1]}, "lines[0]", "invalid"),
        ({"lines": ["9"]}, "lines", "unknown_line"),
        ({"buyer_consented": "yes"}, "buyer_consented", "invalid"),
        ({"shipped_at": "at noon"}, "shipped_at", "invalid"),
    ],
)
def test_a_wrong_field_is_named(change: dict[str, object], field: str, code: str) -> None:
    order = factories.make_order()
    with unchanged():
        answer = shop_caller(order.shop).post(f"/orders/{order.order_no}/ship", PARCEL | change)
        assert fields(problem(answer, 422, "invalid")) == {(field, code)}


def test_shipping_over_an_open_request_must_be_confirmed() -> None:
    """RFD-2."""
    order = factories.make_order()
    refund = factories.make_refund(order)
    caller = shop_caller(order.shop)
    with unchanged():
        asked = caller.post(f"/orders/{order.order_no}/ship", PARCEL)
        body = problem(asked, 409, "confirmation_required", "RFD-2")
    assert body["status_now"] == "WAIT_SELLER_SEND_GOODS"
    answer = caller.post(f"/orders/{order.order_no}/ship", PARCEL | {"buyer_consented": False})
    body = answer.json()
    assert (body["status"], body["open_requests"], len(body["notes"])) == ("WAIT_BUYER_CONFIRM_GOODS", 0, 1)
    closed = caller.get(f"/refunds/{refund.refund_no}").json()
    assert (closed["status"], closed["history"][-1]["action"]) == ("CLOSED", "overtaken_by_shipment")


def test_shipping_with_consent_needs_no_note() -> None:
    """RFD-2."""
    order = factories.make_order()
    factories.make_refund(order)
    answer = staff_caller().post(f"/orders/{order.order_no}/ship", PARCEL | {"buyer_consented": True})
    assert (answer.json()["open_requests"], answer.json()["notes"]) == (0, [])


def test_a_stale_order_is_not_shipped_and_its_request_stays() -> None:
    order = factories.make_order()
    factories.make_refund(order)
    with unchanged():
        body = PARCEL | {"buyer_consented": True, "version": 9}
        problem(staff_caller().post(f"/orders/{order.order_no}/ship", body), 412, "stale_version")


def test_receipt_is_not_confirmed_over_an_open_request_unless_the_buyer_wants_it() -> None:
    """ORD-7."""
    order = factories.make_order(sign=True)
    refund = factories.make_return(order)
    caller = shop_caller(order.shop)
    path = f"/orders/{order.order_no}/confirm-receipt"
    with unchanged():
        body = problem(caller.post(path), 409, "transition_not_allowed", "ORD-7")
        assert body["status_now"] == "WAIT_BUYER_CONFIRM_GOODS"
        problem(caller.post(path, {"close_open_requests": False}), 409, "transition_not_allowed", "ORD-7")
        wrong = problem(caller.post(path, {"close_open_requests": "yes"}), 422, "invalid")
        assert fields(wrong) == {("close_open_requests", "invalid")}
        stale = caller.post(path, {"close_open_requests": True}, HTTP_IF_MATCH='"9"')
        problem(stale, 412, "stale_version")
    answer = caller.post(path, {"close_open_requests": True})
    assert (answer.json()["status"], answer.json()["open_requests"]) == ("TRADE_FINISHED", 0)
    assert caller.get(f"/refunds/{refund.refund_no}").json()["status"] == "CLOSED"


def test_already_shipped_closes_the_request_and_ships_the_order() -> None:
    """VOI-2, RFD-2."""
    refund = factories.make_refund()
    answer = staff_caller(Role.WAREHOUSE).post(
        f"/refunds/{refund.refund_no}/void-result", {"result": "already_shipped", "note": "昨晚已出库"}
    )
    body = answer.json()
    assert (answer.status_code, body["status"], body["void_result"]) == (200, "CLOSED", "already_shipped")
    order = Order.objects.get(pk=refund.order_id)
    assert (order.status, order.open_requests) == ("WAIT_BUYER_CONFIRM_GOODS", 0)


def test_the_carrier_says_whether_a_return_goes_by_surface_mail() -> None:
    """LOG-1, TMO-6: thirty days instead of ten."""
    Carrier.objects.update_or_create(code="surface-post", defaults={"name": "平邮", "surface": True})
    with time_machine.travel(datetime(2026, 11, 5, tzinfo=UTC), tick=False):
        refund = factories.make_return()
        staff_caller().post(f"/refunds/{refund.refund_no}/agree")
        body = (
            shop_caller(refund.shop)
            .post(f"/refunds/{refund.refund_no}/return-shipment", {"carrier": "Surface-Post", "tracking_no": " pa1 "})
            .json()
        )
    assert body["return_shipment"]["carrier"] == "surface-post"
    assert body["return_shipment"]["tracking_no"] == "PA1"
    assert body["deadline"]["at"] == "2026-12-05T00:00:00Z"


def test_nothing_is_sent_back_before_it_is_agreed() -> None:
    refund = factories.make_return()
    with unchanged():
        answer = shop_caller(refund.shop).post(f"/refunds/{refund.refund_no}/return-shipment", PARCEL)
        body = problem(answer, 409, "transition_not_allowed")
    assert (body["status_now"], body["allowed_actions"]) == ("WAIT_SELLER_AGREE", ["modify", "cancel"])
    assert Refund.objects.get().version == 1


def test_the_receiving_period_is_extended_for_the_time_that_a_request_was_open() -> None:
    """ORD-6, TMO-10: ten days, of which one was spent; the request was open for two."""
    start = datetime(2026, 11, 5, tzinfo=UTC)
    with time_machine.travel(start, tick=False) as traveller:
        order = factories.make_order(sign=True)
        caller = shop_caller(order.shop)
        traveller.shift(timedelta(days=1))
        refund = factories.make_return(order)
        assert caller.get(f"/orders/{order.order_no}").json()["deadline"]["paused"] is True
        traveller.shift(timedelta(days=2))
        caller.post(f"/refunds/{refund.refund_no}/cancel")
        deadline = caller.get(f"/orders/{order.order_no}").json()["deadline"]
    assert deadline == {"at": "2026-11-17T00:00:00Z", "action": "confirm_receipt", "paused": False, "rule": "TMO-10"}
