"""The page of a line's warranty, its dialog, the way to it, and the same over REST (WAR-1…3, LAW-6)."""

from datetime import timedelta

import pytest
from django.test import Client

from aftersales.core import clock
from aftersales.core.models import Role
from orders.models import Order
from refunds import services as refunds
from tests import factories
from tests.helpers import statements
from tests.rest import shop_caller, staff_caller
from warranty import services
from warranty.models import SerialNumber, ServicePoint

pytestmark = pytest.mark.django_db

IMEI, NEW = "490154203237518", "352099001761481"


def phone(**fields):
    return factories.line(title="示例手机", category="手机", **fields)


@pytest.fixture
def order():
    return factories.make_order(None, phone(), sign=True)


def seat(role=Role.AGENT, *shops) -> Client:
    client = Client(HTTP_ACCEPT_LANGUAGE="en")
    client.force_login(factories.make_user(role, *shops))
    return client


def page(order, line_no="1", **asked):
    query = "&".join(f"{name}={value}" for name, value in asked.items())
    return f"/warranty/{order.order_no}/{line_no}/?shop={order.shop.code}&{query}"


def today(days=0):
    return (clock.shanghai_day(clock.now()) + timedelta(days=days)).isoformat()


def exchanged(order):
    """Let an exchange of line 1 go its whole way."""
    refund = factories.make_exchange(order)
    actor = factories.staff()
    refund = refunds.refund_agree(refund=refund, actor=actor)
    refund = refunds.refund_return_shipment(
        refund=refund, actor=factories.buyer(order.shop), carrier="sf", tracking_no="SF1234567890"
    )
    refund = refunds.refund_receive(refund=refund, actor=factories.staff(Role.WAREHOUSE), passed=True)
    refund = refunds.exchange_ship(refund=refund, actor=actor, carrier="sf", tracking_no="SF1234567891")
    return refunds.exchange_confirm_received(refund=refund, actor=factories.buyer(order.shop))


def test_the_order_leads_to_what_each_line_has_today(order):
    """WAR-1: counted from the day on which it was signed for."""
    client = seat()
    assert f"/warranty/{order.order_no}/1/" in client.get(f"/orders/{order.order_no}/").content.decode()
    shown = client.get(page(order)).content.decode()
    assert f"until {today(7)}" in shown
    assert "Return and money back" in shown
    assert f'value="{today()}"' in shown
    assert "data-copy" in shown
    assert "It does not charge" in shown


def test_days_that_are_typed_count_instead_of_known_ones(order):
    """LAW-6: delivered, exchanged, in repair; and the page says so."""
    asked = {"category": "battery", "delivered_on": today(-300), "exchanged_on": today(-100)}
    asked |= {"begun_1": today(-20), "ended_1": today(-11), "begun_2": today(-3)}
    shown = seat().get(page(order, **asked))
    assert shown.status_code == 200
    [given] = shown.context["answer"].given
    assert (given.what.value, given.rules) == ("repair", ("WAR-1", "LAW-6"))
    assert "14 days in repair not counted" in given.why
    assert f"anew from the exchange on {today(-100)}" in given.why
    assert not SerialNumber.objects.exists()


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"delivered_on": today(1)}, "delivered_on"),
        ({"delivered_on": "yesterday"}, "delivered_on"),
        ({"delivered_on": today(-1), "exchanged_on": today(-2)}, "exchanged_on"),
        ({"exchanged_on": today(-2)}, "delivered_on"),
        ({"delivered_on": today(-9), "begun_1": today(-2), "ended_1": today(-3)}, "ended_1"),
        ({"delivered_on": today(-9), "ended_2": today(-3)}, "begun_2"),
        ({"category": "sofa"}, "category"),
    ],
)
def test_days_that_do_not_fit_together_are_said_at_their_field(order, asked, field):
    """LAW-6: nothing typed is lost."""
    shown = seat().get(page(order, **({"category": ""} | asked)))
    assert shown.status_code == 422
    assert list(shown.context["form"].errors) == [field]
    assert shown.context["answer"] is None
    for value in asked.values():
        assert field == "category" or f'value="{value}"' in shown.content.decode()


@pytest.mark.parametrize(
    ("line", "category"),
    [
        (phone(), "phone"),
        (factories.line(category="手机电池"), "battery"),
        (factories.line(category="手机壳 硅胶"), "phone_case"),
        (factories.line(category="蓝牙耳机"), "bluetooth_headset"),
        (factories.line(category="Charger"), "charger"),
        (factories.line(category="数码配件"), "electronics"),
        (phone(gift=True), "gift"),
        (factories.line(category="tea"), None),
        (factories.line(category=""), None),
    ],
)
def test_the_longest_word_that_a_category_begins_with_decides(line, category):
    """WAR-1: a phone's battery is no phone, and a phone given as a gift has nothing."""
    order = factories.make_order(None, line, sign=True)
    [found] = staff_caller().get(f"/orders/{order.order_no}/warranty").json()["lines"]
    assert found["category"] == category
    nothing = category in (None, "gift", "phone_case")
    assert (found["entitlements"][0]["what"] == "none") is nothing


def test_what_is_not_signed_for_has_nothing_yet():
    """WAR-1"""
    order = factories.make_order(None, phone(), ship=True)
    [line] = staff_caller().get(f"/orders/{order.order_no}/warranty").json()["lines"]
    assert (line["delivered_on"], line["entitlements"][0]["what"]) == (None, "none")
    assert seat().get(page(order)).status_code == 200


