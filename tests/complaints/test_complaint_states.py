"""Every cell of the complaint's state machine (CMP-1)."""

from datetime import timedelta

import pytest

from aftersales.core import clock
from complaints import services
from complaints.models import Complaint
from complaints.services import COMPLAINT
from complaints.states import COMPLAINT as MACHINE
from tests import factories
from tests.cells import EVERYBODY, cells_of, people, try_all
from tests.checks import all_is_well, shared_world

pytestmark = pytest.mark.django_db

DESK, FILERS, SUPERVISOR = "agent supervisor", "buyer agent supervisor", "supervisor"
ENDS = {"close:upheld": ("closed", DESK), "close:rejected": ("closed", DESK)}


def standing(state: str, **more: tuple[str, str]) -> dict[str, tuple[str, str]]:
    return {"withdraw": ("closed", FILERS), "accuse": (state, DESK)} | more


def unanswered(state: str) -> dict[str, tuple[str, str]]:
    return {"postpone": (state, DESK), "mark_late": (state, "system")}


JUDGED = {
    "confirm": ("received", SUPERVISOR),
    "refuse": ("received", SUPERVISOR),
    "reply": ("answered", DESK),
    "escalate": ("escalated", DESK),
    "withdraw": ("closed", FILERS),
    **unanswered("received"),
}
"""While a supervisor has to say whether it is malicious, it is replied to all the same, and does not end."""
COMPLAINTS = {
    "received": {
        **standing("received"),
        **unanswered("received"),
        "reply": ("answered", DESK),
        "escalate": ("escalated", DESK),
        "settle": ("closed", DESK),
    },
    "escalated": {
        **standing("escalated"),
        **unanswered("escalated"),
        "reply": ("answered", SUPERVISOR),
        "settle": ("closed", SUPERVISOR),
    },
    "answered": {**standing("answered"), **ENDS, "reply": ("answered", DESK), "settle": ("closed", DESK)},
    "closed": {},
    "asked": JUDGED,
}
DETAILS = {
    "postpone": {"reply_due_at": clock.now() + timedelta(days=2)},
    "accuse": {"reasons": "Threats in the chat"},
    "settle": {"settlement": "A new cup", "amount_fen": 100},
}


def brought_to(state, shop) -> Complaint:
    """A complaint in a state, or one that somebody called malicious."""
    complaint = factories.make_complaint(factories.make_order(shop, sign=True))
    actor = factories.staff()
    if state == "received":
        return complaint
    if state == "asked":
        asker = factories.staff("agent", shop)
        return services.complaint_accuse(complaint=complaint, actor=asker, reasons="Threats in the chat")
    if state == "escalated":
        return services.complaint_escalate(complaint=complaint, actor=actor, reason="Counterfeit?")
    complaint = services.complaint_reply(complaint=complaint, actor=actor, text="We send another one")
    if state == "answered":
        return complaint
    return services.complaint_close(complaint=complaint, actor=actor, result="rejected")


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    """A complaint in every state."""
    with shared_world(django_db_blocker):
        shop = factories.make_shop()
        everybody = people(shop)
        made = {state: brought_to(state, shop).pk for state in COMPLAINTS}
        all_is_well()
        yield made, everybody


@pytest.mark.parametrize("state", COMPLAINTS)
def test_every_cell_of_a_complaint(world, state):
    made, everybody = world
    tried = try_all(COMPLAINT, made[state], COMPLAINTS[state], everybody, DETAILS)
    assert tried == len(cells_of(MACHINE)) * (len(EVERYBODY) + len(everybody.theirs))


def test_the_table_knows_every_state():
    assert set(COMPLAINTS) == {*MACHINE.labels, "asked"}
