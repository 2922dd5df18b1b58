"""Tickets that nobody owns go by themselves to who is present, can do them and has the least in hand (TKT-1)."""

import contextlib
import threading
from datetime import timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.db import connection
from django.utils.translation import override

from aftersales.core import clock, errors, events, policies
from aftersales.core.auth import Actor
from aftersales.core.models import LogEntry, Role
from refunds import services as refunds
from refunds.models import Refund
from tests import factories
from tests.helpers import unchanged
from tickets import services
from tickets.models import DeskAgent, Notification, Ticket
from tickets.selectors import assigning as selectors

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop():
    return switched_on(factories.make_shop())


def switched_on(shop):
    """A shop whose tickets are given out by themselves."""
    policies.set(key="assign.automatic", value=True, shop=shop, actor=factories.staff(Role.SUPERVISOR))
    return shop


def agent(shop, *, presence="present", **skills):
    """An agent of the shop at the desk."""
    user = factories.make_user(Role.AGENT, shop)
    services.presence_set(actor=Actor.for_user(user), presence=presence)
    DeskAgent.objects.filter(pk=user.pk).update(**skills)
    return user


def waiting(shop, number=1, **asked):
    """Requests that nobody owns, with their tickets, the earlier the more urgent."""
    made = []
    for _each in range(number):
        made.append(factories.make_refund(factories.make_order(shop), **asked))
    while events.deliver():
        continue
    return [Ticket.objects.get(refund=refund) for refund in made]


def owners(tickets):
    """Whose they are."""
    return [Ticket.objects.get(pk=ticket.pk).owner for ticket in tickets]


def test_each_goes_to_who_has_the_least_in_hand_and_it_is_logged_why(shop):
    """TKT-1: of equals the first; a ticket of his own weighs by its priority. The request goes along."""
    busy, free = agent(shop), agent(shop)
    factories.make_ticket(factories.make_order(shop), Actor.for_user(busy), priority="urgent")
    tickets = waiting(shop, 6)
    assert services.tickets_assign() == 6
    assert owners(tickets) == [free, free, free, free, busy, free]
    assert Refund.objects.get(pk=tickets[4].refund_id).assignee == busy
    entry = LogEntry.objects.get(subject_type="ticket", subject_id=tickets[4].pk, action="assign")
    assert (entry.actor_kind, entry.actor_name) == ("system", "system: assignment")
    with override("en"):
        said = selectors.assigned_words(entry.note)
    assert said == (f"gave it to {busy} by itself", "Least in hand of 2 who could: load 8, 1 open of at most 30.")
    while events.deliver():
        continue
    assert Notification.objects.filter(user=busy, topic="ticket.assigned").count() == 1
    assert services.tickets_assign() == 0


def test_the_most_urgent_go_first_up_to_the_limit(shop):
    """TKT-1: his own figure goes before the policy's; the rest stays and is given when there is room."""
    only = agent(shop, most_open=2)
    late, soon, first = waiting(shop, 3)
    for ticket, hours in ((late, 30), (soon, 2), (first, 1)):
        Ticket.objects.filter(pk=ticket.pk).update(due_at=clock.now() + timedelta(hours=hours))
    assert services.tickets_assign() == 2
    assert owners([first, soon, late]) == [only, only, None]
    assert services.tickets_assign() == 0
    DeskAgent.objects.update(most_open=None)
    policies.set(key="assign.most_open", value=3, shop=shop, actor=factories.staff(Role.SUPERVISOR))
    assert services.tickets_assign() == 1


@pytest.mark.parametrize("presence", ["away", "off"])
def test_nobody_who_is_not_there_is_given_anything(shop, presence):
    agent(shop, presence=presence)
    factories.make_user(Role.AGENT, shop)
    [ticket] = waiting(shop)
    with unchanged():
        assert services.tickets_assign() == 0
    assert owners([ticket]) == [None]


def test_only_who_can_do_it_is_given_it_and_others_go_on(shop):
    """TKT-1: by kind and by shop; what nobody can take does not stop what stands behind it."""
    exchanger = agent(shop, kinds=["exchange"])
    agent(factories.make_shop())
    elsewhere = agent(shop)
    DeskAgent.objects.filter(pk=elsewhere.pk).update(shops=[factories.make_shop().pk])
    refund = factories.make_return(factories.make_order(shop, sign=True))
    exchange = factories.make_exchange(factories.make_order(shop, sign=True))
    while events.deliver():
        continue
    assert services.tickets_assign() == 1
    assert owners([refund.ticket, exchange.ticket]) == [None, exchanger]


