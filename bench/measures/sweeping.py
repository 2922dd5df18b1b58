"""Deadlines that act: against the limit in SQL, against a task for each row, by two workers, and 20,000 at once."""

import multiprocessing
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial
from multiprocessing.queues import Queue
from typing import Any

from celery.contrib.testing.worker import start_worker
from django.db import connection

from aftersales.celery import app
from aftersales.core import clock, events, sweeps, tasks
from bench import data
from bench.context import Bench, change, rows
from bench.databases import copy_of
from bench.floors.sweep import in_sql, one_row
from bench.harness import Finding, Pairs, Spread, cost_of, database_cpu, own_cpu

POOL = "subject_type = 'refund' AND action = 'agree' AND status = 'running' AND rule IN ('TMO-1', 'TMO-3')"
AT_ONCE = 20_000


def falling_due() -> str:
    """Give the statement that lets requests that wait for the seller fall due from a moment on, and nothing else."""
    apart = f"(subject_id / {data.STRIDE}) * interval '1 second' + (subject_id %% {data.STRIDE}) * interval '1 ms'"
    return (
        f"UPDATE core_deadline SET due_at = CASE WHEN {POOL} THEN %s + {apart} ELSE due_at + interval '1 year' END"
        " WHERE status = 'running'"
    )


def pool(start: datetime) -> int:
    """Let requests fall due, some milliseconds apart; return how many."""
    change(falling_due(), start)
    change("VACUUM (ANALYZE) core_deadline")
    return int(rows(f"SELECT count(*) FROM core_deadline WHERE {POOL}")[0][0])


