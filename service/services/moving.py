"""The steps of a service sheet, as the console and the REST interface take them."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from aftersales.core import clock, errors, policies, transitions
from aftersales.core.auth import Actor
from aftersales.core.machine import AGENT, WAREHOUSE
from aftersales.core.models import User
from service.models import ServiceDispatch, ServiceQuote, ServiceSheet, TermsAcceptance
from service.services.files import invalid
from service.services.machine import SERVICE
from service.states import Finding, How, PaidBy, QuoteKind

ENGINEERS = (AGENT, WAREHOUSE)
"""Whose work an engineer's visit may be."""
LONGEST = timedelta(days=60)
"""No visit is agreed on further ahead; beyond that a year was mistyped."""
MOST_FEN = 10_000_000
MOST_LINES = 20


@dataclass(frozen=True, slots=True)
class QuoteLine:
    """A line of a quotation: what for, how many, and the price of one in fen."""

    kind: str
    text: str
    quantity: int
    unit_fen: int


def sheet_ask_free(*, sheet: ServiceSheet, actor: Actor, reason: str, version: int | None = None) -> ServiceSheet:
    """Ask to work free of charge out of warranty, and why; a supervisor, another person, decides (SVC-2).

    Emits: service.free_asked. Raises: Invalid without words, StaleVersion, TransitionNotAllowed.
    """
    words = _said("reason", reason)
    return _moved(sheet, "ask_free", actor, version, words, reason=words)


def sheet_approve_free(
    *, sheet: ServiceSheet, actor: Actor, note: str = "", version: int | None = None
) -> ServiceSheet:
    """Approve that it is free of charge. Emits: service.free_approved. Raises: StaleVersion, TransitionNotAllowed."""
    return _moved(sheet, "approve_free", actor, version, note)


def sheet_bill(*, sheet: ServiceSheet, actor: Actor, note: str = "", version: int | None = None) -> ServiceSheet:
    """Decide that the buyer pays, in warranty too where he caused the fault. Emits: service.charged.

    Raises: StaleVersion, TransitionNotAllowed.
    """
    return _moved(sheet, "bill", actor, version, note)


def sheet_call(
    *, sheet: ServiceSheet, actor: Actor, visit_at: datetime, note: str, version: int | None = None
) -> ServiceSheet:
    """Note that the buyer was called, and for when a visit was agreed, which is the time for the response then (SVC-3).

    A call after the time was over stays a late one. Emits: service.called. Raises: Invalid, StaleVersion,
    TransitionNotAllowed.
    """
    return _moved(sheet, "call", actor, version, _said("note", note), visit_at=_ahead(visit_at))


def sheet_assign(
    *, sheet: ServiceSheet, actor: Actor, engineer: str, visit_at: datetime, note: str = "", version: int | None = None
) -> ServiceSheet:
    """Send an engineer, by his user name, and enter that into the register of dispatches (SVC-2).

    Emits: service.assigned. Raises: Invalid (nobody of that name who goes out, or the time), RuleViolation SVC-3 for a
    visit after the time of which the buyer was not told, StaleVersion, TransitionNotAllowed.
    """
    person = engineers_of(sheet.shop_id, engineer).first()
    if person is None:
        raise invalid("engineer", "invalid_choice", gettext_lazy("Choose one of the list."))
    with transaction.atomic(savepoint=False):
        moved = _moved(
            sheet, "assign", actor, version, note or str(person), engineer_id=person.pk, visit_at=_ahead(visit_at)
        )
        _end_dispatch(moved)
        ServiceDispatch.objects.create(sheet=moved, engineer=person, sent_by=actor.name, sent_at=moved.updated_at)
        return moved


def engineers_of(shop_id: int, username: str = "") -> Any:
    """Give those whom a shop may send: of the desk or the warehouse, who see the shop; unordered."""
    people = User.objects.filter(is_active=True, role__in=ENGINEERS)
    people = people.filter(username=username) if username else people
    seen = people.filter(shops=shop_id).values("pk").union(people.filter(shops=None).values("pk"))
    return User.objects.filter(pk__in=seen)


def sheet_solve(*, sheet: ServiceSheet, actor: Actor, work: str, version: int | None = None) -> ServiceSheet:
    """Close it on the phone, and say how; nobody goes (SVC-3). Emits: service.solved.

    Raises: Invalid without words, StaleVersion, TransitionNotAllowed.
    """
    words = _said("work", work, 500)
    return _closed(sheet, "solve", actor, version, words, work=words)


def sheet_cancel(*, sheet: ServiceSheet, actor: Actor, reason: str, version: int | None = None) -> ServiceSheet:
    """Take it back before anybody came or anything was sent in, and why. Emits: service.cancelled.

    Raises: Invalid without words, StaleVersion, TransitionNotAllowed.
    """
    return _closed(sheet, "cancel", actor, version, _said("reason", reason))


def sheet_set_out(*, sheet: ServiceSheet, actor: Actor, version: int | None = None) -> ServiceSheet:
    """Go. Emits: service.on_the_way. Raises: StaleVersion, TransitionNotAllowed (also for another's sheet)."""
    return _moved(sheet, "set_out", actor, version, "")


