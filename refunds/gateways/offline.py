"""The provider that is a person: finance pays by hand and confirms with a reference, as many shops do."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from aftersales.core import clock

from .protocol import Outcome, RefundRequest, TransferRequest


@dataclass(frozen=True, slots=True)
class OfflineGateway:
    """Puts money on finance's list and waits (RFD-3).

    With `confirm_after` nobody is waited for: the money counts as moved after that time.
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
        return self._after_a_while(request.payment_no, request.sent_at)

    def transfer(self, request: TransferRequest) -> Outcome:
        """Put the payout on finance's list: there is nothing to send."""
        return Outcome("waiting")

    def transfer_query(self, request: TransferRequest) -> Outcome:
        """Nobody can be asked; only the time, where that is enough."""
        return self._after_a_while(request.transfer_no, request.sent_at)

    def _after_a_while(self, number: str, sent_at: datetime) -> Outcome:
        if self.confirm_after is not None and clock.now() - sent_at >= self.confirm_after:
            return Outcome("done", reference=f"OFFLINE-{number}")
        return Outcome("waiting")
