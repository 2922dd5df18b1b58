"""What must hold in every state of the world of an after-sale. Written by hand from domain.md, not from the tables."""

from collections.abc import Callable, Mapping
from types import SimpleNamespace
from typing import Any

from orders.states import OrderStatus
from refunds.states import UNDECIDED, ExchangeStatus, PaymentStatus, RefundStatus

from .aftersale import PEOPLE, Aftersale
from .stand_ins import order_of, payment_of, refund_of
from .state import PAID, Payment, Request, State
from .tables import Machines

T, S, X, P = OrderStatus, RefundStatus, ExchangeStatus, PaymentStatus
Rule = Callable[[Aftersale, State], str | None]
"""Says what is wrong with a state, or None."""


# --- Somebody acts ----------------------------------------------------------------------------------------------------


def somebody_acts(world: Aftersale, state: State) -> str | None:
    """What waits has a deadline that runs, somebody who is offered a step, or a sweep (TMO-16)."""
    machines = world.machines
    for request in _open(machines, state):
        if not _request_is_kept(world, request, state):
            return f"nothing makes the request go on from {request.status}"
    for payment in state.payments:
        if payment.status not in machines.payment.terminal and not _payment_is_kept(machines, payment):
            return f"nobody looks after a payment that is {payment.status}"
    if state.dispute in UNDECIDED:
        dispute = _plain(state.dispute)
        if not all(machines.offered("dispute", dispute, role, "decide") for role in ("platform", "supervisor")):
            return "nobody can decide the dispute"
    if not _order_is_kept(machines, state):
        return f"nothing makes the order go on from {state.trade.status}"
    return None


def _request_is_kept(world: Aftersale, request: Request, state: State) -> bool:
    """Look for its deadline; else it is the platform's, the payment's, or was given to the supervisor (EXC-4)."""
    machines = world.machines
    if world.running(request):
        return True
    if request.in_dispute:
        return machines.offered("refund", refund_of(request), "platform", "decision")
    if request.status == S.WAIT_SYSTEM_TRANSFER:
        return any(payment.status not in machines.payment.terminal for payment in state.payments)
    if request.status == X.WAIT_BUYER_CONFIRM_GOODS and request.marked_overdue:
        return machines.offered("refund", refund_of(request), "supervisor", "confirm_received")
    return False


def _payment_is_kept(machines: Machines, payment: Payment) -> bool:
    """The sweep sends it and asks about it (PAY-9); where nobody can be asked, it is for finance (RFD-3)."""
    subject = payment_of(payment)
    if payment.status == P.PROMISED:
        return machines.possible("payment", subject, "system", "send")
    if payment.asked:
        return all(machines.possible("payment", subject, "system", action) for action in ("confirm", "fail"))
    return machines.offered("payment", subject, "finance", "confirm")


def _order_is_kept(machines: Machines, state: State) -> bool:
    """Its own deadline, its request, the front-end that pays, the warehouse that ships; past its window it is over."""
    trade, order = state.trade, order_of(state.trade)
    if trade.open_requests or trade.status in machines.order.terminal:
        return True
    if machines.order.wanted_deadlines(order) and not trade.held:
        return True
    if trade.status == T.WAIT_BUYER_PAY:
        return machines.possible("order", order, "buyer", "pay")
    if trade.status == T.TRADE_FINISHED:
        return trade.aftersale_ended
    return bool(trade.to_ship) and machines.offered("order", order, "warehouse", "ship")


def deadlines_can_act(world: Aftersale, state: State) -> str | None:
    """A deadline that runs finds its step possible; one that is refused fails, and nothing happens by itself (TMO-16).

    Goods that left while the news of it is not heard yet are the exception: nothing is to be paid by the clock then,
    and the news ends the request (RFD-2).
    """
    machines = world.machines
    for place, request in enumerate(state.requests):
        for rule in () if state.trade.news else world.running(request):
            if not any(True for _move in world.deadline(state, place, rule)):
                return f"{rule.rule} runs in {request.status}, but cannot {rule.action}"
    order = order_of(state.trade)
    for rule in machines.order.wanted_deadlines(order):
        held = rule.rule == "TMO-10" and state.trade.held
        if not held and not machines.possible("order", order, "system", rule.action):
            return f"{rule.rule} runs in {state.trade.status}, but cannot {rule.action}"
    return None


