"""The import of orders against COPY of the same rows, by `bench/import_orders.py`."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from bench.context import Bench
from bench.harness import Finding

SCRIPT = Path(__file__).resolve().parent.parent / "import_orders.py"


def measure(bench: Bench) -> Iterator[Finding]:
    """Run it with few orders, or with 100,000 in the long form."""
    orders, rounds = (100_000, 3) if bench.long else (5_000, 3)
    command = [sys.executable, str(SCRIPT), "--orders", str(orders), "--rounds", str(rounds)]
    run = subprocess.run(command, capture_output=True, text=True, timeout=1200, check=False)
    said = re.search(r"^ratio\s+min ([\d.]+)\s+median ([\d.]+)\s+max ([\d.]+)", run.stdout, re.MULTILINE)
    control = re.search(r"^control COPY/COPY\s+min [\d.]+\s+median ([\d.]+)", run.stdout, re.MULTILINE)
    if said is None or control is None:
        raise AssertionError(f"bench/import_orders.py: {run.stdout[-500:]} {run.stderr[-1500:]}")
    least, middle, most = (float(value) for value in said.groups())
    figure = f"{middle:.2f} ({least:.2f} – {most:.2f})"
    notes = f"wall; A/A {float(control[1]):.2f}"
    yield Finding(f"import of {orders:,} orders : COPY", figure, "≥ 0.3", middle >= 0.3, notes)
