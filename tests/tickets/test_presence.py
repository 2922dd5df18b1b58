"""Who is at the desk and who has which case before him, as the pages say and show it (TKT-1, TKT-2)."""

from datetime import timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client

from aftersales.core import clock, events, policies
from aftersales.core.auth import Actor
from aftersales.core.models import Role
from tests import factories
from tests.helpers import unchanged
from tests.pages import press, sign_in, warm, words
from tickets import services
from tickets.models import DeskAgent, Looking, Ticket
from tickets.selectors import looking

pytestmark = pytest.mark.django_db

HERE = "/presence/here/"
PAGE = "/team/assignment/"


@pytest.fixture
def shop():
    return factories.make_shop()


@pytest.fixture
def client():
    return Client(HTTP_ACCEPT_LANGUAGE="en")


def told(client, **sent):
    """What a page is told when it says that it is open."""
    return client.post(HERE, sent).json()


def led(shop):
    """A request with its ticket."""
    refund = factories.make_refund(factories.make_order(shop))
    while events.deliver():
        continue
    return refund, Ticket.objects.get(refund=refund)


def test_an_agent_says_that_he_is_present_and_the_bar_shows_it(client, shop):
    me = sign_in(client, Role.AGENT, shop)
    assert 'data-presence="off"' in client.get("/queue/").content.decode()
    answer = client.post("/presence/", {"presence": "present", "next": "/queue/?tab=all"})
    assert answer.headers["Location"] == "/queue/?tab=all"
    assert DeskAgent.objects.get(pk=me.pk).presence == "present"
    assert 'data-presence="present"' in client.get("/queue/").content.decode()


@pytest.mark.parametrize("presence", ["away", "off"])
def test_who_goes_is_offered_to_hand_over_what_he_has(client, shop, presence):
    """TKT-2."""
    me = sign_in(client, Role.AGENT, shop)
    assert client.post("/presence/", {"presence": presence, "next": "/queue/"}).headers["Location"] == "/queue/"
    factories.make_ticket(factories.make_order(shop), Actor.for_user(me))
    answer = client.post("/presence/", {"presence": presence, "next": "/queue/"}, follow=True)
    assert answer.redirect_chain == [("/tickets/hand-over/", 302)]
    assert "1 ticket is still yours" in words(answer)


@pytest.mark.parametrize("role", [Role.SUPERVISOR, Role.WAREHOUSE, Role.FINANCE])
def test_others_have_no_presence(client, shop, role):
    sign_in(client, role, shop)
    with unchanged():
        assert client.post("/presence/", {"presence": "present"}).status_code == 403
    assert told(client, alive="1")["presence"] is None
    assert "data-presence=" not in client.get("/tickets/").content.decode()


def test_a_sign_of_life_brings_back_who_was_away_by_itself(client, shop):
    me = sign_in(client, Role.AGENT, shop)
    services.presence_set(actor=Actor.for_user(me), presence="present")
    with time_machine.travel(clock.now() + timedelta(hours=1), tick=False):
        services.presence_expire()
        cache.clear()
        assert told(client)["presence"]["value"] == "away"
        assert told(client, alive="1")["presence"] == {"value": "present", "words": "Present"}


def test_a_case_before_somebody_shows_on_request_and_ticket_alike(client, shop):
    """TKT-1: whoever types comes first; oneself is not shown; who is gone is not there any more."""
    refund, ticket = led(shop)
    for typing in (False, True):
        colleague = factories.make_user(Role.AGENT, shop)
        actor = Actor.for_user(colleague)
        services.looking_note(actor=actor, number=ticket.ticket_no if typing else refund.refund_no, typing=typing)
    sign_in(client, Role.AGENT, shop)
    found = told(client, about=refund.refund_no)["others"]
    assert [(set(one["cases"]), one["typing"]) for one in found] == [
        ({refund.refund_no, ticket.ticket_no}, True),
        ({refund.refund_no, ticket.ticket_no}, False),
    ]
    assert found[0]["who"] == str(colleague)
    with time_machine.travel(clock.now() + timedelta(seconds=25), tick=False):
        assert [one["typing"] for one in told(client)["others"]] == [False, False]
    with time_machine.travel(clock.now() + timedelta(seconds=60), tick=False):
        assert told(client)["others"] == []
    with time_machine.travel(clock.now() + timedelta(minutes=11), tick=False):
        assert services.looks_expire() == 3


