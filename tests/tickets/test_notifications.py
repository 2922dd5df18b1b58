"""What one was told: the bell, the list behind it, and when something counts as read (TMO-17)."""

from datetime import timedelta

import pytest
import time_machine
from django.core.cache import cache

from aftersales.core import clock, errors, events, sweeps
from aftersales.core.models import Role
from refunds import services as refunds
from tests import factories
from tickets import services
from tickets.models import Notification

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_old_counts():
    cache.clear()
    yield
    cache.clear()


def owned_by(owner, refund=None):
    """A request that somebody has taken on."""
    refund = refund or factories.make_refund()
    return services.refund_assign(refund=refund, actor=factories.staff(Role.SUPERVISOR), assignee=owner)


def buyer_writes(refund, text="在吗"):
    """The buyer writes a message, and the owner is told."""
    refunds.message_write(refund=refund, actor=factories.buyer(refund.shop), text=text)
    while events.deliver():
        continue


def agent_in(client):
    """A signed-in agent."""
    user = factories.make_user(Role.AGENT)
    client.force_login(user)
    return user


def bell(client):
    """The number on the bell."""
    signals = client.get("/account/password/").context["console"]["signals"]
    return next(signal["count"] for signal in signals if signal["key"] == "news")


def test_the_bell_counts_what_i_was_told_and_have_not_read(client):
    agent = agent_in(client)
    buyer_writes(owned_by(agent))
    buyer_writes(owned_by(factories.make_user(Role.AGENT)))
    assert bell(client) == 1


def test_opening_the_news_leads_to_its_request_and_counts_as_read(client):
    agent = agent_in(client)
    refund = owned_by(agent)
    buyer_writes(refund)
    assert bell(client) == 1
    [row] = client.get("/notifications/").context["rows"]
    answer = client.get(f"/notifications/{row['news'].pk}/")
    assert answer.headers["Location"] == f"/requests/{refund.refund_no}/"
    assert bell(client) == 0
    assert client.get("/notifications/").context["rows"] == []
    assert [each["news"].pk for each in client.get("/notifications/?tab=all").context["rows"]] == [row["news"].pk]


def test_what_came_after_the_page_was_shown_stays_unread(client):
    agent = agent_in(client)
    refund = owned_by(agent)
    buyer_writes(refund)
    shown = client.get("/notifications/").context["up_to"]
    buyer_writes(refund, "还在吗")
    client.post("/notifications/read/", {"up_to": shown})
    assert [row["news"].read_at is None for row in client.get("/notifications/?tab=all").context["rows"]] == [
        True,
        False,
    ]


def test_a_warning_says_what_happens_by_itself_as_long_as_it_holds(client):
    """TMO-17: the deadline that was announced; once somebody acted it is not threatened with any more."""
    agent = agent_in(client)
    with time_machine.travel(clock.now(), tick=False) as traveller:
        refund = owned_by(agent)
        traveller.shift(timedelta(hours=44, minutes=30))
        client.force_login(agent)
        sweeps.warn()
        while events.deliver():
            continue
        [row] = client.get("/notifications/").context["rows"]
        assert (row["due_at"], row["then"]) == (refund.due_at, "自动同意退款")
        refunds.refund_cancel(refund=refund, actor=factories.buyer(refund.shop))
        [row] = client.get("/notifications/").context["rows"]
        assert (row["due_at"], row["then"]) == (None, "")


def test_nobody_opens_what_another_was_told(client):
    other = factories.make_user(Role.AGENT)
    buyer_writes(owned_by(other))
    news = Notification.objects.get()
    me = agent_in(client)
    assert client.get(f"/notifications/{news.pk}/").status_code == 404
    with pytest.raises(errors.NotFound):
        services.notification_read(user_id=me.pk, pk=news.pk)
    client.post("/notifications/read/", {"up_to": news.pk})
    news.refresh_from_db()
    assert news.read_at is None


@pytest.mark.parametrize("up_to", ["", "x", "-1", "1.5", "9" * 30, "٣"])
def test_nonsense_is_told_and_changes_nothing(client, up_to):
    agent = agent_in(client)
    buyer_writes(owned_by(agent))
    assert client.post("/notifications/read/", {"up_to": up_to}).status_code == 400
    assert Notification.objects.get().read_at is None


@pytest.mark.parametrize("many", [1, 50])
def test_the_list_costs_the_same_whatever_its_length(client, many, django_assert_num_queries):
    """Session, user, rows with their requests, count of the unread; the frame's own counts were asked before."""
    agent = agent_in(client)
    refund = owned_by(agent)
    for number in range(many):
        buyer_writes(refund, str(number))
    client.get("/notifications/")
    with django_assert_num_queries(4):
        assert len(client.get("/notifications/").context["rows"]) == many


def test_an_empty_list_says_why(client):
    agent_in(client)
    assert 'class="empty"' in client.get("/notifications/").content.decode()
