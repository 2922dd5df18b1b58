"""What finds, answers, measures and closes feedback cases: item × reason above a threshold (SAT-2)."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext_lazy

from aftersales.core import clock, errors, policies, transitions
from aftersales.core.auth import Actor
from aftersales.core.bulk import allocate_numbered
from aftersales.core.models import Shop
from aftersales.core.retention import Record, gone
from aftersales.core.transitions import Binding
from feedback.models import ANSWER_LENGTH, FeedbackCase, FeedbackReport
from feedback.states import COUNTABLE, STANDING, WAITING, Answer, FeedbackStatus, Origin
from feedback.states import FEEDBACK as MACHINE
from orders.models import OrderLine
from refunds.models import Refund
from refunds.states import Reason

SYSTEM = Actor.system("feedback")
EFFECT = ("effect_days", "before_cases", "before_units", "after_cases", "after_units")
BACK, AHEAD = timedelta(days=30), timedelta(days=60)
"""An answer is in effect since at most so long, or from then on."""
AT_ONCE = 200
"""So many answered cases are measured in one run; the next night takes the others."""

RECORDS = (
    Record(FeedbackReport, "order_line__order", personal={"page_says": gone("page_says"), "came": gone("came")}),
)
"""What the desk wrote goes with the order; the case itself is about an item and nobody (LAW-7)."""

_OVER = """
WITH answered AS (
  SELECT item_id, reason, max(effective_on) AS day FROM feedback_feedbackcase
  WHERE shop_id = %(shop)s AND effective_on IS NOT NULL GROUP BY item_id, reason
), asked AS (
  SELECT l.item_id, r.reason, l.id AS line_id, l.title, l.goods_no, l.order_id,
         greatest(%(since)s, a.day::timestamp AT TIME ZONE 'Asia/Shanghai') AS since
  FROM refunds_refund r
  JOIN refunds_refundline rl ON rl.refund_id = r.id
  JOIN orders_orderline l ON l.id = rl.order_line_id
  LEFT JOIN answered a ON a.item_id = l.item_id AND a.reason = r.reason
  WHERE r.shop_id = %(shop)s AND r.reason = ANY(%(reasons)s) AND l.item_id <> ''
    AND r.created_at >= greatest(%(since)s, a.day::timestamp AT TIME ZONE 'Asia/Shanghai') AND r.created_at <= %(now)s
), over AS (
  SELECT item_id, reason, min(since) AS since, count(DISTINCT line_id) AS cases, min(order_id) AS order_id,
         max(title) AS title, max(goods_no) AS goods_no
  FROM asked GROUP BY item_id, reason HAVING count(DISTINCT line_id) >= %(threshold)s
)
SELECT o.item_id, o.reason, o.since, o.cases, o.order_id, o.title, o.goods_no, sold.units
FROM over o CROSS JOIN LATERAL (
  SELECT coalesce(sum(l.quantity), 0)::int AS units FROM orders_orderline l JOIN orders_order b ON b.id = l.order_id
  WHERE b.shop_id = %(shop)s AND l.item_id = o.item_id AND b.paid_at >= o.since AND b.paid_at <= %(now)s
) sold
WHERE o.cases * 100 >= sold.units * %(share)s
ORDER BY o.item_id, o.reason
"""
"""Which item and reason is over the threshold, and what was sold meanwhile; of a request before the last answer's day
nothing is counted."""

_JOIN = """
INSERT INTO feedback_feedbackevidence (case_id, order_line_id, refund_id, asked_at, joined_at)
SELECT DISTINCT ON (c.id, l.id) c.id, l.id, r.id, r.created_at, %(now)s
FROM feedback_feedbackcase c
JOIN orders_orderline l ON l.item_id = c.item_id
JOIN refunds_refundline rl ON rl.order_line_id = l.id
JOIN refunds_refund r ON r.id = rl.refund_id AND r.shop_id = c.shop_id AND r.reason = c.reason
WHERE c.shop_id = %(shop)s AND c.status = ANY(%(waiting)s)
  AND r.created_at >= c.counted_from AND r.created_at <= %(now)s
