"""The callback of kuaidi100: checked, kept once, answered as it wants it, and never a failure of ours (LOG-6)."""

import random
from urllib.parse import urlencode

import pytest
from django.test import Client

from logistics import gateways
from logistics.management.tracking_server import Service
from logistics.models import TrackingCall, TrackingPush, TrackingSubscription
from logistics.services import subscriptions_open
from logistics.views.hooks import PUSHES
from tests import factories

from .kuaidi_world import FORM, PATH, SCAN, install, param_of, parcel, signed, tell

pytestmark = pytest.mark.django_db(transaction=True)
SUCCESS = {"result": True, "returnCode": "200", "message": "成功"}
FAILURE = {"result": False, "returnCode": "500", "message": "失败"}


@pytest.fixture
def service(tmp_path, settings):
    service = Service(tmp_path)
    install(settings, service, tmp_path, "http://127.0.0.1:9")
    parcel()
    subscriptions_open()
    yield service
    gateways._kuaidi100.cache_clear()


def counted(result):
    return PUSHES.labels(result)._value.get()


def test_a_genuine_push_is_kept_as_it_came_and_answered_with_success(service):
    before = counted("new")
    param = param_of("YT1234567890123", SCAN)
    assert tell(signed(service, param)) == (200, SUCCESS)
    push = TrackingPush.objects.get()
    assert (push.body, push.repeats, push.drained_at) == (param, 0, None)
    assert push.subscription == TrackingSubscription.objects.get()
    assert push.due_at == push.received_at
    assert counted("new") == before + 1


def test_repeated_it_is_one_row(service):
    """It comes three times more, 35 minutes apart, where an answer was lost."""
    form = signed(service, param_of("YT1234567890123", SCAN))
    for _time in range(4):
        assert tell(form) == (200, SUCCESS)
    assert TrackingPush.objects.get().repeats == 3


def test_it_is_kept_by_one_statement(service, django_assert_num_queries):
    client, form = Client(), signed(service, param_of("YT1234567890123", SCAN))
    with django_assert_num_queries(1):
        assert tell(form, client) == (200, SUCCESS)


def test_the_signature_may_be_in_small_letters(service):
    form = signed(service, param_of())
    assert tell(form | {"sign": form["sign"].lower()}) == (200, SUCCESS)


def test_a_number_that_is_not_ours_is_answered_with_success_and_not_kept(service):
    """Answered otherwise, it would come again."""
    before = counted("foreign")
    assert tell(signed(service, param_of("YT9999999999999", SCAN))) == (200, SUCCESS)
    assert not TrackingPush.objects.exists()
    assert counted("foreign") == before + 1


@pytest.mark.parametrize("sign", ["", "0" * 32, "签名"])
def test_a_wrong_signature_is_refused_and_counted(service, sign):
    before = counted("unsigned")
    assert tell({"param": param_of("YT1234567890123", SCAN), "sign": sign}) == (400, FAILURE)
    assert not TrackingPush.objects.exists()
    assert counted("unsigned") == before + 1


@pytest.mark.parametrize(
    "param",
    [
        "",
        "{",
        "[]",
        "null",
        "{}",
        "[" * 50_000,
        '{"status":"polling","lastResult":{"nu":""}}',
        "\x00",
        param_of(status="x"),
    ],
)
def test_signed_nonsense_is_refused_and_counted(service, param):
    before = counted("unreadable")
    assert tell(signed(service, param)) == (400, FAILURE)
    assert not TrackingPush.objects.exists()
    assert counted("unreadable") == before + 1


def test_a_huge_one_is_not_read(service):
    before = counted("too_long")
    answer = Client().post(PATH, b"param=" + b"a" * 1_100_000, content_type=FORM)
    assert (answer.status_code, answer.json()) == (413, FAILURE)
    assert counted("too_long") == before + 1


def test_a_form_of_too_many_fields_or_of_bytes_that_are_no_text_is_refused(service):
    client = Client()
    for body in (urlencode({f"f{n}": "" for n in range(3_000)}).encode(), b"\xff\xfe=\xff"):
        answer = client.post(PATH, body, content_type=FORM)
        assert (answer.status_code, answer.json()) == (400, FAILURE)


def test_without_a_tracking_service_nothing_is_taken(service, settings):
    settings.AFTERSALES = settings.AFTERSALES | {"tracking_provider": ""}
    assert tell(signed(service, param_of())) == (503, FAILURE)
    settings.AFTERSALES = settings.AFTERSALES | {"tracking_provider": "kuaidi100"}
    settings.KUAIDI100 = settings.KUAIDI100 | {"salt_file": ""}
    gateways._kuaidi100.cache_clear()
    assert tell(signed(service, param_of())) == (503, FAILURE)


def test_no_mutation_is_taken_and_none_is_a_failure_of_ours(service):
    """Five hundred forms: bytes changed, fields left out, signatures bent."""
    genuine, chance, client = signed(service, param_of("YT1234567890123", SCAN)), random.Random(7), Client()
    for number in range(500):
        form = dict(genuine)
        if number % 3 == 0:
            where = chance.randrange(len(form["param"]))
            form["param"] = form["param"][:where] + chance.choice('茶&=%\\"0{') + form["param"][where + 1 :]
        elif number % 3 == 1:
            form["sign"] = "".join(chance.sample(form["sign"], len(form["sign"])))
        else:
            del form[chance.choice(sorted(form))]
        if form != genuine:
            assert tell(form, client)[0] == 400, form
    assert not TrackingPush.objects.exists()


def test_nothing_but_the_inbox_is_touched(service):
    tell(signed(service, param_of("YT1234567890123", SCAN, status="abort")))
    assert TrackingSubscription.objects.get().state == "waiting"
    assert not TrackingCall.objects.exists()


def test_a_shared_number_is_one_row_for_all_its_parcels(service):
    parcel(shop=factories.make_shop())
    assert subscriptions_open() == 0
    tell(signed(service, param_of("YT1234567890123", SCAN)))
    assert TrackingPush.objects.count() == 1
