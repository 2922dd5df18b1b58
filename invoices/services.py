"""What changes an invoice. The order's row is locked wherever the sum of its invoices is judged (INV-1)."""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q, Sum
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from stdnum.cn import ric, uscc
from stdnum.exceptions import ValidationError

from aftersales.core import clock, errors, money, transitions
from aftersales.core.auth import Actor
from aftersales.core.bulk import allocate_numbered
from aftersales.core.retention import ERASED, Record, gone
from aftersales.core.steps import Step
from aftersales.core.transitions import Binding
from invoices.models import Invoice
from invoices.states import INVOICE as MACHINE
from invoices.states import LIVE, WAITING, InvoiceStatus, TitleKind, needs_tax_number
from orders import services as orders
from orders.models import Order

DIGITAL, PAPER = re.compile(r"\d{20}"), re.compile(r"\d{8}")
PAPER_CODE = re.compile(r"\d{10}|\d{12}")
OLD_TAX_NUMBER = re.compile(r"[0-9A-Z]{15}|[0-9A-Z]{20}")


RECORDS = (
    Record(Invoice, "order", "updated_at", Q(status__in=WAITING), {"question": gone("question")}, "invoice"),
    Record(
        Invoice,
        "order",
        personal={"title": ERASED, "tax_no": gone("tax_no")},
        subject="invoice",
        only=Q(status=InvoiceStatus.WITHDRAWN),
    ),
)
"""What was issued keeps title and tax number as long as the books, which the law wants longer than the rest (LAW-7)."""


def invoice_lock(ids: Sequence[int], skip_locked: bool) -> list[Invoice]:
    """Lock invoices by key. Paths that judge by the order's other invoices hold its row before."""
    rows = Invoice.objects.filter(pk__in=ids).order_by("pk").select_related("order", "shop")
    return list(rows.select_for_update(of=("self",), no_key=True, skip_locked=skip_locked))


def _correct(
    invoice: Invoice, *, actor: Actor, at: datetime, title_kind: str, title: str, tax_no: str, amount_fen: int
) -> None:
    invoice.title_kind, invoice.title, invoice.tax_no = title_kind, title, tax_no
    invoice.amount_fen, invoice.question = amount_fen, ""


def _send_back(invoice: Invoice, *, actor: Actor, at: datetime, question: str) -> None:
    invoice.question = question


def _issue(invoice: Invoice, *, actor: Actor, at: datetime, code: str, number: str) -> None:
    invoice.code, invoice.number = code, number
    invoice.issued_at, invoice.issued_by_id = at, actor.user_id


def _tell(invoice: Invoice, *, actor: Actor, at: datetime) -> None:
    invoice.told_at = at


def _withdraw(invoice: Invoice, *, actor: Actor, at: datetime) -> None:
    invoice.question = ""


def _reverse(invoice: Invoice, *, actor: Actor, at: datetime, red_number: str) -> None:
    invoice.red_number = red_number


def _mark_late(invoice: Invoice, *, actor: Actor, at: datetime) -> None:
    invoice.is_late = True


def _stamp(step: Step) -> None:
    """Whoever has gone on is not late any more; the words for the buyer go along with the news."""
    if step.subject.status != step.edge.source:
        step.subject.is_late = False
    if step.edge.action == "tell":
        step.news["text"] = step.note


INVOICE = Binding(
    machine=MACHINE,
    model=Invoice,
    number="request_no",
    lock=invoice_lock,
    stamp=_stamp,
    prepare={
        "correct": _correct,
        "send_back": _send_back,
        "issue": _issue,
        "tell": _tell,
        "withdraw": _withdraw,
        "reverse": _reverse,
        "mark_late": _mark_late,
    },
    saved=(
        "title_kind",
        "title",
        "tax_no",
        "amount_fen",
        "question",
        "code",
        "number",
        "issued_by",
        "issued_at",
        "told_at",
        "red_number",
        "is_late",
    ),
)