ORDER BY c.id, l.id, r.id
ON CONFLICT (case_id, order_line_id) DO NOTHING
"""

_RATE = """
SELECT
  (SELECT count(DISTINCT l.id) FROM orders_orderline l JOIN refunds_refundline rl ON rl.order_line_id = l.id
   JOIN refunds_refund r ON r.id = rl.refund_id
   WHERE r.shop_id = %(shop)s AND r.reason = %(reason)s AND l.item_id = %(item)s
     AND r.created_at >= %(since)s AND r.created_at < %(until)s),
  (SELECT coalesce(sum(l.quantity), 0)::int FROM orders_orderline l JOIN orders_order b ON b.id = l.order_id
   WHERE b.shop_id = %(shop)s AND l.item_id = %(item)s AND b.paid_at >= %(since)s AND b.paid_at < %(until)s)
"""


def feedback_lock(ids: Sequence[int], skip_locked: bool) -> list[FeedbackCase]:
    """Lock cases by key."""
    rows = FeedbackCase.objects.filter(pk__in=ids).order_by("pk").select_related("shop", "order")
    return list(rows.select_for_update(of=("self",), no_key=True, skip_locked=skip_locked))


def _take(case: FeedbackCase, *, actor: Actor, at: datetime) -> None:
    case.taken_by_id = actor.user_id


def _answer(
    case: FeedbackCase, *, actor: Actor, at: datetime, answer: str, answer_text: str, effective_on: date
) -> None:
    case.remedy, case.answer_text, case.effective_on = answer, answer_text, effective_on
    case.answered_by, case.answered_at = actor.name, at
    case.taken_by_id = case.taken_by_id or actor.user_id


def _measure(case: FeedbackCase, *, actor: Actor, at: datetime, **figures: int) -> None:
    for name in EFFECT:
        setattr(case, name, figures[name])
    case.measured_at = at


def _reopen(case: FeedbackCase, *, actor: Actor, at: datetime) -> None:
    """Ask anew; the answer that did not help stays in the log."""
    case.remedy, case.answer_text, case.effective_on = "", "", None
    case.answered_by, case.answered_at = "", None
    for name in (*EFFECT, "measured_at"):
        setattr(case, name, None)
    case.reopened, case.asked_at, case.is_late, case.taken_by_id = case.reopened + 1, at, False, None


def _close(case: FeedbackCase, *, actor: Actor, at: datetime) -> None:
    case.closed_at = at


def _mark_late(case: FeedbackCase, *, actor: Actor, at: datetime) -> None:
    case.is_late = True


FEEDBACK = Binding(
    machine=MACHINE,
    model=FeedbackCase,
    number="case_no",
    lock=feedback_lock,
    prepare={
        "take": _take,
        "answer": _answer,
        "measure": _measure,
        "reopen": _reopen,
        "close": _close,
        "mark_late": _mark_late,
    },
    saved=(
        "taken_by",
        "remedy",
        "answer_text",
        "effective_on",
        "answered_by",
        "answered_at",
        "asked_at",
        "answer_due_at",
        "is_late",
        "reopened",
        *EFFECT,
        "measured_at",
        "closed_at",
    ),
)


def cases_find() -> int:
    """Open a case for each item and reason above its shop's threshold and share, and let further requests join.

    Gives how many were opened or opened again. Doing it twice opens nothing more. A transaction for each shop. Locks:
    the shop's cases (advisory). Emits: feedback.opened, feedback.reopened.
    """
    return sum(_find_in(shop_id) for shop_id in Shop.objects.order_by("pk").values_list("pk", flat=True))


def _find_in(shop_id: int) -> int:
    at = clock.now()
    asked: dict[str, Any] = {
        "shop": shop_id,
        "now": at,
        "since": at - policies.duration("feedback.window", shop_id=shop_id),
        "reasons": [reason.value for reason in COUNTABLE],
        "threshold": policies.number("feedback.threshold", shop_id=shop_id),
        "share": policies.number("feedback.least_share", shop_id=shop_id),
    }
    with transaction.atomic():
        _lock_shop(shop_id)
        with connection.cursor() as cursor:
            cursor.execute(_OVER, asked)
            names = [column[0] for column in cursor.description]
            over = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
        standing = {
            (case.item_id, case.reason): case for case in FeedbackCase.objects.filter(shop=shop_id, status__in=STANDING)
        }
        opened = sum(_come_up(shop_id, found, standing.get((found["item_id"], found["reason"]))) for found in over)
        _join(shop_id)
    return opened


def _lock_shop(shop_id: int) -> None:
    """Let one at a time open cases of a shop, until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('feedback.cases'), %s)", [shop_id])


