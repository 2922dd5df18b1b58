"""Which numbers are followed, when the service is asked, and that its limits hold whatever happens (LOG-1, LOG-6)."""

import threading
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from aftersales.core import clock
from logistics import gateways, services, tasks
from logistics.gateways import Answer, NotReached, Track
from logistics.management.tracking_server import Service
from logistics.models import Parcel, TrackingCall, TrackingSubscription
from logistics.services import following

from .kuaidi_world import install, parcel, running

pytestmark = pytest.mark.django_db(transaction=True)
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


class Scripted:
    """A service that answers as it is told, and remembers what it was asked."""

    source = "kuaidi100"

    def __init__(self, *answers):
        self.answers, self.asked = list(answers), []

    def _next(self, kind, waybill):
        assert not connection.in_atomic_block, "asked inside a transaction"
        self.asked.append((kind, waybill))
        answer = self.answers.pop(0) if self.answers else Answer("done", "200")
        if isinstance(answer, Exception):
            raise answer
        return answer

    def subscribe(self, waybill):
        return self._next("subscribe", waybill)

    def query(self, waybill):
        answer = self._next("query", waybill)
        return answer if isinstance(answer, Track) else Track(answer)


def opened(**fields):
    made = parcel(**fields)
    services.subscriptions_open()
    return TrackingSubscription.objects.get(tracking_no=made.tracking_no)


def later(by):
    """Let so much time have passed."""
    for model, names in ((TrackingSubscription, ("ask_at", "aborted_at", "heard_at", "created_at")),):
        for row in model.objects.all():
            for name in names:
                if getattr(row, name) is not None:
                    setattr(row, name, getattr(row, name) - by)
            row.save()
    for call in TrackingCall.objects.all():
        TrackingCall.objects.filter(pk=call.pk).update(asked_at=call.asked_at - by)


def test_a_new_parcel_is_followed_without_its_shipment_waiting_for_it(tmp_path, settings):
    """Never in the request: shipping writes the parcel alone; the jobs do the rest."""
    service = Service(tmp_path)
    service.script("YT1234567890123", faults=["no_scans"])
    with running(service) as url:
        install(settings, service, tmp_path, url)
        parcel()
        assert not TrackingSubscription.objects.exists()
        tasks.subscriptions_open()
        tasks.subscriptions_ask()
    gateways._kuaidi100.cache_clear()
    row = TrackingSubscription.objects.get()
    assert (row.state, row.carrier, row.tracking_no) == ("followed", "yuantong", "YT1234567890123")
    assert [row["kind"] for row in service.journal] == ["subscribe"]
    call = TrackingCall.objects.get()
    assert (call.kind, call.outcome, call.code) == ("subscribe", "done", "200")


def test_without_a_tracking_service_nobody_is_asked():
    parcel()
    tasks.subscriptions_open()
    tasks.subscriptions_ask()
    assert not TrackingSubscription.objects.exists()


@pytest.mark.parametrize(
    ("number", "carrier", "why"),
    [
        ("9876543210123", "ems", "own site only"),
        ("ZZ123456", "pigeon", "carrier unknown"),
        ("YT12", "yuantong", "number too short or too long"),
    ],
)
def test_what_no_service_follows_is_noted_and_not_looked_at_again(number, carrier, why):
    row = opened(number=number, carrier=carrier)
    assert (row.state, row.ask_at, row.message) == ("refused", None, why)
    assert services.subscriptions_open() == 0
    assert services.subscriptions_ask(provider=Scripted()) == 0


def test_a_later_parcel_with_the_same_number_and_the_right_carrier_is_another_try():
    opened(carrier="pigeon")
    row = opened(carrier="yunda")
    assert (row.state, row.carrier) == ("waiting", "yunda")


