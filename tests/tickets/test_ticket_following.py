"""The ticket of a request: opened by itself, led by the request, ended with it; one owner for both (TKT-1)."""

import threading

import pytest
from django.db import connection, transaction

from aftersales.core import errors, events, invariants
from aftersales.core.auth import Actor
from aftersales.core.models import LogEntry, OutboxEvent, Role
from refunds import services as refunds
from tests import factories
from tickets import services
from tickets.models import Ticket

pytestmark = pytest.mark.django_db


def told():
    """Deliver the news, and all of it a second time."""
    while events.deliver():
        continue
    OutboxEvent.objects.exclude(handled=[]).update(delivered_at=None, next_try_at="2020-01-01T00:00:00Z", handled=[])
    while events.deliver():
        continue


def test_a_request_opens_one_ticket_by_itself_and_not_in_its_own_transaction(django_assert_num_queries):
    """TKT-1: however often the news comes."""
    refund = factories.make_return()
    assert not Ticket.objects.exists()
    told()
    ticket = Ticket.objects.get()
    assert (ticket.refund_id, ticket.order_id, ticket.kind, ticket.status) == (
        refund.pk,
        refund.order_id,
        "refund",
        "open",
    )
    refund.refresh_from_db(fields=["due_at"])
    assert (ticket.next_step, ticket.due_at, ticket.owner_id) == ("WAIT_SELLER_AGREE", refund.due_at, None)
    assert ticket.version == 1
    with django_assert_num_queries(4):
        services.ticket_follow(refund_id=refund.pk)


def test_it_goes_where_the_request_goes_and_ends_with_it():
    """The same steps, once each in the log."""
    refund = factories.make_return()
    told()
    refund = refunds.refund_agree(refund=refund, actor=factories.staff())
    told()
    waiting = Ticket.objects.get()
    assert (waiting.status, waiting.waiting_for, waiting.next_step) == (
        "waiting",
        "buyer",
        "WAIT_BUYER_RETURN_GOODS",
    )
    buyer = factories.buyer(refund.shop)
    refunds.refund_return_shipment(refund=refund, actor=buyer, carrier="yuantong", tracking_no="YT1234567890123")
    told()
    assert Ticket.objects.get().waiting_for == "warehouse"
    refunds.refund_cancel(refund=refund, actor=buyer)
    told()
    ended = Ticket.objects.get()
    assert (ended.status, ended.due_at, ended.next_step, ended.waiting_for) == ("closed", None, "", "")
    steps = LogEntry.objects.filter(subject_type="ticket").order_by("version").values_list("action", "to_status")
    assert list(steps) == [
        ("open", "open"),
        ("follow_waiting", "waiting"),
        ("follow_waiting", "waiting"),
        ("follow_ended", "closed"),
    ]


def test_what_has_ended_before_it_was_heard_of_needs_no_ticket():
    refund = factories.make_return()
    refunds.refund_cancel(refund=refund, actor=factories.buyer(refund.shop))
    told()
    assert not Ticket.objects.exists()


def test_request_and_ticket_have_one_owner_whichever_is_given():
    """TKT-1, I11."""
    refund = factories.make_return()
    told()
    agent = factories.make_user(Role.AGENT, refund.shop)
    services.refund_assign(refund=refund, actor=Actor.for_user(agent), assignee=agent)
    ticket = Ticket.objects.get()
    assert ticket.owner_id == agent.pk
    other = factories.make_user(Role.AGENT, refund.shop)
    boss = factories.staff(Role.SUPERVISOR, refund.shop)
    services.ticket_assign(ticket=ticket, actor=boss, owner=other, note="你熟悉这位买家")
    refund.refresh_from_db(fields=["assignee"])
    assert refund.assignee_id == Ticket.objects.get().owner_id == other.pk
    assert not [one for one in invariants.check() if one.code == "I11"]


def test_nobody_moves_by_hand_what_its_request_leads():
    """TKT-2: one way to move a case."""
    refund = factories.make_return()
    told()
    ticket, actor = Ticket.objects.get(), factories.staff(Role.SUPERVISOR, refund.shop)
    with pytest.raises(errors.TransitionNotAllowed) as refusal, transaction.atomic():
        services.ticket_resolve(ticket=ticket, actor=actor, resolution="x")
    assert refusal.value.extra["rule"] == "TKT-2"
    assert Ticket.objects.get().version == 1


def test_a_reply_on_it_is_the_requests_message():
    refund = factories.make_return()
    told()
    services.ticket_reply(ticket=Ticket.objects.get(), actor=factories.staff(), text="您好,已收到")
    assert refund.messages.get().text.startswith("您好,已收到\n")


@pytest.mark.django_db(transaction=True)
def test_two_workers_open_one_ticket():
    """A real race: both hear of the request at once."""
    refund = factories.make_return()
    ready, wrong = threading.Barrier(2), []

    def work():
        try:
            ready.wait(10)
            services.ticket_follow(refund_id=refund.pk)
        except Exception as exc:
            wrong.append(exc)
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _number in range(2)]
    for one in workers:
        one.start()
    for one in workers:
        one.join(20)
    assert wrong == []
    assert Ticket.objects.filter(refund=refund).count() == 1