def test_a_shop_without_the_switch_keeps_its_queue(shop):
    other = factories.make_shop()
    user = agent(shop)
    user.shops.add(other)
    [theirs], [ours] = waiting(other), waiting(shop)
    assert services.tickets_assign() == 1
    assert owners([theirs, ours]) == [None, user]


def test_what_has_an_owner_or_waits_for_the_buyer_is_left_alone(shop):
    agent(shop)
    [taken] = waiting(shop)
    returned = factories.make_return(factories.make_order(shop, sign=True))
    refunds.refund_agree(refund=returned, actor=factories.staff())
    while events.deliver():
        continue
    waits = returned.ticket
    boss = factories.make_user(Role.SUPERVISOR, shop)
    services.refund_assign(refund=taken.refund, actor=Actor.for_user(boss), assignee=boss)
    assert services.tickets_assign() == 0
    assert owners([taken, waits]) == [boss, None]


def test_who_gives_no_sign_of_life_is_away_until_the_next(shop):
    """TKT-1: by the policy's time; who went away by hand stays away."""
    quiet, out = agent(shop), agent(shop, presence="away")
    later = clock.now() + timedelta(minutes=16)
    with time_machine.travel(later, tick=False):
        assert services.presence_expire() == 1
        assert selectors.presence_of(quiet.pk) == "away"
        assert DeskAgent.objects.get(pk=quiet.pk).by_itself
        cache.clear()
        for user in (quiet, out):
            services.presence_renew(actor=Actor.for_user(user))
        assert [selectors.presence_of(user.pk) for user in (quiet, out)] == ["present", "away"]
        assert services.presence_expire() == 0


def test_only_agents_are_present_and_only_supervisors_say_what_they_can_do(shop):
    boss, user = factories.staff(Role.SUPERVISOR, shop), agent(shop)
    with pytest.raises(errors.Forbidden), unchanged():
        services.presence_set(actor=boss, presence="present")
    with pytest.raises(errors.Invalid), unchanged():
        services.presence_set(actor=Actor.for_user(user), presence="asleep")
    given = {"kinds": ["refund"], "shops": [shop.pk], "most_open": 5}
    with pytest.raises(errors.Forbidden), unchanged():
        services.skills_set(user=user, actor=Actor.for_user(user), **given)
    with pytest.raises(errors.NotFound), unchanged():
        services.skills_set(user=user, actor=factories.staff(Role.SUPERVISOR, factories.make_shop()), **given)
    with pytest.raises(errors.Invalid), unchanged():
        services.skills_set(user=user, actor=boss, **(given | {"kinds": ["x"], "most_open": -1}))
    found = services.skills_set(user=user, actor=boss, **given)
    assert (found.kinds, found.shops, found.most_open, found.presence) == (["refund"], [shop.pk], 5, "present")


@pytest.mark.django_db(transaction=True)
def test_two_workers_give_each_once_and_nobody_more_than_his_limit(monkeypatch):
    """A real race: both would count before either gives; the lock of the agents' rows makes the second wait."""
    shop = switched_on(factories.make_shop())
    agents = [agent(shop, most_open=1), agent(shop, most_open=2)]
    tickets = waiting(shop, 6)
    policies.forget()
    counted, wrong, given = threading.Barrier(2), [], []
    loads = selectors.loads

    def both_count(user_ids):
        found = loads(user_ids)
        with contextlib.suppress(threading.BrokenBarrierError):
            counted.wait(0.5)
        return found

    monkeypatch.setattr(selectors, "loads", both_count)

    def work():
        try:
            given.append(services.tickets_assign())
        except Exception as exc:
            wrong.append(exc)
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _number in range(2)]
    for one in workers:
        one.start()
    for one in workers:
        one.join(30)
    assert wrong == []
    assert sum(given) == 3
    assert [Ticket.objects.filter(owner=one).count() for one in agents] == [1, 2]
    log = LogEntry.objects.filter(subject_type="ticket", action="assign")
    assert sorted(log.values_list("subject_id", flat=True)) == sorted(
        ticket.pk for ticket in tickets if Ticket.objects.get(pk=ticket.pk).owner_id
    )
