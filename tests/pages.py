"""Tools of the tests of pages: somebody signed in, what a list shows, a dialog pressed as htmx does it."""

import re
from typing import Any

from django.core.cache import cache
from django.test import Client

from aftersales.core import policies
from aftersales.core.models import Shop, User
from tests.factories import make_user


def sign_in(client: Client, role: str, *shops: Shop, **fields: Any) -> User:
    """Sign a new member of staff in."""
    user = make_user(role, *shops, **fields)
    client.force_login(user)
    cache.clear()
    return user


def rows(response: Any) -> list[str]:
    """What the rows of a list are about, in order."""
    return re.findall(r'<tr data-row="([^"]+)"', response.content.decode())


def press(client: Client, url: str, data: dict[str, Any] | None = None, at: str = "/queue/") -> Any:
    """Send a dialog as htmx does, from the page `at`."""
    return client.post(url, data or {}, headers={"HX-Request": "true", "HX-Current-URL": f"http://testserver{at}"})


def warm(client: Client, url: str) -> None:
    """See a page once, so that what is cached for a moment is there: counts of the rail, figures of the policies."""
    policies.forget()  # or the five seconds of a figure may end between the two
    client.get(url)
    policies.get("deadline.TMO-1")


def words(response: Any) -> str:
    """The text of a page without its markup."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))
