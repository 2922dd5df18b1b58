"""The world of an after-sale: what buyer, shop, warehouse, platform, provider and clock can do, in any order.

Every move is something that somebody does through a service, a deadline that is over, a sweep, news that is heard, or
something outside (the provider took the money, days went by). What can be late or lost is a move of its own: until it
is taken the world stands there, as it does after a crash.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from functools import partial
from itertools import product
from typing import Any, NamedTuple

from aftersales.core.exploring import Move
from aftersales.core.machine import DeadlineRule
from orders.states import OrderStatus
from refunds.states import UNDECIDED, ExchangeStatus, Flow, PaymentStatus

from .scene import Refused, Scene, Steps
from .stand_ins import dispute_of, order_of, refund_of
from .state import LINES, Request, State, Trade
from .tables import Machines
from .wishes import Asked, Facts, Wish, may_apply, said, wishes

T, P, X = OrderStatus, PaymentStatus, ExchangeStatus
PEOPLE = ("buyer", "agent", "supervisor", "warehouse", "finance", "platform")
SIZES = (1, len(LINES))
"""How many lines an order has; with several, one parcel after the other can leave and something be left."""
BY_FRONT_END = ("pay", "update", "sign", "extend_receipt", "confirm_receipt")
FOLLOWS = frozenset({"overtaken", "succeed"})
"""Steps of a request that nobody and no deadline takes: they follow from another machine."""
SCANNED = ("replacement_lost", "replacement_found")
"""Steps of a request that follow from the scans of its replacement's parcel."""
Happening = Callable[[Scene], object]


class Option(NamedTuple):
    """A step of a request that its own table allows, and to whom."""

    action: str
    outcome: str
    wish: Wish
    alone: bool
    roles: tuple[str, ...]

    @property
    def name(self) -> str:
        """What a trace calls it."""
        words = said(self.wish)
        return f"{self.action} {self.outcome}".strip() + (f" ({words})" if words else "")

    def happen(self, place: int) -> Happening:
        """Take the step of the request at `place`."""
        return lambda scene: scene.request_step(self.action, self.outcome, self.wish, place=place)


def _alone(request: Request, role: str, action: str) -> bool:
    """Say whether somebody takes the step in the end whoever else stays away (DIS-2, EXC-4)."""
    overdue = request.status == X.WAIT_BUYER_CONFIRM_GOODS and request.marked_overdue
    return (role, action) == ("platform", "decision") or (overdue and role == "supervisor")


