"""Webhooks in the console: how each address does, what is on its way, and sending something again."""

import pytest
from django.test import Client
from django.urls import reverse

from aftersales.core.models import Role, WebhookDelivery, WebhookEndpoint
from aftersales.core.webhooks import endpoints
from tests import factories
from tests.pages import rows, sign_in, warm, words

pytestmark = pytest.mark.django_db


@pytest.fixture
def client():
    """A browser that wants English."""
    return Client(HTTP_ACCEPT_LANGUAGE="en")


def sent(hook, status="pending", **fields) -> WebhookDelivery:
    row = endpoints.endpoint_ping(endpoint=hook, actor=factories.buyer(hook.shop))
    if status != "pending":
        fields |= {"status": status, "next_try_at": None, "finished_at": row.created_at}
    WebhookDelivery.objects.filter(pk=row.pk).update(**fields)
    return WebhookDelivery.objects.get(pk=row.pk)


@pytest.mark.parametrize(
    ("role", "status"), [(Role.SUPERVISOR, 200), (Role.ADMIN, 200), (Role.AGENT, 403), (Role.FINANCE, 403)]
)
def test_who_may_look(client, role, status):
    sign_in(client, role)
    assert client.get("/webhooks/").status_code == status


def test_what_is_in_trouble_stands_first_and_no_secret_is_shown(client):
    shop = factories.make_shop()
    good, bad = factories.make_webhook(shop), factories.make_webhook(shop, "https://broken.example.com/")
    sent(bad, "parked", error="HTTP 500")
    WebhookEndpoint.objects.filter(pk=bad.pk).update(failing_since=bad.created_at)
    sign_in(client, Role.SUPERVISOR, shop)
    shown = client.get("/webhooks/")
    assert rows(shown) == [str(bad.pk), str(good.pk)]
    assert "failing since" in words(shown)
    assert "whsec_" not in shown.content.decode()


def test_the_tabs_part_the_messages(client):
    hook = factories.make_webhook()
    waiting, parked, done = sent(hook), sent(hook, "parked", error="HTTP 500"), sent(hook, "delivered")
    sign_in(client, Role.SUPERVISOR, hook.shop)
    page = reverse("core:webhook", args=[hook.pk])
    found = {tab: rows(client.get(f"{page}?tab={tab}")) for tab in ("pending", "parked", "delivered", "all")}
    one, two, three = str(waiting.pk), str(parked.pk), str(done.pk)
    assert found == {"pending": [one], "parked": [two], "delivered": [three], "all": [three, two, one]}


@pytest.mark.parametrize("many", [1, 50])
def test_a_page_costs_the_same_number_of_statements(client, many, django_assert_num_queries):
    """Session, user, the address, two counts, rows."""
    hook = factories.make_webhook()
    for _each in range(many):
        sent(hook)
    sign_in(client, Role.SUPERVISOR)
    page = reverse("core:webhook", args=[hook.pk])
    warm(client, page)
    with django_assert_num_queries(6):
        assert len(rows(client.get(page))) == many


def test_a_parked_message_is_looked_at_and_sent_again(client):
    hook = factories.make_webhook()
    parked = sent(hook, "parked", error="HTTP 500", answer_text="<b>no</b>")
    sign_in(client, Role.SUPERVISOR)
    page = reverse("core:webhook_message", args=[hook.pk, parked.pk])
    shown = client.get(page).content.decode()
    assert "&lt;b&gt;no" in shown
    assert "webhook_id" in shown
    client.post(reverse("core:webhook_redeliver", args=[hook.pk, parked.pk]))
    assert WebhookDelivery.objects.get(pk=parked.pk).status == "pending"
    again = client.post(reverse("core:webhook_redeliver", args=[hook.pk, parked.pk]), follow=True)
    assert "still on its way" in words(again)


def test_an_address_is_tried_switched_off_and_on(client):
    hook = factories.make_webhook()
    sign_in(client, Role.SUPERVISOR)
    client.post(reverse("core:webhook_ping", args=[hook.pk]))
    assert WebhookDelivery.objects.get().topic == "ping"
    for active in ("0", "1"):
        client.post(reverse("core:webhook_switch", args=[hook.pk]), {"active": active})
        assert WebhookEndpoint.objects.get().is_active is (active == "1")
