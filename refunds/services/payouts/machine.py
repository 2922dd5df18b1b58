"""The payout's binding to `core.transitions`: how it is locked, what its steps set, what follows from them."""

from collections.abc import Callable, Sequence
from datetime import datetime

from aftersales.core import calendar, policies
from aftersales.core.auth import Actor
from aftersales.core.steps import Step
from aftersales.core.transitions import Binding
from refunds.models import Payee, Payout, PayoutLine
from refunds.services.asking import first_look
from refunds.services.booking import payouts_book
from refunds.states import PAYOUT as MACHINE
from refunds.states import PayoutStatus

from . import limits

S = PayoutStatus


def payout_lock(ids: Sequence[int], skip_locked: bool) -> list[Payout]:
    """Lock payouts by key. Paths that judge by the order's sums hold the order's row before (`opening`)."""
    rows = Payout.objects.filter(pk__in=ids).order_by("pk").select_related("payee", "order", "shop")
    return list(rows.select_for_update(of=("self",), no_key=True, skip_locked=skip_locked))


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
    limits.check_approver(payout, actor, at)
    payout.approved_by_id, payout.approved_at = actor.user_id, at
    payout.approved_fen, payout.approved_payee_id = payout.amount_fen, payout.payee_id


def _send(payout: Payout, *, actor: Actor, at: datetime, asks: bool) -> None:
    payout.attempt += 1
    payout.sent_at, payout.asked = at, 0
    payout.ask_at = first_look(at, answers=asks)


def _confirm(payout: Payout, *, actor: Actor, at: datetime, reference: str) -> None:
    payout.reference, payout.paid_at = reference, at
    payout.failure = payout.fault = ""
    payout.ask_at = None


def _fail(payout: Payout, *, actor: Actor, at: datetime, failure: str, fault: str = "") -> None:
    payout.failure, payout.fault, payout.ask_at = failure[:200], fault, None


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
        "reference",
        "failure",
        "fault",
        "paid_at",
    ),
)
