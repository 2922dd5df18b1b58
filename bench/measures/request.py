"""The page of one request, everything on it, against the queue page."""

from collections.abc import Iterator

from bench.context import Bench, rows
from bench.databases import copy_of
from bench.harness import Finding, count, in_pairs

STATEMENTS = 12


def measure(bench: Bench) -> Iterator[Finding]:
    """Take a request on which much happened: agreed, sent back, received, paid."""
    with copy_of(bench.database):
        me = bench.sign_in()
        [[number]] = rows("SELECT refund_no FROM refunds_refund WHERE status = 'SUCCESS' ORDER BY id DESC LIMIT 1")

        def page() -> bytes:
            return bench.product(f"/requests/{number}/", **me)

        found = in_pairs(page, lambda: bench.product("/queue/", **me), pairs=bench.pairs)
        yield Finding("request page : queue page", str(found.cpu), "≤ 2.0", found.cpu.median <= 2, found.notes())
        counted = count(page)
        said = len(counted.statements)
        notes = f"{counted.calls:,} Python calls"
        yield Finding("request page, statements", str(said), f"≤ {STATEMENTS}", said <= STATEMENTS, notes)
