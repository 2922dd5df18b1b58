"""What acts by itself: in order of time, once, beside others, whatever breaks; what is warned of (TMO-16, 17, 18)."""

import threading
from datetime import timedelta

import pytest
import time_machine
from django.db import connections, transaction

from aftersales.core import clock, policies, sweeps, transitions
from aftersales.core.models import Deadline, LogEntry, OutboxEvent, Role
from orders import services as orders
from refunds import services
from refunds.models import Refund
from tests import factories
from tests.checks import all_is_well, sql
from tests.timed import DAY, HOUR

MINUTE = timedelta(minutes=1)


@pytest.fixture
def traveller():
    """A clock that stands still until it is moved."""
    with time_machine.travel(clock.now(), tick=False) as traveller:
        yield traveller


def requests(count: int, **fields) -> list[Refund]:
    """Shipped requests of one shop, applied for a minute after each other, each with its receipt standing still."""
    shop = factories.make_shop()
    return [factories.make_refund(factories.make_order(shop, ship=True)) for _number in range(count)]


def due(refund: Refund, ago: timedelta) -> Deadline:
    """Let a request's deadline have been over for a while."""
    moment = clock.now() - ago
    Deadline.objects.filter(subject_type="refund", subject_id=refund.pk).update(due_at=moment)
    Refund.objects.filter(pk=refund.pk).update(due_at=moment)
    return Deadline.objects.get(subject_type="refund", subject_id=refund.pk)


@pytest.mark.django_db
def test_after_downtime_everything_acts_once_in_order_of_time(traveller):
    """TMO-18: on return all that is overdue is done, the oldest first, and how late it was is recorded."""
    made = requests(4)
    lateness = [3 * HOUR, 50 * HOUR, MINUTE, 7 * DAY]
    for refund, ago in zip(made, lateness, strict=True):
        due(refund, ago)
    order = []
    while sweeps.sweep(limit=1).acted:
        order.append(LogEntry.objects.filter(action="agree").latest("pk").subject_id)
    assert order == [made[number].pk for number in (3, 1, 0, 2)]
    late = {row.subject_id: row.late_by for row in Deadline.objects.filter(status="succeeded")}
    assert late == {refund.pk: ago for refund, ago in zip(made, lateness, strict=True)}
    assert LogEntry.objects.filter(action="agree").count() == 4
    all_is_well()


@pytest.mark.django_db
def test_what_is_not_due_at_the_asked_moment_waits(traveller):
    first, second = requests(2)
    due(first, 2 * HOUR)
    due(second, HOUR)
    assert sweeps.sweep(as_of=clock.now() - 90 * MINUTE).acted == 1
    assert Refund.objects.get(pk=second.pk).status == "WAIT_SELLER_AGREE"


@pytest.mark.django_db
def test_row_that_breaks_stops_no_other_and_ends_failed(traveller, monkeypatch):
    """TMO-16: it stands alone at once, is tried five times with pauses, then waits for the supervisor."""
    made = requests(9)
    rows = [due(refund, HOUR) for refund in made]
    poison = made[4].pk
    real = services.REFUND.entered["WAIT_SYSTEM_TRANSFER"]

    def breaks(steps):
        if any(step.subject.pk == poison for step in steps):
            raise ArithmeticError("no such number")

    monkeypatch.setitem(services.REFUND.entered, "WAIT_SYSTEM_TRANSFER", (breaks, *real))
    assert sweeps.sweep() == sweeps.Swept(acted=8, failed=1)
    row = Deadline.objects.get(pk=rows[4].pk)
    assert (row.status, row.attempts, row.error) == ("running", 1, "ArithmeticError: no such number")
    late = due(requests(1)[0], HOUR)
    assert sweeps.sweep() == sweeps.Swept(acted=1)
    assert Deadline.objects.get(pk=late.pk).status == "succeeded"
    for pause in sweeps.PAUSES:
        traveller.shift(pause - timedelta(milliseconds=1))
        assert sweeps.sweep() == sweeps.Swept()
        traveller.shift(timedelta(milliseconds=1))
        assert sweeps.sweep() == sweeps.Swept(failed=1)
    row.refresh_from_db()
    assert (row.status, row.attempts, row.finished_at) == ("failed", 5, clock.now())
    assert sweeps.sweep() == sweeps.Swept()
    assert Refund.objects.get(pk=poison).status == "WAIT_SELLER_AGREE"
    all_is_well()


