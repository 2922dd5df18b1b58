"""Orders and requests as plain Python: what domain.md says, written again without a database and without the tables.

Everything here is simple on purpose. It shares no code with the product; where the two differ, one of them is wrong.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from fractions import Fraction

DAY = timedelta(days=1)
FIRST_FOUR = ("WAIT_SELLER_AGREE", "WAIT_BUYER_RETURN_GOODS", "WAIT_SELLER_CONFIRM_GOODS", "SELLER_REFUSE_BUYER")
AGREE, RETURN, CONFIRM, REFUSED = FIRST_FOUR
TRANSFER, SUCCESS, CLOSED = "WAIT_SYSTEM_TRANSFER", "SUCCESS", "CLOSED"
SEND, PART, SHIPPED = "WAIT_SELLER_SEND_GOODS", "SELLER_CONSIGNED_PART", "WAIT_BUYER_CONFIRM_GOODS"
FINISHED, TRADE_CLOSED = "TRADE_FINISHED", "TRADE_CLOSED"


class NotPossible(Exception):
    """The model says that this step must be refused."""


def need(condition: bool) -> None:
    """Refuse unless."""
    if not condition:
        raise NotPossible


def share_out(total: int, weights: list[int]) -> list[int]:
    """Largest remainder, by fractions; of equal remainders the first."""
    whole = sum(weights)
    exact = [Fraction(total * weight, whole) if whole else Fraction(total, len(weights)) for weight in weights]
    shares = [int(one) for one in exact]
    by_rest = sorted(range(len(weights)), key=lambda n: (-(exact[n] - shares[n]), n))
    for n in by_rest[: total - sum(shares)]:
        shares[n] += 1
    return shares


@dataclass
class Clock:
    """A deadline: due at a moment, or standing still with what is left."""

    rule: str
    due: datetime
    left: timedelta | None = None

    def stop(self, now: datetime) -> None:
        if self.left is None:
            self.left = max(self.due - now, timedelta(0))

    def go(self, now: datetime) -> None:
        if self.left is not None:
            self.due, self.left = now + self.left, None

    def is_due(self, now: datetime) -> bool:
        return self.left is None and self.due <= now


@dataclass
class Line:
    """A line of an order."""

    share: int
    units: int
    seven_day: bool
    shipped: bool = False
    promised: int = 0
    refunded: int = 0
    gone: int = 0

    @property
    def left(self) -> int:
        return self.share - self.promised - self.refunded


@dataclass
class Wish:
    """What a buyer asks for. `way`: missing (never came), kept (has it, wants money), back (sends it back)."""

    way: str
    fault: bool
    units: dict[int, int]
    part: Fraction | None = None


@dataclass
class Order:
    """A paid order."""

    lines: list[Line]
    postage: int
    paid_at: datetime
    status: str = SEND
    late: bool = False
    ended: bool = False
    shipped_at: datetime | None = None
    finished_at: datetime | None = None
    clock: Clock | None = None
    requests: list["Request"] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.clock = Clock("TMO-15", self.paid_at + 2 * DAY)

    @property
    def paid(self) -> int:
        return sum(line.share for line in self.lines) + self.postage

    @property
    def open(self) -> list["Request"]:
        return [request for request in self.requests if request.status not in (SUCCESS, CLOSED)]

    def sums(self) -> tuple[int, int, int, int]:
        """Promised, refunded, postage given, open requests: from the requests, not kept beside them."""
        promised = sum(one.amount for one in self.requests if one.status == TRANSFER)
        refunded = sum(one.amount for one in self.requests if one.status == SUCCESS)
        postage = sum(one.postage for one in self.requests if one.status in (TRANSFER, SUCCESS))
        return promised, refunded, postage, len(self.open)

    def assess(self, wish: Wish, now: datetime, besides: "Request | None" = None) -> tuple[str, dict[int, int], int]:
        """Give flow, amounts and postage, or refuse."""
        need(self.status in (SEND, PART, SHIPPED, FINISHED))
        if self.status == FINISHED and besides is None:
            assert self.finished_at
            need(not self.ended and now < self.finished_at + 15 * DAY)
        others = [one for one in self.open if one is not besides]
        taken = {n for one in others for n in one.amounts}
        need(bool(wish.units) and not taken & wish.units.keys())
        need(all(n < len(self.lines) for n in wish.units))
        need(all(1 <= units <= self.lines[n].units - self.lines[n].gone for n, units in wish.units.items()))
        shipped = {self.lines[n].shipped for n in wish.units}
        need(len(shipped) == 1)
        flow = {"missing": "refund_only", "kept": "refund_only", "back": "return_refund"}[wish.way]
        if shipped == {False} and self.status != FINISHED:
            need(wish.way == "missing")
            flow = "unshipped"
        amounts = {}
        for n, units in wish.units.items():
            line = self.lines[n]
            singles = share_out(line.share, [1] * line.units)
            most = min(sum(singles[line.gone : line.gone + units]), line.left)
            part = wish.part if wish.way != "missing" else None
            amounts[n] = most if part is None else int(part * most)
        postage = self.postage - self.sums()[2] - sum(one.postage for one in others if one.status in FIRST_FOUR)
        with_units = wish.way != "kept"
        stays = any(
            line.units - line.gone > wish.units.get(n, 0)
            for n, line in enumerate(self.lines)
            if n not in taken and line.share  # what cost nothing may be kept
        )
        if postage <= 0 or stays or not with_units or (flow != "unshipped" and not wish.fault):
            postage = 0
        need(sum(amounts.values()) + postage > 0)
        return flow, amounts, postage

    def apply(self, wish: Wish, now: datetime) -> "Request":
        request = Request(self, wish, *self.assess(wish, now), created=now)
        self.requests.append(request)
        if self.clock and self.clock.rule == "TMO-10":
            self.clock.stop(now)
        request.wait_for_seller(now)
        return request

    def to_ship(self) -> list[int]:
        return [n for n, line in enumerate(self.lines) if not line.shipped and line.gone < line.units]

    def ship(self, chosen: list[int], now: datetime) -> None:
        """Ship the chosen lines, or all that are left; requests for them end."""
        left = self.to_ship()
        need(self.status in (SEND, PART) and bool(left) and set(chosen) <= set(left))
        going = chosen or left
        for request in self.open:
            if request.flow == "unshipped" and request.status == AGREE and request.amounts.keys() & set(going):
                request.end(CLOSED, now)
        for n in going:
            self.lines[n].shipped = True
        self.shipped_at = now
        self.go_on_to(SHIPPED if len(going) == len(left) else PART, now)

    def go_on_to(self, status: str, now: datetime) -> None:
        """Enter a state with its clock."""
        self.status = status
        self.clock = None
        if status == PART and not self.late:
            self.clock = Clock("TMO-15", self.paid_at + 2 * DAY)
        elif status == SHIPPED:
            assert self.shipped_at
            self.clock = Clock("TMO-10", self.shipped_at + 10 * DAY)
            if self.open:
                self.clock.stop(now)
        elif status == FINISHED:
            self.finished_at = now
            self.clock = Clock("TMO-8", now + 15 * DAY)

    def receive(self, close: bool, now: datetime) -> None:
        """Confirm receipt; with `close`, end the requests that can be ended."""
        need(self.status == SHIPPED)
        ending = [one for one in self.open if one.status in FIRST_FOUR] if close else []
        need(not any(one.disputed for one in ending) and len(self.open) == len(ending))
        for request in ending:
            request.end(CLOSED, now)
        self.go_on_to(FINISHED, now)

    def extend(self, days: int) -> None:
        need(self.status == SHIPPED and self.clock is not None)
        assert self.clock
        self.clock.due += days * DAY
        if self.clock.left is not None:
            self.clock.left += days * DAY

    def request_ended(self, now: datetime) -> None:
        if not self.open and self.status == SHIPPED and self.clock:
            self.clock.go(now)

    def money_moved(self, now: datetime) -> None:
        """Close what was given back whole; a rest that was given back counts as shipped."""
        if self.status in (SEND, PART, SHIPPED):
            whole = self.sums()[1] == self.paid or all(line.gone == line.units for line in self.lines if line.share)
            if whole and not self.open:
                self.status, self.clock = TRADE_CLOSED, None
            elif self.status == PART and not self.to_ship():
                self.go_on_to(SHIPPED, now)

    def acts(self, now: datetime) -> None:
        """What its own clock does."""
        assert self.clock
        rule, self.clock = self.clock.rule, None
        if rule == "TMO-15":
            self.late = True
        elif rule == "TMO-10":
            self.go_on_to(FINISHED, now)
        else:
            self.ended = True


@dataclass
class Request:
    """A buyer's request."""

    order: Order
    wish: Wish
    flow: str
    amounts: dict[int, int]
    postage: int
    created: datetime
    status: str = AGREE
    voided: bool = False
    disputed: bool = False
    sent_back: bool = False
    received_at: datetime | None = None
    overdue: bool = False
    payment: str = ""
    clock: Clock | None = None

    @property
    def amount(self) -> int:
        return sum(self.amounts.values()) + self.postage

    def _clock(self, rule: str, due: datetime, now: datetime) -> None:
        self.clock = Clock(rule, due)
        if self.disputed:
            self.clock.stop(now)

    def wait_for_seller(self, now: datetime) -> None:
        self.status = AGREE
        quick = self.wish.way != "missing" and all(self.order.lines[n].seven_day for n in self.amounts)
        if self.flow == "unshipped":
            rule, days = "TMO-1", 2
        elif quick:
            rule, days = "TMO-3", 3
        else:
            rule, days = ("TMO-4", 5) if self.flow == "return_refund" else ("TMO-2", 5)
        self._clock(rule, now + days * DAY, now)

    def modify(self, wish: Wish, now: datetime) -> None:
        need(self.status in (AGREE, REFUSED) and not self.disputed)
        need(not self.sent_back or wish.way == "back")
        self.flow, self.amounts, self.postage = self.order.assess(wish, now, besides=self)
        self.wish = wish
        if self.sent_back:
            self.goods_under_way(now)
        else:
            self.wait_for_seller(now)

    def goods_under_way(self, now: datetime) -> None:
        self.status, self.sent_back = CONFIRM, True
        self._clock("TMO-6", now + 10 * DAY, now)

    def end(self, status: str, now: datetime) -> None:
        self.status, self.clock, self.disputed = status, None, False
        self.order.request_ended(now)

    def cancel(self, now: datetime) -> None:
        need(self.status in FIRST_FOUR)
        self.end(CLOSED, now)

    def agree(self, amount: int | None, now: datetime, *, by_itself: bool = False) -> None:
        need(self.status in (AGREE, CONFIRM) and not self.disputed)
        need(by_itself or self.voided or self.flow != "unshipped" or self.status != AGREE)
        if amount is not None:
            self._reduce(amount)
        if self.status == AGREE and self.flow == "return_refund":
            self.status = RETURN
            self._clock("TMO-5", now + 7 * DAY, now)
        else:
            self.promise()

    def _reduce(self, amount: int) -> None:
        need(0 < amount <= self.amount)
        if amount < self.amount:
            *shares, self.postage = share_out(amount, [*self.amounts.values(), self.postage])
            self.amounts = dict(zip(self.amounts, shares, strict=True))

    def promise(self) -> None:
        self.status, self.payment, self.disputed, self.clock = TRANSFER, "promised", False, None
        for n, amount in self.amounts.items():
            self.order.lines[n].promised += amount
            self.order.lines[n].gone += self.wish.units[n] if self.wish.way != "kept" else 0
        if self.received_at and not self.overdue:
            self.clock = Clock("TMO-14", self.received_at + 7 * DAY)

    def refuse(self, now: datetime) -> None:
        need(not self.disputed)
        need(self.status == CONFIRM or (self.status == AGREE and self.flow != "unshipped"))
        self.status = REFUSED
        self._clock("TMO-7", now + 7 * DAY, now)

    def void(self) -> None:
        need(self.status == AGREE and self.flow == "unshipped" and not self.voided)
        self.voided = True

    def already_shipped(self, now: datetime) -> None:
        need(self.status == AGREE and self.flow == "unshipped" and not self.voided)
        lines = list(self.amounts)
        self.end(CLOSED, now)
        self.order.ship(lines, now)

    def send_back(self, now: datetime) -> None:
        need(self.status in (RETURN, CONFIRM))
        if self.status == RETURN:
            self.goods_under_way(now)

    def inspect(self, passed: bool, now: datetime) -> None:
        need(self.status == CONFIRM and not self.disputed)
        self.received_at = now
        if passed:
            self.promise()
        else:
            self.refuse(now)

    def dispute(self, now: datetime) -> None:
        need(self.status in FIRST_FOUR and not self.disputed)
        need(self.status == REFUSED or now - self.created >= 15 * DAY)
        self.disputed = True
        if self.clock:
            self.clock.stop(now)

    def decide(self, outcome: str, amount: int, now: datetime) -> None:
        need(self.disputed and self.status in FIRST_FOUR)
        if outcome == "seller":
            self.end(CLOSED, now)
            return
        if outcome == "partial":
            self._reduce(amount)
        self.promise()

    def settle(self, amount: int | None, now: datetime) -> None:
        need(self.disputed and self.status in FIRST_FOUR)
        if amount is None:
            self.disputed = False
            if self.clock:
                self.clock.go(now)
        else:
            self._reduce(amount)
            self.promise()

    def pay(self, step: str, now: datetime) -> None:
        """Send, fail or confirm the payment."""
        allowed = {"send": ("promised",), "fail": ("sent",), "confirm": ("sent", "failed")}[step]
        need(self.payment in allowed)
        self.payment = {"send": "sent", "fail": "failed", "confirm": "done"}[step]
        if step == "confirm":
            for n, amount in self.amounts.items():
                self.order.lines[n].promised -= amount
                self.order.lines[n].refunded += amount
            self.end(SUCCESS, now)
            self.order.money_moved(now)

    def acts(self, now: datetime) -> None:
        """What happens by itself."""
        assert self.clock
        rule = self.clock.rule
        if rule in ("TMO-5", "TMO-7"):
            self.end(CLOSED, now)
        elif rule == "TMO-14":
            self.overdue, self.clock = True, None
        else:
            self.agree(None, now, by_itself=True)
