"""Money that moves although the provider said nothing of it at first: found by asking, moved once (PAY-9)."""

import time
from datetime import timedelta

import pytest
import requests
import time_machine
from django.db.models import Sum

from aftersales.core import clock, errors, events
from refunds import gateways, services, tasks
from refunds.gateways import Outcome
from refunds.management.alipay_server import delaying
from refunds.models import LedgerEntry, RefundPayment
from refunds.services import payments
from refunds.services.payouts import sending
from tests import factories
from tests.checks import all_is_well

from .alipay_world import client_of, installed, refund_of, transfer_of

HOUR = timedelta(hours=1)
KINDS = ["refund", "transfer"]


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    return tmp_path_factory.mktemp("alipay")


@pytest.fixture
def world(home, settings):
    with installed(settings, home) as (gateway, url):
        for held in (gateway.trades, gateway.refunds, gateway.transfers, gateway.journal):
            held.clear()
        yield gateway, url


@pytest.fixture
def gateway(world):
    return world[0]


def moved(gateway):
    return [(row["kind"], row["amount_fen"]) for row in gateway.journal if row["kind"] != "trade"]


def let_it_happen(gateway):
    with gateway.lock:
        gateway.waiting.release()


def soon(happens, seconds=5.0):
    """Wait for something that another thread does."""
    until = time.monotonic() + seconds
    while not happens() and time.monotonic() < until:
        time.sleep(0.01)
    assert happens()


# What the gateway does, by the client --------------------------------------------------------------------------------


@pytest.fixture
def send_and_ask(world, home, request):
    """The client's two verbs for one kind of money, and the order; a trade of ¥208 is known."""
    gateway, url = world
    gateway.register_trade("A1", 20800)
    alipay = client_of(gateway, url, home)
    if request.param == "refund":
        return alipay.refund, alipay.query, refund_of()
    return alipay.transfer, alipay.transfer_query, transfer_of()


@pytest.mark.parametrize(("word", "status"), [("", "not_found"), (":error", "unknown")])
@pytest.mark.parametrize("send_and_ask", KINDS, indirect=True)
def test_after_some_questions_it_has_happened(gateway, send_and_ask, word, status):
    """The identical order in between changes nothing: it is neither done sooner nor done twice."""
    send, ask, order = send_and_ask
    gateway.faults[:] = [f"late:2{word}"]
    assert send(order).status == "unknown"
    for _time in range(2):
        assert ask(order).status == status
        assert send(order).status == "unknown"
    assert moved(gateway) == []
    assert ask(order).status == "done"
    assert send(order).status in ("done", "waiting")
    assert len(moved(gateway)) == 1


@pytest.mark.parametrize("send_and_ask", KINDS, indirect=True)
def test_after_some_seconds_it_has_happened_without_being_asked(gateway, send_and_ask):
    send, ask, order = send_and_ask
    gateway.faults[:] = ["late:0.1s"]
    assert send(order).status == "unknown"
    soon(lambda: moved(gateway))
    assert ask(order).status == "done"
    assert len(moved(gateway)) == 1


def test_what_waits_is_promised_already(world, home):
    """Another amount under its number is refused, and so is more than the trade holds beside it."""
    gateway, url = world
    gateway.register_trade("A1", 20800)
    alipay = client_of(gateway, url, home)
    gateway.faults[:] = ["late:1"]
    assert alipay.refund(refund_of(20000)).status == "unknown"
    assert alipay.refund(refund_of(19900)).code == "ACQ.DISCORDANT_REPEAT_REQUEST"
    assert alipay.refund(refund_of(900, "RP2")).code == "ACQ.REFUND_AMT_NOT_EQUAL_TOTAL"
    gateway.faults[:] = ["late:1"]
    assert alipay.transfer(transfer_of()).status == "unknown"
    assert alipay.transfer(transfer_of(1300)).code == "PAYMENT_INFO_INCONSISTENCY"
    assert moved(gateway) == []


def test_it_is_told_to_be_late_by_command(world, home):
    gateway, url = world
    said = requests.post(url.replace("/gateway.do", "/control/faults"), json=["late:1", "late:2.5s:error"], timeout=3)
    assert (said.status_code, gateway.faults) == (200, ["late:1", "late:2.5s:error"])
    assert client_of(gateway, url, home).transfer(transfer_of()).status == "unknown"
    assert gateway.faults == ["late:2.5s:error"]
    assert moved(gateway) == []
    requests.post(url.replace("/gateway.do", "/control/release"), timeout=3)
    assert moved(gateway) == [("transfer", 1200)]


@pytest.mark.parametrize("word", ["late", "late:", "late:x", "late:1.5", "late:-1", "late:1:maybe", "late:1s:error "])
def test_what_makes_no_sense_is_no_delay(word):
    assert delaying.read(word) is None


# What we make of it --------------------------------------------------------------------------------------------------


