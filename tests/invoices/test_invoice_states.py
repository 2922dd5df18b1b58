"""Every cell of the invoice's state machine (INV-1)."""

import pytest

from invoices import services
from invoices.models import Invoice
from invoices.services import INVOICE
from invoices.states import INVOICE as MACHINE
from tests import factories
from tests.cells import EVERYBODY, cells_of, people, try_all
from tests.checks import all_is_well, shared_world

pytestmark = pytest.mark.django_db

DESK, ASKERS = "agent supervisor", "buyer agent supervisor"
ASKED = {"correct": ("requested", ASKERS), "withdraw": ("withdrawn", ASKERS)}


def late(state: str) -> dict[str, tuple[str, str]]:
    return {"mark_late": (state, "system")}


INVOICES = {
    "requested": {
        **ASKED,
        "send_back": ("returned", "finance supervisor"),
        "issue": ("issued", "finance"),
        **late("requested"),
    },
    "returned": {**ASKED, **late("returned")},
    "issued": {"tell": ("told", "agent supervisor finance"), "reverse": ("reversed", "finance"), **late("issued")},
    "told": {"reverse": ("reversed", "finance")},
    "reversed": {},
    "withdrawn": {},
}
DETAILS = {
    "correct": {"title_kind": "personal", "title": "韩梅梅", "tax_no": "", "amount_fen": 100},
    "send_back": {"question": "Which title?"},
    "issue": {"code": "", "number": "26352000000012345678"},
    "reverse": {"red_number": "26352000000012345999"},
}


def brought_to(state, shop, number) -> Invoice:
    """An invoice in a state."""
    invoice = factories.make_invoice(factories.make_order(shop, sign=True))
    actor, finance = factories.staff(), factories.staff("finance")
    if state == "requested":
        return invoice
    if state == "withdrawn":
        return services.invoice_withdraw(invoice=invoice, actor=actor)
    if state == "returned":
        return services.invoice_send_back(invoice=invoice, actor=finance, question="Which title?")
    invoice = services.invoice_issue(invoice=invoice, actor=finance, number=number)
    if state == "issued":
        return invoice
    if state == "told":
        return services.invoice_tell(invoice=invoice, actor=actor, text="Here it is")
    red = number[:-1] + "9"
    return services.invoice_reverse(invoice=invoice, actor=finance, red_number=red, reason="came back")


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    """An invoice in every state."""
    with shared_world(django_db_blocker):
        shop = factories.make_shop()
        everybody = people(shop)
        numbers = {state: f"2635200000001234{place:03d}0" for place, state in enumerate(INVOICES)}
        made = {state: brought_to(state, shop, numbers[state]).pk for state in INVOICES}
        all_is_well()
        yield made, everybody


@pytest.mark.parametrize("state", INVOICES)
def test_every_cell_of_an_invoice(world, state):
    made, everybody = world
    tried = try_all(INVOICE, made[state], INVOICES[state], everybody, DETAILS)
    assert tried == len(cells_of(MACHINE)) * (len(EVERYBODY) + len(everybody.theirs))


def test_the_table_knows_every_state():
    assert set(INVOICES) == set(MACHINE.labels)
