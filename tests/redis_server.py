"""A Redis of the tests' own, which can be stopped and started again at the same address; it keeps nothing on disk."""

import contextlib
import socket
import subprocess
import time
from pathlib import Path


class RedisServer:
    """One server process. `url` is its address, whether it runs or not."""

    def __init__(self, address: tuple[str, int], folder: Path) -> None:
        self.host, self.port = address
        self.folder = folder
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"redis://{self.host}:{self.port}/0"

    def start(self) -> None:
        """Start it, and wait until it listens."""
        words = ["redis-server", "--bind", self.host, "--port", str(self.port), "--save", "", "--appendonly", "no"]
        self.process = subprocess.Popen(words, cwd=self.folder, stdout=subprocess.DEVNULL)
        for _attempt in range(100):
            with contextlib.suppress(OSError), socket.create_connection((self.host, self.port), 1):
                break
            time.sleep(0.05)

    def stop(self) -> None:
        """End it, if it runs."""
        if self.process is not None:
            self.process.terminate()
            self.process.wait(10)
            self.process = None
