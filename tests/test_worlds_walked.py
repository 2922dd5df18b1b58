"""The explored world against the services: the same moves, taken in the database, lead to the same.

The world writes down a second time what follows from a step; this is where the two are held against each other. Walked
are the shortest ways to every edge of every table, and to one state in so many of all others
(AFTERSALES_WALK_ONE_IN makes it more).
"""

import os
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

import pytest

from aftersales import worlds
from aftersales.core import policies
from aftersales.core.exploring import Explored, explore
from aftersales.worlds.state import Payment, State, Trade
from tests import factories
from tests.cells import people, undone
from tests.checks import all_is_well, shared_world
from tests.walking import Walker

pytestmark = pytest.mark.django_db
ONE_IN = int(os.environ.get("AFTERSALES_WALK_ONE_IN", "150"))


@dataclass
class Walks:
    """The tree of the ways that are walked, from the beginnings; what many ways begin with is walked once."""

    world: worlds.Aftersale
    found: Explored[State]
    children: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))
    last: dict[int, list[Any]] = field(default_factory=lambda: defaultdict(list))
    taken: int = 0
    wrong: list[tuple[Any, ...]] = field(default_factory=list)

    def choose(self, every: int) -> None:
        """Choose the first move along each edge, one state in `every`, and the states on the ways to them."""
        edges: set[int] = set()
        for place, state in enumerate(self.found.states):
            for move in self.world.moves(state):
                if not edges.issuperset(move.edges):
                    edges.update(move.edges)
                    self.last[place].append(move)
        wanted: set[int] = set()
        for place in [*self.last, *range(0, len(self.found.states), every)]:
            while place >= 0 and place not in wanted:
                wanted.add(place)
                place = self.found.parents[place]
        for place in sorted(wanted):
            self.children[self.found.parents[place]].append(place)

    def walk(self, walker: Walker, place: int = -1, way: tuple[str, ...] = ()) -> None:
        """Take every chosen move that begins in a state, and go on from where it leads as long as the two agree."""
        for move in self.last.get(place, ()):
            with undone():
                self.step(walker, way, str(move), move.after)
        for child in self.children.get(place, ()):
            with undone():
                move = self.found.ways[child]
                if self.step(walker, way, move, self.found.states[child]):
                    self.walk(walker, child, (*way, move))

    def step(self, walker: Walker, way: tuple[str, ...], move: str, state: State) -> bool:
        """Take one move and compare; say whether the two agree."""
        self.taken += 1
        try:
            walker.take(move)
            differs: dict[str, Any] = walker.seen(self.world, state)
        except Exception as problem:
            differs = {"refused": problem}
        if differs:
            self.wrong.append((*way, move, differs))
        return not differs


def walks(*orders: Trade, every: int) -> Walks:
    """Explore and choose."""
    world = worlds.Aftersale(orders=orders)
    with policies.as_defined():
        made = Walks(world, explore(world))
        made.choose(every)
    return made


def test_the_services_lead_where_the_world_does(django_db_setup, django_db_blocker):
    """Every edge of the tables, and every 150th state, by the services that people and clocks use."""
    made = walks(every=ONE_IN)
    with shared_world(django_db_blocker):
        shop = factories.make_shop()
        made.walk(Walker(people(shop).ours, shop))
        all_is_well()
    assert made.wrong == []
    assert made.taken > 800


def _altered(state: State) -> dict[str, State]:
    """Give the state with one thing in it that is not so, by what must be seen to differ."""
    trade, request = state.trade, state.requests[-1]

    def other(**changes: Any) -> State:
        return state._replace(requests=(*state.requests[:-1], request._replace(**changes)))

    return {
        "order": state._replace(trade=trade._replace(open_requests=0)),
        "shipped": state._replace(trade=trade._replace(shipped="")),
        "sums": state._replace(trade=trade._replace(promised=1)),
        "order's clocks": state._replace(trade=trade._replace(held=False)),
        "marks": other(goods_sent_back=False),
        "clocks": other(still=False),
        "dispute": state._replace(dispute=""),
        "payments": state._replace(payments=(Payment("promised", 1),)),
        "request": other(amount=1),
    }


def test_what_differs_is_seen(django_db_setup, django_db_blocker):
    """Negative control: a return that was sent back and is disputed, and a world that is wrong in one thing."""
    made = walks(Trade("WAIT_BUYER_CONFIRM_GOODS", 1, "a"), every=10**9)
    place, state = next(
        (place, state)
        for place, state in enumerate(made.found.states)
        if state.requests and state.requests[-1].in_dispute and state.requests[-1].goods_sent_back
    )
    with shared_world(django_db_blocker):
        shop = factories.make_shop()
        walker = Walker(people(shop).ours, shop)
        for move in made.found.trace(place):
            walker.take(move)
        assert walker.seen(made.world, state) == {}
        seen = {what: set(walker.seen(made.world, wrong)) for what, wrong in _altered(state).items()}
    assert seen == {what: {what} for what in seen}
