"""The page of one ticket: what comes next, one timeline of everything, and the steps that are possible (TKT)."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from aftersales.core import clock, errors, events
from aftersales.core.auth import Actor
from aftersales.core.models import Role
from aftersales.core.templatetags.console import iso
from refunds import services as refunds
from tests import factories
from tests.helpers import statements, unchanged
from tests.pages import sign_in, warm, words
from tickets import services
from tickets.models import Ticket, TicketLink
from tickets.selectors.ticket_page import ticket_page
from tickets.services import About

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


@pytest.fixture
def ticket(shop, me):
    return factories.make_ticket(factories.make_order(shop, ship=True), Actor.for_user(me))


def at(ticket) -> str:
    return f"/tickets/{ticket.ticket_no}/"


def said(actor, ticket) -> list[tuple[str, str]]:
    return [(entry["text"], entry["note"]) for entry in ticket_page(actor, ticket.ticket_no).timeline]


def test_the_head_says_whose_it_is_what_comes_next_and_by_when(client, me, ticket):
    """TKT-1, TKT-2."""
    shown = client.get(at(ticket))
    text = words(shown)
    for word in (
        ticket.ticket_no,
        ticket.title,
        ticket.next_step,
        str(me),
        "Logistics",
        "Normal",
        ticket.order.order_no,
    ):
        assert word in text
    assert f'<time datetime="{iso(ticket.due_at)}" data-due data-against-shop' in " ".join(
        shown.content.decode().split()
    )
    assert ticket.order.buyer.nick not in text


def test_one_timeline_has_steps_words_contacts_promises_and_what_was_linked(me, ticket):
    """TKT-1, TKT-4: the latest first."""
    actor, order = Actor.for_user(me), ticket.order
    refund = factories.make_refund(order)
    services.ticket_link(ticket=ticket, actor=actor, about=About(refunds=[refund], parcels=[order.parcels.get()]))
    services.ticket_note(ticket=ticket, actor=actor, text="圆通说明天派送", form="phone", reached=False)
    services.ticket_reply(ticket=ticket, actor=actor, text="明天给您回复")
    promise = services.ticket_promise(ticket=ticket, actor=actor, what="明天回电", due_at=clock.now() + HOUR)
    services.ticket_wait(
        ticket=ticket, actor=actor, waiting_for="carrier", next_step="等圆通", due_at=clock.now() + HOUR, note="已登记"
    )
    services.task_done(task=promise, actor=actor)
    refunds.message_write(refund=refund, actor=factories.buyer(order.shop), text="到哪了?")
    found = said(actor, ticket)
    texts = [text for text, _note in found]
    assert ("waits for: Carrier", "Next: 等圆通\n已登记") in found
    assert ("called the buyer: not reached", "圆通说明天派送") in found
    assert ("answered the buyer", "明天给您回复") in [(text, note.split("\n")[0]) for text, note in found]
    assert ("kept the promise", "明天回电") in found
    assert ("wrote", "到哪了?") in found
    assert any(text.startswith("Promised to the buyer, by") for text in texts)
    assert any(refund.refund_no in text for text in texts)
    assert texts[-1] != texts[0]
    things = ticket_page(actor, ticket.ticket_no).things
    assert [(one["number"], bool(one["url"])) for one in things] == [
        (refund.refund_no, True),
        (f"圆通速递 {order.parcels.get().tracking_no}", False),
    ]


def test_claims_invoices_and_complaints_are_on_the_page_and_in_its_timeline(client, shop, me, ticket):
    """TKT-1: whoever may not open one sees number and state."""
    actor, order = Actor.for_user(me), ticket.order
    claim, invoice = factories.make_claim(order), factories.make_invoice(order)
    complaint, payout = factories.make_complaint(order), factories.make_payout(order)
    about = About(claims=[claim], invoices=[invoice], complaints=[complaint], payouts=[payout])
    services.ticket_link(ticket=ticket, actor=actor, about=about)
    numbers = [payout.payout_no, claim.claim_no, invoice.request_no, complaint.complaint_no]
    page = ticket_page(actor, ticket.ticket_no)
    assert [one["number"] for one in page.things] == numbers
    assert all(client.get(one["url"]).status_code == 200 for one in page.things)
    texts = [text for text, _note in said(actor, ticket)]
    assert all(any(number in text for text in texts) for number in numbers)
    keeper = factories.staff(Role.WAREHOUSE, shop)
    assert [bool(one["url"]) for one in ticket_page(keeper, ticket.ticket_no).things] == [False, True, False, False]


def test_a_link_is_about_one_thing_of_the_order(me, ticket):
    """The database is the last guard."""
    actor = Actor.for_user(me)
    with pytest.raises(errors.NotFound), unchanged():
        services.ticket_link(ticket=ticket, actor=actor, about=About(invoices=[factories.make_invoice()]))
    claim, invoice = factories.make_claim(ticket.order), factories.make_invoice(ticket.order)
    for things in ({}, {"claim": claim, "invoice": invoice}):
        with pytest.raises(IntegrityError, match="ticket_link_is_one_thing"), transaction.atomic():
            TicketLink.objects.create(ticket=ticket, created_at=clock.now(), created_by="x", **things)


def test_the_ticket_of_a_request_leads_there_and_offers_no_step_of_its_own(client, shop, me):
    """ADR 24."""
    refund = factories.make_refund(factories.make_order(shop))
    while events.deliver():
        continue
    ticket = Ticket.objects.get(refund=refund)
    page = ticket_page(Actor.for_user(me), ticket.ticket_no)
    assert {one["action"] for one in page.actions} == {"assign"}
    assert f'href="/requests/{refund.refund_no}/"' in client.get(at(ticket)).content.decode()
    for role in (Role.WAREHOUSE, Role.FINANCE):
        actor = Actor.for_user(factories.make_user(role, shop))
        assert ticket_page(actor, ticket.ticket_no).actions == []


def test_a_colleague_s_ticket_says_why_it_is_not_given_away(shop, ticket):
    """TKT-1."""
    actor = Actor.for_user(factories.make_user(Role.AGENT, shop))
    [entry] = [one for one in ticket_page(actor, ticket.ticket_no).actions if one["action"] == "assign"]
    assert (entry["allowed"], entry["rule"]) == (False, "TKT-1")


def test_a_solved_ticket_says_how_and_can_be_reopened_or_closed(client, me, ticket):
    services.ticket_resolve(ticket=ticket, actor=Actor.for_user(me), resolution="已签收,买家满意")
    shown = client.get(at(ticket))
    assert "已签收,买家满意" in words(shown)
    page = ticket_page(Actor.for_user(me), ticket.ticket_no)
    assert [one["action"] for one in page.actions] == ["reopen", "close"]


def test_a_double_and_what_took_it_in_lead_to_each_other(client, me, ticket):
    actor = Actor.for_user(me)
    other = factories.make_ticket(ticket.order, actor, title="同一件事")
    services.ticket_merge(ticket=other, into=ticket, actor=actor)
    assert f'href="{at(ticket)}"' in client.get(at(other)).content.decode()
    assert f'href="{at(other)}"' in client.get(at(ticket)).content.decode()


@pytest.mark.parametrize("role", [Role.WAREHOUSE, Role.FINANCE, Role.SUPERVISOR])
def test_every_role_that_works_on_tickets_sees_it(client, shop, ticket, role):
    sign_in(client, role, shop)
    assert client.get(at(ticket)).status_code == 200


def test_that_of_a_foreign_shop_is_not_there(client, me):
    assert client.get(at(factories.make_ticket())).status_code == 404


def test_the_page_costs_the_same_however_much_was_said(client, me, ticket):
    actor, order = Actor.for_user(me), ticket.order
    services.ticket_link(ticket=ticket, actor=actor, about=About(parcels=[order.parcels.get()]))
    services.ticket_link(ticket=ticket, actor=actor, about=About(refunds=[factories.make_refund(order)]))

    def talk(times):
        for number in range(times):
            services.ticket_note(ticket=ticket, actor=actor, text=f"第{number}次")
            services.ticket_promise(ticket=ticket, actor=actor, what="回电", due_at=clock.now() + HOUR)
            services.ticket_plan(ticket=ticket, actor=actor, next_step="再催", due_at=clock.now() + HOUR)

    talk(1)
    warm(client, at(ticket))
    with statements() as few:
        client.get(at(ticket))
    talk(20)
    with statements() as many:
        client.get(at(ticket))
    assert len(few) == len(many)
