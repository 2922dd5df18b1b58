"""A worker that only sweeps, started and killed by test_sweep_kill. `failpoint` is where it kills itself, at random."""

import os
import random
from contextlib import nullcontext
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
django.setup()

from django.db import connections  # noqa: E402

from aftersales.core import sweeps, transitions  # noqa: E402
from tests.kills import dies  # noqa: E402


def run(database: dict[str, Any], *, limit: int, seed: int, failpoint: str, broken: bool) -> None:
    """Sweep until nothing is due any more; die at the failpoint with a chance of one in four."""
    connections.databases["default"].update(database)
    chance = random.Random(seed)

    if failpoint == "before finish":
        sweeps._finish = dies(chance, sweeps._finish, first=True)
    if failpoint == "after finish":
        sweeps._finish = dies(chance, sweeps._finish, first=False)
    if failpoint == "before follow-ups":
        transitions._follow = dies(chance, transitions._follow, first=True)
    if failpoint == "after write":
        transitions._write = dies(chance, transitions._write, first=False)
    if broken:
        sweeps.transaction = type("NoTransaction", (), {"atomic": staticmethod(nullcontext)})
        sweeps._due = lambda as_of: sweeps._overdue(as_of)
    while True:
        done = sweeps.sweep(limit=limit)
        if not done.acted + done.busy + done.failed:
            return
