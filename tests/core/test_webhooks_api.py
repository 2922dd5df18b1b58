"""Webhooks over REST: named, changed, exchanged, tried, looked at and sent again (api.md)."""

import pytest

from aftersales.core.models import Role, WebhookDelivery, WebhookEndpoint
from tests import factories
from tests.rest import problem, shop_caller, staff_caller

pytestmark = pytest.mark.django_db
URL = "https://shop.example.com/hooks"


@pytest.fixture
def shop():
    return factories.make_shop("demo")


@pytest.fixture
def front(shop):
    return shop_caller(shop)


def test_a_secret_is_shown_once_when_it_is_made(front):
    made = front.post("/webhooks", {"url": URL, "types": ["refund.*"]}).json()
    assert made["secret"].startswith("whsec_")
    kept = front.get(f"/webhooks/{made['id']}").json()
    assert "secret" not in kept
    assert kept["url"] == URL
    again = front.post(f"/webhooks/{made['id']}/rotate-secret", {"overlap_hours": 1}).json()
    assert again["secret"] not in ("", made["secret"])
    assert again["previous_secret_until"]
    assert front.get("/webhooks").json()["results"] == [front.get(f"/webhooks/{made['id']}").json()]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"url": "http://127.0.0.1/"}, "url"),
        ({"url": ""}, "url"),
        ({"types": []}, "types"),
        ({"types": ["refund.*", "payment.done"]}, "types[1]"),
        ({"secret": "whsec_x"}, "secret"),
    ],
)
def test_what_is_wrong_is_named(front, wrong, field, settings):
    settings.AFTERSALES = settings.AFTERSALES | {"webhooks_allow_private": False}
    answer = front.post("/webhooks", {"url": URL, "types": ["*"]} | wrong)
    body = problem(answer, 422, "invalid")
    assert [one["field"] for one in body["errors"]] == [field]
    assert not WebhookEndpoint.objects.exists()


def test_it_is_changed_and_forgotten(front, shop):
    hook = factories.make_webhook(shop, URL)
    changed = front.patch(f"/webhooks/{hook.pk}", {"types": ["order.*"], "is_active": False}).json()
    assert (changed["types"], changed["is_active"], changed["url"]) == (["order.*"], False, URL)
    assert front.delete(f"/webhooks/{hook.pk}").status_code == 204
    problem(front.get(f"/webhooks/{hook.pk}"), 404, "not_found")


def test_messages_are_listed_and_sent_again(front, shop):
    hook = factories.make_webhook(shop, URL)
    made = front.post(f"/webhooks/{hook.pk}/ping")
    assert (made.status_code, made.json()["type"], made.json()["status"]) == (202, "ping", "pending")
    row = WebhookDelivery.objects.get()
    problem(front.post(f"/webhooks/{hook.pk}/deliveries/{row.pk}/redeliver"), 409, "still_on_its_way")
    WebhookDelivery.objects.update(status="parked", next_try_at=None, finished_at=row.created_at)
    assert front.get(f"/webhooks/{hook.pk}/deliveries?status=delivered").json()["results"] == []
    [parked] = front.get(f"/webhooks/{hook.pk}/deliveries?status=parked").json()["results"]
    assert parked["message_id"] == row.message_id
    again = front.post(f"/webhooks/{hook.pk}/deliveries/{row.pk}/redeliver").json()
    assert (again["status"], again["message_id"]) == ("pending", row.message_id)


def test_staff_name_the_shop(shop):
    factories.make_shop("other")
    boss = staff_caller(Role.SUPERVISOR)
    body = {"url": URL, "types": ["*"]}
    problem(boss.post("/webhooks", body), 422, "invalid")
    problem(boss.post("/webhooks", body | {"shop": "nowhere"}), 422, "invalid")
    assert boss.post("/webhooks", body | {"shop": "other"}).json()["shop"] == "other"
