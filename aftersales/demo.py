"""The process behind `make demo`: database, data, web, worker, beat and a tracking service, together from start to end.

Production never imports this. It shows the real thing: the same settings, PostgreSQL, gunicorn and Celery; only the
queue is kept in memory where no REDIS_URL is given, which is safe because the database is the truth and sweeps find
what such a queue loses.
"""

import argparse
import contextlib
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType
from typing import Any, TextIO

import psutil
from rich.console import Console

from aftersales.core import embedded_postgres, running_demo

CHECKOUT = Path(__file__).resolve().parent.parent
USERS = ["agent", "agent2", "warehouse", "finance", "supervisor", "goods", "admin"]
WEB_THREADS = 8
WORKER_THREADS = 4
STOP_SECONDS = 10
PARCELS_SPEED = 1_200
"""How many seconds of a parcel's way pass in one: one that is shipped in the demo arrives within two minutes."""

console = Console(highlight=False, soft_wrap=True)


def main() -> int:
    """Run the demo until somebody ends it; return the exit code."""
    options = argparse.ArgumentParser(prog="python -m aftersales.demo", description=__doc__)
    options.add_argument("--reset", action="store_true", help="throw away the demo's data first")
    reset = options.parse_args().reset
    signal.signal(signal.SIGTERM, leave)
    if os.environ.get("MAKELEVEL") and sys.platform == "linux":
        embedded_postgres.die_with_parent(signal.SIGTERM)  # a killed make leaves nothing behind
    try:
        with contextlib.ExitStack() as stack:
            serve(stack, reset=reset)
    except (embedded_postgres.ServerFailed, Refused) as problem:
        console.print(f"[red]{problem}[/red]")
        return 1
    except KeyboardInterrupt:
        pass
    return 0


class Refused(Exception):
    """The demo cannot be started here and now; the text says why and what to do."""


def leave(number: int, frame: FrameType | None) -> None:
    """End as Ctrl-C would, so that what was started is stopped."""
    raise KeyboardInterrupt


def serve(stack: contextlib.ExitStack, *, reset: bool) -> None:
    """Start everything in order; what each step leaves to be undone is put on the stack."""
    port = int(os.environ.get("PORT", "8000"))
    url = f"http://127.0.0.1:{port}"
    state = stack.enter_context(claim())
    refuse_taken(port)
    home = embedded_postgres.home(CHECKOUT)
    given = os.environ.get("DATABASE_URL", "")
    if reset:
        forget(home, given)
    os.environ |= {"DEMO": "1", "SECRET_KEY": secret_key(), "DJANGO_SETTINGS_MODULE": "aftersales.settings"}
    os.environ.setdefault("PUBLIC_URL", url)
    with console.status("Starting PostgreSQL"):
        if not given:
            server = embedded_postgres.EmbeddedServer(home / "pg")
            os.environ["DATABASE_URL"] = server.start()
            stack.enter_context(undo(server.stop))
    follow_parcels(stack)
    with console.status("Reading the settings"):
        import django

        django.setup()
    prepare()
    for command in separate_processes():
        stack.enter_context(child(command))
    running_demo.describe(state, {"pid": str(os.getpid()), "url": url} | access())
    run_web(port, ready=lambda: greet(url))


def follow_parcels(stack: contextlib.ExitStack) -> None:
    """Start a tracking service beside the web process and have parcels followed by it, unless one is given."""
    if "TRACKING_PROVIDER" in os.environ:
        return
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    home = CHECKOUT / ".demo" / "tracking"
    options = [f"--port={port}", f"--home={home}", f"--speed={PARCELS_SPEED}", "--quiet"]
    stack.enter_context(child([sys.executable, "manage.py", "tracking_server", *options]))
    os.environ |= {
        "TRACKING_PROVIDER": "kuaidi100",
        "KUAIDI_URL": f"http://127.0.0.1:{port}",
        "KUAIDI_CUSTOMER": "A1B2C3D4E5F60718293A4B5C6D7E8F90",
        "KUAIDI_KEY_FILE": str(home / "key"),
        "KUAIDI_SALT_FILE": str(home / "salt"),
    }


def claim() -> TextIO:
    """Return the locked state file, or raise Refused when this demo runs already.

    A demo that was killed holds the lock for a moment longer, until its web worker has noticed.
    """
    end = time.monotonic() + 3
    while (state := running_demo.claim(CHECKOUT)) is None:
        running = running_demo.find(CHECKOUT)
        if (running and psutil.pid_exists(int(running["pid"]))) or time.monotonic() > end:
            raise Refused(f"The demo of this checkout is running already: {running.get('url', 'it is just starting')}")
        time.sleep(0.1)
    return state


def refuse_taken(port: int) -> None:
    """Raise Refused when somebody else listens on the port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            raise Refused(f"Port {port} is taken. Choose another one: make demo PORT={port + 1}") from None


def forget(home: Path, given: str) -> None:
    """Delete the demo's data; never those of a database that somebody else provides."""
    if given:
        raise Refused("DATABASE_URL names a database of yours: empty it yourself, or run without DATABASE_URL.")
    for path in [home, *(CHECKOUT / ".demo").iterdir()]:
        if path.is_dir() and path != CHECKOUT / ".demo":
            shutil.rmtree(path)


def secret_key() -> str:
    """Return the key of this demo, made once, so that sessions outlive a restart."""
    path = CHECKOUT / ".demo" / "secret_key"
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(60))
    return path.read_text()


