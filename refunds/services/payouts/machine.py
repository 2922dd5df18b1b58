"""The payout's binding to `core.transitions`: how it is locked, what its steps set, what follows from them."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from aftersales.core import calendar, errors, policies
from aftersales.core.auth import Actor
from aftersales.core.steps import Step
from aftersales.core.transitions import Binding
from refunds.models import Payee, Payout, PayoutLine
from refunds.services.asking import first_look
from refunds.services.booking import payouts_book
from refunds.states import PAYOUT as MACHINE
from refunds.states import PayoutStatus
from refunds.states.unanswered import BY_HAND

from . import limits

S = PayoutStatus


def payout_lock(ids: Sequence[int], skip_locked: bool) -> list[Payout]:
    """Lock payouts by key. Paths that judge by the order's sums hold the order's row before (`opening`)."""
    rows = Payout.objects.filter(pk__in=ids).order_by("pk").select_related("payee", "order", "shop")
    return list(rows.select_for_update(of=("self",), no_key=True, skip_locked=skip_locked))


def check_others(lines: Sequence[Any], purpose: str, *, besides: int | None = None) -> None:
    """Refuse to pay for lines whose other payout of this purpose nobody knows the outcome of. Raises: RuleViolation."""
    same = Payout.objects.filter(lines__order_line__in=lines, purpose=purpose).exclude(pk=besides)
    lost = same.filter(Q(status=S.UNKNOWN) | (Q(status=S.SENDING) & ~Q(gateway__in=BY_HAND)))
    number = lost.order_by("pk").values_list("payout_no", flat=True).first()
    if number is not None:
        text = _("What came of %(number)s is not known yet: until it is, nothing else is paid for the same.")
        raise errors.RuleViolation("PAY-9", text % {"number": number}, payout_no=number)


def _edit(payout: Payout, *, actor: Actor, at: datetime, change: Callable[[Payout], None]) -> None:
    """Change amount or payee: whoever does so does not approve it, and what was approved is not any more (PAY-5)."""
    change(payout)
    payout.edited_by_id = actor.user_id
    payout.approved_by = payout.approved_at = payout.approved_fen = payout.approved_payee = None
    payout.failure = payout.fault = ""
    payout.needs_supervisor = limits.beyond_opener(payout, at)


def _submit(payout: Payout, *, actor: Actor, at: datetime) -> None:
    days = policies.number("payout.promised_days", shop_id=payout.shop_id)
    payout.promised_at = calendar.add_workdays(at, days)
    payout.needs_supervisor = limits.beyond_opener(payout, at)


def _approve(payout: Payout, *, actor: Actor, at: datetime) -> None:
    check_others(list(payout.lines.values_list("order_line_id", flat=True)), payout.purpose, besides=payout.pk)
    limits.check_approver(payout, actor, at)
    payout.approved_by_id, payout.approved_at = actor.user_id, at
    payout.approved_fen, payout.approved_payee_id = payout.amount_fen, payout.payee_id


def _send(payout: Payout, *, actor: Actor, at: datetime, asks: bool) -> None:
    payout.attempt += 1
    payout.sent_at, payout.asked, payout.unmoved_by = at, 0, None
    payout.ask_at = first_look(at, answers=asks)


def _confirm(payout: Payout, *, actor: Actor, at: datetime, reference: str) -> None:
    payout.reference, payout.paid_at = reference, at
    payout.failure = payout.fault = ""
    payout.ask_at = None


def _fail(payout: Payout, *, actor: Actor, at: datetime, failure: str, fault: str = "") -> None:
    payout.failure, payout.fault, payout.ask_at = failure[:200], fault, None


def _report_unmoved(payout: Payout, *, actor: Actor, at: datetime) -> None:
    payout.unmoved_by_id, payout.ask_at = actor.user_id, at


def _send_again(payout: Payout, *, actor: Actor, at: datetime) -> None:
    payout.failure = payout.fault = ""


def _mark_late(payout: Payout, *, actor: Actor, at: datetime) -> None:
    payout.is_late = True


def _free_lines(steps: list[Step]) -> None:
    """A rejected payout does not stand in the way of another one for the same line (PAY-7)."""
    PayoutLine.objects.filter(payout__in=[step.subject.pk for step in steps]).update(exclusive=False)


def _note_verified(steps: list[Step]) -> None:
    """Money that reached an account and name has proved that they belong together (PAY-2)."""
    payees = [step.subject.payee_id for step in steps]
    Payee.objects.filter(pk__in=payees, verified_at=None).update(verified_at=steps[0].at)


PAYOUT = Binding(
    machine=MACHINE,
    model=Payout,
    number="payout_no",
    lock=payout_lock,
    prepare={
        "edit": _edit,
        "correct_payee": _edit,
        "submit": _submit,
        "approve": _approve,
        "send": _send,
        "confirm": _confirm,
        "fail": _fail,
        "report_unmoved": _report_unmoved,
        "accept_unmoved": _fail,
        "hold": _fail,
        "send_again": _send_again,
        "mark_late": _mark_late,
    },
    entered={S.REJECTED: (_free_lines,), S.PAID: (_note_verified, payouts_book)},
    saved=(
        "amount_fen",
        "payee",
        "note",
        "needs_supervisor",
        "edited_by",
        "approved_by",
        "approved_at",
        "approved_fen",
        "approved_payee",
        "promised_at",
        "is_late",
        "attempt",
        "sent_at",
        "asked",
        "ask_at",
        "unmoved_by",
        "reference",
        "failure",
        "fault",
        "paid_at",
    ),
)
