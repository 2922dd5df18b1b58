"""`/healthz`, `/readyz` and `/metrics`: for probes and for Prometheus. No session, no domain data."""

import hmac
import ipaddress
import logging
import os
from collections.abc import Callable

from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST

from aftersales.core import errors

from . import metrics, problems

logger = logging.getLogger(__name__)

OK = "ok"
BROKER_SECONDS = 1.0
LOOPBACK = ("127.0.0.0/8", "::1/128")
FORWARDED = ("HTTP_X_FORWARDED_FOR", "HTTP_FORWARDED", "HTTP_X_REAL_IP")


@never_cache
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """Say that the process is up. Asks nobody else, so that a database restart does not kill the web workers."""
    return JsonResponse({"status": OK})


@never_cache
@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """Say whether requests can be served: database, migrations and broker, each named; 503 when one is missing."""
    parts = {name: check() for name, check in CHECKS.items()}
    ready = all(said == OK for said in parts.values())
    headers = {} if ready else {"Retry-After": "5"}
    body = {"status": "ready" if ready else "not ready", **parts}
    return JsonResponse(body, status=200 if ready else 503, headers=headers)


@never_cache
@require_safe
def prometheus(request: HttpRequest) -> HttpResponse:
    """Give the figures to the machine itself, to settings.METRICS_NETWORKS, and to who has settings.METRICS_TOKEN."""
    if not _may_read_figures(request):
        return problems.http_response(errors.Forbidden(code="metrics_forbidden"))
    body = metrics.exposition(multiprocess_folder=os.environ.get("PROMETHEUS_MULTIPROC_DIR"))
    return HttpResponse(body, content_type=CONTENT_TYPE_LATEST)


def database_check() -> str:
    """Return "ok" if the database answers."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except (DatabaseError, InterfaceError):
        return "unreachable"
    return OK


def migrations_check() -> str:
    """Return "ok" if the database has every migration that this code brings; one query."""
    try:
        applied = MigrationRecorder(connection).applied_migrations()
    except (DatabaseError, InterfaceError):
        return "unknown"
    missing = _brought() - set(applied)
    return f"{len(missing)} not applied" if missing else OK


def broker_check() -> str:
    """Return "ok" if the queue can be reached; within one process there is nothing to reach."""
    url = str(getattr(settings, "CELERY_BROKER_URL", "") or "memory://")
    if url.startswith("memory://"):
        return OK
    from kombu.connection import Connection  # only where there is a broker

    try:
        with Connection(url, connect_timeout=BROKER_SECONDS) as broker:  # type: ignore[no-untyped-call]
            broker.ensure_connection(max_retries=1, timeout=BROKER_SECONDS)
    except Exception as exc:
        logger.warning("broker: %s", type(exc).__name__)
        return "unreachable"
    return OK


CHECKS: dict[str, Callable[[], str]] = {
    "database": database_check,
    "migrations": migrations_check,
    "broker": broker_check,
}
_brought_cache: set[tuple[str, str]] | None = None


def _brought() -> set[tuple[str, str]]:
    """Return the migrations on disk that nothing replaces, read once: they cannot change under a running process."""
    global _brought_cache
    if _brought_cache is None:
        loader = MigrationLoader(None)
        replaced = {old for migration in loader.disk_migrations.values() for old in migration.replaces}
        _brought_cache = set(loader.disk_migrations) - replaced
    return _brought_cache


def _may_read_figures(request: HttpRequest) -> bool:
    token = getattr(settings, "METRICS_TOKEN", "")
    sent = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if token and hmac.compare_digest(sent.encode(), token.encode()):
        return True
    # Behind a proxy on the same machine everybody seems to come from the machine itself.
    if any(name in request.META for name in FORWARDED):
        return False
    try:
        address = ipaddress.ip_address(request.META.get("REMOTE_ADDR", ""))
    except ValueError:
        return False
    networks = getattr(settings, "METRICS_NETWORKS", LOOPBACK)
    return any(address in ipaddress.ip_network(network) for network in networks)


urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
    path("metrics", prometheus, name="metrics"),
]
