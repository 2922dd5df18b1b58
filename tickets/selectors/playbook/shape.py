"""The shape of a stored playbook: which fields a rule has and what may stand in them. What the rules mean together is
judged in `checking`, which needs the shape to be right.
"""

import re
from collections.abc import Collection, Iterator
from typing import Any

from django.utils.translation import gettext as _

from aftersales.core.errors import FieldError

from .facts import QUESTIONS
from .words import LOOKS, REPLIES, Action, Postage, Sign

MOST_RULES = 200
MOST_STEPS = 12
_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_RULE_ID = re.compile(r"[A-Z]{3}-\d{1,2}")
_NEEDED = ("id", "title", "when", "steps", "action", "rests_on")
_ALLOWED = (*_NEEDED, "reply", "postage", "signs")
_LONGEST = {"id": 60, "title": 60, "step": 200}


def readable(stored: Any) -> bool:
    """Say whether rules can be read; stored ones may not any more, as after an upgrade that dropped a condition."""
    return next(shape_faults(stored), None) is None


def shape_faults(stored: Any) -> Iterator[FieldError]:
    """Say what is wrong with the fields, each by its path, such as “rules.3.when.reason”."""
    if not isinstance(stored, list) or not 1 <= len(stored) <= MOST_RULES:
        text = _("A list of 1 to %(most)d rules is needed.") % {"most": MOST_RULES}
        yield FieldError("rules", "not_a_list", text)
        return
    seen: dict[str, int] = {}
    for place, rule in enumerate(stored):
        path = f"rules.{place}"
        if not isinstance(rule, dict):
            yield FieldError(
                path, "not_an_object", _("A rule is an object with these fields: %s.") % ", ".join(_NEEDED)
            )
            continue
        yield from _rule_faults(path, rule)
        name = rule.get("id")
        if isinstance(name, str) and seen.setdefault(name, place) != place:
            text = _("Rule %(number)d has this id already.") % {"number": seen[name] + 1}
            yield FieldError(f"{path}.id", "twice", text)


def _rule_faults(path: str, rule: dict[str, Any]) -> Iterator[FieldError]:
    yield from _names_faults(path, rule, _NEEDED, _ALLOWED)
    if "id" in rule and not _is_name(rule["id"]):
        text = _("An id is made of small letters, digits and hyphens, such as “return-seven-day”.")
        yield FieldError(f"{path}.id", "not_an_id", text)
    if "title" in rule:
        yield from _words_faults(f"{path}.title", rule["title"], _LONGEST["title"])
    if "when" in rule:
        yield from _when_faults(f"{path}.when", rule["when"])
    if "steps" in rule:
        yield from _steps_faults(f"{path}.steps", rule["steps"])
    for field, known in (("action", Action.values), ("reply", REPLIES), ("postage", Postage.values)):
        if rule.get(field, "" if field != "action" else None) or field == "action":
            yield from _key_faults(f"{path}.{field}", rule.get(field, Action.WAIT.value), known)
    yield from _list_faults(f"{path}.signs", rule.get("signs", []), Sign.values)
    if "rests_on" in rule:
        yield from _rests_on_faults(f"{path}.rests_on", rule["rests_on"])


def _when_faults(path: str, when: Any) -> Iterator[FieldError]:
    if not isinstance(when, dict):
        yield FieldError(path, "not_an_object", _("Conditions are an object; an empty one fits every case."))
        return
    for key, wish in when.items():
        if key not in QUESTIONS:
            text = _("There is no condition “%(key)s”; there are: %(known)s.")
            yield FieldError(f"{path}.{key}", "unknown", text % {"key": key, "known": ", ".join(QUESTIONS)})
            continue
        for code, text in QUESTIONS[key].faults(wish):
            yield FieldError(f"{path}.{key}", code, text)


def _steps_faults(path: str, steps: Any) -> Iterator[FieldError]:
    if not isinstance(steps, list) or not 1 <= len(steps) <= MOST_STEPS:
        yield FieldError(path, "not_a_list", _("A list of 1 to %(most)d steps is needed.") % {"most": MOST_STEPS})
        return
    for place, step in enumerate(steps):
        at = f"{path}.{place}"
        words = {key: value for key, value in step.items() if key != "look"} if isinstance(step, dict) else step
        yield from _words_faults(at, words, _LONGEST["step"])
        if isinstance(step, dict) and "look" in step:
            yield from _key_faults(f"{at}.look", step["look"], LOOKS)


def _words_faults(path: str, words: Any, most: int) -> Iterator[FieldError]:
    if not isinstance(words, dict):
        yield FieldError(path, "not_an_object", _("A text in both languages is needed: “zh” and “en”."))
        return
    yield from _names_faults(path, words, ("zh", "en"), ("zh", "en"))
    for language in ("zh", "en"):
        text = words.get(language, "-")
        if not isinstance(text, str) or not text.strip() or len(text) > most:
            said = _("A text of 1 to %(most)d characters is needed.") % {"most": most}
            yield FieldError(f"{path}.{language}", "not_a_text", said)


def _rests_on_faults(path: str, value: Any) -> Iterator[FieldError]:
    if not isinstance(value, list) or not value:
        yield FieldError(path, "not_a_list", _("Name one rule at least that this rests on, such as “DEC-1”."))
        return
    for place, name in enumerate(value):
        if not isinstance(name, str) or not _RULE_ID.fullmatch(name):
            yield FieldError(f"{path}.{place}", "not_a_rule_id", _("A rule's id looks like “DEC-1” or “LAW-5”."))


def _list_faults(path: str, value: Any, known: Collection[str]) -> Iterator[FieldError]:
    if not isinstance(value, list):
        yield FieldError(path, "not_a_list", _("A list is needed."))
        return
    for place, key in enumerate(value):
        yield from _key_faults(f"{path}.{place}", key, known)


def _key_faults(path: str, key: Any, known: Collection[str]) -> Iterator[FieldError]:
    if not isinstance(key, str) or key not in known:
        text = _("“%(word)s” is not possible here; choose among: %(possible)s.")
        yield FieldError(path, "unknown", text % {"word": key, "possible": ", ".join(known)})


def _names_faults(
    path: str, value: dict[str, Any], needed: tuple[str, ...], allowed: tuple[str, ...]
) -> Iterator[FieldError]:
    for name in needed:
        if name not in value:
            yield FieldError(f"{path}.{name}", "required", _("This is missing."))
    for name in value:
        if name not in allowed:
            yield FieldError(f"{path}.{name}", "unknown", _("There is no such field."))


def _is_name(value: Any) -> bool:
    return isinstance(value, str) and len(value) <= _LONGEST["id"] and _ID.fullmatch(value) is not None
