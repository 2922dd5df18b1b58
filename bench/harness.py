"""Measuring side by side: pairs in turn, CPU and wall time, and the counters that do not wobble.

An absolute time from a shared machine proves nothing, so everything is a ratio of neighbours: subject, floor, subject
again as the control, in changing order; the median of the ratios counts. Nothing here knows what is measured.
"""

import gc
import io
import json
import os
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.core.handlers.wsgi import WSGIHandler
from django.db import connection
from django.test import override_settings

CONTROL = (0.95, 1.05)


@dataclass(frozen=True, slots=True)
class Spread:
    """Some ratios or times: what counts is the median."""

    values: tuple[float, ...]

    @property
    def median(self) -> float:
        return statistics.median(self.values)

    def share(self, part: float) -> float:
        """Give the value below which `part` of all lie."""
        ordered = sorted(self.values)
        return ordered[min(int(len(ordered) * part), len(ordered) - 1)]

    def __str__(self) -> str:
        return f"{self.median:.2f} ({min(self.values):.2f} – {max(self.values):.2f})"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the results. `holds` is None for what has no goal of its own."""

    what: str
    figure: str
    goal: str = ""
    holds: bool | None = None
    notes: str = ""


@dataclass(slots=True)
class Cost:
    """What one run cost: own CPU, the database's CPU (where it runs on this machine), and the clock on the wall."""

    own: float
    database: float
    wall: float

    @property
    def cpu(self) -> float:
        return self.own + self.database


@dataclass(frozen=True, slots=True)
class Pairs:
    """Subject against floor: ratios by CPU of the process, and by the wall, and the control that must be near 1."""

    cpu: Spread
    wall: Spread
    control: Spread
    subject_ms: Spread
    floor_ms: Spread

    @property
    def control_holds(self) -> bool:
        return CONTROL[0] <= self.control.median <= CONTROL[1]

    def notes(self) -> str:
        said = f"{self.subject_ms.median:.1f} : {self.floor_ms.median:.1f} ms CPU; wall {self.wall.median:.2f}"
        return f"{said}; A/A {self.control.median:.2f}{'' if self.control_holds else ' (!)'}"


def own_cpu() -> float:
    """Give the CPU time of this process in seconds."""
    return time.process_time()


def database_cpu(*pids: int) -> float:
    """Give the CPU time in seconds of these backends (of our own, without any), 0 where they run elsewhere."""
    raw = connection.connection
    return sum(_cpu_of(pid) for pid in pids or ([raw.info.backend_pid] if raw is not None else []))


def _cpu_of(pid: int) -> float:
    try:
        folder = Path(f"/proc/{pid}")
        ours = (folder / "comm").read_text().startswith("postgres")
        return int((folder / "schedstat").read_text().split()[0]) / 1e9 if ours else 0.0
    except OSError:
        return 0.0


def cost_of(work: Callable[[], Any]) -> tuple[Cost, Any]:
    """Run `work` once and say what it cost."""
    database, own, wall = database_cpu(), own_cpu(), time.perf_counter()
    result = work()
    wall, own = time.perf_counter() - wall, own_cpu() - own
    return Cost(own, database_cpu() - database, wall), result


def in_pairs(
    subject: Callable[[], Any],
    floor: Callable[[], Any],
    *,
    pairs: int,
    warm: int = 3,
    with_database: bool = False,
) -> Pairs:
    """Run both in turn, `pairs` times, with the subject once more for the control; garbage is collected in between.

    `with_database` adds the backend's CPU, for work that is done there.
    """
    for _number in range(warm):
        subject()
        floor()
    ratios, walls, controls, subjects, floors = [], [], [], [], []

    def once(work: Callable[[], Any]) -> tuple[float, float]:
        cost, _result = cost_of(work)
        return (cost.cpu if with_database else cost.own), cost.wall

    gc.collect()
    gc.disable()
    try:
        for number in range(pairs):
            gc.collect(0 if number % 20 else 2)
            if number % 2:
                first, below, again = once(subject), once(floor), once(subject)
            else:
                below, first, again = once(floor), once(subject), once(subject)
            ratios.append(first[0] / below[0])
            walls.append(first[1] / below[1])
            controls.append(first[0] / again[0])
            subjects.append(first[0] * 1000)
            floors.append(below[0] * 1000)
    finally:
        gc.enable()
    return Pairs(*(Spread(tuple(values)) for values in (ratios, walls, controls, subjects, floors)))