class Aftersale:
    """The world, over the `machines` that run or over others; it begins with any order, or with one of `orders`."""

    def __init__(self, machines: Machines | None = None, *, orders: Iterable[Trade] = ()) -> None:
        self.machines = machines or Machines()
        self.orders = tuple(orders)
        self.steps = Steps(self.machines)
        self._known_orders: dict[Trade, list[tuple[str, str, Trade, tuple[int, ...], bool]]] = {}
        self._known_deadlines: dict[Request, list[DeadlineRule]] = {}
        self._known_options: dict[tuple[Request, Facts], list[Option]] = {}

    def starts(self) -> Iterator[Move[State]]:
        """Register an order in any status, of one line or of several of which one is asked about (ORD-1)."""
        for trade in self.orders or _orders(self.machines):
            edge = self.machines.birth("order", "buyer", "register", trade.status)
            words = f"register {trade.status}, {trade.lines} lines" + f", {trade.shipped} left" * bool(trade.shipped)
            yield Move("front-end", words.replace(" 1 lines", " 1 line"), State(trade), (edge,))

    def moves(self, state: State) -> Iterator[Move[State]]:
        """Give everything that can happen now."""
        yield from self._order(state)
        yield from self._news(state)
        if state.dispute in UNDECIDED:
            yield from self._dispute(state)
        if state.requests:
            yield from self._request(state)
            yield from self._clock(state)
            yield from self._scans(state)
        for place in range(len(state.payments)):
            yield from self._payment(state, place)
        if may_apply(state.trade):
            yield from self._apply(state)

    # --- Making a move ---

    def _try(
        self, state: State, role: str, name: str, *happen: Happening, alone: bool = False
    ) -> Iterator[Move[State]]:
        scene = Scene(self.steps, state, role)
        try:
            for one in happen:
                one(scene)
        except Refused:
            return
        yield Move(role, name, scene.state, tuple(scene.edges), alone)

    # --- The order ---

    def _order(self, state: State) -> Iterator[Move[State]]:
        trade = state.trade
        for name, role, after, edges, alone in self._plain(trade):
            yield Move(role, name, state._replace(trade=after), edges, alone)
        for lines in _parcels(trade):
            yield from self._try(state, "warehouse", f"ship {lines}", partial(_ship, lines=lines), alone=True)
            yield from self._try(state, "system", f"import: {lines} left", partial(_import, lines=lines))
        if trade.open_requests:
            for role in ("buyer", "supervisor"):
                yield from self._try(state, role, "confirm receipt, closing requests", _receive)

    def _plain(self, trade: Trade) -> list[tuple[str, str, Trade, tuple[int, ...], bool]]:
        """Give the steps that an order takes by itself: of its deadlines, and of those whom no request concerns."""
        if trade not in self._known_orders:
            ways = [("buyer", action, False) for action in BY_FRONT_END]
            if not trade.open_requests:
                ways.append(("platform", "close", trade.status == T.WAIT_BUYER_PAY))
            due = self.machines.order.wanted_deadlines(order_of(trade))
            running = (rule for rule in due if not (rule.rule == "TMO-10" and trade.held))
            ways += [("system", f"{rule.rule} {rule.action}", True) for rule in running]
            found = self._known_orders[trade] = []
            for role, name, alone in ways:
                scene = Scene(self.steps, State(trade), role)
                with suppress(Refused):
                    scene.order_step(name.rpartition(" ")[2])
                    way = (f"{name} order", role, scene.trade, tuple(scene.edges), alone)
                    found.append(way)
        return self._known_orders[trade]

    def _news(self, state: State) -> Iterator[Move[State]]:
        """Hear that goods left: a request from before it is closed then (RFD-2)."""
        if state.trade.news:
            yield from self._try(state, "system", "news: order.shipped", _hear, alone=True)

    # --- The request ---

    def _apply(self, state: State) -> Iterator[Move[State]]:
        for asked in self.steps.facts(state.trade).askings:
            yield from self._try(state, "buyer", f"apply for {asked}", partial(_apply, asked=asked))

    def _request(self, state: State) -> Iterator[Move[State]]:
        """Whatever people may do to the request that is open, or was (RFD, EXC, DIS)."""
        for place, request in enumerate(state.requests):
            for option in self._options(request, self.steps.facts(state.trade)):
                happen = [option.happen(place)]
                if option.outcome == "already_shipped":
                    happen.append(partial(Scene.ship, lines="a"))
                for role in option.roles:  # they differ in what follows at most: the first who can
                    found = list(self._try(state, role, option.name, *happen, alone=option.alone))
                    yield from found
                    if found:
                        break

    def _options(self, request: Request, facts: Facts) -> list["Option"]:
        """Give the steps that the request's own table allows to people, those who may take one together."""
        key = (request, facts)
        if key not in self._known_options:
            cells = [cell for cell in self.machines.cells["refund"] if cell[0] not in FOLLOWS]
            ways: dict[tuple[str, str, Wish, bool], list[str]] = {}
            for (action, outcome), role in product(cells, PEOPLE):
                if (action, request.status) not in self.machines.refund.by_source:
                    continue
                for wish in wishes(request, facts, action, outcome, role):
                    with suppress(Refused):
                        self.steps.take(request, facts, role, action, outcome, wish)
                        ways.setdefault((action, outcome, wish, _alone(request, role, action)), []).append(role)
            self._known_options[key] = [Option(*way, roles=tuple(roles)) for way, roles in ways.items()]
        return self._known_options[key]

    def _clock(self, state: State) -> Iterator[Move[State]]:
        """Let deadlines act, and the days go by after which either side may ask the platform (TMO-16, RFD-7)."""
        for place, request in enumerate(state.requests):
            for rule in self.running(request):
                yield from self.deadline(state, place, rule)
            if not request.waited and request.status not in self.machines.refund.terminal:
                yield from self._try(state, "time", "days go by", partial(_wait, place=place), alone=True)

    def _scans(self, state: State) -> Iterator[Move[State]]:
        """Let the parcel of a replacement come back, or one that was given up be scanned again (LOG-6)."""
        for place, request in enumerate(state.requests):
            for action in SCANNED if request.flow in (Flow.EXCHANGE, Flow.RESHIP) else ():
                act = partial(Scene.request_step, action=action, place=place)
                yield from self._try(state, "system", f"scan: {action}", act)

    def running(self, request: Request) -> list[DeadlineRule]:
        """Give the deadlines of a request that run."""
        if request not in self._known_deadlines:
            wanted = [] if request.still else self.machines.refund.wanted_deadlines(refund_of(request))
            self._known_deadlines[request] = wanted
        return self._known_deadlines[request]

    def deadline(self, state: State, place: int, rule: DeadlineRule) -> Iterator[Move[State]]:
        """Let a deadline of the request at `place` take its step; nothing comes where the step is refused."""
        act = partial(Scene.request_step, action=rule.action, place=place)
        yield from self._try(state, "system", f"{rule.rule} {rule.action}", act, alone=True)

    def _dispute(self, state: State) -> Iterator[Move[State]]:
        """Give evidence, let its time be over, and the platform's (TMO-11, TMO-12)."""
        for role in ("buyer", "agent"):
            yield from self._try(
                state, role, "add_evidence dispute", partial(Scene.dispute_step, action="add_evidence")
            )
        dispute = dispute_of(state.dispute, late=state.dispute_late)
        for rule in self.machines.dispute.wanted_deadlines(dispute):
            act = partial(Scene.dispute_step, action=rule.action)
            yield from self._try(state, "system", f"{rule.rule} {rule.action} dispute", act, alone=True)

    # --- The money ---

    def _payment(self, state: State, place: int) -> Iterator[Move[State]]:
        """Send it, hear of it, ask, lose track, give up asking; finance confirms, fails, sends again (RFD-3, PAY-9)."""
        payment = state.payments[place]
        step, change = partial(partial, Scene.payment_step, place=place), partial(partial, _outside, place=place)
        ways: list[tuple[str, str, Happening]] = [
            ("system", "send", step(action="send", asked=True, to_ask=True, reported=False, provider="")),
            (
                "system",
                "send where nobody answers",
                step(action="send", asked=False, to_ask=False, reported=False, provider=""),
            ),
        ]
        if payment.status in (P.SENT, P.UNKNOWN):
            known = "confirm" if payment.provider == "moved" else "fail"
            if not payment.provider:
                ways.append(("provider", "the money moves", change(provider="moved")))
                ways.append(("provider", "the money is refused", change(provider="refused")))
            if payment.asked:
                ways.append(("system", "lose_track", step(action="lose_track")))
                ways.append(("time", "nobody asks any more", change(asked=False)))
            if payment.asked and payment.provider:
                ways.append(("system", f"{known} payment", step(action=known, asked=False)))
            if payment.provider == "moved" or not payment.to_ask:
                ways.append(("finance", f"{known} payment", step(action=known, asked=False)))
            elif payment.status == P.UNKNOWN and payment.reported:
                ways.append(("supervisor", "accept_unmoved", step(action="accept_unmoved", asked=False)))
            else:
                ways.append(("finance", "report_unmoved", step(action="report_unmoved", reported=True)))
        else:
            by_hand = payment.status != P.PROMISED
            ways.append(("finance", "make good another way", step(action="confirm", by_hand=by_hand)))
            ways.append(("finance", "send_again", step(action="send_again", provider="")))
        for role, name, happen in ways:
            yield from self._try(state, role, name, happen, alone=True)


