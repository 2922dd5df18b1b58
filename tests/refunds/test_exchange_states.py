"""Every cell of exchanges and reships: what is possible works, all else is refused without a trace (EXC, TMO-13).

`POSSIBLE` is written by hand from domain.md, not read from the table that runs: the two must agree.
"""

from datetime import timedelta

import pytest
import time_machine

from aftersales.core import clock, errors, transitions
from aftersales.core.auth import Actor
from refunds import services
from refunds.models import Refund
from refunds.states import ExchangeStatus
from tests import factories
from tests.cells import people, undone
from tests.checks import all_is_well, shared_world
from tests.helpers import refused
from tests.refunds import frames
from tests.refunds.standings import OLD, agree, cancel, dispute, receive, refuse, send_back

pytestmark = pytest.mark.django_db

ASKED, RETURNING, SENT = (
    f"EXCHANGE_WAIT_{way}" for way in ("SELLER_AGREE", "BUYER_RETURN_GOODS", "SELLER_CONFIRM_GOODS")
)
TO_SEND, REPLACED, REFUSED = (
    f"EXCHANGE_WAIT_{way}" for way in ("SELLER_SEND_GOODS", "BUYER_CONFIRM_GOODS", "BUYER_MODIFY")
)
CLOSED, DONE, TURNED = "EXCHANGE_CLOSED", "EXCHANGE_SUCCESS", "EXCHANGE_TO_REFUND"
SENDER = "buyer agent supervisor warehouse"
ASKER, DESK, STORE = "buyer agent supervisor", "agent supervisor", "warehouse agent supervisor"
DECIDERS = "supervisor platform"

GIVES_UP = {"cancel": (CLOSED, ASKER)}
OPEN = GIVES_UP | {"overtaken:by_receipt": (CLOSED, ASKER)}
FIRST_ASKED = OPEN | {
    "modify": (ASKED, ASKER),
    "modify:kind": ("WAIT_SELLER_AGREE", ASKER),
    "refuse": (REFUSED, DESK),
}
EXCHANGE = FIRST_ASKED | {"agree": (RETURNING, f"{DESK} system")}
AFTER_REFUSAL = OPEN | {
    "modify": (ASKED, ASKER),
    "modify:kind": ("WAIT_SELLER_AGREE", ASKER),
    "expire": (CLOSED, "system"),
    "intervention": (REFUSED, "buyer"),
}
AGREED = OPEN | {
    "return_shipment": (SENT, SENDER),
    "expire": (CLOSED, "system"),
    "promise_first": (RETURNING, DESK),
    "to_refund": (TURNED, DESK),
}
ON_THE_WAY = OPEN | {
    "return_shipment": (SENT, SENDER),
    "undo_return": (RETURNING, STORE),
    "agree": (TO_SEND, f"{DESK} system"),
    "refuse": (REFUSED, DESK),
    "receive:pass": (TO_SEND, STORE),
    "receive:fail": (REFUSED, STORE),
    "promise_first": (SENT, DESK),
    "ship_replacement": (REPLACED, STORE),
    "to_refund": (TURNED, DESK),
}
OWED = {"ship_replacement": (REPLACED, STORE), "to_refund": (TURNED, f"{DESK} system")}
ASTRAY = {"replacement_lost": (TO_SEND, f"{DESK} system")}
DENIES = {"replacement_denied": (REPLACED, ASKER)}
PROVED = {"delivery_proved": (REPLACED, DESK)}
ON_ITS_WAY = {
    **ASTRAY,
    **DENIES,
    "ship_replacement": (REPLACED, STORE),
    "confirm_received": (DONE, f"{ASKER} system"),
    "overtaken:by_receipt": (DONE, ASKER),
    "to_refund": (TURNED, DESK),
}
NO_ANSWER = {cell: way for cell, way in ON_ITS_WAY.items() if cell not in ("to_refund", "replacement_denied")} | PROVED
NO_ANSWER["confirm_received"] = (DONE, f"{ASKER} system")
SENT_FIRST = {
    "replacement_lost": (SENT, f"{DESK} system"),
    **DENIES,
    "ship_replacement": (REPLACED, STORE),
    "return_shipment": (REPLACED, SENDER),
    "receive:pass": (REPLACED, STORE),
    "receive:fail": (REPLACED, STORE),
    "confirm_received": (DONE, "supervisor"),
    "overtaken:by_receipt": (DONE, "supervisor"),
    "to_refund": (TURNED, "supervisor"),
}


def _disputed(
    state: str, for_buyer: str, for_seller: str = CLOSED, **more: tuple[str, str]
) -> dict[str, tuple[str, str]]:
    return {
        "decision:buyer": (for_buyer, DECIDERS),
        "decision:seller": (for_seller, DECIDERS),
        "settle:withdrawn": (state, ASKER),
        **more,
    }


