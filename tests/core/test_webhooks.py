"""Messages to shops' front-ends: signed, in order for each object, at least once, again for three days (api.md)."""

import base64
import hashlib
import hmac
import itertools
import json
import time
from datetime import datetime, timedelta

import pytest
import time_machine
from django.db import connection

from aftersales.core import clock, errors, events
from aftersales.core.models import OutboxEvent, Role, WebhookDelivery, WebhookEndpoint
from aftersales.core.webhooks import endpoints, messages, outward, sending, signing
from refunds import services
from tests import factories, rest

from .hook_receiver import receiving

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


def told(rounds=1):
    """What the workers do."""
    for _round in range(rounds):
        while events.deliver():
            continue
        sending.send_due()


def hook(shop) -> WebhookEndpoint:
    return WebhookEndpoint.objects.get(shop=shop)


def later(**length):
    return time_machine.travel(clock.now() + timedelta(**length))


# Signatures -----------------------------------------------------------------------------------------------------------


def test_a_public_test_vector_of_standard_webhooks():
    """Source: the test vectors of the reference libraries at github.com/standard-webhooks/standard-webhooks."""
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    body = b'{"test": 2432232314}'
    signed = signing.signature(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, body)
    assert signed == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_a_message_carries_what_a_receiver_checks(receiver, shop):
    refund = factories.make_refund(factories.make_order(shop))
    told()
    [(headers, body)] = [one for one in receiver.got if b"refund.created" in one[1]]
    key = base64.b64decode(hook(shop).secret.removeprefix("whsec_"))
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    expected = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{expected}"
    assert abs(int(headers["webhook-timestamp"]) - time.time()) < 60
    assert headers["content-type"] == "application/json"
    message = json.loads(body)
    assert (message["type"], message["data"]["refund_no"]) == ("refund.created", refund.refund_no)
    assert datetime.fromisoformat(message["timestamp"]) <= clock.now()


def test_while_a_secret_is_exchanged_both_sign(receiver, shop):
    old = hook(shop).secret
    endpoints.secret_rotate(endpoint=hook(shop), actor=factories.buyer(shop), overlap=timedelta(hours=1))
    new = hook(shop).secret
    endpoints.endpoint_ping(endpoint=hook(shop), actor=factories.buyer(shop))
    told()
    with later(hours=2):
        endpoints.endpoint_ping(endpoint=hook(shop), actor=factories.buyer(shop))
        told()
    for (headers, body), keys in zip(receiver.got, ([new, old], [new]), strict=True):
        at = int(headers["webhook-timestamp"])
        assert headers["webhook-signature"].split() == [
            signing.signature(key, headers["webhook-id"], at, body) for key in keys
        ]


def test_secrets_are_unreadable_in_the_database(shop):
    """Also in the answer that is kept to be given again (LAW-7)."""
    caller = rest.shop_caller(shop)
    asked = ("/webhooks", {"url": "https://shop.example.com/hooks", "types": ["*"]})
    first, again = (caller.post(*asked, key="one") for _each in range(2))
    assert first.json() == again.json()
    assert first.json()["secret"].startswith("whsec_")
    with connection.cursor() as cursor:
        for table in ("core_webhookendpoint", "core_idempotencyrecord"):
            cursor.execute(f"SELECT row::text FROM {table} row")
            rows = cursor.fetchall()
            assert rows
            assert "whsec_" not in str(rows)


# What is told ---------------------------------------------------------------------------------------------------------


def test_every_family_tells_what_the_shop_gets_over_rest(receiver, shop):
    order = factories.make_order(shop, sign=True)
    refund = factories.make_return(order)
    payout = factories.approved(factories.make_payout(order))
    told(2)
    found = {message["type"]: message["data"] for message in receiver.bodies}
    assert found["refund.created"]["refund_no"] == refund.refund_no
    assert found["payout.approved"]["payout_no"] == payout.payout_no
    assert found["order.signed"]["order_no"] == order.order_no
    assert "assignee" not in found["refund.created"]
    everything = json.dumps(receiver.bodies, ensure_ascii=False)
    for secret in ("13800001234", "李雷", "春熙路"):
        assert secret not in everything, "receivers and payees are masked (LAW-7, PAY-2)"


def test_an_endpoint_gets_what_it_asked_for_and_no_other_shop_s(receiver, settings):
    shop, other = factories.make_shop(), factories.make_shop()
    factories.make_webhook(shop, receiver.url, types=["refund.agreed", "payout.*"])
    for one in (shop, other):
        refund = factories.make_refund(factories.make_order(one))
        services.refund_void(refund=refund, actor=factories.staff())
        services.refund_agree(refund=refund, actor=factories.staff())
    told()
    assert [message["type"] for message in receiver.bodies] == ["refund.agreed"]


