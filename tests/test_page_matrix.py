"""Every page × method × role × own, foreign or missing object, against `tests.page_table`."""

import re
from dataclasses import replace

import pytest
from django.db import transaction
from django.test import Client

from aftersales.core.models import Role
from tests import factories
from tests.page_table import PAGE_TABLE, Page
from tests.test_permission_matrix import World, routes

pytestmark = pytest.mark.django_db

UUID = "5e9f8a52-0c1b-4d1e-9a53-7d8e8f1b2c3d"
OTHER = {"action": "agree", "key": "deadline.TMO-1", "run": UUID, "job": UUID, "figure": "refund_rate"}


ASKED = {
    "payouts/new/": "?order={order}",
    "payouts/approve/": "?pick={payout}@1",
    "void-lists/new/": "?shop={shop}",
    "void-lists/<str:list_no>/answers/": "?pick={listed}@1",
    "invoices/new/": "?order={order}",
    "service/new/": "?order={order}",
    "service/files/new/": "?order={order}",
    "complaints/new/": "?order={order}",
    "feedback/new/": "?order={order}",
    "claims/new/": "?order={order}",
    "claims/stamp/": "?pick={claim}@1",
    "reports/campaign/<slug:figure>/": "?shop={shop}",
}
"""Pages that name their object in the query."""


def address(world: World, page: str, target: str) -> str:
    names = world.names[target] | OTHER
    page += ASKED.get(page, "").format(**names)
    return "/" + re.sub(r"<\w+:(\w+?)(?:_no|_id)?>", lambda found: names.get(found[1], "1"), page)


def seen(status: int, named: bool) -> str:
    """Give "no" for 403, "hidden" for 404 of a named object, "absent" for a method that is not there, or "through"."""
    assert status < 500
    return {403: "no", 405: "absent", 404: "hidden" if named else "through"}.get(status, "through")


def wanted(page: Page, method: str, role: str, target: str) -> str:
    allowed = page.reads if method == "GET" else page.sends
    if allowed is None:
        return "absent"
    hidden = page.named and target != "own"
    if hidden and page.hidden_first:
        return "hidden"
    if role not in allowed:
        return "no"
    return "hidden" if hidden else "through"


def tried(pages: dict[str, Page], method: str) -> list[str]:
    """Ask as every role for every page; say where the answer is not what the table expects."""
    world = World()
    wrong = []
    for role in Role.values:
        client = Client(raise_request_exception=False)
        user = factories.make_user(role, world.shops["own"])
        for name, page in pages.items():
            client.force_login(user)  # anew: one of the pages signs out
            for target in ("own", "foreign", "missing") if page.named else ("own",):
                before = transaction.savepoint()
                status = client.generic(method, address(world, name, target)).status_code
                transaction.savepoint_rollback(before)
                inner = page.named and not (target == "own" and "<int:" in name)
                got = seen(status, inner)
                if got != wanted(page, method, role, target):
                    wrong.append(f"{method} {name} as {role}, {target}: {status}")
    return wrong


def test_the_table_has_no_page_that_is_gone():
    """That none is missing is seen where the routes of the interface are looked at."""
    assert set(PAGE_TABLE) <= set(routes())


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_everybody_gets_exactly_the_pages_that_the_table_says(method):
    assert tried(PAGE_TABLE, method) == []


@pytest.mark.parametrize("name", sorted(name for name, page in PAGE_TABLE.items() if page.reads))
def test_an_address_that_no_name_fits_is_told_so(name):
    """A NUL, which the database refuses with an error of its own: in the path not found, in a query a bad request."""
    client = Client(raise_request_exception=False)
    client.force_login(factories.make_user(Role.SUPERVISOR))
    others = re.sub(r"<(?!str)\w+:\w+>", UUID if "uuid" in name else "1", name)
    if "<str:" in name:
        assert client.get("/" + re.sub(r"<str:\w+>", "A%00", others)).status_code == 404
    assert client.get("/" + re.sub(r"<str:\w+>", "A1", others) + "?q=%00&shop=%00").status_code == 400


def test_a_page_open_to_one_role_too_many_is_found():
    page = PAGE_TABLE["payments/"]
    closed = {"payments/": replace(page, reads=page.reads - {"supervisor"})}
    assert tried(closed, "GET") == ["GET payments/ as supervisor, own: 200"]
