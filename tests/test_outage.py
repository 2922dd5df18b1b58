"""The database goes away and comes back: callers and people are told, nothing is half done, work goes on by itself.

Against a real web server and a real PostgreSQL of its own, which is stopped in the middle. Seen to fail when
`ProblemsMiddleware` is taken out of the settings: the answers are 500 then.
"""

import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from aftersales.core import embedded_postgres
from tests.conftest import address_of_free_port

ROOT = Path(__file__).resolve().parent.parent
pytestmark = [pytest.mark.slow]

PREPARE = """
from aftersales.core import auth
from aftersales.core.models import ApiClient, Shop, User
shop = Shop.objects.create(code="demo", name="demo")
client = ApiClient.objects.create(name="front", shop=shop, scopes=["orders:write", "refunds:read", "refunds:write"])
auth.token_create(client=client, plain="front-end-token")
"""


class Web:
    """The web server under test, and how to ask it."""

    def __init__(self, port: int) -> None:
        self.base = f"http://127.0.0.1:{port}"

    def ask(self, path: str, body: Any = None, **headers: str) -> tuple[int, dict[str, str], str]:
        """Send a request and give status, headers and body, whatever they are."""
        data = None if body is None else json.dumps(body).encode()
        method = "GET" if body is None else "PUT"
        wanted = {"Authorization": "Bearer front-end-token", "Content-Type": "application/json"} | headers
        request = urllib.request.Request(self.base + path, data, wanted, method=method)
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return answer.status, dict(answer.headers), answer.read().decode()
        except urllib.error.HTTPError as problem:
            return problem.code, dict(problem.headers), problem.read().decode()


def eventually(check: Callable[[], bool], seconds: float = 20) -> None:
    """Wait until `check` holds; fail when it does not in time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            if check():
                return
        except OSError:
            pass
        time.sleep(0.1)
    raise AssertionError("it did not happen in time")


@pytest.fixture
def server() -> Iterator[embedded_postgres.EmbeddedServer]:
    """A PostgreSQL that belongs to this test alone."""
    own = embedded_postgres.temporary_server()
    yield own
    embedded_postgres.discard(own)


@pytest.fixture
def web(server: embedded_postgres.EmbeddedServer) -> Iterator[Web]:
    """Gunicorn on that database, with one shop and its token."""
    port = address_of_free_port()[1]
    variables = {
        **os.environ,
        "DATABASE_URL": server.start(),
        "DEMO": "1",
        "SECRET_KEY": "only for this test",
        "ALLOWED_HOSTS": "127.0.0.1",
        "DJANGO_SETTINGS_MODULE": "aftersales.settings",
    }
    variables.pop("REDIS_URL", None)

    def manage(*words: str) -> None:
        subprocess.run([sys.executable, "manage.py", *words], cwd=ROOT, env=variables, check=True, capture_output=True)

    manage("migrate", "--verbosity", "0")
    manage("shell", "--command", PREPARE)
    command = [
        "-m",
        "gunicorn",
        "aftersales.wsgi",
        "--bind",
        f"127.0.0.1:{port}",
        "--threads",
        "4",
        "--log-level",
        "error",
    ]
    process = subprocess.Popen([sys.executable, *command], cwd=ROOT, env=variables, stderr=subprocess.DEVNULL)
    one = Web(port)
    try:
        eventually(lambda: one.ask("/healthz")[0] == 200)
        yield one
    finally:
        process.terminate()
        process.wait(20)


ORDER = {
    "shop": "demo",
    "buyer": {"id": "b-1", "nick": "茶友小李"},
    "paid_at": "2026-11-01T10:00:00+08:00",
    "paid_fen": 10000,
    "lines": [{"line_no": "1", "title": "铁观音", "unit_price_fen": 10000, "quantity": 1}],
}


def test_a_database_that_goes_away_is_said_and_its_return_is_noticed(
    web: Web, server: embedded_postgres.EmbeddedServer
) -> None:
    assert web.ask("/api/v1/orders/BEFORE", ORDER)[0] == 201
    server.stop()

    status, headers, body = web.ask("/api/v1/orders/DURING", ORDER)
    assert (status, headers["Content-Type"]) == (503, "application/problem+json")
    assert int(headers["Retry-After"]) > 0
    assert json.loads(body)["code"] == "database_unavailable"
    status, headers, body = web.ask("/login/", Accept="text/html")
    page_is_plain = status == 200 and "<form" in body
    assert page_is_plain or (status == 503 and "Retry-After" in headers)
    status, _headers, body = web.ask("/queue/", Accept="text/html", Cookie="sessionid=abcdefghijklmnopqrstuvwxyz012345")
    assert status == 503
    assert "Traceback" not in body
    assert web.ask("/healthz")[0] == 200
    assert web.ask("/readyz")[0] == 503

    server.start()
    eventually(lambda: web.ask("/api/v1/orders/BEFORE")[0] == 200)
    assert web.ask("/api/v1/orders/DURING")[0] == 404
    assert web.ask("/api/v1/orders/DURING", ORDER)[0] == 201
