"""Probes and figures."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from aftersales.core import clock
from aftersales.core.api import health, metrics
from aftersales.core.models import Deadline, OutboxEvent

pytestmark = [pytest.mark.django_db, pytest.mark.urls("aftersales.core.api.health")]


@pytest.fixture
def probe() -> Client:
    return Client()


def away(*args: Any) -> Any:
    raise OperationalError("could not connect to 10.0.0.1")


def test_the_process_is_up_without_asking_anybody(probe: Client) -> None:
    with CaptureQueriesContext(connection) as seen:
        answer = probe.get("/healthz")
    assert (answer.status_code, answer.json(), len(seen)) == (200, {"status": "ok"}, 0)
    assert "no-store" in answer["Cache-Control"]


def test_ready_names_each_part(probe: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "_brought_cache", set())
    answer = probe.get("/readyz")
    assert (answer.status_code, answer.json()) == (
        200,
        {"status": "ready", "database": "ok", "migrations": "ok", "broker": "ok"},
    )


def test_not_ready_without_the_database(probe: Client) -> None:
    with connection.execute_wrapper(away):
        answer = probe.get("/readyz")
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert answer.json() == {
        "status": "not ready",
        "database": "unreachable",
        "migrations": "unknown",
        "broker": "ok",
    }


def test_not_ready_before_the_migrations(probe: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "_brought_cache", {("core", "0999_later"), ("core", "0998_later")})
    answer = probe.get("/readyz")
    assert (answer.status_code, answer.json()["migrations"]) == (503, "2 not applied")


def test_not_ready_without_the_broker(probe: Client, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "_brought_cache", set())
    settings.CELERY_BROKER_URL = "redis://:secret@127.0.0.1:1/0"
    answer = probe.get("/readyz")
    assert (answer.status_code, answer.json()["broker"]) == (503, "unreachable")
    assert b"secret" not in answer.content


def test_probes_cannot_be_posted_to(probe: Client) -> None:
    assert [probe.post(url).status_code for url in ("/healthz", "/readyz", "/metrics")] == [405, 405, 405]


def figures(probe: Client, **headers: Any) -> dict[str, float]:
    answer = probe.get("/metrics", **headers)
    assert answer.status_code == 200
    lines = [line for line in answer.content.decode().splitlines() if not line.startswith("#")]
    return {name: float(value) for name, _, value in (line.rpartition(" ") for line in lines)}


def test_the_work_is_counted_when_asked(probe: Client) -> None:
    now = clock.now()
    for number, (status, ago) in enumerate(
        [("running", -60), ("running", 5), ("running", 60), ("failed", 60), ("succeeded", 60)]
    ):
        Deadline.objects.create(
            subject_type="refund",
            subject_id=number,
            shop_id=1,
            rule="TMO-1",
            action="agree",
            status=status,
            created_at=now,
            due_at=now - timedelta(seconds=ago),
        )
    for number, delivered in enumerate([None, now]):
        OutboxEvent.objects.create(
            topic="refund.agreed",
            subject_type="refund",
            subject_id=number,
            shop_id=1,
            created_at=now,
            next_try_at=None if delivered else now - timedelta(seconds=90),
            delivered_at=delivered,
            error="" if delivered else "x: ConnectionError",
        )
    found = figures(probe)
    assert found["aftersales_database_up"] == 1
    assert found["aftersales_deadlines_due"] == 2
    assert found["aftersales_deadlines_late"] == 1
    assert found["aftersales_deadlines_failed"] == 1
    assert found["aftersales_outbox_pending"] == 1
    assert found["aftersales_outbox_retrying"] == 1
    assert 90 <= found["aftersales_outbox_overdue_seconds"] < 100
    assert found["aftersales_idempotency_age_seconds"] == 0


def test_counts_are_capped(probe: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    assert all("LIMIT 1" in g.sql or "min(" in g.sql for g in metrics.GAUGES)
    with CaptureQueriesContext(connection) as seen:
        figures(probe)
    assert len(seen) == len(metrics.GAUGES)


def test_figures_without_the_database_say_so(probe: Client) -> None:
    with connection.execute_wrapper(away):
        found = figures(probe)
    assert found["aftersales_database_up"] == 0
    assert "aftersales_deadlines_due" not in found


def test_requests_are_counted_by_route_method_and_status(settings: Any) -> None:
    name = "aftersales.core.middleware.MetricsMiddleware"
    settings.MIDDLEWARE = [name, *(m for m in settings.MIDDLEWARE if m != name)]
    probe = Client()
    key = 'aftersales_requests_total{method="GET",route="/healthz",status="200"}'
    before = figures(probe).get(key, 0)
    probe.get("/healthz")
    probe.get("/nothing/at/all/123")
    after = figures(probe)
    assert after[key] - before == 1
    assert after['aftersales_requests_total{method="GET",route="(none)",status="404"}'] >= 1
    assert after['aftersales_request_seconds_count{method="GET",route="/healthz"}'] >= 1
    assert not [name for name in after if "123" in name]


def test_unknown_methods_are_one_series(settings: Any) -> None:
    metrics.observe("/x", "BREW", 405, 0.1)
    assert figures(Client())['aftersales_requests_total{method="OTHER",route="/x",status="405"}'] >= 1


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"REMOTE_ADDR": "127.0.0.1"}, 200),
        ({"REMOTE_ADDR": "::1"}, 200),
        ({"REMOTE_ADDR": "10.1.2.3"}, 403),
        ({"REMOTE_ADDR": ""}, 403),
        ({"REMOTE_ADDR": "127.0.0.1", "HTTP_X_FORWARDED_FOR": "1.2.3.4"}, 403),
        ({"REMOTE_ADDR": "127.0.0.1", "HTTP_FORWARDED": "for=1.2.3.4"}, 403),
        ({"REMOTE_ADDR": "10.1.2.3", "HTTP_AUTHORIZATION": "Bearer "}, 403),
    ],
)
def test_figures_are_for_the_machine_itself(probe: Client, headers: dict[str, str], status: int) -> None:
    assert probe.get("/metrics", **headers).status_code == status


def test_figures_are_for_named_networks_and_tokens(probe: Client, settings: Any) -> None:
    settings.METRICS_NETWORKS = ["10.0.0.0/8"]
    settings.METRICS_TOKEN = "figures"
    assert probe.get("/metrics", REMOTE_ADDR="10.1.2.3").status_code == 200
    assert probe.get("/metrics", REMOTE_ADDR="127.0.0.1").status_code == 403
    assert probe.get("/metrics", REMOTE_ADDR="8.8.8.8", HTTP_AUTHORIZATION="Bearer figures").status_code == 200
    assert probe.get("/metrics", REMOTE_ADDR="8.8.8.8", HTTP_AUTHORIZATION="Bearer figure").status_code == 403


@pytest.mark.redis
def test_a_broker_that_answers_is_ok(settings: Any, redis_url: str) -> None:
    settings.CELERY_BROKER_URL = redis_url
    assert health.broker_check() == "ok"
