"""The state of the world: an order, the request for its first line, their dispute and payments.

Fields are those that conditions, guards and prepares look at, each with as few values as tell them apart; sums are
counted in halves of what the first line cost. What nothing reads any more is forgotten, so that states are few.
"""

from typing import NamedTuple

PAID = 2
"""What was paid for the line that requests are for: there is a whole and a part of it."""


LINES = "abc"
"""The lines of a large order; requests are for the first."""


class Trade(NamedTuple):
    """The order: how many `lines` it has, which of them `shipped`, whether the first is `gone` (given back).

    `held`: the receiving period stands still; `news`: that it was shipped is not heard yet.
    """

    status: str
    lines: int = 1
    shipped: str = ""
    gone: bool = False
    promised: int = 0
    refunded: int = 0
    open_requests: int = 0
    is_late: bool = False
    aftersale_ended: bool = False
    held: bool = False
    news: bool = False

    @property
    def left(self) -> int:
        """What may still be given back."""
        return PAID - self.promised - self.refunded

    @property
    def to_ship(self) -> str:
        """The lines that have not left and were not given back."""
        every = LINES[: self.lines]
        return "".join(line for line in every if line not in self.shipped and not (line == "a" and self.gone))


class Request(NamedTuple):
    """A request. `waited`: the time is over after which either side may ask the platform; `still`: its clocks stand."""

    status: str
    flow: str
    fast: bool = False
    amount: int = 0
    takes: bool = True
    waited: bool = False
    in_dispute: bool = False
    still: bool = False
    void_result: str = ""
    goods_sent_back: bool = False
    received: bool = False
    marked_overdue: bool = False
    ships_first: bool = False
    differs: bool = False
    settled: bool = False
    trouble: str = ""


class Payment(NamedTuple):
    """A refund payment. `provider`: what became of it there; `asked`: somebody asks; `by_hand`: made good otherwise.

    `to_ask`: it went to a provider who can be asked; `reported`: finance said that it has not moved.
    """

    status: str
    amount: int
    provider: str = ""
    asked: bool = False
    by_hand: bool = False
    reported: bool = False
    to_ask: bool = True

    @property
    def moved(self) -> int:
        """How often the buyer got this money."""
        return (self.provider == "moved") + self.by_hand


class State(NamedTuple):
    """The world. `requests` are the request and, before it, the exchange that it was; payments are of the last one.

    `dispute_late`: the platform's time is over.
    """

    trade: Trade
    requests: tuple[Request, ...] = ()
    dispute: str = ""
    payments: tuple[Payment, ...] = ()
    dispute_late: bool = False

    def __str__(self) -> str:
        parts = [self.trade.status, *(request.status for request in self.requests), self.dispute]
        return " + ".join(part for part in (*parts, *(f"payment {one.status}" for one in self.payments)) if part)