def sheet_repair(
    *, sheet: ServiceSheet, actor: Actor, diagnosis: str, work: str, version: int | None = None
) -> ServiceSheet:
    """Say what was found and done. Free of charge it is done then, else it is to be paid (SVC-2).

    Emits: service.done or service.repaired. Raises: Invalid without words, StaleVersion, TransitionNotAllowed.
    """
    found, done = _said("diagnosis", diagnosis, 500), _said("work", work, 500)
    return _moved(sheet, "repair", actor, version, done[:200], diagnosis=found, work=done)


def sheet_quote(
    *, sheet: ServiceSheet, actor: Actor, diagnosis: str, lines: Sequence[QuoteLine], version: int | None = None
) -> ServiceSheet:
    """Quote what the work costs, by parts, labour and travel; a second quotation stands beside the first (SVC-2).

    Emits: service.quoted. Raises: Invalid (no words, lines, amounts), StaleVersion, TransitionNotAllowed.
    """
    found, total = _said("diagnosis", diagnosis, 500), _total(lines)
    with transaction.atomic(savepoint=False):
        moved = _moved(sheet, "quote", actor, version, "", diagnosis=found, total_fen=total)
        rows = [asdict(line) | {"amount_fen": line.quantity * line.unit_fen} for line in lines]
        ServiceQuote.objects.create(
            sheet=moved, lines=rows, total_fen=total, quoted_by=actor.name, quoted_at=moved.updated_at
        )
        return moved


def sheet_accept(*, sheet: ServiceSheet, actor: Actor, by: str, how: str, version: int | None = None) -> ServiceSheet:
    """Note that the buyer accepts the quotation: who said so, and how. Emits: service.accepted.

    Raises: Invalid, StaleVersion, TransitionNotAllowed.
    """
    return _moved(sheet, "accept", actor, version, "", by=_said("by", by, 60), how=_one_of("how", how, How.values))


def sheet_decline(*, sheet: ServiceSheet, actor: Actor, reason: str, version: int | None = None) -> ServiceSheet:
    """Note that the buyer declines the quotation; the sheet comes back all the same. Emits: service.declined.

    Raises: Invalid without words, StaleVersion, TransitionNotAllowed.
    """
    return _moved(sheet, "decline", actor, version, _said("reason", reason))


def sheet_pay(
    *, sheet: ServiceSheet, actor: Actor, paid_fen: int, paid_by: str, version: int | None = None
) -> ServiceSheet:
    """Record that the buyer paid what was quoted, no more and no less. Emits: service.paid.

    Raises: Invalid (another amount or way), StaleVersion, TransitionNotAllowed.
    """
    way = _one_of("paid_by", paid_by, PaidBy.values)
    with transaction.atomic(savepoint=False):
        moved = _moved(sheet, "pay", actor, version, "", paid_by=way)
        if paid_fen != moved.paid_fen:
            raise invalid("paid_fen", "not_as_quoted", gettext_lazy("That is not what was quoted and accepted."))
        return moved


def sheet_finish(
    *, sheet: ServiceSheet, actor: Actor, invoice_wanted: bool, version: int | None = None
) -> ServiceSheet:
    """Note whether the buyer wants an invoice for what he paid; the work is done. Emits: service.done.

    Raises: StaleVersion, TransitionNotAllowed.
    """
    return _moved(sheet, "finish", actor, version, "", invoice_wanted=invoice_wanted)


def sheet_accept_terms(
    *, sheet: ServiceSheet, actor: Actor, by: str, how: str, version: int | None = None
) -> ServiceSheet:
    """Record that the buyer accepts the terms of testing in force: who, how, and their very words (WAR-2).

    Emits: service.terms_accepted. Raises: Invalid, StaleVersion, TransitionNotAllowed.
    """
    who, way = _said("by", by, 60), _one_of("how", how, How.values)
    terms: str = policies.get("service.terms", shop_id=sheet.shop_id)
    number: str = policies.get("service.terms_version", shop_id=sheet.shop_id)
    with transaction.atomic(savepoint=False):
        moved = _moved(sheet, "accept_terms", actor, version, "", terms_version=number[:20])
        TermsAcceptance.objects.create(
            sheet=moved,
            terms_version=number[:20],
            terms=terms,
            accepted_by=who,
            how=way,
            accepted_at=moved.updated_at,
            recorded_by=actor.name,
        )
        return moved


def sheet_expect(*, sheet: ServiceSheet, actor: Actor, note: str = "", version: int | None = None) -> ServiceSheet:
    """Ask the buyer to send the goods in. Emits: service.goods_expected. Raises: StaleVersion, TransitionNotAllowed."""
    return _moved(sheet, "expect", actor, version, note)


def sheet_receive(*, sheet: ServiceSheet, actor: Actor, note: str = "", version: int | None = None) -> ServiceSheet:
    """Note that the goods came; days in repair begin. Emits: service.goods_came.

    Raises: StaleVersion, TransitionNotAllowed.
    """
    return _moved(sheet, "receive", actor, version, note)


