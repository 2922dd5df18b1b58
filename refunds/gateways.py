"""How the money of a refund leaves: the protocol that every provider's client keeps, and the one that is a person.

Clients are called outside of any transaction, with a payment number that was stored before. An answer that is not
known is an answer too: it is asked for again, never assumed.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, Protocol

from django.conf import settings

from aftersales.core import clock


@dataclass(frozen=True, slots=True)
class RefundRequest:
    """What a provider is told: its own number makes a repetition harmless. `amount_fen` in fen CNY."""

    payment_no: str
    order_no: str
    amount_fen: int
    sent_at: datetime


@dataclass(frozen=True, slots=True)
class Outcome:
    """What is known of a payment. `waiting`: accepted, not moved yet; `unknown`: no answer, so ask again."""

    status: Literal["done", "waiting", "failed", "unknown", "not_found"]
    reference: str = ""
    message: str = ""


class RefundGateway(Protocol):
    """A way to give money back. `answers` says whether `query` can learn anything."""

    @property
    def answers(self) -> bool:
        """Whether asking makes sense."""

    def refund(self, request: RefundRequest) -> Outcome:
        """Send the refund, at most once for a payment number."""

    def query(self, request: RefundRequest) -> Outcome:
        """Ask what came of a payment number."""


@dataclass(frozen=True, slots=True)
class OfflineGateway:
    """Finance pays by hand and confirms with a reference, as shops without an interface do (RFD-3).

    With `confirm_after` nobody is waited for: the payment counts as done after that time.
    """

    confirm_after: timedelta | None = None

    @property
    def answers(self) -> bool:
        """Only a person knows, unless the time is enough."""
        return self.confirm_after is not None

    def refund(self, request: RefundRequest) -> Outcome:
        """Put the payment on finance's list: there is nothing to send."""
        return Outcome("waiting")

    def query(self, request: RefundRequest) -> Outcome:
        """Nobody can be asked; only the time, where that is enough."""
        if self.confirm_after is not None and clock.now() - request.sent_at >= self.confirm_after:
            return Outcome("done", reference=f"OFFLINE-{request.payment_no}")
        return Outcome("waiting")


def gateway_for(name: str) -> RefundGateway:
    """Give the client of a gateway by the name that payments carry. Raises: LookupError for one that is not there.

    `manual` is always a person; `offline` counts as paid after a time where the installation says so.
    """
    if name == "manual":
        return OfflineGateway()
    if name == "offline":
        seconds = settings.AFTERSALES["offline_auto_confirm_seconds"]
        return OfflineGateway(timedelta(seconds=seconds) if seconds is not None else None)
    raise LookupError(f"no refund gateway is called {name!r}")
