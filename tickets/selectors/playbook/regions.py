"""Statements about all cases at once: which of them a rule takes, and what is left for it after the rules before.

Every question has finitely many facts that stand for all (`Question.samples`), so a rule is a box: for each question a
set of facts, kept as bits. Taking one box out of another leaves a few boxes; when nothing is left, no case is.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from refunds.states import ExchangeStatus, Flow, Kind, Phase, RefundStatus
from refunds.states.words import REASONS

from .facts import QUESTIONS, Facts
from .questions import Fact, Wish

Box: TypeAlias = dict[str, int]
"""By question the facts that belong to it, as bits; a question that is missing is not narrowed."""
MOST_EFFORT = 400_000
"""After so many looks at a taker a playbook counts as too intricate to be judged: less than a second."""
LEAST_EFFORT = 5_000
"""What every rule may spend, whatever those before it have cost."""

_Fits: TypeAlias = Callable[[Fact], bool]
_RETURNING = {
    RefundStatus.WAIT_BUYER_RETURN_GOODS.value,
    RefundStatus.WAIT_SELLER_CONFIRM_GOODS.value,
    ExchangeStatus.WAIT_BUYER_RETURN_GOODS.value,
    ExchangeStatus.WAIT_SELLER_CONFIRM_GOODS.value,
}
_GOODS = set(ExchangeStatus.values)
_KINDS: dict[str, Kind] = {
    Flow.RETURN_REFUND: Kind.RETURN_REFUND,
    Flow.EXCHANGE: Kind.EXCHANGE,
    Flow.RESHIP: Kind.RESHIP,
}


class TooIntricate(Exception):
    """The rules overlap in so many ways that the question would take too long."""


class Effort:
    """How much may still be looked at before a playbook counts as too intricate."""

    def __init__(self) -> None:
        self.left = MOST_EFFORT

    def begin(self) -> None:
        """Let the next rule be judged, too."""
        self.left = max(self.left, LEAST_EFFORT)

    def spend(self, looks: int) -> None:
        """Count looks. Raises: TooIntricate."""
        self.left -= looks
        if self.left < 0:
            raise TooIntricate


class Space:
    """All cases, as finely divided as the given conditions need it."""

    def __init__(self, conditions: Sequence[Mapping[str, Wish]]) -> None:
        self.samples: dict[str, list[Fact]] = {
            key: question.samples([when[key] for when in conditions if key in when])
            for key, question in QUESTIONS.items()
        }
        self.full = {key: (1 << len(facts)) - 1 for key, facts in self.samples.items()}
        self.possible: list[Box] = [box for case in _possible() if (box := self._narrowed(case)) is not None]

    def box(self, when: Mapping[str, Wish]) -> Box:
        """Give the cases that fit all conditions, possible or not; what narrows nothing is left out."""
        fitting = {key: self._bits(key, lambda fact, key=key: QUESTIONS[key].fits(when[key], fact)) for key in when}  # type: ignore[misc]
        return {key: bits for key, bits in fitting.items() if bits != self.full[key]}

    def cases(self, when: Mapping[str, Wish]) -> list[Box]:
        """Give the possible cases that fit all conditions."""
        box = self.box(when)
        return [met for possible in self.possible if (met := self.meet(possible, box)) is not None]

    def meet(self, one: Box, other: Box) -> Box | None:
        """Give what belongs to both, or None."""
        met = dict(one)
        for key, bits in other.items():
            met[key] = met.get(key, self.full[key]) & bits
            if not met[key]:
                return None
        return met

    def left(self, cases: Sequence[Box], takers: Sequence[Box], effort: Effort) -> Box | None:
        """Give some cases that none of the takers takes, None when they take all. Raises: TooIntricate.

        Looks for one case instead of dividing all of them, and divides first by the taker that leaves the fewest
        pieces: one that leaves none ends the search there.
        """
        return next((found for case in cases if (found := self._search(case, takers, effort)) is not None), None)

    def _search(self, box: Box, takers: Sequence[Box], effort: Effort) -> Box | None:
        effort.spend(1 + len(takers))
        meeting = [taker for taker in takers if self.meet(box, taker) is not None]
        if not meeting:
            return box
        nearest = min(meeting, key=lambda taker: self._count(box, taker))
        others = [taker for taker in meeting if taker is not nearest]
        pieces = self._pieces(box, nearest)
        return next((found for one in pieces if (found := self._search(one, others, effort)) is not None), None)

    def _count(self, box: Box, taken: Box) -> int:
        return sum(1 for key, bits in taken.items() if box.get(key, self.full[key]) & ~bits)

    def example(self, box: Box) -> Facts:
        """Give one case of a box."""
        return Facts(**{key: self._first(key, box.get(key, self.full[key])) for key in self.samples})  # type: ignore[arg-type]

    def _pieces(self, box: Box, taken: Box) -> Iterator[Box]:
        """Give what is left of a box without another that meets it, as boxes that do not meet each other."""
        rest = dict(box)
        for key, bits in taken.items():
            here = rest.get(key, self.full[key])
            if here & ~bits:
                yield {**rest, key: here & ~bits}
            rest[key] = here & bits

    def _narrowed(self, case: Mapping[str, _Fits]) -> Box | None:
        box = {key: self._bits(key, fits) for key, fits in case.items()}
        return box if all(box.values()) else None

    def _bits(self, key: str, fits: _Fits) -> int:
        return sum(1 << place for place, fact in enumerate(self.samples[key]) if fits(fact))

    def _first(self, key: str, bits: int) -> Fact:
        return next(fact for place, fact in enumerate(self.samples[key]) if bits >> place & 1)


def _possible() -> Iterator[dict[str, _Fits]]:
    """Say which cases there are, as the rules of applying leave them (APP-1…4, RFD-1)."""
    for (flow, goods_status), reasons in REASONS.items():
        case: dict[str, _Fits] = {
            "goods_status": _one_of({str(goods_status)}),
            "reason": _one_of({reason.value for reason in reasons}),
            "before_shipment": _one_of({flow == Flow.UNSHIPPED}),
            "kind": _one_of({_KINDS.get(flow, Kind.REFUND_ONLY).value}),
            "status": _not_one_of(_GOODS),
        }
        if flow == Flow.EXCHANGE:
            case |= {"status": _one_of(_GOODS)}
        elif flow == Flow.RESHIP:
            case |= {"return_state": _one_of({"none"}), "status": _one_of(_GOODS - _RETURNING)}
        elif flow != Flow.RETURN_REFUND:
            case |= {"return_state": _one_of({"none"}), "status": _not_one_of(_GOODS | _RETURNING)}
        if flow == Flow.UNSHIPPED:
            refused = {RefundStatus.SELLER_REFUSE_BUYER.value} | _GOODS | _RETURNING
            case |= {"phase": _one_of({Phase.ONSALE.value}), "status": _not_one_of(refused)}
            yield case | {"parcel": _one_of({"not_shipped"}), "shipped_days": _unknown} | _NOT_SIGNED
            continue
        case |= {"voided": _one_of({False})}
        yield case | {"parcel": _one_of({"signed"}), "signed_days": _known, "in_time": _known}
        yield case | {"parcel": _one_of({"no_number", "under_way"})} | _NOT_SIGNED


def _known(fact: Fact) -> bool:
    return fact is not None


def _unknown(fact: Fact) -> bool:
    return fact is None


_NOT_SIGNED: dict[str, _Fits] = {"signed_days": _unknown, "in_time": _unknown}


def _one_of(facts: set[Any]) -> _Fits:
    return lambda fact: fact in facts


def _not_one_of(facts: set[Any]) -> _Fits:
    return lambda fact: fact not in facts
