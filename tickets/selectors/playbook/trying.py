"""A playbook held against what was done: case by case, then counted by rule. Pure: cases come from `playbook_history`.

A recommendation to decide is the same as what was done, or other. One to contact or guide the buyer is followed when
somebody had written to him before the decision, and skipped when not. Whether the carrier was asked, somebody waited or
a supervisor was called stands nowhere, so such cases are counted and not judged.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Literal

from .facts import Facts
from .rules import Playbook, recommend
from .words import Action

Did = Literal["agree", "refuse", "by_itself"]
Verdict = Literal["same", "other", "followed", "skipped", "open"]

MOST_EXAMPLES = 12
DIFFERS: tuple[Verdict, ...] = ("other", "skipped")
_DECIDES = (Action.AGREE, Action.REFUSE)
_TALKS = (Action.CONTACT, Action.GUIDE)


@dataclass(frozen=True, slots=True)
class Case:
    """A decided request: what was known then, what was done, and whether the buyer had been written to."""

    refund_no: str
    facts: Facts
    did: Did
    contacted: bool


@dataclass(slots=True)
class RuleTrial:
    """What came of one rule. `moved` counts the cases for which the playbook in force recommends something else."""

    cases: int = 0
    verdicts: Counter[str] = field(default_factory=Counter)
    did: Counter[str] = field(default_factory=Counter)
    moved: Counter[str] = field(default_factory=Counter)
    differing: list[tuple[str, str]] = field(default_factory=list)
    moving: list[tuple[str, str]] = field(default_factory=list)

    def stored(self) -> dict[str, Any]:
        """Give it as it is kept."""
        return {
            "cases": self.cases,
            "verdicts": dict(self.verdicts),
            "did": dict(self.did),
            "moved": dict(self.moved),
            "differing": self.differing,
            "moving": self.moving,
        }


class Trial:
    """Counts cases by the rule of the draft that takes them; the first examples are kept, the latest requests."""

    def __init__(self, draft: Playbook, current: Playbook) -> None:
        self.draft, self.current = draft, current
        self.rules = {rule.id: RuleTrial() for rule in draft.rules}

    def add(self, cases: Iterable[Case]) -> None:
        """Count further cases."""
        for case in cases:
            rule = recommend(self.draft, case.facts).rule
            before = recommend(self.current, case.facts).rule.action
            found, said = self.rules[rule.id], verdict(rule.action, case)
            found.cases += 1
            found.verdicts[said] += 1
            found.did[case.did] += 1
            if said in DIFFERS and len(found.differing) < MOST_EXAMPLES:
                found.differing.append((case.refund_no, case.did))
            if before != rule.action:
                found.moved[before] += 1
                if len(found.moving) < MOST_EXAMPLES:
                    found.moving.append((case.refund_no, before))

    def stored(self) -> dict[str, Any]:
        """Give what came of it as it is kept, rules without a case left out."""
        return {"rules": {name: rule.stored() for name, rule in self.rules.items() if rule.cases}}


def verdict(action: str, case: Case) -> Verdict:
    """Say whether what was done is what the action recommends."""
    if action in _DECIDES:
        return "same" if (case.did == "refuse") is (action == Action.REFUSE) else "other"
    if action in _TALKS:
        return "followed" if case.contacted else "skipped"
    return "open"
