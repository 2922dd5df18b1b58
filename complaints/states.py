"""The state machine of a complaint: to answer, with a supervisor, answered, closed (CMP-1).

Whether it is malicious is a question beside its states: the platform wants its reply in time all the same.
"""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from aftersales.core.machine import (
    AGENT,
    BUYER,
    SUPERVISOR,
    SYSTEM,
    Condition,
    DeadlineRule,
    Edge,
    Machine,
    WhyNot,
)


class ComplaintStatus(models.TextChoices):
    """Where a complaint stands."""

    RECEIVED = "received", pgettext_lazy("complaint", "To answer")
    ESCALATED = "escalated", pgettext_lazy("complaint", "With the supervisor")
    ANSWERED = "answered", pgettext_lazy("complaint", "Answered")
    CLOSED = "closed", pgettext_lazy("complaint", "Closed")


class Source(models.TextChoices):
    """Where a complaint comes from."""

    PLATFORM = "platform", pgettext_lazy("complaint", "Platform")
    AUTHORITY = "authority", pgettext_lazy("complaint", "Authority (12315)")
    HOTLINE = "hotline", pgettext_lazy("complaint", "Hotline")
    OTHER = "other", pgettext_lazy("complaint", "Other")


class Problem(models.TextChoices):
    """What it is about."""

    QUALITY = "quality", pgettext_lazy("complaint", "Quality")
    DESCRIPTION = "description", pgettext_lazy("complaint", "Not as described")
    COUNTERFEIT = "counterfeit", pgettext_lazy("complaint", "Counterfeit")
    LOGISTICS = "logistics", pgettext_lazy("complaint", "Shipping and logistics")
    REFUND = "refund", pgettext_lazy("complaint", "Refund not given")
    PROMISE = "promise", pgettext_lazy("complaint", "Promise not kept")
    SERVICE = "service", pgettext_lazy("complaint", "Attitude of service")
    OTHER = "other", pgettext_lazy("complaint", "Other")


class Result(models.TextChoices):
    """What became of a complaint that is closed."""

    UPHELD = "upheld", pgettext_lazy("complaint", "Upheld")
    REJECTED = "rejected", pgettext_lazy("complaint", "Rejected")
    SETTLED = "settled", pgettext_lazy("complaint", "Settled")
    WITHDRAWN = "withdrawn", pgettext_lazy("complaint", "Withdrawn")


class Malice(models.TextChoices):
    """Whether somebody takes it for malicious, and what a second person said to that."""

    ASKED = "asked", pgettext_lazy("complaint", "Malicious? To approve")
    CONFIRMED = "confirmed", pgettext_lazy("complaint", "Malicious")
    REFUSED = "refused", pgettext_lazy("complaint", "Not malicious")


S = ComplaintStatus
DESK = frozenset({AGENT, SUPERVISOR})
SUPERVISORS = frozenset({SUPERVISOR})
FILERS = DESK | {BUYER}
"""Who records one: the desk, and the shop's front-end that hears of it first."""
READERS = FILERS
CLOCK = frozenset({SYSTEM})
OPEN = (S.RECEIVED, S.ESCALATED)
"""Where the platform waits for the shop's reply."""
STANDING = (*OPEN, S.ANSWERED)
LAW_DAYS = 7
"""Within so many working days an authority's question is answered, whatever a policy says (LAW)."""

not_marked = Condition("not marked late yet", lambda complaint: not complaint.is_late)
malice_asked = Condition("somebody takes it for malicious", lambda complaint: complaint.malice == Malice.ASKED)


def _from(states: tuple[S, ...], action: str, who: frozenset[str], event: str, target: Any = None, **more: Any) -> Any:
    """Give an edge from each of the states, to `target` or back to the same."""
    return [Edge(action, state, target or state, who, event, **more) for state in states]


def four_eyes(complaint: Any, actor: Any) -> WhyNot | None:
    """Whoever takes a complaint for malicious never approves that himself (CMP-1)."""
    if actor.user_id is not None and actor.user_id != complaint.malice_asked_by_id:
        return None
    return WhyNot("CMP-1", _("You called it malicious yourself; another supervisor has to judge that."))


