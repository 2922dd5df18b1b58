"""What each step of a service sheet checks and sets. A step locks the sheet alone."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from aftersales.core import errors
from aftersales.core.auth import Actor
from aftersales.core.transitions import Binding
from service.models import ServiceSheet
from service.states import SERVICE as MACHINE
from service.states import Charge, Result


def sheet_lock(ids: Sequence[int], skip_locked: bool) -> list[ServiceSheet]:
    """Lock sheets by key."""
    rows = ServiceSheet.objects.filter(pk__in=ids).order_by("pk").select_related("order", "shop", "file")
    return list(rows.select_for_update(of=("self",), no_key=True, skip_locked=skip_locked))


def _ask_free(sheet: ServiceSheet, *, actor: Actor, at: datetime, reason: str) -> None:
    sheet.charge, sheet.charge_reason, sheet.free_asked_by_id = Charge.ASKED, reason, actor.user_id


def _approve_free(sheet: ServiceSheet, *, actor: Actor, at: datetime) -> None:
    sheet.charge, sheet.free_approved_by_id = Charge.FREE, actor.user_id


def _bill(sheet: ServiceSheet, *, actor: Actor, at: datetime) -> None:
    sheet.charge, sheet.free_approved_by_id = Charge.PAID, None


def _call(sheet: ServiceSheet, *, actor: Actor, at: datetime, visit_at: datetime) -> None:
    """Note a call; only one that came beforehand moves the time (SVC-3)."""
    sheet.called_at, sheet.visit_at = at, visit_at
    if not sheet.is_late:
        sheet.respond_due_at = visit_at


def _assign(sheet: ServiceSheet, *, actor: Actor, at: datetime, engineer_id: int, visit_at: datetime) -> None:
    """Send somebody. Raises: RuleViolation SVC-3 for a visit after the time, of which the buyer was not told."""
    if visit_at > sheet.respond_due_at and sheet.called_at is None:
        words = _("That is after the time for a response: call the buyer beforehand, and note the call.")
        raise errors.RuleViolation("SVC-3", words)
    sheet.engineer_id, sheet.visit_at = engineer_id, visit_at


def _set_out(sheet: ServiceSheet, *, actor: Actor, at: datetime) -> None:
    sheet.responded_at = sheet.responded_at or at


def _solve(sheet: ServiceSheet, *, actor: Actor, at: datetime, work: str) -> None:
    """End it on the phone; what an emergency left out is not needed then."""
    sheet.responded_at, sheet.work, sheet.result = sheet.responded_at or at, work, Result.BY_PHONE
    sheet.done_at = sheet.closed_at = at
    sheet.is_incomplete = False


def _cancel(sheet: ServiceSheet, *, actor: Actor, at: datetime) -> None:
    sheet.closed_at = at


def _repair(sheet: ServiceSheet, *, actor: Actor, at: datetime, diagnosis: str, work: str) -> None:
    sheet.diagnosis, sheet.work, sheet.result = diagnosis, work, Result.REPAIRED
    if sheet.charge != Charge.PAID:
        sheet.done_at = at


def _quote(sheet: ServiceSheet, *, actor: Actor, at: datetime, diagnosis: str, total_fen: int) -> None:
    sheet.diagnosis, sheet.quoted_fen = diagnosis, total_fen


def _accept(sheet: ServiceSheet, *, actor: Actor, at: datetime, by: str, how: str) -> None:
    sheet.accepted_by, sheet.accepted_how, sheet.accepted_at = by, how, at


def _decline(sheet: ServiceSheet, *, actor: Actor, at: datetime) -> None:
    sheet.result, sheet.done_at = Result.DECLINED, at


def _pay(sheet: ServiceSheet, *, actor: Actor, at: datetime, paid_by: str) -> None:
    sheet.paid_fen, sheet.paid_by, sheet.paid_at = sheet.quoted_fen, paid_by, at


def _finish(sheet: ServiceSheet, *, actor: Actor, at: datetime, invoice_wanted: bool) -> None:
    sheet.invoice_wanted, sheet.done_at = invoice_wanted, at


def _accept_terms(sheet: ServiceSheet, *, actor: Actor, at: datetime, terms_version: str) -> None:
    sheet.terms_version = terms_version


def _expect(sheet: ServiceSheet, *, actor: Actor, at: datetime) -> None:
    sheet.responded_at = sheet.responded_at or at


def _receive(sheet: ServiceSheet, *, actor: Actor, at: datetime) -> None:
    sheet.received_at = at


def _find(sheet: ServiceSheet, *, actor: Actor, at: datetime, finding: str, diagnosis: str) -> None:
    sheet.finding, sheet.diagnosis = finding, diagnosis


def _send_back(
    sheet: ServiceSheet, *, actor: Actor, at: datetime, work: str, freight_in_fen: int, freight_out_fen: int
) -> None:
    sheet.work, sheet.result, sheet.sent_back_at, sheet.done_at = work, Result.SENT_BACK, at, at
    sheet.freight_in_fen, sheet.freight_out_fen = freight_in_fen, freight_out_fen


def _make_up(
    sheet: ServiceSheet,
    *,
    actor: Actor,
    at: datetime,
    contact_name: str,
    contact_phone: str,
    address: str,
    diagnosis: str,
) -> None:
    sheet.contact_name, sheet.contact_phone, sheet.address = contact_name, contact_phone, address
    sheet.diagnosis, sheet.is_incomplete = diagnosis, False


def _archive(sheet: ServiceSheet, *, actor: Actor, at: datetime) -> None:
    sheet.closed_at = at


def _mark_late(sheet: ServiceSheet, *, actor: Actor, at: datetime) -> None:
    sheet.is_late = True


_UNTRACKED = ("contact_name", "contact_phone", "address")
"""Whom to call and where he lives is written by a step, and kept out of the log (LAW-7)."""
_BY_KEY = {"free_asked_by_id": "free_asked_by", "free_approved_by_id": "free_approved_by", "engineer_id": "engineer"}
_PREPARE: dict[str, Any] = {
    "ask_free": _ask_free,
    "approve_free": _approve_free,
    "bill": _bill,
    "call": _call,
    "assign": _assign,
    "set_out": _set_out,
    "solve": _solve,
    "cancel": _cancel,
    "repair": _repair,
    "quote": _quote,
    "accept": _accept,
    "decline": _decline,
    "pay": _pay,
    "finish": _finish,
    "accept_terms": _accept_terms,
    "expect": _expect,
    "receive": _receive,
    "find": _find,
    "send_back": _send_back,
    "make_up": _make_up,
    "archive": _archive,
    "mark_late": _mark_late,
}
SERVICE = Binding(
    machine=MACHINE,
    model=ServiceSheet,
    number="sheet_no",
    lock=sheet_lock,
    prepare=_PREPARE,
    saved=(*(_BY_KEY.get(name, name) for name in MACHINE.tracked if name != "status"), *_UNTRACKED),
)
