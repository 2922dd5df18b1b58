"""Reading feedback cases: for a service, the list with its tabs, the page of one case (SAT-2)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from aftersales.core import errors, keyset
from aftersales.core.auth import Actor
from aftersales.core.models import LogEntry
from aftersales.core.transitions import allowed_actions
from feedback.models import FeedbackCase, FeedbackEvidence, FeedbackReport
from feedback.states import FEEDBACK, READERS, WAITING, FeedbackStatus
from orders.selectors import moment
from refunds.states import Reason

S = FeedbackStatus
LATE = "late"
MOST = 30
"""So many of the requests and reports behind a case stand on its page, the newest first."""
_SAID = {
    "find": gettext_lazy("counted it above the threshold"),
    "report": gettext_lazy("reported that the page says otherwise"),
    "take": gettext_lazy("took it on"),
    "answer": gettext_lazy("answered"),
    "measure": gettext_lazy("measured the effect"),
    "reopen": gettext_lazy("opened it again"),
    "close": gettext_lazy("closed it"),
    "mark_late": gettext_lazy("found it late"),
}


_PLAIN = (
    "case_no version status item_id goods_no title reason origin found_cases found_units is_late reopened"
    " remedy answer_text effective_on"
).split()
_EFFECT = "effect_days before_cases before_units after_cases after_units".split()
_MOMENTS = "asked_at answer_due_at answered_at measured_at closed_at created_at updated_at".split()
_NAMED = {"shop_code": F("shop__code"), "taker": F("taken_by__username")}


@dataclass(frozen=True, slots=True)
class Tab:
    """A tab of the list: its name, which states, in which order, and whether it is counted."""

    label: str | Promise
    statuses: Sequence[str]
    ordering: tuple[str, ...] = ("-id",)
    counted: bool = True


TABS: dict[str, Tab] = {
    "open": Tab(S.OPEN.label, (S.OPEN,), ("answer_due_at", "id")),
    "taken": Tab(S.TAKEN.label, (S.TAKEN,), ("answer_due_at", "id")),
    LATE: Tab(pgettext_lazy("feedback", "Late"), WAITING, ("answer_due_at", "id")),
    "answered": Tab(S.ANSWERED.label, (S.ANSWERED,)),
    "measured": Tab(S.MEASURED.label, (S.MEASURED,)),
    "closed": Tab(S.CLOSED.label, (S.CLOSED,), counted=False),
}


@dataclass(frozen=True, slots=True)
class Side:
    """Cases and units sold on one side of an answer."""

    cases: int
    units: int

    @property
    def rate(self) -> str:
        """The share of units sold in percent; nothing where none was sold."""
        return f"{self.cases * 100 / self.units:.1f}%" if self.units else "—"


@dataclass(frozen=True, slots=True)
class FeedbackPage:
    """A case with what is behind it, ready to be shown."""

    case: FeedbackCase
    evidence: list[FeedbackEvidence]
    many: int
    reports: list[FeedbackReport]
    timeline: list[dict[str, Any]]
    actions: list[dict[str, Any]]
    before: Side | None
    after: Side | None

    @property
    def deadline(self) -> dict[str, Any]:
        """When the answer is due, for the component that counts down."""
        then = "" if self.case.is_late else _("then it turns red")
        return {"due_at": self.case.answer_due_at, "then": then, "against_shop": True}


def require_reader(actor: Actor) -> None:
    """Raise Forbidden for whoever has nothing to do with feedback, such as the warehouse."""
    if actor.role not in READERS:
        raise errors.Forbidden()


def feedback_get_for(actor: Actor, case_no: str) -> FeedbackCase:
    """Return a case, to be given to a service; one query. Raises: Forbidden, NotFound (also of unseen shops)."""
    require_reader(actor)
    rows = actor.visible(FeedbackCase.objects.filter(case_no=case_no))
    case: FeedbackCase | None = rows.select_related("order", "shop", "taken_by").first()
    if case is None:
        raise errors.NotFound()
    return case


def feedback_list_for(
    actor: Actor,
    *,
    status: Sequence[str] = (),
    shop: str = "",
    item_id: str = "",
    reason: Sequence[str] = (),
    late: bool | None = None,
    updated_since: datetime | None = None,
) -> QuerySet[FeedbackCase, dict[str, Any]]:
    """Return rows for `feedback_as_json`, unordered. Raises: Forbidden."""
    require_reader(actor)
    wanted = {
        "status__in": list(status),
        "shop__code": shop,
        "item_id": item_id,
        "reason__in": list(reason),
        "updated_at__gte": updated_since,
    }
    rows = actor.visible(FeedbackCase.objects.filter(**{name: value for name, value in wanted.items() if value}))
    if late is not None:
        rows = rows.filter(is_late=late)
    return rows.values("id", *_PLAIN, *_EFFECT, *_MOMENTS, **_NAMED)


def feedback_as_json(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Turn rows of `feedback_list_for` into plain data."""
    return [_as_json(row) for row in rows]


