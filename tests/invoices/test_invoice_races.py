"""Invoices and money at the same moment: what is invoiced stays within what the buyer pays (INV-1)."""

from functools import partial

import pytest

from aftersales.core.models import LogEntry, Role
from invoices import services
from invoices.models import Invoice
from refunds import services as refunds
from tests import factories
from tests.checks import all_is_well
from tests.refunds.racing import ROUNDS, race, winners

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def test_of_two_wishes_for_the_whole_one_is_registered():
    """INV-1: the order's row is the lock."""
    for _round in range(ROUNDS):
        order = factories.make_order(sign=True)
        actors = [factories.staff(), factories.staff()]
        came = race(
            first=partial(services.invoice_request, order=order, actor=actors[0], title="李雷"),
            second=partial(services.invoice_request, order=order, actor=actors[1], title="韩梅梅"),
        )
        assert len(winners(came)) == 1
        assert Invoice.objects.filter(order=order).count() == 1


def test_one_number_is_not_given_to_two_invoices():
    """INV-1: the second one is told at the field."""
    finance = [factories.staff(Role.FINANCE), factories.staff(Role.FINANCE)]
    for turn in range(ROUNDS):
        number = f"2635200000001234{turn:04d}"
        one, other = (factories.make_invoice(factories.make_order(sign=True)) for _each in range(2))
        came = race(
            one=partial(services.invoice_issue, invoice=one, actor=finance[0], number=number),
            other=partial(services.invoice_issue, invoice=other, actor=finance[1], number=number),
        )
        assert len(winners(came)) == 1
        assert Invoice.objects.filter(number=number).count() == 1


def test_an_invoice_and_the_refund_of_its_goods_do_not_both_slip_through():
    """INV-1: whoever is second sees what the first did; after a refund nothing is issued over it."""
    finance, desk = factories.staff(Role.FINANCE), factories.staff()
    for turn in range(ROUNDS):
        order = factories.make_order(sign=True)
        invoice, refund = (
            factories.make_invoice(order),
            factories.make_refund(order, goods_status="received", reason="quality", lines=[refunds.LineAsk("1", 2)]),
        )
        number = f"2635200000005678{turn:04d}"
        race(
            issue=partial(services.invoice_issue, invoice=invoice, actor=finance, number=number),
            agree=partial(refunds.refund_agree, refund=refund, actor=desk),
        )
        invoice = Invoice.objects.select_related("order").get(pk=invoice.pk)
        steps = LogEntry.objects.filter(action__in=("issue", "agree"), subject_id__in=(invoice.pk, refund.pk))
        order_of_steps = list(steps.order_by("id").values_list("action", flat=True)[:2])
        if invoice.status == "issued":
            assert order_of_steps[0] == "issue"
        else:
            assert invoice.order.left_fen < invoice.amount_fen
    all_is_well()
