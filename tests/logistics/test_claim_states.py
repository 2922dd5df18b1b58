"""Every cell of the claim's state machine (CLM-2)."""

import pytest

from logistics.models import Claim
from logistics.services import claims
from logistics.services.claims import CLAIM
from logistics.states.claim import CLAIM as MACHINE
from tests import factories
from tests.cells import EVERYBODY, cells_of, people, try_all
from tests.checks import all_is_well, shared_world

pytestmark = pytest.mark.django_db

DESK, FOLLOWERS = "agent supervisor", "agent warehouse finance supervisor"
WRITE_OFF = {"write_off": ("written_off", "finance supervisor")}
WITHDRAW = {"withdraw": ("withdrawn", DESK)}


def late(state: str) -> dict[str, tuple[str, str]]:
    return {"mark_late": (state, "system")}


CLAIMS = {
    "drafted": {"edit": ("drafted", DESK), "stamp": ("stamped", "finance"), **WITHDRAW, **late("drafted")},
    "stamped": {
        "edit": ("drafted", DESK),
        "hand_over": ("handed_over", "finance warehouse supervisor"),
        **WITHDRAW,
        **late("stamped"),
    },
    "handed_over": {"submit": ("submitted", FOLLOWERS), **WITHDRAW, **late("handed_over")},
    "submitted": {
        "accept": ("accepted", FOLLOWERS),
        "reject": ("rejected", FOLLOWERS),
        **WRITE_OFF,
        **late("submitted"),
    },
    "rejected": {"appeal": ("submitted", FOLLOWERS), **WRITE_OFF, **late("rejected")},
    "accepted": {"record_payment": ("paid", "finance"), **WRITE_OFF, **late("accepted")},
    "paid": {},
    "written_off": {},
    "withdrawn": {},
}
DETAILS = {
    "edit": {"change": lambda claim: None},
    "submit": {"carrier_reference": ""},
    "appeal": {"carrier_reference": ""},
    "accept": {"accepted_fen": 10400},
    "reject": {"reason": "signed for"},
    "record_payment": {"amount_fen": 10400, "reference": "B-1"},
}


def brought_to(state, shop) -> Claim:
    """A claim in a state."""
    claim = factories.make_claim(factories.make_order(shop, ship=True))
    actor, finance = factories.staff(), factories.staff("finance")
    if state == "drafted":
        return claim
    if state == "withdrawn":
        return claims.claim_withdraw(claim=claim, actor=actor, reason="found")
    claim = claims.claim_stamp(claim=claim, actor=finance)
    if state == "stamped":
        return claim
    claim = claims.claim_hand_over(claim=claim, actor=finance)
    if state == "handed_over":
        return claim
    claim = claims.claim_submit(claim=claim, actor=actor)
    if state == "submitted":
        return claim
    if state == "rejected":
        return claims.claim_reject(claim=claim, actor=actor, reason="signed for")
    if state == "written_off":
        return claims.claim_write_off(claim=claim, actor=finance, reason="too late")
    claim = claims.claim_accept(claim=claim, actor=actor)
    if state == "accepted":
        return claim
    return claims.claim_record_payment(claim=claim, actor=finance, amount_fen=5000, reference="B-2")


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    """A claim in every state."""
    with shared_world(django_db_blocker):
        shop = factories.make_shop()
        everybody = people(shop)
        made = {state: brought_to(state, shop).pk for state in CLAIMS}
        all_is_well()
        yield made, everybody


@pytest.mark.parametrize("state", CLAIMS)
def test_every_cell_of_a_claim(world, state):
    made, everybody = world
    tried = try_all(CLAIM, made[state], CLAIMS[state], everybody, DETAILS)
    assert tried == len(cells_of(MACHINE)) * (len(EVERYBODY) + len(everybody.theirs))


def test_the_table_knows_every_state():
    assert set(CLAIMS) == set(MACHINE.labels)