@pytest.mark.django_db
def test_row_that_recovers_acts(traveller, monkeypatch):
    """A fault that goes away costs a pause or two, not the deadline."""
    [refund] = requests(1)
    due(refund, HOUR)
    with monkeypatch.context() as patch:
        patch.setitem(services.REFUND.entered, "WAIT_SYSTEM_TRANSFER", (lambda steps: 1 / 0,))
        assert sweeps.sweep() == sweeps.Swept(failed=1)
        traveller.shift(sweeps.PAUSES[0])
        assert sweeps.sweep() == sweeps.Swept(failed=1)
    traveller.shift(sweeps.PAUSES[1])
    assert sweeps.sweep() == sweeps.Swept(acted=1)
    assert Deadline.objects.get(subject_type="refund", subject_id=refund.pk).status == "succeeded"
    all_is_well()


@pytest.mark.django_db
def test_step_that_a_rule_forbids_fails_with_the_rule_s_sentence(traveller):
    """RFD-4: a return cannot be agreed without an address; it is on the supervisor's list at once."""
    refund = factories.make_return()
    row = due(refund, HOUR)
    sql("UPDATE core_shop SET return_address = '{}'")
    assert sweeps.sweep() == sweeps.Swept(failed=1)
    row.refresh_from_db()
    assert row.status == "failed"
    assert row.error
    assert LogEntry.objects.filter(subject_type="refund", subject_id=refund.pk).count() == 1
    all_is_well()


@pytest.mark.django_db
def test_two_due_deadlines_of_one_subject_act_one_after_the_other(traveller):
    """The earlier one acts; the later one is closed with the state that it belonged to, and nothing acts twice."""
    [refund] = requests(1)
    row = due(refund, HOUR)
    later = Deadline.objects.get(pk=row.pk)
    later.pk, later.rule, later.due_at = None, "TMO-X", clock.now() - MINUTE
    later.save(force_insert=True)
    assert sweeps.sweep().acted == 1
    assert sweeps.sweep().acted == 0
    assert {(one.rule, one.status) for one in Deadline.objects.filter(subject_type="refund")} == {
        ("TMO-2", "succeeded"),
        ("TMO-X", "closed"),
    }
    assert LogEntry.objects.filter(subject_type="refund", action="agree").count() == 1


@pytest.mark.django_db
def test_deadline_checks_that_it_still_holds(traveller):
    """TMO-16: a running row whose state is gone is refused by the edge table, not obeyed."""
    [refund] = requests(1)
    row = due(refund, HOUR)
    services.refund_cancel(refund=refund, actor=factories.buyer(refund.shop))
    Deadline.objects.filter(pk=row.pk).update(status="running", finished_at=None)
    assert sweeps.sweep() == sweeps.Swept(failed=1)
    assert Refund.objects.get(pk=refund.pk).status == "CLOSED"
    assert not LogEntry.objects.filter(action="agree").exists()


@pytest.mark.django_db(transaction=True)
def test_what_somebody_works_on_is_left_for_the_next_sweep():
    """TMO-16: a person holds the order; the sweep passes it by, acts on the others and never waits."""
    made = requests(3)
    for refund in made:
        due(refund, HOUR)
    held, go_on = threading.Event(), threading.Event()

    def person() -> None:
        with transaction.atomic():
            orders.order_lock([made[1].order_id], False)
            held.set()
            go_on.wait(20)
        connections.close_all()

    thread = threading.Thread(target=person)
    thread.start()
    assert held.wait(20)
    try:
        sql("SET lock_timeout = '200ms'")
        assert sweeps.sweep() == sweeps.Swept(acted=2, busy=1)
        assert Deadline.objects.get(subject_type="refund", subject_id=made[1].pk).status == "running"
    finally:
        sql("SET lock_timeout = 0")
        go_on.set()
        thread.join()
    assert sweeps.sweep() == sweeps.Swept(acted=1)
    all_is_well()


