"""Runs `checks.worker` in a child process with bounds on memory, processor time and output.

For HEIC (decoded by C++ code with a history of crashes) and PDF (a parser in Python that a file can keep busy): a crash
or an endless loop ends the child, never the web server. Costs about a fifth of a second, for these two types alone.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import IO

from .checks import ContentError

_FOLDER = str(Path(__file__).parent)
_START = "import sys; sys.path.insert(0, sys.argv.pop()); from checks import worker; worker.main()"
_MEMORY = 2 * 1024**3
_SECONDS = 20


def check_pdf(source: IO[bytes]) -> None:
    """Check a PDF in a child process. Raises: ContentError as `checks.pdf.check`, too_complex if it takes too long."""
    _run("pdf", source, target="/dev/null", max_pixels=0, stored_pixels=0)


def heic_to_jpeg(source: IO[bytes], *, max_pixels: int, stored_pixels: int) -> bytes:
    """Decode HEIC in a child process and return a bare JPEG. Raises: ContentError as `checks.images.clean`."""
    with tempfile.NamedTemporaryFile(suffix=".jpg") as target:
        _run("heic", source, target=target.name, max_pixels=max_pixels, stored_pixels=stored_pixels)
        return target.read()


def _run(task: str, source: IO[bytes], *, target: str, max_pixels: int, stored_pixels: int) -> None:
    limits = {
        "memory": _MEMORY,
        "seconds": _SECONDS,
        "output": 64 * 1024**2,
        "max_pixels": max_pixels,
        "stored_pixels": stored_pixels,
    }
    source.seek(0)
    source.flush()
    # -I: nothing from the environment or the working directory gets into the child.
    command = [sys.executable, "-I", "-c", _START, task, json.dumps(limits), target, _FOLDER]
    try:
        done = subprocess.run(
            command,
            stdin=source,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=_SECONDS + 10,
            env={"LANG": "C.UTF-8"},
            check=False,
        )
        answer = json.loads(done.stdout)
    except subprocess.TimeoutExpired as error:
        raise ContentError("too_complex") from error
    except ValueError as error:  # no answer: it crashed, or a bound ended it
        raise ContentError("unreadable") from error
    if "problem" in answer:
        raise ContentError(str(answer["problem"]))
