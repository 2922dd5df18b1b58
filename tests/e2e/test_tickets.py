"""A ticket from the buyer's call to the end of it, over a change of shift, in a real browser (TKT-1, TKT-2)."""

from typing import Any

import pytest
from playwright.sync_api import expect

from aftersales.core.auth import Actor
from aftersales.core.models import Role
from complaints.models import Complaint
from complaints.states import COMPLAINT
from logistics.models import Claim
from tests import factories
from tests.checks import all_is_well
from tickets.models import Ticket, TicketNote
from tickets.services import About, ticketing

from .conftest import Enter
from .console import in_chinese, zh

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]


def test_a_ticket_is_opened_noted_handed_over_and_solved(shop: Any, enter: Enter) -> None:
    """By keys: b from any page, n for a note; the next shift finds it with the note, and solves it."""
    order = factories.make_order(shop, ship=True)
    agent = enter(factories.make_user(Role.AGENT, shop, display_name="王芳"))
    colleague = factories.make_user(Role.AGENT, shop, display_name="张敏")
    agent.go("/queue/")
    dialog = agent.open_dialog("b")
    dialog.locator("#id_order_no").fill("没有这个号")
    dialog.locator("#id_title").fill("三天没有物流更新")
    dialog.locator("#id_next_step").fill("联系快递催件")
    dialog.locator("[data-confirm]").click()
    expect(dialog).to_contain_text(zh("You see no order with this number."))
    expect(dialog.locator("#id_title")).to_have_value("三天没有物流更新")  # nothing typed is lost
    dialog.locator("#id_order_no").fill(order.order_no)
    dialog.locator("[data-confirm]").click()
    agent.closed()
    ticket = Ticket.objects.get()

    agent.go(f"/tickets/{ticket.ticket_no}/")
    agent.sees("联系快递催件")
    dialog = agent.open_dialog("n")
    dialog.locator("#id_text").fill("快递说明天派送")
    dialog.locator("[data-confirm]").click()
    agent.closed()
    agent.sees("快递说明天派送", place=".timeline")

    agent.go("/tickets/hand-over/")
    agent.page.locator("#owner").select_option(str(colleague.pk))
    agent.page.locator(f"[name=note_{ticket.ticket_no}]").fill("明天派送，请回电买家")
    agent.page.locator(".hand-over form button[type=submit]").click()
    agent.sees(ticket.ticket_no, place=".hand-over-done")
    assert TicketNote.objects.filter(form="hand_over", to_user=colleague).count() == 1

    next_one = enter(colleague)
    next_one.go("/tickets/")
    next_one.page.locator("a.row-link").first.click()
    next_one.sees("明天派送，请回电买家")
    next_one.go(f"/tickets/{ticket.ticket_no}/")
    dialog = next_one.open_dialog("s")
    dialog.locator("#id_resolution").fill("已派送，买家确认收到")
    dialog.locator("[data-confirm]").click()
    next_one.closed()
    next_one.sees("已派送，买家确认收到")
    solved = Ticket.objects.get()
    assert (solved.status, solved.resolution) == ("resolved", "已派送，买家确认收到")
    all_is_well()


def test_a_claim_and_a_complaint_begin_on_the_ticket(shop: Any, enter: Enter) -> None:
    """Filled in from it, and on its page when they are made (TKT-1)."""
    order = factories.make_order(shop, ship=True)
    user = factories.make_user(Role.AGENT, shop)
    actor = Actor.for_user(user)
    ticket = factories.make_ticket(order, actor, title="快递外箱压坏")
    ticketing.ticket_link(ticket=ticket, actor=actor, about=About(parcels=[order.parcels.get()]))
    agent = enter(user)
    agent.go(f"/tickets/{ticket.ticket_no}/")
    for link, field, model, number in (
        (zh("Claim from the carrier"), "#id_note", Claim, "claim_no"),
        (in_chinese(COMPLAINT.actions["file"]), "#id_text", Complaint, "complaint_no"),
    ):
        agent.page.get_by_role("link", name=link).click()
        expect(agent.dialog.locator(field)).to_have_value("快递外箱压坏")
        agent.dialog.locator("[data-confirm]").click()
        agent.closed()
        agent.sees(getattr(model.objects.get(), number), place="section[aria-labelledby=about]")
    all_is_well()
