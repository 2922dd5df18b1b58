"""Every cell of the service sheet's state machine (SVC-2, SVC-3, SVC-4, WAR-2)."""

from datetime import timedelta
from functools import partial

import pytest

from aftersales.core import clock
from service import services
from service.models import ServiceSheet
from service.services import SERVICE
from service.services.moving import QuoteLine
from service.states import SERVICE as MACHINE
from tests import factories
from tests.cells import EVERYBODY, cells_of, people, try_all
from tests.checks import all_is_well, shared_world

pytestmark = pytest.mark.django_db

DESK, CALLERS, SUPERVISOR = "agent supervisor", "buyer agent supervisor", "supervisor"
BOTH = "buyer agent supervisor"
SOON = clock.now() + timedelta(hours=2)


def waiting(state: str, **more: tuple[str, str]) -> dict[str, tuple[str, str]]:
    common = {"solve": ("archived", DESK), "cancel": ("cancelled", CALLERS), "mark_late": (state, "system")}
    return common | more


VISIT = {"call": ("reported", DESK), "assign": ("assigned", DESK)}
# The warehouse's man of `people` is not the engineer, so here the desk alone works on the sheets of others.
SHEETS = {
    "reported": waiting("reported", **VISIT, bill=("reported", SUPERVISOR)),
    "open": waiting("reported", call=("reported", DESK), bill=("reported", SUPERVISOR), ask_free=("reported", DESK)),
    "asked": waiting(
        "reported", call=("reported", DESK), bill=("reported", SUPERVISOR), approve_free=("reported", SUPERVISOR)
    ),
    "emergency": waiting(
        "reported",
        **VISIT,
        bill=("reported", SUPERVISOR),
        make_up=("reported", "agent supervisor warehouse"),
    ),
    "assigned": waiting(
        "assigned",
        call=("assigned", DESK),
        assign=("assigned", DESK),
        bill=("assigned", SUPERVISOR),
        set_out=("on_the_way", DESK),
    ),
    "on_the_way": {"bill": ("on_the_way", SUPERVISOR), "repair": ("done", DESK)},
    "charged": {"quote": ("quoted", DESK), "ask_free": ("on_the_way", DESK)},
    "quoted": {"quote": ("quoted", DESK), "accept": ("accepted", BOTH), "decline": ("done", BOTH)},
    "accepted": {"repair": ("repaired", DESK)},
    "repaired": {"pay": ("paid", DESK)},
    "paid": {"finish": ("done", DESK)},
    "sent_in": waiting("reported", bill=("reported", SUPERVISOR), accept_terms=("reported", CALLERS)),
    "terms": waiting(
        "reported", bill=("reported", SUPERVISOR), accept_terms=("reported", CALLERS), expect=("awaited", DESK)
    ),
    "awaited": {"cancel": ("cancelled", CALLERS), "receive": ("testing", "agent supervisor warehouse")},
    "testing": {"find": ("found", "agent supervisor warehouse")},
    "found": {"send_back": ("done", "agent supervisor warehouse")},
    "done": {"archive": ("archived", DESK)},
    "archived": {},
    "cancelled": {},
}
DETAILS = {
    "ask_free": {"reason": "An old customer"},
    "call": {"visit_at": SOON},
    "assign": {"engineer_id": 0, "visit_at": SOON},
    "solve": {"work": "Restarted"},
    "repair": {"diagnosis": "Cable", "work": "New cable"},
    "quote": {"diagnosis": "Screen", "total_fen": 100},
    "accept": {"by": "Li", "how": "phone"},
    "pay": {"paid_by": "cash"},
    "finish": {"invoice_wanted": False},
    "accept_terms": {"terms_version": "1"},
    "find": {"finding": "confirmed", "diagnosis": "Board"},
    "send_back": {"work": "New board", "freight_in_fen": 1, "freight_out_fen": 2},
    "make_up": {"contact_name": "Li", "contact_phone": "1", "address": "A", "diagnosis": "B"},
}
VISITED = ("assigned", "on_the_way", "charged", "quoted", "accepted", "repaired", "paid", "done", "archived")


