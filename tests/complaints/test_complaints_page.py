"""Complaints in the console: the list, one complaint with the basics on it, its dialogs, the order's page (CMP-1)."""

from datetime import timedelta

import pytest
from django.test import Client

from aftersales.core import clock
from aftersales.core.models import Role
from complaints import services
from complaints.models import Complaint
from refunds import services as refunds
from tests import factories
from tests.helpers import statements, unchanged

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop():
    return factories.make_shop()


def seat(role, shop) -> Client:
    client = Client(HTTP_ACCEPT_LANGUAGE="en")
    client.force_login(factories.make_user(role, shop))
    return client


def filed(shop, **fields) -> Complaint:
    return factories.make_complaint(factories.make_order(shop, sign=True), **fields)


def test_each_role_comes_to_what_waits_for_it_the_first_due_at_the_top(shop):
    """CMP-1: the agent to what is to be answered, the supervisor to what was handed up."""
    late = filed(shop, reply_due_at=clock.now() + timedelta(days=5))
    soon = filed(shop, reply_due_at=clock.now() + timedelta(hours=5), reference="TS77")
    up = services.complaint_escalate(complaint=filed(shop), actor=factories.staff(), reason="x")
    agent, supervisor = seat(Role.AGENT, shop), seat(Role.SUPERVISOR, shop)
    assert [row.pk for row in agent.get("/complaints/").context["rows"]] == [soon.pk, late.pk]
    shown = supervisor.get("/complaints/")
    assert [row.pk for row in shown.context["rows"]] == [up.pk]
    counts = {tab["key"]: tab["count"] for tab in shown.context["tabs"]}
    assert counts == {"reply": 2, "escalated": 1, "judge": 0, "late": 0, "answered": 0, "closed": None}
    for number in (soon.complaint_no, soon.reference, soon.order.order_no):
        assert [row.pk for row in agent.get(f"/complaints/?q={number}").context["rows"]] == [soon.pk]
    assert "No complaint has this number" in agent.get("/complaints/?q=nowhere").content.decode()


@pytest.mark.parametrize("tab", ["reply", "closed"])
def test_the_list_costs_the_same_with_one_and_with_fifty(shop, tab):
    agent = seat(Role.AGENT, shop)

    def one_more() -> None:
        complaint = filed(shop)
        if tab == "closed":
            services.complaint_withdraw(complaint=complaint, actor=factories.staff())

    one_more()
    agent.get(f"/complaints/?tab={tab}")
    with statements() as one:
        agent.get(f"/complaints/?tab={tab}")
    for _each in range(49):
        one_more()
    with statements() as fifty:
        assert len(agent.get(f"/complaints/?tab={tab}").context["rows"]) == 50
    assert len(one) == len(fifty)


def test_the_basics_are_on_the_page(shop):
    """CMP-1: signed date, hot seller, what was asked for, the chat, and what the buyer complained of before."""
    order = factories.make_order(shop, factories.line(hot_seller=True, seven_day_return=True), sign=True)
    refund = factories.make_refund(order, goods_status="received", reason="quality", kind="refund_only")
    refunds.message_write(refund=refund, actor=factories.staff(), text="We are sorry for the cup")
    factories.make_complaint(order)
    complaint = factories.make_complaint(order)
    shown = seat(Role.AGENT, shop).get(f"/complaints/{complaint.complaint_no}/")
    page, text = shown.context["page"], shown.content.decode()
    assert (page.is_hot, page.has_seven_days, page.days_since_signed) == (True, True, 0)
    assert (page.others, page.buyer_requests) == (1, 1)
    for said in ("We are sorry for the cup", refund.refund_no, "0 days ago", "1 other complaint"):
        assert said in text


def test_a_page_costs_the_same_whatever_happened(shop):
    agent = seat(Role.AGENT, shop)
    complaint = filed(shop)
    at = f"/complaints/{complaint.complaint_no}/"
    agent.get(at)
    with statements() as before:
        agent.get(at)
    for _each in range(5):
        complaint = services.complaint_reply(complaint=complaint, actor=factories.staff(), text="x")
        factories.make_complaint(complaint.order)
    with statements() as after:
        agent.get(at)
    assert len(before) == len(after)