@pytest.mark.parametrize(
    ("pattern", "is_type"),
    [
        ("*", True),
        ("refund.*", True),
        ("exchange.agreed", True),
        ("payment.*", False),
        ("refund", False),
        ("refund.a*", False),
        ("refund.AGREED", False),
        ("", False),
    ],
)
def test_types_that_may_be_asked_for(pattern, is_type):
    assert messages.is_type(pattern) is is_type


def test_without_a_webhook_news_that_nobody_hears_is_done_at_once():
    """The database looks when the event is written; no statement is spent on it."""
    factories.make_order()
    assert not OutboxEvent.objects.filter(topic="order.registered", delivered_at=None).exists()
    shop = factories.make_shop()
    factories.make_webhook(shop)
    factories.make_order(shop)
    assert OutboxEvent.objects.filter(topic="order.registered", delivered_at=None, shop_id=shop.pk).count() == 1


def test_hearing_an_event_twice_queues_it_once(shop):
    factories.make_refund(factories.make_order(shop))
    while events.deliver():
        continue
    before = WebhookDelivery.objects.count()
    for event in OutboxEvent.objects.filter(subject_type="refund"):
        messages.queue(event)
    assert WebhookDelivery.objects.count() == before


# Order and repetition -------------------------------------------------------------------------------------------------


def test_messages_of_one_object_come_in_order_whatever_fails(receiver, shop):
    refund = factories.make_refund(factories.make_order(shop))
    services.refund_void(refund=refund, actor=factories.staff())
    services.refund_agree(refund=refund, actor=factories.staff())
    receiver.answers[:] = [500, 204, 500, 503]
    for hour in range(8):
        with later(hours=hour):
            told()
    per_object: dict[str, list[str]] = {}
    done: set[str] = set()
    for message, number in zip(receiver.bodies, receiver.ids, strict=True):
        if number not in done:
            per_object.setdefault(message["data"].get("refund_no", "order"), []).append(message["type"])
        done.add(number)
    assert per_object[refund.refund_no][:1] == ["refund.created"]
    assert per_object[refund.refund_no][-1] == "refund.agreed"
    assert set(WebhookDelivery.objects.values_list("status", flat=True)) == {"delivered"}


def test_one_object_that_fails_does_not_hold_up_another(receiver, shop):
    first, second = (factories.make_refund(factories.make_order(shop)) for _each in range(2))
    while events.deliver():
        continue
    stuck = WebhookDelivery.objects.filter(subject_type="refund", subject_id=first.pk)
    stuck.update(next_try_at=clock.now() + timedelta(hours=1))
    sending.send_due()
    assert {body["data"].get("refund_no") for body in receiver.bodies} == {None, second.refund_no}


def test_it_is_tried_with_longer_and_longer_pauses_and_parked_after_three_days(receiver, shop):
    endpoints.endpoint_ping(endpoint=hook(shop), actor=factories.buyer(shop))
    receiver.answers[:] = [500] * 100
    start = at = clock.now()
    moments = []
    while True:
        with time_machine.travel(at, tick=False):
            WebhookEndpoint.objects.update(pause_until=None)
            sending.send_due()
        moments.append(at - start)
        row = WebhookDelivery.objects.get()
        if row.status == "parked":
            break
        at = row.next_try_at
    pauses = [later - earlier for earlier, later in itertools.pairwise(moments)]
    for pause, usual in zip(pauses, [*sending.PAUSES, *[sending.PAUSES[-1]] * 20], strict=False):
        assert usual * 0.89 < pause < usual * 1.11
    assert timedelta(days=2.7) < moments[-1] < timedelta(days=3)
    assert (row.answer_status, row.error, row.answer_text) == (500, "HTTP 500", "no")


def test_a_parked_message_lets_the_next_one_through_and_can_be_sent_again(receiver, shop):
    actor = factories.buyer(shop)
    for _each in range(2):
        endpoints.endpoint_ping(endpoint=hook(shop), actor=actor)
    first, second = WebhookDelivery.objects.order_by("pk")
    WebhookDelivery.objects.filter(pk=first.pk).update(since=clock.now() - timedelta(days=4))
    receiver.answers[:] = [500]
    sending.send_due()
    WebhookEndpoint.objects.update(pause_until=None)
    sending.send_due()
    assert list(WebhookDelivery.objects.order_by("pk").values_list("status", flat=True)) == ["parked", "delivered"]
    again = endpoints.delivery_redeliver(delivery=first, actor=actor)
    sending.send_due()
    assert receiver.ids == [first.message_id, second.message_id, first.message_id]
    assert receiver.got[0][1] == receiver.got[2][1]
    with pytest.raises(errors.Conflict):
        endpoints.delivery_redeliver(delivery=endpoints.endpoint_ping(endpoint=hook(shop), actor=actor), actor=actor)
    assert WebhookDelivery.objects.get(pk=again.pk).status == "delivered"


