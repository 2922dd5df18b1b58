"""One thing that happens, from the first step to the last that follows from it in the same transaction.

A service takes steps of several machines; what each of them does is written here again, small. Either all of it is
possible or nothing happened.
"""

from collections.abc import Callable
from typing import Any

from aftersales.core.steps import Step
from orders.models import Order
from orders.services.machine import ORDER as ORDER_BINDING
from orders.states import OPEN_STATES as ORDER_OPEN
from orders.states import OrderStatus
from refunds.states import (
    CLOSED_BY_RECEIPT,
    UNDECIDED,
    DisputeStatus,
    ExchangeStatus,
    Flow,
    PaymentStatus,
    RefundStatus,
)
from refunds.states.exchange import turns_anew

from .stand_ins import ACTORS, THEN, dispute_of, order_of, payment_of, trade_from
from .state import Payment, Request, State, Trade
from .tables import PAYMENT_BINDING, Machines, Refused, Stepped, follow_ups, refund_step
from .wishes import Facts, Wish, facts_of

S, X, T = RefundStatus, ExchangeStatus, OrderStatus
LATE = (T.WAIT_SELLER_SEND_GOODS, T.SELLER_CONSIGNED_PART)
"""States in which it is looked at whether shipping is late (TMO-15)."""


class Steps:
    """The steps of requests, each worked out once: it is the same whatever the rest of the world looks like."""

    def __init__(self, machines: Machines) -> None:
        self.machines = machines
        self._known: dict[tuple[Any, ...], Stepped | None] = {}
        self._facts: dict[Trade, Facts] = {}

    def facts(self, trade: Trade) -> Facts:
        """Give what steps of a request look at of its order."""
        if trade not in self._facts:
            self._facts[trade] = facts_of(trade)
        return self._facts[trade]

    def take(self, request: Request, facts: Facts, role: str, action: str, outcome: str, wish: Wish = ()) -> Stepped:
        """Give what `refund_step` gives. Raises: Refused."""
        key = (request, facts, role, action, outcome, wish)
        if key not in self._known:
            try:
                self._known[key] = refund_step(self.machines, request, facts, role, action, outcome, dict(wish))
            except Refused:
                self._known[key] = None
        stepped = self._known[key]
        if stepped is None:
            raise Refused
        return stepped


