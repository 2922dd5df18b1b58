"""All parcels of an order on one line of time, on the order's page and the request's (LOG-6, RET-1, EXC-1, MIS-1)."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import translation

from aftersales.core import clock
from aftersales.core.models import Role
from logistics import services
from logistics.models import AttentionReason, Parcel
from logistics.selectors.attention import NEXT
from logistics.selectors.movement import LAST_SCANS, movement_of
from orders.models import Order
from tests import factories
from tests.helpers import statements
from tests.pages import sign_in
from tickets.selectors import request_page

from .attention_world import HOURS, back, denied, outward, scanned, sent_back, sent_first

pytestmark = pytest.mark.django_db


@pytest.fixture
def traveller():
    with time_machine.travel(clock.now() - timedelta(days=20), tick=False) as moved:
        yield moved


def out_of(order) -> Parcel:
    return order.parcels.get(direction="out")


def test_what_went_out_came_back_and_went_instead_stands_on_one_line(traveller):
    """EXC-1, RET-1: in the order of time whichever parcel it was, the latest first."""
    order = factories.make_order(sign=True)
    traveller.shift(HOURS)
    scanned(out_of(order), "301", "本人签收")
    traveller.shift(HOURS)
    refund = sent_first(order)
    traveller.shift(HOURS)
    scanned(back(refund), "103", "退件已揽收")
    traveller.shift(HOURS)
    scanned(refund.parcels.get(direction="replacement"), "1002", "换货运输中")
    moved = movement_of(order.pk)
    assert [one.parcel.direction for one in moved.parcels] == ["replacement", "return", "out"]
    assert [one.carrier_name for one in moved.parcels] == ["圆通速递", "顺丰速运", "圆通速递"]
    assert [moment.text for moment in moved.line if moment.kind == "system"] == ["换货运输中", "退件已揽收", "本人签收"]
    moments = [moment.at for moment in moved.line]
    assert (moments, len(moments)) == (sorted(moments, reverse=True), 6)
    assert moved.line[-1].who == "圆通速递 YT1234567890123"


def test_a_parcel_comes_with_its_weight_and_why_it_needs_someone():
    """MIS-1, LOG-6."""
    parcel = outward()
    warehouse = factories.staff(Role.WAREHOUSE)
    services.parcel_pack(order=parcel.order, actor=warehouse, tracking_no=parcel.tracking_no, packed_weight_g=640)
    denied(parcel)
    [one] = movement_of(parcel.order_id).parcels
    assert one.weight_g == 640
    assert [(need.attention.reason, need.next) for need in one.needs] == [("denied", str(NEXT["denied"]))]
    with translation.override("en"):
        assert "the buyer denies having it" in [moment.text for moment in movement_of(parcel.order_id).line]


def test_a_corrected_number_stays_beside_the_right_one():
    """RFD-6, LOG-2."""
    parcel = outward()
    services.parcel_correct(parcel=parcel, actor=factories.staff(), carrier="zhongtong", tracking_no="75312345678901")
    kept = {one.parcel.tracking_no: one.kept for one in movement_of(parcel.order_id).parcels}
    assert kept == {"75312345678901": True, "YT1234567890123": False}


def test_only_the_last_scans_of_each_parcel_are_shown(traveller):
    parcel = outward()
    for number in range(LAST_SCANS + 3):
        traveller.shift(HOURS)
        scanned(parcel, "1002", f"stop {number}")
    shown = [moment.text for moment in movement_of(parcel.order_id).line if moment.kind == "system"]
    assert shown == [f"stop {number}" for number in range(LAST_SCANS + 2, 2, -1)]


def many_parcels(count: int) -> Order:
    lines = [factories.line(line_no=str(number)) for number in range(count)]
    order = factories.make_order(None, *lines)
    for number in range(count):
        services.order_ship(
            order=order,
            actor=factories.staff(),
            carrier="yuantong",
            tracking_no=f"YT{number:013d}",
            line_nos=[str(number)],
        )
    for parcel in order.parcels.all():
        scanned(parcel, "1002")
        scanned(parcel, "2", "超区")
    services.parcels_watch()
    return order


def test_it_costs_three_statements_for_one_parcel_and_for_many():
    one, many = many_parcels(1), many_parcels(25)
    with statements() as once:
        movement_of(one.pk)
    with statements() as often:
        assert len(movement_of(many.pk).parcels) == 25
    assert len(once) == len(often) == 3


def test_the_order_shows_what_went_both_ways(client):
    """LOG-6: with the links of what can be asked about a parcel that the shop sent, and none for the return."""
    sign_in(client, Role.AGENT)
    refund = sent_back("YT7654321234567")
    scanned(back(refund), "2", "门店已关门")
    services.parcels_watch()
    order = refund.order
    body = client.get(
        reverse("tickets:order_detail", args=[order.order_no]), HTTP_ACCEPT_LANGUAGE="en"
    ).content.decode()
    for said in ("YT1234567890123", "YT7654321234567", "门店已关门", "Undeliverable", refund.refund_no):
        assert said in body
    settle = reverse("logistics:parcel_settle", args=[back(refund).attentions.get().pk])
    assert settle in body
    assert reverse("tickets:parcel_recall", args=[order.order_no, out_of(order).pk]) in body
    assert reverse("tickets:parcel_recall", args=[order.order_no, back(refund).pk]) not in body


def test_finance_looks_and_has_nothing_to_settle(client):
    sign_in(client, Role.FINANCE)
    parcel = denied(outward())
    body = client.get(reverse("tickets:order_detail", args=[parcel.order.order_no])).content.decode()
    assert reverse("logistics:parcel_settle", args=[parcel.attentions.get().pk]) not in body


def test_the_request_says_in_short_where_the_parcels_are(client):
    """LOG-6: and a scan, a reason or its end moves the stamp, so that an open page follows."""
    sign_in(client, Role.AGENT)
    refund = sent_back("YT7654321234567")
    agent = factories.staff()
    stamps = [request_page.request_stamp(agent, refund.refund_no)]

    def moved() -> bool:
        stamps.append(request_page.request_stamp(agent, refund.refund_no))
        return len(set(stamps)) == len(stamps)

    scanned(back(refund), "2", "门店已关门")
    assert moved()
    services.parcels_watch()
    assert moved()
    body = client.get(reverse("tickets:request_detail", args=[refund.refund_no])).content.decode()
    assert body.count("门店已关门") >= 1
    page = request_page.request_page(agent, refund.refund_no)
    assert [(row["direction"], [str(need) for need in row["needs"]]) for row in page["movement"]] == [
        ("return", [str(AttentionReason.UNDELIVERABLE.label)]),
        ("out", []),
    ]
    services.attention_settle(attention=back(refund).attentions.get(), actor=agent, note="asked")
    assert moved()