def malice_is_asked(complaint: Any, actor: Any) -> WhyNot | None:
    """Only what somebody takes for malicious can be judged."""
    if complaint.malice == Malice.ASKED:
        return None
    return WhyNot("CMP-1", _("Nobody asks whether this complaint is malicious."))


def malice_not_asked(complaint: Any, actor: Any) -> WhyNot | None:
    """One question at a time, and none once it is confirmed."""
    if complaint.malice in ("", Malice.REFUSED):
        return None
    return WhyNot("CMP-1", _("It is called malicious already."))


def malice_is_judged(complaint: Any, actor: Any) -> WhyNot | None:
    """No complaint ends while a supervisor still has to say whether it is malicious."""
    if complaint.malice != Malice.ASKED:
        return None
    return WhyNot("CMP-1", _("A supervisor first says whether it is malicious."))


def _period(complaint: Any) -> str:
    """Name the policy that holds the time to reply."""
    return f"complaint.{complaint.source}_within"


def _ends(action: str, states: tuple[S, ...], who: frozenset[str], event: str, outcome: str = "") -> list[Edge]:
    return [Edge(action, state, S.CLOSED, who, event, outcome, guards=(malice_is_judged,)) for state in states]


COMPLAINT = Machine(
    name="complaint",
    labels={state.value: state.label for state in S},
    edges=(
        Edge("file", "", S.RECEIVED, FILERS, "complaint.filed"),
        *_from((S.RECEIVED, S.ANSWERED), "reply", DESK, "complaint.answered", S.ANSWERED),
        Edge("reply", S.ESCALATED, S.ANSWERED, SUPERVISORS, "complaint.answered"),
        Edge("escalate", S.RECEIVED, S.ESCALATED, DESK, "complaint.escalated"),
        *_from(OPEN, "postpone", DESK, "complaint.postponed", restarts=True),
        *_from(STANDING, "accuse", DESK, "complaint.accused", guards=(malice_not_asked,)),
        *_from(STANDING, "confirm", SUPERVISORS, "complaint.confirmed", guards=(malice_is_asked, four_eyes)),
        *_from(STANDING, "refuse", SUPERVISORS, "complaint.refused", guards=(malice_is_asked, four_eyes)),
        *_ends("settle", (S.RECEIVED, S.ANSWERED), DESK, "complaint.settled"),
        *_ends("settle", (S.ESCALATED,), SUPERVISORS, "complaint.settled"),
        *_ends("close", (S.ANSWERED,), DESK, "complaint.upheld", "upheld"),
        *_ends("close", (S.ANSWERED,), DESK, "complaint.rejected", "rejected"),
        *_from(STANDING, "withdraw", FILERS, "complaint.withdrawn", S.CLOSED),
        *_from(OPEN, "mark_late", CLOCK, "complaint.late"),
    ),
    terminal=frozenset({S.CLOSED}),
    tracked=(
        "status",
        "reply_due_at",
        "result",
        "malice",
        "malice_reasons",
        "malice_asked_by_id",
        "malice_judged_by_id",
        "settlement",
        "settlement_fen",
        "is_late",
        "answered_at",
        "closed_at",
    ),
    title=_("Complaint"),
    internal=frozenset({"mark_late"}),
    only_for={"confirm": malice_asked, "refuse": malice_asked},
    actions={
        "file": pgettext_lazy("complaint", "Record a complaint"),
        "reply": pgettext_lazy("complaint", "Reply to the platform"),
        "escalate": pgettext_lazy("complaint", "Hand to the supervisor"),
        "postpone": pgettext_lazy("complaint", "Another time to reply"),
        "accuse": pgettext_lazy("complaint", "Mark as malicious"),
        "confirm": pgettext_lazy("complaint", "Approve: malicious"),
        "refuse": pgettext_lazy("complaint", "Not malicious"),
        "settle": pgettext_lazy("complaint", "Settle"),
        "close": pgettext_lazy("complaint", "Close"),
        "withdraw": pgettext_lazy("complaint", "Withdrawn by the buyer"),
        "mark_late": _("Turns red"),
    },
    outcomes={Result.UPHELD.value: Result.UPHELD.label, Result.REJECTED.value: Result.REJECTED.label},
    deadlines=tuple(
        DeadlineRule("CMP-1", state, "mark_late", _period, not_marked, against_shop=True) for state in OPEN
    ),
)
