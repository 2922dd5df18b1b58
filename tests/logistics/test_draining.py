"""What is pushed becomes scans, in whatever order and however often it comes (LOG-1, LOG-6)."""

import random
import threading
from datetime import timedelta

import pytest
from django.db import connection

from aftersales.core import clock, replay
from aftersales.core.models import LogEntry
from logistics import gateways, services, tasks
from logistics.gateways import Answer, Sighting, Track
from logistics.management.tracking_server import Service
from logistics.models import Parcel, ParcelScan, TrackingCall, TrackingPush, TrackingSubscription
from logistics.services.following import draining
from tests import factories

from .kuaidi_world import SCAN, install, param_of, parcel, signed, tell
from .test_following import Scripted, later

pytestmark = pytest.mark.django_db(transaction=True)
NO = "YT1234567890123"
ROUTE = [
    SCAN,
    {"ftime": "2026-11-25 18:00:00", "context": "已发往成都", "statusCode": "1002"},
    {"ftime": "2026-11-26 08:00:00", "context": "派件中", "statusCode": "5"},
    {"ftime": "2026-11-26 11:00:00", "context": "本人签收", "statusCode": "301"},
]
MINUTE = timedelta(minutes=1)


@pytest.fixture
def service(tmp_path, settings):
    service = Service(tmp_path)
    install(settings, service, tmp_path, "http://127.0.0.1:9")
    parcel()
    services.subscriptions_open()
    services.subscriptions_ask(provider=Scripted())
    yield service
    gateways._kuaidi100.cache_clear()


def followed():
    return TrackingSubscription.objects.get(tracking_no=NO)


def scans():
    return list(ParcelScan.objects.order_by("occurred_at").values_list("code", "text"))


def pushes(service, *, upto=4):
    return [signed(service, param_of(NO, *ROUTE[: n + 1][::-1])) for n in range(upto)]


def test_pushes_become_scans_and_the_parcels_status(service):
    for form in pushes(service):
        tell(form)
    tasks.pushes_drain()
    assert scans() == [("103", "已揽收"), ("1002", "已发往成都"), ("5", "派件中"), ("301", "本人签收")]
    assert Parcel.objects.get().status == "signed"
    assert not TrackingPush.objects.exclude(due_at=None).exists()
    assert ParcelScan.objects.values_list("source", flat=True).distinct().get() == "kuaidi100"


@pytest.mark.parametrize("seed", range(5))
def test_late_repeated_and_shuffled_it_ends_alike(service, seed):
    forms = pushes(service) * 4
    random.Random(seed).shuffle(forms)
    for form in forms:
        tell(form)
        if random.Random(seed).random() < 0.3:
            tasks.pushes_drain()
    tasks.pushes_drain()
    assert len(scans()) == 4
    assert Parcel.objects.get().status == "signed"


def test_drained_twice_it_counts_once(service):
    tell(pushes(service)[2])
    tasks.pushes_drain()
    TrackingPush.objects.update(due_at=clock.now(), drained_at=None)
    tasks.pushes_drain()
    assert len(scans()) == 3


