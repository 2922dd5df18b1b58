"""The books: a balanced pair for every movement, in its own transaction, never to be changed (PAY-9, I6)."""

import pytest
from django.db import Error, transaction
from django.db.models import Sum

from aftersales.core.models import Role
from refunds import services
from refunds.models import LedgerEntry, Payout, RefundPayment
from tests import factories
from tests.checks import all_is_well, sql

pytestmark = pytest.mark.django_db
COPIED = "shop_id, order_id, number, reference, booked_at"


def refunded():
    refund = factories.make_refund(factories.make_order(sign=True), kind="refund_only", goods_status="received")
    services.refund_agree(refund=refund, actor=factories.staff())
    return factories.pay(refund)


def paid_out() -> Payout:
    payout = services.payout_send(payout=factories.approved(factories.make_payout()))
    return services.payout_confirm(payout=payout, actor=factories.staff(Role.FINANCE), reference="T-1")


def test_a_refund_and_a_payout_are_booked_on_both_sides():
    refund, payout = refunded(), paid_out()
    rows = LedgerEntry.objects.order_by("pk").values_list("account", "amount_fen", "number", "reference")
    number = RefundPayment.objects.get(refund=refund).payment_no
    assert list(rows) == [
        ("given:refund", refund.refunded_fen, number, f"REF-{number}"),
        ("provider:offline", -refund.refunded_fen, number, f"REF-{number}"),
        ("given:goodwill", 1200, payout.transfer_no, "T-1"),
        ("provider:offline", -1200, payout.transfer_no, "T-1"),
    ]
    assert LedgerEntry.objects.aggregate(sum=Sum("amount_fen"))["sum"] == 0
    all_is_well()


def test_what_has_not_moved_is_not_booked():
    payout = services.payout_send(payout=factories.approved(factories.make_payout()))
    services.payout_fail(payout=payout, actor=factories.staff(Role.FINANCE), failure="no")
    assert not LedgerEntry.objects.exists()
    all_is_well()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE refunds_ledgerentry SET amount_fen = amount_fen + 1",
        "UPDATE refunds_ledgerentry SET booked_at = now()",
        "DELETE FROM refunds_ledgerentry",
        "TRUNCATE refunds_ledgerentry CASCADE",
        # one side alone, a side of nothing, the same movement twice
        f"INSERT INTO refunds_ledgerentry ({COPIED}, movement, account, amount_fen)"
        f" SELECT {COPIED}, 'x', account, amount_fen FROM refunds_ledgerentry"
        " WHERE amount_fen > 0",
        f"INSERT INTO refunds_ledgerentry ({COPIED}, movement, account, amount_fen)"
        f" SELECT {COPIED}, movement, 'given:gift', 1 FROM refunds_ledgerentry"
        " WHERE amount_fen > 0",
        f"INSERT INTO refunds_ledgerentry ({COPIED}, movement, account, amount_fen)"
        f" SELECT {COPIED}, movement, account, amount_fen FROM refunds_ledgerentry",
    ],
)
def test_the_application_s_own_role_cannot_unbalance_or_rewrite_them(statement):
    """By SQL, past every service."""
    paid_out()
    before = list(LedgerEntry.objects.order_by("pk").values_list())
    with pytest.raises(Error), transaction.atomic():
        sql(f"{statement}; SET CONSTRAINTS ALL IMMEDIATE")
    assert list(LedgerEntry.objects.order_by("pk").values_list()) == before
