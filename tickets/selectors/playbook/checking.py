"""What is wrong with a playbook, named so that it can be mended: by rule, in words, with the rule that is in the way.

A rule that no case can ever fit, one that earlier rules leave nothing for, two that say different things of the same
cases, a refusal where there is none, an end that leaves cases without a rule.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from typing import Any

from django.utils.translation import gettext as _

from aftersales.core.errors import FieldError

from .facts import QUESTIONS
from .questions import Wish
from .regions import Box, Effort, Space, TooIntricate
from .rules import Rule, read
from .shape import shape_faults
from .words import Action

_MOST_NAMED = 5


def faults(stored: Any) -> list[FieldError]:
    """Say everything that is wrong with a stored playbook; an empty list means that it may be published.

    Exact, not guessed: a rule counts as unreachable when every possible case that fits it is taken by an earlier rule,
    or by several together. Costs a few milliseconds for the playbook that comes with the program.
    """
    found = list(shape_faults(stored))
    if found:
        return found
    rules = read(stored).rules
    space = Space([rule.when for rule in rules])
    boxes = [space.box(rule.when) for rule in rules]
    effort = Effort()
    for place in range(len(rules)):
        found.extend(_faults_of(space, rules, boxes, place, effort))
    if rules[-1].when:
        text = _("The last rule must have no conditions, so that every case finds a rule.")
        found.append(FieldError(f"rules.{len(rules) - 1}.when", "no_end", text))
    return found


def _faults_of(
    space: Space, rules: Sequence[Rule], boxes: Sequence[Box], place: int, effort: Effort
) -> Iterator[FieldError]:
    path, rule = f"rules.{place}.when", rules[place]
    cases = space.cases(rule.when)
    if not cases:
        yield FieldError(path, "impossible", _impossible(space, rule.when))
        return
    if rule.action == Action.REFUSE and any(space.meet(case, space.box({"before_shipment": True})) for case in cases):
        text = _("Before shipment there is no refusal (RFD-1): add the condition “after shipment”.")
        yield FieldError(f"rules.{place}.action", "unlawful", text)
    same = next((at for at in range(place) if boxes[at] == boxes[place]), None)
    if same is not None:
        yield _double(rules, same, place)
        return
    effort.begin()
    try:
        takers = _takers(space, boxes, cases, place, effort)
    except TooIntricate:
        yield FieldError(path, "too_intricate", _("The rules overlap too often to tell whether this one is reached."))
        return
    if takers:
        named = _("; ").join(_named(rules, at) for at in takers[:_MOST_NAMED])
        text = _("This rule can never be reached: all of its cases are taken by %(rules)s.") % {"rules": named}
        yield FieldError(path, "shadowed", text)


def _takers(space: Space, boxes: Sequence[Box], cases: Sequence[Box], place: int, effort: Effort) -> list[int]:
    """Give earlier rules that together take all of the cases, needless ones left out; nothing when some are left."""
    takers = [at for at in range(place) if any(space.meet(case, boxes[at]) is not None for case in cases)]
    if space.left(cases, [boxes[at] for at in takers], effort) is not None:
        return []
    for at in list(takers):
        fewer = [other for other in takers if other != at]
        try:
            if space.left(cases, [boxes[other] for other in fewer], effort) is None:
                takers = fewer
        except TooIntricate:  # that nothing is left is known; which of them could be spared is not
            break
    return takers


def _double(rules: Sequence[Rule], first: int, second: int) -> FieldError:
    if rules[first].action == rules[second].action:
        text = _("The same conditions as %(rule)s: this one can never be reached.")
        code = "double"
    else:
        text = _("The same conditions as %(rule)s, which recommends “%(other)s”, not “%(own)s”.")
        code = "contradiction"
    words = {
        "rule": _named(rules, first),
        "other": Action(rules[first].action).label,
        "own": Action(rules[second].action).label,
    }
    return FieldError(f"rules.{second}.when", code, text % words)


def _named(rules: Sequence[Rule], place: int) -> str:
    return _("rule %(number)d “%(title)s”") % {"number": place + 1, "title": rules[place].title}


def _impossible(space: Space, when: Mapping[str, Wish]) -> str:
    """Name the fewest conditions that exclude each other, and the rule that says so."""
    for size in range(1, len(when) + 1):
        for keys in combinations(when, size):
            if not space.cases({key: when[key] for key in keys}):
                said = _(" + ").join(QUESTIONS[key].words(when[key]) for key in keys)
                text = _("No case can be like this: %(conditions)s (%(rule)s).")
                return text % {"conditions": said, "rule": _forbids(set(keys))}
    raise AssertionError("the whole was impossible")


def _forbids(keys: set[str]) -> str:
    if keys == {"kind"}:
        return "APP-1"
    if "reason" in keys:
        return "APP-3"
    if "goods_status" in keys:
        return "APP-2"
    if keys & {"status", "return_state"}:
        return "RFD-4" if "kind" in keys or "return_state" in keys else "RFD-1"
    return "APP-4"
