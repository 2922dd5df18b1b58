"""The Alipay client against a gateway that speaks the protocol and fails in every way; what counts is its journal."""

import csv
import io
import logging
import zipfile
from datetime import datetime

import pytest
import requests
from cryptography.hazmat.primitives.asymmetric import rsa
from django.db import transaction
from hypothesis import given
from hypothesis import strategies as st

from refunds.gateways import Outcome
from refunds.gateways.alipay import AlipayGateway, Keys, Unverifiable, client, errors
from refunds.management.alipay_server import Gateway, server
from refunds.management.alipay_server.gateway import fen

from .alipay_world import client_of, refund_of, running, transfer_of


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    return tmp_path_factory.mktemp("alipay")


@pytest.fixture(scope="module")
def served(home):
    gateway = Gateway(home)
    with running(gateway) as url:
        yield gateway, url


@pytest.fixture
def gateway(served):
    """The gateway with clean books and one trade of ¥208."""
    served[0].trades.clear()
    served[0].refunds.clear()
    served[0].transfers.clear()
    served[0].journal.clear()
    served[0].faults.clear()
    served[0].register_trade("A1", 20800)
    return served[0]


@pytest.fixture
def alipay(served, gateway, home):
    return client_of(gateway, served[1], home)


def moved(gateway):
    """What left the account, by the gateway's own journal."""
    return [(row["kind"], row["no"], row["amount_fen"]) for row in gateway.journal if row["kind"] != "trade"]


def without_answer(ask):
    """Ask, and be told nothing that may be believed."""
    with pytest.raises(OSError):  # noqa: PT011  any of its kinds
        ask()


def test_a_refund_moves_money_once_however_often_it_is_sent(alipay, gateway):
    assert alipay.refund(refund_of()) == Outcome("done", reference="2026A1")
    assert alipay.refund(refund_of()).status == "waiting"
    assert alipay.query(refund_of()) == Outcome("done", reference="2026A1")
    assert moved(gateway) == [("refund", "RP1", 10400)]


def test_a_transfer_moves_money_once_however_often_it_is_sent(alipay, gateway):
    for _time in range(3):
        assert alipay.transfer(transfer_of()) == Outcome("done", reference="TPO1")
    assert alipay.transfer_query(transfer_of()) == Outcome("done", reference="TPO1")
    assert moved(gateway) == [("transfer", "PO1", 1200)]


def test_a_number_that_nobody_sent_is_not_found(alipay, gateway):
    """PAY-9: only then may the identical request be sent again."""
    assert alipay.query(refund_of()).status == "not_found"
    assert alipay.transfer_query(transfer_of()) == Outcome("not_found", code="ORDER_NOT_EXIST")
    assert moved(gateway) == []


def test_the_same_number_with_another_amount_is_unknown_and_moves_nothing(alipay, gateway):
    alipay.refund(refund_of())
    alipay.transfer(transfer_of())
    assert alipay.refund(refund_of(10300)) == Outcome(
        "unknown", message="ACQ.DISCORDANT_REPEAT_REQUEST", code="ACQ.DISCORDANT_REPEAT_REQUEST"
    )
    assert alipay.query(refund_of(10300)).status == "unknown"
    assert alipay.transfer(transfer_of(1300)).status == "unknown"
    assert moved(gateway) == [("refund", "RP1", 10400), ("transfer", "PO1", 1200)]


def test_more_than_the_trade_is_never_given_back(alipay, gateway):
    """AMT-2: the provider is a guard, too."""
    assert alipay.refund(refund_of(20000)).status == "done"
    over = alipay.refund(refund_of(900, "RP2"))
    assert (over.status, over.fault, over.code) == ("failed", "data", "ACQ.REFUND_AMT_NOT_EQUAL_TOTAL")
    assert moved(gateway) == [("refund", "RP1", 20000)]


@pytest.mark.parametrize(
    ("fault", "has_moved"),
    [("cut_before", False), ("cut_after", True), ("wrong_signature", True), ("garbage", True)],
)
@pytest.mark.parametrize("kind", ["refund", "transfer"])
def test_no_believable_answer_is_no_answer_and_asking_finds_the_truth(alipay, gateway, fault, has_moved, kind):
    """PAY-9: whatever was lost on the way, asking tells what moved, and sending again moves it exactly once."""
    request = refund_of() if kind == "refund" else transfer_of()
    send, ask = (alipay.refund, alipay.query) if kind == "refund" else (alipay.transfer, alipay.transfer_query)
    gateway.faults[:] = [fault]
    without_answer(lambda: send(request))
    assert ask(request).status == ("done" if has_moved else "not_found")
    if not has_moved:
        send(request)
    assert len(moved(gateway)) == 1


