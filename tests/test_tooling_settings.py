"""What an installation got wrong is said in words, and what production runs with is what it promises."""

import os
import secrets
import subprocess
import sys
import time
from pathlib import Path

import pytest
from celery.contrib.testing.worker import start_worker
from django.conf import settings
from django.core.checks import run_checks
from django.db import connection

from aftersales.celery import app

ROOT = Path(__file__).resolve().parent.parent
INSTALLATION = {
    "SECRET_KEY": secrets.token_urlsafe(60),
    "ALLOWED_HOSTS": "aftersales.example.com",
    "DATABASE_URL": "postgres:///none",
    "REDIS_URL": "redis://localhost:6379/0",
}


def manage(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run manage.py as an installation would, with these variables and none of ours."""
    environment = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8", **variables}
    command = [sys.executable, "manage.py", *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


def deploy(**variables: str) -> subprocess.CompletedProcess[str]:
    given = {name: value for name, value in {**INSTALLATION, **variables}.items() if value}
    return manage("check", "--deploy", "--fail-level", "WARNING", **given)


def test_an_installation_with_what_is_required_has_nothing_to_complain_about() -> None:
    answer = deploy()
    assert answer.returncode == 0, answer.stderr


@pytest.mark.parametrize(
    ("variables", "check"),
    [
        ({"SECRET_KEY": ""}, "aftersales.E001"),
        ({"SECRET_KEY": "short"}, "aftersales.E001"),
        ({"DEMO": "1"}, "aftersales.E002"),
        ({"REDIS_URL": ""}, "aftersales.E003"),
        ({"PRIVATE_ROOT": str(ROOT / "static" / "private")}, "aftersales.E004"),
        ({"REFUND_GATEWAY": "bank"}, "aftersales.E005"),
        ({"REFUND_GATEWAY": "alipay", "ALIPAY_APP_ID": "1"}, "aftersales.E005"),
        ({"TRACKING_PROVIDER": "kuaidi100", "KUAIDI_CUSTOMER": "1"}, "aftersales.E007"),
        ({"ALLOWED_HOSTS": ""}, "security.W020"),
    ],
)
def test_a_wrong_setting_is_named(variables: dict[str, str], check: str) -> None:
    answer = deploy(**variables)
    assert answer.returncode == 1
    assert check in answer.stderr


def test_the_checks_are_quiet_in_tests() -> None:
    assert [message for message in run_checks() if message.is_serious()] == []


def test_without_a_database_the_first_query_says_what_to_do(tmp_path: Path) -> None:
    program = "from django.db import connection; connection.ensure_connection()"
    answer = manage("shell", "-c", program, SECRET_KEY=INSTALLATION["SECRET_KEY"])
    if answer.returncode == 0:
        pytest.xfail("a demo is running in this checkout, and was found")
    assert "no database: set DATABASE_URL or start `make demo`" in answer.stderr


def test_what_needs_no_database_works_without_one() -> None:
    assert manage("check").returncode == 0


def test_no_script_or_style_may_stand_inline() -> None:
    directives = settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]
    assert "unsafe" not in str(directives)
    assert directives["script-src"] == directives["style-src"] == ["'self'"]


def test_every_scheduled_task_exists() -> None:
    app.loader.import_default_modules()
    missing = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()} - set(app.tasks)
    assert missing == set()


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_worker_keeps_its_database_connections() -> None:
    """Celery's Django fixup would close one per task."""
    app.loader.import_default_modules()
    backends: list[int] = []

    @app.task(name="tests.note_backend")
    def note_backend() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            backends.append(cursor.fetchone()[0])

    try:
        with start_worker(app, pool="threads", concurrency=2, perform_ping_check=False, shutdown_timeout=30):
            for _number in range(500):
                note_backend.delay()
            end = time.monotonic() + 60
            while len(backends) < 500 and time.monotonic() < end:
                time.sleep(0.05)
    finally:
        app.tasks.pop("tests.note_backend")
        with connection.cursor() as cursor:  # the threads are gone, their connections wait for the garbage collector
            cursor.execute("SELECT pg_terminate_backend(pid) FROM unnest(%s) AS pid", [list(set(backends))])
    assert len(backends) == 500
    assert len(set(backends)) <= 2
