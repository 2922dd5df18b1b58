"""Service sheets over REST, and what the front-end is told of them (SVC, WAR-2)."""

from datetime import timedelta

import pytest

from aftersales.core import clock, events
from aftersales.core.models import Role, WebhookDelivery
from service import services
from service.models import ServiceSheet
from tests import factories
from tests.helpers import statements, unchanged
from tests.rest import shop_caller, staff_caller
from tests.service.test_service import out_of_warranty, sent

pytestmark = pytest.mark.django_db


@pytest.fixture
def order():
    return factories.make_order(None, factories.line(quantity=1), ship=True)


def asked(order, **more):
    return {"order_no": order.order_no, "line_no": "1", "text": "屏幕不亮"} | more


def test_the_front_end_reports_and_accepts_the_engineer_repairs(order):
    """SVC-2: from the report to the archive, once for one key."""
    shop, agent, boss = shop_caller(order.shop), staff_caller(), staff_caller(Role.SUPERVISOR)
    made = shop.post("/service-records", asked(order), key="k1")
    assert made.status_code == 201, made.json()
    assert shop.post("/service-records", asked(order), key="k1").json()["sheet_no"] == made.json()["sheet_no"]
    at = f"/service-records/{made.json()['sheet_no']}"
    assert agent.post(f"{at}/bill", {}).status_code == 403
    assert boss.post(f"{at}/bill", {}).json()["charge"] == "paid"
    engineer = factories.make_user(Role.WAREHOUSE, order.shop)
    soon = (clock.now() + timedelta(hours=2)).isoformat()
    assert agent.post(f"{at}/assign", {"engineer": engineer.username, "visit_at": soon}).status_code == 200
    agent.post(f"{at}/set-out", {})
    lines = [{"kind": "parts", "text": "屏幕", "quantity": 2, "unit_fen": 24_000}]
    quoted = agent.post(f"{at}/quote", {"diagnosis": "屏幕", "lines": lines}).json()
    assert (quoted["quoted_fen"], quoted["quotes"][0]["lines"][0]["amount_fen"]) == (48_000, 48_000)
    assert shop.post(f"{at}/accept", {"by": "李雷", "how": "online"}).json()["status"] == "accepted"
    agent.post(f"{at}/repair", {"diagnosis": "屏幕", "work": "更换"})
    assert agent.post(f"{at}/pay", {"paid_fen": 1, "paid_by": "cash"}).status_code == 422
    assert agent.post(f"{at}/pay", {"paid_fen": 48_000, "paid_by": "cash"}).json()["status"] == "paid"
    agent.post(f"{at}/finish", {"invoice_wanted": False})
    assert agent.post(f"{at}/archive", {}).json()["status"] == "archived"
    assert [row["result"] for row in shop.get("/service-records?status=archived").json()["results"]] == ["repaired"]
    assert ServiceSheet.objects.count() == 1


def test_what_stays_inside_is_not_told_to_the_front_end():
    """SVC-2, LAW-7: who is the engineer, that somebody asked to do it free, whom to see and where."""
    sheet = out_of_warranty()
    sheet = services.sheet_ask_free(sheet=sheet, actor=factories.staff(), reason="Secret reasons")
    told = shop_caller(sheet.shop).get(f"/service-records/{sheet.sheet_no}")
    assert (told.json()["charge"], told.json()["engineer"]) == ("open", None)
    assert [entry["action"] for entry in told.json()["history"]] == ["file"]
    staff = staff_caller().get(f"/service-records/{sheet.sheet_no}")
    assert staff.json()["charge"] == "asked"
    for answer in (told, staff):
        assert "13800001234" not in answer.content.decode()
    assert "Secret" not in told.content.decode()


def test_a_webhook_hears_what_a_buyer_waits_for():
    """SVC-2."""
    sheet = out_of_warranty()
    factories.make_webhook(sheet.shop, types=["service.*"])
    sheet = services.sheet_bill(sheet=sheet, actor=factories.staff(Role.SUPERVISOR))
    sent(sheet, factories.staff())
    while events.deliver():
        continue
    told = [one.topic for one in WebhookDelivery.objects.order_by("id")]
    assert [topic for topic in told if topic != "service.filed"] == ["service.assigned", "service.on_the_way"]


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"text": ""}, "text"),
        ({"unit": 9}, "unit"),
        ({"unit": 10**20}, "unit"),
        ({"way": "boat"}, "way"),
        ({"unheard_of": 1}, "unheard_of"),
    ],
)
def test_what_is_wrong_is_told_at_its_field(order, given, field):
    """SVC-2."""
    with unchanged():
        answer = shop_caller(order.shop).post("/service-records", asked(order, **given), key="k")
    assert answer.status_code == 422, answer.json()
    assert [error["field"] for error in answer.json()["errors"]] == [field]


def test_a_line_that_is_not_there_a_foreign_shop_and_a_stale_version_are_told(order):
    """SVC-2."""
    shop = shop_caller(order.shop)
    assert shop.post("/service-records", asked(order, line_no="77"), key="a").status_code == 404
    at = f"/service-records/{factories.make_sheet(order).sheet_no}"
    assert shop_caller(factories.make_shop()).get(at).status_code == 404
    with unchanged():
        assert staff_caller(Role.SUPERVISOR).post(f"{at}/bill", {"version": 7}).status_code == 412


def test_the_list_costs_the_same_with_one_and_with_fifty():
    shop = factories.make_shop()
    caller = staff_caller()

    def one_more() -> None:
        factories.make_sheet(factories.make_order(shop, factories.phone_line(), sign=True))

    one_more()
    caller.get("/service-records?limit=50")
    with statements() as one:
        caller.get("/service-records?limit=50")
    for _each in range(49):
        one_more()
    with statements() as fifty:
        assert caller.get("/service-records?limit=50").status_code == 200
    assert len(one) == len(fifty)
