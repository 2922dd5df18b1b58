"""What is known of carriers, and every change of it (LOG-1, RFD-6)."""

import time
from dataclasses import replace

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import translation

from aftersales.core import errors
from aftersales.core.models import Role
from logistics import services as logistics
from logistics.models import Carrier, CarrierChange, CarrierSurcharge, UnservedRegion
from logistics.selectors import carriers as selectors
from logistics.selectors import number_looks_wrong
from logistics.selectors.formats import format_fault, has_format
from logistics.services.carriers import CarrierFacts, carrier_save
from tests import factories
from tests.checks import sql

pytestmark = pytest.mark.django_db

FACTS = CarrierFacts(
    code="kuayue",
    name="跨越速运",
    formats=("KY\\d{13}",),
    phone="95324",
    unserved={"西藏": "边境县", "台湾": ""},
    surcharges={"新疆": 1500},
)


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


@pytest.fixture
def supervisor():
    return factories.staff(Role.SUPERVISOR)


def test_a_carrier_is_known_with_its_regions_and_surcharges(supervisor):
    """LOG-1, LOG-4."""
    saved = carrier_save(actor=supervisor, facts=FACTS)
    assert selectors.state_of(selectors.carrier_get("KUAYUE")) == FACTS.state()
    assert list(FACTS.state()["unserved"]) == ["西藏", "台湾"]
    assert saved.version == 1


def test_every_change_is_kept_with_before_and_after(supervisor):
    """LOG-1: a supervisor sees who changed what."""
    carrier = carrier_save(actor=supervisor, facts=FACTS)
    other = replace(FACTS, phone="400-000", unserved={"西藏": "全境"}, surcharges={})
    carrier_save(actor=supervisor, facts=other, carrier=carrier, version=1)
    last, first = selectors.history(carrier)
    assert (last.change.before, last.change.after) == (FACTS.state(), other.state())
    assert (last.change.by_id, first.change.before) == (supervisor.user_id, {})
    told = {one.label: (one.was, one.now) for one in last.differences}
    assert list(told.values()) == [("95324", "400-000"), ("边境县", "全境"), ("yes", "—"), ("¥15.00", "—")]


def test_saving_what_is_known_already_changes_nothing(supervisor):
    carrier = carrier_save(actor=supervisor, facts=FACTS)
    assert carrier_save(actor=supervisor, facts=FACTS, carrier=carrier, version=1).version == 1
    assert CarrierChange.objects.count() == 1


def test_a_carrier_that_came_with_the_program_has_its_first_change_from_what_it_was(supervisor):
    known = selectors.carrier_get("shunfeng")
    before = selectors.state_of(known)
    facts = CarrierFacts(**before | {"phone": "4008111111"})
    carrier_save(actor=supervisor, facts=facts, carrier=known, version=1)
    [changed] = selectors.history(known)
    assert (changed.change.before, changed.change.version) == (before, 2)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE logistics_carrierchange SET by_name = ''",
        "DELETE FROM logistics_carrierchange",
        "TRUNCATE logistics_carrierchange",
    ],
)
def test_the_history_is_never_rewritten(supervisor, statement):
    carrier_save(actor=supervisor, facts=FACTS)
    sql("SET CONSTRAINTS ALL IMMEDIATE")
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        sql(statement)


def test_who_saves_an_earlier_version_is_told_what_changed(supervisor):
    carrier = carrier_save(actor=supervisor, facts=FACTS)
    carrier_save(actor=supervisor, facts=replace(FACTS, phone="400-000"), carrier=carrier, version=1)
    with pytest.raises(errors.StaleVersion, match="95324 → 400-000") as info, transaction.atomic():
        carrier_save(actor=supervisor, facts=replace(FACTS, name="跨越"), carrier=carrier, version=1)
    assert info.value.extra["version"] == 2
    assert selectors.carrier_get("kuayue").name == "跨越速运"


@pytest.mark.parametrize("role", [Role.AGENT, Role.WAREHOUSE, Role.FINANCE, Role.GOODS, Role.ADMIN])
def test_only_a_supervisor_changes_a_carrier(role):
    with pytest.raises(errors.Forbidden):
        carrier_save(actor=factories.staff(role), facts=FACTS)


