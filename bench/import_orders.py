"""How fast orders are imported, against COPY of the very rows that the import wrote.

    .venv/bin/python bench/import_orders.py [--orders 100000] [--rounds 3] [--kind csv|xlsx]

Each round, side by side on the server of DATABASE_URL and in databases of its own: the import of freshly written export
files into an empty database, then COPY of all the rows that came of it (buyers, orders, lines, log, deadlines, events)
into another empty one, in one transaction, with the same indexes, constraints and triggers; and COPY once more, as the
control that must come out near 1. Reading and checking the files is part of the import and not of the COPY.
Goal: ratio (COPY time / import time) at least 0.3.
"""

import argparse
import io
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")

import django  # noqa: E402

django.setup()

import psycopg2  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402

from aftersales.core.models import Shop  # noqa: E402
from tests.orders.export_files import Variant, export, orders  # noqa: E402

TABLES = "orders_buyer orders_order orders_orderline core_logentry core_deadline core_outboxevent".split()
TEMPLATE, SCRATCH = (f"bench_import_{name}_{os.getpid()}" for name in ("template", "scratch"))


def administer(*statements: str) -> None:
    """Run statements beside the scratch databases, which nobody may be connected to."""
    connection.close()
    settings = connection.get_connection_params() | {"dbname": "postgres"}
    settings.pop("cursor_factory", None)
    settings.pop("client_encoding", None)
    server = psycopg2.connect(**{k: v for k, v in settings.items() if v})
    server.autocommit = True
    with server.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
    server.close()


def use(name: str) -> None:
    connection.close()
    connection.settings_dict["NAME"] = name


def fresh() -> None:
    """Start from an empty database with all tables, and one shop."""
    administer(f"DROP DATABASE IF EXISTS {SCRATCH}", f"CREATE DATABASE {SCRATCH} TEMPLATE {TEMPLATE}")
    use(SCRATCH)
    connection.ensure_connection()


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    start = time.perf_counter()
    result = work()
    return time.perf_counter() - start, result


def copy_out(folder: Path) -> int:
    count = 0
    with connection.cursor() as cursor:
        for table in TABLES:
            with (folder / table).open("w") as file:
                cursor.copy_expert(f"COPY (SELECT * FROM {table} ORDER BY id) TO STDOUT", file)
            count += cursor.rowcount
    return count


def copy_in(folder: Path) -> None:
    with connection.cursor() as cursor:
        cursor.execute("BEGIN")
        for table in TABLES:
            with (folder / table).open() as file:
                cursor.copy_expert(f"COPY {table} FROM STDIN", file)
        cursor.execute("COMMIT")


def spread(values: list[float]) -> str:
    return f"min {min(values):.3f}  median {statistics.median(values):.3f}  max {max(values):.3f}"


def measure(count: int, rounds: int, kind: str, folder: Path) -> None:
    list_path, detail_path = export(folder, orders(count), Variant(kind=kind))
    imports, busy, copies, controls, again = [], [], [], [], []
    statements = rows = 0
    for _round in range(rounds):

        def run() -> str:
            out = io.StringIO()
            call_command("import_orders", str(list_path), str(detail_path), stdout=out, no_color=True)
            return out.getvalue()

        def counted(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
            nonlocal statements
            statements += 1
            return execute(sql, params, many, context)

        fresh()
        statements = 0
        cpu = time.process_time()
        with connection.execute_wrapper(counted):
            seconds, said = timed(run)
        busy.append(time.process_time() - cpu)
        assert str(count) in said, said
        imports.append(seconds)
        seconds, said = timed(run)
        assert str(count) in said, said
        again.append(seconds)
        rows = copy_out(folder)
        for times in (copies, controls):
            fresh()
            times.append(timed(lambda: copy_in(folder))[0])
    print(f"{count} orders, {rows} rows, {kind}, {statements} statements besides COPY")
    print(f"import          s  {spread(imports)}   ({count / statistics.median(imports):.0f} orders/s)")
    print(f"  of it own CPU s  {spread(busy)}")
    print(f"second run      s  {spread(again)}")
    print(f"COPY            s  {spread(copies)}")
    print(f"ratio              {spread([c / i for c, i in zip(copies, imports, strict=True)])}   (goal 0.300)")
    print(f"control COPY/COPY  {spread([a / b for a, b in zip(copies, controls, strict=True)])}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--orders", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--kind", choices=("csv", "xlsx"), default="csv")
    options = parser.parse_args()
    administer(f"CREATE DATABASE {TEMPLATE}")
    try:
        use(TEMPLATE)
        call_command("migrate", verbosity=0)
        Shop.objects.create(code="demo", name="演示店")
        with tempfile.TemporaryDirectory() as folder:
            measure(options.orders, options.rounds, options.kind, Path(folder))
    finally:
        with suppress(psycopg2.Error):
            administer(f"DROP DATABASE IF EXISTS {SCRATCH}", f"DROP DATABASE IF EXISTS {TEMPLATE}")


if __name__ == "__main__":
    main()
