"""One survey and lists of them, for services, REST and webhooks; and the signed address that leads a buyer to his."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.db.models import F, QuerySet
from django.urls import reverse

from aftersales.core import errors
from aftersales.core.auth import Actor
from aftersales.core.models import LogEntry
from aftersales.core.transitions import allowed_actions
from orders.selectors import moment
from surveys.models import Survey, SurveyAnswer, SurveyCall
from surveys.states import MARKS, MATTERS, READERS, SURVEY, CallOutcome, CallWhy, SurveyStatus

_PLAIN = "survey_no version status subject_kind subject_no is_late tries is_low".split()
_EMPTY = ("item_id", "item_title", "matter", "call_why")
_MOMENTS = ("expires_at", "created_at", "updated_at", "call_due_at", "answered_at", "closed_at")
_NAMED = {"order_no": F("order__order_no"), "shop_code": F("shop__code"), "agent_name": F("agent__username")}


def token_of(code: str) -> str:
    """Sign what an address carries: nothing that is kept in the database opens a survey by itself."""
    return _signer().sign(code)


def _signer() -> Signer:
    return Signer(salt="surveys.link", sep=".")


def survey_address(code: str) -> str:
    """Give the whole address of a survey for its buyer."""
    return f"{settings.PUBLIC_URL}{reverse('surveys:public', args=[token_of(code)])}"


def survey_by_token(token: str) -> Survey:
    """Return the survey that a buyer's address leads to. A forged one costs no statement. Raises: NotFound."""
    try:
        code = _signer().unsign(token)
    except BadSignature as forged:
        raise errors.NotFound() from forged
    survey: Survey | None = Survey.objects.select_related("order", "shop").filter(code=code).first()
    if survey is None:
        raise errors.NotFound()
    return survey


def require_reader(actor: Actor) -> None:
    """Raise Forbidden for whoever has nothing to do with surveys, such as the warehouse."""
    if actor.role not in READERS:
        raise errors.Forbidden()


def survey_get_for(actor: Actor, survey_no: str) -> Survey:
    """Return a survey, to be given to a service; one query. Raises: Forbidden, NotFound (also of unseen shops)."""
    require_reader(actor)
    rows = actor.visible(Survey.objects.filter(survey_no=survey_no))
    survey: Survey | None = rows.select_related("order__buyer", "shop", "agent").first()
    if survey is None:
        raise errors.NotFound()
    return survey


def surveys_waiting(actor: Actor) -> QuerySet[Survey]:
    """Give the calls that are to be made. Raises: Forbidden."""
    require_reader(actor)
    rows: QuerySet[Survey] = actor.visible(Survey.objects.filter(status=SurveyStatus.CALLING))
    return rows


def surveys_of(order_id: int) -> list[Survey]:
    """Give the surveys about an order, the newest first; one query."""
    return list(Survey.objects.filter(order=order_id).order_by("-id")[:20])


def survey_list_for(
    actor: Actor,
    *,
    status: Sequence[str] = (),
    shop: str = "",
    order_no: str = "",
    subject_no: str = "",
    low: bool | None = None,
    updated_since: datetime | None = None,
) -> QuerySet[Survey, dict[str, Any]]:
    """Return rows for `surveys_as_json`, unordered. Raises: Forbidden."""
    require_reader(actor)
    rows = actor.visible(Survey.objects.all())
    wanted = {
        "status__in": list(status),
        "shop__code": shop,
        "order__order_no": order_no,
        "subject_no": subject_no,
        "updated_at__gte": updated_since,
    }
    rows = rows.filter(**{name: value for name, value in wanted.items() if value})
    if low is not None:
        rows = rows.filter(is_low=low)
    answers = {f"answer_{name}": F(f"answer__{name}") for name in (*MARKS, "comment", "via", "created_at")}
    return rows.values("id", "code", *_PLAIN, *_EMPTY, *_MOMENTS, **_NAMED, **answers)


def surveys_as_json(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Turn rows of `survey_list_for` into plain data."""
    return [_as_json(row) for row in rows]


def survey_document(actor: Actor, survey_no: str) -> dict[str, Any]:
    """Return the document of one survey with its calls and what may be done. Raises: Forbidden, NotFound."""
    survey = survey_get_for(actor, survey_no)
    [row] = survey_list_for(actor).filter(pk=survey.pk)
    inside = actor.role in READERS - {"buyer"}
    return _as_json(row) | {
        "calls": _calls(survey.pk) if inside else [],
        "allowed_actions": allowed_actions(SURVEY, survey, actor),
    }


def survey_told(survey_id: int) -> dict[str, Any]:
    """Return the document of a survey as the shop's front-end is told; two queries."""
    shop_id = Survey.objects.values_list("shop_id", flat=True).get(pk=survey_id)
    [row] = survey_list_for(Actor.front_end(shop_id)).filter(pk=survey_id)
    return _as_json(row)


def history_of(survey: Survey) -> list[LogEntry]:
    """Give the log of a survey, the oldest first."""
    return list(LogEntry.objects.filter(subject_type="survey", subject_id=survey.pk).order_by("version"))


def _calls(survey_id: int) -> list[dict[str, Any]]:
    labels = {one.value: str(one.label) for one in CallOutcome}
    return [
        {
            "at": moment(row.created_at),
            "author": row.author_name,
            "outcome": row.outcome,
            "outcome_label": labels[row.outcome],
            "note": row.note,
            "next_at": moment(row.next_at),
        }
        for row in SurveyCall.objects.filter(survey=survey_id).order_by("id")
    ]


def _as_json(values: Mapping[str, Any]) -> dict[str, Any]:
    body: dict[str, Any] = {name: values[name] for name in _PLAIN}
    body |= {name: values[name] or None for name in _EMPTY}
    body |= {
        "status_label": str(SURVEY.labels[values["status"]]),
        "matter_label": str(MATTERS[values["matter"]]) if values["matter"] in MATTERS else None,
        "call_why_label": str(CallWhy(values["call_why"]).label) if values["call_why"] else None,
        "order_no": values["order_no"],
        "shop": values["shop_code"],
        "agent": values["agent_name"],
        "url": survey_address(values["code"]),
        "answer": None,
    }
    if values["answer_created_at"] is not None:
        body["answer"] = {mark: values[f"answer_{mark}"] for mark in MARKS} | {
            "comment": values["answer_comment"],
            "via": values["answer_via"],
            "at": moment(values["answer_created_at"]),
        }
    return body | {name: moment(values[name]) for name in _MOMENTS}


def answer_of(survey: Survey) -> SurveyAnswer | None:
    """Give what was said, where anything was."""
    return SurveyAnswer.objects.filter(survey=survey.pk).first()