@dataclass(slots=True)
class Counted:
    """What does not wobble: statements with their parameters, and Python function calls."""

    statements: list[tuple[str, Any]] = field(default_factory=list)
    calls: int = 0


@contextmanager
def counting(*, calls: bool = False) -> Iterator[Counted]:
    """Count what happens inside. Counting calls slows everything down, so never measure time with it."""
    counted = Counted()

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        counted.statements.append((sql, params))
        return execute(sql, params, many, context)

    def called(frame: Any, event: str, argument: Any) -> None:
        if event == "call":
            counted.calls += 1

    with connection.execute_wrapper(note):
        if calls:
            sys.setprofile(called)
        try:
            yield counted
        finally:
            sys.setprofile(None)


def count(work: Callable[[], Any]) -> Counted:
    """Run `work` and count its statements, then once more and count its calls."""
    with counting() as statements:
        work()
    with counting(calls=True) as calls:
        work()
    return Counted(statements.statements, calls.calls)


def buffers(statements: Sequence[tuple[str, Any]]) -> int:
    """Give the pages of tables and indexes that reading statements touch, found or fetched."""
    total = 0
    with connection.cursor() as cursor:
        for sql, params in statements:
            if sql.lstrip().upper().startswith(("SELECT", "WITH")):
                cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS, TIMING OFF, FORMAT JSON) {sql}", params)
                [[found]] = cursor.fetchall()
                plan = (json.loads(found) if isinstance(found, str) else found)[0]["Plan"]
                total += plan["Shared Hit Blocks"] + plan["Shared Read Blocks"]
    return total


class Web:
    """The way in that gunicorn takes: a WSGI application, called with an environment. No test client is paid for."""

    def __init__(self, middleware: Sequence[str] | None = None) -> None:
        if middleware is None:
            self.application = WSGIHandler()
        else:
            with override_settings(MIDDLEWARE=list(middleware)):
                self.application = WSGIHandler()

    def __call__(
        self, path: str, body: Any = None, *, method: str = "", expect: int | None = 200, **headers: str
    ) -> bytes:
        """Send a request and return the answer's body; `headers` are given as the environment names them."""
        return self.answer(path, body, method=method, expect=expect, **headers)[1]

    def answer(
        self, path: str, body: Any = None, *, method: str = "", expect: int | None = None, **headers: str
    ) -> tuple[int, bytes]:
        """Send a request and return the answer's status and body."""
        content = b"" if body is None else json.dumps(body, ensure_ascii=False).encode()
        path, _mark, query = path.partition("?")
        environment = {
            "REQUEST_METHOD": method or ("GET" if body is None else "POST"),
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "SERVER_NAME": "localhost",
            "SERVER_PORT": "80",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": "127.0.0.1",
            "CONTENT_TYPE": "application/json",
            "CONTENT_LENGTH": str(len(content)),
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(content),
            "wsgi.errors": sys.stderr,
            "wsgi.multithread": True,
            "wsgi.multiprocess": False,
            **headers,
        }
        seen: list[str] = []

        def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None, /) -> Callable[[bytes], object]:
            seen.append(status)
            return seen.append  # type: ignore[return-value]

        response = self.application(environment, start)
        try:
            answered = b"".join(response)
        finally:
            response.close()
        status = int(seen[0].split()[0])
        if expect is not None and status != expect:
            raise AssertionError(f"{path}: {status}, not {expect}: {answered[:600].decode(errors='replace')}")
        return status, answered


def load() -> str:
    """Say how busy the machine is, since that is what makes figures wobble."""
    return f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"