def feedback_document(actor: Actor, case_no: str) -> dict[str, Any]:
    """Return the document of one case: the newest requests and reports behind it, and what may be done.

    Five statements. Raises: Forbidden, NotFound.
    """
    case = feedback_get_for(actor, case_no)
    [row] = feedback_list_for(actor).filter(pk=case.pk)
    behind = FeedbackEvidence.objects.filter(case=case.pk).select_related("refund").order_by("-id")[:MOST]
    reports = FeedbackReport.objects.filter(case=case.pk).select_related("order_line__order").order_by("-id")[:MOST]
    return _as_json(row) | {
        "requests": [{"refund_no": one.refund.refund_no, "asked_at": moment(one.asked_at)} for one in behind],
        "reports": [
            {
                "order_no": one.order_line.order.order_no,
                "page_says": one.page_says,
                "came": one.came,
                "author": one.author_name,
                "at": moment(one.created_at),
            }
            for one in reports
        ],
        "allowed_actions": allowed_actions(FEEDBACK, case, actor),
    }


def _as_json(values: Mapping[str, Any]) -> dict[str, Any]:
    body = {name: values[name] for name in _PLAIN} | {name: moment(values[name]) for name in _MOMENTS}
    body |= {
        "status_label": str(FEEDBACK.labels[values["status"]]),
        "reason_label": str(Reason(values["reason"]).label),
        "shop": values["shop_code"],
        "taken_by": values["taker"],
        "remedy": values["remedy"] or None,
        "effect": None,
    }
    if values["effect_days"] is not None:
        body["effect"] = {name.removeprefix("effect_"): values[name] for name in _EFFECT}
    return body


def feedback_rows(actor: Actor, tab: str) -> QuerySet[FeedbackCase]:
    """Give the cases of a tab, unordered. Raises: Forbidden."""
    require_reader(actor)
    rows: QuerySet[FeedbackCase] = actor.visible(FeedbackCase.objects.select_related("shop", "taken_by"))
    if tab == LATE:
        rows = rows.filter(is_late=True)
    return rows.filter(status__in=TABS[tab].statuses)


def feedback_counts(actor: Actor) -> dict[str, int]:
    """Count what is in each tab, up to a cap, in one statement for each counted tab."""
    return {key: keyset.counted(feedback_rows(actor, key)) for key, tab in TABS.items() if tab.counted}


def feedback_waiting(actor: Actor) -> QuerySet[FeedbackCase]:
    """Give what waits for an answer of goods and design."""
    require_reader(actor)
    rows: QuerySet[FeedbackCase] = actor.visible(FeedbackCase.objects.filter(status__in=WAITING))
    return rows


def feedback_page(actor: Actor, case_no: str) -> FeedbackPage:
    """Collect the page of a case, in five statements. Raises: Forbidden, NotFound."""
    case = feedback_get_for(actor, case_no)
    evidence = FeedbackEvidence.objects.filter(case=case.pk)
    return FeedbackPage(
        case=case,
        evidence=list(evidence.select_related("refund", "order_line").order_by("-id")[:MOST]),
        many=keyset.counted(evidence),
        reports=list(
            FeedbackReport.objects.filter(case=case.pk).select_related("order_line__order").order_by("-id")[:MOST]
        ),
        timeline=[
            {
                "at": row.at,
                "who": _who(row),
                "text": str(_SAID.get(row.action, row.action)),
                "note": row.note,
                "kind": "person" if row.actor_kind == "staff" else "system",
            }
            for row in _history(case)
        ],
        actions=allowed_actions(FEEDBACK, case, actor),
        before=_side(case.before_cases, case.before_units),
        after=_side(case.after_cases, case.after_units),
    )


def _side(cases: int | None, units: int | None) -> Side | None:
    return None if cases is None or units is None else Side(cases, units)


def _who(row: LogEntry) -> str:
    if row.actor_name == "system: timeout":
        return _("The clock")
    return _("The nightly count") if row.actor_name == "system: feedback" else row.actor_name


def _history(case: FeedbackCase) -> list[LogEntry]:
    return list(LogEntry.objects.filter(subject_type="feedback", subject_id=case.pk).order_by("-version"))