def nothing_is_received_by_time_alone(world: Aftersale, state: State) -> str | None:
    """A replacement that the buyer denies having, or that was lost, never counts as received by the clock (LOG-6)."""
    for request in state.requests:
        if request.trouble and any(rule.action == "confirm_received" for rule in world.running(request)):
            return f"the clock counts a replacement as received that is {request.trouble}"
    return None


# --- Ends, sums, and what one machine knows of another ----------------------------------------------------------------


def nothing_leaves_an_end(world: Aftersale, state: State) -> str | None:
    """What ended stays ended (RFD-3)."""
    parts = [("order", state.trade.status), ("dispute", state.dispute)]
    parts += [("payment", payment.status) for payment in state.payments]
    for name, status in parts:
        if said := _way_out(world.machines, name, status, _plain(status)):
            return said
    ended = (one for one in state.requests if one.status in world.machines.refund.terminal)
    found = (_way_out(world.machines, "refund", request.status, refund_of(request)) for request in ended)
    return next((said for said in found if said), None)


def _way_out(machines: Machines, name: str, status: str, subject: Any) -> str | None:
    machine = getattr(machines, name)
    for edge in machine.edges if status in machine.terminal else ():
        leads_out = edge.source == status and edge.target != status
        if leads_out and any(
            machines.possible(name, subject, role, edge.action, edge.outcome) for role in (*PEOPLE, "system")
        ):
            return f"{name} {edge.name} leads from {status} to {edge.target}"
    return None


def money_is_kept(world: Aftersale, state: State) -> str | None:
    """A request pays once, nothing is given back that was not paid, a success is money that moved (AMT-2, RFD-3)."""
    trade, payments = state.trade, state.payments
    if len(payments) > 1:
        return f"{len(payments)} payments for one request"
    if sum(payment.moved for payment in payments) > 1:
        return "the buyer got the money twice"
    if trade.promised + trade.refunded > PAID or min(trade.promised, trade.refunded) < 0:
        return f"{trade.promised} promised and {trade.refunded} refunded of {PAID} paid"
    under_way = sum(payment.amount for payment in payments if payment.status != P.DONE)
    if trade.promised != under_way:
        return f"{trade.promised} promised on the order, {under_way} by payments"
    if any(payment.status == P.DONE and payment.moved != 1 for payment in payments):
        return "a payment is done without its money"
    last = state.requests[-1].status if state.requests else ""
    if last == S.SUCCESS and [payment.status for payment in payments] != [P.DONE]:
        return "a request succeeded without its payment"
    if last == S.WAIT_SYSTEM_TRANSFER and not payments:
        return "money was agreed, but no payment promised"
    return None


def parts_agree(world: Aftersale, state: State) -> str | None:
    """What one machine knows of another is so (DIS-1, TMO-16, ORD-6, EXC-1)."""
    still_open = _open(world.machines, state)
    if state.trade.open_requests != len(still_open):
        return f"the order counts {state.trade.open_requests} open requests, there are {len(still_open)}"
    if any(one.in_dispute for one in still_open) != (state.dispute in UNDECIDED):
        return "request and dispute do not agree whether the platform was asked"
    if any(one.in_dispute != one.still for one in still_open):
        return "the clocks of a request stand still without a dispute, or run in one"
    if state.trade.held != (state.trade.status == T.WAIT_BUYER_CONFIRM_GOODS and bool(still_open)):
        return "the receiving period stands still without a request, or runs with one"
    if still_open and state.trade.status in world.machines.order.terminal:
        return "the order is closed while a request of it is open"
    turned = [place for place, one in enumerate(state.requests) if one.status == X.TO_REFUND]
    if len(state.requests) > 2 or len(state.requests) - 1 in turned:
        return "an exchange turned into no refund, or into several"
    return None


def _open(machines: Machines, state: State) -> list[Request]:
    return [one for one in state.requests if one.status not in machines.refund.terminal]


def _plain(status: str) -> SimpleNamespace:
    return SimpleNamespace(status=status, shop_id=1)


RULES: Mapping[str, Rule] = {
    "somebody acts": somebody_acts,
    "deadlines can act": deadlines_can_act,
    "nothing is received by time alone": nothing_is_received_by_time_alone,
    "nothing leaves an end": nothing_leaves_an_end,
    "money is kept": money_is_kept,
    "parts agree": parts_agree,
}
