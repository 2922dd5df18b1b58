"""Every cell of the payout's state machine (PAY-4)."""

import pytest

from aftersales.core import transitions
from aftersales.core.auth import Actor
from refunds import services
from refunds.models import Payout
from refunds.states import PAYOUT
from tests import factories
from tests.cells import EVERYBODY, cells_of, people, try_all
from tests.checks import all_is_well, shared_world

pytestmark = pytest.mark.django_db

DESK, APPROVERS, MONEY = "agent supervisor finance", "finance supervisor", "finance system"
EDITS = dict.fromkeys(("edit", "correct_payee"), ("pending_approval", DESK))
BACK = {"withdraw": ("rejected", DESK)}
PAYOUTS = {
    "draft": {
        "edit": ("draft", DESK),
        "correct_payee": ("draft", DESK),
        "submit": ("pending_approval", DESK),
        **BACK,
    },
    "pending_approval": {
        **EDITS,
        **BACK,
        "approve": ("approved", APPROVERS),
        "reject": ("rejected", APPROVERS),
    },
    "approved": {
        **EDITS,
        **BACK,
        "reject": ("rejected", APPROVERS),
        "send": ("sending", "system"),
        "hold": ("failed", "system"),
        "mark_late": ("approved", "system"),
    },
    "sending": {
        "lose_track": ("unknown", "system"),
        "confirm": ("paid", MONEY),
        "fail": ("failed", MONEY),
        "mark_late": ("sending", "system"),
    },
    "unknown": {
        "confirm": ("paid", MONEY),
        "fail": ("failed", MONEY),
        "report_unmoved": ("unknown", "finance"),
        "accept_unmoved": ("failed", APPROVERS),
        "mark_late": ("unknown", "system"),
    },
    "failed": {
        **EDITS,
        **BACK,
        "send_again": ("approved", "finance"),
        "mark_late": ("failed", "system"),
    },
    "paid": {},
    "rejected": {},
}
DETAILS = {
    "edit": {"change": lambda payout: None},
    "correct_payee": {"change": lambda payout: None},
    "send": {"asks": True},
    "confirm": {"reference": "R-1"},
    "fail": {"failure": "no such account"},
    "accept_unmoved": {"failure": "not in the account's entries"},
    "hold": {"failure": "paid after all"},
}


def brought_to(state, shop):
    """A payout in a state, opened by somebody who is not among those who are tried."""
    payout = factories.make_payout(factories.make_order(shop, sign=True))
    if state == "draft":
        return payout
    payout = services.payout_submit(payout=payout, actor=factories.staff())
    if state == "rejected":
        return services.payout_reject(payout=payout, actor=factories.staff("finance"), reason="no")
    if state == "pending_approval":
        return payout
    payout = factories.approved(payout)
    if state == "approved":
        return payout
    payout = services.payout_send(payout=payout)
    if state == "unknown":
        payout = transitions.apply(services.PAYOUT, payout.pk, "lose_track", actor=Actor.system())
        payout = transitions.apply(services.PAYOUT, payout.pk, "report_unmoved", actor=factories.staff("finance"))
        Payout.objects.filter(pk=payout.pk).update(ask_at=None)  # as asked since
        return payout
    if state == "failed":
        return services.payout_fail(payout=payout, actor=factories.staff("finance"), failure="no")
    if state == "paid":
        return services.payout_confirm(payout=payout, actor=factories.staff("finance"), reference="R-2")
    return payout


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    """A payout in every state."""
    with shared_world(django_db_blocker):
        shop = factories.make_shop()
        everybody = people(shop)
        payouts = {state: brought_to(state, shop).pk for state in PAYOUTS}
        all_is_well()
        yield payouts, everybody


@pytest.mark.parametrize("state", PAYOUTS)
def test_every_cell_of_a_payout(world, state):
    payouts, everybody = world
    tried = try_all(services.PAYOUT, payouts[state], PAYOUTS[state], everybody, DETAILS)
    assert tried == len(cells_of(PAYOUT)) * (len(EVERYBODY) + len(everybody.theirs))


def test_the_table_knows_every_state():
    assert set(PAYOUTS) == set(PAYOUT.labels)
