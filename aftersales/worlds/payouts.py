"""The world of a payout: five people who open, change and approve it, and the provider (PAY-3, PAY-5, PAY-6, PAY-9).

The table that runs is asked with its guards. Which limit a sum is beyond is not worked out: it may be, or not.
"""

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any, NamedTuple

from django.utils import translation

from aftersales.core import policies, transitions
from aftersales.core.auth import Actor
from aftersales.core.exploring import Finding, Move, explore, unseen
from aftersales.core.machine import AGENT, FINANCE, SUPERVISOR, SYSTEM, Edge, Machine
from refunds.states import PAYOUT, PayoutStatus
from refunds.states.payout import APPROVED_STATES

from .report import Report
from .stand_ins import SHOP, THEN

S = PayoutStatus
STAFF = {
    name: Actor(kind="staff", role=role, name=name, user_id=number, shop_ids=None)
    for number, (name, role) in enumerate(
        {
            "agent": AGENT,
            "first finance": FINANCE,
            "second finance": FINANCE,
            "first supervisor": SUPERVISOR,
            "second supervisor": SUPERVISOR,
        }.items(),
        1,
    )
}
CLOCKWORK = Actor(kind="system", role=SYSTEM, name="system", shop_ids=None)
CHANGES = frozenset({"edit", "correct_payee"})
TOLD = frozenset({"confirm", "fail", "report_unmoved", "accept_unmoved"})
"""What people say of the money."""
ON_ITS_WAY = (S.SENDING, S.UNKNOWN)


class Payout(NamedTuple):
    """A payout. `beyond`: a supervisor has to approve it; who opened, changed and approved it, by name.

    `to_ask`: it went to a provider who can be asked; `reported` and `agreed`: who said that it has not moved.
    """

    status: str
    opened: str
    edited: str
    approved: str = ""
    beyond: bool = False
    is_late: bool = False
    provider: str = ""
    asked: bool = False
    to_ask: bool = True
    reported: str = ""
    agreed: str = ""


class Payouts:
    """The world, over the machine that runs or another."""

    def __init__(self, machine: Machine = PAYOUT) -> None:
        self.machine = machine
        self.places = {id(edge): place for place, edge in enumerate(machine.edges)}

    def starts(self) -> Iterator[Move[Payout]]:
        """Let everybody open one who may."""
        for edge in (edge for edge in self.machine.edges if not edge.source):
            for name, actor in STAFF.items():
                if actor.role in edge.who:
                    for beyond in (False, True):
                        after = Payout(str(edge.target), name, name, beyond=beyond)
                        yield Move(name, "open" + " beyond the limit" * beyond, after, (self.places[id(edge)],))

    def moves(self, state: Payout) -> Iterator[Move[Payout]]:
        """Give what people, clock, sweep and provider can do."""
        for name, actor in STAFF.items():
            for action in self.machine.offered:
                yield from self._person(state, name, actor, action)
        subject = _stand_in(state)
        for rule in self.machine.wanted_deadlines(subject):
            yield from self._step(state, "system", CLOCKWORK, rule.action, {"is_late": True})
        if state.reported and state.provider == "moved":
            yield from self._step(state, "system", CLOCKWORK, "hold", {})
        else:
            for asked in (True, False):
                changes = {"asked": asked, "to_ask": asked, "provider": "", "reported": "", "agreed": ""}
                yield from self._step(state, "system", CLOCKWORK, "send", changes)
        if state.reported and not state.provider and state.status == S.FAILED:
            yield Move("provider", "it has moved after all", state._replace(provider="moved"))
        if state.status in ON_ITS_WAY:
            yield from self._outside(state)

    def _outside(self, state: Payout) -> Iterator[Move[Payout]]:
        if not state.provider:
            for became in ("moved", "refused"):
                yield Move("provider", f"the money is {became}", state._replace(provider=became))
        if state.asked:
            yield Move("time", "nobody asks any more", state._replace(asked=False))
            yield from self._step(state, "system", CLOCKWORK, "lose_track", {})
            if state.provider:
                yield from self._step(state, "system", CLOCKWORK, _known(state), {"asked": False})

    def _person(self, state: Payout, name: str, actor: Actor, action: str) -> Iterator[Move[Payout]]:
        """Let somebody take a step; of money that is on its way people tell the truth."""
        if action in CHANGES:
            for beyond in (False, True):
                changes = {"edited": name, "approved": "", "beyond": beyond}
                yield from self._step(state, name, actor, action, changes)
        elif action == "approve":
            yield from self._step(state, name, actor, action, {"approved": name})
        elif action in TOLD:
            if (action == "confirm") == (state.provider == "moved"):
                said: dict[str, Any] = {"reported": name} if action == "report_unmoved" else {"asked": False}
                said |= {"agreed": name} if action == "accept_unmoved" else {}
                yield from self._step(state, name, actor, action, said)
        else:
            yield from self._step(state, name, actor, action, {})

    def _step(
        self, state: Payout, name: str, actor: Actor, action: str, changes: dict[str, Any]
    ) -> Iterator[Move[Payout]]:
        edge = self.edge(state, actor, action)
        if edge is not None:
            after = state._replace(status=str(edge.target), **changes)
            yield Move(name, action, after, (self.places[id(edge)],))

    def edge(self, state: Payout, actor: Actor, action: str) -> Edge | None:
        """Choose the edge as `transitions.apply` does, or None."""
        subject = _stand_in(state)
        edge = self.machine.edge(subject, action)
        if edge is None or actor.role not in edge.who:
            return None
        return edge if transitions.why_not(self.machine, subject, actor, action, "") is None else None

    def names(self) -> list[str]:
        """What each edge is called."""
        return [f"payout {edge.name}: {edge.source or 'nothing'} → {edge.target}" for edge in self.machine.edges]


