"""The server of one's own: quick to start, gone without a trace, and not put off by what a crash left behind."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg2
import pytest

from aftersales.core import embedded_postgres
from aftersales.core.embedded_postgres import EmbeddedServer


@pytest.fixture
def server() -> Iterator[EmbeddedServer]:
    server = embedded_postgres.temporary_server()
    yield server
    embedded_postgres.discard(server)


def ask(server: EmbeddedServer, statement: str) -> object:
    connection = psycopg2.connect(host=str(server.socket_folder), user="postgres", dbname="aftersales")
    try:
        with connection.cursor() as cursor:
            cursor.execute(statement)
            connection.commit()
            return cursor.fetchone()[0] if cursor.description else None
    finally:
        connection.close()


def test_starting_makes_the_database_and_the_second_start_keeps_what_was_in_it(server: EmbeddedServer) -> None:
    server.start()
    ask(server, "CREATE TABLE kept AS SELECT 42 AS answer")
    server.stop()
    begun = time.monotonic()
    server.start()
    assert time.monotonic() - begun < 1
    assert ask(server, "SELECT answer FROM kept") == 42


def test_stopping_leaves_no_process_and_discarding_leaves_no_file(server: EmbeddedServer) -> None:
    server.start()
    assert server.process is not None
    pid = server.process.pid
    embedded_postgres.discard(server)
    assert not psutil.pid_exists(pid)
    assert not server.data.parent.exists()
    server.stop()  # once more does no harm


def test_a_server_that_was_killed_is_started_again(server: EmbeddedServer) -> None:
    server.start()
    assert server.process is not None
    server.process.send_signal(signal.SIGKILL)
    server.process.wait(10)
    assert (server.data / "postmaster.pid").exists()
    server.start()
    assert ask(server, "SELECT 1") == 1


def test_a_stale_pid_file_with_the_number_of_another_program_is_forgotten(server: EmbeddedServer) -> None:
    server.start()
    server.stop()
    (server.data / "postmaster.pid").write_text(f"{os.getpid()}\n{server.data}\n")
    server.start()
    assert ask(server, "SELECT 1") == 1


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child that its parent is gone")
def test_the_server_ends_when_its_starter_is_killed(server: EmbeddedServer) -> None:
    program = (
        "import os, sys; from pathlib import Path; from aftersales.core.embedded_postgres import EmbeddedServer\n"
        "server = EmbeddedServer(Path(sys.argv[1])); server.start()\n"
        "print(server.process.pid, flush=True); os.kill(os.getpid(), 9)"
    )
    answer = subprocess.run(
        [sys.executable, "-c", program, str(server.data)],
        capture_output=True,
        text=True,
        check=False,
        cwd=Path(__file__).parent.parent,
    )
    pid = int(answer.stdout)
    assert answer.returncode == -signal.SIGKILL
    deadline = time.monotonic() + 20
    while psutil.pid_exists(pid) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not psutil.pid_exists(pid)


def test_a_long_path_gets_its_socket_elsewhere(server: EmbeddedServer) -> None:
    deep = EmbeddedServer(server.data.parent / ("d" * 90) / "pg", settings=embedded_postgres.CARELESS)
    deep.start()
    try:
        assert deep.socket_folder != deep.data
        assert ask(deep, "SELECT 1") == 1
    finally:
        deep.stop()
    assert not deep.socket_folder.exists()


def test_a_server_that_cannot_start_says_why(server: EmbeddedServer) -> None:
    broken = EmbeddedServer(server.data, settings={"shared_buffers": "many"})
    with pytest.raises(embedded_postgres.ServerFailed, match="shared_buffers"):
        broken.start()


def test_a_folder_of_somebody_else_is_refused(tmp_path: Path) -> None:
    (tmp_path / "there").symlink_to("/tmp")
    with pytest.raises(embedded_postgres.ServerFailed, match="somebody else"):
        embedded_postgres.private_folder(tmp_path / "there")
