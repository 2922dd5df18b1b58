"""Invoices: the title and its tax number, the amount, the number, and what a refund makes of them (INV-1)."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from aftersales.core import clock, errors, events, sweeps
from aftersales.core.models import Deadline, OutboxEvent, Role
from invoices import selectors, services
from invoices.models import Invoice
from refunds import services as refunds
from tests import factories
from tests.checks import all_is_well, sql
from tests.helpers import refused, unchanged
from tickets.models import Task, TaskKind

pytestmark = pytest.mark.django_db

DIGITAL = "26352000000012345678"
USCC = "91350100M000100Y43"
IDENTITY = "11010519491231002X"
ALL = [refunds.LineAsk("1", 2)]
WRONG = ["", "   ", USCC[:-1] + "9", USCC[:-1], "11010519491231002A", "12345678901234567890123"]


@pytest.fixture
def order():
    return factories.make_order(sign=True)


@pytest.fixture
def finance():
    return factories.staff(Role.FINANCE)


def deliver():
    """Let everybody hear the news."""
    while events.deliver():
        continue


def paid_back(order):
    """Give the buyer all his money back for goods that came back."""
    refund = factories.make_refund(order, goods_status="received", reason="quality", lines=ALL)
    refunds.refund_agree(refund=refund, actor=factories.staff())
    return factories.pay(refund)


def test_without_an_amount_all_that_the_buyer_keeps_paying_for_is_invoiced(order):
    """INV-1."""
    invoice = factories.make_invoice(order)
    assert (invoice.status, invoice.amount_fen, invoice.tax_no) == ("requested", order.paid_fen, "")


@pytest.mark.parametrize("number", [USCC, USCC.lower(), "9135 0100 M000 100Y 43", IDENTITY, "350100123456789"])
def test_a_company_gives_its_tax_number(order, number):
    """INV-1: a credit code, a sole trader's identity number, or a registration of the old kind."""
    invoice = factories.make_invoice(order, title_kind="company", title="示例茶业有限公司", tax_no=number)
    assert invoice.tax_no == number.replace(" ", "").upper()


@pytest.mark.parametrize("number", WRONG)
def test_a_wrong_tax_number_is_told_at_its_field(order, number):
    """INV-1: one digit that was mistyped is found by the check digit."""
    with unchanged(), refused(errors.Invalid) as told:
        factories.make_invoice(order, title_kind="company", title="示例茶业有限公司", tax_no=number)
    assert [error.field for error in told.value.errors] == ["tax_no"]


def test_a_person_has_no_tax_number_and_nobody_no_title(order):
    """INV-1."""
    for given, field in (({"tax_no": USCC}, "tax_no"), ({"title": "  "}, "title")):
        with unchanged(), refused(errors.Invalid) as told:
            factories.make_invoice(order, **given)
        assert [error.field for error in told.value.errors] == [field]


def test_no_more_is_invoiced_than_the_buyer_pays(order):
    """INV-1: what is asked for already counts, what was withdrawn does not."""
    first = factories.make_invoice(order, amount_fen=order.paid_fen - 100)
    with unchanged(), refused(errors.RuleViolation) as told:
        factories.make_invoice(order, amount_fen=101)
    assert told.value.extra["max_fen"] == 100
    factories.make_invoice(order, amount_fen=100)
    services.invoice_withdraw(invoice=first, actor=factories.staff())
    assert selectors.left_to_invoice_fen(order) == order.paid_fen - 100
    for nothing in (0, -1):
        with refused(errors.RuleViolation):
            factories.make_invoice(order, amount_fen=nothing)


def test_the_database_refuses_more_than_was_paid(order):
    """INV-1: whatever writes it."""
    factories.make_invoice(order)
    with pytest.raises(IntegrityError, match="invoiced of"), transaction.atomic():
        sql("UPDATE invoices_invoice SET amount_fen = amount_fen + 1")


@pytest.mark.parametrize(
    ("number", "code", "field"),
    [
        ("123", "", "number"),
        ("26352000000012345 78", "", "number"),
        ("12345678", "", "code"),
        ("12345678", "123", "code"),
        (DIGITAL, "3500123456", "code"),
        ("", "", "number"),
    ],
)
def test_a_number_that_no_invoice_has_is_refused(order, finance, number, code, field):
    """INV-1."""
    invoice = factories.make_invoice(order)
    with unchanged(), refused(errors.Invalid) as told:
        services.invoice_issue(invoice=invoice, actor=finance, number=number, code=code)
    assert [error.field for error in told.value.errors] == [field]