def _known(state: Payout) -> str:
    return "confirm" if state.provider == "moved" else "fail"


def _stand_in(state: Payout) -> Any:
    return SimpleNamespace(
        status=state.status,
        shop_id=SHOP,
        opened_by_id=STAFF[state.opened].user_id,
        edited_by_id=STAFF[state.edited].user_id,
        needs_supervisor=state.beyond,
        is_late=state.is_late,
        gateway="alipay" if state.to_ask else "manual",
        unmoved_by_id=STAFF[state.reported].user_id if state.reported else None,
        ask_at=None,
        approved_at=THEN if state.approved else None,
    )


def wrong(world: Payouts, state: Payout) -> str | None:
    """Say what must not be: no second person, money without a payout, a way out of an end, nobody who acts."""
    approver = STAFF.get(state.approved)
    if state.status in APPROVED_STATES:
        if approver is None or state.approved in (state.opened, state.edited):
            return f"{state.status} without a second person (PAY-5)"
        if state.beyond and approver.role != SUPERVISOR:
            return f"{state.status} beyond the limit without a supervisor (PAY-3)"
    if state.agreed and state.reported in ("", state.agreed):
        return f"{state.status} without a report by somebody else (PAY-9)"
    late = state.reported and state.status != S.PAID  # two people were wrong: what is sent again then is held
    if (state.status == S.PAID) != (state.provider == "moved") and state.status not in ON_ITS_WAY and not late:
        return f"{state.status}, and the money is {state.provider or 'not sent'} (PAY-9)"
    offered = [
        edge
        for actor in STAFF.values()
        for action in world.machine.offered
        if (edge := world.edge(state, actor, action)) is not None
    ]
    if state.status in world.machine.terminal:
        edge = next((edge for edge in offered if edge.target != edge.source), None)
        return f"{edge.name} leads out of {state.status}" if edge else None
    sends = world.edge(state, CLOCKWORK, "send") or (state.asked and world.edge(state, CLOCKWORK, "confirm"))
    return None if offered or sends else f"nobody looks after a payout that is {state.status}"


def prove_payouts(machine: Machine = PAYOUT) -> Report:
    """Explore the world of a payout and check it. Reads no database."""
    world = Payouts(machine)
    with policies.as_defined(), translation.override("en"):
        found = explore(world)
        places = found.nearest(lambda place, state: wrong(world, state))
        findings = [Finding("a payout is kept", says, found.trace(place)) for says, place in places.items()]
        ends = found.reaching(lambda state: state.status in machine.terminal)
        stuck = next((place for place, can_end in enumerate(ends) if not can_end), None)
        if stuck is not None:
            says = f"nothing can end any more: payout {found.states[stuck].status}"
            findings.append(Finding("no dead end", says, found.trace(stuck)))
        findings += [Finding("every edge is taken", says) for says in unseen(found, world.names())]
    return Report(len(found.states), found.moves, len(machine.edges), tuple(findings), ())
