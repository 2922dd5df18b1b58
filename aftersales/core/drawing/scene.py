"""What is to be seen of a state machine: a card for each state, and the ways between them, in words for people."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from aftersales.core import policies
from aftersales.core.machine import DeadlineRule, Edge, Machine, Part

Figure = Callable[[str], str]
"""Gives the words of a policy setting's figure."""


@dataclass(slots=True)
class Card:
    """A state: what it is called, how one gets into being there, what happens by itself, what changes nothing."""

    state: str
    label: str
    begins: list[str] = field(default_factory=list)
    deadlines: list[str] = field(default_factory=list)
    stays: list[str] = field(default_factory=list)
    is_end: bool = False
    elsewhere: bool = False


@dataclass(slots=True)
class Way:
    """All steps from one state to another."""

    source: str
    target: str
    labels: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Diagram:
    """A machine, or a part of it: its name, its title, the cards from top to bottom, the ways."""

    name: str
    title: str
    cards: list[Card]
    ways: list[Way]


def default_figure(key: str) -> str:
    """Give a setting's figure as it is without a decision of a supervisor."""
    known = policies.definition(key)
    return str(known.words(known.default))


def diagrams(machine: Machine, figure: Figure = default_figure) -> list[Diagram]:
    """Draw a machine in one diagram, or in one for each of its parts, in the language that is active."""
    parts = machine.parts or (Part("", machine.title or machine.name, tuple(machine.labels)),)
    return [_diagram(machine, part, figure) for part in parts]


def _diagram(machine: Machine, part: Part, figure: Figure) -> Diagram:
    cards = {state: _card(machine, state, figure) for state in _in_order(machine, part)}
    ways: dict[tuple[str, str], Way] = {}
    for edge in machine.edges:
        if edge.source not in cards or cards[edge.source].elsewhere or edge.source == edge.target:
            continue
        if edge.target not in cards:
            cards[edge.target] = Card(str(edge.target), str(machine.labels[edge.target]), elsewhere=True)
        way = ways.setdefault((edge.source, edge.target), Way(str(edge.source), str(edge.target)))
        _add(way.labels, step_label(machine, edge))
    name = f"{machine.name}-{part.name}" if part.name else machine.name
    place = {state: number for number, state in enumerate(cards)}
    nearest = sorted(ways.values(), key=lambda way: (place[way.target] < place[way.source], place[way.target]))
    return Diagram(name, str(part.label), list(cards.values()), nearest)


def _card(machine: Machine, state: str, figure: Figure) -> Card:
    card = Card(str(state), str(machine.labels[state]), is_end=state in machine.terminal)
    for edge in machine.edges:
        if edge.target == state and not edge.source:
            _add(card.begins, step_label(machine, edge))
        elif edge.target == state == edge.source:
            _add(card.stays, step_label(machine, edge))
    for rule in machine.deadlines_of[state]:
        _add(card.deadlines, deadline_words(machine, rule, figure))
    return card


def _in_order(machine: Machine, part: Part) -> Iterator[str]:
    """Give the part's states as one comes to them, step by step from the beginning; ends last, the farthest first."""
    here = [state for state in machine.labels if state in part.states]
    begun = {edge.target for edge in machine.edges if not edge.source}
    far = {state: 0 for state in here if state in begun}
    todo = list(far)
    for state in todo:
        for edge in machine.edges:
            if edge.source == state and edge.target in here and edge.target not in far:
                far[edge.target] = far[state] + 1
                todo.append(edge.target)
    ends = [state for state in here if state in machine.terminal]
    yield from sorted((state for state in here if state not in ends), key=lambda state: far.get(state, 0))
    yield from sorted(ends, key=lambda state: -far.get(state, 0))


def step_label(machine: Machine, edge: Edge) -> str:
    """Say what a step is called: with its outcome, where that has a name."""
    return str(machine.outcomes.get(edge.name) or machine.actions.get(edge.action) or edge.name)


def deadline_words(machine: Machine, rule: DeadlineRule, figure: Figure = default_figure) -> str:
    """Say when what happens by itself: “TMO-5, 7 d: Close by itself”; where a state has several, which holds when."""
    figures = list(dict.fromkeys(figure(key) for key in deadline_keys(rule)))
    edge = next(edge for edge in machine.edges if edge.action == rule.action and edge.source == rule.state)
    words = {"rule": rule.rule, "time": " / ".join(figures), "step": step_label(machine, edge)}
    if rule.when is not None and len(machine.deadlines_of[rule.state]) > 1:
        return _("%(rule)s (%(when)s), %(time)s: %(step)s") % {**words, "when": rule.when.name}
    return _("%(rule)s, %(time)s: %(step)s") % words


def deadline_keys(rule: DeadlineRule) -> list[str]:
    """Name the settings from which a deadline takes its figure, depending on the subject."""
    if isinstance(rule.policy, str):
        return [rule.policy]
    return [known.key for known in policies.definitions() if known.key.split(".")[:2] == ["deadline", rule.rule]]


def _add(words: list[str], word: str) -> None:
    if word not in words:
        words.append(word)
