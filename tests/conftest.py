"""Fixtures of every test. The part here gives the run a database and decides what a missing tool means.

The people and things of the domain come from factories.
"""

import os
import shutil
import socket
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.db import connections, transaction
from django.db.backends.postgresql.operations import DatabaseOperations

from aftersales.core import calendar, embedded_postgres
from tests.redis_server import RedisServer
from tests.strictness import pytest_make_collect_report, pytest_runtest_makereport  # noqa: F401
from tools import translations

FILLED_ONCE = {"logistics_carrier", "core_calendarday"}
"""Tables whose rows come with the migrations, or are filled before the first test; emptying the others spares them."""
SERVER = pytest.StashKey[embedded_postgres.EmbeddedServer]()


def pytest_configure(config: pytest.Config) -> None:
    """Start one server for the whole run, unless DATABASE_URL names one; the workers of xdist inherit its address."""
    if hasattr(config, "workerinput") or config.option.collectonly:
        return
    translations.compile_catalogues()
    if settings.DATABASE_URL != settings.EMBEDDED_DATABASE:
        return
    server = embedded_postgres.temporary_server()
    config.stash[SERVER] = server
    os.environ["DATABASE_URL"] = server.start()
    settings.DATABASES["default"]["OPTIONS"]["host"] = str(server.socket_folder)
    assert connections.settings["default"] is settings.DATABASES["default"]


def pytest_unconfigure(config: pytest.Config) -> None:
    """Leave nothing running and nothing on disk."""
    server = config.stash.get(SERVER, None)
    if server is not None:
        embedded_postgres.discard(server)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> None:
    """Fill the calendar of working days, as every installation does; promises and deadlines count by it."""
    with django_db_blocker.unblock():
        calendar.fill(*calendar.needed_years())


@pytest.fixture(scope="session", autouse=True)
def _flush_past_guards() -> Iterator[None]:
    """Let the emptying between transactional tests past the triggers that forbid TRUNCATE, and nothing else past them.

    Such a test commits, so Django empties every table after it; the log would refuse, as it should in production.
    """
    truncate = 32  # the bit of pg_trigger.tgtype

    def execute_sql_flush(self: DatabaseOperations, sql_list: list[str]) -> None:
        with transaction.atomic(using=self.connection.alias), self.connection.cursor() as cursor:
            cursor.execute(
                "SELECT format('ALTER TABLE %%s %%%%s TRIGGER %%I', tgrelid::regclass, tgname) FROM pg_trigger"
                " WHERE NOT tgisinternal AND tgtype & %s <> 0",
                [truncate],
            )
            guards = [row[0] for row in cursor.fetchall()]
            for guard in guards:
                cursor.execute(guard % "DISABLE")
            for statement in sql_list:
                cursor.execute(statement)
            for guard in guards:
                cursor.execute(guard % "ENABLE")

    def sql_flush(self: DatabaseOperations, style: Any, tables: list[str], **options: Any) -> list[str]:
        return plain_flush(self, style, [table for table in tables if table not in FILLED_ONCE], **options)

    plain_flush = DatabaseOperations.sql_flush
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(DatabaseOperations, "execute_sql_flush", execute_sql_flush)
        patch.setattr(DatabaseOperations, "sql_flush", sql_flush)
        yield


def address_of_free_port() -> tuple[str, int]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        host, port = probe.getsockname()
        return host, port


@pytest.fixture(scope="session")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The Redis of REDIS_URL, or one of our own where the program is installed."""
    if settings.TEST_REDIS_URL:
        yield settings.TEST_REDIS_URL
        return
    if shutil.which("redis-server") is None:
        pytest.skip("Redis is missing: apt-get install redis-server, or give a REDIS_URL")
    server = RedisServer(address_of_free_port(), tmp_path_factory.mktemp("redis"))
    server.start()
    try:
        yield server.url
    finally:
        server.stop()


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of a browser that playwright can drive."""
    for name in ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable"):
        path = shutil.which(name)
        if path is not None:
            return path
    pytest.skip("A browser is missing: apt-get install chromium fonts-noto-cjk")
