"""Which playbook is in force."""

from .default import RULES
from .rules import Playbook, read

_DEFAULT = read(RULES)


def in_force() -> Playbook:
    """Give the playbook by which requests are judged now; no query."""
    return _DEFAULT
