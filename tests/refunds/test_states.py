"""Every cell of the request's state machine: what is possible works, everything else is refused without a trace.

`POSSIBLE` is written by hand from domain.md (RFD-1…7, APP-8, APP-9, DIS-1, DIS-4, VOI-2, ORD-7), not read from the
table that runs: the two must agree.
"""

import pytest

from aftersales.core import errors, machine, transitions
from refunds import services
from refunds.models import Refund
from refunds.states import REFUND, RefundStatus
from tests import factories
from tests.cells import nothing_written, people, try_all
from tests.checks import all_is_well, shared_world
from tests.helpers import refused
from tests.refunds import frames
from tests.refunds.serving import DETAILS
from tests.refunds.standings import standings

pytestmark = pytest.mark.django_db

AGREE, WAIT_GOODS, CONFIRM = "WAIT_SELLER_AGREE", "WAIT_BUYER_RETURN_GOODS", "WAIT_SELLER_CONFIRM_GOODS"
REFUSED, TRANSFER, SUCCESS, CLOSED = "SELLER_REFUSE_BUYER", "WAIT_SYSTEM_TRANSFER", "SUCCESS", "CLOSED"
SENDER = "buyer agent supervisor warehouse"
ASKER, DESK, STORE = "buyer agent supervisor", "agent supervisor", "warehouse agent supervisor"
DECIDERS = "supervisor platform"
GIVES_UP = {"cancel": (CLOSED, ASKER)}
BY_RECEIPT = {"overtaken:by_receipt": (CLOSED, ASKER)}
BY_SHIPMENT = {"overtaken:by_shipment": (CLOSED, "buyer agent supervisor warehouse system")}
ASKS_ANEW = {"modify": (AGREE, ASKER)}
WANTS_GOODS = {"modify:kind": ("EXCHANGE_WAIT_SELLER_AGREE", ASKER)}


def _disputed(state: str) -> dict[str, tuple[str, str]]:
    return GIVES_UP | {
        "decision:buyer": (TRANSFER, DECIDERS),
        "decision:partial": (TRANSFER, DECIDERS),
        "decision:seller": (CLOSED, DECIDERS),
        "settle:withdrawn": (state, ASKER),
        "settle:refund": (TRANSFER, f"{DESK} system"),
    }


WAREHOUSE_ANSWERS = {"void_result:voided": (AGREE, STORE), "void_result:already_shipped": (CLOSED, STORE)}
UNSHIPPED = GIVES_UP | ASKS_ANEW | BY_SHIPMENT | BY_RECEIPT
ONLY = (
    GIVES_UP | ASKS_ANEW | WANTS_GOODS | BY_RECEIPT | {"agree": (TRANSFER, f"{DESK} system"), "refuse": (REFUSED, DESK)}
)
BACK = ONLY | {"agree": (WAIT_GOODS, f"{DESK} system")}
AFTER_REFUSAL = GIVES_UP | BY_RECEIPT | {"expire": (CLOSED, "system"), "intervention": (REFUSED, "buyer")}
MONEY = {"succeed": (SUCCESS, "system"), "mark_overdue": (TRANSFER, "system")}

POSSIBLE: dict[str, dict[str, tuple[str, str]]] = {
    "unshipped": UNSHIPPED | WAREHOUSE_ANSWERS | {"agree": (TRANSFER, "system")},
    "unshipped voided": UNSHIPPED | {"agree": (TRANSFER, f"{DESK} system")},
    "unshipped disputed": _disputed(AGREE) | WAREHOUSE_ANSWERS | BY_SHIPMENT,
    "unshipped agreed": MONEY,
    "unshipped paid": {},
    "unshipped cancelled": {},
    "only": ONLY,
    "only refused": AFTER_REFUSAL | ASKS_ANEW | WANTS_GOODS,
    "only agreed": MONEY,
    "only failed payment": MONEY,
    "only paid": {},
    "only cancelled": {},
    "only disputed": _disputed(AGREE),
    "only refused disputed": _disputed(REFUSED),
    "return": BACK,
    "return old": BACK | {"intervention": (AGREE, ASKER)},
    "return waiting": GIVES_UP | BY_RECEIPT | {"return_shipment": (CONFIRM, SENDER), "expire": (CLOSED, "system")},
    "return sent": GIVES_UP
    | BY_RECEIPT
    | {
        "return_shipment": (CONFIRM, SENDER),
        "undo_return": (WAIT_GOODS, STORE),
        "agree": (TRANSFER, f"{DESK} system"),
        "refuse": (REFUSED, DESK),
        "receive:pass": (TRANSFER, STORE),
        "receive:fail": (REFUSED, STORE),
    },
    "return refused": AFTER_REFUSAL | ASKS_ANEW | WANTS_GOODS,
    "return inspection failed": AFTER_REFUSAL | {"modify": (CONFIRM, ASKER)},
    "return received": MONEY,
    "return paid": {},
    "return disputed": _disputed(AGREE),
    "return waiting disputed": _disputed(WAIT_GOODS) | {"return_shipment": (CONFIRM, SENDER)},
    "return sent disputed": _disputed(CONFIRM) | {"return_shipment": (CONFIRM, SENDER)},
    "return inspection failed disputed": _disputed(REFUSED),
}

