"""What changes a survey: asked when a matter ends, answered once, called for. A step locks the survey alone (SAT-1)."""

import secrets
import zlib
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from aftersales.core import clock, errors, policies, transitions
from aftersales.core.auth import Actor
from aftersales.core.bulk import allocate_numbered
from aftersales.core.retention import Record, gone
from aftersales.core.transitions import Binding
from orders.models import Buyer, Order
from refunds.models import Refund
from surveys.models import WORDS_LENGTH, Survey, SurveyAnswer, SurveyCall
from surveys.states import MARKS, CallOutcome, CallWhy, SubjectKind, SurveyStatus, Via
from surveys.states import SURVEY as MACHINE

_ASKS: dict[str, str] = {
    SubjectKind.TICKET: "survey.after_ticket",
    SubjectKind.REQUEST: "survey.after_request",
    SubjectKind.SHEET: "survey.after_sheet",
    SubjectKind.FILE: "survey.before_warranty_ends",
}
"""Whether a shop asks about it at all, by the policy."""
_CALLED_FOR: dict[str, tuple[str, str]] = {
    SubjectKind.SHEET: (CallWhy.SHEET, "deadline.SVC-4"),
    SubjectKind.FILE: (CallWhy.WARRANTY, "survey.call_within"),
}
"""What is called for at once: why, and within which policy's time."""
LONGEST = timedelta(days=30)
"""No call is put off further."""
SYSTEM = Actor.system("surveys")


RECORDS = (
    Record(Survey, "order", "updated_at", subject="survey"),
    Record(SurveyAnswer, "survey__order", personal={"comment": gone("comment")}),
    Record(SurveyCall, "survey__order", personal={"note": gone("note")}),
)
"""What is kept of a person; marks stay (LAW-7)."""


def survey_lock(ids: Sequence[int], skip_locked: bool) -> list[Survey]:
    """Lock surveys by key."""
    rows = Survey.objects.filter(pk__in=ids).order_by("pk").select_related("order", "shop")
    return list(rows.select_for_update(of=("self",), no_key=True, skip_locked=skip_locked))


def _call_by(survey: Survey, why: str, due_at: datetime) -> None:
    survey.call_why, survey.call_due_at, survey.is_late = why, due_at, False


def _within(survey: Survey, at: datetime) -> datetime:
    return at + policies.duration("survey.call_within", shop_id=survey.shop_id)


def _call(survey: Survey, *, actor: Actor, at: datetime) -> None:
    _call_by(survey, CallWhy.SILENT, _within(survey, at))


def _answered(survey: Survey, *, actor: Actor, at: datetime, lowest: int) -> None:
    survey.answered_at, survey.lowest, survey.closed_at = at, lowest, at


def _answered_low(survey: Survey, *, actor: Actor, at: datetime, lowest: int) -> None:
    """Have a buyer called who says by the link that he is not content."""
    survey.answered_at, survey.lowest, survey.is_low = at, lowest, True
    _call_by(survey, CallWhy.LOW, _within(survey, at))


def _reached_low(survey: Survey, *, actor: Actor, at: datetime, lowest: int) -> None:
    """He was spoken to already: nobody has to call once more."""
    _answered(survey, actor=actor, at=at, lowest=lowest)
    survey.tries, survey.is_low = survey.tries + 1, True


def _reached(survey: Survey, *, actor: Actor, at: datetime, lowest: int) -> None:
    _answered(survey, actor=actor, at=at, lowest=lowest)
    survey.tries += 1


def _last_call(survey: Survey, *, actor: Actor, at: datetime) -> None:
    survey.tries, survey.closed_at = survey.tries + 1, at


def _miss_again(survey: Survey, *, actor: Actor, at: datetime, next_at: datetime) -> None:
    survey.tries += 1
    _call_by(survey, survey.call_why, next_at)


def _mark_late(survey: Survey, *, actor: Actor, at: datetime) -> None:
    survey.is_late = True


SURVEY = Binding(
    machine=MACHINE,
    model=Survey,
    number="survey_no",
    lock=survey_lock,
    prepare={
        "call": _call,
        "answer_fine": _answered,
        "answer_low": _answered_low,
        "reach_fine": _reached,
        "reach_low": _reached_low,
        "reach_talked": _last_call,
        "miss_again": _miss_again,
        "miss_last": _last_call,
        "refuse": _last_call,
        "wrong_number": _last_call,
        "mark_late": _mark_late,
    },
    saved=("call_why", "call_due_at", "tries", "is_late", "answered_at", "lowest", "is_low", "closed_at"),
)


