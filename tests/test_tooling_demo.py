"""`make demo` from the outside: it comes up, says where it is, and leaves nothing behind, however it ends."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from aftersales.core import embedded_postgres, running_demo
from tests.conftest import address_of_free_port

ROOT = Path(__file__).resolve().parent.parent
PARTS = [
    "aftersales",
    "orders",
    "refunds",
    "logistics",
    "invoices",
    "complaints",
    "warranty",
    "feedback",
    "surveys",
    "service",
    "tickets",
    "reports",
    "templates",
    "static",
    "locale",
    "tools",
    "manage.py",
]

FIRST_START = 400
"""Seconds within which a demo must answer: the first start plays sixty days of trade, perhaps beside other tests."""

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("demo")]


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A copy of the project, so that a demo which runs in this one is not in the way."""
    folder = tmp_path_factory.mktemp("checkout")
    for part in PARTS:
        if (ROOT / part).is_dir():
            shutil.copytree(ROOT / part, folder / part, ignore=shutil.ignore_patterns("__pycache__"))
        elif (ROOT / part).exists():
            shutil.copy(ROOT / part, folder / part)
    yield folder
    home = embedded_postgres.home(folder)
    if home.parent != folder:
        shutil.rmtree(home, ignore_errors=True)


def environment(**variables: str) -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "LANG": "C.UTF-8", **variables}


def family(checkout: Path) -> list[psutil.Process]:
    """Return every process that works for the demo of a checkout."""
    marks = [str(checkout), str(embedded_postgres.home(checkout))]
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if any(mark in " ".join([process.cwd(), *process.cmdline()]) for mark in marks):
                found.append(process)
    return found


def eventually_nobody_is_left(checkout: Path) -> None:
    end = time.monotonic() + 20
    while family(checkout) and time.monotonic() < end:
        time.sleep(0.1)
    assert family(checkout) == []


@contextlib.contextmanager
def demo(checkout: Path, **variables: str) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """Start it, wait until it answers, and make sure that it is gone at the end."""
    port = str(address_of_free_port()[1])
    log = (checkout / "demo.log").open("wb")
    process = subprocess.Popen(
        [sys.executable, "-m", "aftersales.demo"],
        cwd=checkout,
        env=environment(PORT=port, **variables),
        stdout=log,
        stderr=subprocess.STDOUT,
        start_new_session=True,
        preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_DFL),  # it may be ignored where the tests run
    )
    url = f"http://127.0.0.1:{port}"
    try:
        end = time.monotonic() + FIRST_START
        while not answers(url):
            assert process.poll() is None, (checkout / "demo.log").read_text()
            assert time.monotonic() < end, (checkout / "demo.log").read_text()
            time.sleep(0.1)
        yield process, url
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(10)
        log.close()


def answers(url: str) -> bool:
    try:
        urllib.request.urlopen(f"{url}/static/vendor/VERSIONS", timeout=2).close()
    except OSError as problem:
        return isinstance(problem, urllib.error.HTTPError)
    return True


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_all_of_it(checkout: Path, number: signal.Signals) -> None:
    with demo(checkout) as (process, _url):
        assert len(family(checkout)) > 2
        process.send_signal(number)
        assert process.wait(60) == 0
        eventually_nobody_is_left(checkout)
    assert running_demo.find(checkout) == {}


def test_ctrl_c_in_a_terminal_reaches_every_process_and_ends_all_of_it(checkout: Path) -> None:
    with demo(checkout) as (process, _url):
        os.killpg(process.pid, signal.SIGINT)
        assert process.wait(60) == 0
        eventually_nobody_is_left(checkout)


def test_killed_it_takes_everything_along_and_can_be_started_again_at_once(checkout: Path) -> None:
    with demo(checkout) as (process, _url):
        process.kill()
        process.wait(10)
        with demo(checkout) as (again, url):
            assert running_demo.find(checkout)["url"] == url
            again.terminate()
            again.wait(60)
    eventually_nobody_is_left(checkout)


def test_while_it_runs_it_can_be_found_and_not_be_started_twice(checkout: Path) -> None:
    with demo(checkout) as (process, url):
        asked = "from django.conf import settings; from django.db import connection; connection.ensure_connection(); "
        command = [
            sys.executable,
            "manage.py",
            "shell",
            "-v0",
            "-c",
            asked + "print(settings.DEMO, settings.PUBLIC_URL)",
        ]
        answer = subprocess.run(command, cwd=checkout, env=environment(), capture_output=True, text=True, check=False)
        assert answer.stdout.split() == ["True", url], answer.stderr

        second = [sys.executable, "-m", "aftersales.demo"]
        answer = subprocess.run(second, cwd=checkout, env=environment(), capture_output=True, text=True, check=False)
        assert answer.returncode == 1
        assert f"running already: {url}" in answer.stdout

        state = running_demo.state_file(checkout)
        assert state.stat().st_mode & 0o777 == 0o600
        process.terminate()
        assert process.wait(60) == 0
    log = (checkout / "demo.log").read_text()
    assert "agent, agent2, warehouse, finance, supervisor, goods, admin; password demo" in log
    assert "Traceback" not in log
    eventually_nobody_is_left(checkout)


def test_a_port_that_is_taken_is_named_with_the_way_out(checkout: Path) -> None:
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        answer = subprocess.run(
            [sys.executable, "-m", "aftersales.demo"],
            cwd=checkout,
            env=environment(PORT=str(port)),
            capture_output=True,
            text=True,
            check=False,
        )
    assert answer.returncode == 1
    assert f"make demo PORT={port + 1}" in answer.stdout


def test_a_database_of_somebody_else_is_never_thrown_away(checkout: Path) -> None:
    answer = subprocess.run(
        [sys.executable, "-m", "aftersales.demo", "--reset"],
        cwd=checkout,
        env=environment(PORT=str(address_of_free_port()[1]), DATABASE_URL="postgres:///precious"),
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode == 1
    assert "empty it yourself" in answer.stdout


def test_a_reset_throws_away_the_demo_s_data_and_nothing_else(checkout: Path) -> None:
    from aftersales import demo as runner

    home = embedded_postgres.home(checkout)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(runner, "CHECKOUT", checkout)
        runner.forget(home, given="")
    assert not (home / "pg").exists()
    assert (checkout / "manage.py").exists()


@pytest.mark.redis
def test_with_redis_worker_and_beat_are_processes_of_their_own(checkout: Path, redis_url: str) -> None:
    with demo(checkout, REDIS_URL=redis_url) as (process, _url):
        commands = [" ".join(member.cmdline()) for member in family(checkout)]
        assert sum("celery" in command and " worker " in command for command in commands) == 1
        assert sum("celery" in command and " beat " in command for command in commands) == 1
        process.send_signal(signal.SIGINT)
        assert process.wait(40) == 0
        eventually_nobody_is_left(checkout)
