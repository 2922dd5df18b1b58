"""One module for each group of rows of the quality table: `measure(bench)` yields what it found."""

from collections.abc import Callable, Iterator

from bench.context import Bench
from bench.harness import Finding

from . import creating, deciding, importing, lists, pushing, queue, request, starting, sweeping

Measure = Callable[[Bench], Iterator[Finding]]
BY_SIZE: dict[str, Measure] = {
    "queue": queue.measure,
    "request": request.measure,
    "lists": lists.measure,
    "deciding": deciding.measure,
    "creating": creating.measure,
}
"""Measured at every size."""
LARGEST: dict[str, Measure] = {"sweeping": sweeping.measure, "pushing": pushing.measure}
"""Need many rows: measured at the largest size alone."""
ONCE: dict[str, Measure] = {"importing": importing.measure, "starting": starting.measure}
"""Do not depend on what is in the database."""