def test_from_the_orders_page_to_the_end(shop):
    """CMP-1: recorded once, replied to, called malicious, approved by another, closed."""
    order = factories.make_order(shop, sign=True)
    agent, supervisor = seat(Role.AGENT, shop), seat(Role.SUPERVISOR, shop)
    assert 'data-action="order-complaint"' in agent.get(f"/orders/{order.order_no}/").content.decode()
    new = f"/complaints/new/?order={order.order_no}&shop={shop.code}"
    typed = {"form_token": "once-1", "source": "platform", "problem": "quality", "text": "It leaks"}
    for _twice in range(2):
        assert agent.post(new, typed, follow=True).status_code == 200
    complaint = Complaint.objects.get()
    at = f"/complaints/{complaint.complaint_no}/"
    assert complaint.complaint_no in agent.get(f"/orders/{order.order_no}/").content.decode()
    agent.post(f"{at}malicious/", {"version": 1, "reasons": "Same photo at five shops"})
    assert 'data-action="complaint-confirm"' not in agent.get(at).content.decode()
    assert 'data-action="complaint-confirm"' in supervisor.get(at).content.decode()
    assert [row.pk for row in supervisor.get("/complaints/?tab=judge").context["rows"]] == [complaint.pk]
    supervisor.post(f"{at}malicious/approve/", {"version": 2})
    agent.post(f"{at}reply/", {"version": 3, "text": "The photo is of another shop"})
    agent.post(f"{at}close/", {"version": 4, "result": "rejected"})
    complaint = Complaint.objects.get()
    assert (complaint.status, complaint.result, complaint.malice) == ("closed", "rejected", "confirmed")
    shown = agent.get(at)
    assert "The photo is of another shop" in shown.content.decode()
    assert [step["state"] for step in shown.context["page"].steps] == ["done", "done", "done"]


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"text": ""}, "text"),
        ({"source": "neighbour"}, "source"),
        ({"problem": ""}, "problem"),
        ({"reply_due_at": "tomorrow"}, "reply_due_at"),
        ({"reply_due_at": "2199-01-01T00:00"}, "reply_due_at"),
        ({"text": "x" * 2001}, "text"),
    ],
)
def test_what_is_wrong_is_told_at_its_field_and_nothing_typed_is_lost(shop, typed, field):
    """CMP-1."""
    order = factories.make_order(shop, sign=True)
    given = {"form_token": "t", "source": "other", "problem": "service", "text": "Rude", "reference": "TS5"}
    with unchanged():
        answer = seat(Role.AGENT, shop).post(f"/complaints/new/?order={order.order_no}", given | typed)
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert answer.context["form"]["reference"].value() == "TS5"


def test_a_reply_that_is_too_long_comes_back_as_it_was(shop):
    """CMP-1: brief and to the point."""
    at = f"/complaints/{filed(shop).complaint_no}/reply/"
    with unchanged():
        answer = seat(Role.AGENT, shop).post(at, {"version": 1, "text": "很" * 501})
    assert answer.status_code == 422
    assert answer.context["form"]["text"].value() == "很" * 501


def test_more_than_an_agents_limit_is_told_with_the_limit(shop):
    """CMP-1."""
    at = f"/complaints/{filed(shop).complaint_no}/settle/"
    with unchanged():
        answer = seat(Role.AGENT, shop).post(at, {"version": 1, "settlement": "Money", "amount_fen": "200.01"})
    assert "at most ¥200" in answer.content.decode()


def test_a_page_that_was_overtaken_is_told_so(shop):
    """CMP-1: two people at one complaint."""
    complaint = filed(shop)
    services.complaint_escalate(complaint=complaint, actor=factories.staff(), reason="x")
    with unchanged():
        answer = seat(Role.SUPERVISOR, shop).post(
            f"/complaints/{complaint.complaint_no}/reply/", {"version": 1, "text": "Sorry"}
        )
    assert answer.status_code == 412
