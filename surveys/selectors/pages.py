"""What the console shows of surveys: the call list with its tabs, and one survey with what a call needs (SAT-1)."""

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from aftersales.core import clock, keyset, masking
from aftersales.core.auth import Actor
from aftersales.core.models import LogEntry
from aftersales.core.transitions import allowed_actions
from surveys.models import Survey, SurveyAnswer, SurveyCall
from surveys.states import SURVEY, SurveyStatus

from .reading import answer_of, history_of, require_reader, survey_address, survey_get_for

LATE, CALLED = "late", "called"
TABS: dict[str, str | Promise] = {
    "call": pgettext_lazy("survey", "To call"),
    LATE: pgettext_lazy("survey", "Late"),
    CALLED: pgettext_lazy("survey", "Called"),
}
ORDERING: dict[str, tuple[str, ...]] = {CALLED: ("-id",)}
_SAID = {
    "ask": gettext_lazy("asked the buyer"),
    "answer_fine": gettext_lazy("answered by the link"),
    "answer_low": gettext_lazy("answered by the link, with a low mark"),
    "call": gettext_lazy("put it on the call list"),
    "reach_fine": gettext_lazy("reached the buyer, who answered"),
    "reach_low": gettext_lazy("reached the buyer, who gave a low mark"),
    "reach_talked": gettext_lazy("reached the buyer"),
    "miss_again": gettext_lazy("called, nobody answered"),
    "miss_last": gettext_lazy("called for the last time, nobody answered"),
    "refuse": gettext_lazy("called, the buyer does not want to"),
    "wrong_number": gettext_lazy("called, the number is wrong"),
    "mark_late": gettext_lazy("found it late"),
}


@dataclass(frozen=True, slots=True)
class SurveyPage:
    """A survey with everything that a call needs, ready to be shown."""

    survey: Survey
    answer: SurveyAnswer | None
    calls: list[SurveyCall]
    address: str
    person: dict[str, str]
    timeline: list[dict[str, Any]]
    actions: list[dict[str, Any]]

    @property
    def has_link(self) -> bool:
        """Whether the buyer can still answer by himself."""
        return self.survey.is_open and self.answer is None and self.survey.expires_at > clock.now()

    @property
    def deadline(self) -> dict[str, Any]:
        """When the call is due, for the component that counts down."""
        then = "" if self.survey.is_late else _("then it turns red")
        return {"due_at": self.survey.call_due_at, "then": then, "against_shop": True}


def call_rows(actor: Actor, tab: str) -> QuerySet[Survey]:
    """Give the surveys of a tab of the call list, unordered. Raises: Forbidden."""
    require_reader(actor)
    rows: QuerySet[Survey] = actor.visible(Survey.objects.select_related("order__buyer", "shop", "agent"))
    if tab == CALLED:
        return rows.filter(tries__gt=0)
    rows = rows.filter(status=SurveyStatus.CALLING)
    return rows.filter(is_late=True) if tab == LATE else rows


def call_counts(actor: Actor) -> dict[str, int]:
    """Count what waits, up to a cap, in one statement for each tab but that of what is done."""
    return {tab: keyset.counted(call_rows(actor, tab)) for tab in TABS if tab != CALLED}


def survey_page(actor: Actor, survey_no: str) -> SurveyPage:
    """Collect the page of a survey, in four statements. Raises: Forbidden, NotFound."""
    survey = survey_get_for(actor, survey_no)
    order = survey.order
    return SurveyPage(
        survey=survey,
        answer=answer_of(survey),
        calls=list(survey.calls.order_by("-id")),
        address=survey_address(survey.code),
        person={
            "name": masking.mask_name(order.receiver_name or order.buyer.nick),
            "phone": masking.mask_phone(order.receiver_phone),
        },
        timeline=[
            {
                "at": row.at,
                "who": _who(row),
                "text": str(_SAID.get(row.action, row.action)),
                "note": row.note,
                "kind": "person" if row.actor_kind == "staff" else "system",
            }
            for row in reversed(history_of(survey))
        ],
        actions=allowed_actions(SURVEY, survey, actor),
    )


def _who(row: LogEntry) -> str:
    """Say who took a step: a colleague by his name, the buyer by his link, the clock."""
    return {"buyer": _("Buyer"), "system": _("The clock")}.get(row.actor_kind, row.actor_name)
