"""What every provider's client keeps, and the words for what is known of a movement of money.

Clients are called outside of any transaction, with a number that was stored before. An answer that is not known is an
answer too: it is asked for again, never assumed.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

Status = Literal["done", "waiting", "failed", "unknown", "not_found"]
Fault = Literal["", "payee", "us", "data"]


@dataclass(frozen=True, slots=True)
class RefundRequest:
    """What a provider is told: its own number makes a repetition harmless. `amount_fen` in fen CNY."""

    payment_no: str
    order_no: str
    amount_fen: int
    sent_at: datetime


@dataclass(frozen=True, slots=True)
class TransferRequest:
    """Money to a payee's account: `transfer_no` is the provider's key of this attempt, stored before the call.

    `account` and `name` are in full here and nowhere else: a client must not log them (LAW-7).
    """

    transfer_no: str
    amount_fen: int
    account_type: Literal["alipay", "bank"]
    account: str
    name: str
    title: str
    remark: str
    sent_at: datetime


@dataclass(frozen=True, slots=True)
class Outcome:
    """What is known of a movement of money.

    `waiting`: accepted, not moved yet; `unknown`: no answer, so ask again; `not_found`: the provider has never heard of
    the number, so that the identical request may be sent again with the same number. `code` is the provider's own word,
    `fault` says whose data or account made it fail, `message` is for people.
    """

    status: Status
    reference: str = ""
    message: str = ""
    code: str = ""
    fault: Fault = ""


@dataclass(frozen=True, slots=True)
class Notice:
    """What a provider tells unasked, once its signature is checked: about which of our numbers, of which trade.

    `moved` is False only where it says that the money did not.
    """

    notice_id: str
    number: str
    order_no: str
    amount_fen: int | None
    moved: bool = True


class RefundGateway(Protocol):
    """A way to give money back. `answers` says whether `query` can learn anything."""

    @property
    def answers(self) -> bool:
        """Whether asking makes sense."""

    def refund(self, request: RefundRequest) -> Outcome:
        """Send the refund, at most once for a payment number. Raises: OSError without an answer."""

    def query(self, request: RefundRequest) -> Outcome:
        """Ask what came of a payment number. Raises: OSError without an answer."""


class TransferGateway(Protocol):
    """A way to pay somebody out. `answers` says whether `transfer_query` can learn anything."""

    @property
    def answers(self) -> bool:
        """Whether asking makes sense."""

    def transfer(self, request: TransferRequest) -> Outcome:
        """Send the money, at most once for a transfer number. Raises: OSError without an answer."""

    def transfer_query(self, request: TransferRequest) -> Outcome:
        """Ask what came of a transfer number. Raises: OSError without an answer."""
