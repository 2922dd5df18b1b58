"""The whole way: subscribed over HTTP, pushed over HTTP, kept, read; and each fault that the service has."""

import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from logistics import gateways, tasks
from logistics.management.tracking_server import Service
from logistics.models import Parcel, TrackingPush, TrackingSubscription

from .kuaidi_world import PATH, install, parcel, running, until
from .test_following import later

pytestmark = pytest.mark.django_db(transaction=True)
NO = "YT1234567890123"
ROOT = Path(__file__).resolve().parent.parent.parent
FAST = 3_600_000.0
"""An hour takes a millisecond."""


@pytest.fixture
def world(tmp_path, settings, live_server):
    made = []

    def make(speed=FAST):
        service = Service(tmp_path, speed=speed)
        serving = running(service)
        url = serving.__enter__()
        made.append(serving)
        install(settings, service, tmp_path, url, f"{live_server.url}{PATH}")
        return service

    yield make
    for serving in made:
        serving.__exit__(None, None, None)
    gateways._kuaidi100.cache_clear()


def follow():
    parcel()
    tasks.subscriptions_open()
    tasks.subscriptions_ask()


def pushed(service):
    return [row["taken"] for row in service.journal if row["kind"] == "push"]


def over(service):
    return any(row["kind"] == "over" for row in service.journal)


def row():
    return TrackingSubscription.objects.get(tracking_no=NO)


@pytest.mark.parametrize(
    ("faults", "state", "status", "carrier"),
    [
        ([], "ended", "signed", "yuantong"),
        (["repeated"], "ended", "signed", "yuantong"),
        (["late"], "ended", "signed", "yuantong"),
        (["late", "shuffled", "repeated"], "ended", "signed", "yuantong"),
        (["carrier:yunda"], "ended", "signed", "yunda"),
        (["abort"], "waiting", "wait_pickup", "yuantong"),
    ],
)
def test_every_fault_that_is_told_of_comes_to_the_right_end(world, faults, state, status, carrier):
    service = world()
    service.script(NO, faults=faults)
    follow()
    pushes = {"abort": 1}.get("".join(faults), 18 if "repeated" in faults else 6)
    until(lambda: over(service) and len(pushed(service)) == pushes)
    tasks.pushes_drain()
    assert all(pushed(service))
    assert (row().state, Parcel.objects.get().status, Parcel.objects.get().carrier) == (state, status, carrier)


def test_a_wrong_signature_is_tried_four_times_and_believed_never(world):
    service = world()
    service.script(NO, route=[{"hours": 1, "code": "103", "text": "已揽收"}], faults=["bad_signature"])
    follow()
    until(lambda: len(pushed(service)) == 4)
    assert not any(pushed(service))
    assert not TrackingPush.objects.exists()


def test_what_was_not_taken_comes_again_thirty_five_minutes_later(world, settings):
    """At this speed half a second; the push is one, however often it was tried."""
    service = world(speed=4_200.0)
    service.script(NO, route=[{"hours": 0.1, "code": "103", "text": "已揽收"}])
    follow()
    settings.AFTERSALES = settings.AFTERSALES | {"tracking_provider": ""}
    until(lambda: pushed(service) == [False])
    settings.AFTERSALES = settings.AFTERSALES | {"tracking_provider": "kuaidi100"}
    until(lambda: pushed(service) == [False, True])
    tasks.pushes_drain()
    assert Parcel.objects.get().status == "picked_up"


def test_silence_is_asked_about_after_a_day(world):
    service = world()
    service.script(NO, faults=["silent"])
    follow()
    until(lambda: over(service))
    assert pushed(service) == []
    later(timedelta(hours=25))
    tasks.subscriptions_ask()
    assert (row().state, Parcel.objects.get().status) == ("ended", "signed")


def test_started_again_it_knows_whom_it_follows_and_goes_on(world, tmp_path):
    service = world(speed=4_200.0)
    service.script(
        NO, route=[{"hours": 0.1, "code": "103", "text": "已揽收"}, {"hours": 900, "code": "301", "text": "签收"}]
    )
    follow()
    until(lambda: pushed(service) == [True])
    again = Service(tmp_path, speed=FAST)
    again.script(
        NO, route=[{"hours": 0.1, "code": "103", "text": "已揽收"}, {"hours": 900, "code": "301", "text": "签收"}]
    )
    again.resume()
    until(lambda: over(again))
    until(lambda: len(pushed(again)) == 3)
    tasks.pushes_drain()
    assert Parcel.objects.get().status == "signed"


def test_the_command_says_what_a_client_needs_and_ends_when_it_is_told(tmp_path):
    command = [sys.executable, "manage.py", "tracking_server", "--port", "0", "--home", str(tmp_path), "--speed", "60"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        first, second = process.stdout.readline(), process.stdout.readline()
        process.terminate()
    assert "TRACKING_PROVIDER=kuaidi100 KUAIDI_URL=http://127.0.0.1:" in first
    assert f"KUAIDI_KEY_FILE={tmp_path}/key KUAIDI_SALT_FILE={tmp_path}/salt" in second
    assert (tmp_path / "salt").read_text()
