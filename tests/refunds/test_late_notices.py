"""Notifications that the gateway sends by itself: late, doubled, shuffled. What they are about applies once (PAY-9)."""

import random
import time
from collections import Counter
from datetime import timedelta

import pytest
import requests
import time_machine
from django.db.models import Sum
from django.test import Client

from aftersales.core import clock, events
from aftersales.core.models import LogEntry
from refunds import services, tasks
from refunds.management.alipay_server import notifying
from refunds.models import LedgerEntry, Payout, ProviderNotice, Refund, RefundPayment
from refunds.views import hooks
from tests import factories
from tests.checks import all_is_well
from tests.pages import rows as rows_of
from tests.pages import sign_in

from .alipay_world import installed

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    return tmp_path_factory.mktemp("alipay")


@pytest.fixture
def world(home, settings, live_server):
    """The gateway, what it is told about telling, and the installation that listens."""
    with installed(settings, home) as (gateway, url):

        def instruct(**how):
            control = url.replace("/gateway.do", "/control/notify")
            said = requests.post(control, json={"url": f"{live_server.url}/hooks/alipay/notify"} | how, timeout=3)
            assert said.status_code == 200

        yield gateway, instruct
        gateway.teller.instruct(url="")


def taken(gateway, count):
    """Wait until so many notifications were sent; give what was answered."""
    until = time.monotonic() + 10
    while len(gateway.teller.told) < count and time.monotonic() < until:
        time.sleep(0.01)
    assert len(gateway.teller.told) == count
    return Counter((status, word) for _number, status, word in gateway.teller.told)


def on_the_way(gateway, refunds=3, payouts=2):
    """Refunds and payouts that the gateway took without saying so; what they are, by the gateway's numbers."""
    rows = {}
    for _each in range(refunds):
        refund = factories.make_refund()
        gateway.register_trade(refund.order.order_no, refund.order.paid_fen)
        services.refund_void(refund=refund, actor=factories.staff())
        services.refund_agree(refund=refund, actor=factories.staff())
        gateway.faults[:] = ["late:60s"]
        payment = services.payment_send(payment=RefundPayment.objects.get(refund=refund))
        rows[payment.payment_no] = payment
    for _each in range(payouts):
        gateway.faults[:] = ["late:60s"]
        payout = services.payout_send(payout=factories.approved(factories.make_payout()))
        rows[payout.transfer_no] = payout
    assert {row.status for row in rows.values()} == {"unknown"}
    return rows


def happen(gateway):
    with gateway.lock:
        gateway.waiting.release()


def asked():
    """What the worker does within the next seconds; nothing that only an hour would bring."""
    while events.deliver():
        continue
    tasks.payments_follow()
    tasks.payouts_follow()


def all_done_once(gateway, rows):
    """Every row is done, moved once by the gateway's journal, booked once, with one step of the log."""
    moved = Counter(row["no"] for row in gateway.journal if row["kind"] != "trade" and row["no"] in rows)
    assert moved == dict.fromkeys(rows, 1)
    booked = LedgerEntry.objects.filter(amount_fen__gt=0).aggregate(sum=Sum("amount_fen"))["sum"]
    assert booked == sum(row.amount_fen for row in rows.values())
    for row in rows.values():
        now = type(row).objects.get(pk=row.pk)
        assert now.status == ("paid" if isinstance(row, Payout) else "done")
        if isinstance(row, RefundPayment):
            assert Refund.objects.get(pk=row.refund_id).refunded_fen == row.amount_fen
    assert LogEntry.objects.filter(action="confirm").count() == len(rows)
    all_is_well()


@pytest.mark.parametrize("shuffled", [False, True])
def test_doubled_late_and_shuffled_it_applies_once(world, shuffled):
    """Each of five movements is told of four times, all at once and a while after the money moved."""
    gateway, instruct = world
    rows = on_the_way(gateway)
    instruct(times=4, seconds=0.2, shuffled=shuffled)
    started = time.monotonic()
    happen(gateway)
    assert taken(gateway, 20) == {(200, "success"): 20}
    assert time.monotonic() - started > 0.2
    assert Counter(number for number, *_answer in gateway.teller.told) == dict.fromkeys(rows, 4)
    assert Counter(ProviderNotice.objects.values_list("meaning", "repeats")) == {("asked", 3): 5}
    asked()
    all_done_once(gateway, rows)


def money_steps() -> int:
    """What was written of money; tickets and surveys follow their requests a little later."""
    return LogEntry.objects.exclude(subject_type__in=("ticket", "survey")).count()


def test_before_any_answer_and_after_the_last_it_applies_once(world):
    """The first copies come before anybody asked, the others when all is done: those change nothing at all."""
    gateway, instruct = world
    rows = on_the_way(gateway)
    instruct(times=1)
    happen(gateway)
    taken(gateway, 5)
    asked()
    all_done_once(gateway, rows)
    versions = [type(row).objects.get(pk=row.pk).version for row in rows.values()]
    counted = money_steps()
    instruct(times=3, shuffled=True)
    for line in [line for line in gateway.journal if line["no"] in rows]:
        gateway.teller.tell(line)
    assert taken(gateway, 5 + 15) == {(200, "success"): 20}
    asked()
    assert [type(row).objects.get(pk=row.pk).version for row in rows.values()] == versions
    assert money_steps() == counted
    assert Counter(ProviderNotice.objects.values_list("meaning", flat=True)) == {"asked": 5, "known": 5}
    all_done_once(gateway, rows)


