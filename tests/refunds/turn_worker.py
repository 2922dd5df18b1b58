"""A worker that only sweeps exchanges into refunds, started and killed by test_turn_kill.

`failpoint` is where it ends itself, with a chance of one in four; `broken` turns them after the commit.
"""

import os
import random
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
django.setup()

from django.db import connections, transaction  # noqa: E402

from aftersales.core import sweeps, transitions  # noqa: E402
from refunds.services import REFUND, exchanging  # noqa: E402
from refunds.states import ExchangeStatus  # noqa: E402
from tests.kills import dies  # noqa: E402

FAILPOINTS = {
    "before the refund is opened": (transitions, "create", True),
    "after the refund is opened": (transitions, "create", False),
    "before its lines are written": (exchanging, "write_lines", True),
    "before its first version is kept": (exchanging, "keep_version", True),
    "before the receipt is held": (exchanging.orders, "receipt_hold", True),
    "before the deadline is finished": (sweeps, "_finish", True),
    "after the deadline is finished": (sweeps, "_finish", False),
}
"""By name: the module, its function, and whether the worker dies before it has run."""


def run(database: dict[str, Any], *, limit: int, seed: int, failpoint: str, broken: bool) -> None:
    """Sweep until nothing is due any more."""
    connections.databases["default"].update(database)
    chance = random.Random(seed)

    module, name, first = FAILPOINTS[failpoint]
    setattr(module, name, dies(chance, getattr(module, name), first=first))
    if broken:
        release, turn = REFUND.entered[ExchangeStatus.TO_REFUND]
        later = (release, lambda steps: transaction.on_commit(lambda: turn(steps)))
        REFUND.__dict__["entered"] = {**REFUND.entered, ExchangeStatus.TO_REFUND: later}
    while True:
        done = sweeps.sweep(limit=limit)
        if not done.acted + done.busy + done.failed:
            return
