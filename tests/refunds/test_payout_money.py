"""Payouts over Alipay's protocol, whatever goes wrong on the way: the gateway's journal says what moved (PAY-9)."""

from datetime import timedelta

import pytest
import time_machine

from aftersales.core import clock, errors, events
from aftersales.core.models import Role
from refunds import gateways, services, tasks
from refunds.management.alipay_server import Gateway
from refunds.models import Payout
from refunds.services.asking import PAUSES
from refunds.services.payouts import sending
from tests import factories
from tests.checks import all_is_well

from .alipay_world import running

pytestmark = pytest.mark.django_db(transaction=True)
HOUR = timedelta(hours=1)


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    return tmp_path_factory.mktemp("alipay")


@pytest.fixture
def gateway(home, settings):
    """The installation pays out by a gateway of its own."""
    gateway = Gateway(home)
    with running(gateway) as url:
        settings.AFTERSALES = settings.AFTERSALES | {"payout_gateway": "alipay"}
        settings.ALIPAY = settings.ALIPAY | {
            "gateway_url": url,
            "app_id": "2026000000000000",
            "private_key_file": str(home / "app.pem"),
            "public_key_file": str(home / "gateway.pub.pem"),
        }
        gateways._alipay.cache_clear()
        yield gateway
    gateways._alipay.cache_clear()


def moved(gateway, payout):
    """What left the account for this payout, under whatever number."""
    return [
        row["amount_fen"]
        for row in gateway.journal
        if row["kind"] == "transfer" and row["no"].startswith(payout.payout_no)
    ]


def worked(rounds=3):
    """What the worker does, hour after hour: news, sending, asking about what has no answer."""
    for number in range(rounds):
        with time_machine.travel(clock.now() + number * HOUR):
            while events.deliver():
                continue
            tasks.payouts_send()
            tasks.payouts_follow()


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
    """PAY-9: paid when the provider says so, by the journal of the provider exactly once."""
    payout = factories.approved(factories.make_payout())
    gateway.faults[:] = faults
    worked(rounds=6)
    payout = Payout.objects.get(pk=payout.pk)
    assert (payout.status, moved(gateway, payout)) == ("paid", [1200])
    assert payout.reference == f"T{payout.payout_no}"
    all_is_well()


def test_a_new_number_for_each_try_is_seen_to_pay_twice(gateway, monkeypatch):
    """Negative control: what the number is kept for."""
    real, tries = sending.TransferRequest, []

    def renumbered(**given):
        tries.append(1)
        return real(**given | {"transfer_no": f"{given['transfer_no']}x{len(tries)}"})

    monkeypatch.setattr(sending, "TransferRequest", renumbered)
    payout = factories.approved(factories.make_payout())
    gateway.faults[:] = ["cut_after"]
    worked(rounds=2)
    assert len(moved(gateway, payout)) == 2


def test_a_wrong_account_moves_nothing_and_goes_back_to_the_desk(gateway):
    """PAY-4: the payee's fault; corrected, approved anew, paid once with a number of its own."""
    payout = factories.approved(factories.make_payout())
    gateway.faults[:] = ["refuse:PAYEE_USER_INFO_ERROR"]
    worked()
    payout = Payout.objects.get(pk=payout.pk)
    assert (payout.status, payout.fault, moved(gateway, payout)) == ("failed", "payee", [])
    right = services.PayeeData("alipay", "li@example.com", "李雷")
    payout = services.payout_correct_payee(payout=payout, actor=factories.staff(), payee=right)
    factories.approved(payout)
    worked()
    payout = Payout.objects.get(pk=payout.pk)
    assert (payout.status, payout.attempt, moved(gateway, payout)) == ("paid", 2, [1200])


def test_our_own_empty_account_waits_for_finance(gateway):
    payout = factories.approved(factories.make_payout())
    gateway.faults[:] = ["refuse:PAYER_BALANCE_NOT_ENOUGH"]
    worked()
    payout = Payout.objects.get(pk=payout.pk)
    assert (payout.status, payout.fault) == ("failed", "us")
    services.payout_send_again(payout=payout, actor=factories.staff(Role.FINANCE))
    worked()
    assert (Payout.objects.get(pk=payout.pk).status, moved(gateway, payout)) == ("paid", [1200])


def test_it_is_asked_with_longer_and_longer_pauses(gateway):
    """PAY-4: the provider is asked, not flooded."""
    payout = factories.approved(factories.make_payout())
    gateway.faults[:] = ["error_after"] * 50
    start = clock.now()
    with time_machine.travel(start, tick=False):
        services.payout_send(payout=payout)
    asked_at, at = [], timedelta(0)
    while len(asked_at) < len(PAUSES) + 1:
        with time_machine.travel(start + at, tick=False):
            if services.payouts_to_follow():
                asked_at.append(at)
                gateway.faults[:] = ["error_after"] * 50
            at = Payout.objects.get(pk=payout.pk).ask_at - start
    pauses = [later - earlier for earlier, later in zip([timedelta(0), *asked_at], asked_at, strict=False)]
    assert pauses == [*PAUSES, PAUSES[-1]]


def test_an_answer_is_never_believed_of_another_attempt(gateway):
    """A late answer about the first number does not settle the second one."""
    gateway.faults[:] = ["cut_before"]
    first = services.payout_send(payout=factories.approved(factories.make_payout()))
    stale = Payout.objects.select_related("payee", "order").get(pk=first.pk)
    finance = factories.staff(Role.FINANCE)
    again = factories.given_up(first)
    services.payout_send_again(payout=again, actor=finance)
    with pytest.raises(errors.StaleVersion):
        services.payout_follow(payout=stale)
    assert Payout.objects.get(pk=first.pk).status == "approved"


def test_a_provider_that_is_not_set_up_loses_nothing(gateway, settings):
    payout = factories.approved(factories.make_payout())
    good, settings.ALIPAY = settings.ALIPAY, settings.ALIPAY | {"app_id": ""}
    gateways._alipay.cache_clear()
    tasks.payouts_send()
    assert Payout.objects.get(pk=payout.pk).status == "approved"
    settings.ALIPAY = good
    gateways._alipay.cache_clear()
    tasks.payouts_send()
    assert (Payout.objects.get(pk=payout.pk).status, moved(gateway, payout)) == ("paid", [1200])