def test_four_readers_at_once_read_every_push_once(service):
    """A real race: FOR UPDATE SKIP LOCKED on each push, scans that count once."""
    for form in pushes(service):
        tell(form)
    barrier, failed = threading.Barrier(4), []

    def read():
        try:
            barrier.wait()
            tasks.pushes_drain()
        except BaseException as problem:
            failed.append(problem)
        finally:
            connection.close()

    threads = [threading.Thread(target=read) for _each in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert len(scans()) == 4
    assert TrackingPush.objects.filter(due_at=None, tries=0).count() == 4


def test_parcels_under_one_number_are_all_told(service):
    parcel()
    tell(pushes(service)[3])
    tasks.pushes_drain()
    assert list(Parcel.objects.values_list("status", flat=True)) == ["signed", "signed"]


def test_another_carrier_is_taken_over_and_the_old_one_kept(service):
    """autoCheck: the number is another carrier's (LOG-2)."""
    param = param_of(NO, SCAN, autoCheck="1", comOld="yuantong", comNew="yunda")
    tell(signed(service, param))
    tasks.pushes_drain()
    row = followed()
    assert (row.carrier, row.carrier_found, row.carrier_now) == ("yuantong", "yunda", "yunda")
    assert Parcel.objects.get().carrier == "yunda"


def test_another_carrier_is_written_into_the_log_once_and_a_superseded_number_left_alone(service):
    """RFD-8, LOG-2: who changed whose the parcel is, from what to what; the correction is heard twice."""
    own, replaced = Parcel.objects.get(), parcel()
    services.parcel_correct(
        parcel=replaced, actor=factories.staff(), carrier="jtexpress", tracking_no="JT1234567890123"
    )
    for _time in range(2):
        tell(signed(service, param_of(NO, SCAN, autoCheck="1", comOld="yuantong", comNew="yunda")))
        tasks.pushes_drain()
    assert Parcel.objects.get(pk=own.pk).carrier == "yunda"
    entry = LogEntry.objects.get(subject_type="parcel", action="correct_carrier")
    assert (entry.subject_id, entry.version) == (own.pk, own.version + 1)
    assert (entry.from_status, entry.to_status) == ("wait_pickup", "wait_pickup")
    assert (entry.actor_name, entry.note) == ("system: tracking", "yuantong → yunda")
    assert Parcel.objects.get(pk=replaced.pk).carrier == "yuantong"
    assert list(replay.differences(["parcel"])) == []


def test_a_carrier_that_nobody_knows_here_is_noted_and_not_taken_over(service):
    tell(signed(service, param_of(NO, SCAN, autoCheck="1", comOld="yuantong", comNew="pigeon")))
    tasks.pushes_drain()
    assert followed().carrier_found == "pigeon"
    assert Parcel.objects.get().carrier == "yuantong"


def test_given_up_it_is_subscribed_again_after_half_an_hour_with_the_right_carrier(service):
    tell(signed(service, param_of(NO, autoCheck="1", comOld="yuantong", comNew="yunda")))
    tell(signed(service, param_of(NO, status="abort", message="3天查询无记录")))
    tasks.pushes_drain()
    row = followed()
    assert (row.state, row.message) == ("waiting", "3天查询无记录")
    provider = Scripted()
    assert services.subscriptions_ask(provider=provider) == 0
    later(29 * MINUTE)
    assert services.subscriptions_ask(provider=provider) == 0
    later(3 * MINUTE)
    assert services.subscriptions_ask(provider=provider) == 1
    assert [(kind, waybill.carrier) for kind, waybill in provider.asked] == [("subscribe", "yunda")]
    assert followed().state == "followed"


def test_given_up_again_and_again_it_is_subscribed_four_times_in_a_month(service):
    provider = Scripted()
    for number in range(6):
        tell(signed(service, param_of(NO, status="abort", message=f"abort {number}")))
        tasks.pushes_drain()
        later(40 * MINUTE)
        services.subscriptions_ask(provider=provider)
    assert TrackingCall.objects.filter(kind="subscribe").count() == 4
    row = followed()
    assert row.state == "waiting"
    assert row.ask_at - clock.now() > timedelta(days=29)


def test_given_up_after_it_was_signed_for_it_is_over(service):
    tell(pushes(service)[3])
    tell(signed(service, param_of(NO, status="abort", message="60天无变化")))
    tasks.pushes_drain()
    assert (followed().state, followed().ask_at) == ("ended", None)


def test_what_is_shut_down_stays_so_in_whatever_order_it_is_heard(service):
    tell(signed(service, param_of(NO, *ROUTE[::-1], status="shutdown")))
    tell(signed(service, param_of(NO, status="abort")))
    tell(pushes(service)[1])
    tasks.pushes_drain()
    assert (followed().state, followed().ask_at) == ("ended", None)
    assert len(scans()) == 4


def test_a_push_says_that_the_subscription_was_taken_though_its_answer_was_lost(tmp_path, settings):
    service = Service(tmp_path)
    install(settings, service, tmp_path, "http://127.0.0.1:9")
    parcel()
    services.subscriptions_open()
    services.subscriptions_ask(provider=Scripted(OSError()))
    assert followed().state == "waiting"
    tell(pushes(service)[0])
    tasks.pushes_drain()
    assert followed().state == "followed"
    later(32 * MINUTE)
    assert services.subscriptions_ask(provider=Scripted()) == 0
    gateways._kuaidi100.cache_clear()


def test_silence_for_a_day_is_asked_about_and_the_answer_counts_like_a_push(service):
    seen = Sighting(clock.now(), "301", "本人签收")
    provider = Scripted(Track(Answer("done", "200"), (seen,), over=True))
    assert services.subscriptions_ask(provider=provider) == 0
    later(timedelta(hours=25))
    assert services.subscriptions_ask(provider=provider) == 1
    assert [kind for kind, _waybill in provider.asked] == ["query"]
    assert Parcel.objects.get().status == "signed"
    assert (followed().state, followed().ask_at) == ("ended", None)


def test_asked_by_a_person_it_waits_for_its_half_hour(service):
    provider = Scripted(Track(Answer("done", "200"), (Sighting(clock.now(), "5", "派件中"),)))
    call = services.number_ask(subscription=followed(), provider=provider)
    assert call.outcome == "done"
    assert Parcel.objects.get().status == "out_for_delivery"
    assert services.number_ask(subscription=followed(), provider=provider) is None
    assert len(provider.asked) == 1


def test_a_push_that_breaks_holds_up_nothing_else_and_is_tried_again(service, monkeypatch):
    first, second = pushes(service)[:2]
    tell(first)
    broken = TrackingPush.objects.get()
    tell(second)
    real = draining.push_kept

    def read(body):
        if body == broken.body:
            raise RuntimeError("a mistake of ours")
        return real(body)

    monkeypatch.setattr(draining, "push_kept", read)
    tasks.pushes_drain()
    broken.refresh_from_db()
    assert (broken.tries, broken.error) == (1, "RuntimeError: a mistake of ours")
    assert broken.due_at > clock.now()
    assert len(scans()) == 2
    monkeypatch.setattr(draining, "push_kept", real)
    TrackingPush.objects.filter(due_at__isnull=False).update(due_at=clock.now())
    tasks.pushes_drain()
    assert TrackingPush.objects.filter(due_at=None, error="").count() == 2


def test_pushes_of_long_ago_are_thrown_away_and_their_scans_stay(service):
    tell(pushes(service)[0])
    tasks.pushes_drain()
    tasks.pushes_expire()
    assert TrackingPush.objects.count() == 1
    TrackingPush.objects.update(drained_at=clock.now() - timedelta(days=31))
    tasks.pushes_expire()
    assert TrackingPush.objects.count() == 0
    assert len(scans()) == 1
