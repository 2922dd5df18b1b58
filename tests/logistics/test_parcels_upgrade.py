"""What the upgrade makes of orders, returns and replacements that were there before parcels were followed (LOG-6)."""

from importlib import import_module

import pytest

from logistics import services
from logistics.models import Parcel
from refunds import services as refunds
from tests import factories
from tests.checks import all_is_well, sql, without_guards

pytestmark = pytest.mark.django_db

upgrade = import_module("logistics.migrations.0004_parcels_have_a_status")


def test_every_parcel_that_was_there_gets_its_status_and_its_log():
    factories.make_order(ship=True)
    factories.make_order(sign=True)
    back = factories.make_return()
    buyer = factories.buyer(back.shop)
    refunds.refund_agree(refund=back, actor=factories.staff())
    for number in ("SF1", "SF2"):
        services.return_shipment_record(refund=back, actor=buyer, carrier="sf", tracking_no=number)
    refunds.refund_receive(refund=back, actor=factories.staff("warehouse"), passed=True)
    again = factories.make_reship()
    refunds.refund_agree(refund=again, actor=factories.staff())
    services.replacement_record(refund=again, actor=factories.staff(), carrier="sf", tracking_no="SF9")
    with without_guards():
        sql("DELETE FROM core_logentry WHERE subject_type = 'parcel'")
        sql("DELETE FROM logistics_parcel WHERE refund_id IS NOT NULL")
        for statement in (upgrade.OUTWARD, upgrade.OF_REQUESTS, upgrade.CORRECTED, upgrade.LOGGED):
            sql(statement.replace("%", "%%") if "%" in statement else statement)
    rows = Parcel.objects.order_by("direction", "id").values_list("direction", "tracking_no", "status")
    assert list(rows) == [
        ("out", "YT1234567890123", "wait_pickup"),
        ("out", "YT1234567890123", "signed"),
        ("out", "YT1234567890123", "signed"),
        ("out", "YT1234567890123", "wait_pickup"),
        ("replacement", "SF9", "wait_pickup"),
        ("return", "SF1", "superseded"),
        ("return", "SF2", "signed"),
    ]
    assert Parcel.objects.get(tracking_no="SF2").corrected_from.tracking_no == "SF1"
    all_is_well()