def test_looking_goes_on_without_forgetting_who_types(shop):
    refund, _ticket = led(shop)
    actor = factories.staff(Role.AGENT, shop)
    services.looking_note(actor=actor, number=refund.refund_no, typing=True)
    services.looking_note(actor=actor, number=refund.refund_no)
    assert Looking.objects.get().typed_at is not None
    assert looking.others_looking(actor) == []


def test_nothing_of_a_foreign_shop_is_noted_or_told(client, shop):
    foreign = factories.make_shop()
    refund, _ticket = led(foreign)
    services.looking_note(actor=factories.staff(Role.AGENT, foreign), number=refund.refund_no)
    sign_in(client, Role.AGENT, shop)
    with unchanged():
        assert client.post(HERE, {"about": refund.refund_no}).status_code == 404
    assert told(client)["others"] == []


@pytest.mark.parametrize("many", [1, 40])
def test_a_word_of_a_page_costs_the_same_number_of_statements(client, shop, many, django_assert_num_queries):
    """Session, user, the case, the look, the others: the list itself asks for nothing."""
    refund, _ticket = led(shop)
    for _number in range(many):
        services.looking_note(actor=factories.staff(Role.AGENT, shop), number=refund.refund_no)
    sign_in(client, Role.AGENT, shop)
    told(client)
    with django_assert_num_queries(5):
        assert len(told(client, about=refund.refund_no)["others"]) == many


def test_supervisors_see_who_is_there_and_why_something_was_not_given(client, shop):
    """TKT-1."""
    led(shop)
    boss = sign_in(client, Role.SUPERVISOR, shop)
    assert "Automatic assignment is switched off for this shop" in words(client.get(PAGE))
    policies.set(key="assign.automatic", value=True, shop=shop, actor=Actor.for_user(boss))
    assert "No agent of this shop is present." in words(client.get(PAGE))
    agent = factories.make_user(Role.AGENT, shop)
    services.presence_set(actor=Actor.for_user(agent), presence="present")
    address = f"{PAGE}{agent.pk}/"
    assert press(client, address, {"kinds": ["exchange"]}).status_code == 204
    assert "Nobody who is present can do this kind" in words(client.get(PAGE))
    assert press(client, address, {"kinds": ["refund"], "shops": [shop.pk], "most_open": "0"}).status_code == 204
    shown = client.get(PAGE)
    assert "Everybody who is present and can do it has reached his limit" in words(shown)
    [row] = shown.context["rows"]
    assert (row["presence"], row["kinds"], row["shops"], row["open"], row["most"]) == (
        "present",
        "Refund",
        shop.name,
        0,
        0,
    )
    assert press(client, address, {"most_open": "1"}).status_code == 204
    assert "Will be given within seconds." in words(client.get(PAGE))
    assert services.tickets_assign() == 1
    assert "Everything that is ours to do has an owner" in words(client.get(PAGE))
    ticket = Ticket.objects.get()
    assert f"gave it to {agent} by itself" in words(client.get(f"/tickets/{ticket.ticket_no}/"))


def test_agents_of_other_shops_are_not_on_the_page(client, shop):
    stranger = factories.make_user(Role.AGENT, factories.make_shop())
    sign_in(client, Role.SUPERVISOR, shop)
    assert client.get(PAGE).context["rows"] == []
    with unchanged():
        assert press(client, f"{PAGE}{stranger.pk}/", {"most_open": "1"}).status_code == 404


@pytest.mark.parametrize("many", [1, 50])
def test_the_page_costs_the_same_number_of_statements(client, shop, many, django_assert_num_queries):
    """Session, user, shops, agents, what they have, what nobody owns."""
    for _number in range(many):
        factories.make_user(Role.AGENT, shop)
        factories.make_refund(factories.make_order(shop))
    while events.deliver():
        continue
    sign_in(client, Role.SUPERVISOR, shop)
    warm(client, PAGE)
    with django_assert_num_queries(6):
        assert len(client.get(PAGE).context["rows"]) == many
