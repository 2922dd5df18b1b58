"""The database is the last guard: what no service does, raw SQL cannot do either (RFD-8, AMT-2, I2, I3, I5)."""

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from aftersales.core.models import LogEntry
from orders.models import Order, OrderLine
from refunds import services
from refunds.models import Refund, RefundPayment
from tests import factories
from tests.checks import sql
from tests.refunds.standings import agree, cancel

pytestmark = pytest.mark.django_db


def forbidden(statement: str, *params: object, says: str) -> None:
    """Expect the database to refuse a statement, at once or when the transaction would commit."""
    with pytest.raises(DatabaseError, match=says), transaction.atomic():
        sql(f"{statement}; SET CONSTRAINTS ALL IMMEDIATE", *params)
    sql("SET CONSTRAINTS ALL DEFERRED")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE core_logentry SET note = 'never happened'",
        "UPDATE core_logentry SET at = at WHERE false OR version = 1",
        "DELETE FROM core_logentry",
        "DELETE FROM core_logentry WHERE version = 1",
        "TRUNCATE core_logentry",
        "TRUNCATE core_logentry CASCADE",
    ],
)
def test_log_is_append_only(statement):
    factories.make_refund()
    sql("SET CONSTRAINTS ALL IMMEDIATE")
    before = LogEntry.objects.count()
    forbidden(statement, says="append-only")
    assert LogEntry.objects.count() == before > 0


def test_log_row_comes_once_for_a_version():
    factories.make_order()
    forbidden(
        "INSERT INTO core_logentry (subject_type, subject_id, version, shop_id, at, actor_kind, actor_name, action,"
        " from_status, to_status, note, changes) SELECT subject_type, subject_id, version, shop_id, at, actor_kind,"
        " actor_name, action, from_status, to_status, note, changes FROM core_logentry",
        says="log_one_row_per_version",
    )


@pytest.mark.parametrize("table", ["orders_order", "refunds_refund", "refunds_refundpayment"])
@pytest.mark.parametrize("change", ["status = {status}", "status = {status}, version = version + 1"])
def test_status_changes_with_a_log_row_only(table, change):
    """I5: refused when the transaction would commit, whoever wrote it."""
    agree(factories.make_refund(factories.make_order(ship=True)))
    status = {
        "orders_order": "TRADE_FINISHED",
        "refunds_refund": "SUCCESS",
        "refunds_refundpayment": "sent",
    }[table]
    also = ", refunded_fen = amount_fen" if table == "refunds_refund" else ""
    forbidden(f"UPDATE {table} SET {change.format(status=repr(status))}{also}", says="status without a log row")


def test_row_is_born_with_a_log_row_only():
    order = factories.make_order()
    copied = Order.objects.get(pk=order.pk)
    copied.pk, copied.order_no = None, "copied"

    def born() -> None:
        copied.save(force_insert=True)
        sql("SET CONSTRAINTS ALL IMMEDIATE")

    with pytest.raises(IntegrityError, match="status without a log row"), transaction.atomic():
        born()


@pytest.mark.parametrize("status", ["WAIT_SELLER_AGREE", "WAIT_SYSTEM_TRANSFER", "SUCCESS"])
def test_nothing_leaves_a_terminal_state(status):
    """I3: neither a closed nor a paid request can be reopened."""
    closed = cancel(factories.make_refund(factories.make_order(ship=True)))
    forbidden("UPDATE refunds_refund SET status = %s WHERE id = %s", status, closed.pk, says="is final")
    paid = factories.pay(agree(factories.make_refund(factories.make_order(ship=True))))
    if status != "SUCCESS":
        forbidden("UPDATE refunds_refund SET status = %s WHERE id = %s", status, paid.pk, says="is final")
    payment = RefundPayment.objects.get(refund=paid)
    forbidden("UPDATE refunds_refundpayment SET status = 'sent' WHERE id = %s", payment.pk, says="is final")
    order = Order.objects.get(pk=factories.pay(_whole()).order_id)
    assert order.status == "TRADE_CLOSED"
    forbidden("UPDATE orders_order SET status = 'TRADE_FINISHED' WHERE id = %s", order.pk, says="is final")