def survey_open(
    *,
    kind: str,
    number: str,
    order: Order,
    agent_id: int | None = None,
    matter: str = "",
    refund: Refund | None = None,
) -> Survey | None:
    """Ask the buyer about a matter that ended, if the shop's policies want that; hearing of it twice asks once.

    Nobody is asked twice within the policy's days. A service sheet that came back (SVC-4) and a warranty that ends soon
    (SAT-3) are called for at once, whatever share of the others is asked. Locks: the buyer, so that two matters that
    end together ask once. Emits: survey.created.
    """
    with transaction.atomic(savepoint=False):
        Buyer.objects.select_for_update(no_key=True).get(pk=order.buyer_id)
        found: Survey | None = Survey.objects.filter(subject_kind=kind, subject_no=number).first()
        if found is not None:
            return found
        if not _wanted(kind, number, order):
            return None
        survey = _made(kind, number, order, agent_id, matter, refund)
        return transitions.create(SURVEY, survey, actor=SYSTEM, action="ask")


def sheet_was_archived(*, sheet_no: str, order: Order, agent_id: int | None = None) -> Survey | None:
    """Have the buyer called about an engineer's visit, whose sheet came back: within the policy's days (SVC-4).

    For whoever archives sheets; calling it twice asks once. Emits: survey.created.
    """
    return survey_open(kind=SubjectKind.SHEET, number=sheet_no, order=order, agent_id=agent_id, matter="service")


def warranty_ends(*, file_no: str, order: Order) -> Survey | None:
    """Have the buyer called before the warranty of a service file ends, once (SAT-3).

    For whoever keeps service files; calling it twice asks once. Emits: survey.created.
    """
    return survey_open(kind=SubjectKind.FILE, number=file_no, order=order, matter="warranty")


def _wanted(kind: str, number: str, order: Order) -> bool:
    """Say whether the shop asks about such a matter, about this one of them, and this buyer now."""
    shop, at = order.shop_id, clock.now()
    if not policies.flag(_ASKS[kind], shop_id=shop):
        return False
    if kind in _CALLED_FOR:
        return True
    # The same matter always falls on the same side, so that news told twice changes nothing.
    if zlib.crc32(f"{kind}:{number}".encode()) % 100 >= policies.number("survey.share", shop_id=shop):
        return False
    since = at - policies.duration("survey.once_in", shop_id=shop)
    return not Survey.objects.filter(order__buyer=order.buyer_id, created_at__gt=since).exists()


def _made(kind: str, number: str, order: Order, agent_id: int | None, matter: str, refund: Refund | None) -> Survey:
    """Put a survey together; it names the item of the dearest line that the matter is about."""
    at, shop = clock.now(), order.shop_id
    lines = order.lines.all() if refund is None else order.lines.filter(refund_lines__refund=refund)
    line = lines.order_by("-paid_share_fen", "id").first()
    [(key, counted)] = allocate_numbered(Survey, 1, sequence="surveys_survey_no")
    survey = Survey(
        pk=key,
        survey_no=f"SV{clock.shanghai_day(at):%Y%m%d}{counted:06d}",
        code=secrets.token_urlsafe(12),
        shop_id=shop,
        order=order,
        subject_kind=kind,
        subject_no=number,
        agent_id=agent_id,
        item_id=line.item_id if line else "",
        item_title=line.title if line else "",
        matter=refund.reason if refund is not None else matter,
        status=SurveyStatus.CALLING if kind in _CALLED_FOR else SurveyStatus.ASKED,
        expires_at=at + policies.duration("survey.expires_after", shop_id=shop),
        created_at=at,
    )
    if kind in _CALLED_FOR:
        why, within = _CALLED_FOR[kind]
        _call_by(survey, why, at + policies.duration(within, shop_id=shop))
    return survey


def survey_answer(*, survey: Survey, marks: Mapping[str, int], comment: str = "") -> Survey:
    """Take a buyer's answer by his link, once. Emits: survey.answered, or survey.low at a low mark.

    Raises: Invalid (a mark that is missing or not from 1 to 5), Conflict once the link is over, TransitionNotAllowed
    (SAT-1) when it is answered already or ended.
    """
    if survey.expires_at <= clock.now():
        raise errors.Conflict(gettext_lazy("This link is not valid any more."), code="link_expired")
    given = _checked(marks)
    buyer = Actor(kind="buyer", role="buyer", name="survey link", shop_ids=frozenset({survey.shop_id}))
    lowest = min(given.values())
    with transaction.atomic(savepoint=False):
        moved = _moved(survey, "answer", buyer, None, "", outcome=_content(survey, lowest), lowest=lowest)
        _record_answer(moved, given, comment, Via.LINK)
        return moved