def invoice_request(
    *,
    order: Order,
    actor: Actor,
    title: str,
    title_kind: str = TitleKind.PERSONAL,
    tax_no: str = "",
    amount_fen: int | None = None,
    note: str = "",
) -> Invoice:
    """Register the wish for an invoice; without an amount it is for all that the buyer keeps paying for.

    Locks: the order. Emits: invoice.requested. Raises: NotFound, Forbidden, Invalid (title, tax number),
    RuleViolation INV-1 for more than is left to invoice.
    """
    if not actor.sees(order.shop_id):
        raise errors.NotFound()
    if actor.role not in MACHINE.roles_of["request"]:
        raise errors.Forbidden()
    tax_no = _checked_title(title_kind, title, tax_no)
    with transaction.atomic(savepoint=False):
        [locked] = orders.order_lock([order.pk], False)
        amount = _checked_amount(locked, amount_fen)
        at = clock.now()
        [(key, number)] = allocate_numbered(Invoice, 1, sequence="invoices_request_no")
        invoice = Invoice(
            pk=key,
            request_no=f"IV{clock.shanghai_day(at):%Y%m%d}{number:06d}",
            shop_id=locked.shop_id,
            order=locked,
            status=InvoiceStatus.REQUESTED,
            title_kind=title_kind,
            title=title.strip(),
            tax_no=tax_no,
            amount_fen=amount,
            note=note.strip(),
            requested_by=actor.name,
            created_at=at,
        )
        transitions.create(INVOICE, invoice, actor=actor, action="request", note=note.strip())
        return invoice


def invoice_correct(
    *,
    invoice: Invoice,
    actor: Actor,
    title: str | None = None,
    title_kind: str | None = None,
    tax_no: str | None = None,
    amount_fen: int | None = None,
    note: str = "",
    version: int | None = None,
) -> Invoice:
    """Change what is asked for before it is issued, or answer what finance asked; what is left out stays.

    Locks: the order, then the invoice. Emits: invoice.corrected. Raises: as `invoice_request`, StaleVersion,
    TransitionNotAllowed.
    """
    kind = title_kind or invoice.title_kind
    words = invoice.title if title is None else title
    number = (invoice.tax_no if tax_no is None else tax_no) if needs_tax_number(kind) else ""
    number = _checked_title(kind, words, number)
    with transaction.atomic(savepoint=False):
        [order] = orders.order_lock([invoice.order_id], False)
        amount = _checked_amount(order, amount_fen or invoice.amount_fen, other_than=invoice)
        asked = {"title_kind": kind, "title": words.strip(), "tax_no": number, "amount_fen": amount}
        return _moved(invoice, "correct", actor, version, note, **asked)


def invoice_send_back(*, invoice: Invoice, actor: Actor, question: str, version: int | None = None) -> Invoice:
    """Ask the desk about a title or number that does not fit. Emits: invoice.returned.

    Raises: Invalid without words, StaleVersion, TransitionNotAllowed.
    """
    asked = _said("question", question)[:200]
    return _moved(invoice, "send_back", actor, version, asked, question=asked)


def invoice_issue(
    *, invoice: Invoice, actor: Actor, number: str, code: str = "", note: str = "", version: int | None = None
) -> Invoice:
    """Record the number of the invoice that was issued. Emits: invoice.issued.

    Locks: the order, so that no refund slips between. Raises: Invalid (number, or one that is recorded already),
    RuleViolation INV-1 where the buyer got money back since he asked, StaleVersion, TransitionNotAllowed.
    """
    number, code = number.strip(), code.strip()
    _check_number(number, code)
    with transaction.atomic(savepoint=False):
        [order] = orders.order_lock([invoice.order_id], False)
        if actor.role in MACHINE.roles_of["issue"] and invoice.status == InvoiceStatus.REQUESTED:
            _checked_amount(order, invoice.amount_fen, other_than=invoice)
        try:
            with transaction.atomic():
                return _moved(invoice, "issue", actor, version, note, code=code, number=number)
        except IntegrityError as problem:
            if "invoice_number_once" not in str(problem):
                raise
            text = gettext_lazy("This number is recorded for another request already.")
            raise errors.Invalid(errors=[errors.FieldError("number", "not_unique", text)]) from problem


def invoice_tell(*, invoice: Invoice, actor: Actor, text: str = "", version: int | None = None) -> Invoice:
    """Record that the buyer knows the number, with the words that the shop's front-end passes on.

    Emits: invoice.told. Raises: StaleVersion, TransitionNotAllowed.
    """
    return _moved(invoice, "tell", actor, version, text)


def invoice_withdraw(*, invoice: Invoice, actor: Actor, note: str = "", version: int | None = None) -> Invoice:
    """Take a wish back that is not issued yet. Emits: invoice.withdrawn.

    Raises: StaleVersion, TransitionNotAllowed.
    """
    return _moved(invoice, "withdraw", actor, version, note)


