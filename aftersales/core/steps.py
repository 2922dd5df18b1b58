"""A step under way: what `transitions` moves and `deadlines` plans for."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from .auth import Actor
from .machine import Edge


@dataclass(slots=True)
class Step:
    """One subject on its way along one edge: its tracked fields `before` as JSON values, its columns as they `was`."""

    subject: Any
    edge: Edge
    actor: Actor
    at: datetime
    note: str
    before: dict[str, Any]
    was: dict[str, Any]
    news: dict[str, Any] = field(default_factory=dict)