@pytest.mark.parametrize(("fault", "has_moved"), [("error_before", False), ("error_after", True)])
def test_an_error_of_the_system_says_nothing_about_the_money(alipay, gateway, fault, has_moved):
    gateway.faults[:] = [fault]
    assert alipay.transfer(transfer_of()).status == "unknown"
    assert bool(moved(gateway)) is has_moved
    assert alipay.transfer_query(transfer_of()).status == ("done" if has_moved else "not_found")


def test_an_answer_after_we_gave_up_is_found_by_asking(alipay, gateway, monkeypatch):
    monkeypatch.setattr(client, "TIMEOUT", (1, 0.2))
    monkeypatch.setattr(server.Handler, "slow_seconds", 0.6)
    gateway.faults[:] = ["slow"]
    without_answer(lambda: alipay.refund(refund_of()))
    assert alipay.query(refund_of()).status == "done"


@pytest.mark.parametrize(("code", "meant"), sorted(errors.MEANINGS.items()))
def test_every_code_means_what_the_table_says(alipay, gateway, code, meant):
    """Whose fault it is decides whether to ask the buyer, finance or a developer; unknown is nobody's."""
    gateway.faults[:] = [f"refuse:{code}"]
    outcome = alipay.transfer(transfer_of())
    assert (outcome.status, outcome.fault, outcome.code) == (*meant, code)
    assert moved(gateway) == []


def test_a_code_that_nobody_knows_is_no_refusal(alipay, gateway):
    gateway.faults[:] = ["refuse:BRAND_NEW_CODE", "refuse:BRAND_NEW_CODE"]
    assert alipay.transfer(transfer_of()).status == "unknown"
    assert alipay.transfer_query(transfer_of()).status == "unknown"


def test_a_stranger_s_request_moves_nothing(alipay, gateway, served):
    stranger = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    other = AlipayGateway(served[1], Keys("x", stranger, gateway.keys.gateway.public_key()))
    outcome = other.transfer(transfer_of())
    assert (outcome.status, outcome.fault, outcome.code) == ("failed", "us", "isv.invalid-signature")
    assert moved(gateway) == []


def test_an_answer_of_another_key_is_not_believed(alipay, gateway, served):
    forger = rsa.generate_private_key(public_exponent=65537, key_size=2048).public_key()
    fooled = AlipayGateway(served[1], Keys("x", alipay.keys.private, forger))
    with pytest.raises(Unverifiable):
        fooled.transfer(transfer_of())


@pytest.mark.django_db
def test_a_provider_is_never_called_in_a_transaction(alipay, gateway):
    with transaction.atomic(), pytest.raises(RuntimeError, match="transaction"):
        alipay.transfer(transfer_of())
    assert moved(gateway) == []


def test_the_journal_outlives_the_process(alipay, gateway, tmp_path):
    """A gateway that is started again knows what it did, and does not do it again."""
    first = Gateway(tmp_path)
    first.register_trade("A1", 20800)
    with running(first) as url:
        client_of(first, url, tmp_path).refund(refund_of())
    again = Gateway(tmp_path)
    with running(again) as url:
        assert client_of(again, url, tmp_path).refund(refund_of()).status == "waiting"
        assert client_of(again, url, tmp_path).query(refund_of()).status == "done"
    assert moved(again) == [("refund", "RP1", 10400)]


def test_the_bill_of_a_day_names_every_movement(alipay, gateway):
    alipay.refund(refund_of())
    alipay.transfer(transfer_of())
    day = datetime.fromisoformat(gateway.journal[-1]["at"]).date()
    with zipfile.ZipFile(io.BytesIO(alipay.bill(day))) as archive:
        [name] = archive.namelist()
        lines = [line for line in archive.read(name).decode("gb18030").splitlines() if not line.startswith("#")]
    rows = list(csv.DictReader(lines))
    assert [(row["业务流水号"], row["支出金额(-元)"]) for row in rows] == [("RP1", "-104.00"), ("PO1", "-12.00")]


def test_nothing_personal_is_written_down_by_the_client(alipay, gateway, caplog):
    """LAW-7: neither in a log nor in what an error or an object says of itself."""
    caplog.set_level(logging.DEBUG)
    gateway.faults[:] = ["garbage"]
    with pytest.raises(Unverifiable) as raised:
        alipay.transfer(transfer_of())
    said = caplog.text + str(raised.value) + repr(alipay)
    assert not any(secret in said for secret in ("li@example.com", "李雷", "PRIVATE KEY"))
    assert "private=" not in said


@given(st.integers(min_value=0, max_value=10**12))
def test_yuan_are_exact(amount):
    assert fen(client.yuan(amount)) == amount


def test_the_server_hears_no_stranger(served):
    """It answers on this machine alone."""
    assert served[1].startswith("http://127.0.0.1:")
    assert requests.get(served[1].replace("/gateway.do", "/other"), timeout=3).status_code == 404