# --- What happens -----------------------------------------------------------------------------------------------------


def _ship(scene: Scene, lines: str) -> None:
    """Ship over whatever was asked for these goods before (RFD-2)."""
    if "a" in lines:
        scene.overtake("by_shipment")
    scene.ship(lines)


def _import(scene: Scene, lines: str) -> None:
    """Learn from an export that lines have left; what that means for a request is news, and may be heard late."""
    scene.ship(lines)
    scene.trade = scene.trade._replace(news="a" in scene.trade.shipped and bool(scene.trade.open_requests))


def _hear(scene: Scene) -> None:
    """Hear that goods left: a request from before it is closed then (RFD-2)."""
    if "a" in scene.trade.shipped:
        scene.overtake("by_shipment")
    scene.trade = scene.trade._replace(news=False)


def _receive(scene: Scene) -> None:
    """Confirm receipt, and close the requests that can be closed by it (ORD-7)."""
    scene.overtake("by_receipt")
    scene.order_step("confirm_receipt")


def _apply(scene: Scene, asked: Asked) -> None:
    scene.apply(asked.flow, asked.amount, fast=asked.fast, takes=asked.takes)


def _wait(scene: Scene, place: int) -> None:
    scene.requests[place] = scene.requests[place]._replace(waited=True)


def _outside(scene: Scene, place: int, **changes: Any) -> None:
    """Something becomes of a payment that no table knows of."""
    scene.payments[place] = scene.payments[place]._replace(**changes)


# --- Words ------------------------------------------------------------------------------------------------------------


def _orders(machines: Machines) -> Iterator[Trade]:
    """Give the orders that can be registered, with which of their lines may have left."""
    for edge in (edge for edge in machines.order.edges if not edge.source):
        for lines in SIZES:
            shipped: dict[str, tuple[str, ...]] = {
                T.SELLER_CONSIGNED_PART: ("a", "b") if lines > 1 else (),
                T.WAIT_BUYER_CONFIRM_GOODS: (LINES[:lines],),
                T.TRADE_FINISHED: (LINES[:lines],),
            }
            yield from (Trade(str(edge.target), lines, left) for left in shipped.get(edge.target, ("",)))


def _parcels(trade: Trade) -> list[str]:
    """Give what may leave together: the first line, one of the others (which, is all the same), or all that is left."""
    left = trade.to_ship
    others = left.lstrip("a")[:1]
    return [lines for lines in dict.fromkeys((left[: left.startswith("a")], others, left)) if lines]
