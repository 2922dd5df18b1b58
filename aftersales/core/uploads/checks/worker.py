"""The check of one file in a process of its own: `worker <task> <limits as JSON> <output file>`, the file on stdin.

It binds its own memory and processor time first. The answer is one line of JSON on stdout: `{"ok": true}` or
`{"problem": code}`. A picture goes to the output file. Started by `aftersales.core.uploads.isolation` only.
"""

import io
import json
import logging
import resource
import sys

from . import ContentError


def main() -> None:
    """Do the task that the command line names."""
    task, limits, target = sys.argv[1], json.loads(sys.argv[2]), sys.argv[3]
    resource.setrlimit(resource.RLIMIT_AS, (limits["memory"], limits["memory"]))
    resource.setrlimit(resource.RLIMIT_CPU, (limits["seconds"], limits["seconds"]))
    resource.setrlimit(resource.RLIMIT_FSIZE, (limits["output"], limits["output"]))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    logging.disable()  # a hostile file would have the parser write a hundred thousand warnings
    data = sys.stdin.buffer.read()
    try:
        if task == "pdf":
            from . import pdf

            pdf.check(data)
        else:
            from . import images

            stored, _picture = images.clean(
                io.BytesIO(data),
                mime="image/heic",
                max_pixels=limits["max_pixels"],
                stored_pixels=limits["stored_pixels"],
            )
            with open(target, "wb") as out:
                out.write(stored)
        answer: dict[str, object] = {"ok": True}
    except ContentError as error:
        answer = {"problem": error.code}
    except MemoryError:
        answer = {"problem": "too_complex"}
    sys.stdout.write(json.dumps(answer))
