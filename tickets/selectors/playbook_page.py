"""The playbook as supervisors and agents read it: its versions, its rules in words, what is wrong, what differs."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import pgettext, pgettext_lazy

from aftersales.core import clock, errors
from aftersales.core.auth import Actor
from aftersales.core.errors import FieldError
from aftersales.core.models import Role
from tickets.models import PlaybookTrial, PlaybookVersion

from . import playbook
from .playbook import LOOKS, REPLIES, Action, Playbook, Postage, Rule, Sign
from .playbook.current import PROGRAM
from .playbook.differing import Difference, differences
from .playbook.shape import readable, shape_faults
from .playbook.trying import DIFFERS

MOST_VERSIONS = 200
DID: dict[str, Any] = {
    "agree": pgettext_lazy("trial", "agreed"),
    "refuse": pgettext_lazy("trial", "refused"),
    "by_itself": pgettext_lazy("trial", "agreed by itself"),
}
VERDICTS: dict[str, Any] = {
    "same": pgettext_lazy("trial", "decided alike"),
    "other": pgettext_lazy("trial", "decided otherwise"),
    "followed": pgettext_lazy("trial", "written to first"),
    "skipped": pgettext_lazy("trial", "decided without a word"),
    "open": pgettext_lazy("trial", "cannot be told"),
}


def versions_shown() -> list[dict[str, Any]]:
    """Give drafts first, then versions from the latest on, each with where it stands; one query and who is in force."""
    now, current = clock.now(), playbook.in_force().version
    rows = _versions().defer("rules").order_by("-number", "-id")[:MOST_VERSIONS]
    shown = [{"version": row, "state": _state(row, current, now)} for row in rows]
    return sorted(shown, key=lambda one: not one["version"].is_draft)


def version_get(version_id: int) -> PlaybookVersion:
    """Give a version or draft with its people; one query. Raises: NotFound."""
    found = _versions().filter(pk=version_id).first()
    if found is None:
        raise errors.NotFound()
    return found


def version_page(version: PlaybookVersion | None) -> dict[str, Any]:
    """Give everything that the page of a version shows; None is the playbook that comes with the program.

    A draft is held against what is in force, a published version against the one that it was based on. Rules that
    this program cannot read any more are not shown, but what is wrong with them is.
    """
    current = playbook.in_force()
    if version is None:
        state = "current" if current.version is None else "program"
        return {"state": state, "rules": _rules(PROGRAM, []), "faults": [], "differences": []}
    stands = _state(version, current.version, clock.now())
    if not readable(version.rules):
        faults = list(shape_faults(version.rules))
        return {"state": stands, "rules": [], "faults": [_fault(one) for one in faults], "differences": []}
    book = playbook.read(version.rules, version=version.number)
    faults = playbook.faults(version.rules) if version.is_draft else []
    before = current if version.is_draft else _based_on(version)
    return {
        "state": stands,
        "rules": _rules(book, faults),
        "faults": [_fault(one) for one in faults],
        "differences": [_said(one) for one in differences(before, book)],
        "against": before.version,
    }


def trial_page(actor: Actor, version: PlaybookVersion) -> dict[str, Any] | None:
    """Give the latest trial of a draft, rule by rule, with links to the requests where it differs; one query.

    It names requests of all shops, so it is for supervisors of all shops alone; None for others and without a trial.
    """
    if actor.shop_ids is not None or actor.role != Role.SUPERVISOR or not version.is_draft:
        return None
    trial = PlaybookTrial.objects.filter(draft=version).first()
    if trial is None:
        return None
    rules = playbook.read(trial.rules).rules if trial.result and readable(trial.rules) else ()
    found = trial.result.get("rules", {})
    tried = [_tried(number, rule, found[rule.id]) for number, rule in enumerate(rules, 1) if rule.id in found]
    return {
        "trial": trial,
        "stale": trial.rules != version.rules,
        "rules": tried,
        "cases": sum(one["cases"] for one in tried),
        "differ": sum(one["differ"] for one in tried),
        "moved": sum(one["moved"] for one in tried),
    }


def _tried(number: int, rule: Rule, result: Mapping[str, Any]) -> dict[str, Any]:
    verdicts, did, moved = result["verdicts"], result["did"], result["moved"]
    return {
        "number": number,
        "title": str(rule.title),
        "action": Action(rule.action).label,
        "cases": result["cases"],
        "did": [f"{DID[name]} {did[name]}" for name in DID if name in did],
        "verdicts": [f"{VERDICTS[name]} {verdicts[name]}" for name in VERDICTS if name in verdicts],
        "differ": sum(verdicts.get(name, 0) for name in DIFFERS),
        "differing": [{"refund_no": number, "said": DID[name]} for number, name in result["differing"]],
        "moved": sum(moved.values()),
        "before": [f"{Action(name).label} {count}" for name, count in moved.items()],
        "moving": [{"refund_no": number, "said": Action(name).label} for number, name in result["moving"]],
    }


def published_sources() -> list[PlaybookVersion]:
    """Give the versions that a draft may begin with, the latest first; one query."""
    return list(_versions().filter(published_at__isnull=False).defer("rules").order_by("-number")[:MOST_VERSIONS])


def _versions() -> QuerySet[PlaybookVersion]:
    return PlaybookVersion.objects.select_related("created_by", "updated_by", "published_by", "based_on")


def _based_on(version: PlaybookVersion) -> Playbook:
    source = version.based_on
    if source is None or not readable(source.rules):
        return PROGRAM
    return playbook.read(source.rules, version=source.number)


def _state(version: PlaybookVersion, current: int | None, now: Any) -> str:
    if version.is_draft:
        return "draft"
    if version.withdrawn_at is not None:
        return "withdrawn"
    if version.number == current:
        return "current"
    return "planned" if version.effective_at is not None and version.effective_at > now else "past"


def _rules(book: Playbook, faults: Sequence[FieldError]) -> list[dict[str, Any]]:
    return [
        {
            "number": number,
            "id": rule.id,
            "title": str(rule.title),
            "why": rule.why() if rule.when else [_("every case that is left")],
            "action": Action(rule.action).label,
            "said": _said_beside(rule),
            "steps": [{"words": str(step.words), "look": LOOKS.get(step.look, "")} for step in rule.steps],
            "rests_on": rule.rests_on,
            "reply": str(REPLIES[rule.reply]) if rule.reply else "",
            "faults": [str(fault.detail) for fault in faults if _number(fault) == number],
            "is_last": number == len(book.rules),
        }
        for number, rule in enumerate(book.rules, 1)
    ]


def _said_beside(rule: Rule) -> list[str]:
    postage = [str(Postage(rule.postage).label)] if rule.postage else []
    return postage + [str(Sign(sign).label) for sign in rule.signs]


def _said(one: Difference) -> dict[str, Any]:
    words = {
        "added": _("new rule"),
        "removed": _("rule removed"),
        "moved": _("moved"),
        "changed": pgettext("playbook", "changed"),
    }
    return {"kind": one.kind, "label": words[one.kind], "title": one.title, "texts": one.texts}


def _fault(fault: FieldError) -> dict[str, Any]:
    return {"number": _number(fault), "text": str(fault.detail)}


def _number(fault: FieldError) -> int:
    """Give the number of the rule that a fault is about, as people count; 0 for the whole."""
    parts = fault.field.split(".")
    return int(parts[1]) + 1 if len(parts) > 1 and parts[1].isdecimal() else 0
