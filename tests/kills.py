"""Workers that die while they work, at a named point by themselves or killed from outside, and are replaced.

What a worker runs is a function of a module of its own, which a fork server loads beforehand: it is killed while it
works, not while it starts.
"""

import os
import random
import signal
import time
from collections.abc import Callable
from typing import Any

from django.db import connection

from aftersales.core import clock
from aftersales.core.models import Deadline

CHANCE = 0.25


def dies(chance: random.Random, real: Callable[..., Any], *, first: bool) -> Callable[..., Any]:
    """Give `real` with an end: before or after it, with a chance of one in four, the process kills itself."""

    def call(*args: Any, **kwargs: Any) -> Any:
        result = None if first else real(*args, **kwargs)
        if chance.random() < CHANCE:
            os.kill(os.getpid(), signal.SIGKILL)
        return real(*args, **kwargs) if first else result

    return call


def swept_with_kills(
    processes: Any,
    run: Callable[..., None],
    *,
    limit: int,
    seconds: float,
    kill_every: tuple[float, float] | None = None,
    failpoint: str = "",
    broken: bool = False,
) -> int:
    """Keep two workers at the deadlines, replacing the dead, until nothing is due; give how many died."""
    database = {key: connection.settings_dict[key] for key in ("NAME", "USER", "PASSWORD", "HOST", "PORT", "OPTIONS")}
    chance, killed, started, began = random.Random(7), 0, 0, time.monotonic()
    workers: list[Any] = []
    while time.monotonic() - began < seconds:
        for worker in [worker for worker in workers if not worker.is_alive()]:
            killed += worker.exitcode == -signal.SIGKILL
            assert worker.exitcode in (0, -signal.SIGKILL), "a worker ended with an error"
            workers.remove(worker)
        due = Deadline.objects.filter(status="running", due_at__lte=clock.now()).exists()
        if not due and not workers:
            return killed
        while due and len(workers) < 2:
            started += 1
            options = {"limit": limit, "seed": started, "failpoint": failpoint, "broken": broken}
            workers.append(processes.Process(target=run, args=(database,), kwargs=options, daemon=True))
            workers[-1].start()
        if kill_every:
            time.sleep(chance.uniform(*kill_every))
            victim = chance.choice(workers) if workers else None
            if victim is not None and victim.is_alive():
                victim.kill()
        else:
            time.sleep(0.01)
    for worker in workers:
        worker.kill()
    raise AssertionError(f"not done after {seconds} s")