def brought_to(state, shop) -> ServiceSheet:
    """A sheet in a state, or in one of the standings of a state."""
    agent, boss = factories.staff("agent", shop), factories.staff("supervisor", shop)
    out = state in ("open", "asked")
    lines = (factories.phone_line(category="tea" if out else "phone"),)
    order = factories.make_order(shop, *lines, sign=not out)
    way = "sent_in" if state in ("sent_in", "terms", "awaited", "testing", "found") else "visit"
    sheet = factories.make_sheet(order, actor=agent, way=way, is_emergency=state == "emergency")
    if state == "asked":
        return services.sheet_ask_free(sheet=sheet, actor=agent, reason="An old customer")
    if state == "cancelled":
        return services.sheet_cancel(sheet=sheet, actor=agent, reason="It works again")
    if way == "sent_in":
        return _tested(state, sheet, agent)
    return _visited(state, sheet, agent, boss) if state in VISITED else sheet


def _tested(state, sheet, agent) -> ServiceSheet:
    path = {
        "terms": partial(services.sheet_accept_terms, by="Li", how="phone"),
        "awaited": services.sheet_expect,
        "testing": services.sheet_receive,
        "found": partial(services.sheet_find, finding="confirmed", diagnosis="Board"),
    }
    for name, step in path.items():
        if state == "sent_in":
            break
        sheet = step(sheet=sheet, actor=agent)
        if name == state:
            break
    return sheet


def _visited(state, sheet, agent, boss) -> ServiceSheet:
    engineer = factories.make_user("warehouse", sheet.shop)
    sheet = services.sheet_assign(sheet=sheet, actor=agent, engineer=engineer.username, visit_at=SOON)
    if state == "assigned":
        return sheet
    sheet = services.sheet_set_out(sheet=sheet, actor=agent)
    if state == "on_the_way":
        return sheet
    if state in ("done", "archived"):
        sheet = services.sheet_repair(sheet=sheet, actor=agent, diagnosis="Cable", work="New cable")
        return sheet if state == "done" else services.sheet_archive(sheet=sheet, actor=agent)
    lines = [QuoteLine("parts", "Screen", 1, 50000)]
    path = {
        "charged": partial(services.sheet_bill, actor=boss),
        "quoted": partial(services.sheet_quote, actor=agent, diagnosis="Screen", lines=lines),
        "accepted": partial(services.sheet_accept, actor=agent, by="Li", how="phone"),
        "repaired": partial(services.sheet_repair, actor=agent, diagnosis="Screen", work="New screen"),
        "paid": partial(services.sheet_pay, actor=agent, paid_fen=50000, paid_by="cash"),
    }
    for name, step in path.items():
        sheet = step(sheet=sheet)
        if name == state:
            break
    return sheet


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    """A sheet in every state."""
    with shared_world(django_db_blocker):
        shop = factories.make_shop()
        everybody = people(shop)
        made = {state: brought_to(state, shop).pk for state in SHEETS}
        DETAILS["assign"]["engineer_id"] = everybody.ours["warehouse"].user_id
        all_is_well()
        yield made, everybody


@pytest.mark.parametrize("state", SHEETS)
def test_every_cell_of_a_sheet(world, state):
    """SVC-2, SVC-3, SVC-4, WAR-2."""
    made, everybody = world
    tried = try_all(SERVICE, made[state], SHEETS[state], everybody, DETAILS)
    assert tried == len(cells_of(MACHINE)) * (len(EVERYBODY) + len(everybody.theirs))


def test_the_table_knows_every_state():
    """SVC-2: and the standings that are no states of their own."""
    assert set(SHEETS) == {*MACHINE.labels, "open", "asked", "emergency", "charged", "sent_in", "terms"}
