"""How long the demo takes to start the second time, and what its web worker weighs."""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

from aftersales.core import embedded_postgres
from bench.context import Bench
from bench.harness import Finding

ROOT = Path(__file__).resolve().parent.parent.parent
PACKAGES = "aftersales orders refunds logistics tickets tools templates static locale manage.py".split()


def measure(bench: Bench) -> Iterator[Finding]:
    """Start the demo of a copy of this checkout, twice."""
    with tempfile.TemporaryDirectory(prefix="aftersales-bench-") as folder:
        checkout = Path(folder)
        for name in PACKAGES:
            source = ROOT / name
            if source.is_dir():
                shutil.copytree(source, checkout / name, ignore=shutil.ignore_patterns("__pycache__"))
            elif source.exists():
                shutil.copy(source, checkout / name)
        try:
            with _demo(checkout) as (first, _weight):
                pass
            with _demo(checkout) as (second, weight):
                pass
        finally:
            shutil.rmtree(embedded_postgres.home(checkout), ignore_errors=True)
        notes = f"the first took {first:.0f} s"
        yield Finding("second start of the demo", f"{second:.1f} s", "≤ 5 s", second <= 5, notes)
        yield Finding("web worker of the demo", f"{weight:.0f} MB", "≤ 150 MB", weight <= 150, "with Celery inside")


@contextmanager
def _demo(checkout: Path) -> Iterator[tuple[float, float]]:
    """Give the seconds until it answers, and the megabytes of its heaviest Python process."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("DJANGO_", "API_RATE"))}
    for name in ("DATABASE_URL", "SECRET_KEY", "REDIS_URL", "AFTERSALES_TEST_REDIS", "PYTHONPATH", "MAKELEVEL"):
        inherited.pop(name, None)
    start = time.monotonic()
    process = subprocess.Popen(
        [sys.executable, "-m", "aftersales.demo"],
        cwd=checkout,
        env=inherited | {"PORT": str(port)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    try:
        _answers(f"http://127.0.0.1:{port}/healthz", process)
        seconds = time.monotonic() - start
        family = [psutil.Process(process.pid), *psutil.Process(process.pid).children(recursive=True)]
        weight = max(one.memory_info().rss for one in family if "python" in one.name()) / 2**20
        yield seconds, weight
    finally:
        process.terminate()
        process.wait(40)


def _answers(url: str, process: subprocess.Popen[bytes], seconds: float = 300) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if process.poll() is not None:
            raise AssertionError(process.stderr.read().decode()[-1500:] if process.stderr else "")
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except (OSError, urllib.error.URLError):
            time.sleep(0.02)
    raise TimeoutError(url)