def _join(shop_id: int) -> None:
    """Put the requests that came behind the cases of a shop that wait for an answer, each line once."""
    with connection.cursor() as cursor:
        cursor.execute(_JOIN, {"shop": shop_id, "now": clock.now(), "waiting": [str(state.value) for state in WAITING]})


def _come_up(shop_id: int, found: Mapping[str, Any], standing: FeedbackCase | None) -> int:
    """Open a case, or the answered one again; one that waits for its answer is enough."""
    if standing is None:
        _create(shop_id, found, Origin.COUNTED, SYSTEM, "find")
        return 1
    if standing.status in WAITING:
        return 0
    transitions.apply(FEEDBACK, standing.pk, "reopen", actor=SYSTEM)
    return 1


def _create(shop_id: int, found: Mapping[str, Any], origin: str, actor: Actor, action: str) -> FeedbackCase:
    at = clock.now()
    [(key, counted)] = allocate_numbered(FeedbackCase, 1, sequence="feedback_case_no")
    case = FeedbackCase(
        pk=key,
        case_no=f"FB{clock.shanghai_day(at):%Y%m%d}{counted:06d}",
        shop_id=shop_id,
        order_id=found["order_id"],
        item_id=found["item_id"],
        goods_no=found["goods_no"],
        title=found["title"],
        reason=found["reason"],
        origin=origin,
        status=FeedbackStatus.OPEN,
        counted_from=found["since"],
        found_cases=found["cases"],
        found_units=found["units"],
        asked_at=at,
        opened_by=actor.name,
        created_at=at,
    )
    created: FeedbackCase = transitions.create(FEEDBACK, case, actor=actor, action=action)
    return created


def page_report(
    *, line: OrderLine, actor: Actor, page_says: str, came: str, refund: Refund | None = None
) -> FeedbackCase:
    """Report that the page of a line's item says other than what came: joins the item's case, or opens it.

    One that was answered is joined too, and judged by its effect. Locks: the shop's cases (advisory). Emits:
    feedback.opened where it is new. Raises: NotFound, Forbidden, Invalid (empty or too long words, a line of no item).
    """
    shop_id = line.order.shop_id
    if not actor.sees(shop_id):
        raise errors.NotFound()
    if actor.role not in MACHINE.roles_of["report"]:
        raise errors.Forbidden()
    says, what = _said("page_says", page_says), _said("came", came)
    if not line.item_id:
        raise _invalid("line", "no_item", gettext_lazy("This line names no item of the shop."))
    at, reason = clock.now(), Reason.NOT_AS_DESCRIBED.value
    with transaction.atomic():
        _lock_shop(shop_id)
        case: FeedbackCase | None = FeedbackCase.objects.filter(
            shop=shop_id, item_id=line.item_id, reason=reason, status__in=STANDING
        ).first()
        if case is None:
            since = at - policies.duration("feedback.window", shop_id=shop_id)
            cases, units = _counted(shop_id, line.item_id, reason, since, at)
            given: dict[str, Any] = {
                "item_id": line.item_id,
                "goods_no": line.goods_no,
                "title": line.title,
                "reason": reason,
            }
            given |= {"order_id": line.order_id, "since": since, "cases": cases, "units": units}
            case = _create(shop_id, given, Origin.REPORTED, actor, "report")
        FeedbackReport.objects.create(
            case=case,
            order_line=line,
            refund=refund,
            page_says=says,
            came=what,
            author_name=actor.name,
            created_at=at,
        )
        _join(shop_id)
    return case


def feedback_take(*, case: FeedbackCase, actor: Actor, note: str = "", version: int | None = None) -> FeedbackCase:
    """Take a case on. Emits: feedback.taken. Raises: StaleVersion, TransitionNotAllowed."""
    return _moved(case, "take", actor, version, note)


