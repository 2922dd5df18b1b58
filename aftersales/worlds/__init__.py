"""The worlds in which the state machines are explored: what stands here decides nothing and writes nothing.

`aftersale` is the world of an order, its request, their dispute and payment; `rules` is what must hold in it, and
`proving` asks. Everything here may know every app; nothing but a command and tests knows it.
"""

from .aftersale import Aftersale
from .proving import KNOWN, Report, prove
from .tables import Machines

__all__ = ["KNOWN", "Aftersale", "Machines", "Report", "prove"]
