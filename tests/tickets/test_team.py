"""The team board, its wall, and giving a colleague's cases to another (TMO-17, TKT-1)."""

from datetime import timedelta

import pytest
import time_machine

from aftersales.core import clock
from aftersales.core.auth import Actor
from aftersales.core.models import Deadline, Role
from refunds.models import Refund
from tests import factories
from tests.helpers import unchanged
from tests.pages import sign_in, warm, words
from tickets import services
from tickets.models import Ticket
from tickets.selectors import team

pytestmark = pytest.mark.django_db


def soon(owner, shop):
    """A request of somebody that the clock agrees to in an hour."""
    with time_machine.travel(clock.now() - timedelta(hours=47), tick=False):
        refund = factories.make_refund(factories.make_order(shop))
    return services.refund_assign(refund=refund, actor=factories.staff(Role.SUPERVISOR), assignee=owner)


def row_of(actor, person):
    """One colleague's line of the board."""
    return next(row for row in team.board(actor)["rows"] if row["person"] == person)


def test_the_board_says_what_each_has_and_what_acts_by_itself():
    """TMO-17: the request that is agreed by itself, and the ticket that turns red; only the first costs money."""
    shop = factories.make_shop()
    agent, other = factories.make_user(Role.AGENT, shop), factories.make_user(Role.AGENT, shop)
    refund = soon(agent, shop)
    factories.make_ticket(factories.make_order(shop), Actor.for_user(agent))
    supervisor = factories.staff(Role.SUPERVISOR, shop)
    mine = row_of(supervisor, agent)
    assert (mine["requests"]["n"], mine["tickets"]["n"], mine["late"]) == (1, 1, 0)
    assert (mine["acting"].count, mine["acting"].sum_fen) == (2, refund.amount_fen)
    assert row_of(supervisor, other)["acting"].count == 0


def test_a_late_ticket_and_a_promise_broken_today_show_up():
    """TKT-4: red is what its owner did not do in time."""
    shop = factories.make_shop()
    agent = factories.make_user(Role.AGENT, shop)
    morning = clock.day_began(clock.now()) + timedelta(hours=9)
    with time_machine.travel(morning, tick=False) as traveller:
        ticket = factories.make_ticket(factories.make_order(shop), Actor.for_user(agent))
        due = morning + timedelta(hours=1)
        services.ticket_promise(ticket=ticket, actor=Actor.for_user(agent), what="补发小样", due_at=due)
        supervisor = factories.staff(Role.SUPERVISOR, shop)
        assert row_of(supervisor, agent)["broken"]["n"] == 0
        traveller.move_to(due + timedelta(minutes=1))
        Ticket.objects.filter(pk=ticket.pk).update(is_late=True)
        late = row_of(supervisor, agent)
        assert (late["broken"]["n"], late["late_tickets"]["n"], late["late_tasks"]["n"], late["late"]) == (1, 1, 1, 2)
        traveller.move_to(due + timedelta(days=1))
        assert row_of(supervisor, agent)["broken"]["n"] == 0


def test_foreign_shops_are_on_nobody_elses_board(client):
    mine, foreign = factories.make_shop(), factories.make_shop()
    stranger = factories.make_user(Role.AGENT, foreign)
    both = factories.make_user(Role.AGENT, mine, foreign)
    refund = soon(both, foreign)
    sign_in(client, Role.SUPERVISOR, mine)
    shown = client.get("/team/")
    assert refund.refund_no not in shown.content.decode()
    assert stranger not in [row["person"] for row in shown.context["rows"]]
    assert next(row for row in shown.context["rows"] if row["person"] == both)["requests"]["n"] == 0
    assert client.get(f"/team/{stranger.pk}/").status_code == 404
    assert client.get(f"/team/{both.pk}/?tab=acting").context["rows"] == []


@pytest.mark.parametrize("many", [1, 50])
def test_the_board_costs_the_same_number_of_statements(client, many, django_assert_num_queries):
    """Session, user, people, figures, what acts, what nobody owns, rows, their requests, and four of thresholds."""
    shop = factories.make_shop()
    for _number in range(many):
        factories.make_user(Role.AGENT, shop)
    soon(factories.make_user(Role.AGENT, shop), shop)
    Deadline.objects.exclude(subject_type="refund").update(due_at=clock.now() + timedelta(days=9))
    sign_in(client, Role.SUPERVISOR, shop)
    warm(client, "/team/")
    with django_assert_num_queries(12):
        assert client.get("/team/").status_code == 200


