"""The state machine of a survey: asked by a link, to be called, answered, or ended without an answer (SAT-1).

A call-back is a step of its survey and no thing of its own: whoever is called is asked the same, and both end together.
"""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from aftersales.core.errors import Text
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
from refunds.states import Reason


class SurveyStatus(models.TextChoices):
    """Where a survey stands."""

    ASKED = "asked", pgettext_lazy("survey", "Sent")
    CALLING = "calling", pgettext_lazy("survey", "To call")
    ANSWERED = "answered", pgettext_lazy("survey", "Answered")
    CLOSED = "closed", pgettext_lazy("survey", "Without an answer")


class SubjectKind(models.TextChoices):
    """What a survey is about."""

    TICKET = "ticket", pgettext_lazy("survey", "Ticket")
    REQUEST = "request", pgettext_lazy("survey", "Request")
    SHEET = "sheet", pgettext_lazy("survey", "Service sheet")
    FILE = "file", pgettext_lazy("survey", "Service file")


class CallWhy(models.TextChoices):
    """Why somebody is called."""

    SILENT = "silent", _("Did not answer the survey")
    LOW = "low", _("Gave a low mark")
    SHEET = "sheet", _("Service sheet came back")
    WARRANTY = "warranty", _("His warranty ends soon")


class CallOutcome(models.TextChoices):
    """What came of a call."""

    REACHED = "reached", pgettext_lazy("call", "Reached")
    NO_ANSWER = "no_answer", pgettext_lazy("call", "No answer")
    REFUSED = "refused", pgettext_lazy("call", "Does not want to")
    WRONG_NUMBER = "wrong_number", pgettext_lazy("call", "Wrong number")


class Via(models.TextChoices):
    """How the marks came."""

    LINK = "link", pgettext_lazy("survey", "By the link")
    CALL = "call", pgettext_lazy("survey", "By phone")


S = SurveyStatus
MARKS = ("goods", "attitude", "speed", "price")
"""What is marked from 1 to 5, 5 the best."""
DESK = frozenset({AGENT, SUPERVISOR})
READERS = DESK | {BUYER}
CLOCK = frozenset({SYSTEM})
OPEN = (S.ASKED, S.CALLING)
MATTERS: dict[str, Text] = {
    **{one.value: one.label for one in Reason},
    "refund": pgettext_lazy("ticket", "Refund"),
    "exchange": pgettext_lazy("ticket", "Exchange"),
    "logistics": pgettext_lazy("ticket", "Logistics"),
    "missing": _("Missing goods"),
    "not_arrived": _("Refund not arrived"),
    "overpaid_postage": _("Overpaid postage"),
    "complaint": _("Complaint"),
    "warranty": _("Warranty"),
    "service": pgettext_lazy("survey", "Visit of an engineer"),
}
"""What it was about, in words: the reason of a request, the kind of a ticket that has none, a visit."""


def answers_once(survey: Any, actor: Any) -> WhyNot | None:
    """An answer stays as it was given."""
    return None if survey.answered_at is None else WhyNot("SAT-1", _("This survey is answered already."))


unanswered = Condition(pgettext_lazy("when", "not answered yet"), lambda survey: survey.answered_at is None)
answered = Condition(pgettext_lazy("when", "answered already"), lambda survey: survey.answered_at is not None)
not_marked = Condition("not marked late yet", lambda survey: not survey.is_late)


def _over(action: str, event: str, outcome: str = "") -> list[Edge]:
    """Give the edges by which a call ends it: with the answer that is there, or without any."""
    return [
        Edge(action, S.CALLING, S.ANSWERED, DESK, event, outcome, when=answered),
        Edge(action, S.CALLING, S.CLOSED, DESK, event, outcome, when=unanswered),
    ]


SURVEY = Machine(
    name="survey",
    labels={state.value: state.label for state in S},
    edges=(
        Edge("ask", "", S.ASKED, CLOCK, "survey.created"),
        Edge("ask", "", S.CALLING, CLOCK, "survey.created"),
        Edge("answer", S.ASKED, S.ANSWERED, frozenset({BUYER}), "survey.answered", "fine", guards=(answers_once,)),
        Edge("answer", S.CALLING, S.ANSWERED, frozenset({BUYER}), "survey.answered", "fine", guards=(answers_once,)),
        Edge("answer", S.ASKED, S.CALLING, frozenset({BUYER}), "survey.low", "low", guards=(answers_once,)),
        Edge(
            "answer",
            S.CALLING,
            S.CALLING,
            frozenset({BUYER}),
            "survey.low",
            "low",
            guards=(answers_once,),
            restarts=True,
        ),
        Edge("call", S.ASKED, S.CALLING, CLOCK, "survey.to_call"),
        Edge("reach", S.CALLING, S.ANSWERED, DESK, "survey.answered", "fine", when=unanswered),
        Edge("reach", S.CALLING, S.ANSWERED, DESK, "survey.low", "low", when=unanswered),
        Edge("reach", S.CALLING, S.ANSWERED, DESK, "survey.called", "talked", when=answered),
        Edge("miss", S.CALLING, S.CALLING, DESK, "survey.missed", "again", restarts=True),
        *_over("miss", "survey.given_up", "last"),
        *_over("refuse", "survey.refused"),
        *_over("wrong_number", "survey.wrong_number"),
        Edge("mark_late", S.CALLING, S.CALLING, CLOCK, "survey.late"),
    ),
    terminal=frozenset({S.ANSWERED, S.CLOSED}),
    tracked=("status", "call_why", "call_due_at", "tries", "is_late", "answered_at", "lowest", "closed_at"),
    title=_("Survey"),
    internal=frozenset({"answer", "call", "mark_late"}),
    actions={
        "ask": pgettext_lazy("survey", "Ask the buyer"),
        "answer": pgettext_lazy("survey", "Answer"),
        "call": pgettext_lazy("survey", "Goes to the call list"),
        "reach": pgettext_lazy("call", "Reached"),
        "miss": pgettext_lazy("call", "No answer"),
        "refuse": pgettext_lazy("call", "Does not want to"),
        "wrong_number": pgettext_lazy("call", "Wrong number"),
        "mark_late": _("Turns red"),
    },
    outcomes={
        "answer_fine": pgettext_lazy("survey", "content"),
        "answer_low": pgettext_lazy("survey", "a low mark"),
        "reach_fine": pgettext_lazy("survey", "content"),
        "reach_low": pgettext_lazy("survey", "a low mark"),
        "reach_talked": pgettext_lazy("survey", "talked about the answer"),
        "miss_again": pgettext_lazy("survey", "another try"),
        "miss_last": pgettext_lazy("survey", "given up"),
    },
    deadlines=(
        DeadlineRule("SAT-1", S.ASKED, "call", "survey.call_after"),
        DeadlineRule("SAT-1", S.CALLING, "mark_late", "survey.call_within", not_marked, against_shop=True),
    ),
)
