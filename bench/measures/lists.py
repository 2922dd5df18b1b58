"""The REST list of 50 against a plain ModelSerializer list that says the same."""

from collections.abc import Iterator

from bench.context import Bench
from bench.databases import copy_of
from bench.harness import Finding, buffers, count, in_pairs

STATEMENTS = 3


def measure(bench: Bench) -> Iterator[Finding]:
    """Compare with the same content, and with the columns of the table alone."""
    with copy_of(bench.database):

        def ours() -> bytes:
            return bench.product("/api/v1/refunds", **bench.staff)

        found = in_pairs(ours, lambda: bench.bare("/refunds", **bench.staff), pairs=bench.pairs)
        yield Finding("REST list of 50 : DRF list", str(found.cpu), "≤ 0.5", found.cpu.median <= 0.5, found.notes())
        flat = in_pairs(ours, lambda: bench.bare("/refunds-flat", **bench.staff), pairs=bench.pairs // 2)
        yield Finding("REST list of 50 : DRF list of the table alone", str(flat.cpu), notes=flat.notes())
        counted = count(ours)
        touched = buffers(counted.statements) / 50
        notes = f"{counted.calls:,} Python calls, {touched:.1f} buffers a row"
        said = len(counted.statements)
        yield Finding("REST list, statements", str(said), f"≤ {STATEMENTS}", said <= STATEMENTS, notes)
