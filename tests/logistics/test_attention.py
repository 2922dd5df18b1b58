"""Parcels that need someone are found by the watch, end by themselves when they recover, or are settled (LOG-6)."""

from datetime import timedelta

import pytest
import time_machine
from django.db import DatabaseError, transaction

from aftersales.core import clock, errors, events, policies, sweeps
from aftersales.core.models import OutboxEvent, Role
from logistics import services, tasks
from logistics.models import Attention, Carrier
from logistics.selectors.attention import Patience, unnoticed
from logistics.services import attention as watching
from orders import services as orders
from refunds import services as refunds
from tests import factories
from tests.checks import all_is_well
from tests.helpers import refused, statements
from tickets.models import Task

from .attention_world import DAYS, HOURS, back, denied, ends, found, outward, scanned, sent_back, sent_first

pytestmark = pytest.mark.django_db


@pytest.fixture
def traveller():
    with time_machine.travel(clock.now(), tick=False) as moved:
        yield moved


def open_tasks():
    while events.deliver():
        continue
    return sorted(Task.objects.filter(done_at=None).values_list("kind", "role"))


def test_a_parcel_without_a_scan_is_found_after_the_time_that_the_shop_gives_it(traveller):
    """LOG-6."""
    parcel = outward()
    traveller.shift(48 * HOURS - timedelta(seconds=1))
    assert services.parcels_watch() == (0, 0)
    traveller.shift(timedelta(seconds=1))
    assert services.parcels_watch() == (1, 0)
    row = Attention.objects.get()
    assert (row.reason, row.parcel_id, row.since) == ("silent", parcel.pk, parcel.shipped_at)
    assert row.due_at == clock.now() + DAYS
    assert services.parcels_watch() == (0, 0)


def test_the_time_is_a_policy_of_the_shop(traveller):
    """LOG-6: a longer patience lets those go that were found by a shorter one."""
    parcel = outward()
    traveller.shift(49 * HOURS)
    tasks.parcels_watch()
    assert found() == [("silent", parcel.pk)]
    supervisor = factories.staff(Role.SUPERVISOR)
    policies.set(key="parcel.no_first_scan", value=72 * 3600, shop=parcel.shop, actor=supervisor)
    traveller.shift(HOURS)
    tasks.parcels_watch()
    assert (found(), ends()) == ([], [("silent", "recovered")])


def test_a_scan_ends_the_silence_by_itself(traveller):
    parcel = outward()
    traveller.shift(49 * HOURS)
    services.parcels_watch()
    scanned(parcel, "103")
    assert services.parcels_watch() == (0, 1)
    row = Attention.objects.get()
    assert (row.ended_as, row.ended_at, row.ended_by) == ("recovered", clock.now(), "system: parcels")


def test_silence_says_nothing_of_a_number_that_nobody_was_asked_about(traveller):
    """LOG-2: neither where no service follows parcels, nor of what is tracked on the carrier's own site alone."""
    factories.make_order(ship=True)
    traveller.shift(49 * HOURS)
    services.parcels_watch()
    assert found() == []
    Carrier.objects.filter(code="yuantong").update(tracked_on_own_site=True)
    services.subscriptions_open()
    services.parcels_watch()
    assert found() == []


def test_a_parcel_that_nobody_waits_for_any_more_needs_nobody(traveller):
    parcel = outward()
    orders.order_sign(order=parcel.order, actor=factories.staff(), signed_at=clock.now())
    traveller.shift(49 * HOURS)
    services.parcels_watch()
    assert found() == []


@pytest.mark.parametrize("code", ["103", "1002", "5", "501"])
def test_a_parcel_under_way_is_stalled_when_no_scan_comes(traveller, code):
    """LOG-6."""
    parcel = scanned(outward(), code)
    traveller.shift(3 * DAYS - timedelta(seconds=1))
    services.parcels_watch()
    assert found() == []
    traveller.shift(timedelta(seconds=1))
    services.parcels_watch()
    assert found() == [("stalled", parcel.pk)]
    scanned(parcel, "1002", "goes on")
    services.parcels_watch()
    assert found() == []