BACK = {"return_shipment": (SENT, SENDER)}
POSSIBLE: dict[str, dict[str, tuple[str, str]]] = {
    "exchange": EXCHANGE,
    "exchange old": EXCHANGE | {"intervention": (ASKED, ASKER)},
    "exchange refused": AFTER_REFUSAL,
    "exchange agreed": AGREED,
    "exchange agreed, difference": AGREED | {"settle_difference": (RETURNING, "agent supervisor finance")},
    "exchange closed": {},
    "exchange sent": ON_THE_WAY,
    "exchange sent, promised first": {cell: way for cell, way in ON_THE_WAY.items() if cell != "promise_first"},
    "exchange received": OWED,
    "exchange replaced": ON_ITS_WAY,
    "exchange replaced first": SENT_FIRST | {"mark_overdue": (REPLACED, "system")},
    "exchange replaced first, overdue": SENT_FIRST,
    "exchange denied": NO_ANSWER,
    "exchange replaced first, denied": {
        cell: way for cell, way in SENT_FIRST.items() if cell not in ("to_refund", "replacement_denied")
    }
    | PROVED,
    "exchange lost": OWED | {"replacement_found": (REPLACED, "system")},
    "exchange replaced first, lost": {cell: way for cell, way in ON_THE_WAY.items() if cell != "promise_first"}
    | {"replacement_found": (REPLACED, "system")},
    "exchange done": {},
    "exchange turned": {},
    "exchange inspection failed": {
        **OPEN,
        "modify": (SENT, ASKER),
        "expire": (CLOSED, "system"),
        "intervention": (REFUSED, "buyer"),
    },
    "reship": FIRST_ASKED | {"agree": (TO_SEND, f"{DESK} system")},
    "reship refused": AFTER_REFUSAL,
    "reship agreed": OWED,
    "reship sent": ON_ITS_WAY,
    "reship lost": OWED | {"replacement_found": (REPLACED, "system")},
    "exchange disputed": GIVES_UP | _disputed(ASKED, RETURNING),
    "exchange refused disputed": GIVES_UP | _disputed(REFUSED, RETURNING),
    "exchange agreed disputed": GIVES_UP | _disputed(RETURNING, RETURNING) | BACK,
    "exchange sent disputed": GIVES_UP | _disputed(SENT, TO_SEND) | BACK,
    "exchange inspection failed disputed": GIVES_UP | _disputed(REFUSED, TO_SEND),
    "exchange received disputed": _disputed(TO_SEND, TURNED),
    "exchange replaced disputed": _disputed(
        REPLACED, TURNED, DONE, ship_replacement=(REPLACED, STORE), **ASTRAY, **DENIES
    ),
    "reship disputed": GIVES_UP | _disputed(ASKED, TO_SEND),
    "reship refused disputed": GIVES_UP | _disputed(REFUSED, TO_SEND),
}

WHY_NOT = [
    ("exchange", "void_result:voided", "warehouse", ""),
    ("exchange", "settle_difference", "agent", ""),
    ("exchange sent, promised first", "promise_first", "agent", "EXC-4"),
    ("exchange agreed", "settle_difference", "finance", "AMT-5"),
    ("exchange replaced first", "confirm_received", "buyer", "EXC-4"),
    ("exchange replaced first", "confirm_received", "system", "EXC-4"),
    ("exchange disputed", "agree", "agent", "DIS-4"),
    ("exchange received disputed", "ship_replacement", "warehouse", "DIS-4"),
    ("exchange received disputed", "to_refund", "system", "DIS-4"),
    ("exchange denied", "to_refund", "agent", "LOG-6"),
    ("exchange disputed", "decision:partial", "platform", ""),
    ("exchange", "decision:buyer", "platform", "DIS-1"),
]


def ship(refund: Refund) -> Refund:
    return services.exchange_ship(refund=refund, actor=factories.staff(), carrier="sf", tracking_no="SF900")


def first(refund: Refund) -> Refund:
    return services.exchange_promise_first(refund=refund, actor=factories.staff())


def denied(refund: Refund) -> Refund:
    services.exchange_replacement_denied(refund=refund, actor=factories.staff())
    return Refund.objects.get(pk=refund.pk)


def lost(refund: Refund) -> Refund:
    services.exchange_replacement_lost(refund=refund, actor=Actor.system("tracking"))
    return Refund.objects.get(pk=refund.pk)