@pytest.mark.parametrize("tab", ["requests", "tickets", "acting"])
@pytest.mark.parametrize("many", [1, 50])
def test_a_colleagues_page_costs_the_same_number_of_statements(client, many, tab, django_assert_num_queries):
    """Session, user, who it is, what acts, two counts, rows; who may take, or what the deadlines belong to."""
    shop = factories.make_shop()
    agent = factories.make_user(Role.AGENT, shop)
    for _number in range(many):
        refund = soon(agent, shop)
        factories.make_ticket(refund.order, Actor.for_user(agent))
    Deadline.objects.exclude(subject_type="refund").update(due_at=clock.now() + timedelta(days=9))
    sign_in(client, Role.SUPERVISOR, shop)
    warm(client, f"/team/{agent.pk}/?tab={tab}")
    with django_assert_num_queries(8):
        assert len(client.get(f"/team/{agent.pk}/?tab={tab}").context["rows"]) == many


def test_the_wall_shows_figures_and_nothing_of_a_buyer(client):
    shop = factories.make_shop()
    refund = soon(factories.make_user(Role.AGENT, shop), shop)
    sign_in(client, Role.SUPERVISOR, shop)
    shown = client.get("/team/wall/")
    assert 'data-theme="dark"' in shown.content.decode()
    for private in (refund.refund_no, refund.order.order_no, refund.order.buyer.nick, refund.summary):
        assert private not in shown.content.decode()
    again = client.get("/team/wall/", headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in again
    assert "wall-figures" in again


def test_requests_and_tickets_are_handed_over_in_one_go(client):
    """TKT-1, TKT-2: each by its own service, so its owner is told."""
    shop = factories.make_shop()
    agent, other = factories.make_user(Role.AGENT, shop), factories.make_user(Role.AGENT, shop)
    refund = soon(agent, shop)
    ticket = factories.make_ticket(refund.order, Actor.for_user(agent))
    sign_in(client, Role.SUPERVISOR, shop)
    picks = [f"request:{refund.refund_no}", f"ticket:{ticket.ticket_no}"]
    client.post("/team/hand-over/", {"pick": picks, "owner": other.pk, "note": "休假"})
    assert Refund.objects.get(pk=refund.pk).assignee == other
    assert Ticket.objects.get(pk=ticket.pk).owner == other
    assert ticket.notes.get(form="hand_over").text == "休假"


@pytest.mark.parametrize("owner", ["", "x", "²", "9" * 30, "0"])
def test_nonsense_for_an_owner_hands_nothing_over(client, owner):
    shop = factories.make_shop()
    refund = soon(factories.make_user(Role.AGENT, shop), shop)
    sign_in(client, Role.SUPERVISOR, shop)
    with unchanged():
        response = client.post("/team/hand-over/", {"pick": [f"request:{refund.refund_no}"], "owner": owner})
    assert response.status_code == 302


def test_a_request_stays_with_the_desk_and_it_is_said_why(client):
    shop = factories.make_shop()
    refund, packer = soon(factories.make_user(Role.AGENT, shop), shop), factories.make_user(Role.WAREHOUSE, shop)
    sign_in(client, Role.SUPERVISOR, shop)
    with unchanged():
        done = client.post(
            "/team/hand-over/", {"pick": [f"request:{refund.refund_no}", "junk"], "owner": packer.pk}, follow=True
        )
    assert refund.refund_no in words(done)


def test_a_foreign_request_cannot_be_handed_over(client):
    shop, foreign = factories.make_shop(), factories.make_shop()
    refund, taker = soon(factories.make_user(Role.AGENT, foreign), foreign), factories.make_user(Role.AGENT, shop)
    sign_in(client, Role.SUPERVISOR, shop)
    with unchanged():
        client.post("/team/hand-over/", {"pick": [f"request:{refund.refund_no}"], "owner": taker.pk})
