"""Serial numbers: checked, recorded beside the old one, never rewritten (WAR-2)."""

import pytest
from django.db import IntegrityError, transaction

from aftersales.core import errors
from aftersales.core.models import Role
from tests import factories
from warranty import services
from warranty.models import SerialNumber
from warranty.services import checked_serial

pytestmark = pytest.mark.django_db

OLD, NEW, THIRD = "490154203237518", "352099001761481", "353879234252633"


@pytest.fixture
def sold():
    """A line of two phones that is signed for."""
    return factories.make_order(None, factories.line(category="手机"), sign=True).lines.select_related("order").get()


def record(line, serial=NEW, why="exchanged", **fields):
    asked = {"line": line, "kind": "imei", "serial": serial, "why": why} | fields
    return services.serial_record(actor=factories.staff(), **asked)


def rows(line):
    return [(row.serial, row.why, row.superseded_at is None) for row in SerialNumber.objects.filter(order_line=line)]


@pytest.mark.parametrize(
    ("kind", "typed", "kept"),
    [
        ("imei", "49 015420 323751 8", OLD),
        ("imei", "490154203237518", OLD),
        ("meid", "AF0123450ABCDE", "AF0123450ABCDE"),
        ("meid", "af 01 23 45 0a bc de c", "AF0123450ABCDEC"),
        ("other", " sn-77 a ", "SN-77A"),
    ],
)
def test_a_number_is_kept_without_blanks(kind, typed, kept):
    """WAR-2"""
    assert checked_serial(kind, typed) == kept


@pytest.mark.parametrize(
    ("kind", "typed"),
    [
        ("imei", "490154203237517"),
        ("imei", "49015420323751"),
        ("imei", "4901542032375181"),
        ("imei", "49015420323751A"),
        ("imei", ""),
        ("meid", "AF0123450ABCD"),
        ("meid", "AF0123450ABCDEB"),
        ("meid", "GG0123450ABCDE"),
        ("other", " "),
        ("other", "x" * 41),
        ("other", "a\0b"),
    ],
)
def test_a_number_that_is_none_is_refused(kind, typed):
    """WAR-2"""
    with pytest.raises(errors.Invalid) as caught:
        checked_serial(kind, typed)
    assert [fault.field for fault in caught.value.errors] == ["serial"]


def test_a_new_number_stands_beside_the_old_one(sold):
    """WAR-2"""
    record(sold, OLD, "sold")
    record(sold, NEW, old=OLD)
    record(sold, THIRD, "repaired")
    assert rows(sold) == [(OLD, "sold", False), (NEW, "exchanged", False), (THIRD, "repaired", True)]


def test_the_orders_own_number_counts_as_the_one_that_was_sold():
    """WAR-2"""
    order = factories.make_order(None, factories.line(serial_no=OLD), sign=True)
    line = order.lines.select_related("order").get()
    record(line, NEW)
    assert rows(line) == [(OLD, "sold", False), (NEW, "exchanged", True)]


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"serial": NEW}, "old"),
        ({"serial": NEW, "old": NEW}, "serial"),
        ({"serial": NEW, "old": OLD, "unit": 3}, "unit"),
        ({"serial": NEW, "old": OLD, "unit": 0}, "unit"),
    ],
)
def test_without_the_old_number_or_the_unit_nothing_is_recorded(sold, fields, field):
    """WAR-2"""
    with pytest.raises(errors.Invalid) as caught, transaction.atomic():
        record(sold, **fields)
    assert [fault.field for fault in caught.value.errors] == [field]
    assert rows(sold) == []


def test_another_old_number_than_the_recorded_one_is_refused(sold):
    """WAR-2: what came back is not what was sold."""
    record(sold, OLD, "sold")
    with pytest.raises(errors.Invalid) as caught, transaction.atomic():
        record(sold, NEW, old=THIRD)
    assert OLD in str(caught.value.errors[0].detail)
    with pytest.raises(errors.Invalid), transaction.atomic():
        record(sold, NEW, "sold")
    assert rows(sold) == [(OLD, "sold", True)]


def test_each_unit_has_its_own(sold):
    """WAR-2"""
    record(sold, OLD, "sold")
    record(sold, NEW, "sold", unit=2)
    assert rows(sold) == [(OLD, "sold", True), (NEW, "sold", True)]


def test_only_the_desk_and_the_warehouse_record_and_only_in_their_shops(sold):
    """WAR-2"""
    asked = {"line": sold, "kind": "imei", "serial": OLD, "why": "sold"}
    with pytest.raises(errors.Forbidden):
        services.serial_record(actor=factories.staff(Role.FINANCE), **asked)
    with pytest.raises(errors.NotFound):
        services.serial_record(actor=factories.staff(Role.AGENT, factories.make_shop()), **asked)
    services.serial_record(actor=factories.staff(Role.WAREHOUSE), **asked)


def test_the_database_keeps_what_was_recorded(sold):
    """WAR-2"""
    row = record(sold, OLD, "sold")
    for change in ({"serial": NEW}, {"why": "repaired"}, {"recorded_by": "x"}):
        with pytest.raises(IntegrityError, match="stays"), transaction.atomic():
            SerialNumber.objects.filter(pk=row.pk).update(**change)
    with pytest.raises(IntegrityError, match="stays"), transaction.atomic():
        SerialNumber.objects.filter(pk=row.pk).delete()
    with pytest.raises(IntegrityError, match="one_serial_of_a_unit"), transaction.atomic():
        SerialNumber.objects.create(
            order_line=sold, kind="imei", serial=NEW, why="sold", recorded_by="x", recorded_at=row.recorded_at
        )
    record(sold, NEW)
    with pytest.raises(IntegrityError, match="stays"), transaction.atomic():
        SerialNumber.objects.filter(pk=row.pk).update(superseded_at=None)