def standings(shop) -> dict[str, int]:
    """Bring an exchange or a reship into every standing; returns their keys."""

    def exchange() -> Refund:
        return factories.make_exchange(factories.make_order(shop, sign=True))

    def reship() -> Refund:
        return factories.make_reship(factories.make_order(shop, ship=True))

    def received() -> Refund:
        return receive(send_back(exchange()), passed=True)

    with time_machine.travel(clock.now() - OLD, tick=True):
        old = {
            "exchange": exchange(),
            "exchange refused": refuse(exchange()),
            "exchange agreed": agree(exchange()),
            "exchange sent": send_back(exchange()),
            "exchange inspection failed": receive(send_back(exchange()), passed=False),
            "exchange received": received(),
            "exchange replaced": ship(received()),
            "reship": reship(),
            "reship refused": refuse(reship()),
        }
        plain = exchange()
    differs = exchange()
    services.refund_agree(refund=differs, actor=factories.staff(), new_prices={"1": 12000})
    overdue = ship(first(send_back(exchange())))
    transitions.apply(services.REFUND, overdue.pk, "mark_overdue", actor=Actor.system())
    turned = received()
    services.exchange_to_refund(refund=turned, actor=factories.staff())
    done = ship(received())
    made = {
        "exchange": exchange(),
        "exchange old": plain,
        "exchange refused": refuse(exchange()),
        "exchange agreed": agree(exchange()),
        "exchange agreed, difference": differs,
        "exchange closed": cancel(exchange()),
        "exchange sent": send_back(exchange()),
        "exchange sent, promised first": first(send_back(exchange())),
        "exchange received": received(),
        "exchange replaced": ship(received()),
        "exchange replaced first": ship(first(send_back(exchange()))),
        "exchange replaced first, overdue": overdue,
        "exchange denied": denied(ship(received())),
        "exchange replaced first, denied": denied(ship(first(send_back(exchange())))),
        "exchange lost": lost(ship(received())),
        "exchange replaced first, lost": lost(ship(first(send_back(exchange())))),
        "exchange done": services.exchange_confirm_received(refund=done, actor=factories.buyer(shop)),
        "exchange turned": turned,
        "exchange inspection failed": receive(send_back(exchange()), passed=False),
        "reship": reship(),
        "reship refused": refuse(reship()),
        "reship agreed": agree(reship()),
        "reship sent": ship(agree(reship())),
        "reship lost": lost(ship(agree(reship()))),
        **{f"{name} disputed": dispute(refund) for name, refund in old.items()},
    }
    return {name: refund.pk for name, refund in made.items()}


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    """A request in every standing, and somebody of every role here and elsewhere."""
    with shared_world(django_db_blocker):
        shop = factories.make_shop()
        reached = standings(shop)
        all_is_well(overdue=True)
        yield reached, people(shop)


def test_every_state_is_stood_in(world):
    frames.every_state_is_stood_in(world, POSSIBLE, ExchangeStatus.values)


@pytest.mark.parametrize("standing", POSSIBLE)
def test_every_cell(world, standing):
    frames.every_cell(world, standing, POSSIBLE[standing])


@pytest.mark.parametrize("standing", POSSIBLE)
def test_pages_offer_what_is_possible(world, standing):
    frames.pages_offer_what_is_possible(world, standing, POSSIBLE[standing])


@pytest.mark.parametrize("standing", POSSIBLE)
def test_every_service_leaves_the_books_in_order(world, standing):
    frames.every_service_leaves_the_books_in_order(world, standing, POSSIBLE[standing])


@pytest.mark.parametrize(("standing", "cell", "role", "rule"), WHY_NOT)
def test_refusal_names_its_rule(world, standing, cell, role, rule):
    frames.refusal_names_its_rule(world, standing, cell, role, rule)


def test_an_open_difference_holds_the_replacement_back(world):
    """EXC-2, AMT-5."""
    reached, everybody = world
    with undone():
        refund = send_back_of(reached["exchange agreed, difference"])
        with refused(errors.TransitionNotAllowed, "EXC-2"):
            ship(refund)
        services.exchange_settle_difference(refund=refund, actor=everybody.ours["finance"], note="2026112522001")
        assert ship(refund).status == REPLACED


def send_back_of(pk: int) -> Refund:
    refund = Refund.objects.get(pk=pk)
    return services.refund_return_shipment(
        refund=refund, actor=factories.buyer(refund.shop), carrier="sf", tracking_no="SF5"
    )


def test_waiting_is_as_long_as_the_policy_says(world):
    """TMO-13, TMO-7, EXC-4."""
    reached, _everybody = world
    days = {
        "exchange": 5,
        "exchange agreed": 7,
        "exchange sent": 10,
        "exchange refused": 7,
        "exchange received": 3,
        "exchange replaced": 10,
        "exchange replaced first": 7,
        "reship agreed": 3,
    }
    for name, expected in days.items():
        refund = Refund.objects.get(pk=reached[name])
        assert round((refund.due_at - refund.updated_at) / timedelta(days=1)) == expected, name