class Scene:
    """The world while something happens in it, done by somebody of `role`."""

    def __init__(self, steps: Steps, state: State, role: str) -> None:
        self.steps, self.machines, self.role = steps, steps.machines, role
        self.before = state
        self.trade, self.dispute, self.late = state.trade, state.dispute, state.dispute_late
        self.requests, self.payments = list(state.requests), list(state.payments)
        self.edges: list[int] = []

    @property
    def state(self) -> State:
        """What the world looks like now; of what ended only its end is kept."""
        requests = tuple(_remembered(self.machines, one) for one in self.requests)
        trade = self.trade
        if trade.news and not any(one.flow == Flow.UNSHIPPED for one in requests):
            trade = trade._replace(news=False)  # it concerns nobody
        now = State(trade, requests, self.dispute, tuple(self.payments), self.late)
        return _without_what_ended(self.machines, self.before, now)

    # --- The request ---

    def request_step(self, action: str, outcome: str = "", wish: Wish = (), *, place: int = -1, role: str = "") -> None:
        """Take the last request (or the one at `place`) a step, with what its binding and its service do after it."""
        place %= len(self.requests)
        stepped = self.steps.take(
            self.requests[place], self.steps.facts(self.trade), role or self.role, action, outcome, wish
        )
        self.requests[place] = stepped.request
        self.edges.append(stepped.edge)
        for name in stepped.follow_ups:
            FOLLOW_UPS[name](self, place)
        service = SERVICES.get(f"{action}_{outcome}") or SERVICES.get(action)
        if service is not None:
            service(self, place)

    def apply(self, flow: str, amount: int, *, fast: bool = False, takes: bool = True) -> None:
        """Let a request begin (APP); what was before it is over, and its payments are history."""
        status = str(X.WAIT_SELLER_AGREE if flow in (Flow.EXCHANGE, Flow.RESHIP) else S.WAIT_SELLER_AGREE)
        self.edges.append(self.machines.birth("refund", self.role, "apply", status))
        self.requests = [Request(status, flow, fast, amount, takes)]
        self.payments, self.dispute, self.late = [], "", False
        self._opened()

    def turn(self, place: int) -> None:
        """Open the refund that an exchange or a reship turns into, where its goods are (EXC-1)."""
        was = self.requests[place]
        _machine, edge = self.machines.edges[self.edges[-1]]
        if turns_anew(edge, was.flow):
            flow = Flow.RETURN_REFUND if was.flow == Flow.EXCHANGE else Flow.REFUND_ONLY
            new = Request(str(S.WAIT_SELLER_AGREE), str(flow), amount=self.trade.left, takes=was.takes)
        else:
            status = S.WAIT_SELLER_CONFIRM_GOODS if was.goods_sent_back else S.WAIT_BUYER_RETURN_GOODS
            status = S.WAIT_SYSTEM_TRANSFER if was.received else status
            new = Request(str(status), str(Flow.RETURN_REFUND), amount=self.trade.left)
            new = new._replace(goods_sent_back=was.goods_sent_back, received=was.received)
        self.edges.append(self.machines.birth("refund", self.role, "turn", new.status))
        self.requests.append(new)
        self._opened()
        if new.status == S.WAIT_SYSTEM_TRANSFER:
            self.promise(len(self.requests) - 1)

    def _opened(self) -> None:
        held = self.trade.held or self.trade.status == T.WAIT_BUYER_CONFIRM_GOODS
        self.trade = self.trade._replace(open_requests=self.trade.open_requests + 1, held=held)

    def release(self, place: int) -> None:
        """An ended request frees its line, and the receiving period goes on when it was the last (ORD-6, TMO-7)."""
        self.trade = self.trade._replace(open_requests=self.trade.open_requests - 1)
        if not self.trade.open_requests:
            self.trade = self.trade._replace(held=False)

    def note_agreement(self, place: int) -> None:
        """Give the buyer of an agreed exchange more time for receipt (EXC-3)."""
        if self.trade.status == T.WAIT_BUYER_CONFIRM_GOODS and not self.requests[place].goods_sent_back:
            self.order_step("extend_receipt", role="system")

    def overtake(self, by: str) -> None:
        """Close the open requests that shipment or receipt ends (RFD-2, ORD-7)."""
        for place, request in enumerate(self.requests):
            unshipped = request.flow == Flow.UNSHIPPED and request.status == S.WAIT_SELLER_AGREE
            if unshipped if by == "by_shipment" else request.status in CLOSED_BY_RECEIPT:
                self.request_step("overtaken", by, place=place)

    # --- The dispute ---

    def ask_platform(self, place: int) -> None:
        """Open a dispute; the clocks of the request stand still (RFD-7, TMO-16)."""
        self.dispute = str(DisputeStatus.REQUESTED)
        self.edges.append(self.machines.birth("dispute", self.role, "request", self.dispute))
        self.requests[place] = self.requests[place]._replace(still=True)

    def dispute_step(self, action: str, outcome: str = "") -> None:
        """Take the dispute a step. Raises: Refused."""
        dispute = dispute_of(self.dispute, late=self.late)
        edge = self.machines.step("dispute", dispute, ACTORS[self.role], action, outcome)
        self.dispute = str(edge.target)
        self.late = (self.late or action == "mark_overdue") and self.dispute not in self.machines.dispute.terminal
        self.edges.append(self.machines.places[id(edge)])

    def withdraw_dispute(self, place: int = -1) -> None:
        """End an undecided dispute."""
        if self.dispute in UNDECIDED:
            self.dispute_step("withdraw")

    def agree_on_a_sum(self, place: int = -1) -> None:
        """End the dispute in agreement (DIS-5)."""
        self.dispute_step("settle")

    def settle(self, place: int) -> None:
        """Withdraw it, and let the clocks go on with what was left (DIS-5)."""
        self.requests[place] = self.requests[place]._replace(still=False)
        self.withdraw_dispute()

    # --- The money ---

    def promise(self, place: int) -> None:
        """Bind the money and write the payment (RFD-3)."""
        request = self.requests[place]
        edge = self.machines.birth("payment", self.role, "promise", PaymentStatus.PROMISED)
        self.edges.append(edge)
        self.payments.append(Payment(str(PaymentStatus.PROMISED), request.amount))
        self.trade = self.trade._replace(
            promised=self.trade.promised + request.amount, gone=self.trade.gone or request.takes
        )

    def settle_books(self, place: int) -> None:
        """Turn promised into refunded (AMT-2)."""
        amount = self.requests[place].amount
        self.trade = self.trade._replace(promised=self.trade.promised - amount, refunded=self.trade.refunded + amount)

    def payment_step(self, place: int, action: str, **changes: Any) -> None:
        """Take a payment a step; once it is done its request succeeds, and the order may be over (RFD-3)."""
        payment = self.payments[place]
        subject = payment_of(payment)
        edge = self.machines.step("payment", subject, ACTORS[self.role], action)
        self.payments[place] = payment._replace(status=str(edge.target), **changes)
        self.edges.append(self.machines.places[id(edge)])
        for name in follow_ups(PAYMENT_BINDING, edge):
            FOLLOW_UPS[name](self, place)
        if action == "confirm":
            self.request_step("succeed", role="system")
            self._move_order()

    # --- The order ---

    def order_step(self, action: str, outcome: str = "", *, role: str = "") -> None:
        """Take the order a step through its own prepare; its receiving period begins held while a request is open."""
        order, actor = order_of(self.trade), ACTORS[role or self.role]
        edge = self.machines.step("order", order, actor, action, outcome)
        prepare = ORDER_BINDING.prepare.get(action)
        if prepare is not None and action != "update":
            prepare(order, actor=actor, at=THEN)
        order.status = str(edge.target)
        if ORDER_BINDING.stamp is not None:
            ORDER_BINDING.stamp(Step(order, edge, actor, THEN, "", {}, {}))
        trade = trade_from(order, self.trade)
        if edge.source != edge.target or edge.restarts:
            receives = trade.status == T.WAIT_BUYER_CONFIRM_GOODS
            trade = trade._replace(held=receives and Order.pauses(order, "TMO-10"))
        self.trade = trade._replace(is_late=trade.is_late and trade.status in LATE)
        self.edges.append(self.machines.places[id(edge)])

    def ship(self, lines: str) -> None:
        """Let lines leave that can leave."""
        left = self.trade.to_ship
        if not lines or not set(lines) <= set(left):
            raise Refused
        self.order_step("ship", "all" if lines == left else "part")
        self.trade = self.trade._replace(shipped="".join(sorted(self.trade.shipped + lines)))

    def _move_order(self) -> None:
        """Close an order of which nothing is left; a rest that was given back counts as shipped."""
        trade, self.role = self.trade, "system"
        if trade.status not in ORDER_OPEN:
            return
        nothing_left = trade.gone and trade.lines == 1
        given_back = trade.refunded == 2 and trade.lines == 1
        if not trade.open_requests and (nothing_left or given_back):
            self.order_step("close")
        elif trade.status == T.SELLER_CONSIGNED_PART and not trade.to_ship:
            self.order_step("ship", "all")