@pytest.mark.parametrize(("code", "reason"), [("2", "undeliverable"), ("6", "going_back"), ("4", "going_back")])
def test_what_the_carrier_says_is_found_at_once(traveller, code, reason):
    parcel = scanned(outward(), code)
    services.parcels_watch()
    assert found() == [(reason, parcel.pk)]
    scanned_later = clock.now() + HOURS
    traveller.move_to(scanned_later)
    scanned(parcel, "301")
    services.parcels_watch()
    assert (found(), ends()) == ([], [(reason, "recovered")])


def test_a_denied_receipt_stands_on_the_list_without_waiting_for_the_watch(traveller):
    """LOG-6: signed for, but the buyer denies."""
    parcel = denied(outward())
    assert found() == [("denied", parcel.pk)]
    services.parcels_watch()
    assert found() == [("denied", parcel.pk)]
    traveller.shift(HOURS)
    scanned(parcel, "5", "delivered anew")
    services.parcels_watch()
    assert ends() == [("denied", "recovered")]


def test_a_return_that_is_here_without_its_refund_is_due_when_the_law_says(traveller):
    """TMO-14: found after two days, due seven after it was signed for."""
    refund = sent_back()
    scanned(back(refund), "301")
    signed = clock.now()
    traveller.shift(48 * HOURS - timedelta(seconds=1))
    services.parcels_watch()
    assert found() == []
    traveller.shift(timedelta(seconds=1))
    services.parcels_watch()
    row = Attention.objects.get()
    assert (row.reason, row.since, row.due_at) == ("return_unrefunded", signed, signed + 7 * DAYS)
    refund = refunds.refund_receive(refund=refund, actor=factories.staff(Role.WAREHOUSE), passed=True)
    services.parcels_watch()
    assert found() == [("return_unrefunded", back(refund).pk)], "received is not refunded"
    factories.pay(refund)
    services.parcels_watch()
    assert ends() == [("return_unrefunded", "recovered")]


def test_a_return_that_no_scan_announced_is_found_from_the_moment_it_was_received(traveller):
    """TMO-14."""
    refund = sent_back()
    refunds.refund_receive(refund=refund, actor=factories.staff(Role.WAREHOUSE), passed=True)
    received = clock.now()
    traveller.shift(48 * HOURS)
    services.parcels_watch()
    assert list(Attention.objects.values_list("reason", "since")) == [("return_unrefunded", received)]


def test_a_return_that_never_came_after_its_replacement_is_found(traveller):
    """EXC-4: once the time for it is over, until it is here."""
    refund = sent_first()
    services.parcels_watch()
    assert found() == []
    traveller.move_to(refund.due_at + timedelta(seconds=1))
    sweeps.sweep()
    services.parcels_watch()
    assert found() == [("return_missing", back(refund).pk)]
    refunds.refund_receive(refund=refund, actor=factories.staff(Role.WAREHOUSE), passed=True)
    services.parcels_watch()
    assert ends() == [("return_missing", "recovered")]
    all_is_well()


def test_a_return_without_a_scan_raises_the_task_to_contact_the_buyer(traveller):
    """RFD-6: and it is ticked off by the scan."""
    refund = sent_back()
    assert open_tasks() == []
    traveller.shift(48 * HOURS)
    services.parcels_watch()
    assert found() == [("silent", back(refund).pk)]
    assert open_tasks() == [("check_tracking", "agent")]
    scanned(back(refund), "103")
    services.parcels_watch()
    assert open_tasks() == []


def test_an_outward_parcel_without_a_scan_is_no_task_for_the_buyer(traveller):
    outward()
    traveller.shift(48 * HOURS)
    services.parcels_watch()
    assert open_tasks() == []


def test_a_corrected_number_that_looks_wrong_keeps_its_task(traveller):
    """RFD-6: the old parcel's silence is over, the question to the buyer is not."""
    refund = sent_back()
    traveller.shift(48 * HOURS)
    services.parcels_watch()
    assert open_tasks() == [("check_tracking", "agent")]
    buyer = factories.buyer(refund.shop)
    services.return_shipment_record(refund=refund, actor=buyer, carrier="yuantong", tracking_no="12345")
    services.parcels_watch()
    assert (ends(), open_tasks()) == ([("silent", "recovered")], [("check_tracking", "agent")])