def test_what_is_far_below_the_newest_known_key_is_found_by_night():
    """By day only new keys are looked at, with an overlap for those that were committed late."""
    row = opened()
    parcel(number="YT0000000000001")
    TrackingSubscription.objects.filter(pk=row.pk).update(parcel=Parcel.objects.latest("pk"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(following.opening, "OVERLAP", 0)
        assert services.subscriptions_open() == 0
        assert services.subscriptions_open(thorough=True) == 1


def test_parcels_of_long_ago_are_not_followed_any_more():
    parcel()
    Parcel.objects.update(shipped_at=clock.now() - 31 * DAY)
    assert services.subscriptions_open(thorough=True) == 0


def test_a_phone_number_goes_along_only_where_a_carrier_wants_it():
    opened(number="YT1234567890123")
    opened(number="SF1234567890123", carrier="shunfeng")
    provider = Scripted()
    services.subscriptions_ask(provider=provider)
    phones = {waybill.carrier: waybill.phone for _kind, waybill in provider.asked}
    assert phones == {"yuantong": "", "shunfeng": "13800001234"}


def test_a_number_is_subscribed_four_times_in_a_month_and_no_more():
    """Without an answer each time: the fifth waits until the first is a month old."""
    row = opened()
    provider = Scripted(*[OSError()] * 9)
    for _time in range(8):
        services.subscriptions_ask(provider=provider)
        later(40 * MINUTE)
    assert len(provider.asked) == 4
    row.refresh_from_db()
    first = TrackingCall.objects.earliest("asked_at").asked_at
    assert abs(row.ask_at + 40 * MINUTE - (first + 40 * MINUTE + 31 * DAY)) < timedelta(hours=2)
    later(31 * DAY)
    services.subscriptions_ask(provider=provider)
    assert len(provider.asked) == 5


def test_asked_again_before_half_an_hour_is_over_nobody_is():
    opened()
    provider = Scripted(OSError())
    services.subscriptions_ask(provider=provider)
    later(29 * MINUTE)
    assert services.subscriptions_ask(provider=provider) == 0
    later(2 * MINUTE)
    assert services.subscriptions_ask(provider=provider) == 1
    assert TrackingSubscription.objects.get().state == "followed"


def test_a_sender_that_died_leaves_a_question_that_counts():
    """No automatic resend: the row without an outcome holds the number back for half an hour."""
    row = opened()
    taken = following.asking._take(clock.now())
    assert taken.call.outcome == ""
    assert services.subscriptions_ask(provider=Scripted()) == 0
    later(32 * MINUTE)
    assert services.subscriptions_ask(provider=Scripted(Answer("done", "501"))) == 1
    row.refresh_from_db()
    assert row.state == "followed"
    assert sorted(TrackingCall.objects.values_list("outcome", flat=True)) == ["", "done"]


def test_nobody_there_costs_nothing_of_the_limit_and_ends_the_round():
    opened(number="YT0000000000001")
    opened(number="YT0000000000002")
    provider = Scripted(NotReached())
    assert services.subscriptions_ask(provider=provider) == 1
    assert len(provider.asked) == 1
    for _time in range(6):
        later(2 * MINUTE)
        services.subscriptions_ask(provider=Scripted(NotReached()))
    assert set(TrackingCall.objects.values_list("outcome", flat=True)) == {"unsent"}
    later(2 * MINUTE)
    services.subscriptions_ask(provider=Scripted())
    assert set(TrackingSubscription.objects.values_list("state", flat=True)) == {"followed"}


def test_our_account_refused_ends_the_round_and_is_tried_again_in_an_hour():
    opened(number="YT0000000000001")
    opened(number="YT0000000000002")
    provider = Scripted(Answer("refused", "601", "余额不足", "us"))
    services.subscriptions_ask(provider=provider)
    assert len(provider.asked) == 1
    held = TrackingSubscription.objects.get(message="余额不足")
    assert held.state == "waiting"
    assert held.ask_at - clock.now() > 59 * MINUTE


def test_our_data_refused_is_not_tried_again():
    row = opened()
    services.subscriptions_ask(provider=Scripted(Answer("refused", "702", "不能识别", "data")))
    row.refresh_from_db()
    assert (row.state, row.ask_at, row.message) == ("refused", None, "不能识别")


def test_two_workers_never_ask_about_one_number_twice():
    """A real race: the number is locked while it is written down, and skipped by the other."""
    opened()
    provider, barrier, failed = Scripted(), threading.Barrier(4), []

    def work():
        try:
            barrier.wait()
            services.subscriptions_ask(provider=provider)
        except BaseException as problem:
            failed.append(problem)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _each in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert len(provider.asked) == 1


@pytest.mark.parametrize(("kind", "most"), [("query", 1), ("subscribe", 4)])
def test_the_database_keeps_the_limits_against_whoever_forgets_them(kind, most):
    row = opened()
    ask = {"subscription": row, "kind": kind, "carrier": "yuantong"}
    for number in range(most):
        TrackingCall.objects.create(**ask, asked_at=clock.now() + number * MINUTE)
    with pytest.raises(IntegrityError), transaction.atomic():
        TrackingCall.objects.create(**ask, asked_at=clock.now() + 20 * MINUTE)
    TrackingCall.objects.create(**ask, asked_at=clock.now() + 32 * DAY)
