"""Workers killed with -9 while money moves through a faulty gateway: its journal has everything once (PAY-9, RFD-3).

The short form runs on CI; AFTERSALES_MONEY_KILLS=2000 AFTERSALES_MONEY_ITEMS=12000 AFTERSALES_KILL_SECONDS=1800 is the
long one.
"""

import multiprocessing
import os
import random
import time
from collections import Counter

import pytest
from django.db import connection
from django.db.models import Sum

from aftersales.core import invariants, sweeps
from aftersales.core.models import Role
from refunds import services
from refunds.management.alipay_server import Gateway
from refunds.models import Payout, RefundPayment
from refunds.services import PayeeData
from tests import factories
from tests.bulk import make_all_due, many_requests

from . import money_worker
from .alipay_world import running

pytestmark = pytest.mark.django_db(transaction=True)

ITEMS = int(os.environ.get("AFTERSALES_MONEY_ITEMS", "1200"))
KILLS = int(os.environ.get("AFTERSALES_MONEY_KILLS", "200"))
SECONDS = float(os.environ.get("AFTERSALES_KILL_SECONDS", "240"))
EVERY = (0.02, 0.12)
DIED = 77
"""How a worker ends that ended itself at a failpoint."""
LATE = ("late:0", "late:1", "late:2:error")
FAULTS = ("cut_before", "cut_after", "error_before", "error_after", "wrong_signature", "garbage", *LATE)


class Chance(list[str]):
    """Faults without end: every third order meets one."""

    def __init__(self, seed: int) -> None:
        super().__init__(["by chance"])
        self.random = random.Random(seed)

    def pop(self, _index: object = 0) -> str:
        """Give the next fault, or none."""
        return self.random.choice(FAULTS) if self.random.random() < 0.33 else ""


class WatchedGateway(Gateway):
    """One that remembers what it was asked, beside what moved."""

    def __init__(self, home) -> None:
        super().__init__(home)
        self.orders: Counter[str] = Counter()
        self.unheard: Counter[str] = Counter()
        plain = dict(self.methods)

        def watched(name, work):
            def call(asked, **told):
                number = asked.get("out_request_no") or asked.get("out_biz_no")
                answer = work(asked, **told)
                if name in ("alipay.trade.refund", "alipay.fund.trans.uni.transfer"):
                    self.orders[number] += 1
                elif name == "alipay.trade.fastpay.refund.query":
                    self.unheard[number] += answer["code"] == "10000" and "refund_status" not in answer
                else:
                    self.unheard[number] += answer.get("sub_code") == "ORDER_NOT_EXIST"
                return answer

            return call

        self.methods = {name: watched(name, work) for name, work in plain.items()}


