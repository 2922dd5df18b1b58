"""How a running demo says where its database is, so that `manage.py` in another shell finds it. No Django here.

The file is locked by the demo as long as it lives. A lock, unlike a process number, cannot be left behind by a crash.
"""

import fcntl
import json
import os
from pathlib import Path
from typing import TextIO


def state_file(checkout: Path) -> Path:
    """Return the file in which the demo of a checkout describes itself."""
    return checkout / ".demo" / "running.json"


def find(checkout: Path) -> dict[str, str]:
    """Return what the demo of a checkout says about itself, or nothing when none runs."""
    try:
        with state_file(checkout).open() as file:
            try:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                state: dict[str, str] = json.load(file)
                return state
    except (OSError, ValueError):  # not there, not ours to read, or not written yet
        pass
    return {}


def claim(checkout: Path) -> TextIO | None:
    """Take the lock for this process and return the file to describe it in; nothing when another demo holds it.

    The lock ends with the last process that has the file open, so a forked web worker keeps it too.
    """
    path = state_file(checkout)
    path.parent.mkdir(mode=0o711, exist_ok=True)
    file = os.fdopen(os.open(path, os.O_CREAT | os.O_RDWR, 0o600), "r+")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        return None
    file.truncate(0)
    return file


def describe(file: TextIO, state: dict[str, str]) -> None:
    """Write down where things are, for `find`."""
    json.dump(state, file)
    file.flush()