def sheet_find(
    *, sheet: ServiceSheet, actor: Actor, finding: str, diagnosis: str, version: int | None = None
) -> ServiceSheet:
    """Say what the test found (WAR-2). Emits: service.found. Raises: Invalid, StaleVersion, TransitionNotAllowed."""
    what, words = _one_of("finding", finding, Finding.values), _said("diagnosis", diagnosis, 500)
    return _moved(sheet, "find", actor, version, "", finding=what, diagnosis=words)


def sheet_send_back(
    *,
    sheet: ServiceSheet,
    actor: Actor,
    work: str,
    freight_in_fen: int,
    freight_out_fen: int,
    version: int | None = None,
) -> ServiceSheet:
    """Send the goods back, and note both freights in fen, of which the finding says who bears them (WAR-2).

    Emits: service.done. Raises: Invalid (words, amounts), StaleVersion, TransitionNotAllowed.
    """
    words = _said("work", work, 500)
    for field, value in (("freight_in_fen", freight_in_fen), ("freight_out_fen", freight_out_fen)):
        if not 0 <= value <= MOST_FEN:
            raise invalid(field, "out_of_range", gettext_lazy("This amount is not possible."))
    freight = {"freight_in_fen": freight_in_fen, "freight_out_fen": freight_out_fen}
    return _moved(sheet, "send_back", actor, version, words[:200], work=words, **freight)


def sheet_make_up(
    *,
    sheet: ServiceSheet,
    actor: Actor,
    contact_name: str,
    contact_phone: str,
    address: str,
    diagnosis: str,
    version: int | None = None,
) -> ServiceSheet:
    """Fill in what an emergency left out (SVC-4). Emits: service.made_up.

    Raises: Invalid without words, StaleVersion, TransitionNotAllowed.
    """
    said = {
        "contact_name": _said("contact_name", contact_name, 60),
        "contact_phone": _said("contact_phone", contact_phone, 24),
        "address": _said("address", address, 420),
        "diagnosis": _said("diagnosis", diagnosis, 500),
    }
    return _moved(sheet, "make_up", actor, version, "", **said)


def sheet_archive(*, sheet: ServiceSheet, actor: Actor, note: str = "", version: int | None = None) -> ServiceSheet:
    """The signed sheet came back: file it, and mark its dispatch as done (SVC-4). Emits: service.archived.

    Raises: StaleVersion, TransitionNotAllowed, also while it is incomplete.
    """
    return _closed(sheet, "archive", actor, version, note)


def _moved(sheet: ServiceSheet, action: str, actor: Actor, version: int | None, note: str, **more: Any) -> ServiceSheet:
    if not actor.sees(sheet.shop_id):
        raise errors.NotFound()
    with transaction.atomic(savepoint=False):
        moved: ServiceSheet = transitions.apply(
            SERVICE, sheet.pk, action, actor=actor, version=version, note=note.strip(), **more
        )
        return moved


def _closed(
    sheet: ServiceSheet, action: str, actor: Actor, version: int | None, note: str, **more: Any
) -> ServiceSheet:
    with transaction.atomic(savepoint=False):
        moved = _moved(sheet, action, actor, version, note, **more)
        _end_dispatch(moved)
        return moved


def _end_dispatch(sheet: ServiceSheet) -> None:
    """Close the sheet's open row of the register; under the sheet's lock."""
    ServiceDispatch.objects.filter(sheet=sheet, done_at=None).update(done_at=sheet.updated_at)


def _total(lines: Sequence[QuoteLine]) -> int:
    """Add a quotation up, in fen. Raises: Invalid at its lines."""
    if not 1 <= len(lines) <= MOST_LINES:
        raise invalid("lines", "out_of_range", _("A quotation has 1 to %(most)d lines.") % {"most": MOST_LINES})
    for line in lines:
        _one_of("lines", line.kind, QuoteKind.values)
        _said("lines", line.text, 100)
        if not (1 <= line.quantity <= 100 and 0 <= line.unit_fen <= MOST_FEN):
            raise invalid("lines", "out_of_range", gettext_lazy("This amount is not possible."))
    total = sum(line.quantity * line.unit_fen for line in lines)
    if not 0 < total <= MOST_FEN:
        raise invalid("lines", "out_of_range", gettext_lazy("This amount is not possible."))
    return total


def _ahead(moment: datetime) -> datetime:
    at = clock.now()
    if not at - timedelta(hours=1) <= moment <= at + LONGEST:
        raise invalid("visit_at", "out_of_range", gettext_lazy("A visit is agreed for the next 60 days."))
    return moment


def _one_of(field: str, value: str, known: Sequence[Any]) -> str:
    if value not in known:
        raise invalid(field, "invalid_choice", gettext_lazy("Choose one of the list."))
    return value


def _said(field: str, text: str, most: int = 200) -> str:
    words = text.strip()
    if not words:
        raise invalid(field, "required", gettext_lazy("Please fill this in."))
    if len(words) > most:
        raise invalid(field, "max_length", _("At most %(most)d characters.") % {"most": most})
    return words