@pytest.mark.django_db(transaction=True)
def test_two_workers_share_the_work():
    """A row that one worker has claimed is passed over by the other, not waited for and not taken twice."""
    made = requests(4)
    for refund in made:
        due(refund, HOUR)
    claimed, go_on = threading.Event(), threading.Event()

    def other_worker() -> None:
        with transaction.atomic():
            rows = list(sweeps._due(clock.now())[:2])
            claimed.set()
            go_on.wait(20)
            sweeps._act(rows)
        connections.close_all()

    thread = threading.Thread(target=other_worker)
    thread.start()
    assert claimed.wait(20)
    assert sweeps.sweep() == sweeps.Swept(acted=2)
    go_on.set()
    thread.join()
    assert sweeps.sweep() == sweeps.Swept()
    assert LogEntry.objects.filter(action="agree").count() == 4
    all_is_well()


# Warnings -------------------------------------------------------------------------------------------------------------


def warnings() -> int:
    """How many warnings were ever given."""
    return OutboxEvent.objects.filter(topic__endswith=".deadline_near").count()


@pytest.mark.django_db
def test_warned_once_at_each_mark(traveller):
    """TMO-17: 24 h and 4 h before, each once, with what will happen and when."""
    [refund] = requests(1)
    row = Deadline.objects.get(subject_type="refund")
    traveller.shift(5 * DAY - 24 * HOUR - MINUTE)
    assert (sweeps.warn(), warnings()) == (0, 0)
    traveller.shift(MINUTE)
    assert (sweeps.warn(), sweeps.warn(), warnings()) == (1, 0, 1)
    news = OutboxEvent.objects.get(topic="refund.deadline_near")
    assert (news.subject_id, news.payload) == (
        refund.pk,
        {"rule": "TMO-2", "action": "agree", "due_at": row.due_at.isoformat()},
    )
    traveller.shift(20 * HOUR - MINUTE)
    assert (sweeps.warn(), warnings()) == (0, 1)
    traveller.shift(MINUTE)
    assert (sweeps.warn(), sweeps.warn(), warnings()) == (1, 0, 2)
    traveller.shift(4 * HOUR)
    assert (sweeps.warn(), warnings()) == (0, 2)


@pytest.mark.django_db
def test_after_downtime_only_the_nearer_warning_is_given(traveller):
    """TMO-17: the jobs were down at the first mark; one warning, not two at once."""
    requests(1)
    traveller.shift(5 * DAY - 3 * HOUR)
    assert (sweeps.warn(), sweeps.warn(), warnings()) == (1, 0, 1)


@pytest.mark.django_db
def test_no_warning_of_what_does_not_go_against_the_shop(traveller):
    """TMO-17: the buyer's deadlines and those that stand still are nobody's worry."""
    services.refund_agree(refund=factories.make_return(), actor=factories.staff())  # TMO-5 is the buyer's
    [refund] = requests(1)
    sql("UPDATE refunds_refund SET created_at = created_at - interval '16 days' WHERE id = %s", refund.pk)
    services.refund_intervene(refund=refund, actor=factories.buyer(refund.shop), text="Help")
    traveller.shift(4 * DAY + 22 * HOUR)
    assert (sweeps.warn(), warnings()) == (0, 0)


@pytest.mark.django_db
def test_shop_has_its_own_warning_time(traveller):
    """TMO-17 is a policy: one shop wants to know 48 h before, the other as always."""
    [ours], [_theirs] = requests(1), requests(1)
    supervisor = factories.staff(Role.SUPERVISOR)
    policies.set(key="warning.TMO-17.first", value=48 * HOUR, shop=ours.shop, actor=supervisor)
    traveller.shift(5 * DAY - 40 * HOUR)
    assert sweeps.warn() == 1
    assert OutboxEvent.objects.get(topic="refund.deadline_near").subject_id == ours.pk
    traveller.shift(17 * HOUR)
    assert (sweeps.warn(), warnings()) == (1, 2)


@pytest.mark.django_db
def test_missed_order_is_seen(traveller, monkeypatch):
    """Negative control: a sweep that takes rows as they come is caught by the order of the log."""
    first, second = requests(2)
    due(first, HOUR)
    due(second, DAY)
    real = sweeps._overdue
    monkeypatch.setattr(sweeps, "_overdue", lambda as_of: real(as_of).order_by("pk"))
    sweeps.sweep(limit=1)
    assert LogEntry.objects.get(action="agree").subject_id == first.pk != second.pk
    assert transitions.bindings
