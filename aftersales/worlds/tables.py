"""The edge tables that run, asked as `core.transitions` asks them, with what their bindings prepare and let follow."""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import datetime
from functools import cached_property
from typing import Any

from aftersales.core import errors, transitions
from aftersales.core.auth import Actor
from aftersales.core.machine import Edge, Machine
from aftersales.core.steps import Step
from orders.services.machine import ORDER as ORDER_BINDING
from refunds.services import exchanging
from refunds.services.machine import REFUND as REFUND_BINDING
from refunds.services.promising import PAYMENT as PAYMENT_BINDING
from refunds.states import DISPUTE, PAYMENT, REFUND, ExchangeStatus
from refunds.states.exchange import by_goods

from .stand_ins import ACTORS, THEN, refund_of, request_from
from .state import Request
from .wishes import Facts

X = ExchangeStatus


class Refused(Exception):
    """The step is not possible."""


@dataclass(frozen=True)
class Machines:
    """The machines of the world; other ones can be put in their places."""

    order: Machine = ORDER_BINDING.machine
    refund: Machine = REFUND
    dispute: Machine = DISPUTE
    payment: Machine = PAYMENT

    @cached_property
    def edges(self) -> list[tuple[str, Edge]]:
        """Every edge of every machine, in the order in which moves number them."""
        machines = [(field.name, getattr(self, field.name)) for field in fields(self)]
        return [(name, edge) for name, machine in machines for edge in machine.edges]

    @cached_property
    def places(self) -> dict[int, int]:
        """The number of each edge, by the edge's identity: two edges may say the same."""
        return {id(edge): place for place, (_name, edge) in enumerate(self.edges)}

    @cached_property
    def names(self) -> list[str]:
        """What each edge is called."""
        return [
            f"{name} {edge.name}: {edge.source or 'nothing'} → {edge.target}"
            + (f" ({edge.when.name})" if edge.when else "")
            for name, edge in self.edges
        ]

    @cached_property
    def cells(self) -> dict[str, list[tuple[str, str]]]:
        """The (action, outcome) pairs of each machine that existing subjects can take."""
        found: dict[str, dict[tuple[str, str], None]] = {field.name: {} for field in fields(self)}
        for name, edge in self.edges:
            if edge.source:
                found[name][edge.action, edge.outcome] = None
        return {name: list(pairs) for name, pairs in found.items()}

    def step(self, name: str, subject: Any, actor: Actor, action: str, outcome: str = "") -> Edge:
        """Choose the edge as `transitions.apply` does. Raises: Refused."""
        machine: Machine = getattr(self, name)
        edge = machine.edge(subject, action, outcome)
        if edge is None or actor.role not in edge.who:
            raise Refused
        if transitions.why_not(machine, subject, actor, action, outcome) is not None:
            raise Refused
        return edge

    def possible(self, name: str, subject: Any, role: str, action: str, outcome: str = "") -> bool:
        """Say whether somebody of the role could take the step now."""
        try:
            self.step(name, subject, ACTORS[role], action, outcome)
        except Refused:
            return False
        return True

    def offered(self, name: str, subject: Any, role: str, *actions: str) -> bool:
        """Say whether one of the actions is offered to the role and possible now."""
        machine: Machine = getattr(self, name)
        return any(
            action in machine.offered and transitions.why_not(machine, subject, ACTORS[role], action) is None
            for action in actions
        )

    def birth(self, name: str, role: str, action: str, target: str) -> int:
        """Find the edge along which something comes into being, as `transitions.create` does. Raises: Refused."""
        machine: Machine = getattr(self, name)
        edge = next((one for one in machine.by_step.get((action, "", ""), ()) if one.target == target), None)
        if edge is None or role not in edge.who:
            raise Refused
        return self.places[id(edge)]


@dataclass(frozen=True, slots=True)
class Stepped:
    """What a step of a request led to, and which follow-ups of the binding come after it."""

    request: Request
    edge: int
    follow_ups: tuple[str, ...]


def _to_refund(refund: Any, **details: Any) -> None:
    if not refund.can_turn:
        raise Refused


def _decide_for_buyer(refund: Any, **details: Any) -> None:
    if by_goods(refund) and refund.status in (X.WAIT_SELLER_SEND_GOODS, X.WAIT_BUYER_CONFIRM_GOODS):
        refund.in_dispute = False
        _to_refund(refund)
    else:
        REFUND_BINDING.prepare["decision_buyer"](refund, **details)


def _refuse(refund: Any, **details: Any) -> None:
    """Whether the ground is lawful is between the one who refuses and the supervisor: it moves nothing (DEC-4)."""
    refund.refusals += 1


def _receive_fail(refund: Any, *, at: datetime, **details: Any) -> None:
    """A failed inspection refuses: whether its finding is a lawful one moves nothing either (DEC-4, LAW-2)."""
    exchanging.received(refund, at=at)
    refund.refusals += 1


def _settle_difference(refund: Any, **details: Any) -> None:
    refund.difference_settled = True


PREPARES: dict[str, transitions.Prepare] = {
    **REFUND_BINDING.prepare,
    "to_refund": _to_refund,
    "decision_buyer": _decide_for_buyer,
    "settle_difference": _settle_difference,
    "refuse": _refuse,
    "receive_fail": _receive_fail,
}
"""The prepares that run, but for five that read other tables."""


def refund_step(
    machines: Machines, request: Request, facts: Facts, role: str, action: str, outcome: str, wish: dict[str, Any]
) -> Stepped:
    """Take a request one step: edge, prepare, status, stamp, and the pause of its clocks. Raises: Refused.

    `wish` are the details that the prepare gets; `differs` is set after it, as prices agreed for the lines would.
    """
    refund, actor = refund_of(request, left=facts.left, shipped=facts.shipped), ACTORS[role]
    edge = machines.step("refund", refund, actor, action, outcome)
    refund.can_turn = facts.can_turn
    details = {name: value for name, value in wish.items() if name != "differs"}
    prepare = PREPARES.get(edge.name) or PREPARES.get(edge.action)
    if prepare is not None:
        try:
            prepare(refund, actor=actor, at=THEN, **details)
        except errors.Problem as problem:
            raise Refused from problem
    if "differs" in wish:
        refund.difference_fen, refund.difference_settled = int(wish["differs"]), False
    refund.status = str(edge.target)
    if REFUND_BINDING.stamp is not None:
        REFUND_BINDING.stamp(Step(refund, edge, actor, THEN, "", {}, {}))
    after = request_from(refund, request)
    if edge.source != edge.target or edge.restarts:  # the rows of its deadlines are closed, and opened as it is now
        after = after._replace(still=after.in_dispute)
    return Stepped(after, machines.places[id(edge)], tuple(follow_ups(REFUND_BINDING, edge)))


def follow_ups(binding: transitions.Binding, edge: Edge) -> Iterator[str]:
    """Name what the binding does after a step along `edge`."""
    entered = binding.entered.get(edge.target, ()) if edge.target != edge.source else ()
    for follow_up in (*binding.taken.get(edge.action, ()), *entered):
        yield follow_up.__name__


__all__ = ["PAYMENT_BINDING", "Machines", "Refused", "Stepped", "follow_ups", "refund_step"]
