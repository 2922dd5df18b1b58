"""The kinds of problems that a caller can be told, by their code, for the pages that `type` leads to. No texts here."""

from dataclasses import dataclass
from itertools import groupby

from django.utils.functional import Promise

_kinds: dict[str, "Kind"] = {}


@dataclass(frozen=True, slots=True)
class Kind:
    """One code: the HTTP status it comes with, what happened, what to do now, and the ids of the rules behind it."""

    code: str
    status: int
    group: Promise
    happened: Promise
    advice: Promise
    rules: tuple[str, ...] = ()


def register(*kinds: Kind) -> None:
    """Make kinds known; a code has one. Called from the wiring."""
    for kind in kinds:
        if _kinds.setdefault(kind.code, kind) != kind:
            raise ValueError(f"two kinds of problems are called {kind.code}")


def kind_of(code: str) -> Kind | None:
    """Return what is known of a code, None when nothing is."""
    return _kinds.get(code)


def by_group() -> list[tuple[Promise, list[Kind]]]:
    """Return all kinds in the order in which they were made known, under their headings."""
    return [(group, list(kinds)) for group, kinds in groupby(_kinds.values(), key=lambda kind: kind.group)]
