"""What any gateway of Alipay's must do, asked by the same client: ours, or the one that the settings name.

By default it is the gateway of this project. `ALIPAY_TEST_TARGET=settings` asks the one of `ALIPAY_*` instead, such as
Alipay's sandbox; there `ALIPAY_TEST_PAYEE` and `ALIPAY_TEST_PAYEE_NAME` are the sandbox buyer's account and name. Each
run moves 0.10 yuan from the sandbox merchant to him (docs/operations.md).
"""

import os
import uuid
from dataclasses import replace

import pytest

from aftersales.core import clock
from refunds.gateways import RefundRequest, TransferRequest
from refunds.gateways.alipay import client
from refunds.management.alipay_server import Gateway

from .alipay_world import client_of, running

BY_SETTINGS = os.environ.get("ALIPAY_TEST_TARGET") == "settings"
ACCOUNT = os.environ.get("ALIPAY_TEST_PAYEE", "li@example.com")
NAME = os.environ.get("ALIPAY_TEST_PAYEE_NAME", "李雷")


@pytest.fixture(scope="module")
def alipay(tmp_path_factory):
    if BY_SETTINGS:
        yield client.from_settings()
        return
    home = tmp_path_factory.mktemp("alipay")
    gateway = Gateway(home)
    with running(gateway) as url:
        yield client_of(gateway, url, home)


@pytest.fixture
def order():
    return TransferRequest(f"T{uuid.uuid4().hex}", 10, "alipay", ACCOUNT, NAME, "售后补款", "A1", clock.now())


def test_a_transfer_that_was_never_sent_is_not_found(alipay, order):
    assert alipay.transfer_query(order).status == "not_found"


def test_a_transfer_is_done_once_and_is_asked_about(alipay, order):
    """PAY-9: the identical request again gives the same movement."""
    first, again, asked = alipay.transfer(order), alipay.transfer(order), alipay.transfer_query(order)
    assert (first.status, again.status, asked.status) == ("done", "done", "done")
    assert first.reference == again.reference == asked.reference != ""


def test_another_amount_under_the_same_number_is_never_taken_for_a_refusal(alipay, order):
    """PAY-9: what was sent first may have moved."""
    assert alipay.transfer(order).status == "done"
    assert alipay.transfer(replace(order, amount_fen=20)).status == "unknown"


def test_too_little_is_refused_for_our_data_and_moves_nothing(alipay, order):
    said = alipay.transfer(replace(order, amount_fen=1))
    assert (said.status, said.fault) == ("failed", "data")
    assert alipay.transfer_query(order).status == "not_found"


def test_a_refund_of_a_trade_that_is_none_is_refused_and_not_found(alipay):
    """RFD-3."""
    request = RefundRequest(f"R{uuid.uuid4().hex}", f"none{uuid.uuid4().hex}", 100, clock.now())
    assert alipay.refund(request).status == "failed"
    assert alipay.query(request).status == "not_found"


def test_the_settings_lead_to_the_gateway_that_they_name(tmp_path, settings):
    gateway = Gateway(tmp_path)
    with running(gateway) as url:
        settings.ALIPAY = settings.ALIPAY | {
            "gateway_url": url,
            "app_id": "2026000000000000",
            "private_key_file": str(tmp_path / "app.pem"),
            "public_key_file": str(tmp_path / "gateway.pub.pem"),
        }
        made = client.from_settings()
        order = TransferRequest("T1", 10, "alipay", ACCOUNT, NAME, "售后补款", "A1", clock.now())
        assert made.transfer(order).status == "done"
    assert [row["no"] for row in gateway.journal] == ["T1"]
