"""Parcels that a buyer asks for, from the order's page: the causes in turn, the answer, the task that follows."""

from typing import Any

import pytest

from aftersales.core.models import Role
from logistics import services as logistics
from orders import services as orders
from tests import factories
from tickets.models import Task

from .conftest import Enter
from .console import zh

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]


def test_an_agent_answers_where_a_parcel_is_and_hands_it_on(shop: Any, enter: Enter) -> None:
    """LOG-2: the likely cause stands first, choosing another brings its text; the warehouse gets the task."""
    order = factories.make_order(shop)
    orders.note_add(order=order, actor=factories.staff(), text="客户催件")
    logistics.order_ship(order=order, actor=factories.staff(), carrier="yuantong", tracking_no="YT1234567890123")
    agent = enter(factories.make_user(Role.AGENT, shop, display_name="王芳"))
    agent.go(f"/orders/{order.order_no}/?shop={shop.code}")
    agent.page.get_by_role("link", name=zh("No tracking information?")).click()
    agent.sees(zh("Not handed over yet"), place=".finding-likely")
    agent.page.locator("#id_cause").select_option("carrier_silent")
    assert "一天内给您答复" in agent.page.locator("#id_answer").input_value()
    agent.page.locator("#id_cause").select_option("not_handed_over")
    agent.page.locator("[data-confirm]").click()
    agent.sees(zh("Noted, and handed on where somebody has to act."))
    [task] = Task.objects.filter(order=order)
    assert (task.kind, task.role) == ("check_handover", "warehouse")
