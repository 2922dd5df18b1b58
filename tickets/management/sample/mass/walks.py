"""A subject on its way through its state machine, as log rows: what `core.transitions` would have written.

Only steps of the edge table can be taken, so made-up histories stay possible ones.
"""

from datetime import UTC, datetime
from typing import Any

from aftersales.core.machine import Machine

from .sheets import Sheet

Who = tuple[str, int | None, str]
LOG_COLUMNS = (
    "subject_type subject_id version shop_id at actor_kind actor_id actor_name"
    " action from_status to_status note changes"
)


_known: dict[str, frozenset[tuple[str, str, str]]] = {}


def _steps(machine: Machine) -> frozenset[tuple[str, str, str]]:
    """Give every step as its name with where it leads from and to."""
    if machine.name not in _known:
        _known[machine.name] = frozenset((edge.name, str(edge.source), str(edge.target)) for edge in machine.edges)
    return _known[machine.name]


class Walk:
    """One subject: its tracked fields now, its version, when it moved last and by whom."""

    __slots__ = ("_log", "_machine", "_steps", "at", "now", "pk", "shop_id", "version", "who")

    def __init__(self, machine: Machine, log: Sheet, pk: int, shop_id: int, **fields: Any) -> None:
        self._machine, self._log, self.pk, self.shop_id = machine, log, pk, shop_id
        self._steps = _steps(machine)
        self.now: dict[str, Any] = {name: fields[name] for name in machine.tracked if name != "status"}
        self.now["status"] = ""
        self.version = 0
        self.at: datetime | None = None
        self.who: Who | None = None

    @property
    def status(self) -> str:
        """The status now."""
        return str(self.now["status"])

    def step(self, at: datetime, who: Who, action: str, to: str = "", note: str = "", **changes: Any) -> None:
        """Take a step; without `to` the status stays. Raises: ValueError for one that the machine does not have."""
        before, target = self.now["status"], to or self.now["status"]
        if (action, before, target) not in self._steps:
            raise ValueError(f"{self._machine.name}: {action} from {before!r} to {target!r}")
        changes["status"] = target
        self.now |= changes
        if self.version and target == before:
            del changes["status"]
        shown = changes if self.version else self.now
        changed = {name: _plain(value) for name, value in shown.items()}
        self.version += 1
        self.at, self.who = at, who
        self._log.add(
            self._machine.name, self.pk, self.version, self.shop_id, at, *who, action, before, target, note, changed
        )


def _plain(value: Any) -> Any:
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else value
