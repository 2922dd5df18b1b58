"""Every state that a world can come into, and how: breadth first, without a database.

Generic: a world says where it begins and which moves a state has. What is asked of the states that are found, and which
world it is, stands elsewhere. A trace is the shortest way from a beginning, so that a finding can be read.
"""

from array import array
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Generic, NamedTuple, Protocol, TypeVar

State = TypeVar("State", bound=Hashable)
Said = TypeVar("Said", bound=Hashable)


class Move(NamedTuple, Generic[State]):
    """Something that can happen: who does it, what it is called, and the state `after` it.

    `edges` are the places in the world's list of edges that the move takes, in order. `alone`: it happens without
    anybody who might stay away.
    """

    by: str
    name: str
    after: State
    edges: tuple[int, ...] = ()
    alone: bool = False

    def __str__(self) -> str:
        return f"{self.by}: {self.name}"


class World(Protocol[State]):
    """What can be explored."""

    def starts(self) -> Iterable[Move[State]]:
        """Give the ways in which the world begins."""
        ...

    def moves(self, state: State) -> Iterable[Move[State]]:
        """Give everything that can happen in `state`; always the same, in the same order."""
        ...


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that should not be: which check says so, what it is, and the shortest way to it."""

    check: str
    says: str
    trace: tuple[str, ...] = ()

    def __str__(self) -> str:
        steps = [f"    {number}. {step}" for number, step in enumerate(self.trace, 1)]
        return "\n".join([f"{self.check}: {self.says}", *steps])


class TooMany(Exception):
    """The world has more states than it was allowed to have: something in it counts without an end."""


@dataclass(slots=True)
class Explored(Generic[State]):
    """The states that were found, nearest first, and every move between them (by places in `states`)."""

    states: list[State] = field(default_factory=list)
    parents: "array[int]" = field(default_factory=lambda: array("l"))
    ways: list[str] = field(default_factory=list)
    sources: "array[int]" = field(default_factory=lambda: array("l"))
    targets: "array[int]" = field(default_factory=lambda: array("l"))
    alone: bytearray = field(default_factory=bytearray)
    taken: set[int] = field(default_factory=set)

    @property
    def moves(self) -> int:
        """How many moves there are."""
        return len(self.sources)

    def trace(self, place: int) -> tuple[str, ...]:
        """Give the shortest way to a state, from a beginning on."""
        steps: list[str] = []
        while place >= 0:
            steps.append(self.ways[place])
            place = self.parents[place]
        return tuple(reversed(steps))

    def nearest(self, say: Callable[[int, State], Said | None]) -> dict[Said, int]:
        """Give everything that is said of a state (by its place and itself), with the nearest of which it is said."""
        places: dict[Said, int] = {}
        for place, state in enumerate(self.states):
            said = say(place, state)
            if said is not None:
                places.setdefault(said, place)
        return places

    def reaching(self, goal: Callable[[State], bool], *, alone: bool = False) -> bytearray:
        """Say of every state whether a goal can be reached from it: by any moves, or only by those that are `alone`."""
        backwards: list[list[int]] = [[] for _state in self.states]
        for source, target, is_alone in zip(self.sources, self.targets, self.alone, strict=True):
            if is_alone or not alone:
                backwards[target].append(source)
        reached = bytearray(map(goal, self.states))
        todo = [place for place, is_goal in enumerate(reached) if is_goal]
        while todo:
            for source in backwards[todo.pop()]:
                if not reached[source]:
                    reached[source] = 1
                    todo.append(source)
        return reached


def explore(world: World[State], *, most: int = 1_000_000) -> Explored[State]:
    """Find every state of `world`, nearest first, with every move. Raises: TooMany beyond `most` states."""
    found: Explored[State] = Explored()
    places: dict[State, int] = {}

    def arrive(move: Move[State], parent: int) -> int:
        place = places.setdefault(move.after, len(places))
        if place == len(found.states):
            if place >= most:
                raise TooMany(f"more than {most} states, such as {move.after!r}")
            found.states.append(move.after)
            found.parents.append(parent)
            found.ways.append(str(move))
        found.taken.update(move.edges)
        return place

    for move in world.starts():
        arrive(move, -1)
    place = 0
    while place < len(found.states):
        for move in world.moves(found.states[place]):
            found.sources.append(place)
            found.targets.append(arrive(move, place))
            found.alone.append(move.alone)
        place += 1
    return found


def unseen(found: Explored[State], names: Sequence[str], excused: Iterable[str] = ()) -> list[str]:
    """Name the edges that no move takes and nobody excused, and the excused ones that are taken after all."""
    missing = {name for place, name in enumerate(names) if place not in found.taken}
    known = set(excused)
    return sorted(f"never taken: {name}" for name in missing - known) + sorted(
        f"excused, but taken: {name}" for name in known - missing
    )
