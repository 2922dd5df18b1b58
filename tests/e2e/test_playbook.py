"""The playbook from a supervisor's draft to an agent's recommendation, in a browser."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import expect

from aftersales.core.models import Role
from tests import factories
from tests.refunds import standings
from tickets.models import PlaybookVersion
from tickets.selectors.playbook import current
from tickets.selectors.playbook.default import RULES
from tickets.tasks import playbook_trials_run

from .conftest import Enter
from .console import zh

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]
PLACE = [rule["id"] for rule in RULES].index("return-seven-day") + 1


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    current.forget()
    yield
    current.forget()


def test_a_rule_is_drafted_tried_and_published_and_the_desk_follows_it(shop: Any, enter: Enter) -> None:
    """DEC: nothing changes before it is published, and nothing is forced afterwards."""
    decided = standings.agree(factories.make_return(factories.make_order(shop, sign=True)))
    waiting = factories.make_return(factories.make_order(shop, sign=True))
    agent = enter(factories.make_user(Role.AGENT, shop))
    agent.go(f"/requests/{waiting.refund_no}/")
    agent.sees(zh("Recommended: %(action)s", action=zh("Agree to the return")))

    boss = enter(factories.make_user(Role.SUPERVISOR))
    boss.go("/playbook/")
    boss.page.get_by_role("link", name=zh("New draft")).click()
    boss.dialog.locator("#id_note").fill("双十一先打电话")
    boss.dialog.locator("[data-confirm]").click()
    boss.closed()
    boss.page.locator("tbody .row-link").first.click()
    rule = boss.page.locator(f"#rule-{PLACE}")
    rule.get_by_role("link", name=zh("Change")).click()
    boss.dialog.locator("#id_action").select_option("contact")
    boss.dialog.locator(".fold summary").click()
    boss.dialog.locator("#id_amount_fen_most").fill("5000")
    boss.dialog.locator("[data-confirm]").click()
    boss.closed()
    boss.sees(f"{zh('recommends')}：{zh('Agree')} → {zh('Contact the buyer first')}")
    boss.sees("金额：最多 ¥5,000.00")

    boss.page.get_by_role("link", name=zh("Try"), exact=True).click()
    boss.dialog.locator("[data-confirm]").click()
    boss.closed()
    expect(boss.page.locator("#trial progress")).to_be_visible()
    playbook_trials_run()
    expect(boss.page.locator("#trial details")).to_have_count(1)
    boss.page.locator("#trial summary").click()
    expect(boss.page.locator("#trial a").first).to_have_text(decided.refund_no)
    agent.page.reload()
    agent.sees(zh("Recommended: %(action)s", action=zh("Agree to the return")))

    boss.page.get_by_role("link", name=zh("Publish")).click()
    boss.dialog.locator("[data-confirm]").click()
    boss.closed()
    assert PlaybookVersion.objects.get().number == 1
    agent.page.reload()
    agent.sees(zh("Recommended: %(action)s", action=zh("Contact the buyer first")))
    expect(agent.page.locator(".actions .button-primary")).to_have_count(0)
    agent.page.get_by_role("button", name=zh("Use the ready words")).click()
    expect(agent.page.locator("#reply")).to_have_value(zh(playbook_words()))
    agent.page.locator("h1").first.click()  # out of the reply
    agent.open_dialog("a")


def playbook_words() -> str:
    """The English of the ready words for a return."""
    return (
        "Hello, we agree to your return. Please send the goods back with tags and accessories, without cash on"
        " delivery, and enter the number here. "
    )
