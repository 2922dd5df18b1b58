"""What differs between two playbooks, in words: rules that came, went or moved, and what changed inside of them."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from django.utils.translation import gettext as _

from .facts import QUESTIONS
from .rules import Playbook, Rule
from .words import LOOKS, REPLIES, Action, Postage, Sign

Kind = Literal["added", "removed", "moved", "changed"]


@dataclass(frozen=True, slots=True)
class Difference:
    """One rule that is not as it was; `texts` say how, a sentence for each."""

    kind: Kind
    id: str
    title: str
    texts: tuple[str, ...]


def differences(before: Playbook, after: Playbook) -> list[Difference]:
    """Give what differs, in the order of the newer playbook, with the rules that went at the end."""
    moved = _moved([rule.id for rule in before.rules], [rule.id for rule in after.rules])
    places = {rule.id: place for place, rule in enumerate(before.rules, 1)}
    found: list[Difference] = []
    for place, rule in enumerate(after.rules, 1):
        old = before.by_id.get(rule.id)
        if old is None:
            said = (_("new, as no. %(n)d: %(why)s") % {"n": place, "why": "; ".join(rule.why())}, _recommends(rule))
            found.append(Difference("added", rule.id, str(rule.title), said))
            continue
        texts: tuple[str, ...] = tuple(_changes(old, rule))
        if rule.id in moved:
            texts = (_("moved from no. %(old)d to no. %(new)d") % {"old": places[rule.id], "new": place}, *texts)
        if texts:
            found.append(Difference("moved" if rule.id in moved else "changed", rule.id, str(rule.title), texts))
    gone = (rule for rule in before.rules if rule.id not in after.by_id)
    return found + [Difference("removed", rule.id, str(rule.title), (_recommends(rule),)) for rule in gone]


def _changes(old: Rule, new: Rule) -> Iterator[str]:
    if old.title != new.title:
        yield _("title: %(old)s → %(new)s") % {"old": old.title, "new": new.title}
    yield from _conditions(old, new)
    if old.action != new.action:
        yield _arrow(_("recommends"), Action(old.action).label, Action(new.action).label)
    if old.steps != new.steps:
        yield from _steps(old, new)
    yield from _keyed(_("postage"), old.postage, new.postage, lambda key: str(Postage(key).label))
    yield from _keyed(_("ready words"), old.reply, new.reply, lambda key: str(REPLIES[key]).strip())
    yield from _set(
        _("signs"), [str(Sign(key).label) for key in old.signs], [str(Sign(key).label) for key in new.signs]
    )
    yield from _set(_("rests on"), old.rests_on, new.rests_on)


def _conditions(old: Rule, new: Rule) -> Iterator[str]:
    for key, question in QUESTIONS.items():
        before = question.words(old.when[key]) if key in old.when else ""
        after = question.words(new.when[key]) if key in new.when else ""
        if before == after:
            continue
        if not before:
            yield _("condition added: %(words)s") % {"words": after}
        elif not after:
            yield _("condition removed: %(words)s") % {"words": before}
        else:
            yield _arrow(_("condition"), before, after)


def _steps(old: Rule, new: Rule) -> Iterator[str]:
    before = [_step_words(step.words, step.look) for step in old.steps]
    after = [_step_words(step.words, step.look) for step in new.steps]
    yield from _set(_("steps"), before, after)
    if sorted(before) == sorted(after):
        yield _("steps in another order, or in other words in the other language")


def _step_words(words: object, look: str) -> str:
    return f"{words} ({LOOKS[look]})" if look else str(words)


def _keyed(label: str, old: str, new: str, say: Callable[[str], str]) -> Iterator[str]:
    if old != new:
        yield _arrow(label, say(old) if old else "—", say(new) if new else "—")


def _set(label: str, old: Sequence[str], new: Sequence[str]) -> Iterator[str]:
    gone, came = [one for one in old if one not in new], [one for one in new if one not in old]
    if gone:
        yield _("%(label)s, gone: %(words)s") % {"label": label, "words": "; ".join(gone)}
    if came:
        yield _("%(label)s, new: %(words)s") % {"label": label, "words": "; ".join(came)}


def _arrow(label: str, old: object, new: object) -> str:
    return _("%(label)s: %(old)s → %(new)s") % {"label": label, "old": old, "new": new}


def _recommends(rule: Rule) -> str:
    return _("recommends: %(action)s") % {"action": Action(rule.action).label}


def _moved(before: Sequence[str], after: Sequence[str]) -> set[str]:
    """Give the rules whose moving explains the new order; the others stand to each other as they did."""
    old, new = [name for name in before if name in after], [name for name in after if name in before]
    blocks = SequenceMatcher(None, old, new, autojunk=False).get_matching_blocks()
    kept = {name for block in blocks for name in new[block.b : block.b + block.size]}
    return set(new) - kept