def measure(bench: Bench) -> Iterator[Finding]:
    """Each takes its part of one pool, since a deadline acts once; the last one a pool of its own."""
    with copy_of(bench.database):
        due = pool(clock.now() - timedelta(days=1))
        yield _against_sql(bench, due // 2)
        yield from _against_tasks(bench, due // 8)
        yield from _two_workers(bench, due // 3)
    with copy_of(bench.database):
        yield from _at_once(bench)


def _against_sql(bench: Bench, most: int) -> Finding:
    as_of = clock.now() + timedelta(days=2)
    rounds = 12 if bench.long else 4
    limit = min(1000, most // (3 * rounds + 2))
    found = _in_turn(
        lambda: sweeps.sweep(limit=limit, as_of=as_of).acted, lambda: in_sql(limit=limit, as_of=as_of), limit, rounds
    )
    ratio = Spread(tuple(1 / value for value in found.cpu.values))
    wall = Spread(tuple(1 / value for value in found.wall.values))
    rate = limit / (found.subject_ms.median / 1000)
    spent = f"{found.subject_ms.median / limit:.2f} : {found.floor_ms.median / limit:.2f} ms CPU a row"
    notes = f"batches of {limit}: {spent}, the database's included; wall {wall.median:.2f};"
    notes += f" A/A {found.control.median:.2f}; {rate:.0f}/s of CPU"
    return Finding("sweep's speed : limit in SQL", str(ratio), "≥ 0.5", ratio.median >= 0.5, notes)


def _in_turn(sweep: Callable[[], int], limit_of_sql: Callable[[], int], batch: int, rounds: int) -> Pairs:
    """Take the next batch by each in turn: their rows are different ones and alike."""

    def cost(work: Callable[[], int]) -> tuple[float, float]:
        spent, moved = cost_of(work)
        assert moved == batch, (moved, batch)
        return spent.cpu, spent.wall

    cost(sweep), cost(limit_of_sql)
    turns = [(cost(sweep), cost(limit_of_sql), cost(sweep)) for _number in range(rounds)]
    return Pairs(
        cpu=Spread(tuple(first[0] / below[0] for first, below, _again in turns)),
        wall=Spread(tuple(first[1] / below[1] for first, below, _again in turns)),
        control=Spread(tuple(first[0] / again[0] for first, _below, again in turns)),
        subject_ms=Spread(tuple(first[0] * 1000 for first, _below, _again in turns)),
        floor_ms=Spread(tuple(below[0] * 1000 for _first, below, _again in turns)),
    )


def _against_tasks(bench: Bench, most: int) -> Iterator[Finding]:
    """Run a Celery worker, give it a task for each row and then the sweep, several times."""
    as_of = clock.now() + timedelta(days=2)
    rounds = 5
    limit = min(1000, most // (rounds + 2))
    each = min(60, limit)
    busy: dict[str, list[float]] = {"tasks": [], "sweep": []}
    wall: dict[str, list[float]] = {"tasks": [], "sweep": []}

    def note(name: str, work: Callable[[], int]) -> None:
        pids = [row[0] for row in rows("SELECT pid FROM pg_stat_activity WHERE datname = current_database()")]
        start = time.perf_counter(), own_cpu() + database_cpu(*pids)
        moved = work()
        wall[name].append((time.perf_counter() - start[0]) / moved)
        busy[name].append((own_cpu() + database_cpu(*pids) - start[1]) / moved)

    def one_by_one(ids: list[int]) -> int:
        for pk in ids:
            one_row.delay(pk)
        _wait(lambda: _done(ids) == len(ids))
        return len(ids)

    with unheard(), start_worker(app, pool="solo", perform_ping_check=False, shutdown_timeout=30):
        for _number in range(rounds + 1):
            waiting = rows(f"SELECT id FROM core_deadline WHERE {POOL} ORDER BY due_at, id LIMIT %s", each)
            note("tasks", partial(one_by_one, [row[0] for row in waiting]))
            note("sweep", lambda: sweeps.sweep(limit=limit, as_of=as_of).acted)
    ratio, cpu = (
        Spread(tuple(one / many for one, many in zip(cost["tasks"][1:], cost["sweep"][1:], strict=True)))
        for cost in (wall, busy)
    )
    rates = [1 / Spread(tuple(wall[name])).median for name in ("sweep", "tasks")]
    notes = f"on the wall, commits included: {rates[0]:.0f}/s : {rates[1]:.0f}/s; batches of {limit}"
    yield Finding("sweep's speed : a task for each row", str(ratio), "≥ 60", ratio.median >= 60, notes)
    each_ms, row_ms = (Spread(tuple(busy[name])).median * 1000 for name in ("tasks", "sweep"))
    notes = f"{row_ms:.2f} : {each_ms:.2f} ms a row with the database"
    yield Finding("the same by CPU time", str(cpu), notes=notes)


@contextmanager
def unheard() -> Iterator[None]:
    """Let nobody be woken by news: delivering it would be measured with what made it."""
    waked, events._nudges[:] = list(events._nudges), []
    try:
        yield
    finally:
        events._nudges[:] = waked


def _done(ids: list[int]) -> int:
    return int(rows("SELECT count(*) FROM core_deadline WHERE id = ANY(%s) AND status = 'succeeded'", ids)[0][0])


def _wait(until: Callable[[], bool], seconds: float = 120) -> None:
    end = time.monotonic() + seconds
    while not until():
        if time.monotonic() > end:
            raise TimeoutError
        time.sleep(0.05)


def _two_workers(bench: Bench, most: int) -> Iterator[Finding]:
    """Let one process and then two clear like parts of the pool, in turn."""
    turns = 6 if bench.long else 4
    part = min(most // turns, 8000)
    count = (
        "SELECT count(*), count(DISTINCT subject_id) FROM core_logentry"
        " WHERE subject_type = 'refund' AND actor_kind = 'system' AND action = 'agree'"
    )
    [[steps_before, subjects_before]] = rows(count)
    moments = [
        row[0]
        for row in rows(
            "SELECT max(due_at) FROM (SELECT due_at, (row_number() OVER (ORDER BY due_at, id) - 1) / %s AS part"
            f" FROM core_deadline WHERE {POOL}) d GROUP BY part ORDER BY part",
            part,
        )
    ][:turns]
    rates: dict[int, list[float]] = {1: [], 2: []}
    moved = 0
    for number, moment in enumerate(moments):
        workers = 1 + number % 2
        acted, seconds = _sweep_with(workers, moment)
        rates[workers].append(acted / seconds)
        moved += acted
    ratio = Spread(tuple(two / one for one, two in zip(rates[1], rates[2], strict=False)))
    said = f"{max(rates[1]):.0f}/s, {max(rates[2]):.0f}/s on the wall"
    yield Finding("two workers : one", str(ratio), "≥ 1.2", ratio.median >= 1.2, said)
    [[steps, subjects]] = rows(count)
    steps, subjects = steps - steps_before, subjects - subjects_before
    once = steps == subjects == moved
    yield Finding("doubles", str(steps - subjects), "0", once, f"{moved} acted, {steps} steps in the log")


def _sweep_with(workers: int, as_of: datetime) -> tuple[int, float]:
    context: Any = multiprocessing.get_context("fork")
    connection.close()
    results: Queue[tuple[int, float, float]] = context.Queue()
    gate = context.Barrier(workers)
    processes = [context.Process(target=_clear, args=(as_of, gate, results)) for _number in range(workers)]
    for process in processes:
        process.start()
    said = [results.get(timeout=300) for _process in processes]
    for process in processes:
        process.join(30)
    return sum(one[0] for one in said), max(one[2] for one in said) - min(one[1] for one in said)


def _clear(as_of: datetime, gate: Any, results: Any) -> None:
    connection.ensure_connection()
    gate.wait(30)
    start, moved = time.monotonic(), 0
    while acted := sweeps.sweep(as_of=as_of).acted:
        moved += acted
    results.put((moved, start, time.monotonic()))
    connection.close()


def _at_once(bench: Bench) -> Iterator[Finding]:
    """Let up to 20,000 fall due in one moment while worker and beat run as always."""
    due = pool(clock.now() + timedelta(days=300))
    wanted = min(due, AT_ONCE)
    with start_worker(app, pool="threads", concurrency=4, perform_ping_check=False, shutdown_timeout=30):
        ids = f"SELECT id FROM core_deadline WHERE {POOL} ORDER BY due_at, id LIMIT {wanted}"
        change(f"UPDATE core_deadline SET due_at = %s WHERE id IN ({ids})", clock.now() + timedelta(seconds=1))
        change("VACUUM (ANALYZE) core_deadline")
        beat = 0.0
        end = time.monotonic() + 240
        acted = "SELECT count(*) FROM core_deadline WHERE late_by IS NOT NULL AND status = 'succeeded'"
        before = rows(acted)[0][0]
        while rows(acted)[0][0] - before < wanted and time.monotonic() < end:
            if time.monotonic() >= beat:
                tasks.deadlines_sweep.apply_async(expires=10)
                beat = time.monotonic() + 2
            time.sleep(0.05)
    lateness = [
        row[0].total_seconds()
        for row in rows("SELECT late_by FROM core_deadline WHERE late_by IS NOT NULL AND status = 'succeeded'")
    ]
    late = Spread(tuple(lateness))
    figure = f"{late.share(0.99):.1f} s (median {late.median:.1f})"
    what = f"lateness p99 with {wanted:,} due at once"
    yield Finding(what, figure, "≤ 15 s", len(lateness) >= wanted and late.share(0.99) <= 15)
