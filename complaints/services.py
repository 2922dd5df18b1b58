"""What changes a complaint. A step locks the complaint alone: no money moves here, what was settled is only noted."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from aftersales.core import calendar, clock, errors, money, policies, transitions
from aftersales.core.auth import Actor
from aftersales.core.bulk import allocate_numbered
from aftersales.core.machine import SUPERVISOR
from aftersales.core.retention import Record, gone
from aftersales.core.transitions import Binding
from complaints.models import REPLY_LENGTH, Complaint, ComplaintReply
from complaints.states import COMPLAINT as MACHINE
from complaints.states import LAW_DAYS, ComplaintStatus, Malice, Problem, Result, Source
from orders.models import Order

LONGEST = timedelta(days=90)
"""No source waits longer; beyond that a year was mistyped."""
LIMIT = "complaint.settlement_limit"
RECORDS = (
    Record(
        Complaint,
        "order",
        "updated_at",
        ~Q(status=ComplaintStatus.CLOSED),
        {name: gone(name) for name in ("text", "malice_reasons", "settlement")},
        "complaint",
    ),
    Record(ComplaintReply, "complaint__order", personal={"text": gone("text")}),
)
"""What is kept of a person, and how long it is needed (LAW-7)."""


def complaint_lock(ids: Sequence[int], skip_locked: bool) -> list[Complaint]:
    """Lock complaints by key."""
    rows = Complaint.objects.filter(pk__in=ids).order_by("pk").select_related("order", "shop")
    return list(rows.select_for_update(of=("self",), no_key=True, skip_locked=skip_locked))


def _reply(complaint: Complaint, *, actor: Actor, at: datetime) -> None:
    complaint.answered_at = complaint.answered_at or at


def _postpone(complaint: Complaint, *, actor: Actor, at: datetime, reply_due_at: datetime) -> None:
    complaint.reply_due_at, complaint.is_late = reply_due_at, False


def _accuse(complaint: Complaint, *, actor: Actor, at: datetime, reasons: str) -> None:
    complaint.malice, complaint.malice_reasons = Malice.ASKED, reasons
    complaint.malice_asked_by_id, complaint.malice_judged_by_id = actor.user_id, None


def _confirm(complaint: Complaint, *, actor: Actor, at: datetime) -> None:
    complaint.malice, complaint.malice_judged_by_id = Malice.CONFIRMED, actor.user_id


def _refuse(complaint: Complaint, *, actor: Actor, at: datetime) -> None:
    complaint.malice, complaint.malice_judged_by_id = Malice.REFUSED, actor.user_id


def _settle(complaint: Complaint, *, actor: Actor, at: datetime, settlement: str, amount_fen: int) -> None:
    """Note what was agreed. Raises: RuleViolation CMP-1 for an agent beyond his limit."""
    limit = policies.number(LIMIT, shop_id=complaint.shop_id)
    if amount_fen > limit and actor.role != SUPERVISOR:
        words = _("An agent settles with at most ¥%(limit)s; beyond that hand it to the supervisor.")
        raise errors.RuleViolation("CMP-1", words % {"limit": money.yuan(limit)}, max_fen=limit)
    complaint.settlement, complaint.settlement_fen = settlement, amount_fen
    complaint.answered_at = complaint.answered_at or at
    complaint.result, complaint.closed_at = Result.SETTLED, at


def _close_upheld(complaint: Complaint, *, actor: Actor, at: datetime) -> None:
    complaint.result, complaint.closed_at = Result.UPHELD, at


def _close_rejected(complaint: Complaint, *, actor: Actor, at: datetime) -> None:
    complaint.result, complaint.closed_at = Result.REJECTED, at


def _withdraw(complaint: Complaint, *, actor: Actor, at: datetime) -> None:
    """End it; whether it was malicious is no question any more where nobody has judged it."""
    complaint.result, complaint.closed_at = Result.WITHDRAWN, at
    if complaint.malice == Malice.ASKED:
        complaint.malice, complaint.malice_reasons, complaint.malice_asked_by_id = "", "", None


def _mark_late(complaint: Complaint, *, actor: Actor, at: datetime) -> None:
    complaint.is_late = True


COMPLAINT = Binding(
    machine=MACHINE,
    model=Complaint,
    number="complaint_no",
    lock=complaint_lock,
    prepare={
        "reply": _reply,
        "postpone": _postpone,
        "accuse": _accuse,
        "confirm": _confirm,
        "refuse": _refuse,
        "settle": _settle,
        "close_upheld": _close_upheld,
        "close_rejected": _close_rejected,
        "withdraw": _withdraw,
        "mark_late": _mark_late,
    },
    saved=(
        "reply_due_at",
        "result",
        "malice",
        "malice_reasons",
        "malice_asked_by",
        "malice_judged_by",
        "settlement",
        "settlement_fen",
        "is_late",
        "answered_at",
        "closed_at",
    ),
)


def complaint_file(
    *,
    order: Order,
    actor: Actor,
    source: str,
    problem: str,
    text: str,
    reference: str = "",
    reply_due_at: datetime | None = None,
) -> Complaint:
    """Record a complaint; without a time from its source the policy of the source says when the reply is due.

    Emits: complaint.filed. Raises: NotFound, Forbidden, Invalid (source, problem, text, time, or a reference number
    that is recorded already).
    """
    if not actor.sees(order.shop_id):
        raise errors.NotFound()
    if actor.role not in MACHINE.roles_of["file"]:
        raise errors.Forbidden()
    for field, value, known in (("source", source, Source.values), ("problem", problem, Problem.values)):
        if value not in known:
            raise _invalid(field, "invalid_choice", gettext_lazy("Choose one of the list."))
    at, words, reference = clock.now(), _said("text", text), reference.strip()
    [(key, number)] = allocate_numbered(Complaint, 1, sequence="complaints_complaint_no")
    complaint = Complaint(
        pk=key,
        complaint_no=f"CP{clock.shanghai_day(at):%Y%m%d}{number:06d}",
        shop_id=order.shop_id,
        order=order,
        status=ComplaintStatus.RECEIVED,
        source=source,
        problem=problem,
        reference=reference,
        text=words,
        reply_due_at=_checked_due(source, reply_due_at, at, at, order.shop_id),
        filed_by=actor.name,
        created_at=at,
    )
    try:
        with transaction.atomic():
            return transitions.create(COMPLAINT, complaint, actor=actor, action="file")
    except IntegrityError as clash:
        if "complaint_reference_once" not in str(clash):
            raise
        taken = gettext_lazy("This number is recorded for another complaint already.")
        raise _invalid("reference", "not_unique", taken) from clash


def complaint_reply(*, complaint: Complaint, actor: Actor, text: str, version: int | None = None) -> Complaint:
    """Record what the source is replied, briefly; it stays as it was sent. Emits: complaint.answered.

    Raises: Invalid (nothing, or too long), StaleVersion, TransitionNotAllowed.
    """
    words = _brief("text", text)
    with transaction.atomic(savepoint=False):
        moved = _moved(complaint, "reply", actor, version, words)
        _record_reply(moved, actor, words)
        return moved


def complaint_escalate(*, complaint: Complaint, actor: Actor, reason: str, version: int | None = None) -> Complaint:
    """Hand it to the supervisor, with why; the time to reply runs on. Emits: complaint.escalated.

    Raises: Invalid without words, StaleVersion, TransitionNotAllowed.
    """
    return _moved(complaint, "escalate", actor, version, _said("reason", reason))


def complaint_postpone(
    *, complaint: Complaint, actor: Actor, reply_due_at: datetime, reason: str, version: int | None = None
) -> Complaint:
    """Note another time that the source gave for the reply. Emits: complaint.postponed.

    Raises: Invalid (past, too far, beyond the law's days at an authority), StaleVersion, TransitionNotAllowed.
    """
    words, at = _said("reason", reason), clock.now()
    due = _checked_due(complaint.source, reply_due_at, complaint.created_at, at, complaint.shop_id)
    if due <= at:
        raise _invalid("reply_due_at", "past", gettext_lazy("That time is over already."))
    return _moved(complaint, "postpone", actor, version, words, reply_due_at=due)


def complaint_accuse(*, complaint: Complaint, actor: Actor, reasons: str, version: int | None = None) -> Complaint:
    """Call it malicious, with reasons; another person, a supervisor, judges that. Emits: complaint.accused.

    Raises: Invalid without reasons, StaleVersion, TransitionNotAllowed.
    """
    words = _brief("reasons", reasons)
    return _moved(complaint, "accuse", actor, version, words, reasons=words)


def complaint_confirm(*, complaint: Complaint, actor: Actor, note: str = "", version: int | None = None) -> Complaint:
    """Approve that it is malicious. Emits: complaint.confirmed. Raises: StaleVersion, TransitionNotAllowed (CMP-1)."""
    return _moved(complaint, "confirm", actor, version, note)


def complaint_refuse(*, complaint: Complaint, actor: Actor, reason: str, version: int | None = None) -> Complaint:
    """Say that it is not malicious, and why. Emits: complaint.refused.

    Raises: Invalid without words, StaleVersion, TransitionNotAllowed.
    """
    return _moved(complaint, "refuse", actor, version, _said("reason", reason))


def complaint_settle(
    *, complaint: Complaint, actor: Actor, settlement: str, amount_fen: int | None = None, version: int | None = None
) -> Complaint:
    """Note what was agreed with the buyer, which is also the reply where none was given. Emits: complaint.settled.

    The amount is information: it is paid by a refund or payout. Raises: Invalid, RuleViolation CMP-1 for an agent
    beyond his limit, StaleVersion, TransitionNotAllowed.
    """
    words, amount = _brief("settlement", settlement), amount_fen or 0
    if amount < 0:
        raise _invalid("amount_fen", "too_small", gettext_lazy("An amount is not below nothing."))
    with transaction.atomic(savepoint=False):
        moved = _moved(complaint, "settle", actor, version, words, settlement=words, amount_fen=amount)
        if moved.answered_at == moved.closed_at:  # nothing was replied before
            _record_reply(moved, actor, words)
        return moved


def complaint_close(
    *, complaint: Complaint, actor: Actor, result: str, note: str = "", version: int | None = None
) -> Complaint:
    """Note what the source decided: upheld or rejected. Emits: complaint.upheld or complaint.rejected.

    Raises: Invalid, StaleVersion, TransitionNotAllowed.
    """
    if result not in (Result.UPHELD, Result.REJECTED):
        raise _invalid("result", "invalid_choice", gettext_lazy("Choose one of the list."))
    return _moved(complaint, "close", actor, version, note, outcome=str(result))


def complaint_withdraw(*, complaint: Complaint, actor: Actor, note: str = "", version: int | None = None) -> Complaint:
    """Note that the buyer took it back. Emits: complaint.withdrawn. Raises: StaleVersion, TransitionNotAllowed."""
    return _moved(complaint, "withdraw", actor, version, note)


def _moved(complaint: Complaint, action: str, actor: Actor, version: int | None, note: str, **more: Any) -> Complaint:
    if not actor.sees(complaint.shop_id):
        raise errors.NotFound()
    with transaction.atomic(savepoint=False):
        moved: Complaint = transitions.apply(
            COMPLAINT, complaint.pk, action, actor=actor, version=version, note=note.strip(), **more
        )
        return moved


def _record_reply(complaint: Complaint, actor: Actor, text: str) -> None:
    ComplaintReply.objects.create(
        complaint=complaint, text=text, author_name=actor.name, created_at=complaint.updated_at
    )


def _checked_due(source: str, given: datetime | None, start: datetime, at: datetime, shop_id: int) -> datetime:
    """Give when the reply is due. Raises: Invalid beyond what the law or anybody's patience allows."""
    if given is None:
        days = policies.number(f"complaint.{source}_within", shop_id=shop_id)
        return calendar.add_workdays(start, days)
    if abs(given - at) > LONGEST:
        raise _invalid("reply_due_at", "out_of_range", gettext_lazy("That is more than 90 days away."))
    if source == Source.AUTHORITY and given > (latest := calendar.add_workdays(start, LAW_DAYS)):
        words = _("An authority is answered within %(days)d working days, until %(until)s.")
        until = f"{latest.astimezone(clock.SHANGHAI):%Y-%m-%d %H:%M}"
        raise _invalid("reply_due_at", "beyond_law", words % {"days": LAW_DAYS, "until": until})
    return given


def _said(field: str, text: str) -> str:
    if not text.strip():
        raise _invalid(field, "required", gettext_lazy("Please fill this in."))
    return text.strip()


def _brief(field: str, text: str) -> str:
    words = _said(field, text)
    if len(words) > REPLY_LENGTH:
        fault = _("Brief and to the point: at most %(most)d characters, this has %(has)d.")
        raise _invalid(field, "max_length", fault % {"most": REPLY_LENGTH, "has": len(words)})
    return words


def _invalid(field: str, code: str, text: Any) -> errors.Invalid:
    return errors.Invalid(errors=[errors.FieldError(field, code, text)])
