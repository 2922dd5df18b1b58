"""What a rule of the playbook may ask of a case, and the answers that it may want.

A question knows how to check a wanted answer, to say whether a fact fits it, and to put it into words. Its `samples`
are facts that stand for all: within the classes that they represent every given wish has the same answer, which makes
statements about all cases computable (`regions`).
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from django.utils.translation import gettext as _

from aftersales.core.errors import Text
from aftersales.core.money import yuan

Fact: TypeAlias = str | int | bool | None
"""What is known of a case; None where nobody knows."""
Wish: TypeAlias = Any
"""The answer that a rule wants, as it is stored: a list of words, yes or no, or bounds."""

OTHER = "…"
"""Stands for every word that no rule names."""
_MOST = 10**9


@dataclass(frozen=True, slots=True)
class Choice:
    """One of the words that are known beforehand; a rule names those that fit."""

    key: str
    label: Text
    choices: tuple[tuple[str, Text], ...]
    always = True

    def faults(self, wish: Wish) -> Iterator[tuple[str, str]]:
        """Say what is wrong with what a rule wants, as pairs of a code and a sentence."""
        yield from _faults_of_words(wish)
        if isinstance(wish, list):
            known = dict(self.choices)
            for word in wish:
                if isinstance(word, str) and word not in known:
                    possible = ", ".join(known)
                    text = _("“%(word)s” is not possible here; choose among: %(possible)s.")
                    yield "unknown", text % {"word": word, "possible": possible}

    def fits(self, wish: Wish, fact: Fact) -> bool:
        """Say whether the fact is one of the words."""
        return fact in wish

    def samples(self, wishes: Iterable[Wish]) -> list[Fact]:
        """Give every word."""
        return [word for word, _label in self.choices]

    def words(self, wish: Wish) -> str:
        """Say what a rule wants."""
        known = dict(self.choices)
        return _("%(label)s: %(words)s") % {"label": self.label, "words": _or([str(known[word]) for word in wish])}


@dataclass(frozen=True, slots=True)
class Name:
    """A word that nobody knows beforehand, such as a category."""

    key: str
    label: Text
    always = False

    def faults(self, wish: Wish) -> Iterator[tuple[str, str]]:
        """Say what is wrong with what a rule wants."""
        yield from _faults_of_words(wish)

    def fits(self, wish: Wish, fact: Fact) -> bool:
        """Say whether the fact is one of the words."""
        return fact in wish

    def samples(self, wishes: Iterable[Wish]) -> list[Fact]:
        """Give every word that is named, one that is not, and the unknown."""
        named = sorted({word for wish in wishes for word in wish})
        return [*named, OTHER, None]

    def words(self, wish: Wish) -> str:
        """Say what a rule wants."""
        return _("%(label)s: %(words)s") % {"label": self.label, "words": _or(wish)}


@dataclass(frozen=True, slots=True)
class YesNo:
    """A fact that holds or does not; `yes` and `no` say it."""

    key: str
    yes: Text
    no: Text
    always: bool = True

    @property
    def label(self) -> Text:
        """Name the question."""
        return self.yes

    def faults(self, wish: Wish) -> Iterator[tuple[str, str]]:
        """Say what is wrong with what a rule wants."""
        if not isinstance(wish, bool):
            yield "not_a_boolean", _("Yes or no is needed.")

    def fits(self, wish: Wish, fact: Fact) -> bool:
        """Say whether the fact is so; what nobody knows fits neither."""
        return fact is wish

    def samples(self, wishes: Iterable[Wish]) -> list[Fact]:
        """Give yes and no, and the unknown where it is possible."""
        return [True, False] if self.always else [True, False, None]

    def words(self, wish: Wish) -> str:
        """Say what a rule wants."""
        return str(self.yes if wish else self.no)


@dataclass(frozen=True, slots=True)
class Number:
    """A whole number; a rule gives `least`, `most` or both, which belong to it. Money is fen, a score tenths."""

    key: str
    label: Text
    unit: str = ""  # "", "money", "days", "tenths"
    always: bool = True
    floor: int = 0

    def faults(self, wish: Wish) -> Iterator[tuple[str, str]]:
        """Say what is wrong with what a rule wants."""
        if not isinstance(wish, dict) or not wish or set(wish) - {"least", "most"}:
            yield "not_bounds", _("“least”, “most” or both are needed.")
            return
        if any(not isinstance(bound, int) or isinstance(bound, bool) for bound in wish.values()):
            yield "not_a_number", _("Bounds are whole numbers; amounts are in fen.")
            return
        if any(not self.floor <= bound <= _MOST for bound in wish.values()):
            yield "out_of_range", _("Bounds are not below %(floor)d.") % {"floor": self.floor}
        elif "least" in wish and "most" in wish and wish["least"] > wish["most"]:
            yield "empty", _("The lower bound is above the upper one: nothing fits.")

    def fits(self, wish: Wish, fact: Fact) -> bool:
        """Say whether the number is within the bounds; what nobody knows is not."""
        return isinstance(fact, int) and wish.get("least", self.floor) <= fact <= wish.get("most", _MOST)

    def samples(self, wishes: Iterable[Wish]) -> list[Fact]:
        """Give the first number of every stretch between bounds, and the unknown where it is possible."""
        starts = {self.floor}
        for wish in wishes:
            starts.add(wish.get("least", self.floor))
            if "most" in wish:
                starts.add(wish["most"] + 1)
        return [*sorted(starts), *([] if self.always else [None])]

    def words(self, wish: Wish) -> str:
        """Say what a rule wants."""
        least, most = wish.get("least"), wish.get("most")
        if most is None:
            text = _("%(label)s: at least %(least)s")
        elif most == (self.floor if least is None else least):
            text = _("%(label)s: %(most)s")
        elif least is None or least == self.floor:
            text = _("%(label)s: at most %(most)s")
        else:
            text = _("%(label)s: %(least)s to %(most)s")
        return text % {"label": self.label, "least": self._said(least), "most": self._said(most)}

    def _said(self, bound: int | None) -> str:
        if bound is None:
            return ""
        if self.unit == "money":
            return f"¥{yuan(bound)}"
        if self.unit == "tenths":
            return f"{bound / 10:.1f}"
        return _("%(n)d days") % {"n": bound} if self.unit == "days" else str(bound)


Question: TypeAlias = Choice | Name | YesNo | Number


def _faults_of_words(wish: Wish) -> Iterator[tuple[str, str]]:
    if not isinstance(wish, list) or not wish or any(not isinstance(word, str) or not word for word in wish):
        yield "not_a_list", _("A list of words is needed, one at least.")
    elif len(set(wish)) != len(wish):
        yield "twice", _("A word stands here twice.")


def _or(words: Sequence[str]) -> str:
    return _(" or ").join(words)
