"""Every cell of the order's state machine (ORD-1, 6, 7, TMO-8, 10, 15), as tests/refunds/test_states.py does it."""

from datetime import timedelta

import pytest

from aftersales.core import clock, errors, sweeps, transitions
from aftersales.core.auth import Actor
from logistics import services as logistics
from orders import services
from orders.models import Order
from orders.states import ORDER
from refunds import services as refunds
from tests import factories
from tests.cells import EVERYBODY, actions_open_to, cells_of, nothing_written, people, split, try_all, undone
from tests.checks import all_is_well, footprint, shared_world
from tests.helpers import refused

pytestmark = pytest.mark.django_db

PAY, SEND, PART = "WAIT_BUYER_PAY", "WAIT_SELLER_SEND_GOODS", "SELLER_CONSIGNED_PART"
SHIPPED, FINISHED, CLOSED = "WAIT_BUYER_CONFIRM_GOODS", "TRADE_FINISHED", "TRADE_CLOSED"
FRONT, DESK = "buyer system", "buyer system agent supervisor"
SHIPPERS = "buyer agent supervisor warehouse system"


def _everywhere(state: str) -> dict[str, tuple[str, str]]:
    return {"update": (state, DESK)}


def _open(state: str) -> dict[str, tuple[str, str]]:
    return _everywhere(state) | {"close": (CLOSED, "buyer system platform")}


def _sends(state: str) -> dict[str, tuple[str, str]]:
    return _open(state) | {"ship:all": (SHIPPED, SHIPPERS), "ship:part": (PART, SHIPPERS)}


def _erased(state: str) -> dict[str, tuple[str, str]]:
    return {"erase": (state, "system")}


LATE = {"mark_late": (SEND, "system")}
SIGNED = {"sign": (SHIPPED, SHIPPERS)}
RECEIVED = {"confirm_receipt": (FINISHED, DESK)}
ENDS = {"end_aftersale": (FINISHED, "system")}
POSSIBLE: dict[str, dict[str, tuple[str, str]]] = {
    "unpaid": _open(PAY) | {"pay": (SEND, FRONT)},
    "paid": _sends(SEND) | LATE,
    "paid late": _sends(SEND),
    "part": _sends(PART) | {"sign": (PART, SHIPPERS), "mark_late": (PART, "system")},
    "part late": _sends(PART) | {"sign": (PART, SHIPPERS)},
    "shipped": _open(SHIPPED) | SIGNED | RECEIVED | {"extend_receipt": (SHIPPED, DESK)},
    "shipped, request open": _open(SHIPPED) | SIGNED | {"extend_receipt": (SHIPPED, DESK)},
    "finished": _everywhere(FINISHED) | {"sign": (FINISHED, SHIPPERS)} | ENDS | _erased(FINISHED),
    "finished, window over": _everywhere(FINISHED) | {"sign": (FINISHED, SHIPPERS)} | ENDS | _erased(FINISHED),
    "closed": _everywhere(CLOSED) | _erased(CLOSED),
}
DETAILS = {"update": {"fields": {"seller_memo": "x"}}}


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    """An order in every standing, and somebody of every role here and elsewhere."""
    with shared_world(django_db_blocker):
        shop = factories.make_shop()
        two = (factories.line(), factories.line(line_no="2"))
        long_ago = clock.now() - timedelta(hours=49)
        late, part_late = (
            factories.make_order(shop, paid_at=long_ago),
            factories.make_order(shop, *two, paid_at=long_ago),
        )
        agent = factories.staff()
        part_late = services.order_ship(order=part_late, actor=agent, line_nos=["2"])
        assert sweeps.sweep().acted == 2
        part = services.order_ship(order=factories.make_order(shop, *two), actor=agent, line_nos=["1"])
        asked = factories.make_refund(factories.make_order(shop, sign=True), kind="return_refund").order
        done = services.order_confirm_receipt(order=factories.make_order(shop, sign=True), actor=agent)
        over = services.order_confirm_receipt(order=factories.make_order(shop, sign=True), actor=agent)
        over = transitions.apply(services.ORDER, over.pk, "end_aftersale", actor=Actor.system())
        unpaid = factories.make_order(shop, paid_at=None)
        given_up = services.order_close(order=factories.make_order(shop, paid_at=None), actor=factories.buyer(shop))
        made = [unpaid, factories.make_order(shop), late, part, part_late, factories.make_order(shop, ship=True)]
        made += [asked, done, over, given_up]
        all_is_well()
        yield {name: order.pk for name, order in zip(POSSIBLE, made, strict=True)}, people(shop)


def test_every_state_is_stood_in(world):
    reached, _everybody = world
    assert set(Order.objects.filter(pk__in=reached.values()).values_list("status", flat=True)) == set(ORDER.labels)


@pytest.mark.parametrize("standing", POSSIBLE)
def test_every_cell(world, standing):
    reached, everybody = world
    tried = try_all(services.ORDER, reached[standing], POSSIBLE[standing], everybody, DETAILS)
    assert tried == len(cells_of(ORDER)) * (len(EVERYBODY) + len(everybody.theirs))


