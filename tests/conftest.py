"""Fixtures of every test. The part here gives the run a database and decides what a missing tool means.

The people and things of the domain come from factories.
"""

import os
from collections.abc import Iterator

import pytest
from django.conf import settings
from django.db import connections

from aftersales.core import embedded_postgres

SERVER = pytest.StashKey[embedded_postgres.EmbeddedServer]()


def pytest_configure(config: pytest.Config) -> None:
    """Start one server for the whole run, unless DATABASE_URL names one; the workers of xdist inherit its address."""
    if settings.DATABASE_URL != settings.EMBEDDED_DATABASE or config.option.collectonly:
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


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    """With AFTERSALES_NO_SKIPS=1 a skipped test is a failed one: on CI nothing may be missing without a word."""
    report = yield
    if report.skipped and not hasattr(report, "wasxfail") and os.environ.get("AFTERSALES_NO_SKIPS") == "1":
        report.outcome = "failed"
        report.longrepr = f"skipped although nothing may be: {report.longrepr[2]}"
    return report
