"""The list of tickets: whose turn it is, the next due first, filtered, at a fixed price (TKT-1, TKT-2)."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from aftersales.core import clock, events, sweeps
from aftersales.core.auth import Actor
from aftersales.core.models import Role
from tests import factories
from tests.helpers import statements
from tests.pages import rows, sign_in, warm, words
from tickets import services
from tickets.models import Notification, Ticket
from tickets.selectors import deadlines

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


@pytest.fixture
def shop():
    return factories.make_shop()


@pytest.fixture
def client():
    return Client(HTTP_ACCEPT_LANGUAGE="en")


@pytest.fixture
def me(client, shop):
    return sign_in(client, Role.AGENT, shop)


def opened(shop, owner, **given) -> Ticket:
    return factories.make_ticket(factories.make_order(shop), Actor.for_user(owner), **given)


def waiting(ticket, who, hours=5):
    actor, due = Actor.for_user(ticket.owner), clock.now() + hours * HOUR
    return services.ticket_wait(ticket=ticket, actor=actor, waiting_for=who, next_step="等回复", due_at=due)


def test_each_tab_shows_what_stands_there_the_next_due_first(client, me, shop):
    """TKT-1, TKT-2."""
    later, sooner = opened(shop, me), opened(shop, me, priority="urgent")
    colleague = factories.make_user(Role.AGENT, shop)
    theirs, waits = opened(shop, colleague, priority="low"), waiting(opened(shop, colleague), "warehouse")
    solved = services.ticket_resolve(ticket=opened(shop, me), actor=Actor.for_user(me), resolution="已补发")
    wanted = {
        "": [sooner, later],
        "mine": [sooner, later],
        "todo": [sooner, later, theirs],
        "waiting": [waits],
        "late": [],
        "solved": [solved],
        "all": [solved, waits, theirs, sooner, later],
        "nonsense": [sooner, later],
        "ours": [sooner, later],
    }
    for tab, tickets in wanted.items():
        assert rows(client.get(f"/tickets/?tab={tab}")) == [ticket.ticket_no for ticket in tickets], tab
    counts = {tab["key"]: tab["count"] for tab in client.get("/tickets/").context["tabs"]}
    assert counts == {"mine": 2, "todo": 3, "waiting": 1, "late": 0, "solved": None, "all": None}


def test_what_was_not_done_in_time_stands_in_red_on_a_tab_of_its_own(client, me, shop, time_machine):
    """TKT-2."""
    ticket = opened(shop, me, priority="urgent")
    time_machine.move_to(ticket.due_at + HOUR)
    sweeps.sweep()
    shown = client.get("/tickets/?tab=late")
    assert rows(shown) == [ticket.ticket_no]
    assert '<span class="failed" title="TKT-2">' in shown.content.decode()


@pytest.mark.parametrize("role", [Role.WAREHOUSE, Role.FINANCE])
def test_who_is_waited_for_begins_with_what_waits_for_him(client, shop, role):
    agent = factories.make_user(Role.AGENT, shop)
    mine, _other = waiting(opened(shop, agent), role), waiting(opened(shop, agent), "carrier")
    sign_in(client, role, shop)
    shown = client.get("/tickets/")
    assert rows(shown) == [mine.ticket_no]
    assert [area["count"] for area in shown.context["nav"] if area["key"] == "tickets"] == [1]


def test_a_supervisor_is_told_of_his_own_tickets_and_of_those_that_wait_for_him(client, shop):
    boss, agent = sign_in(client, Role.SUPERVISOR, shop), factories.make_user(Role.AGENT, shop)
    opened(shop, boss)
    opened(shop, agent)
    waiting(opened(shop, boss), "buyer")
    for_him = waiting(opened(shop, agent), "supervisor")
    shown = client.get("/tickets/?tab=ours")
    assert rows(shown) == [for_him.ticket_no]
    assert [area["count"] for area in shown.context["nav"] if area["key"] == "tickets"] == [2]


def test_filters_narrow_a_tab_and_are_taken_off_one_by_one(client, me, shop):
    other = factories.make_shop()
    me.shops.add(other)
    a = opened(shop, me, kind="invoice", priority="urgent")
    b = opened(other, me, kind="logistics")
    c = waiting(opened(shop, me, kind="logistics"), "buyer")
    for asked, tickets in {
        "kind=logistics": [c, b],
        "kind=logistics&kind=invoice": [a, c, b],
        "priority=urgent": [a],
        "waiting_for=buyer": [c],
        f"shop={other.code}": [b],
        "kind=nonsense": [a, c, b],
        "kind=logistics&priority=urgent": [],
    }.items():
        assert rows(client.get(f"/tickets/?tab=mine&{asked}")) == [one.ticket_no for one in tickets], asked
    for owner, tickets in {me.username: [a, b], "none": []}.items():
        assert rows(client.get(f"/tickets/?tab=todo&owner={owner}")) == [one.ticket_no for one in tickets]
    chips = client.get("/tickets/?tab=mine&kind=logistics&kind=invoice").context["chips"]
    assert [chip["remove_url"] for chip in chips] == ["?tab=mine&kind=invoice", "?tab=mine&kind=logistics"]
    assert "Clear the filters" in words(client.get("/tickets/?tab=mine&kind=warranty"))


def test_a_whole_number_leads_to_its_tickets(client, me, shop):
    ticket = opened(shop, me)
    opened(shop, me)
    for asked in (ticket.ticket_no, ticket.ticket_no.lower(), ticket.order.order_no):
        assert rows(client.get(f"/tickets/?q={asked}")) == [ticket.ticket_no]
    assert "No ticket has this number" in words(client.get("/tickets/?q=TK404"))


def test_the_one_search_field_opens_a_ticket_by_its_number(client, me, shop):
    ticket, foreign = opened(shop, me), factories.make_ticket()
    assert client.get(f"/search/?q={ticket.ticket_no.lower()}").headers["Location"] == f"/tickets/{ticket.ticket_no}/"
    assert client.get(f"/search/?q={foreign.ticket_no}").status_code == 200
    sign_in(client, Role.GOODS, shop)
    assert client.get(f"/search/?q={ticket.ticket_no}").status_code == 200, "its page is not open to this role"


def test_of_a_foreign_shop_nothing_is_listed_or_found(client, me):
    foreign = factories.make_ticket()
    for asked in ("tab=all", f"q={foreign.ticket_no}"):
        assert rows(client.get(f"/tickets/?{asked}")) == []


def test_the_list_costs_the_same_with_one_and_with_fifty(client, me, shop):
    opened(shop, me)
    warm(client, "/tickets/")
    with statements() as one:
        client.get("/tickets/")
    for _each in range(50):
        opened(shop, me)
    with statements() as fifty:
        shown = client.get("/tickets/")
    assert len(rows(shown)) == 50
    assert len(one) == len(fifty)
    following = client.get(f"/tickets/{shown.context['page'].next_url}")
    assert len(rows(following)) == 1
    assert not set(rows(following)) & set(rows(shown))


def test_news_and_deadlines_lead_to_the_ticket(client, me, shop):
    """TMO-17."""
    boss = factories.make_user(Role.SUPERVISOR, shop)
    ticket = opened(shop, boss)
    services.ticket_assign(ticket=ticket, actor=Actor.for_user(boss), owner=me, note="接一下")
    while events.deliver():
        continue
    address = reverse("tickets:ticket", args=[ticket.ticket_no])
    told = client.get(f"/notifications/{Notification.objects.get(user=me).pk}/")
    assert told.headers["Location"] == address
    [row] = deadlines.deadline_rows(list(deadlines.deadlines_soon(Actor.for_user(me), "shop")))
    assert row["url"] == address
