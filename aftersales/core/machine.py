"""The vocabulary of a state machine: edges, deadlines and the table that holds them.

Pure data; nothing here reads or writes. A `states.py` writes its machine down once with these words. The model's
`django_fsm` transitions, the API's `allowed_actions`, the buttons on the page, the diagrams and the exhaustive tests
are all read from that one table.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

import django_fsm
from django.db import models

from .errors import Text

BUYER, PLATFORM, SYSTEM = "buyer", "platform", "system"
AGENT, WAREHOUSE, FINANCE, SUPERVISOR = "agent", "warehouse", "finance", "supervisor"


@dataclass(frozen=True, slots=True)
class WhyNot:
    """A rule that stands in the way of a step, and the sentence that says so."""

    rule: str
    text: Text


Guard = Callable[[Any, Any], WhyNot | None]
"""Takes the subject and the actor; says why the step is not possible now, or None."""


@dataclass(frozen=True, slots=True)
class Condition:
    """A named yes/no question about a subject, which chooses between edges or deadlines of one state.

    The name is translated where people read it: with a deadline.
    """

    name: Text
    test: Callable[[Any], bool]

    def __call__(self, subject: Any) -> bool:
        """Answer the question for `subject`."""
        return self.test(subject)


@dataclass(frozen=True, slots=True)
class Edge:
    """One permitted step: `action` (with `outcome`, where it has several) leads from `source` to `target`.

    `source` "" creates the subject. `who` are roles (staff), `buyer`, `platform` or `system`. A step to the same
    state keeps its deadlines running unless it `restarts` them (APP-8).
    """

    action: str
    source: str
    target: str
    who: frozenset[str]
    event: str
    outcome: str = ""
    when: Condition | None = None
    guards: tuple[Guard, ...] = ()
    restarts: bool = False

    @property
    def name(self) -> str:
        """The name of the model's transition method."""
        return f"{self.action}_{self.outcome}" if self.outcome else self.action


@dataclass(frozen=True, slots=True)
class DeadlineRule:
    """In `state` (and only `when`), `action` happens by itself once the policy's time is over (domain.md §17)."""

    rule: str
    state: str
    action: str
    policy: str | Callable[[Any], str]
    when: Condition | None = None
    against_shop: bool = False
    starts: Callable[[Any], datetime | None] | None = None

    def policy_key(self, subject: Any) -> str:
        """Name the policy setting that holds the figure for `subject`."""
        return self.policy if isinstance(self.policy, str) else self.policy(subject)

    def holds_for(self, subject: Any) -> bool:
        """Say whether this deadline belongs to the state that `subject` is in now."""
        return subject.status == self.state and (self.when is None or self.when(subject))


@dataclass(frozen=True, slots=True)
class Part:
    """Some states of a machine that are drawn together: the name of the picture, its title, which."""

    name: str
    label: Text
    states: tuple[str, ...]


