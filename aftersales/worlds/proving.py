"""The proof: the world is explored, every rule asked of every state, and every state asked whether it can end.

What is known to be weak and not mended yet is named in `KNOWN`; it is shown each time, and must be taken off the list
once it is mended.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from typing import Any, NamedTuple

from django.utils import translation

from aftersales.core import policies
from aftersales.core.exploring import Explored, Finding, explore, unseen
from orders.states import ERASABLE, OrderStatus
from refunds.states import PaymentStatus, RefundStatus

from .aftersale import Aftersale
from .report import Report
from .rules import RULES, Rule
from .state import State, Trade
from .tables import Machines


class End(NamedTuple):
    """What must be reachable from every state that it concerns; `alone`, even if buyer and agents stay away."""

    concerns: Callable[[State], bool]
    goal: Callable[[Machines, State], bool]
    alone: bool
    says: str


class Known(NamedTuple):
    """A weakness that is known: which checks see it, what it is, and in which states."""

    checks: frozenset[str]
    says: str
    concerns: Callable[[State], bool]


def over(machines: Machines, state: State) -> bool:
    """Say whether nothing is left to do: the request ended, its money moved, the order closed or past its window."""
    trade = state.trade
    past = trade.status == OrderStatus.TRADE_FINISHED and trade.aftersale_ended
    return (
        all(request.status in machines.refund.terminal for request in state.requests)
        and all(payment.status in machines.payment.terminal for payment in state.payments)
        and (past or trade.status in machines.order.terminal)
    )


def paid_out(machines: Machines, state: State) -> bool:
    """Say whether the money moved and the request is a success with it."""
    last = state.requests[-1].status if state.requests else ""
    return last == RefundStatus.SUCCESS and [one.status for one in state.payments] == [PaymentStatus.DONE]


def _every(state: State) -> bool:
    return True


def _owes(state: State) -> bool:
    return any(payment.status != PaymentStatus.DONE for payment in state.payments)


ENDS: Mapping[str, End] = {
    "no dead end": End(_every, over, False, "nothing can end any more"),
    "it ends by itself": End(_every, over, True, "if buyer and agents stay away, this never ends"),
    "money arrives": End(_owes, paid_out, True, "this payment can never be done and its request a success"),
}
KNOWN: tuple[Known, ...] = ()
EXCUSED = frozenset(
    # Three years after everything ended (LAW-7): nothing of an after-sale can follow it, and it changes no sum.
    f"order erase: {state} → {state} (not erased)"
    for state in ERASABLE
)
"""Edges that the abstraction does not take, with the reason beside each."""


def prove(machines: Machines | None = None, *, orders: Iterable[Trade] = ()) -> Report:
    """Explore the world over `machines` (those that run) and check everything. Reads no database.

    With `orders` it begins with those only; then not every edge is taken, and that is not asked.
    """
    with policies.as_defined(), translation.override("en"):
        return _report(Aftersale(machines, orders=orders))


def _report(world: Aftersale) -> Report:
    found = explore(world)
    wrong = [(Finding(check, says, found.trace(place)), known) for check, says, known, place in _wrong(world, found)]
    findings = [finding for finding, known in wrong if known is None]
    if not world.orders:
        seen = {known for _finding, known in wrong}
        findings += [
            Finding("known weaknesses", f"mended, take it off: {one.says}") for one in KNOWN if one not in seen
        ]
        findings += [Finding("every edge is taken", says) for says in unseen(found, world.machines.names, EXCUSED)]
    weak = tuple(finding for finding, known in wrong if known is not None)
    return Report(len(found.states), found.moves, len(world.machines.edges), tuple(findings), weak)


def _wrong(world: Aftersale, found: Explored[State]) -> Iterator[tuple[str, str, Known | None, int]]:
    """Give the check, what is wrong, whether it is known, and the nearest such state; the known hides nothing else."""

    def excuse(check: str, state: State) -> Known | None:
        return next((one for one in KNOWN if check in one.checks and one.concerns(state)), None)

    for check, rule in RULES.items():

        def say(place: int, state: State, check: str = check, rule: Rule = rule) -> tuple[str, Known | None] | None:
            says = rule(world, state)
            return (says, excuse(check, state)) if says else None

        for (says, known), place in found.nearest(say).items():
            yield check, says, known, place
    for check, end in ENDS.items():
        reached = found.reaching(partial(end.goal, world.machines), alone=end.alone)

        def lost(place: int, state: State, check: str = check, end: End = end, reached: bytearray = reached) -> Any:
            return None if reached[place] or not end.concerns(state) else (excuse(check, state),)

        for (known,), place in found.nearest(lost).items():
            yield check, f"{end.says}: {found.states[place]}", known, place