def test_an_exchange_through_a_request_is_known(order):
    """LAW-6: its end is filled in, and the warranty starts anew from there."""
    refund = exchanged(order)
    shown = seat().get(page(order))
    ended = clock.shanghai_day(refund.finished_at)
    assert shown.context["answer"].facts.exchanged_on == ended
    assert f'name="exchanged_on" value="{ended}"' in shown.content.decode()
    assert "LAW-6" in shown.content.decode()


def test_an_exchange_that_is_under_way_or_refused_starts_nothing(order):
    """LAW-6"""
    factories.make_exchange(order)
    assert seat().get(page(order)).context["answer"].facts.exchanged_on is None


def test_the_new_serial_number_of_an_exchange_dates_it_too(order):
    """LAW-6, WAR-2: one that came about without a request."""
    line = order.lines.select_related("order").get()
    asked = {"line": line, "kind": "imei", "actor": factories.staff()}
    services.serial_record(serial=IMEI, why="sold", **asked)
    assert seat().get(page(order)).context["answer"].facts.exchanged_on is None
    services.serial_record(serial=NEW, why="exchanged", **asked)
    shown = seat().get(page(order))
    assert shown.context["answer"].facts.exchanged_on.isoformat() == today()
    assert IMEI in shown.content.decode()
    assert NEW in shown.content.decode()


@pytest.mark.parametrize("signed", [2, -2])
def test_a_day_of_signing_that_does_not_fit_the_others_breaks_nothing(signed):
    """LAW-6: exchanged before the platform says that it was signed for, or the other way round."""
    order = factories.make_order(None, phone(serial_no=IMEI), ship=True)
    line = order.lines.select_related("order").get()
    services.serial_record(line=line, kind="imei", serial=NEW, why="exchanged", actor=factories.staff())
    Order.objects.filter(pk=order.pk).update(signed_at=clock.now() + timedelta(days=signed))
    facts = seat().get(page(order)).context["answer"].facts
    days = (facts.delivered_on.isoformat(), facts.exchanged_on.isoformat())
    assert days == (today(min(signed, 0)), today())


def test_the_day_of_an_exchange_before_the_delivery_is_left_out():
    """LAW-6"""
    order = factories.make_order(None, phone(serial_no=IMEI), ship=True)
    line = order.lines.select_related("order").get()
    with clock.at(clock.now() - timedelta(days=5)):
        services.serial_record(line=line, kind="imei", serial=NEW, why="exchanged", actor=factories.staff())
    Order.objects.filter(pk=order.pk).update(signed_at=clock.now())
    facts = seat().get(page(order)).context["answer"].facts
    assert (facts.delivered_on.isoformat(), facts.exchanged_on) == (today(), None)


def dialog(order, **fields):
    given = {"why": "sold", "unit": "1", "kind": "imei", "serial": IMEI, "old": "", "form_token": "t1"}
    return f"/warranty/{order.order_no}/1/serial/?shop={order.shop.code}", given | fields


def test_the_dialog_records_a_number_once(order):
    """WAR-2: sent twice, recorded once."""
    client = seat(Role.WAREHOUSE, order.shop)
    assert 'value="imei"' in client.get(dialog(order)[0]).content.decode()
    for _twice in range(2):
        answer = client.post(*dialog(order), headers={"HX-Request": "true"})
        assert answer.status_code == 204
    assert [row.serial for row in SerialNumber.objects.all()] == [IMEI]


def test_a_wrong_check_digit_is_said_and_what_was_typed_stays(order):
    """WAR-2"""
    answer = seat().post(*dialog(order, serial="490154203237519"), headers={"HX-Request": "true"})
    assert answer.status_code == 422
    assert "This is no IMEI" in answer.content.decode()
    assert "490154203237519" in answer.content.decode()
    assert not SerialNumber.objects.exists()


def test_the_nearest_service_point_is_told(order):
    """WAR-3: the order goes to Chengdu."""
    rows = (("四川", "成都", "春熙服务店"), ("四川", "绵阳", "绵阳服务店"), ("浙江", "杭州", "西湖服务店"))
    for province, city, name in rows:
        ServicePoint.objects.create(province=province, city=city, name=name, address="1 号", phone="1")
    shown = seat().get(page(order)).content.decode()
    assert [name for _province, _city, name in rows if name in shown] == ["春熙服务店"]


def test_lines_and_shops_that_are_not_there_are_not_found(order):
    assert seat().get(page(order, "2")).status_code == 404
    assert seat().get(page(order, "%00")).status_code == 404
    assert seat(Role.AGENT, factories.make_shop()).get(page(order)).status_code == 404


@pytest.mark.parametrize("many", [1, 30])
def test_rest_costs_the_same_number_of_statements_for_any_number_of_lines(many):
    """WAR-1"""
    lines = [phone(line_no=str(number)) for number in range(many)]
    order = factories.make_order(None, *lines, sign=True)
    caller = shop_caller(order.shop)
    caller.get(f"/orders/{order.order_no}/warranty")
    with statements() as seen:
        answer = caller.get(f"/orders/{order.order_no}/warranty")
    assert len(answer.json()["lines"]) == many
    assert len(seen) <= 8


def test_rest_tells_what_there_is_and_why(order):
    """WAR-1"""
    line = order.lines.select_related("order").get()
    services.serial_record(line=line, kind="imei", serial=IMEI, why="sold", actor=factories.staff())
    [told] = shop_caller(order.shop).get(f"/orders/{order.order_no}/warranty").json()["lines"]
    assert [(one["what"], one["until"]) for one in told["entitlements"]][:2] == [
        ("return", today(7)),
        ("exchange", today(7)),
    ]
    assert [(row["serial"], row["superseded_at"]) for row in told["serial_numbers"]] == [(IMEI, None)]
