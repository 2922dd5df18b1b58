"""The pictures of the state machines in the console: the help page, and the request's own with where it stands."""

from typing import Any

import pytest
from playwright.sync_api import expect

from aftersales.core.models import Role
from tests import factories

from .conftest import Enter
from .console import zh

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]


def test_a_request_shows_what_can_become_of_it(shop: Any, enter: Enter) -> None:
    """The picture comes when somebody opens it, with the state marked and its ways out."""
    refund = factories.make_return(factories.make_order(shop, sign=True))
    agent = enter(factories.make_user(Role.AGENT, shop))
    agent.go(f"/requests/{refund.refund_no}/")
    fold = agent.page.locator("#case-path")
    expect(fold.locator("svg.machine")).to_have_count(0)
    fold.locator("summary").click()
    here = fold.locator("svg.machine .state.here")
    expect(here).to_contain_text("WAIT_SELLER_AGREE")
    expect(here).to_have_attribute("aria-current", "true")
    expect(fold.locator("svg .out.open")).to_have_count(5)
    ways = agent.page.evaluate("getComputedStyle(document.querySelector('.out.open .way')).stroke")
    rest = agent.page.evaluate("getComputedStyle(document.querySelector('.out:not(.open) .way')).stroke")
    assert ways != rest
    fold.locator("summary").click()
    fold.locator("summary").click()
    expect(fold.locator("svg.machine")).to_have_count(1)
    fold.get_by_role("link").click()
    agent.sees(zh("How cases go"), zh("Exchange and reship"))
    assert agent.page.url.endswith("/help/states/#refund-money")


def test_the_help_says_everything_in_words_as_well(shop: Any, enter: Enter) -> None:
    seat = enter(factories.make_user(Role.WAREHOUSE, shop), language="en")
    seat.go("/help/states/")
    seat.sees("How cases go", "Request for money", "Exchange and reship", "Payout")
    expect(seat.page.locator("svg.machine[role=img]")).to_have_count(15)
    section = seat.page.locator("#payment")
    section.locator("summary").click()
    row = section.locator("details tr", has_text="Send again")
    expect(row).to_contain_text("Failed")
    expect(row).to_contain_text("Promised")
    expect(row).to_contain_text("Finance")
