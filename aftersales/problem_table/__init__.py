"""Every kind of problem that a caller is told, once: its status, what happened, what to do, the rules behind it.

The page of each is where the `type` of a problem document leads. A test finds a code that is raised anywhere and is
missing here.
"""

from aftersales.core import problem_kinds

from . import calls, cases, work


def register() -> None:
    """Give every code its page. Called from the wiring, once."""
    problem_kinds.register(*calls.KINDS, *cases.KINDS, *work.KINDS)
