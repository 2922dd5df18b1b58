"""What the logistics app does when a request moves or when it hears news."""

from aftersales.core.steps import Step

from . import services


def refunds_moved(steps: list[Step]) -> None:
    """Settle the lines of void lists, in the very transaction of the step (VOI-2, VOI-4)."""
    services.void_lines_settle(steps)