def feedback_answer(
    *,
    case: FeedbackCase,
    actor: Actor,
    answer: str,
    answer_text: str,
    effective_on: date,
    version: int | None = None,
) -> FeedbackCase:
    """Say what is done and from which day it is in effect. Emits: feedback.answered.

    Raises: Invalid (action, words, a day that is too far), StaleVersion, TransitionNotAllowed.
    """
    if answer not in Answer.values:
        raise _invalid("answer", "invalid_choice", gettext_lazy("Choose one of the list."))
    words, today = _said("answer_text", answer_text), clock.shanghai_day(clock.now())
    if not today - BACK <= effective_on <= today + AHEAD:
        fault = gettext_lazy("Choose a day from 30 days ago to 60 days ahead.")
        raise _invalid("effective_on", "out_of_range", fault)
    more = {"answer": answer, "answer_text": words, "effective_on": effective_on}
    return _moved(case, "answer", actor, version, words[:200], **more)


def feedback_reopen(*, case: FeedbackCase, actor: Actor, reason: str, version: int | None = None) -> FeedbackCase:
    """Ask for another answer. Emits: feedback.reopened. Raises: Invalid, StaleVersion, TransitionNotAllowed."""
    return _moved(case, "reopen", actor, version, _said("reason", reason)[:200])


def feedback_close(*, case: FeedbackCase, actor: Actor, note: str = "", version: int | None = None) -> FeedbackCase:
    """Close a case whose effect is known. Emits: feedback.closed. Raises: StaleVersion, TransitionNotAllowed."""
    return _moved(case, "close", actor, version, note)


def cases_measure() -> int:
    """Store cases and units sold on both sides of each answer whose days are over; gives how many.

    Both windows have the policy's days: up to the day of effect, and from it. Locks: each case. Emits:
    feedback.measured.
    """
    today, done = clock.shanghai_day(clock.now()), 0
    rows = FeedbackCase.objects.filter(status=FeedbackStatus.ANSWERED, effective_on__lt=today).order_by("effective_on")
    for case in rows[:AT_ONCE]:
        days = policies.number("feedback.effect_days", shop_id=case.shop_id)
        if case.effective_on + timedelta(days=days) > today:
            continue
        figures: dict[str, Any] = _effect(case, case.effective_on, days)
        with transaction.atomic():
            transitions.apply(FEEDBACK, case.pk, "measure", actor=SYSTEM, version=case.version, **figures)
        done += 1
    return done


def _effect(case: FeedbackCase, effective_on: date, days: int) -> dict[str, int]:
    since = datetime.combine(effective_on, time(), clock.SHANGHAI)
    span = timedelta(days=days)
    before = _counted(case.shop_id, case.item_id, case.reason, since - span, since)
    after = _counted(case.shop_id, case.item_id, case.reason, since, since + span)
    return dict(zip(EFFECT, (days, *before, *after), strict=True))


def _counted(shop_id: int, item_id: str, reason: str, since: datetime, until: datetime) -> tuple[int, int]:
    """Give order lines asked about for the reason, and units sold, from `since` until before `until`."""
    asked: dict[str, Any] = {"shop": shop_id, "item": item_id, "reason": reason, "since": since, "until": until}
    with connection.cursor() as cursor:
        cursor.execute(_RATE, asked)
        cases, units = cursor.fetchone()
    return cases, units


def _moved(case: FeedbackCase, action: str, actor: Actor, version: int | None, note: str, **more: Any) -> FeedbackCase:
    if not actor.sees(case.shop_id):
        raise errors.NotFound()
    with transaction.atomic(savepoint=False):
        moved: FeedbackCase = transitions.apply(
            FEEDBACK, case.pk, action, actor=actor, version=version, note=note.strip(), **more
        )
        return moved


def _said(field: str, text: str) -> str:
    words = text.strip()
    if not words:
        raise _invalid(field, "required", gettext_lazy("Please fill this in."))
    if len(words) > ANSWER_LENGTH:
        raise _invalid(field, "max_length", gettext_lazy("At most 500 characters."))
    return words


def _invalid(field: str, code: str, text: Any) -> errors.Invalid:
    return errors.Invalid(errors=[errors.FieldError(field, code, text)])