def settle(parcel, note="asked the carrier", **actor):
    row = Attention.objects.get(parcel=parcel, ended_at=None)
    return services.attention_settle(attention=row, actor=actor.get("actor", factories.staff()), note=note)


def test_what_was_settled_stays_so_while_the_parcel_stands_as_it_did(traveller):
    parcel = scanned(outward(), "2")
    services.parcels_watch()
    row = settle(parcel)
    assert (row.ended_as, row.note, found()) == ("settled", "asked the carrier", [])
    traveller.shift(HOURS)
    scanned(parcel, "2", "still nobody there")
    services.parcels_watch()
    assert found() == []
    for code in ("5", "2"):
        traveller.shift(HOURS)
        scanned(parcel, code)
        services.parcels_watch()
    assert found() == [("undeliverable", parcel.pk)], "a problem anew"


def test_a_stalled_parcel_that_was_settled_is_found_again_after_another_scan(traveller):
    parcel = scanned(outward(), "1002")
    traveller.shift(3 * DAYS)
    services.parcels_watch()
    settle(parcel)
    services.parcels_watch()
    assert found() == []
    scanned(parcel, "1002", "goes on")
    traveller.shift(3 * DAYS)
    services.parcels_watch()
    assert found() == [("stalled", parcel.pk)]


def test_settling_needs_a_word_and_somebody_who_may():
    parcel = denied(outward())
    with refused(errors.Invalid):
        settle(parcel, note="  ")
    with refused(errors.Forbidden):
        settle(parcel, actor=factories.staff(Role.FINANCE))
    with refused(errors.NotFound):
        settle(parcel, actor=factories.staff(Role.AGENT, factories.make_shop()))
    row = Attention.objects.get()
    settle(parcel)
    with refused(errors.Conflict, rule="LOG-6"):
        services.attention_settle(attention=row, actor=factories.staff(), note="again")


def test_the_database_keeps_what_ended_and_what_it_is_about():
    """LOG-6: a row that has ended never changes, one that is open keeps parcel, reason and time."""
    parcel = denied(outward())
    rows = Attention.objects.filter(parcel=parcel)
    spoilt = (
        {"reason": "stalled"},
        {"due_at": clock.now()},
        {"ended_at": clock.now()},
        {"ended_at": clock.now(), "ended_as": "settled", "ended_by": "x"},
    )
    for change in spoilt:
        with pytest.raises(DatabaseError), transaction.atomic():
            rows.update(**change)
    settle(parcel)
    with pytest.raises(DatabaseError), transaction.atomic():
        rows.update(ended_at=None, ended_as="", ended_by="", note="")
    with pytest.raises(DatabaseError), transaction.atomic():
        rows.update(note="otherwise")


def test_two_watchers_find_a_parcel_once():
    """The one that read before the other wrote does no harm."""
    parcel = scanned(outward(), "2")
    patience, now = Patience.of(parcel.shop_id), clock.now()
    read = list(unnoticed("undeliverable", parcel.shop_id, patience, now))
    services.parcels_watch()
    watching._open("undeliverable", read, patience, now)
    assert (len(read), found()) == (1, [("undeliverable", parcel.pk)])


def test_the_watch_goes_by_pages_and_costs_the_same_for_one_and_for_many(monkeypatch):
    shop = factories.make_shop()
    scanned(outward(shop), "2")
    policies.get("parcel.stalled", shop_id=shop.pk)
    with statements() as one:
        services.parcels_watch()
    many = [scanned(outward(shop), "2") for _each in range(20)]
    with statements() as twenty:
        assert services.parcels_watch() == (20, 0)
    assert len(one) == len(twenty)
    for parcel in many:
        scanned(parcel, "5", "on the way again")
    monkeypatch.setattr(watching, "BATCH", 7)
    assert services.parcels_watch() == (0, 20)
    for parcel in many:
        scanned(parcel, "2", "again")
    assert services.parcels_watch() == (20, 0)
    assert OutboxEvent.objects.filter(topic="parcel.recovered").count() == 20