def test_the_newest_first_and_the_oldest_last_it_applies_once(world, monkeypatch):
    """Two refunds of one trade and a payout, told of backwards."""
    gateway, instruct = world
    monkeypatch.setattr(notifying.random, "shuffle", list.reverse)
    rows = on_the_way(gateway, refunds=3, payouts=1)
    instruct(times=2, seconds=1.0, shuffled=True)
    happen(gateway)
    taken(gateway, 8)
    assert [number for number, *_answer in gateway.teller.told] == [number for number in reversed(rows) for _ in "xx"]
    asked()
    all_done_once(gateway, rows)


def test_one_that_comes_before_the_money_has_moved_is_no_reason_to_believe_it(world):
    """It makes us ask, and the provider has not done it yet; an hour later it has."""
    gateway, instruct = world
    rows = on_the_way(gateway, refunds=1, payouts=1)
    instruct(times=2)
    for row in gateway.waiting.rows.values():
        gateway.teller.tell(row | {"at": f"{clock.now():%Y-%m-%d %H:%M:%S}"})
    taken(gateway, 4)
    gateway.teller.instruct(url="")
    asked()
    assert {type(row).objects.get(pk=row.pk).status for row in rows.values()} == {"unknown"}
    assert not LedgerEntry.objects.exists()
    happen(gateway)
    with time_machine.travel(clock.now() + timedelta(hours=1)):
        asked()
    all_done_once(gateway, rows)


def unmoved(gateway):
    """A payout without an answer, of which two people said with a proof that no money had moved."""
    [payout] = on_the_way(gateway, refunds=0, payouts=1).values()
    return factories.given_up(payout)


def given_up(gateway):
    """Such a payout that went out again, under its second number: the provider knew nothing of the first."""
    again = services.payout_send_again(payout=unmoved(gateway), actor=factories.staff("finance"))
    paid = services.payout_send(payout=again)
    assert (paid.status, paid.attempt) == ("paid", 2)
    return paid


def test_an_earlier_attempt_that_moved_after_all_waits_for_finance(world):
    """I10: a payout has a number for each attempt, so this money went out twice; no answer may hide that."""
    gateway, instruct = world
    payout = given_up(gateway)
    instruct(times=3)
    happen(gateway)
    taken(gateway, 3)
    notice = ProviderNotice.objects.get()
    assert (notice.meaning, notice.number, notice.amount_fen) == ("late", payout.payout_no, payout.amount_fen)
    assert (notice.order, notice.shop_id) == (payout.order, payout.shop_id)
    assert Payout.objects.get(pk=payout.pk).version == payout.version
    finance = Client()
    sign_in(finance, "finance", payout.shop)
    assert rows_of(finance.get("/payments/?tab=notices")) == [str(notice.pk)]


@pytest.mark.parametrize("attempt", [1, 2])
def test_one_that_says_that_nothing_moved_alarms_nobody(world, attempt):
    """An account that does not exist is told of, too: for what counts as failed here, that is no news."""
    gateway, instruct = world
    if attempt == 2:
        payout = given_up(gateway)
    else:
        payout = unmoved(gateway)
    instruct(times=2)
    [order] = gateway.waiting.rows.values()
    gateway.teller.tell(order | {"at": "2026-11-25 12:00:00", "status": "FAIL"})
    taken(gateway, 2)
    assert list(ProviderNotice.objects.values_list("meaning", "number")) == [("known", payout.payout_no)]


def test_under_a_new_number_each_time_it_still_applies_once(world):
    """Alipay keeps the number of a notification when it repeats it; nothing depends on that but the count of rows."""
    gateway, instruct = world
    rows = on_the_way(gateway)
    instruct(times=1, seconds=0.1, shuffled=True)
    happen(gateway)
    for line in [line for line in gateway.journal if line["no"] in rows] * 2:
        gateway.teller.tell(line)
    taken(gateway, 15)
    assert ProviderNotice.objects.count() == 15
    asked()
    all_done_once(gateway, rows)


def test_one_that_is_believed_each_time_is_seen_to_fail(world, monkeypatch):
    """Negative control: whoever writes the money down by the notification itself answers its copies with an error."""
    gateway, instruct = world
    rows = on_the_way(gateway, refunds=2, payouts=0)

    def believed(*, provider, notice):
        payment = RefundPayment.objects.get(payment_no=notice.number)
        services.payment_confirm(payment=payment, actor=factories.staff("finance"), reference="told")

    monkeypatch.setattr(hooks.services, "notice_take", believed)
    instruct(times=3, seconds=0.1)
    happen(gateway)
    answers = taken(gateway, 6)
    assert answers[200, "success"] == len(rows)
    assert sum(count for (status, _word), count in answers.items() if status >= 400) == 4


def test_one_that_asks_a_provider_to_pay_is_seen_to_pay_twice(world, monkeypatch):
    """Negative control: a notification that starts a payment anew, under a number of its own, moves money each time."""
    gateway, instruct = world
    rows = on_the_way(gateway, refunds=0, payouts=1)
    [payout] = rows.values()

    def paid_again(*, provider, notice):
        number = f"{payout.payout_no}x{random.random()}"
        gateway.transfer({"out_biz_no": number, "trans_amount": "12.00", "payee_info": {"identity": "a", "name": "b"}})

    monkeypatch.setattr(hooks.services, "notice_take", paid_again)
    instruct(times=2, seconds=0.5)
    happen(gateway)
    gateway.teller.url = ""
    taken(gateway, 2)
    moved = [line for line in gateway.journal if line["no"].startswith(payout.payout_no)]
    assert len(moved) == 3