def prepare() -> None:
    """Bring tables, translations and data up to date; do nothing that is done already, for a second start is quick."""
    from django.contrib.auth import get_user_model
    from django.core.management import call_command, get_commands
    from django.db import connection, connections
    from django.db.migrations.executor import MigrationExecutor

    from tools import translations

    translations.compile_catalogues()
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        with console.status("Creating the tables"):
            call_command("migrate", verbosity=0)
    if "load_demo" in get_commands() and not get_user_model().objects.exists():
        with console.status("Loading shops, orders and requests"):
            call_command("load_demo", verbosity=0)
    connections.close_all()  # a connection must not be shared with the processes that are forked from here


def separate_processes() -> list[list[str]]:
    """Return the commands of worker and beat where Redis carries the queue; without it the web process runs both."""
    from django.conf import settings

    if not settings.REDIS_URL:
        return []
    celery = [sys.executable, "-m", "celery", "--quiet", "-A", "aftersales"]
    worker = ["worker", "--pool=threads", f"--concurrency={WORKER_THREADS}", "--without-gossip", "--without-mingle"]
    beat = ["beat", "--scheduler=celery.beat:Scheduler", "--pidfile="]
    return [[*celery, *worker, "--loglevel=WARNING"], [*celery, *beat, "--loglevel=WARNING"]]


@contextlib.contextmanager
def undo(action: Callable[[], None]) -> Iterator[None]:
    """Run an action at the end, but only in the process that asked for it: web workers leave by the same frames."""
    owner = os.getpid()
    try:
        yield
    finally:
        if os.getpid() == owner:
            action()


@contextlib.contextmanager
def child(command: list[str]) -> Iterator[None]:
    """Run a command beside the web process, away from the terminal's signals."""
    process = subprocess.Popen(
        command,
        cwd=CHECKOUT,
        # In a container everybody is root; the worker's advice against it is for installations.
        env=os.environ | {"PYTHONWARNINGS": "ignore:You're running the worker"},
        start_new_session=True,
        preexec_fn=lambda: embedded_postgres.die_with_parent(signal.SIGTERM),
    )

    def stop() -> None:
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    with undo(stop):
        yield


def access() -> dict[str, str]:
    """Return what `manage.py` in another shell needs to work beside this demo."""
    from django.conf import settings

    return {
        "database_url": settings.DATABASE_URL,
        "redis_url": settings.REDIS_URL,
        "secret_key": settings.SECRET_KEY,
        "public_url": settings.PUBLIC_URL,
    }


def greet(url: str) -> None:
    """Say where it is and who may come in."""
    console.print(f"\n[bold green]aftersales[/bold green] is running at [bold]{url}[/bold]   (Ctrl-C ends it)\n")
    console.print(f"  users      {', '.join(USERS)}; password demo")
    console.print(
        "  API tokens demo-shop, demo-other-shop, " + ", ".join(f"demo-staff-{user}" for user in USERS) + "\n"
    )


def run_web(port: int, ready: Callable[[], None]) -> None:
    """Serve until a signal comes: one gunicorn worker with threads, which runs Celery too unless Redis is there."""
    from django.conf import settings
    from gunicorn.app.base import BaseApplication

    at_start = signal.getsignal(signal.SIGHUP)

    def when_ready(server: Any) -> None:
        # gunicorn would reload at a hang-up; a closed terminal ends a demo, unless it was started to outlive it.
        ignored = at_start is signal.SIG_IGN
        signal.signal(signal.SIGHUP, signal.SIG_IGN if ignored else lambda *_: os.kill(os.getpid(), signal.SIGTERM))
        ready()

    class Web(BaseApplication):
        def load_config(self) -> None:
            for name, value in {
                "bind": f"127.0.0.1:{port}",
                "worker_class": "gthread",
                "workers": 1,
                "threads": WEB_THREADS,
                "timeout": 0,
                "graceful_timeout": STOP_SECONDS,
                "loglevel": "warning",
                "proc_name": "aftersales-demo",
                "control_socket_disable": True,
                "when_ready": when_ready,
            }.items():
                self.cfg.set(name, value)
            if not settings.REDIS_URL:
                queue = Queue()
                self.cfg.set("post_worker_init", lambda worker: queue.start())
                self.cfg.set("worker_exit", lambda server, worker: queue.stop())

        def load(self) -> Any:
            from aftersales.wsgi import application

            return application

    with contextlib.suppress(SystemExit):  # gunicorn leaves by it, also when all went well
        Web().run()


class Queue:
    """Celery's worker and beat as threads of the web process; started after the fork, which no thread survives."""

    def start(self) -> None:
        """Start both."""
        from celery.beat import EmbeddedService
        from celery.worker import WorkController

        from aftersales.celery import app

        app.conf.worker_enable_remote_control = False
        self.beat = EmbeddedService(app, thread=True, scheduler_cls="celery.beat:Scheduler")
        self.worker = WorkController(
            app=app,
            pool_cls="threads",
            concurrency=WORKER_THREADS,
            loglevel="WARNING",
            without_gossip=True,
            without_mingle=True,
            without_heartbeat=True,
        )
        self.thread = threading.Thread(target=self.worker.start, name="celery-worker", daemon=True)
        self.thread.start()
        self.beat.start()

    def stop(self) -> None:
        """Stop both once running tasks are through; what was not taken yet is found by the next start's sweep."""
        from celery.worker import state

        state.should_stop = os.EX_OK
        self.beat.service.stop()
        # Both threads look up from their waiting within seconds; only what they are doing is worth staying for.
        end = time.monotonic() + STOP_SECONDS
        while state.active_requests and time.monotonic() < end:
            time.sleep(0.05)


if __name__ == "__main__":
    sys.exit(main())
