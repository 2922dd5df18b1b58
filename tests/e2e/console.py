"""A person at a browser: how he gets in, what he presses and sees. Nothing here knows the rules of the domain."""

import re
from pathlib import Path
from typing import Any, Self

from django.conf import settings
from django.test import Client
from django.utils.translation import gettext, override
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Locator, Page, Response, ViewportSize, expect

from aftersales.core.models import User

PASSWORD = "secret-pass-1"  # what factories.make_user gives
DESK: ViewportSize = {"width": 1366, "height": 768}
PHONE: ViewportSize = {"width": 390, "height": 844}
WAIT_MS = 20_000  # a busy machine is slow, not wrong
REFUSALS = {409, 412, 422}  # a form that is shown again with what is wrong
ACCESSIBILITY = Path(__file__).with_name("accessibility.js").read_text()

expect.set_options(timeout=WAIT_MS)


def zh(english: str, **places: Any) -> str:
    """A text of the product in Chinese, as its users read it."""
    with override("zh-hans"):
        words = gettext(english)
    assert words != english, f"not translated: {english}"
    return words % places if places else words


def in_chinese(words: Any) -> str:
    """Words that are translated where they are shown, in Chinese, whatever language the tests speak now."""
    with override("zh-hans"):
        return str(words)


class Console:
    """One person's browser window. Everything that goes wrong unseen is kept in `faults`."""

    def __init__(self, context: BrowserContext, url: str) -> None:
        self.context, self.url = context, url
        self.faults: list[str] = []
        context.set_default_timeout(WAIT_MS)
        context.on("console", self._heard)
        context.on("weberror", lambda error: self.faults.append(str(error.error)))
        context.on("response", self._answered)
        self.page: Page = context.new_page()

    @classmethod
    def open(cls, browser: Browser, url: str, user: User | None, *, language: str = "zh-hans", **options: Any) -> Self:
        """Sit down; with a user, signed in as if he had come through the front door."""
        given = {"viewport": DESK, "timezone_id": "Asia/Shanghai", "locale": "zh-CN"} | options
        seat = cls(browser.new_context(**given), url)
        seat.keep_cookie(settings.LANGUAGE_COOKIE_NAME, language)
        if user is not None:
            seat.become(user)
        return seat

    def become(self, user: User) -> None:
        """Be signed in as somebody."""
        client = Client()
        client.force_login(user)
        self.keep_cookie(settings.SESSION_COOKIE_NAME, client.cookies[settings.SESSION_COOKIE_NAME].value)

    def keep_cookie(self, name: str, value: str) -> None:
        """Let the browser hold a cookie of this site."""
        self.context.add_cookies([{"name": name, "value": value, "url": self.url}])

    def leave(self) -> list[str]:
        """Close the window and say what went wrong in it."""
        self.context.close()
        return self.faults

    def _heard(self, message: ConsoleMessage) -> None:
        # A status is judged by _answered; the browser and htmx report every 4xx here, too.
        if message.type == "error" and not re.match("Failed to load resource|Response Status Error", message.text):
            self.faults.append(message.text)

    def _answered(self, response: Response) -> None:
        if response.status >= 400 and response.status not in REFUSALS:
            self.faults.append(f"{response.status} {response.request.method} {response.url}")

    # Moving about ----------------------------------------------------------------------------------------------------

    def go(self, path: str) -> None:
        """Open a page of the console."""
        self.page.goto(self.url + path)

    def sign_in(self, user: User) -> None:
        """Come through the front door, with the keyboard."""
        self.page.locator("#id_username").fill(user.username)
        self.page.locator("#id_password").fill(PASSWORD)
        self.page.keyboard.press("Enter")
        self.page.wait_for_url(lambda url: "/login/" not in url)

    def press(self, *keys: str) -> None:
        """Press keys one after the other."""
        for key in keys:
            self.page.keyboard.press(key)

    def at(self, part: str) -> None:
        """Wait until the address has this in it and the page's scripts have run."""
        self.page.wait_for_url(lambda url: part in url)
        self.page.wait_for_load_state()

    # What is seen ----------------------------------------------------------------------------------------------------

    @property
    def dialog(self) -> Locator:
        """The open dialog."""
        return self.page.locator("#dialog[open]")

    def open_dialog(self, key: str) -> Locator:
        """Press a key that opens a dialog, and wait until it has the focus."""
        self.press(key)
        expect(self.dialog.locator(":focus")).to_have_count(1)
        return self.dialog

    def sees(self, *texts: str, place: str = "body") -> None:
        """Expect these words in a place."""
        for text in texts:
            expect(self.page.locator(place).first).to_contain_text(text)

    def told(self, text: str) -> None:
        """Expect a message that says so, then put it away."""
        toast = self.page.locator("#toasts .toast", has_text=text)
        expect(toast).to_have_count(1)

    def closed(self) -> None:
        """Expect that the dialog is gone."""
        expect(self.page.locator("#dialog[open]")).to_have_count(0)

    @property
    def focused(self) -> str:
        """The id of what has the focus."""
        return str(self.page.evaluate("document.activeElement.id"))

    @property
    def selected(self) -> str | None:
        """The row of the list that the keys are on."""
        found: str | None = self.page.evaluate("document.querySelector('tr[data-selected]')?.dataset.row ?? null")
        return found

    # What is wrong with how it looks ---------------------------------------------------------------------------------

    @property
    def sideways(self) -> int:
        """By how many pixels the page is wider than the window."""
        return int(self.page.evaluate("document.documentElement.scrollWidth - window.innerWidth"))

    def barriers(self) -> list[str]:
        """What would stop somebody with a screen reader, a keyboard or weak eyes."""
        found: list[str] = self.page.evaluate(ACCESSIBILITY)
        return found