@pytest.mark.parametrize("standing", POSSIBLE)
def test_pages_offer_what_is_possible(world, standing):
    reached, everybody = world
    for role in EVERYBODY:
        works = {split(cell)[0] for cell, (_target, who) in POSSIBLE[standing].items() if role in who.split()}
        offered = actions_open_to(services.ORDER, reached[standing], everybody.ours[role])
        assert offered == works - ORDER.internal, role


@pytest.mark.parametrize("standing", POSSIBLE)
def test_every_step_leaves_the_books_in_order(world, standing):
    """Every step but those that are half of a service: `ship` marks lines, `close` and `extend` do more."""
    reached, everybody = world
    for cell, (_target, who) in POSSIBLE[standing].items():
        action, outcome = split(cell)
        if standing == "shipped, request open" and action == "close":
            continue  # only what was given back whole is closed, and then nothing is open
        with undone():
            actor = everybody.ours[who.split()[0]]
            transitions.apply(
                services.ORDER, reached[standing], action, outcome=outcome, actor=actor, **DETAILS.get(cell, {})
            )
            all_is_well()


def test_receipt_is_not_confirmed_over_an_open_request(world):
    """ORD-7: 409 with the rule; only when the caller says that the buyer wants it is the request closed."""
    reached, everybody = world
    order = Order.objects.get(pk=reached["shipped, request open"])
    before = footprint()
    with refused(errors.TransitionNotAllowed, "ORD-7"):
        logistics.order_confirm_receipt(order=order, actor=everybody.ours["buyer"])
    assert footprint() == before
    with undone():
        logistics.order_confirm_receipt(order=order, actor=everybody.ours["buyer"], close_open_requests=True)
        order = Order.objects.get(pk=order.pk)
        assert (order.status, order.open_requests) == (FINISHED, 0)
        assert order.refunds.get().status == "CLOSED"
        all_is_well()


def test_money_on_its_way_is_waited_for(world):
    """ORD-7, RFD-3: a request that was agreed cannot be closed, so receipt waits even if the buyer wants it."""
    reached, everybody = world
    order = Order.objects.get(pk=reached["shipped, request open"])
    refunds.refund_agree(refund=order.refunds.get(), actor=everybody.ours["agent"])
    refunds.refund_return_shipment(
        refund=order.refunds.get(), actor=everybody.ours["buyer"], carrier="sf", tracking_no="SF1"
    )
    refunds.refund_receive(refund=order.refunds.get(), actor=everybody.ours["warehouse"], passed=True)
    with refused(errors.TransitionNotAllowed, "ORD-7"):
        logistics.order_confirm_receipt(order=order, actor=everybody.ours["buyer"], close_open_requests=True)


def test_shipping_over_a_request_names_the_consequence():
    """RFD-2: nothing happens until the caller says whether the buyer consented."""
    order = factories.make_order()
    factories.make_refund(order)
    agent = factories.staff()
    before = footprint()
    with nothing_written(), refused(errors.Conflict, "RFD-2") as info:
        logistics.order_ship(order=order, actor=agent, carrier="sf", tracking_no="SF1")
    assert info.value.code == "confirmation_required"
    assert footprint() == before
    logistics.order_ship(order=order, actor=agent, carrier="sf", tracking_no="SF1", buyer_consented=False)
    order = Order.objects.get(pk=order.pk)
    assert (order.status, order.open_requests, order.refunds.get().status) == (SHIPPED, 0, "CLOSED")
    assert "RFD-2" in order.notes.get().text
    all_is_well()


@pytest.mark.parametrize("call", ["ship", "sign", "confirm", "extend"])
def test_another_shop_finds_nothing(world, call):
    reached, everybody = world
    order = Order.objects.get(pk=reached["shipped"])
    stranger = everybody.theirs["supervisor"]
    calls = {
        "ship": lambda: logistics.order_ship(order=order, actor=stranger),
        "sign": lambda: services.order_sign(order=order, actor=stranger, signed_at=clock.now()),
        "confirm": lambda: logistics.order_confirm_receipt(order=order, actor=stranger, close_open_requests=True),
        "extend": lambda: services.order_extend_receipt(order=order, actor=stranger, days=3),
    }
    with nothing_written(), refused(errors.NotFound):
        calls[call]()


def test_edge_too_many_is_seen(world, monkeypatch):
    """Negative control: a goods clerk may suddenly close trades, and the suite says so."""
    reached, everybody = world
    [edge] = ORDER.by_step["close", "", SHIPPED]
    monkeypatch.setitem(ORDER.roles_of, "close", ORDER.roles_of["close"] | {"goods"})
    object.__setattr__(edge, "who", edge.who | {"goods"})
    try:
        with pytest.raises(AssertionError, match="written all the same"):
            try_all(services.ORDER, reached["shipped"], POSSIBLE["shipped"], everybody, DETAILS)
    finally:
        object.__setattr__(edge, "who", edge.who - {"goods"})