@pytest.fixture(scope="module")
def processes():
    """Processes that begin with Django loaded, so that they are killed while they work and not while they start."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.refunds.money_worker"])
    return context


def promised(gateway, settings, items: int) -> None:
    """Three quarters refunds that were agreed to, one quarter payouts that were approved."""
    settings.AFTERSALES = settings.AFTERSALES | {"refund_gateway": "alipay", "payout_gateway": "alipay"}
    refunds = many_requests(items * 3 // 4)
    make_all_due()
    while sweeps.sweep(limit=500).acted:
        continue
    for refund in refunds:
        gateway.register_trade(refund.order.order_no, refund.order.paid_fen)
    agent, boss = factories.staff(), factories.staff(Role.SUPERVISOR)
    payee = PayeeData("alipay", "13800001234", "李雷")
    for refund in refunds[: items - len(refunds)]:
        payout = services.payout_open(
            order=refund.order, actor=agent, purpose="goodwill", amount_fen=500 + refund.pk % 97, payee=payee
        )
        services.payout_approve(payout=services.payout_submit(payout=payout, actor=agent), actor=boss)
    assert RefundPayment.objects.filter(status="promised").count() == items * 3 // 4
    assert Payout.objects.filter(status="approved").count() == items - len(refunds)


def work_with_kills(processes, url: str, home, *, kills: int, seconds: float = SECONDS, **how: str) -> int:
    """Keep two workers at it, killing one every few hundredths of a second, until all is done; give how many died."""
    database = {key: connection.settings_dict[key] for key in ("NAME", "USER", "PASSWORD", "HOST", "PORT", "OPTIONS")}
    alipay = {
        "gateway_url": url,
        "app_id": "2026000000000000",
        "private_key_file": str(home / "app.pem"),
        "public_key_file": str(home / "gateway.pub.pem"),
    }
    chance, killed, workers, began = random.Random(11), 0, [], time.monotonic()
    started = 0
    while time.monotonic() - began < seconds:
        for worker in [worker for worker in workers if not worker.is_alive()]:
            killed += worker.exitcode in (-9, DIED)
            assert worker.exitcode in (0, -9, DIED), "a worker ended with an error"
            workers.remove(worker)
        if not workers and not money_worker.left():
            return killed
        while len(workers) < 2 and money_worker.left():
            certain = started < 2  # whoever of the first two gets there dies there
            options = {"alipay": alipay, **how, "certain": certain}
            started += 1
            workers.append(processes.Process(target=money_worker.run, args=(database,), kwargs=options, daemon=True))
            workers[-1].start()
        time.sleep(chance.uniform(*EVERY))
        if killed < kills and workers:
            chance.choice(workers).kill()
    for worker in workers:
        worker.kill()
    return killed


def everything_moved_once(gateway) -> None:
    """Hold the gateway's journal against our books: nothing double, nothing lost, nothing else, the sums equal."""
    refunds = Counter((row["trade"], row["amount_fen"]) for row in gateway.journal if row["kind"] == "refund")
    wanted = RefundPayment.objects.filter(status="done").values_list("refund__order__order_no", "amount_fen")
    assert refunds == Counter(wanted)
    paid = Counter(
        (row["no"].partition("-")[0], row["amount_fen"]) for row in gateway.journal if row["kind"] == "transfer"
    )
    assert paid == Counter(Payout.objects.filter(status="paid").values_list("payout_no", "amount_fen"))
    moved = sum(row["amount_fen"] for row in gateway.journal if row["kind"] != "trade")
    ours = [rows.aggregate(sum=Sum("amount_fen"))["sum"] for rows in (RefundPayment.objects, Payout.objects)]
    assert moved == sum(ours)
    again = {number: count for number, count in gateway.orders.items() if count > 1 + gateway.unheard[number]}
    assert not again, "sent again although nobody had said that it was unknown"
    assert invariants.check() == []


def test_killed_at_any_moment(processes, tmp_path, settings):
    """Two workers, one of them killed every 20 to 120 ms, and a gateway of which every third answer is a fault."""
    gateway = WatchedGateway(tmp_path)
    with running(gateway) as url:
        promised(gateway, settings, ITEMS)
        gateway.faults = Chance(3)
        killed = work_with_kills(processes, url, tmp_path, kills=KILLS)
        assert killed >= KILLS
        assert not money_worker.left()
        everything_moved_once(gateway)


@pytest.mark.parametrize("failpoint", list(money_worker.FAILPOINTS))
def test_dead_at_every_named_point_everything_recovers(processes, tmp_path, settings, failpoint):
    """`os._exit` in the middle of it, again and again; the gateway answers as it should."""
    gateway = WatchedGateway(tmp_path)
    with running(gateway) as url:
        promised(gateway, settings, 48)
        died = work_with_kills(processes, url, tmp_path, kills=0, failpoint=failpoint)
        assert died, "nobody died: the test shows nothing"
        assert not money_worker.left()
        everything_moved_once(gateway)


@pytest.mark.parametrize("broken", list(money_worker.BROKEN))
def test_every_way_not_to_do_it_is_seen(processes, tmp_path, settings, broken):
    """Negative controls: the same run with a broken worker fails."""
    gateway = WatchedGateway(tmp_path)
    with running(gateway) as url:
        promised(gateway, settings, 80)
        gateway.faults = Chance(5)
        work_with_kills(processes, url, tmp_path, kills=8, broken=broken, seconds=12)
        with pytest.raises(AssertionError):
            everything_moved_once(gateway)