def test_a_supervisor_of_one_shop_changes_no_carrier_of_all():
    with pytest.raises(errors.Forbidden, match="all shops"):
        carrier_save(actor=factories.staff(Role.SUPERVISOR, factories.make_shop()), facts=FACTS)


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"code": ""}, "code"),
        ({"code": "a b"}, "code"),
        ({"code": "New"}, "code"),
        ({"code": "SHUNFENG"}, "code"),
        ({"name": " "}, "name"),
        ({"phone": "1" * 41}, "phone"),
        ({"formats": ["YT[0-9"]}, "formats"),
        ({"formats": ["(\\d+)+X"]}, "formats"),
        ({"formats": ["A"] * 31}, "formats"),
        ({"unserved": {"Atlantis": ""}}, "unserved"),
        ({"surcharges": {"西藏": -1}}, "surcharges"),
        ({"surcharges": {"西藏": 1_000_001}}, "surcharges"),
    ],
)
def test_a_wrong_fact_is_refused_at_its_field(supervisor, more, field):
    with pytest.raises(errors.Invalid) as info, transaction.atomic():
        carrier_save(actor=supervisor, facts=replace(FACTS, **more))
    assert [fault.field for fault in info.value.errors] == [field]
    assert not CarrierChange.objects.exists()


def test_the_code_of_a_carrier_that_had_a_parcel_is_fixed(supervisor):
    """LOG-1: parcels name their carrier by its code."""
    carrier = carrier_save(actor=supervisor, facts=FACTS)
    carrier_save(actor=supervisor, facts=replace(FACTS, code="kuayue-express"), carrier=carrier)
    order = factories.make_order()
    logistics.order_ship(order=order, actor=factories.staff(), carrier="kuayue-express", tracking_no="KY1")
    with pytest.raises(errors.Invalid) as info, transaction.atomic():
        carrier_save(actor=supervisor, facts=FACTS, carrier=carrier)
    assert [(fault.field, fault.code) for fault in info.value.errors] == [("code", "fixed")]


def test_the_database_knows_no_province_twice_and_no_surcharge_below_nothing(supervisor):
    carrier = carrier_save(actor=supervisor, facts=FACTS)
    for row in (
        UnservedRegion(carrier=carrier, province="西藏"),
        UnservedRegion(carrier=carrier, province="Atlantis"),
        CarrierSurcharge(carrier=carrier, province="新疆", fen=1),
        CarrierSurcharge(carrier=carrier, province="青海", fen=-1),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            row.save()


@pytest.mark.parametrize(
    "pattern", ["YT\\d{13}", "[^A-Z]{2,4}\\d+", "(?:00|10)?\\d{10}", "[]A]\\d{3}", "^SF\\d{12,15}$", "A\\{2"]
)
def test_a_format_of_everyday_use_is_taken(pattern):
    assert format_fault(pattern) == ""


@pytest.mark.parametrize(
    "pattern",
    [
        "(",
        "[A",
        "\\d{3,1}",
        "(\\d+)+X",
        "(\\d|\\d)*X",
        "(a|a){30}",
        "\\d*\\d*\\d*\\d*X",
        "(a?){40}",
        "(\\d)\\1",
        "(?=A)B",
        "A" * 201,
    ],
)
def test_a_format_that_is_broken_or_never_ends_is_refused(pattern):
    """LOG-1: a number would hold a worker for hours."""
    assert format_fault(pattern) != ""


@pytest.mark.parametrize("pattern", [".+.+", "\\d{0,40}\\d{0,40}", "(A|B|AB){1,6}", "(\\d?){10}"])
def test_a_format_that_is_taken_is_tried_in_no_time(pattern):
    """LOG-1: the loosest formats that are let through."""
    assert format_fault(pattern) == ""
    begun = time.process_time()
    for number in ("1" * 40 + "!", "AB" * 20 + "!", "A" * 40):
        has_format(pattern, number)
    assert time.process_time() - begun < 0.5


def test_the_formats_that_come_with_the_program_are_sound():
    for carrier in Carrier.objects.all():
        assert [fault for one in carrier.formats.split() if (fault := format_fault(one))] == []


def test_an_old_format_that_is_broken_fits_nothing_and_breaks_nothing():
    """RFD-6: what administrators typed before was not looked at."""
    Carrier.objects.filter(code="jd").update(formats="JD[ \n(")
    assert number_looks_wrong("jd", "JDX000000000001")


def test_whose_a_number_is():
    assert [carrier.code for carrier in selectors.carriers_fitting(" yt1234567890123 ")] == ["yuantong"]
    assert selectors.carriers_fitting("") == []
