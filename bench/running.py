"""What `python -m bench` does: options, the order of the measures, printing, and the page of results."""

import argparse
import os
import platform
import sys
import time
from pathlib import Path

import django
from django.db import connection

from bench import databases, harness
from bench.context import Bench
from bench.harness import Finding
from bench.measures import BY_SIZE, LARGEST, ONCE, Measure

SIZES = (10_000, 200_000)
RESULTS = Path(__file__).resolve().parent / "results.md"
HEAD = "| what | found: median (min – max) | goal | holds | notes |\n| --- | --- | --- | --- | --- |"


def main(usage: str) -> int:
    """Run what is asked for; the exit code is 1 when a goal is missed."""
    options = _options(usage)
    wanted = set(options.only or (*BY_SIZE, *LARGEST, *ONCE))
    sections: list[tuple[str, list[Finding]]] = []
    started, before = time.monotonic(), harness.load()
    pairs = options.pairs or (400 if options.long else 60)
    with databases.server():
        for size in options.size:
            print(f"\n{size:,} requests", flush=True)
            bench = Bench(size, databases.of_size(size), pairs, options.long)
            sections.append(
                (f"{size:,} requests", _all(BY_SIZE | (LARGEST if size == max(options.size) else {}), wanted, bench))
            )
        if wanted & set(ONCE):
            print("\nApart from size", flush=True)
            sections.append(("Apart from size", _all(ONCE, wanted, bench)))
        sections[0][1].extend(_flatness(sections))
        facts = _facts(before, time.monotonic() - started)
    if not options.only:
        RESULTS.write_text(_document(facts, sections, " ".join(["python -m bench", *sys.argv[1:]])))
    missed = [one.what for _title, found in sections for one in found if one.holds is False]
    print(f"\n{facts}\nMissed: {', '.join(missed) or 'nothing'}")
    return 1 if missed else 0


def _options(usage: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m bench", description=usage, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--size", type=int, action="append", help="how many requests; may be given several times")
    parser.add_argument(
        "--only", action="append", choices=[*BY_SIZE, *LARGEST, *ONCE], help="one group; may be given several times"
    )
    parser.add_argument("--pairs", type=int, help="how many pairs of runs; 60, or 400 in the long form")
    parser.add_argument("--long", action="store_true", help="more pairs, more rows")
    options = parser.parse_args()
    options.size = options.size or SIZES
    return options


def _all(measures: dict[str, Measure], wanted: set[str], bench: Bench) -> list[Finding]:
    """Print findings as they come; a measure that breaks is a goal that is missed."""
    found: list[Finding] = []
    for name in (name for name in measures if name in wanted):
        try:
            for finding in measures[name](bench):
                _print(finding)
                found.append(finding)
        except Exception as problem:
            if os.environ.get("BENCH_RAISE"):
                raise
            connection.close()
            text = f"{type(problem).__name__}: {problem}"[:300].replace("\n", " ")
            found.append(Finding(f"measuring {name}", "failed", "", False, text))
            _print(found[-1])
    return found


def _print(finding: Finding) -> None:
    mark = {True: "ok", False: "MISSED", None: ""}[finding.holds]
    print(f"  {finding.what:<52} {finding.figure:<24} {finding.goal:<16} {mark:<7} {finding.notes}", flush=True)


def _flatness(sections: list[tuple[str, list[Finding]]]) -> list[Finding]:
    """Compare the queue page's cost, in units of its floor, at the smallest and at the largest size."""
    what = "queue page : bare Django template"
    figures = [float(one.figure.split()[0]) for _title, found in sections for one in found if one.what == what]
    if len(figures) < 2:
        return []
    ratio = figures[-1] / figures[0]
    finding = Finding(
        "queue page at the largest : at the smallest size", f"{ratio:.2f}", "0.9 – 1.1", 0.9 <= ratio <= 1.1
    )
    _print(finding)
    return [finding]


def _facts(before: str, seconds: float) -> str:
    databases.use("postgres")
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        [version] = cursor.fetchone()
    versions = f"Python {platform.python_version()}, Django {django.__version__}, PostgreSQL {version.split()[0]}"
    took = f"{before} at the start, {harness.load()} at the end; {seconds / 60:.0f} minutes"
    return f"{os.cpu_count()} cores; {versions}; {took}"


def _document(facts: str, sections: list[tuple[str, list[Finding]]], command: str) -> str:
    parts = [
        "# What was measured last",
        f"{facts}.",
        f"To repeat it: `{command}`. Ratios are of neighbouring runs, by CPU time of the process unless the notes say"
        " otherwise; A/A is the control, which should lie within 0.95 – 1.05.",
    ]
    for title, found in sections:
        parts.append("\n".join([f"## {title}\n", HEAD, *map(_line, found)]))
    return "\n\n".join(parts) + "\n"


def _line(finding: Finding) -> str:
    holds = {True: "yes", False: "**no**", None: ""}[finding.holds]
    return f"| {finding.what} | {finding.figure} | {finding.goal} | {holds} | {finding.notes} |"
