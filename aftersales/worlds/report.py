"""What an exploration has to say."""

from dataclasses import dataclass

from aftersales.core.exploring import Finding


@dataclass(frozen=True, slots=True)
class Report:
    """What an exploration saw, what it found wrong, and what of that is known."""

    states: int
    moves: int
    edges: int
    findings: tuple[Finding, ...]
    known: tuple[Finding, ...]