def test_a_number_is_recorded_once(order, finance):
    """INV-1: a digital number alone, an older one with its code."""
    services.invoice_issue(invoice=factories.make_invoice(order, amount_fen=1), actor=finance, number=DIGITAL)
    second = factories.make_invoice(order, amount_fen=1)
    with unchanged(), refused(errors.Invalid) as told:
        services.invoice_issue(invoice=second, actor=finance, number=DIGITAL)
    assert told.value.errors[0].code == "not_unique"
    paper = services.invoice_issue(invoice=second, actor=finance, number="12345678", code="3500123456")
    assert paper.full_number == "3500123456 12345678"


def test_what_was_issued_stays(order, finance):
    """INV-1: a mistake is reversed and made anew."""
    services.invoice_issue(invoice=factories.make_invoice(order), actor=finance, number=DIGITAL)
    for change in ("title = 'x'", "amount_fen = 1", "number = '26352000000012345679'"):
        with pytest.raises(IntegrityError, match="what was issued stays"), transaction.atomic():
            sql(f"UPDATE invoices_invoice SET {change}")


def test_finance_asks_the_desk_answers_the_buyer_is_told(order, finance):
    """INV-1: the whole way, with the number and ready words for the buyer in the news."""
    agent = factories.staff()
    invoice = factories.make_invoice(order, title_kind="company", title="示例", tax_no=USCC)
    invoice = services.invoice_send_back(invoice=invoice, actor=finance, question="The whole name?")
    with unchanged(), refused(errors.TransitionNotAllowed):
        services.invoice_issue(invoice=invoice, actor=finance, number=DIGITAL)
    invoice = services.invoice_correct(invoice=invoice, actor=agent, title="示例茶业有限公司")
    assert (invoice.status, invoice.question, invoice.tax_no) == ("requested", "", USCC)
    invoice = services.invoice_issue(invoice=invoice, actor=finance, number=DIGITAL)
    words = selectors.reply_for(invoice)
    assert DIGITAL in words
    invoice = services.invoice_tell(invoice=invoice, actor=agent, text=words)
    assert (invoice.status, invoice.told_at) == ("told", invoice.updated_at)
    told = OutboxEvent.objects.get(topic="invoice.told")
    assert told.payload["text"] == words
    all_is_well()


def test_a_corrected_title_drops_the_tax_number_of_the_company(order):
    """INV-1: a person has none."""
    invoice = factories.make_invoice(order, title_kind="company", title="示例", tax_no=USCC)
    invoice = services.invoice_correct(invoice=invoice, actor=factories.staff(), title_kind="personal", title="李雷")
    assert (invoice.title_kind, invoice.tax_no) == ("personal", "")


def test_no_invoice_is_issued_over_money_that_went_back_since(order, finance):
    """INV-1: the amount is judged once more when it is issued, under the order's lock."""
    invoice = factories.make_invoice(order)
    paid_back(order)
    with unchanged(), refused(errors.RuleViolation):
        services.invoice_issue(invoice=invoice, actor=finance, number=DIGITAL)


def test_money_that_goes_back_after_the_invoice_has_finance_reverse_it(order, finance):
    """INV-1: the task is there until the red invoice is recorded."""
    invoice = services.invoice_issue(invoice=factories.make_invoice(order), actor=finance, number=DIGITAL)
    paid_back(order)
    deliver()
    task = Task.objects.get(kind=TaskKind.REVERSE_INVOICE)
    assert (task.role, task.order, task.done_at) == (Role.FINANCE, order, None)
    assert DIGITAL in task.detail
    red = DIGITAL[:-1] + "9"
    services.invoice_reverse(invoice=invoice, actor=finance, red_number=red, reason="came back")
    deliver()
    task.refresh_from_db()
    assert task.done_at is not None


def test_what_does_not_go_on_turns_red_and_what_goes_on_does_not_stay_red(order, finance):
    """INV-1."""
    invoice = factories.make_invoice(order)
    Deadline.objects.filter(subject_type="invoice").update(due_at=clock.now() - timedelta(seconds=1))
    sweeps.sweep()
    invoice = Invoice.objects.get(pk=invoice.pk)
    assert invoice.is_late
    assert [row.pk for row in selectors.invoice_rows(finance, "late")] == [invoice.pk]
    assert not services.invoice_issue(invoice=invoice, actor=finance, number=DIGITAL).is_late
