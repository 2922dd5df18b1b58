"""Tickets over REST: opened, found, moved; refusals say why, and lists cost the same with one row and with fifty."""

from datetime import timedelta

import pytest

from aftersales.core import clock, events
from aftersales.core.auth import Actor
from aftersales.core.models import Role
from tests import factories
from tests.rest import staff_caller
from tickets.models import Ticket

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop():
    return factories.make_shop()


@pytest.fixture
def agent(shop):
    return staff_caller(Role.AGENT, shop)


def later(hours=3):
    return (clock.now() + timedelta(hours=hours)).isoformat()


def test_a_ticket_goes_its_way(shop, agent):
    """TKT-1, TKT-2, TKT-4: opened, noted, handed on, promised, solved, reopened, closed."""
    order = factories.make_order(shop, ship=True)
    colleague = factories.make_user(Role.AGENT, shop)
    opened = agent.post(
        "/tickets",
        {
            "order_no": order.order_no,
            "kind": "logistics",
            "title": "三天没动",
            "next_step": "催圆通",
            "tracking_nos": ["YT1234567890123"],
        },
    )
    assert opened.status_code == 201
    body = opened.json()
    address = f"/tickets/{body['ticket_no']}"
    assert (body["status"], body["category"], body["owner"]) == ("open", "todo", agent.user.username)
    [link] = body["links"]
    assert {name: number for name, number in link.items() if number} == {"tracking_no": "YT1234567890123"}
    answers = [
        agent.post(f"{address}/note", {"form": "phone", "text": "未接听", "reached": False}),
        agent.post(f"{address}/reply", {"text": "已为您催件"}),
        agent.post(f"{address}/wait", {"waiting_for": "carrier", "next_step": "等查件", "due_at": later()}),
        agent.post(f"{address}/take-up", {"next_step": "回电"}),
        agent.post(f"{address}/plan", {"next_step": "回电买家", "due_at": later(), "priority": "urgent"}),
        agent.post(f"{address}/hand-over", {"owner": colleague.username, "note": "微信回复"}),
        agent.post(f"{address}/resolve", {"resolution": "已派送"}),
        agent.post(f"{address}/reopen", {"next_step": "仍未收到"}),
        agent.post(f"{address}/close", {"resolution": "补发"}),
    ]
    assert [answer.status_code for answer in answers] == [200] * 9
    last = answers[-1].json()
    assert (last["status"], last["category"], last["owner"]) == ("closed", "done", colleague.username)
    assert [note["form"] for note in last["notes"]] == ["phone", "reply", "hand_over"]
    assert [step["action"] for step in last["history"]] == [
        "open",
        "wait",
        "take_up",
        "plan",
        "assign",
        "resolve",
        "reopen",
        "resolve",
        "close",
    ]
    assert agent.post(f"{address}/plan", {"next_step": "x", "due_at": later()}).json()["code"] == (
        "transition_not_allowed"
    )


def test_a_stale_version_and_a_thing_of_another_order_are_refused(shop, agent):
    ticket = factories.make_ticket(factories.make_order(shop), Actor.for_user(agent.user))
    address = f"/tickets/{ticket.ticket_no}"
    stale = agent.post(f"{address}/resolve", {"resolution": "x"}, HTTP_IF_MATCH='"7"')
    assert (stale.status_code, stale.json()["code"]) == (412, "stale_version")
    asked = {"order_no": ticket.order.order_no, "kind": "other", "title": "x", "next_step": "y"}
    wrong = agent.post("/tickets", asked | {"payout_nos": ["PO1"]})
    assert (wrong.status_code, wrong.json()["errors"][0]["field"]) == (422, "payout_nos[0]")
    nobody = agent.post("/tickets", asked | {"owner": "nobody-here"})
    assert nobody.json()["errors"][0]["field"] == "owner"
    assert Ticket.objects.count() == 1


def test_lists_are_narrowed_by_what_a_ticket_says(shop, agent):
    order, actor = factories.make_order(shop), Actor.for_user(agent.user)
    mine = factories.make_ticket(order, actor, priority="urgent")
    other = factories.make_ticket(order, factories.staff(Role.AGENT, shop), kind="invoice")
    factories.make_return(factories.make_order(shop, sign=True))
    while events.deliver():
        continue
    led = Ticket.objects.exclude(refund=None).get()

    def found(**query):
        return [row["ticket_no"] for row in agent.get("/tickets", **query).json()["results"]]

    assert found() == [led.ticket_no, other.ticket_no, mine.ticket_no]
    assert found(owner="me") == [mine.ticket_no]
    assert found(owner="none", category="todo") == [led.ticket_no]
    assert found(kind="invoice,logistics", priority="normal") == [other.ticket_no]
    assert found(due_before=later(5)) == [mine.ticket_no]
    assert found(late="true") == []
    assert found(category="done") == found(status="open", category="waiting") == []
    assert found(refund_no=led.refund.refund_no) == [led.ticket_no]


def test_a_list_costs_the_same_with_one_ticket_and_with_fifty(shop, agent, django_assert_num_queries):
    order, actor = factories.make_order(shop), Actor.for_user(agent.user)
    factories.make_ticket(order, actor)
    agent.get("/tickets")
    for many in (0, 49):
        for _number in range(many):
            factories.make_ticket(order, actor)
        with django_assert_num_queries(2):  # token, tickets
            agent.get("/tickets")
