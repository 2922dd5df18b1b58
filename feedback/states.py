"""The state machine of a feedback case: found, taken on, answered, its effect measured, closed (SAT-2)."""

from datetime import datetime
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from aftersales.core.machine import AGENT, SUPERVISOR, SYSTEM, Condition, DeadlineRule, Edge, Machine
from refunds.states import Reason

GOODS = "goods"
"""The goods and design department."""


class FeedbackStatus(models.TextChoices):
    """Where a feedback case stands."""

    OPEN = "open", pgettext_lazy("feedback", "To take on")
    TAKEN = "taken", pgettext_lazy("feedback", "Taken on")
    ANSWERED = "answered", pgettext_lazy("feedback", "Answered")
    MEASURED = "measured", pgettext_lazy("feedback", "Effect measured")
    CLOSED = "closed", pgettext_lazy("feedback", "Closed")


class Origin(models.TextChoices):
    """How it came up."""

    COUNTED = "counted", pgettext_lazy("feedback", "Counted from requests")
    REPORTED = "reported", pgettext_lazy("feedback", "Reported by the desk")


class Answer(models.TextChoices):
    """What goods and design do about it."""

    PAGE_CHANGED = "page_changed", pgettext_lazy("feedback", "Page of the item changed")
    SUPPLIER_TOLD = "supplier_told", pgettext_lazy("feedback", "Supplier told")
    BATCH_STOPPED = "batch_stopped", pgettext_lazy("feedback", "Batch stopped")
    NO_CHANGE = "no_change", pgettext_lazy("feedback", "No change")


S = FeedbackStatus
WORKERS = frozenset({GOODS, SUPERVISOR})
"""Who takes a case on and answers it."""
REPORTERS = frozenset({AGENT, SUPERVISOR})
"""Who reports that a page says other than what came."""
READERS = WORKERS | REPORTERS
CLOCK = frozenset({SYSTEM})
WAITING = (S.OPEN, S.TAKEN)
"""Where an answer is waited for."""
STANDING = (*WAITING, S.ANSWERED, S.MEASURED)
"""Of these there is one for an item and reason."""
COUNTABLE = (
    Reason.QUALITY,
    Reason.NOT_AS_DESCRIBED,
    Reason.DAMAGED,
    Reason.WRONG_OR_MISSING,
    Reason.COUNTERFEIT,
)
"""Reasons that say something about the goods or their page."""

not_marked = Condition("not marked late yet", lambda case: not case.is_late)


def _asked_at(case: Any) -> datetime:
    """Give when an answer was asked for: taking it on gives no more time."""
    at: datetime = case.asked_at
    return at


def _from(states: tuple[S, ...], action: str, target: Any, who: frozenset[str], event: str) -> list[Edge]:
    """Give an edge from each of the states, to `target` or back to the same."""
    return [Edge(action, state, target or state, who, event) for state in states]


FEEDBACK = Machine(
    name="feedback",
    labels={state.value: state.label for state in S},
    edges=(
        Edge("find", "", S.OPEN, CLOCK, "feedback.opened"),
        Edge("report", "", S.OPEN, REPORTERS, "feedback.opened"),
        Edge("take", S.OPEN, S.TAKEN, WORKERS, "feedback.taken"),
        *_from(WAITING, "answer", S.ANSWERED, WORKERS, "feedback.answered"),
        Edge("measure", S.ANSWERED, S.MEASURED, CLOCK, "feedback.measured"),
        *_from((S.ANSWERED, S.MEASURED), "reopen", S.OPEN, CLOCK | {SUPERVISOR}, "feedback.reopened"),
        Edge("close", S.MEASURED, S.CLOSED, WORKERS, "feedback.closed"),
        *_from(WAITING, "mark_late", None, CLOCK, "feedback.late"),
    ),
    terminal=frozenset({S.CLOSED}),
    tracked=(
        "status",
        "taken_by_id",
        "remedy",
        "answer_text",
        "effective_on",
        "answered_by",
        "answered_at",
        "asked_at",
        "answer_due_at",
        "is_late",
        "reopened",
        "effect_days",
        "before_cases",
        "before_units",
        "after_cases",
        "after_units",
        "measured_at",
        "closed_at",
    ),
    title=_("Feedback case"),
    internal=frozenset({"measure", "mark_late"}),
    actions={
        "find": pgettext_lazy("feedback", "Found by counting"),
        "report": pgettext_lazy("feedback", "Page says otherwise"),
        "take": pgettext_lazy("feedback", "Take on"),
        "answer": pgettext_lazy("feedback", "Answer"),
        "measure": pgettext_lazy("feedback", "Measure the effect"),
        "reopen": pgettext_lazy("feedback", "Reopen"),
        "close": pgettext_lazy("feedback", "Close"),
        "mark_late": _("Turns red"),
    },
    deadlines=tuple(
        DeadlineRule("SAT-2", state, "mark_late", "feedback.answer_within", not_marked, starts=_asked_at)
        for state in WAITING
    ),
)
