"""Receivers that misbehave: slow, silent, wrong, gone; nobody else waits for them (api.md)."""

import time
from datetime import timedelta

import pytest
import time_machine
from django.utils.http import http_date

from aftersales.core import clock, events
from aftersales.core.models import WebhookDelivery, WebhookEndpoint
from aftersales.core.webhooks import endpoints, messages, outward, sending
from tests import factories

from .hook_receiver import receiving, self_made_certificate

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def receiver(settings):
    settings.AFTERSALES = settings.AFTERSALES | {"webhooks_allow_private": True}
    with receiving() as receiver:
        yield receiver


@pytest.fixture
def shop(receiver):
    shop = factories.make_shop()
    factories.make_webhook(shop, receiver.url)
    return shop


def hook(shop) -> WebhookEndpoint:
    return WebhookEndpoint.objects.get(shop=shop)


def later(**length):
    return time_machine.travel(clock.now() + timedelta(**length))


def test_a_slow_receiver_holds_up_nobody_else(receiver, shop):
    with receiving() as quick:
        other = factories.make_shop()
        factories.make_webhook(other, quick.url)
        for one, many in ((shop, 12), (other, 12)):
            WebhookDelivery.objects.bulk_create(
                messages.delivery(hook(one), f"msg_{n}", messages.Message("ping", "", {}), "t", n, clock.now())
                for n in range(many)
            )
        receiver.answers[:] = [2.0] * 12
        began = time.monotonic()
        sending.send_due(seconds=1.5)
        assert len(quick.got) == 12
        assert receiver.most_at_once <= sending.PLACES
        assert time.monotonic() - began < 6


def test_a_slow_endpoint_gets_one_place_until_it_is_faster(receiver, shop, monkeypatch):
    """So that many slow ones together cannot fill the sender."""
    monkeypatch.setattr(sending, "SLOW", 0.1)
    for _each in range(8):
        factories.make_order(shop)
    while events.deliver():
        continue
    receiver.answers[:] = [0.5] * 20
    sending.send_due()
    assert receiver.most_at_once == sending.PLACES, "nobody knows yet that it is slow"
    WebhookDelivery.objects.update(status="pending", next_try_at=clock.now(), finished_at=None)
    assert len(list(sending._boarding([], {hook(shop).pk}))) == 1


@pytest.mark.parametrize("secure", [False, True], ids=["http", "https"])
def test_one_that_answers_drop_by_drop_is_cut_off(settings, tmp_path, monkeypatch, secure):
    settings.AFTERSALES = settings.AFTERSALES | {"webhooks_allow_private": True}
    monkeypatch.setattr(outward, "WHOLE_SECONDS", 1.0)
    certificate = self_made_certificate(tmp_path) if secure else None
    monkeypatch.setattr(outward.certifi, "where", lambda: str(certificate))
    with receiving(certificate) as receiver:
        shop = factories.make_shop()
        factories.make_webhook(shop, receiver.url)
        endpoints.endpoint_ping(endpoint=hook(shop), actor=factories.buyer(shop))
        receiver.answers[:] = ["drip"]
        began = time.monotonic()
        sending.send_due()
        assert time.monotonic() - began < 5
        assert len(receiver.got) == 1
        assert "no answer" in WebhookDelivery.objects.get().error


def test_one_that_keeps_failing_is_left_alone_for_a_while(receiver, shop):
    for _each in range(8):
        factories.make_order(shop)
    while events.deliver():
        continue
    receiver.answers[:] = [500] * 100
    sending.send_due()
    tried = len(receiver.got)
    assert tried < 8 * 3
    endpoint = hook(shop)
    assert (endpoint.failing_since is not None, endpoint.pause_until > clock.now()) == (True, True)
    receiver.answers.clear()
    for minute in (6, 20, 60, 200):
        with later(minutes=minute):
            sending.send_due()
    assert hook(shop).failing_since is None


def test_one_message_that_is_always_refused_does_not_hold_up_the_others(receiver, shop):
    """It may be the message that is wrong: only its first refusal speaks against the endpoint."""
    actor = factories.buyer(shop)
    endpoints.endpoint_ping(endpoint=hook(shop), actor=actor)
    receiver.answers[:] = [400] * 5
    for hour in range(5):
        with later(hours=hour):
            sending.send_due()
    assert (hook(shop).failures, hook(shop).pause_until) == (1, None)


def test_a_receiver_that_does_not_answer_is_blamed_every_time(receiver, shop):
    endpoints.endpoint_ping(endpoint=hook(shop), actor=factories.buyer(shop))
    WebhookEndpoint.objects.update(url="http://127.0.0.1:9/nobody")
    for hour in range(3):
        with later(hours=hour):
            sending.send_due()
    assert hook(shop).failures == 3
    assert hook(shop).pause_until is not None


def test_gone_switches_an_endpoint_off(receiver, shop):
    endpoints.endpoint_ping(endpoint=hook(shop), actor=factories.buyer(shop))
    receiver.answers[:] = [410]
    sending.send_due()
    assert (hook(shop).is_active, hook(shop).stopped_why) == (False, "410 Gone")
    assert WebhookDelivery.objects.get().status == "parked"


def test_a_receiver_says_when_to_come_back(receiver, shop):
    endpoints.endpoint_ping(endpoint=hook(shop), actor=factories.buyer(shop))
    receiver.answers[:] = [429]
    receiver.headers["Retry-After"] = "900"
    sending.send_due()
    wait = WebhookDelivery.objects.get().next_try_at - clock.now()
    assert timedelta(seconds=880) < wait <= timedelta(seconds=900)


@pytest.mark.parametrize("status", [204, 429])
@pytest.mark.parametrize(
    "nonsense", ["9" * 20, "9" * 5000, "-5", "soon", "٣", "", "1e9", "Fri, 31 Dec 9999 23:59:59 GMT", "Mon, 99 Foo 1"]
)
def test_whatever_retry_after_says_the_others_are_served(receiver, shop, status, nonsense):
    endpoints.endpoint_ping(endpoint=hook(shop), actor=factories.buyer(shop))
    receiver.answers[:] = [status]
    receiver.headers["Retry-After"] = nonsense.encode().decode("latin-1")
    with receiving() as other:
        second = factories.make_shop()
        factories.make_webhook(second, other.url)
        endpoints.endpoint_ping(endpoint=hook(second), actor=factories.buyer(second))
        sending.send_due()
        assert len(other.got) == 1
    row = WebhookDelivery.objects.get(endpoint=hook(shop))
    assert row.status == ("delivered" if status == 204 else "pending")
    assert row.next_try_at is None or row.next_try_at <= clock.now() + sending.PAUSES[-1]


def test_retry_after_may_be_a_date(receiver, shop):
    endpoints.endpoint_ping(endpoint=hook(shop), actor=factories.buyer(shop))
    receiver.answers[:] = [503]
    receiver.headers["Retry-After"] = http_date((clock.now() + timedelta(minutes=10)).timestamp())
    sending.send_due()
    wait = WebhookDelivery.objects.get().next_try_at - clock.now()
    assert timedelta(minutes=9, seconds=50) < wait <= timedelta(minutes=10)


def test_redirects_are_not_followed(receiver, shop):
    endpoints.endpoint_ping(endpoint=hook(shop), actor=factories.buyer(shop))
    receiver.answers[:] = [302]
    receiver.headers["Location"] = receiver.url
    sending.send_due()
    assert len(receiver.got) == 1
    assert WebhookDelivery.objects.get().error == "HTTP 302"