def survey_reach(
    *,
    survey: Survey,
    actor: Actor,
    marks: Mapping[str, int] | None = None,
    note: str = "",
    version: int | None = None,
) -> Survey:
    """Record that the buyer was reached, with the marks that he gave where he had given none.

    Emits: survey.answered, survey.low, or survey.called where he had answered before. Raises: Invalid without marks,
    StaleVersion, TransitionNotAllowed.
    """
    with transaction.atomic(savepoint=False):
        if survey.answered_at is not None:
            moved = _moved(survey, "reach", actor, version, note, outcome="talked")
        else:
            given = _checked(marks or {})
            lowest = min(given.values())
            moved = _moved(survey, "reach", actor, version, note, outcome=_content(survey, lowest), lowest=lowest)
            _record_answer(moved, given, note, Via.CALL)
        _record_call(moved, actor, CallOutcome.REACHED, note)
        return moved


def survey_miss(
    *,
    survey: Survey,
    actor: Actor,
    next_at: datetime | None = None,
    note: str = "",
    version: int | None = None,
) -> Survey:
    """Record that nobody answered: called again at `next_at` or after the policy's time, until the tries are over.

    Emits: survey.missed or survey.given_up. Raises: Invalid (a time that is past or too far), StaleVersion,
    TransitionNotAllowed.
    """
    at = clock.now()
    if survey.tries + 1 >= policies.number("survey.call_tries", shop_id=survey.shop_id):
        next_at = None
        more: dict[str, Any] = {"outcome": "last"}
    else:
        next_at = _checked_next(next_at, at) or at + policies.duration("survey.call_again", shop_id=survey.shop_id)
        more = {"outcome": "again", "next_at": next_at}
    with transaction.atomic(savepoint=False):
        moved = _moved(survey, "miss", actor, survey.version if version is None else version, note, **more)
        _record_call(moved, actor, CallOutcome.NO_ANSWER, note, next_at)
        return moved


def survey_refuse(*, survey: Survey, actor: Actor, note: str = "", version: int | None = None) -> Survey:
    """Record that he does not want to talk. Emits: survey.refused. Raises: StaleVersion, TransitionNotAllowed."""
    return _ended(survey, "refuse", CallOutcome.REFUSED, actor, note, version)


def survey_wrong_number(*, survey: Survey, actor: Actor, note: str = "", version: int | None = None) -> Survey:
    """Record that the number is not the buyer's. Emits: survey.wrong_number.

    Raises: StaleVersion, TransitionNotAllowed.
    """
    return _ended(survey, "wrong_number", CallOutcome.WRONG_NUMBER, actor, note, version)


def _ended(survey: Survey, action: str, outcome: str, actor: Actor, note: str, version: int | None) -> Survey:
    with transaction.atomic(savepoint=False):
        moved = _moved(survey, action, actor, version, note)
        _record_call(moved, actor, outcome, note)
        return moved


def _moved(survey: Survey, action: str, actor: Actor, version: int | None, note: str, **more: Any) -> Survey:
    if not actor.sees(survey.shop_id):
        raise errors.NotFound()
    moved: Survey = transitions.apply(
        SURVEY, survey.pk, action, actor=actor, version=version, note=note.strip()[:WORDS_LENGTH], **more
    )
    return moved


def _content(survey: Survey, lowest: int) -> str:
    return "low" if lowest <= policies.number("survey.low_mark", shop_id=survey.shop_id) else "fine"


def _record_answer(survey: Survey, marks: Mapping[str, int], comment: str, via: str) -> None:
    SurveyAnswer.objects.create(
        survey=survey, **marks, comment=comment.strip()[:WORDS_LENGTH], via=via, created_at=survey.updated_at
    )


def _record_call(survey: Survey, actor: Actor, outcome: str, note: str, next_at: datetime | None = None) -> None:
    SurveyCall.objects.create(
        survey=survey,
        outcome=outcome,
        note=note.strip()[:WORDS_LENGTH],
        next_at=next_at,
        author_name=actor.name,
        created_at=survey.updated_at,
    )


def _checked(marks: Mapping[str, int | None]) -> dict[str, int]:
    """Give the four marks. Raises: Invalid, at each that is missing or beyond 1 to 5."""
    given = {mark: marks.get(mark) for mark in MARKS}
    faults = [
        errors.FieldError(mark, "required" if value is None else "out_of_range", gettext_lazy("A mark from 1 to 5."))
        for mark, value in given.items()
        if value not in range(1, 6)
    ]
    if faults:
        raise errors.Invalid(errors=faults)
    return {mark: int(value) for mark, value in given.items() if value is not None}


def _checked_next(given: datetime | None, at: datetime) -> datetime | None:
    if given is None:
        return None
    if given <= at:
        raise errors.Invalid(errors=[errors.FieldError("next_at", "past", gettext_lazy("That time is over already."))])
    if given > at + LONGEST:
        words = _("A call is put off by at most %(days)d days.") % {"days": LONGEST.days}
        raise errors.Invalid(errors=[errors.FieldError("next_at", "out_of_range", words)])
    return given