def test_a_sender_that_dies_between_sending_and_marking_sends_twice_with_one_id(receiver, shop, monkeypatch):
    """At least once; a receiver tells repetitions by the id."""
    endpoints.endpoint_ping(endpoint=hook(shop), actor=factories.buyer(shop))
    with monkeypatch.context() as patch:
        patch.setattr(sending, "take_note", lambda *_args: (_ for _ in ()).throw(SystemExit))
        with pytest.raises(SystemExit):
            sending.send_due()
    sending.send_due()
    assert len(receiver.got) == 1, "the lease holds"
    with later(seconds=61):
        sending.send_due()
    assert receiver.ids == [WebhookDelivery.objects.get().message_id] * 2


def test_an_answer_after_the_lease_changes_nothing(shop):
    endpoints.endpoint_ping(endpoint=hook(shop), actor=factories.buyer(shop))
    [row] = sending.claim(hook(shop), 1)
    with later(seconds=61):
        sending.claim(hook(shop), 1)
        sending.take_note(row, hook(shop), outward.Response(204))
    assert WebhookDelivery.objects.get().status == "pending"


def test_only_one_sender_works_at_a_time(receiver, shop):
    endpoints.endpoint_ping(endpoint=hook(shop), actor=factories.buyer(shop))
    other = connection.copy()
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [sending._SENDER])
        assert sending.send_due() == 0
    other.close()  # as when the other sender is killed
    until = time.monotonic() + 10
    while not sending.send_due() and time.monotonic() < until:
        time.sleep(0.05)
    assert len(receiver.got) == 1


# Keeping --------------------------------------------------------------------------------------------------------------


def test_what_was_delivered_or_parked_long_ago_is_thrown_away(receiver, shop):
    actor = factories.buyer(shop)
    rows = WebhookDelivery.objects
    ages = [("delivered", 29), ("delivered", 31), ("parked", 89), ("parked", 91)]
    for status, days in ages:
        row = endpoints.endpoint_ping(endpoint=hook(shop), actor=actor)
        at = clock.now() - timedelta(days=days)
        rows.filter(pk=row.pk).update(status=status, finished_at=at, next_try_at=None)
    assert endpoints.deliveries_expire() == 2
    assert list(rows.order_by("pk").values_list("status", flat=True)) == ["delivered", "parked"]


def test_what_waits_for_an_endpoint_that_is_switched_off_is_parked_after_three_days(receiver, shop):
    actor = factories.buyer(shop)
    row = endpoints.endpoint_ping(endpoint=hook(shop), actor=actor)
    endpoints.endpoint_change(endpoint=hook(shop), actor=actor, is_active=False)
    for days, status in ((2, "pending"), (4, "parked")):
        with later(days=days):
            endpoints.deliveries_expire()
        assert WebhookDelivery.objects.get(pk=row.pk).status == status


def test_a_shop_has_ten_at_the_most(receiver, shop):
    for _each in range(9):
        factories.make_webhook(shop, receiver.url)
    with pytest.raises(errors.Conflict):
        factories.make_webhook(shop, receiver.url)


def test_an_agent_keeps_no_webhooks(shop):
    with pytest.raises(errors.Forbidden):
        endpoints.endpoint_ping(endpoint=hook(shop), actor=factories.staff(Role.AGENT))


@pytest.fixture
def many(shop) -> WebhookEndpoint:
    """An endpoint with three thousand messages, a thousand in each state, and the database knows that."""
    endpoint, at = hook(shop), clock.now()
    states = ("pending", "delivered", "parked")
    WebhookDelivery.objects.bulk_create(
        WebhookDelivery(
            endpoint=endpoint,
            message_id=f"msg_{number}",
            topic="refund.agreed",
            subject_type="refund",
            subject_id=number,
            body="{}",
            status=states[number % 3],
            since=at,
            next_try_at=at if number % 3 == 0 else None,
            finished_at=None if number % 3 == 0 else at - timedelta(minutes=number),
            created_at=at,
        )
        for number in range(3000)
    )
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {WebhookDelivery._meta.db_table}")
    return endpoint


@pytest.mark.parametrize(("part", "index"), [(0, "webhook_old"), (1, "webhook_old_parked")])
def test_old_messages_are_found_by_an_index(many, part, index):
    """Delivered and parked ones, however many there are."""
    plan = endpoints.expired(clock.now())[part].values("pk").explain()
    assert f"Scan using {index} " in plan or f"Index Scan on {index} " in plan
    assert "Filter" not in plan


def test_parked_messages_of_an_endpoint_are_found_by_an_index(many):
    rows = WebhookDelivery.objects.filter(endpoint=many, status="parked").order_by("-id").values("pk")[:50]
    assert "using webhook_listed" in rows.explain()
