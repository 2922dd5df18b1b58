"""Refund payments over Alipay's protocol, whatever goes wrong on the way: the gateway's journal says what moved."""

from datetime import timedelta

import pytest
import time_machine

from aftersales.core import clock, events, invariants
from refunds import gateways, services, tasks
from refunds.management.alipay_server import Gateway
from refunds.models import Refund, RefundPayment
from refunds.services import payments
from tests import factories
from tickets.models import Task

from .alipay_world import running

pytestmark = pytest.mark.django_db(transaction=True)
HOUR = timedelta(hours=1)


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    return tmp_path_factory.mktemp("alipay")


@pytest.fixture
def gateway(home, settings):
    """The installation pays by a gateway of its own."""
    gateway = Gateway(home)
    with running(gateway) as url:
        settings.AFTERSALES = settings.AFTERSALES | {"refund_gateway": "alipay"}
        settings.ALIPAY = settings.ALIPAY | {
            "gateway_url": url,
            "app_id": "2026000000000000",
            "private_key_file": str(home / "app.pem"),
            "public_key_file": str(home / "gateway.pub.pem"),
        }
        gateways._alipay.cache_clear()
        yield gateway
    gateways._alipay.cache_clear()


def agreed(gateway):
    """A request whose money is promised, of a trade that the gateway knows."""
    refund = factories.make_refund()
    gateway.register_trade(refund.order.order_no, refund.order.paid_fen)
    services.refund_void(refund=refund, actor=factories.staff())
    services.refund_agree(refund=refund, actor=factories.staff())
    return refund


def worked(rounds=3):
    """What the worker does, hour after hour: news, sending, asking about what has no answer."""
    for number in range(rounds):
        with time_machine.travel(clock.now() + number * HOUR):
            while events.deliver():
                continue
            tasks.payments_send()
            tasks.payments_follow()


def moved(gateway, refund):
    """What left the account for this trade."""
    return [row["amount_fen"] for row in gateway.journal if row.get("trade") == refund.order.order_no]


@pytest.mark.parametrize(
    "faults",
    [
        [],
        ["cut_before"],
        ["cut_after"],
        ["error_before"],
        ["error_after"],
        ["wrong_signature"],
        ["garbage"],
        ["cut_before", "cut_before", "error_before"],
        ["cut_after", "wrong_signature", "error_after"],
        ["refuse:BRAND_NEW_CODE", "refuse:BRAND_NEW_CODE"],
    ],
    ids=lambda faults: "+".join(faults) or "none",
)
def test_the_money_moves_once_whatever_happens_on_the_way(gateway, faults):
    """RFD-3, PAY-9: success when the provider says so, by the journal of the provider exactly once."""
    refund = agreed(gateway)
    gateway.faults[:] = faults
    worked(rounds=6)
    refund = Refund.objects.get(pk=refund.pk)
    assert (refund.status, moved(gateway, refund)) == ("SUCCESS", [refund.amount_fen])
    assert RefundPayment.objects.get(refund=refund).reference == f"2026{refund.order.order_no}"
    assert invariants.check() == []


def test_a_new_number_for_each_try_is_seen_to_pay_twice(gateway, monkeypatch):
    """Negative control: what the number is kept for."""
    real, tries = payments.RefundRequest, []

    def renumbered(number, *rest):
        tries.append(number)
        return real(f"{number}-{len(tries)}", *rest)

    monkeypatch.setattr(payments, "RefundRequest", renumbered)
    refund = factories.make_refund(factories.make_order(None, factories.line(quantity=4)))
    gateway.register_trade(refund.order.order_no, refund.order.paid_fen)
    services.refund_void(refund=refund, actor=factories.staff())
    services.refund_agree(refund=refund, actor=factories.staff())
    gateway.faults[:] = ["cut_after"]
    worked(rounds=2)
    assert len(moved(gateway, refund)) == 2


def test_a_refusal_is_finance_s_to_make_good_and_moves_nothing(gateway):
    """RFD-3: a payment that fails goes to finance, never silently; the request is not a success."""
    refund = agreed(gateway)
    gateway.faults[:] = ["refuse:ACQ.TRADE_HAS_FINISHED"]
    worked()
    payment = RefundPayment.objects.get(refund=refund)
    assert (payment.status, payment.failure) == ("failed", "ACQ.TRADE_HAS_FINISHED")
    assert (Refund.objects.get(pk=refund.pk).status, moved(gateway, refund)) == ("WAIT_SYSTEM_TRANSFER", [])
    assert list(Task.objects.values_list("kind", "role")) == [("payment_failed", "finance")]


def test_what_the_provider_does_not_know_for_sure_stays_on_the_list(gateway):
    """I10: nobody takes silence for an answer."""
    refund = agreed(gateway)
    gateway.faults[:] = ["error_after"] * 20
    worked()
    payment = RefundPayment.objects.get(refund=refund)
    assert payment.status == "unknown"
    assert payment.ask_at is not None
    gateway.faults.clear()
    worked(rounds=6)
    assert Refund.objects.get(pk=refund.pk).status == "SUCCESS"


def test_a_provider_that_is_not_set_up_loses_nothing_and_holds_nobody_up(gateway, settings):
    """The promise stays where it is until the installation is mended, and payments of other ways go on."""
    refund = agreed(gateway)
    RefundPayment.objects.update(gateway="offline")
    settings.AFTERSALES = settings.AFTERSALES | {"offline_auto_confirm_seconds": 0}
    worked(rounds=1)
    good, settings.ALIPAY = settings.ALIPAY, settings.ALIPAY | {"app_id": ""}
    gateways._alipay.cache_clear()
    other = agreed(gateway)
    tasks.payments_send()
    worked()
    assert Refund.objects.get(pk=refund.pk).status == "SUCCESS"
    assert RefundPayment.objects.get(refund=other).status == "promised"
    settings.ALIPAY = good
    tasks.payments_send()
    worked()
    assert (Refund.objects.get(pk=other.pk).status, moved(gateway, other)) == ("SUCCESS", [other.amount_fen])
