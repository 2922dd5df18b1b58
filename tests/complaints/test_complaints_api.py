"""Complaints over REST (CMP-1)."""

import pytest

from aftersales.core import events
from aftersales.core.models import Role, WebhookDelivery
from complaints import services
from complaints.models import Complaint
from tests import factories
from tests.helpers import unchanged
from tests.rest import shop_caller, staff_caller

pytestmark = pytest.mark.django_db


@pytest.fixture
def order():
    return factories.make_order(sign=True)


def asked(order, **more):
    return {"order_no": order.order_no, "source": "platform", "problem": "quality", "text": "漏水"} | more


def test_the_front_end_records_the_desk_replies_a_supervisor_judges(order):
    """CMP-1: from the record to the end."""
    shop, agent, supervisor = shop_caller(order.shop), staff_caller(), staff_caller(Role.SUPERVISOR)
    made = shop.post("/complaints", asked(order, reference="TS1"), key="k1")
    assert made.status_code == 201, made.json()
    again = shop.post("/complaints", asked(order, reference="TS1"), key="k1")
    assert again.json()["complaint_no"] == made.json()["complaint_no"]
    at = f"/complaints/{made.json()['complaint_no']}"
    assert agent.post(f"{at}/malicious", {"reasons": "以差评要挟"}).json()["malice"] == "asked"
    assert agent.post(f"{at}/malicious/approve", {}).status_code == 403
    assert supervisor.post(f"{at}/malicious/approve", {}).json()["malice"] == "confirmed"
    replied = agent.post(f"{at}/reply", {"text": "已补发"}).json()
    assert (replied["status"], [reply["text"] for reply in replied["replies"]]) == ("answered", ["已补发"])
    assert agent.post(f"{at}/close", {"result": "rejected"}).json()["result"] == "rejected"
    found = shop.get("/complaints?reference=TS1").json()["results"]
    assert [row["status"] for row in found] == ["closed"]
    assert Complaint.objects.count() == 1


def test_what_the_shop_thinks_of_a_complaint_is_not_told_to_the_front_end(order):
    """CMP-1: neither in the document, nor in a list, nor in the history."""
    complaint = factories.make_complaint(order)
    services.complaint_accuse(complaint=complaint, actor=factories.staff(), reasons="Secret reasons")
    shop = shop_caller(order.shop)
    told = shop.get(f"/complaints/{complaint.complaint_no}")
    listed = shop.get("/complaints")
    assert (told.json()["malice"], told.json()["malice_reasons"]) == (None, None)
    assert [entry["action"] for entry in told.json()["history"]] == ["file"]
    for answer in (told, listed):
        assert "Secret" not in answer.content.decode()
    assert staff_caller().get(f"/complaints/{complaint.complaint_no}").json()["malice"] == "asked"


def test_a_webhook_hears_of_the_reply_and_not_of_the_suspicion(order):
    """CMP-1."""
    factories.make_webhook(order.shop, types=["complaint.*"])
    complaint = factories.make_complaint(order)
    complaint = services.complaint_accuse(complaint=complaint, actor=factories.staff(), reasons="Secret reasons")
    services.complaint_reply(complaint=complaint, actor=factories.staff(), text="已补发")
    while events.deliver():
        continue
    told = list(WebhookDelivery.objects.order_by("id"))
    assert [one.topic for one in told] == ["complaint.filed", "complaint.answered"]


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"text": ""}, "text"),
        ({"source": "neighbour"}, "source"),
        ({"problem": None}, "problem"),
        ({"reply_due_at": "tomorrow"}, "reply_due_at"),
        ({"reply_due_at": "2099-01-01T00:00:00Z"}, "reply_due_at"),
        ({"unheard_of": 1}, "unheard_of"),
    ],
)
def test_what_is_wrong_is_told_at_its_field(order, given, field):
    """CMP-1."""
    with unchanged():
        answer = shop_caller(order.shop).post("/complaints", asked(order, **given), key="k")
    assert answer.status_code == 422, answer.json()
    assert [error["field"] for error in answer.json()["errors"]] == [field]


def test_a_long_reply_a_big_settlement_and_a_stale_version_are_told(order):
    """CMP-1."""
    at, agent = f"/complaints/{factories.make_complaint(order).complaint_no}", staff_caller()
    with unchanged():
        assert agent.post(f"{at}/reply", {"text": "x" * 501}).status_code == 422
        big = agent.post(f"{at}/settle", {"settlement": "x", "amount_fen": 20001})
        assert (big.status_code, big.json()["rule"], big.json()["max_fen"]) == (422, "CMP-1", 20000)
        assert agent.post(f"{at}/reply", {"text": "x", "version": 0}).status_code == 412