def invoice_reverse(
    *, invoice: Invoice, actor: Actor, red_number: str, reason: str, version: int | None = None
) -> Invoice:
    """Record the red invoice that makes this one void, since goods came back or it was wrong. Emits: invoice.reversed.

    Raises: Invalid, StaleVersion, TransitionNotAllowed.
    """
    number = red_number.strip()
    if not (DIGITAL.fullmatch(number) or PAPER.fullmatch(number)):
        raise errors.Invalid(errors=[errors.FieldError("red_number", "invalid", _NUMBER_FORM)])
    return _moved(invoice, "reverse", actor, version, _said("reason", reason), red_number=number)


_NUMBER_FORM = gettext_lazy("An invoice number has twenty digits, or eight on older paper.")


def _moved(invoice: Invoice, action: str, actor: Actor, version: int | None, note: str, **details: Any) -> Invoice:
    if not actor.sees(invoice.shop_id):
        raise errors.NotFound()
    with transaction.atomic(savepoint=False):
        moved: Invoice = transitions.apply(
            INVOICE, invoice.pk, action, actor=actor, version=version, note=note.strip(), **details
        )
        return moved


def _said(field: str, text: str) -> str:
    if not text.strip():
        raise errors.Invalid(errors=[errors.FieldError(field, "required", gettext_lazy("Please fill this in."))])
    return text.strip()


def _checked_title(title_kind: str, title: str, tax_no: str) -> str:
    """Give the tax number as it is kept. Raises: Invalid.

    A company has a unified social credit code (GB 32100-2015), a sole trader perhaps the number of his identity card
    (GB 11643-1999); both carry a check digit. Older registrations of 15 or 20 characters carry none.
    """
    _said("title", title)
    number = re.sub(r"[\s-]", "", tax_no).upper()
    if not needs_tax_number(title_kind):
        if number:
            text = gettext_lazy("A person has no tax number: choose a company's title, or leave it empty.")
            raise errors.Invalid(errors=[errors.FieldError("tax_no", "not_wanted", text)])
        return ""
    if not number:
        text = gettext_lazy("An invoice to a company needs its tax number.")
        raise errors.Invalid(errors=[errors.FieldError("tax_no", "required", text)])
    if not (_checks(uscc, number) or _checks(ric, number) or OLD_TAX_NUMBER.fullmatch(number)):
        text = gettext_lazy("This is no tax number: it has 18 characters, and the last one must fit the others.")
        raise errors.Invalid(errors=[errors.FieldError("tax_no", "invalid", text)])
    return number


def _checks(kind: Any, number: str) -> bool:
    try:
        kind.validate(number)
    except ValidationError:
        return False
    return True


def _checked_amount(order: Order, amount_fen: int | None, other_than: Invoice | None = None) -> int:
    """Give the amount to be invoiced, all that is left unless one is given. Raises: RuleViolation INV-1."""
    others = Invoice.objects.filter(order=order.pk, status__in=LIVE)
    if other_than is not None:
        others = others.exclude(pk=other_than.pk)
    taken: int = others.aggregate(sum=Sum("amount_fen"))["sum"] or 0
    most = order.left_fen - taken
    amount = most if amount_fen is None else amount_fen
    if not 0 < amount <= most:
        words = _(
            "The buyer pays ¥%(left)s for this order, ¥%(taken)s of it is invoiced or asked for: at most ¥%(most)s."
        )
        figures = {
            "left": money.yuan(order.left_fen),
            "taken": money.yuan(taken),
            "most": money.yuan(max(most, 0)),
        }
        raise errors.RuleViolation("INV-1", words % figures, max_fen=max(most, 0))
    return amount


def _check_number(number: str, code: str) -> None:
    """Refuse what cannot be the number of an invoice. Raises: Invalid."""
    if DIGITAL.fullmatch(number):
        if code:
            text = gettext_lazy("A digital invoice has a number alone: leave the code empty.")
            raise errors.Invalid(errors=[errors.FieldError("code", "not_wanted", text)])
        return
    if not PAPER.fullmatch(number):
        raise errors.Invalid(errors=[errors.FieldError("number", "invalid", _NUMBER_FORM)])
    if not PAPER_CODE.fullmatch(code):
        text = gettext_lazy("A number of eight digits needs the code of ten or twelve digits beside it.")
        raise errors.Invalid(errors=[errors.FieldError("code", "required", text)])
