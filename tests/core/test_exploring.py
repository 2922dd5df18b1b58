"""The explorer on worlds that fit on a hand."""

import pytest

from aftersales.core.exploring import Finding, Move, TooMany, explore, unseen


class Walk:
    """A walk over letters: each arrow is who goes, from where and to where."""

    def __init__(self, *arrows: str, begin: str = "a") -> None:
        self.arrows = [arrow.split() for arrow in arrows]
        self.begin = begin

    def starts(self):
        return [Move("nobody", letter, letter) for letter in self.begin]

    def moves(self, state):
        for place, (who, source, target) in enumerate(self.arrows):
            if source == state:
                yield Move(who, f"to {target}", target, (place,), alone=who == "clock")


def test_nearest_states_come_first_and_the_trace_is_the_shortest():
    found = explore(Walk("man a b", "man b c", "man c d", "man a d"))
    assert found.states == ["a", "b", "d", "c"]
    assert found.moves == 4
    assert found.trace(2) == ("nobody: a", "man: to d")
    assert found.trace(3) == ("nobody: a", "man: to b", "man: to c")


def test_several_beginnings_are_as_near_as_each_other():
    found = explore(Walk("man a c", "man b d", begin="ab"))
    assert found.trace(found.states.index("d")) == ("nobody: b", "man: to d")


def test_the_same_state_is_counted_once_and_circles_end():
    found = explore(Walk("man a b", "man b a", "man b b"))
    assert (found.states, found.moves) == (["a", "b"], 3)


def test_what_reaches_a_goal_and_what_does_not():
    found = explore(Walk("man a b", "clock b c", "man a d", "clock d d"))
    by_state = dict(zip(found.states, found.reaching(lambda state: state == "c"), strict=True))
    assert by_state == {"a": 1, "b": 1, "c": 1, "d": 0}
    alone = dict(zip(found.states, found.reaching(lambda state: state == "c", alone=True), strict=True))
    assert alone == {"a": 0, "b": 1, "c": 1, "d": 0}


def test_everything_that_is_said_is_told_of_the_nearest():
    found = explore(Walk("man a b", "man b c", "man c d"))
    assert found.nearest(lambda place, state: {"b": "odd", "d": "odd", "c": "even"}.get(state)) == {"odd": 1, "even": 2}


def test_edges_that_nothing_takes_are_named_and_so_are_false_excuses():
    found = explore(Walk("man a b", "man x y", "man y z"))
    names = ["a to b", "x to y", "y to z"]
    assert unseen(found, names) == ["never taken: x to y", "never taken: y to z"]
    assert unseen(found, names, ["x to y", "a to b"]) == ["never taken: y to z", "excused, but taken: a to b"]


def test_a_world_without_an_end_is_stopped():
    class Counts:
        def starts(self):
            return [Move("nobody", "begin", 0)]

        def moves(self, state):
            return [Move("man", "count", state + 1)]

    with pytest.raises(TooMany, match="more than 10 states, such as 10"):
        explore(Counts(), most=10)


def test_a_finding_reads_as_a_list_of_steps():
    assert str(Finding("no dead end", "stuck in c", ("a", "b"))) == "no dead end: stuck in c\n    1. a\n    2. b"