def _without_what_ended(machines: Machines, before: State, now: State) -> State:
    """Let go of what had ended before and did not move now either."""
    if now.dispute == before.dispute and now.dispute in machines.dispute.terminal:
        now = now._replace(dispute="")
    rest = tuple(
        one for one in now.requests if one.status not in machines.refund.terminal or one not in before.requests
    )
    if rest == now.requests:
        return now
    if rest or any(one.status not in machines.payment.terminal for one in now.payments):
        return now._replace(requests=rest or now.requests[-1:])
    return now._replace(requests=(), payments=())


def _remembered(machines: Machines, request: Request) -> Request:
    """Forget what nothing reads any more."""
    if request.status in machines.refund.terminal:
        return Request(request.status, request.flow, amount=request.amount)
    if request.status == S.WAIT_SYSTEM_TRANSFER:
        return request._replace(waited=False, fast=False)
    return request._replace(fast=request.fast and request.status == S.WAIT_SELLER_AGREE)


def _nothing(scene: Scene, place: int) -> None:
    """Books and proposals stand beside the world."""


def _decided(outcome: str) -> Callable[[Scene, int], None]:
    return lambda scene, place: scene.dispute_step("decide", outcome)


FOLLOW_UPS: dict[str, Callable[[Scene, int], None]] = {
    "payments_promise": Scene.promise,
    "_settle_books": Scene.settle_books,
    "_release": Scene.release,
    "note_agreement": Scene.note_agreement,
    "turn_into_refunds": Scene.turn,
    "payments_book": _nothing,
    "proposals_follow": _nothing,
}
"""What the follow-ups of the bindings do here, by their names; one that is not named stops the exploration."""

SERVICES: dict[str, Callable[[Scene, int], None]] = {
    "intervention": Scene.ask_platform,
    "settle_withdrawn": Scene.settle,
    "settle_refund": Scene.agree_on_a_sum,
    "cancel": Scene.withdraw_dispute,
    "void_result_already_shipped": Scene.withdraw_dispute,
    "overtaken": Scene.withdraw_dispute,
    "to_refund": Scene.withdraw_dispute,
    "decision_buyer": _decided("buyer"),
    "decision_seller": _decided("seller"),
    "decision_partial": _decided("partial"),
}
"""What a service does beside the step of the request that it takes."""

__all__ = ["Refused", "Scene", "Steps"]
