"""The end of a shift: what is one's own goes to a colleague, each with a note and an outcome (TKT-2)."""

from datetime import timedelta

import pytest
from django.test import Client

from aftersales.core import clock, errors, events
from aftersales.core.auth import Actor
from aftersales.core.models import Role
from tests import factories
from tests.helpers import statements, unchanged
from tests.pages import rows, sign_in, warm, words
from tickets import services
from tickets.models import Notification, Ticket, TicketNote

pytestmark = pytest.mark.django_db

ADDRESS = "/tickets/hand-over/"


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
def colleague(shop):
    return factories.make_user(Role.AGENT, shop)


def opened(shop, owner, **given) -> Ticket:
    return factories.make_ticket(factories.make_order(shop), Actor.for_user(owner), **given)


def sent(tickets, owner, notes=None, **more):
    """What the browser sends for these."""
    given = {"form_token": "t1", "owner": owner.pk if owner else "", "note": ""} | more
    given["pick"] = [ticket.ticket_no for ticket in tickets]
    for ticket in tickets:
        given[f"version_{ticket.ticket_no}"] = ticket.version
        given[f"note_{ticket.ticket_no}"] = (notes or {}).get(ticket, "")
    return given


def outcome(answer):
    """Which went, and which stayed why."""
    shown = {row["ticket"].ticket_no: row["why"] for row in answer.context["rows"] if row["why"]}
    return answer.context["went"], shown | dict(answer.context["stayed"])


def test_a_shift_goes_to_a_colleague_in_one_go_each_with_its_note(client, me, colleague, shop):
    """TKT-2: its own note, else the common one; whoever gets them is told once for each."""
    a, b = opened(shop, me, priority="urgent"), opened(shop, me)
    theirs = opened(shop, colleague)
    assert rows(client.get(ADDRESS)) == [a.ticket_no, b.ticket_no]
    answer = client.post(ADDRESS, sent([a, b], colleague, {a: "等买家回电"}, note="看时间线"))
    assert outcome(answer) == ([a.ticket_no, b.ticket_no], {})
    assert f"2 tickets are with {colleague} now" in words(answer)
    assert set(Ticket.objects.filter(owner=colleague)) == {a, b, theirs}
    told = TicketNote.objects.order_by("ticket").values_list("ticket__ticket_no", "text", "to_user")
    assert list(told) == [(a.ticket_no, "等买家回电", colleague.pk), (b.ticket_no, "看时间线", colleague.pk)]
    while events.deliver():
        continue
    assert Notification.objects.filter(user=colleague, topic="ticket.assigned").count() == 2
    assert "You have nothing to hand over" in words(client.get(ADDRESS))


def test_sent_twice_it_is_done_once_and_says_the_same(client, me, colleague, shop):
    ticket = opened(shop, me)
    for _twice in range(2):
        answer = client.post(ADDRESS, sent([ticket], colleague, {ticket: "在等"}))
        assert outcome(answer) == ([ticket.ticket_no], {})
    assert TicketNote.objects.count() == 1


def test_what_cannot_go_stays_with_its_reason_and_its_note_and_the_others_go(client, me, colleague, shop):
    """TKT-2."""
    goes, without, changed, solved = (opened(shop, me) for _number in range(4))
    given = sent([goes, without, changed, solved], colleague, {goes: "好", changed: "我写的说明", solved: "完"})
    services.ticket_assign(ticket=changed, actor=Actor.for_user(me), owner=me)
    services.ticket_resolve(ticket=solved, actor=Actor.for_user(me), resolution="已解决")
    answer = client.post(ADDRESS, given)
    went, stayed = outcome(answer)
    assert went == [goes.ticket_no]
    assert list(stayed) == [without.ticket_no, changed.ticket_no, solved.ticket_no]
    assert stayed[without.ticket_no] == "Say what the next one has to know."
    assert stayed[solved.ticket_no] == "It is not yours any more."
    assert 'value="我写的说明"' in answer.content.decode()
    assert "3 tickets stayed with you" in words(answer)
    assert Ticket.objects.get(pk=changed.pk).owner_id == me.pk


