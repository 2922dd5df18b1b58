"""Workers killed with -9 at random and at every point of a sweep: each deadline acts exactly once (TMO-16, TMO-18).

The short form runs on CI; AFTERSALES_KILL_DEADLINES=20000 AFTERSALES_KILL_SECONDS=600 is the long one.
"""

import multiprocessing
import os
from datetime import timedelta

import pytest
from django.db.models import Count

from aftersales.core.models import Deadline, LogEntry, OutboxEvent
from orders.models import Order
from refunds.models import Refund, RefundPayment
from tests.bulk import make_all_due, many_requests
from tests.checks import all_is_well
from tests.core import sweep_worker
from tests.kills import swept_with_kills

pytestmark = pytest.mark.django_db(transaction=True)

DEADLINES = int(os.environ.get("AFTERSALES_KILL_DEADLINES", "2000"))
SECONDS = float(os.environ.get("AFTERSALES_KILL_SECONDS", "180"))


@pytest.fixture(scope="module")
def processes():
    """Processes that begin with Django loaded, so that they are killed while they work and not while they start."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.core.sweep_worker"])
    return context


def sweep_with_kills(processes, **how) -> int:
    """Sweep forty at a time; give how many workers died."""
    return swept_with_kills(processes, sweep_worker.run, limit=40, seconds=SECONDS, **how)


def each_acted_once(count: int) -> None:
    """Count what the sweeps left behind: log rows, payments, news, books."""
    assert dict(Deadline.objects.filter(rule="TMO-1").values_list("status").annotate(n=Count("pk"))) == {
        "succeeded": count
    }
    assert dict(Deadline.objects.filter(rule="TMO-15").values_list("status").annotate(n=Count("pk"))) == {
        "succeeded": count
    }
    late = Deadline.objects.filter(status="succeeded", late_by__gt=timedelta(0), late_by__lt=timedelta(minutes=15))
    assert late.count() == 2 * count
    acted = LogEntry.objects.filter(actor_name="system: timeout")
    assert acted.filter(subject_type="refund", action="agree").count() == count
    assert acted.filter(subject_type="order", action="mark_late").count() == count
    assert LogEntry.objects.count() == 5 * count  # order, late, request, agreed, payment
    assert RefundPayment.objects.count() == count
    assert Refund.objects.filter(status="WAIT_SYSTEM_TRANSFER", version=2).count() == count
    assert Order.objects.filter(is_late=True, version=2).count() == count
    for topic in ("refund.agreed", "order.late", "payment.promised"):
        assert OutboxEvent.objects.filter(topic=topic).values("subject_id").distinct().count() == count, topic
        assert OutboxEvent.objects.filter(topic=topic).count() == count, topic
    all_is_well()


def test_killed_at_any_moment(processes):
    """Two workers, one of them killed every few hundredths of a second."""
    many_requests(DEADLINES // 2)
    make_all_due()
    killed = sweep_with_kills(processes, kill_every=(0.03, 0.15))
    each_acted_once(DEADLINES // 2)
    assert killed >= 5, "nobody was killed while working: the test shows nothing"


@pytest.mark.parametrize("failpoint", ["after write", "before follow-ups", "before finish", "after finish"])
def test_killed_between_two_statements(processes, failpoint):
    """Dead at a named point of the batch, with a chance of one in four."""
    many_requests(150)
    make_all_due()
    killed = sweep_with_kills(processes, failpoint=failpoint)
    each_acted_once(150)
    assert killed >= 2


def test_step_without_the_transaction_is_seen(processes):
    """Negative control: the deadline is finished in a transaction of its own, after the steps. The counts tell."""
    many_requests(150)
    make_all_due()
    killed = sweep_with_kills(processes, failpoint="before finish", broken=True)
    assert killed >= 1
    with pytest.raises(AssertionError):
        each_acted_once(150)
