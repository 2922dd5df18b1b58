"""The amounts of one order: whether they agree with each other, and what was paid for each line (AMT-1). Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from django.utils.translation import gettext as _

from aftersales.core import money
from orders.states import OrderStatus

from . import cells
from .records import Record

REFUNDED = "退款成功"
WAITING, CLOSED = OrderStatus.WAIT_BUYER_PAY.value, OrderStatus.TRADE_CLOSED.value
LIST_PRICE_TOTAL = "买家实付金额"


class Settled(NamedTuple):
    """An order's amounts as they are stored, less what the platform has given back: `shares` are the lines' own."""

    paid: int
    postage: int
    refunded: int
    discounts: list[int]
    shares: list[int]


@dataclass(slots=True)
class LineAmounts:
    """The amounts of one row of the details, in fen; None where the file does not say."""

    record: Record
    price: int
    quantity: int
    payable: int | None
    paid: int | None
    refunded: int

    @classmethod
    def read(cls, record: Record) -> "LineAmounts":
        """Read the cells of a row of the details."""
        refunded = record.values["refund_status"] == REFUNDED
        return cls(
            record,
            record.get("price", cells.amount, 0, needed=True),
            record.get("quantity", cells.quantity, 1, needed=True),
            record.get("payable", cells.amount, None),
            record.get("paid", cells.amount, None),
            record.get("refunded", cells.amount, 0, needed=True) if refunded else 0,
        )

    @property
    def value(self) -> int:
        """Price times quantity."""
        return self.price * self.quantity


@dataclass(slots=True)
class OrderAmounts:
    """The amounts of one row of the list, in fen; None where the file does not say."""

    record: Record
    status: str
    goods: int | None
    postage: int
    total: int | None
    paid: int
    units: int | None

    @classmethod
    def read(cls, record: Record, status: str) -> "OrderAmounts":
        """Read the cells of a row of the list.

        Since the paid sum is headed 买家实付金额, 总金额 is the list price of the goods and adds up with nothing.
        """
        total = record.get("total", cells.amount, None)
        return cls(
            record,
            status,
            record.get("goods", cells.amount, None),
            record.get("postage", cells.amount, 0, needed=True),
            None if record.file.headers["paid"] == LIST_PRICE_TOTAL else total,
            record.get("paid", cells.amount, 0, needed=True),
            record.get("quantity", cells.quantity, None),
        )

    @property
    def waiting(self) -> bool:
        """Whether the buyer has still to pay; then the amounts are what is to be paid, as at registration."""
        return self.status == WAITING

    @property
    def never_paid(self) -> bool:
        """Whether the trade ended without money; then there is nothing to share and no postage."""
        return self.status == CLOSED and not self.paid

    def _due(self, lines: Sequence[LineAmounts]) -> int:
        return self.postage + (sum(line.value for line in lines) if self.goods is None else self.goods)

    def check(self, lines: Sequence[LineAmounts]) -> None:
        """Note amounts and counts that contradict each other."""
        value, units = sum(line.value for line in lines), sum(line.quantity for line in lines)
        if self.units is not None and self.units != units:
            text = _("The order has %(order)d units, its rows in the details %(lines)d: rows are missing or too many.")
            self.record.refuse("quantity", "units_differ", text % {"order": self.units, "lines": units})
        if self.goods is not None and self.total is not None and self.total != self.goods + self.postage:
            text = _("Goods %(goods)s and postage %(postage)s do not add up to the total %(total)s.")
            self._differ("total", text, goods=self.goods, postage=self.postage, total=self.total)
        if self.goods is not None and self.goods > value and self._payables(lines) is None:
            text = _("Price × quantity of the lines is %(value)s, less than the %(goods)s to be paid for goods.")
            self._differ("goods", text, value=value, goods=self.goods)
        due = self._due(lines)
        if self.waiting and self.paid:
            self._differ("paid", _("The order waits for payment, but %(paid)s were paid."), paid=self.paid)
        elif self.paid > due:
            text = _("Paid is %(paid)s, more than the %(due)s that goods and postage come to.")
            self._differ("paid", text, paid=self.paid, due=due)
        elif self.paid < self.postage and not (self.waiting or self.never_paid):
            text = _("Paid is %(paid)s, less than the postage %(postage)s.")
            self._differ("paid", text, paid=self.paid, postage=self.postage)
        if (refunded := sum(line.refunded for line in lines)) > self.paid:
            text = _("Given back is %(refunded)s, more than the %(paid)s that were paid.")
            self._differ("paid", text, refunded=refunded, paid=self.paid)

    def _differ(self, name: str, text: str, **amounts: int) -> None:
        self.record.refuse(name, "amounts_differ", text % {key: money.yuan(fen) for key, fen in amounts.items()})

    def _payables(self, lines: Sequence[LineAmounts]) -> list[int] | None:
        """What each line was to cost, where the details say so and it adds up."""
        known = [line.payable for line in lines if line.payable is not None]
        return known if len(known) == len(lines) and sum(known) == self.goods else None

    def settle(self, lines: Sequence[LineAmounts]) -> Settled:
        """Fix what was paid for each line, exact to the fen: with the postage it is what was paid (AMT-1).

        What the platform has given back before is taken off, from its line first, so that nobody can ask for it again.
        """
        values = [line.value for line in lines]
        payables = self._payables(lines) or (values if self.goods is None else money.split(self.goods, values))
        discounts = [max(0, value - payable) for value, payable in zip(values, payables, strict=True)]
        if self.never_paid:
            return Settled(0, 0, 0, discounts, [0] * len(lines))
        if self.waiting:
            return Settled(self._due(lines), self.postage, 0, discounts, payables)
        shares, postage = self._paid_shares(lines, payables), self.postage
        refunded = sum(line.refunded for line in lines)
        if refunded:
            shares, postage = _without_refunds(shares, postage, [line.refunded for line in lines])
        return Settled(self.paid - refunded, postage, refunded, discounts, shares)

    def _paid_shares(self, lines: Sequence[LineAmounts], payables: list[int]) -> list[int]:
        left = self.paid - self.postage
        known = [line.paid for line in lines if line.paid is not None]
        if len(known) == len(lines):
            if sum(known) == left:
                return known
            if sum(known) == self.paid:  # with the postage in them
                return money.split(left, known)
        return money.split(left, payables)


def _without_refunds(shares: list[int], postage: int, refunds: list[int]) -> tuple[list[int], int]:
    """Take refunds off: each from its own line, what is more from the postage, and the rest from what is left."""
    left = [max(0, share - refund) for share, refund in zip(shares, refunds, strict=True)]
    more = sum(refunds) - (sum(shares) - sum(left))
    off_postage = min(more, postage)
    off_lines = money.split(more - off_postage, left)
    return [share - off for share, off in zip(left, off_lines, strict=True)], postage - off_postage
