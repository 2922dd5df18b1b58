"""A playbook: rules in an order, of which the first that fits a case is the recommendation (DEC).

Pure and total: a playbook that `checking` lets pass ends with a rule without conditions, so every case finds one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from .facts import QUESTIONS, Facts
from .questions import Wish


@dataclass(frozen=True, slots=True)
class Words:
    """A text in both languages; as a string it is the reader's."""

    zh: str
    en: str

    def __str__(self) -> str:
        return self.zh if (get_language() or "").startswith("zh") else self.en


@dataclass(frozen=True, slots=True)
class Step:
    """Something to do or to look at; `look` says from which data it is filled and ticked."""

    words: Words
    look: str = ""


@dataclass(frozen=True, slots=True)
class Rule:
    """One row of the playbook. `when` holds what is wanted, by question; nothing wanted fits everything."""

    id: str
    title: Words
    when: Mapping[str, Wish]
    steps: tuple[Step, ...]
    action: str
    rests_on: tuple[str, ...]
    reply: str = ""
    postage: str = ""
    signs: tuple[str, ...] = ()

    def fits(self, facts: Facts) -> bool:
        """Say whether every condition holds."""
        return all(QUESTIONS[key].fits(wish, getattr(facts, key)) for key, wish in self.when.items())

    def why(self) -> list[str]:
        """Say the conditions in words, in the order of the questions."""
        said = [question.words(self.when[key]) for key, question in QUESTIONS.items() if key in self.when]
        return said or [_("no other rule fits")]


@dataclass(frozen=True, slots=True)
class Playbook:
    """The rules in force; `version` is empty for those that come with the program."""

    rules: tuple[Rule, ...]
    version: int | None = None
    by_id: Mapping[str, Rule] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Recommendation:
    """What is recommended, and which further rules fit as well, except the one that fits everything."""

    rule: Rule
    also: tuple[Rule, ...]
    version: int | None


def read(stored: Sequence[Mapping[str, Any]], *, version: int | None = None) -> Playbook:
    """Give the playbook that is stored; it must be one that `checking.faults` lets pass."""
    rules = tuple(_rule(entry) for entry in stored)
    return Playbook(rules, version, {rule.id: rule for rule in rules})


def recommend(playbook: Playbook, facts: Facts) -> Recommendation:
    """Give the first rule that fits, and those behind it that fit as well."""
    fitting = [rule for rule in playbook.rules if rule.fits(facts)]
    return Recommendation(fitting[0], tuple(rule for rule in fitting[1:] if rule.when), playbook.version)


def _rule(entry: Mapping[str, Any]) -> Rule:
    return Rule(
        id=entry["id"],
        title=Words(**entry["title"]),
        when=entry["when"],
        steps=tuple(Step(Words(step["zh"], step["en"]), step.get("look", "")) for step in entry["steps"]),
        action=entry["action"],
        rests_on=tuple(entry["rests_on"]),
        reply=entry.get("reply", ""),
        postage=entry.get("postage", ""),
        signs=tuple(entry.get("signs", ())),
    )