def _whole() -> Refund:
    asked = [services.LineAsk("1", 2)]
    return agree(factories.make_refund(factories.make_order(ship=True), lines=asked, reason="not_received"))


@pytest.mark.parametrize(
    ("statement", "says"),
    [
        ("UPDATE orders_order SET promised_fen = paid_fen + 1", "order_never_over_refunded"),
        ("UPDATE orders_order SET refunded_fen = paid_fen - promised_fen + 1", "order_never_over_refunded"),
        ("UPDATE orders_order SET postage_given_fen = postage_fen + 1", "order_postage_never_over_refunded"),
        ("UPDATE orders_order SET paid_fen = promised_fen - 1", "order_never_over_refunded"),
        ("UPDATE orders_order SET promised_fen = -1", "promised_fen_check"),
        ("UPDATE orders_orderline SET promised_fen = paid_share_fen + 1", "line_never_over_refunded"),
        ("UPDATE orders_orderline SET refunded_fen = paid_share_fen", "line_never_over_refunded"),
        ("UPDATE orders_orderline SET returned_quantity = quantity + 1", "line_never_over_returned"),
        ("UPDATE orders_orderline SET quantity = 0, returned_quantity = 0", "line_has_quantity"),
        ("UPDATE refunds_refund SET refunded_fen = amount_fen + 1", "refund_within_amount"),
        ("UPDATE refunds_refund SET postage_fen = amount_fen + 1", "refund_postage_within_amount"),
        ("UPDATE refunds_refund SET status = 'SUCCESS'", "refund_success_is_paid"),
        ("UPDATE refunds_refundpayment SET status = 'done'", "payment_done_has_reference"),
        ("UPDATE refunds_refundpayment SET amount_fen = 0", "payment_has_amount"),
        (
            "INSERT INTO refunds_refundpayment (payment_no, refund_id, shop_id, status, version, amount_fen, gateway,"
            " reference, failure, code, attempt, asked, created_at, updated_at) SELECT 'again', refund_id, shop_id,"
            " status, version, amount_fen, gateway, reference, failure, code, attempt, asked, created_at, updated_at"
            " FROM refunds_refundpayment",
            "one_payment_per_refund",
        ),
        (
            "INSERT INTO refunds_refundline (refund_id, order_line_id, quantity, amount_fen, takes_units, is_open)"
            " SELECT refund_id, order_line_id, 1, 1, false, true FROM refunds_refundline",
            "one_open_request_per_line|line_once_per_request",
        ),
    ],
)
def test_raw_sql_cannot_give_back_more_than_was_paid(statement, says):
    """AMT-2, APP-7: on the order, on its lines, on the request and on its payment."""
    _whole()
    sql("SET CONSTRAINTS ALL IMMEDIATE")
    sql("SET CONSTRAINTS ALL DEFERRED")
    forbidden(statement, says=says)


def test_missing_guards_are_seen():
    """Negative control: without its triggers and checks the database takes everything."""
    _whole()
    sql("SET CONSTRAINTS ALL IMMEDIATE")
    sql("ALTER TABLE core_logentry DISABLE TRIGGER USER")
    sql("ALTER TABLE orders_orderline DROP CONSTRAINT line_never_over_refunded")
    with pytest.raises(pytest.fail.Exception, match="DID NOT RAISE"):
        forbidden("UPDATE core_logentry SET note = 'never happened'", says="append-only")
    with pytest.raises(pytest.fail.Exception, match="DID NOT RAISE"):
        forbidden("UPDATE orders_orderline SET promised_fen = paid_share_fen + 1", says="line_never_over_refunded")
    assert OrderLine.objects.filter(promised_fen__gt=0).exists()
    assert connection.in_atomic_block
