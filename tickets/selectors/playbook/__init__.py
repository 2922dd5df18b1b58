"""The playbook (DEC): which steps to take for a request and what to recommend, as data with versions.

`facts` says what rules may ask of a case, `rules` how they are read and followed, `checking` what is wrong with them,
`default` is what comes with the program. The recommendation is shown, never forced.
"""

from .checking import faults
from .current import in_force
from .facts import QUESTIONS, Facts
from .rules import Playbook, Recommendation, Rule, Step, Words, read, recommend
from .words import BUTTONS, LOOKS, REPLIES, Action, Postage, Sign

__all__ = [
    "BUTTONS",
    "LOOKS",
    "QUESTIONS",
    "REPLIES",
    "Action",
    "Facts",
    "Playbook",
    "Postage",
    "Recommendation",
    "Rule",
    "Sign",
    "Step",
    "Words",
    "faults",
    "in_force",
    "read",
    "recommend",
]
