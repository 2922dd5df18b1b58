"""The harness of the measurements runs, at a size that takes seconds, and what does not wobble keeps its goals."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, connection

from aftersales.core import clock, sweeps
from bench import data, harness
from bench.context import Bench
from bench.floors import sweep as floor
from bench.measures import deciding, lists, queue, request, sweeping
from refunds.models import Refund


@pytest.fixture
def bench(db, monkeypatch):
    """Forty requests in the test's own database, whose connection stays open between requests."""
    monkeypatch.setattr(data, "vacuum", lambda: None)
    data.fill(0)
    cache.clear()
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield Bench(40, "", pairs=2)
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def test_copies_of_a_case_hang_together_as_the_case_does(bench):
    for model in data.TABLES:
        with connection.cursor() as cursor:
            cursor.execute(*data.multiplying(model, 0, 0, 2))
    assert Refund.objects.count() == 120
    for refund in Refund.objects.select_related("order").prefetch_related("lines__order_line"):
        assert all(line.order_line.order_id == refund.order_id for line in refund.lines.all())


def test_pages_and_lists_keep_their_counts(bench):
    me = bench.sign_in()
    bench.product("/queue/", **me)
    page = harness.count(lambda: bench.product("/queue/", **me))
    assert len(page.statements) <= queue.STATEMENTS
    assert page.calls <= queue.CALLS
    number = Refund.objects.filter(status="SUCCESS").values_list("refund_no", flat=True)[0]
    detail = harness.count(lambda: bench.product(f"/requests/{number}/", **me))
    assert len(detail.statements) <= request.STATEMENTS
    bench.product("/api/v1/refunds", **bench.staff)
    rows = harness.count(lambda: bench.product("/api/v1/refunds", **bench.staff))
    assert len(rows.statements) <= lists.STATEMENTS


@pytest.mark.django_db(transaction=True)
def test_a_decision_keeps_its_count(bench):
    numbers = Refund.objects.filter(status="WAIT_SELLER_AGREE", flow="return_refund")
    first, second = numbers.values_list("refund_no", flat=True)[:2]
    deciding.agree(bench, first)
    with harness.counting() as counted:
        deciding.agree(bench, second)
    assert len(counted.statements) <= deciding.STATEMENTS


def test_floors_answer_with_the_same_rows(bench):
    me = bench.sign_in()
    waiting = Refund.objects.filter(status="WAIT_SELLER_AGREE").count()
    assert waiting == 12
    assert bench.product("/queue/", **me).count(b"<tr data-row=") == waiting
    assert bench.bare("/html", **me).count(b'name="pick"') == waiting
    assert bench.bare("/refunds", **bench.staff).count(b'"refund_no"') == Refund.objects.count()


def test_a_pair_is_a_ratio_with_its_control():
    found = harness.in_pairs(lambda: sum(range(40_000)), lambda: sum(range(20_000)), pairs=20)
    assert 1.2 < found.cpu.median < 3.3
    assert 0.6 < found.control.median < 1.6
    assert str(harness.Spread((1.0, 3.0, 2.0))) == "2.00 (1.00 – 3.00)"
    assert harness.Spread((1.0, 3.0, 2.0)).share(0.99) == 3.0


def test_the_limit_in_sql_writes_what_a_sweep_writes(bench):
    """Six requests each: the same tables get the same number of rows."""

    def sizes() -> list[int]:
        return [model._base_manager.count() for model in data.TABLES]

    connection.cursor().execute(sweeping.falling_due(), [clock.now() - timedelta(days=1)])
    as_of = clock.now() + timedelta(days=2)
    start = sizes()
    assert sweeps.sweep(limit=6, as_of=as_of).acted == 6
    swept = sizes()
    assert floor.in_sql(limit=6, as_of=as_of) == 6
    limit = sizes()
    by_sweep = [after - before for before, after in zip(start, swept, strict=True)]
    in_sql = [after - before for before, after in zip(swept, limit, strict=True)]
    assert by_sweep == in_sql
    assert sum(by_sweep) == 24
    assert not Refund.objects.filter(status="WAIT_SELLER_AGREE").exists()
