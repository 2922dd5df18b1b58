"""The client of kuaidi100 against a service that shares no code with it (field-facts §4.1)."""

import json
from datetime import UTC, datetime

import pytest
from django.db import transaction

from logistics.gateways import Answer, NotReached, Push, Sighting, Waybill, kuaidi100
from logistics.gateways.kuaidi100 import Account, Kuaidi100, Unreadable, errors, push_of
from logistics.management.tracking_server import Service
from logistics.management.tracking_server.service import CUSTOMER

from .kuaidi_world import running

YT = Waybill("YT1234567890123", "yuantong")
NOON = datetime(2026, 11, 25, 4, 0, tzinfo=UTC)


@pytest.fixture
def service(tmp_path):
    return Service(tmp_path, speed=1e9)


@pytest.fixture
def client(service):
    with running(service) as url:
        yield Kuaidi100(url, Account(CUSTOMER, service.key, service.salt, "http://127.0.0.1:9/"))


def test_a_question_is_signed_as_the_vendors_kit_does_it():
    """MD5 over param, key and customer, in upper case."""
    param = '{"com":"yuantong","num":"YT1"}'
    assert kuaidi100.query_sign(param, "KEY", "CUSTOMER") == "AA5AC7CF80BF52055CC76428BD5E83FB"


def test_a_number_is_followed_once_and_a_repetition_is_as_good(service, client):
    """501: it is tracked already."""
    service.script(YT.number, faults=["no_scans"])
    assert client.subscribe(YT) == Answer("done", "200", "提交成功")
    assert client.subscribe(YT) == Answer("done", "501", "重复订阅")
    assert [row["kind"] for row in service.journal] == ["subscribe"]


@pytest.mark.parametrize(
    ("waybill", "answer"),
    [
        (Waybill("YT1", "yuantong"), ("refused", "700", "data")),
        (Waybill("YT1234567890123", "nobody"), ("refused", "701", "data")),
        (Waybill("SF1234567890123", "shunfeng"), ("refused", "700", "data")),
    ],
)
def test_what_is_wrong_with_our_data_is_said(client, waybill, answer):
    said = client.subscribe(waybill)
    assert (said.status, said.code, said.fault) == answer


def test_a_wrong_key_is_our_fault_both_ways(service, client):
    stranger = Kuaidi100(client.url, Account(CUSTOMER, "wrong", service.salt, "http://127.0.0.1:9/"))
    assert stranger.subscribe(YT).fault == "us"
    assert stranger.query(YT).answer == Answer("refused", "503", "验证签名失败", "us")
    assert service.journal == []


@pytest.mark.parametrize(
    ("table", "code"), [(errors.SUBSCRIBED, "500"), (errors.SUBSCRIBED, "999"), (errors.ASKED, "")]
)
def test_a_code_that_says_nothing_is_asked_again_later(table, code):
    assert errors.answer(table, code, "?").status == "unknown"


def test_a_query_tells_every_scan_with_its_finer_code(service, client):
    service.scans[YT.number] = [
        {"ftime": "2026-11-25 12:00:00", "context": "已揽收", "statusCode": "103", "location": "杭州"},
        {"ftime": "2026-11-26 09:30:05", "context": "本人签收", "statusCode": "301", "location": "成都"},
    ]
    found = client.query(YT)
    assert found.over
    assert found.sightings == (
        Sighting(datetime(2026, 11, 26, 1, 30, 5, tzinfo=UTC), "301", "本人签收", "成都"),
        Sighting(NOON, "103", "已揽收", "杭州"),
    )
    assert client.query(YT).answer == Answer("unknown", "501", "单号已锁定"), "asked again at once, it is locked"


def test_a_number_without_scans_is_unknown_not_refused(client):
    assert client.query(YT).answer == Answer("unknown", "500", "查询无结果，请隔段时间再查")


def test_nobody_there_is_not_the_same_as_no_answer(service):
    with running(service) as url:
        pass
    gone = Kuaidi100(url, Account(CUSTOMER, service.key, service.salt, ""))
    with pytest.raises(NotReached):
        gone.subscribe(YT)


@pytest.mark.parametrize("raw", [b"", b"<html>", b"[1]", b"[" * 100_000, b'{"nu":"OTHER"}', b"x" * 2_000_000])
def test_an_answer_that_is_none_is_not_believed(client, raw, monkeypatch):
    from logistics.management.tracking_server import server

    def send(self, answer):
        self.send_response(200)
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)

    monkeypatch.setattr(server.Handler, "_send", send)
    with pytest.raises(Unreadable):
        client.query(YT)


@pytest.mark.django_db
def test_nobody_is_asked_inside_a_transaction(client):
    with transaction.atomic(), pytest.raises(RuntimeError):
        client.subscribe(YT)


def test_secrets_are_not_shown(client):
    assert client.account.key not in repr(client)
    assert client.account.salt not in repr(client)


def test_a_push_is_read_with_the_carrier_that_was_found():
    result = {"nu": "yt1234567890123", "com": "yunda", "state": "3", "data": [{"time": "2026-11-25 12:00:00"}]}
    given = {"status": "polling", "autoCheck": "1", "comOld": "yuantong", "comNew": "yunda", "lastResult": result}
    assert push_of(json.dumps(given)) == Push(
        "YT1234567890123", "polling", "", "yuantong", "yunda", (Sighting(NOON, "3"),)
    )


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ({"statusCode": "501", "status": "派件"}, "501"),
        ({"status": "代签"}, "303"),
        ({"status": "签收"}, "3"),
        ({"status": "?"}, "5"),
        ({"statusCode": ["x"]}, "5"),
        ({"statusCode": "99999"}, "5"),
    ],
)
def test_a_scan_has_the_finest_code_that_is_given(row, code):
    result = {"nu": "YT1234567890123", "state": "5", "data": [{"ftime": "2026-11-25 12:00:00"} | row]}
    [scan] = push_of(json.dumps({"status": "polling", "lastResult": result})).sightings
    assert scan.code == code


def test_a_row_that_is_odd_costs_itself_alone():
    rows = [{"ftime": "yesterday"}, 7, None, {"ftime": "2026-11-25 12:00:00", "context": "a\x00b\ud800"}, {}]
    result = {"nu": "YT1234567890123", "state": "0", "data": rows}
    assert push_of(json.dumps({"status": "polling", "lastResult": result})).sightings == (Sighting(NOON, "0", "ab?"),)


@pytest.mark.parametrize(
    "text", ["", "x", "[]", "{}", '{"lastResult": []}', "[" * 100_000, '{"status":"polling","lastResult":{"nu":"a b"}}']
)
def test_what_is_no_push_is_no_push(text):
    with pytest.raises((ValueError, OverflowError)):
        push_of(text)
