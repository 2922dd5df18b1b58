"""A browser for each worker, and people who sit at it. What they do is in console.py."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, sync_playwright
from pytest_django.live_server_helper import LiveServer

from aftersales.core.models import User
from logistics.models import Carrier
from tests import factories

from .console import Console

Enter = Callable[..., Console]


@pytest.fixture(scope="session")
def browser(chromium: str) -> Iterator[Browser]:
    """One browser for all tests of a worker; every person gets a context of his own."""
    # Playwright keeps an event loop in this thread, and Django would not touch the database beside one.
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        with sync_playwright() as playwright:
            chrome = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
            yield chrome
            chrome.close()


@pytest.fixture
def enter(browser: Browser, live_server: LiveServer) -> Iterator[Enter]:
    """Let somebody sit down at a browser: `enter(user)` is signed in already, `enter()` is not.

    Afterwards nothing may have gone wrong unseen: an error in the console, a page that the policy forbade, a 5xx.
    """
    if not Carrier.objects.exists():  # a test that commits is followed by a flush, which takes what migrations put in
        Carrier.objects.create(code="yuantong", name="圆通速递", formats=r"YT\d{13}")
    seats: list[Console] = []

    def sit_down(user: User | None = None, **options: Any) -> Console:
        seats.append(Console.open(browser, live_server.url, user, **options))
        return seats[-1]

    yield sit_down
    faults = [fault for seat in seats for fault in seat.leave()]
    assert faults == []


@pytest.fixture
def shop(live_server: LiveServer) -> Any:
    """The shop that everybody works for."""
    return factories.make_shop("tea")
