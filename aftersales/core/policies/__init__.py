"""Policy settings: every figure that a supervisor may change, versioned, with a date from which it holds.

What exists and its defaults are data (`definitions`); what was set stands in the table PolicyVersion. Services ask
`policies.get(key, shop_id=…)` and never hold a figure of their own.
"""

from .kinds import DAY, HOUR, Kind, PolicyDefinition
from .registry import definition, definitions, register
from .snapshot import FRESH_SECONDS, Figure, as_defined, duration, explain, flag, forget, get, number
from .versions import SET_POLICY, history
from .versions import version_add as set
from .versions import version_withdraw as withdraw

__all__ = [
    "DAY",
    "FRESH_SECONDS",
    "HOUR",
    "SET_POLICY",
    "Figure",
    "Kind",
    "PolicyDefinition",
    "as_defined",
    "definition",
    "definitions",
    "duration",
    "explain",
    "flag",
    "forget",
    "get",
    "history",
    "number",
    "register",
    "set",
    "withdraw",
]
