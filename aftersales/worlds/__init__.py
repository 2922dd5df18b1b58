"""The worlds in which the state machines are explored: what stands here decides nothing and writes nothing.

`aftersale` is the world of an order, its request, their dispute and payment; `rules` is what must hold in it, and
`proving` asks. `payouts` is the world of a payout, which has nothing to do with the others. Everything here may know
every app; nothing but a command and tests knows it.
"""

from .aftersale import Aftersale
from .payouts import prove_payouts
from .proving import KNOWN, prove
from .report import Report
from .tables import Machines

__all__ = ["KNOWN", "Aftersale", "Machines", "Report", "prove", "prove_payouts"]
