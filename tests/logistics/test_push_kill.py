"""Processes killed with -9 while pushes are taken and read: each is kept once, each scan counts once (LOG-6).

The short form runs on CI; AFTERSALES_PUSHES=20000 AFTERSALES_PUSH_KILLS=1000 is the long one.
"""

import multiprocessing
import os
import random
import time

import pytest
from django.conf import settings as installation
from django.db import connection

from logistics import gateways, services
from logistics.management.tracking_server import Service
from logistics.models import Parcel, ParcelScan, TrackingPush

from . import push_worker
from .kuaidi_world import install, param_of, parcel, signed
from .test_following import Scripted

pytestmark = pytest.mark.django_db(transaction=True)
PUSHES = int(os.environ.get("AFTERSALES_PUSHES", "240"))
KILLS = int(os.environ.get("AFTERSALES_PUSH_KILLS", "25"))
DIED = 77
STOPS = (("103", "已揽收"), ("1002", "运输中"), ("5", "派件中"), ("301", "本人签收"))


@pytest.fixture(scope="module")
def processes():
    """Processes that begin with Django loaded, so that they are killed while they work and not while they start."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.logistics.push_worker"])
    return context


@pytest.fixture
def service(tmp_path, settings):
    service = Service(tmp_path)
    install(settings, service, tmp_path, "http://127.0.0.1:9")
    yield service
    gateways._kuaidi100.cache_clear()


def forms_of(service, count):
    """Shuffled pushes, four about each parcel, every one telling all that happened so far."""
    forms = []
    for number in (f"YT{position:013d}" for position in range(count // 4)):
        parcel(number)
        rows = [
            {"ftime": f"2026-11-2{day + 2} 12:00:00", "statusCode": code, "context": text}
            for day, (code, text) in enumerate(STOPS)
        ]
        forms += [signed(service, param_of(number, *rows[: upto + 1][::-1])) for upto in range(4)]
    while services.subscriptions_open(thorough=True):
        continue
    services.subscriptions_ask(provider=Scripted(), most=count)
    random.Random(3).shuffle(forms)
    return forms


def push_all(processes, forms, *, kills=0, seconds=120.0, **how):
    """Push every form until it is answered with success, as the tracking service does; give how many died."""
    database = {key: connection.settings_dict[key] for key in ("NAME", "USER", "PASSWORD", "HOST", "PORT", "OPTIONS")}
    todo, died, chance, end = dict(enumerate(forms)), 0, random.Random(5), time.monotonic() + seconds
    certain = True
    while (todo or push_worker.left()) and time.monotonic() < end:
        answered = processes.SimpleQueue()
        options = {**how, "certain": certain}
        given = (database, installation.KUAIDI100, list(todo.items()), answered)
        worker = processes.Process(target=push_worker.run, args=given, kwargs=options, daemon=True)
        certain = False
        worker.start()
        if died < kills:
            worker.join(chance.uniform(0.1, 0.5))
            worker.kill()
        worker.join(60)
        assert worker.exitcode in (0, -9, DIED), "it ended with an error"
        died += worker.exitcode != 0
        while not answered.empty():
            todo.pop(answered.get(), None)
    return died


def everything_is_there_once(forms):
    """Each push one row, all read; each parcel its four scans; the last of them says where it is."""
    parcels = len(forms) // 4
    assert TrackingPush.objects.count() == len(forms)
    assert not push_worker.left()
    assert Parcel.objects.count() == parcels
    assert ParcelScan.objects.count() == len(forms)
    assert set(Parcel.objects.values_list("status", flat=True)) == {"signed"}


def test_killed_at_any_moment(processes, service):
    forms = forms_of(service, PUSHES)
    assert push_all(processes, forms, kills=KILLS) >= KILLS
    everything_is_there_once(forms)


@pytest.mark.parametrize("failpoint", list(push_worker.FAILPOINTS))
def test_dead_at_every_named_point_nothing_is_lost_and_nothing_counts_twice(processes, service, failpoint):
    """Died between keeping and answering, the push comes again and is one; died while reading, it is read again."""
    forms = forms_of(service, 40)
    assert push_all(processes, forms, failpoint=failpoint), "nobody died: the test shows nothing"
    everything_is_there_once(forms)


@pytest.mark.parametrize("broken", list(push_worker.BROKEN))
def test_every_way_not_to_do_it_is_seen(processes, service, broken):
    """Negative controls: the same run with a broken process fails."""
    forms = forms_of(service, 40)
    push_all(processes, forms, kills=8, broken=broken, seconds=30)
    with pytest.raises(AssertionError):
        everything_is_there_once(forms)