def promised(gateway, kind):
    """Money that is to leave: a refund that was agreed to, or a payout that was approved."""
    if kind == "transfer":
        return factories.approved(factories.make_payout())
    refund = factories.make_refund()
    gateway.register_trade(refund.order.order_no, refund.order.paid_fen)
    services.refund_void(refund=refund, actor=factories.staff())
    services.refund_agree(refund=refund, actor=factories.staff())
    return RefundPayment.objects.get(refund=refund)


def worked(row, rounds=8):
    """What the worker does, hour after hour, until nothing is on its way."""
    for number in range(rounds):
        with time_machine.travel(clock.now() + number * HOUR):
            while events.deliver():
                continue
            for job in (tasks.payments_send, tasks.payouts_send, tasks.payments_follow, tasks.payouts_follow):
                job()
        if after(row).status in ("done", "paid", "failed"):
            return


def after(row):
    return type(row).objects.get(pk=row.pk)


LATE = [
    ["late:0"],
    ["late:1"],
    ["late:3"],
    ["late:1:error"],
    ["late:3:error"],
    ["late:0.2s"],
    ["late:0.2s:error"],
    ["cut_before", "cut_before", "late:2"],
    ["late:2", "cut_after", "error_after", "garbage"],
]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("faults", LATE, ids="+".join)
@pytest.mark.parametrize("kind", KINDS)
def test_late_success_is_done_once(gateway, kind, faults):
    """PAY-9, RFD-3: asking finds it, the journal has it once, the books have it once, under its first number."""
    row = promised(gateway, kind)
    gateway.faults[:] = faults
    worked(row, rounds=1)
    assert after(row).status == "unknown"
    delay = next(filter(None, map(delaying.read, faults)))
    if delay.seconds:
        soon(lambda: moved(gateway))
    worked(row)
    assert after(row).status == {"refund": "done", "transfer": "paid"}[kind]
    assert moved(gateway) == [(kind, row.amount_fen)]
    assert [line["no"] for line in gateway.journal if line["kind"] == kind] == [
        row.payment_no if kind == "refund" else row.payout_no
    ]
    assert LedgerEntry.objects.filter(amount_fen__gt=0).aggregate(sum=Sum("amount_fen"))["sum"] == row.amount_fen
    assert after(row).attempt == 1
    all_is_well()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("kind", KINDS)
def test_a_new_number_when_it_is_not_found_is_seen_to_pay_twice(gateway, kind, monkeypatch):
    """Negative control: "not found" is not "never"; who sends a fresh number then, pays once more."""
    real, tries = {"refund": payments.RefundRequest, "transfer": sending.TransferRequest}[kind], []

    def renumbered(*given, **named):
        if kind == "refund":
            number, *rest = given
            return real(f"{number}x{len(tries)}", *rest)
        return real(**named | {"transfer_no": f"{named['transfer_no']}x{len(tries)}"})

    client = gateways._alipay()
    verb = "query" if kind == "refund" else "transfer_query"
    ask = getattr(type(client), verb)

    def asked(self, request):
        outcome = ask(self, request)
        tries.extend([1] if outcome.status == "not_found" else [])
        return outcome

    module, name = (payments, "RefundRequest") if kind == "refund" else (sending, "TransferRequest")
    monkeypatch.setattr(module, name, renumbered)
    monkeypatch.setattr(type(client), verb, asked)
    row = promised(gateway, kind)
    gateway.faults[:] = ["late:60s"]
    worked(row)
    let_it_happen(gateway)
    assert len(moved(gateway)) == 2


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("kind", KINDS)
def test_not_found_taken_for_a_refusal_is_seen_to_lose_the_money(gateway, kind, monkeypatch):
    """Negative control: what counts as failed here has moved there."""
    module = payments if kind == "refund" else sending
    call = module._call

    def gives_up(row, verb):
        outcome = call(row, verb)
        return (
            Outcome("failed", message="not there", code="x", fault="us") if outcome.status == "not_found" else outcome
        )

    monkeypatch.setattr(module, "_call", gives_up)
    row = promised(gateway, kind)
    gateway.faults[:] = ["late:60s"]
    worked(row)
    let_it_happen(gateway)
    assert (after(row).status, moved(gateway)) == ("failed", [(kind, row.amount_fen)])


@pytest.mark.django_db(transaction=True)
def test_what_finance_gave_up_and_sends_again_is_still_refunded_once(gateway):
    """RFD-3: a refund keeps its number, so a success that comes after the second sending is the only one."""
    payment = promised(gateway, "refund")
    gateway.faults[:] = ["late:3"]
    worked(payment, rounds=1)
    finance = factories.staff("finance")
    with pytest.raises(errors.TransitionNotAllowed):
        services.payment_fail(payment=after(payment), actor=finance, failure="no answer for a day")
    failed = factories.given_up(after(payment))
    services.payment_send_again(payment=failed, actor=finance)
    worked(payment)
    assert (after(payment).status, after(payment).attempt) == ("done", 2)
    assert moved(gateway) == [("refund", payment.amount_fen)]
    all_is_well()