WHY_NOT = [
    ("unshipped", "agree", "agent", "VOI-2"),
    ("unshipped", "refuse", "agent", ""),
    ("unshipped voided", "void_result:voided", "warehouse", "VOI-2"),
    ("unshipped disputed", "agree", "agent", "DIS-4"),
    ("only disputed", "refuse", "agent", "DIS-4"),
    ("only disputed", "modify", "buyer", "DIS-4"),
    ("return sent disputed", "receive:pass", "warehouse", "DIS-4"),
    ("return waiting disputed", "expire", "system", "DIS-4"),
    ("return disputed", "overtaken:by_receipt", "buyer", "DIS-4"),
    ("return disputed", "intervention", "buyer", "DIS-1"),
    ("return", "intervention", "buyer", "RFD-7"),
    ("only refused", "intervention", "agent", "RFD-7"),
    ("return", "decision:buyer", "platform", "DIS-1"),
    ("return", "settle:refund", "agent", "DIS-1"),
]


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    """A request in every standing, and somebody of every role here and elsewhere."""
    with shared_world(django_db_blocker):
        shop = factories.make_shop()
        reached = standings(shop)
        all_is_well(overdue=True)
        yield reached, people(shop)


def test_every_state_is_stood_in(world):
    frames.every_state_is_stood_in(world, POSSIBLE, RefundStatus.values)


@pytest.mark.parametrize("standing", POSSIBLE)
def test_every_cell(world, standing):
    frames.every_cell(world, standing, POSSIBLE[standing])


@pytest.mark.parametrize("standing", POSSIBLE)
def test_pages_offer_what_is_possible(world, standing):
    frames.pages_offer_what_is_possible(world, standing, POSSIBLE[standing])


@pytest.mark.parametrize("standing", POSSIBLE)
def test_every_service_leaves_the_books_in_order(world, standing):
    # A failed payment is confirmed by finance: tests/refunds/test_payment_states.py.
    but = "succeed" if standing == "only failed payment" else ""
    frames.every_service_leaves_the_books_in_order(world, standing, POSSIBLE[standing], but=but)


@pytest.mark.parametrize(("standing", "cell", "role", "rule"), WHY_NOT)
def test_refusal_names_its_rule(world, standing, cell, role, rule):
    frames.refusal_names_its_rule(world, standing, cell, role, rule)


def test_stale_version_is_told_before_the_state(world):
    """412, not 409: somebody changed it since the caller looked."""
    reached, everybody = world
    with nothing_written(), refused(errors.StaleVersion) as info:
        transitions.apply(services.REFUND, reached["only paid"], "cancel", actor=everybody.ours["buyer"], version=1)
    assert info.value.extra["version"] == Refund.objects.get(pk=reached["only paid"]).version
    with refused(errors.NotFound):
        transitions.apply(services.REFUND, 0, "cancel", actor=everybody.ours["buyer"])


def test_no_two_edges_for_one_step():
    """A step is one edge: for no standing and role are there two ways, so that the table's order means nothing."""
    seen = {}
    for edge in (edge for edge in REFUND.edges if edge.source):  # what is new is looked up by where it begins
        key = (edge.action, edge.outcome, edge.source)
        seen.setdefault(key, []).append(edge)
    for ways in seen.values():
        assert len(ways) == 1 or all(edge.when is not None for edge in ways), ways[0].action


@pytest.mark.parametrize(
    ("standing", "edge"),
    [
        ("unshipped", machine.Edge("cancel", AGREE, CLOSED, frozenset({"warehouse"}), "")),
        ("only", machine.Edge("receive", AGREE, TRANSFER, frozenset({"finance"}), "", "pass")),
    ],
)
def test_edge_too_many_is_seen(world, standing, edge, monkeypatch):
    """Negative control: a step that domain.md does not know is put into the running table, and the suite says so."""
    reached, everybody = world
    monkeypatch.setitem(REFUND.by_step, (edge.action, edge.outcome, edge.source), (edge,))
    monkeypatch.setattr(transitions, "why_not", lambda *args, **kwargs: None)
    monkeypatch.setitem(REFUND.roles_of, edge.action, REFUND.roles_of[edge.action] | edge.who)
    with pytest.raises(AssertionError):
        try_all(services.REFUND, reached[standing], POSSIBLE[standing], everybody, DETAILS)


@pytest.mark.parametrize("standing", ["only disputed", "unshipped"])
def test_guard_that_sleeps_is_seen(world, standing, monkeypatch):
    """Negative control: every guard says yes."""
    reached, everybody = world
    monkeypatch.setattr(transitions, "why_not", lambda *args, **kwargs: None)
    with pytest.raises(AssertionError, match="written all the same"):
        try_all(services.REFUND, reached[standing], POSSIBLE[standing], everybody, DETAILS)


def test_missing_shop_check_is_seen(world, monkeypatch):
    """Negative control: everybody sees every shop."""
    reached, everybody = world
    monkeypatch.setattr("aftersales.core.auth.Actor.sees", lambda self, shop_id: True)
    with pytest.raises(AssertionError, match="written all the same"):
        try_all(services.REFUND, reached["only"], POSSIBLE["only"], everybody, DETAILS)


def test_write_before_the_refusal_is_seen(world, monkeypatch):
    """Negative control: a guard that writes, though all of it would be rolled back."""
    reached, everybody = world
    real = transitions.why_not

    def writes(machine, subject, *args, **kwargs):
        Refund.objects.filter(pk=subject.pk).update(summary="x")
        return real(machine, subject, *args, **kwargs)

    monkeypatch.setattr(transitions, "why_not", writes)
    with pytest.raises(AssertionError, match="written all the same: UPDATE"):
        try_all(services.REFUND, reached["only paid"], {}, everybody, DETAILS)
