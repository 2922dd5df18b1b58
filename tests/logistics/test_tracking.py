"""Scans of parcels: each once, and the last one counts whatever came first (LOG-6, RET-1)."""

from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aftersales.core import errors
from aftersales.core.models import LogEntry, OutboxEvent
from logistics import services
from logistics.models import Parcel, ParcelScan
from logistics.states import CODES, ParcelStatus, code_of
from refunds import services as refunds
from tests import factories
from tests.checks import all_is_well
from tests.helpers import statements, unchanged

pytestmark = pytest.mark.django_db

NOON = datetime(2025, 3, 1, 12, tzinfo=UTC)
MEANINGS = {
    "wait_pickup": "101 102",
    "picked_up": "1 103",
    "in_transit": "0 1001 1002 1003 7 8 10 11 12",
    "out_for_delivery": "5",
    "at_pickup_point": "501",
    "problem": "2 13 14",
    "returning": "6",
    "signed": "3 301 302 303 304",
    "returned": "4 401",
}


def scan(code, hours=0, text=""):
    return services.Scan(NOON + timedelta(hours=hours), code, text or f"scan {code}")


def outward():
    return factories.make_order(ship=True).parcels.get()


def state(parcel):
    now = Parcel.objects.get(pk=parcel.pk)
    scans = sorted(now.scans.values_list("occurred_at", "code", "text"))
    return now.status, now.last_scan_at, now.last_code, now.last_text, scans


def copy_of(parcel):
    return services.order_ship(
        order=factories.make_order(parcel.shop), actor=factories.staff(), tracking_no="X"
    ).parcels.get()


def test_every_code_has_its_meaning():
    assert {code: meaning for meaning, codes in MEANINGS.items() for code in codes.split()} == {
        code: known.status.value for code, known in CODES.items()
    }


@pytest.mark.parametrize(("given_code", "known"), [("205", "2"), ("305", "3"), ("1004", "0"), ("701", "7")])
def test_a_finer_code_that_is_new_means_what_its_state_does(given_code, known):
    assert code_of(given_code) is CODES[known]


@pytest.mark.parametrize("unknown", ["", "9", "99", "1100", "x01", "abc", "30", "901", "10012"])
def test_any_other_code_means_nothing(unknown):
    assert code_of(unknown) is None


@pytest.mark.parametrize("code", CODES)
def test_a_parcel_is_where_its_scan_says(code):
    parcel = services.scans_record(parcel=outward(), scans=[scan(code)], source="kuaidi100")
    assert parcel.status == CODES[code].status
    all_is_well()


WAYS = {
    "delivered": ("103", "1002", "5", "301"),
    "refused and back": ("103", "14", "6", "4"),
    "by a locker": ("103", "5", "501", "304"),
}


@pytest.mark.parametrize("way", WAYS)
def test_any_order_of_the_scans_ends_alike(way):
    """LOG-6: one at a time, in every order, with the first told twice."""
    scans = [scan(code, hours) for hours, code in enumerate(WAYS[way])]
    ends = set()
    for order in permutations(scans):
        parcel = copy_of(outward())
        for one in (*order, order[0]):
            services.scans_record(parcel=parcel, scans=[one], source="kuaidi100")
        ends.add(str(state(parcel)))
        assert parcel.scans.count() == 4
    assert len(ends) == 1
    assert CODES[WAYS[way][-1]].status.value in ends.pop()


MOMENTS = st.builds(
    services.Scan,
    st.integers(0, 3).map(lambda hours: NOON + timedelta(hours=hours)),
    st.sampled_from([*CODES, "205", "x"]),
    st.sampled_from(["甲", "乙", " 甲 ", "a\x00b", "长" * 600]),
    st.sampled_from(["", "杭州"]),
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), scans=st.lists(MOMENTS, max_size=8))
def test_any_splitting_and_doubling_of_the_scans_ends_alike(data, scans):
    """LOG-6: at once, or in parts of any size and order, some of them told again."""
    parcel = outward()
    services.scans_record(parcel=parcel, scans=scans, source="kuaidi100")
    other = copy_of(parcel)
    mixed = data.draw(st.permutations(scans + data.draw(st.lists(st.sampled_from(scans or [scan("1")]), max_size=3))))
    if not scans:
        mixed = []
    while mixed:
        size = data.draw(st.integers(1, len(mixed)))
        services.scans_record(parcel=other, scans=mixed[:size], source="another")
        mixed = mixed[size:]
    assert state(other) == state(parcel)


def test_of_one_moment_the_higher_code_counts():
    parcel = services.scans_record(parcel=outward(), scans=[scan("301"), scan("5"), scan("103")], source="k")
    assert parcel.status == ParcelStatus.SIGNED


def test_a_repeated_scan_writes_nothing():
    parcel = outward()
    services.scans_record(parcel=parcel, scans=[scan("5"), scan("103", -5)], source="kuaidi100")
    with unchanged():
        services.scans_record(parcel=parcel, scans=[scan("103", -5), scan("5")], source="kuaidi100")
    assert ParcelScan.objects.count() == 2


def test_an_unknown_code_is_kept_and_moves_nothing():
    parcel = services.scans_record(parcel=outward(), scans=[scan("5"), scan("999", 2)], source="kuaidi100")
    assert (parcel.status, parcel.last_scan_at, parcel.scans.count()) == ("out_for_delivery", NOON, 2)


def test_a_step_is_logged_and_told_with_whose_parcel_it_is():
    parcel = services.scans_record(parcel=outward(), scans=[scan("301", text="本人签收")], source="kuaidi100")
    row = LogEntry.objects.get(subject_type="parcel", subject_id=parcel.pk, version=2)
    assert (row.action, row.from_status, row.to_status) == ("scan_signed", "wait_pickup", "signed")
    assert (row.actor_name, row.note) == ("system: tracking", "本人签收")
    told = OutboxEvent.objects.get(topic="parcel.signed", subject_id=parcel.pk)
    assert told.payload == {
        "status": "signed",
        "from": "wait_pickup",
        "version": 2,
        "direction": "out",
        "order_id": parcel.order_id,
        "refund_id": None,
    }


def test_recording_costs_the_same_for_one_scan_and_for_fifty():
    parcel, other = outward(), outward()
    with statements() as one:
        services.scans_record(parcel=parcel, scans=[scan("5")], source="kuaidi100")
    with statements() as fifty:
        services.scans_record(parcel=other, scans=[scan("5", hours) for hours in range(50)], source="kuaidi100")
    assert (len(one), len(fifty)) == (4, 4), one


def test_a_corrected_number_keeps_its_scans_and_stays_where_it_is():
    """RFD-6."""
    refund = factories.make_return()
    refunds.refund_agree(refund=refund, actor=factories.staff())
    buyer = factories.buyer(refund.shop)
    services.return_shipment_record(refund=refund, actor=buyer, carrier="sf", tracking_no="SF1")
    first = refund.parcels.get()
    services.return_shipment_record(refund=refund, actor=buyer, carrier="sf", tracking_no="SF2")
    old = services.scans_record(parcel=first, scans=[scan("301")], source="kuaidi100")
    new = refund.parcels.exclude(pk=first.pk).get()
    assert (old.status, old.last_code, old.scans.count()) == ("superseded", "301", 1)
    assert (new.status, new.tracking_no, new.corrected_from, new.direction) == ("wait_pickup", "SF2", first, "return")
    all_is_well()


def test_scans_of_no_parcel_are_not_found():
    with pytest.raises(errors.NotFound):
        services.scans_record(parcel=Parcel(pk=1), scans=[scan("5")], source="kuaidi100")
