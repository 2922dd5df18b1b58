"""What a person wants to be told where: the bell, and the digest by e-mail (TMO-17)."""

from datetime import datetime, timedelta

import pytest
import time_machine
from django.core import mail
from django.core.cache import cache

from aftersales.core import clock, errors, events
from aftersales.core.models import Role
from refunds import services as refunds
from tests import factories
from tests.helpers import refused
from tests.pages import sign_in
from tickets import services
from tickets.models import NewsDispatch, NewsPreference, Notification
from tickets.services import dispatching

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 3, 10, 12, 20, tzinfo=clock.SHANGHAI)


def told(user, topic_of="buyer", shop=None):
    """Something that a person is told about a request of his."""
    refund = factories.make_refund(factories.make_order(shop))
    services.refund_assign(refund=refund, actor=factories.staff(Role.SUPERVISOR), assignee=user)
    refunds.message_write(refund=refund, actor=factories.buyer(refund.shop), text="在吗")
    while events.deliver():
        continue
    return refund


def chosen(user, **fields):
    given = {"silent": [], "by_mail": ["buyer"], "digest": "hourly"} | fields
    return services.news_preference_set(user=user, **given)


def unread(user):
    return Notification.objects.filter(user=user, read_at=None).count()


def test_what_is_not_wanted_on_the_bell_is_not_counted_but_kept():
    user = factories.make_user(Role.AGENT)
    chosen(user, silent=["buyer"], by_mail=[], digest="")
    told(user)
    assert (Notification.objects.filter(user=user).count(), unread(user)) == (1, 0)


def test_nobody_can_do_without_deadlines():
    """TMO-17."""
    user = factories.make_user(Role.AGENT)
    assert chosen(user, silent=["deadline", "buyer"], digest="", by_mail=[]).silent == ["buyer"]


def test_a_digest_comes_on_the_hour_in_ones_language_with_the_way_out():
    user = factories.make_user(Role.AGENT, email="li@example.com", language="en")
    with time_machine.travel(NOON, tick=False) as traveller:
        chosen(user)
        refund = told(user)
        assert dispatching.digests_make() == 0
        traveller.move_to(NOON + timedelta(minutes=40))
        assert dispatching.digests_make() == 1
        assert dispatching.digests_make() == 0
        assert dispatching.send_due() == 1
        [sent] = mail.outbox
        assert sent.to == ["li@example.com"]
        assert sent.subject == "After-sales: 1 piece of news"
        assert refund.refund_no in sent.body
        assert "/settings/notifications/" in sent.body
        assert refund.order.buyer.nick not in sent.body
        traveller.shift(timedelta(hours=1))
        assert dispatching.digests_make() == 0, "nothing new, no mail"


def test_a_daily_digest_comes_in_the_morning():
    user = factories.make_user(Role.AGENT, email="li@example.com")
    with time_machine.travel(NOON, tick=False):
        row = chosen(user, digest="daily")
    assert row.next_digest_at == datetime(2026, 3, 11, 9, 0, tzinfo=clock.SHANGHAI)
    assert dispatching.next_digest("daily", row.next_digest_at) == row.next_digest_at + timedelta(days=1)


def test_what_was_read_or_not_chosen_or_before_is_not_mailed():
    user = factories.make_user(Role.AGENT, email="li@example.com")
    with time_machine.travel(NOON, tick=False) as traveller:
        told(user)  # before
        chosen(user)
        told(user)
        traveller.shift(timedelta(minutes=5))
        services.notifications_read(user_id=user.pk, up_to=10**12)
        traveller.shift(timedelta(hours=1))
        assert dispatching.digests_make() == 0
        chosen(user, by_mail=["deadline"])
        told(user)
        traveller.shift(timedelta(hours=1))
        assert dispatching.digests_make() == 0


def test_what_is_silent_in_the_page_is_mailed_all_the_same():
    user = factories.make_user(Role.AGENT, email="li@example.com")
    with time_machine.travel(NOON, tick=False) as traveller:
        chosen(user, silent=["buyer"])
        told(user)
        traveller.shift(timedelta(hours=1))
        assert dispatching.digests_make() == 1


def test_shops_that_one_does_not_see_any_more_are_left_out():
    mine, other = factories.make_shop(), factories.make_shop()
    user = factories.make_user(Role.AGENT, mine, other, email="li@example.com")
    with time_machine.travel(NOON, tick=False) as traveller:
        chosen(user)
        told(user, shop=other)
        user.shops.remove(other)
        traveller.shift(timedelta(hours=1))
        assert dispatching.digests_make() == 0


def test_a_mail_server_that_is_away_is_tried_again_and_the_copy_has_the_same_id(monkeypatch):
    user = factories.make_user(Role.AGENT, email="li@example.com")
    with time_machine.travel(NOON, tick=False) as traveller:
        chosen(user)
        told(user)
        traveller.shift(timedelta(hours=1))
        dispatching.digests_make()

        def away(self, **options):
            raise ConnectionRefusedError("mail server is away")

        with monkeypatch.context() as broken:
            broken.setattr("django.core.mail.EmailMessage.send", away)
            dispatching.send_due()
        row = NewsDispatch.objects.get()
        assert (row.status, row.attempts) == ("pending", 1)
        assert "away" in row.error
        traveller.shift(timedelta(minutes=1))
        dispatching.send_due()
    assert mail.outbox[0].extra_headers["Message-ID"].startswith(f"<news-{row.pk}@")


@pytest.mark.parametrize(
    "given",
    [
        {"digest": "yearly"},
        {"by_mail": ["nonsense"]},
        {"silent": ["nonsense"]},
        {"by_mail": []},
    ],
)
def test_nonsense_is_refused_and_nothing_kept(given):
    user = factories.make_user(Role.AGENT, email="li@example.com")
    with refused(errors.Invalid):
        chosen(user, **given)
    assert not NewsPreference.objects.exists()


def test_the_page_keeps_what_one_chose(client):
    user = sign_in(client, Role.AGENT, email="li@example.com")
    sent = {"in_page": ["proposal"], "by_mail": ["deadline", "ticket"], "digest": "daily"}
    assert client.post("/settings/notifications/", sent).status_code == 302
    row = NewsPreference.objects.get(user=user)
    assert (row.silent, row.by_mail, row.digest) == (["buyer", "ticket"], ["deadline", "ticket"], "daily")
    assert 'value="daily" checked' in client.get("/settings/notifications/").content.decode()
    client.post("/settings/notifications/", {"in_page": ["proposal"], "digest": ""})
    row.refresh_from_db()
    assert (row.digest, row.next_digest_at) == ("", None)
    cache.clear()


def test_without_an_address_the_page_says_who_enters_one(client):
    sign_in(client, Role.AGENT)
    done = client.post("/settings/notifications/", {"by_mail": ["buyer"], "digest": "daily"})
    assert done.status_code == 422
    assert 'role="alert"' in done.content.decode()
    assert client.post("/settings/notifications/", {"digest": "x" * 99}).status_code == 422