def test_a_colleague_of_another_shop_gets_only_what_he_sees(client, me, shop):
    other = factories.make_shop()
    me.shops.add(other)
    helper = factories.make_user(Role.AGENT, other)
    mine, his = opened(shop, me), opened(other, me)
    went, stayed = outcome(client.post(ADDRESS, sent([mine, his], helper, note="交接")))
    assert went == [his.ticket_no]
    assert list(stayed) == [mine.ticket_no]
    assert stayed[mine.ticket_no] == "This colleague cannot work on the shop's tickets."


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"owner": ""}, "Choose a colleague who works here"),
        ({"owner": "x"}, "Choose a colleague who works here"),
        ({"pick": []}, "Pick what is to be handed over."),
        ({"note": "长" * 501}, "A note has at most 500 characters."),
        ({"note": "a\x00b"}, "A note has a character that cannot be kept."),
    ],
)
def test_bad_input_hands_nothing_over_and_loses_nothing(client, me, colleague, shop, given, said):
    ticket = opened(shop, me)
    with unchanged():
        answer = client.post(ADDRESS, sent([ticket], colleague, {ticket: "打过的字"}) | given)
    assert answer.status_code == 422
    assert said in words(answer)
    assert 'value="打过的字"' in answer.content.decode()


def test_goods_managers_and_oneself_are_no_takers(client, me, colleague, shop):
    factories.make_user(Role.GOODS, shop)
    keeper = factories.make_user(Role.WAREHOUSE, shop)
    factories.make_user(Role.AGENT, factories.make_shop())
    opened(shop, me)
    assert client.get(ADDRESS).context["takers"] == [colleague, keeper]


def led(refund, owner) -> Ticket:
    """The ticket of a request that somebody has taken on."""
    services.refund_assign(refund=refund, actor=Actor.for_user(owner), assignee=owner)
    while events.deliver():
        continue
    return Ticket.objects.get(refund=refund)


def test_an_agent_hands_his_requests_over_with_their_tickets(client, me, colleague, shop):
    """TKT-2, ADR 24: who gives the request away gives the ticket, with its note."""
    refund = factories.make_refund(factories.make_order(shop))
    ticket = led(refund, me)
    assert rows(client.get(ADDRESS)) == [ticket.ticket_no]
    went, stayed = outcome(client.post(ADDRESS, sent([ticket], colleague, note="交接")))
    assert (went, stayed) == ([ticket.ticket_no], {})
    assert type(refund).objects.get(pk=refund.pk).assignee_id == colleague.pk
    assert Ticket.objects.get(pk=ticket.pk).owner_id == colleague.pk
    assert ticket.notes.get(form="hand_over").text == "交接"


def test_a_request_goes_to_the_desk_alone_and_only_from_its_owner(client, me, colleague, shop):
    """TKT-1: the warehouse decides no request, and nobody gives away what a colleague has or nobody."""
    refund = factories.make_refund(factories.make_order(shop))
    ticket = led(refund, me)
    keeper = factories.make_user(Role.WAREHOUSE, shop)
    went, stayed = outcome(client.post(ADDRESS, sent([ticket], keeper, note="交接")))
    assert went == []
    assert stayed == {ticket.ticket_no: "Requests belong to agents and supervisors who see their shop."}
    third = factories.make_user(Role.AGENT, shop)
    with pytest.raises(errors.Conflict), unchanged():
        services.refund_assign(refund=refund, actor=Actor.for_user(colleague), assignee=third)
    services.refund_assign(refund=refund, actor=Actor.for_user(me), assignee=None)
    with pytest.raises(errors.Conflict), unchanged():
        services.refund_assign(refund=refund, actor=Actor.for_user(me), assignee=third)


def test_the_page_lists_what_was_promised_and_what_the_requests_still_ask_for(client, me, shop):
    """TKT-4: promises that are due go with the work, and tasks of requests, too."""
    ticket, refund = opened(shop, me), factories.make_refund(factories.make_order(shop))
    due = clock.now() + timedelta(hours=2)
    services.ticket_promise(ticket=ticket, actor=Actor.for_user(me), what="回电说明进度", due_at=due)
    follows = led(refund, me)
    services.task_raise(kind="follow_return", role="agent", within=timedelta(days=1), refund=refund)
    shown = client.get(ADDRESS)
    promised = {row["ticket"]: [task.kind for task in row["promised"]] for row in shown.context["rows"]}
    assert promised == {ticket: ["promise"], follows: ["follow_return"]}
    assert "Promised: 回电说明进度" in words(shown)


def test_the_page_costs_the_same_with_one_and_with_many(client, me, shop):
    opened(shop, me)
    warm(client, ADDRESS)
    with statements() as one:
        client.get(ADDRESS)
    for _each in range(20):
        opened(shop, me)
    with statements() as many:
        assert len(rows(client.get(ADDRESS))) == 21
    assert len(one) == len(many)
