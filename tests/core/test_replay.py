"""The log gives every row back, and what it does not give back is found (RFD-8, I4)."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from aftersales.core import clock, replay
from aftersales.core.models import Role
from orders.models import Order
from refunds import services
from refunds.models import Refund, RefundPayment
from tests import factories
from tests.checks import all_is_well, shared_world, sql, without_guards

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    """Orders and requests that have been through most of what there is."""
    with shared_world(django_db_blocker):
        yield build()


def build() -> Refund:
    """Orders and requests that have been through most of what there is."""
    shop = factories.make_shop()
    factories.make_order(shop)
    back = factories.make_return(factories.make_order(shop, sign=True))
    services.refund_agree(refund=back, actor=factories.staff(), amount_fen=10001)
    services.refund_return_shipment(refund=back, actor=factories.buyer(shop), carrier="sf", tracking_no="SF1")
    services.refund_receive(refund=back, actor=factories.staff(Role.WAREHOUSE), passed=True)
    factories.pay(back)
    asked = factories.make_refund(factories.make_order(shop, ship=True))
    services.refund_modify(refund=asked, actor=factories.buyer(shop), changes={"reason": "lost_or_empty"})
    services.refund_cancel(refund=asked, actor=factories.buyer(shop))
    factories.make_refund()
    return back


def test_log_gives_every_row_back(world):
    all_is_well()
    assert list(replay.differences(window=1)) == []
    assert replay.subjects("refund") == 3
    assert replay.subjects("refund", shop_id=world.shop_id) == 2


@pytest.mark.parametrize(
    ("table", "change", "field"),
    [
        ("refunds_refund", "status = 'WAIT_SYSTEM_TRANSFER'", "status"),
        ("refunds_refund", "refusals = refusals + 1", "refusals"),
        ("refunds_refund", "received_at = received_at + interval '1 microsecond'", "received_at"),
        ("refunds_refund", "received_at = NULL", "received_at"),
        ("refunds_refund", "in_dispute = NOT in_dispute", "in_dispute"),
        ("refunds_refund", "version = version + 1", "version"),
        ("orders_order", "paid_fen = paid_fen + 1", "paid_fen"),
        ("orders_order", "shipping = 'surface'", "shipping"),
        ("refunds_refundpayment", "reference = 'other'", "reference"),
    ],
)
def test_changed_field_is_found(world, table, change, field):
    """Negative control: one field of one row is changed past the services, and only that is reported."""
    pk = {
        "refunds_refund": world.pk,
        "orders_order": world.order_id,
        "refunds_refundpayment": RefundPayment.objects.get(refund=world).pk,
    }[table]
    with without_guards():
        sql(f"UPDATE {table} SET {change} WHERE id = %s", pk)
    found = list(replay.differences())
    fields = {"status", "to_status"} if field == "status" else {field}
    assert {(one.subject_id, one.field) for one in found} == {(pk, name) for name in fields}
    assert list(replay.differences(window=2)) == found


@pytest.mark.parametrize(
    ("statement", "fields"),
    [
        ("DELETE FROM core_logentry WHERE subject_type = 'refund' AND subject_id = %s", {"log"}),
        ("DELETE FROM core_logentry WHERE subject_type = 'refund' AND subject_id = %s AND version = 2", {"version"}),
        (
            "UPDATE core_logentry SET changes = changes || '{\"amount_fen\": 1}' WHERE subject_type = 'refund'"
            " AND subject_id = %s AND version = 3",
            {"amount_fen"},
        ),
        (
            "UPDATE core_logentry SET to_status = 'CLOSED' WHERE subject_type = 'refund' AND subject_id = %s"
            " AND version = 5",
            {"to_status"},
        ),
    ],
)
def test_rewritten_log_is_found(world, statement, fields):
    """Negative control: the log is rewritten behind its triggers."""
    with without_guards():
        sql(statement, world.pk)
    found = list(replay.differences())
    assert {one.subject_id for one in found} == {world.pk}
    assert fields <= {one.field for one in found}


def test_row_that_vanished_is_found(world):
    """Negative control: the log knows a subject that is gone."""
    lonely = Refund.objects.latest("pk")
    with without_guards():
        sql("DELETE FROM refunds_refund WHERE id = %s", lonely.pk)
        assert [(one.subject_id, one.field) for one in replay.differences(["refund"])] == [(lonely.pk, "row")]


def test_moments_are_the_same_in_any_spelling():
    """A moment that came with another offset, or without a fraction, is the same moment."""
    paid = (clock.now() - timedelta(hours=3)).astimezone(clock.SHANGHAI).replace(microsecond=120000)
    order = factories.make_order(paid_at=paid)
    factories.make_order(paid_at=paid.replace(microsecond=0))
    assert Order.objects.get(pk=order.pk).paid_at == paid
    assert list(replay.differences()) == []


def test_only_the_shop_and_types_asked_for(world):
    other = Refund.objects.exclude(shop=world.shop_id).get()
    with without_guards():
        sql("UPDATE refunds_refund SET refusals = refusals + 1")
        sql("UPDATE orders_order SET is_late = true")
    assert [one.subject_id for one in replay.differences(["refund"], shop_id=other.shop_id)] == [other.pk]
    assert {one.subject_type for one in replay.differences(["order", "payment"])} == {"order"}


def test_command_says_what_differs_and_ends_with_1(world):
    out = StringIO()
    call_command("replay", stdout=out)
    assert "agree" in out.getvalue()
    with without_guards():
        sql("UPDATE refunds_refund SET refusals = refusals + 1 WHERE id = %s", world.pk)
    with pytest.raises(CommandError) as stop:
        call_command("replay", "--type", "refund", "--shop", world.shop.code, stdout=out)
    assert stop.value.returncode == 1
    assert f"refund {world.pk} refusals: row 1, log 0" in out.getvalue()
    call_command("replay", "--type", "order", stdout=out)
    with pytest.raises(CommandError):
        call_command("replay", "--shop", "no-such-shop")
