"""A decision over REST against plain REST framework; eight clients at one request."""

import itertools
import threading
import time
from collections.abc import Iterator

from django.db import connection

from bench.context import Bench, rows
from bench.databases import copy_of
from bench.harness import Finding, Spread, counting, in_pairs

STATEMENTS, CLIENTS = 12, 8
WAITING = """
SELECT refund_no FROM refunds_refund WHERE status = 'WAIT_SELLER_AGREE' AND flow = %s ORDER BY urgent_at, id LIMIT %s
"""
_keys = itertools.count(1)


def agree(bench: Bench, number: str, expect: int | None = 200) -> int:
    """Agree over REST, with a key of its own."""
    key = f"bench-{time.time_ns()}-{next(_keys)}"
    path = f"/api/v1/refunds/{number}/agree"
    said, answer = bench.product.answer(path, {"note": "同意退货"}, HTTP_IDEMPOTENCY_KEY=key, **bench.staff)
    assert expect in (None, said), answer
    return said


def measure(bench: Bench) -> Iterator[Finding]:
    """Compare returns that are agreed to; count; race."""
    with copy_of(bench.database):
        races = 60 if bench.long else 20
        pairs = bench.pairs
        numbers = [row[0] for row in rows(WAITING, "return_refund", pairs * 3 + 3 * races + 30)]
        pairs = min(pairs, (len(numbers) - 2 * races - 10) // 3)
        given = iter(numbers)
        found = in_pairs(
            lambda: agree(bench, next(given)),
            lambda: bench.bare(f"/refunds/{next(given)}/agree", {"note": "同意退货"}, **bench.staff),
            pairs=pairs,
            warm=2,
        )
        yield Finding("agreeing over REST : DRF floor", str(found.cpu), "≤ 1.5", found.cpu.median <= 1.5, found.notes())
        with counting() as counted:
            agree(bench, next(given))
        said = len(counted.statements)
        yield Finding("agreeing over REST, statements", str(said), f"≤ {STATEMENTS}", said <= STATEMENTS)
        yield from _race(bench, [next(given) for _number in range(races)], [next(given) for _number in range(races)])


def _race(bench: Bench, contested: list[str], alone: list[str]) -> Iterator[Finding]:
    """Let eight clients agree to the same requests at the same time, one request after the other."""
    single, raced, said = [], [], []
    for number in alone:
        start = time.perf_counter()
        agree(bench, number)
        single.append(time.perf_counter() - start)
    gate = threading.Barrier(CLIENTS)

    def client() -> None:
        try:
            for number in contested:
                gate.wait(60)
                start = time.perf_counter()
                status = agree(bench, number, expect=None)
                raced.append(time.perf_counter() - start)
                said.append((number, status))
        finally:
            connection.close()

    threads = [threading.Thread(target=client) for _number in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(300)
    clean = all(
        sorted(status for number, status in said if number == one) == [200] + [409] * (CLIENTS - 1) for one in contested
    )
    logged = rows(
        "SELECT count(*) FROM core_logentry l JOIN refunds_refund r ON r.id = l.subject_id"
        " WHERE l.subject_type = 'refund' AND l.action = 'agree' AND r.refund_no = ANY(%s)",
        contested,
    )[0][0]
    once = clean and logged == len(contested)
    notes = f"{len(contested)} races; {sum(status == 200 for _number, status in said)} × 200,"
    notes += f" {sum(status == 409 for _number, status in said)} × 409, {logged} steps in the log"
    yield Finding(
        "eight clients deciding one request", "1 success" if once else "NOT ONCE", "1 + 7 conflicts", once, notes
    )
    times, usual = Spread(tuple(raced)), Spread(tuple(single))
    ratio = times.share(0.95) / usual.share(0.95)
    notes = f"{times.share(0.95) * 1000:.0f} : {usual.share(0.95) * 1000:.0f} ms on the wall"
    yield Finding("p95 of eight : p95 of one", f"{ratio:.1f}", "≤ 8", ratio <= 8, notes)