@dataclass(frozen=True)
class Machine:
    """A whole state machine. `tracked` are the fields that the log must be able to give back (RFD-8).

    `internal` are the actions that only follow from something else: nobody is offered them. `only_for` says of an
    action which subjects it concerns at all: on others it is not even shown as impossible. `outcomes` name the steps of
    an action that has several; `title` and `parts` are for its pictures.
    """

    name: str
    labels: Mapping[str, Text]
    edges: tuple[Edge, ...]
    terminal: frozenset[str]
    tracked: tuple[str, ...]
    actions: Mapping[str, Text] = field(default_factory=dict)
    deadlines: tuple[DeadlineRule, ...] = ()
    internal: frozenset[str] = frozenset()
    only_for: Mapping[str, Condition] = field(default_factory=dict)
    outcomes: Mapping[str, Text] = field(default_factory=dict)
    title: Text = ""
    parts: tuple[Part, ...] = ()

    @cached_property
    def offered(self) -> dict[str, frozenset[str]]:
        """The actions that a person may be offered on an existing subject, with the roles that take them."""
        known = {edge.action for edge in self.edges if edge.source} - self.internal
        return {action: roles for action, roles in self.roles_of.items() if action in known}

    @cached_property
    def by_step(self) -> dict[tuple[str, str, str], tuple[Edge, ...]]:
        """Edges by (action, outcome, source)."""
        table: dict[tuple[str, str, str], tuple[Edge, ...]] = {}
        for edge in self.edges:
            key = (edge.action, edge.outcome, edge.source)
            table[key] = (*table.get(key, ()), edge)
        return table

    @cached_property
    def by_source(self) -> dict[tuple[str, str], tuple[Edge, ...]]:
        """Edges by (action, source), whatever their outcome."""
        table: dict[tuple[str, str], tuple[Edge, ...]] = {}
        for edge in self.edges:
            key = (edge.action, edge.source)
            table[key] = (*table.get(key, ()), edge)
        return table

    @cached_property
    def roles_of(self) -> dict[str, frozenset[str]]:
        """For each action, every role that may take it from some state."""
        table: dict[str, frozenset[str]] = {}
        for edge in self.edges:
            table[edge.action] = table.get(edge.action, frozenset()) | edge.who
        return table

    @cached_property
    def deadlines_of(self) -> dict[str, tuple[DeadlineRule, ...]]:
        """Deadline rules by state."""
        return {state: tuple(rule for rule in self.deadlines if rule.state == state) for state in self.labels}

    def edge(self, subject: Any, action: str, outcome: str = "") -> Edge | None:
        """Find the step that `action` would take from the subject's present state, or None."""
        for edge in self.by_step.get((action, outcome, subject.status), ()):
            if edge.when is None or edge.when(subject):
                return edge
        return None

    def edges_now(self, subject: Any, action: str) -> Iterable[Edge]:
        """Give every outcome that `action` could have from the present state."""
        for edge in self.by_source.get((action, subject.status), ()):
            if edge.when is None or edge.when(subject):
                yield edge

    def wanted_deadlines(self, subject: Any) -> list[DeadlineRule]:
        """Give the deadlines that must be open in the subject's present state."""
        return [rule for rule in self.deadlines_of.get(subject.status, ()) if rule.when is None or rule.when(subject)]


def fsm_methods(machine: Machine) -> type[models.Model]:
    """Make an abstract model whose methods are the machine's steps as `django_fsm` transitions of the field `status`.

    The methods only guard the status field; permission, guards, log and deadlines are `transitions.apply`'s.
    """
    steps: dict[str, list[Edge]] = {}
    for edge in machine.edges:
        if edge.source:
            steps.setdefault(edge.name, []).append(edge)

    def method_for(name: str, edges: list[Edge]) -> Callable[[Any], None]:
        action, outcome = edges[0].action, edges[0].outcome

        def target(subject: Any, chosen: Edge | None = None) -> str:
            edge = chosen if chosen in edges else machine.edge(subject, action, outcome)
            if edge is None or edge.source != subject.status:
                raise django_fsm.TransitionNotAllowed(f"{action} from {subject.status}", object=subject, method=step)
            return edge.target

        def step(self: Any, chosen: Edge | None = None) -> None:
            """Move `status` along the `chosen` edge, or along the one that the subject's fields choose."""

        step.__name__ = step.__qualname__ = name
        sources = list(dict.fromkeys(edge.source for edge in edges))
        targets = list(dict.fromkeys(edge.target for edge in edges))
        decorate = django_fsm.transition(
            field="status", source=sources, target=django_fsm.GET_STATE(target, states=targets)
        )
        guarded: Callable[[Any], None] = decorate(step)
        return guarded

    members: dict[str, Any] = {name: method_for(name, edges) for name, edges in steps.items()}
    members |= {"__module__": __name__, "Meta": type("Meta", (), {"abstract": True})}
    return type(f"{machine.name.title()}Steps", (models.Model,), members)
