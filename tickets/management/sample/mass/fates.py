"""What becomes of very many orders: the fates, how often each comes, and how it is written down.

About three orders in ten have a request, and of the requests one in twenty is open, as in a shop that keeps up.
"""

import random
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from refunds.states import Flow, Reason

from .book import TIMEOUT, Book, Request, Seller, Trade

H = timedelta(hours=1)
DAY = timedelta(days=1)
R = Reason
FEW_MINUTES = 5
"""Over so many minutes before the present the requests that are due are spread."""

_BEFORE = (R.NO_LONGER_WANTED, R.ORDERED_BY_MISTAKE, R.NOT_SHIPPED_IN_TIME, R.OUT_OF_STOCK)
_KEPT = (R.QUALITY, R.DAMAGED, R.WRONG_OR_MISSING, R.NOT_AS_DESCRIBED, R.PRICE_DIFFERENCE)
_BACK = (R.QUALITY, R.NOT_AS_DESCRIBED, R.DAMAGED, R.WRONG_OR_MISSING, R.NO_LONGER_WANTED)
PERIODS = {"TMO-1": 48 * H, "TMO-2": 5 * DAY, "TMO-3": 3 * DAY, "TMO-4": 5 * DAY}


class Teller:
    """Makes the orders of one batch. Keys and numbers come from iterators, reserved before."""

    def __init__(
        self,
        book: Book,
        rng: random.Random,
        *,
        days: int,
        line_pks: Iterator[int],
        refund_pks: Iterator[int],
        refund_nos: Iterator[int],
        payment_pks: Iterator[int],
        payment_nos: Iterator[int],
    ) -> None:
        self.book, self.rng, self.now, self.days = book, rng, book.now, days
        self.line_pks, self.refund_pks, self.refund_nos = line_pks, refund_pks, refund_nos
        self.payment_pks, self.payment_nos = payment_pks, payment_nos
        self.fates, self.weights = zip(*FATES, strict=True)

    def tell(self, seller: Seller, pk: int) -> None:
        """Make one order of whatever fate."""
        [fate] = self.rng.choices(self.fates, self.weights)
        fate(self, seller, pk)

    def tell_due(self, seller: Seller, pk: int) -> None:
        """Make one order with a request whose deadline has just passed."""
        past = timedelta(seconds=self.rng.randrange(1, FEW_MINUTES * 60))
        if self.rng.random() < 0.4:
            trade = self.trade(seller, pk, self.now - 50 * H - past)
            trade.register()
            request = self.request(trade, Flow.UNSHIPPED, self.now - 48 * H - past)
        else:
            flow = Flow.RETURN_REFUND if self.rng.random() < 0.6 else Flow.REFUND_ONLY
            trade = self.shipped(seller, pk, self.now - 10 * DAY - past)
            # Which time the seller has is known when the goods are.
            fast = trade.goods[0][1].seven_day
            period = PERIODS["TMO-3" if fast else "TMO-4"]
            request = self.request(trade, flow, self.now - period - past)
        request.wait(request.answer_rule)
        request.write()
        trade.write()

    # ------------------------------------------------------------------------------------------------------------------

    def trade(self, seller: Seller, pk: int, at: datetime) -> Trade:
        """Begin an order."""
        keys = [next(self.line_pks) for _line in range(self.rng.choice((1, 1, 1, 2)))]
        return Trade(self.book, seller, self.rng, pk, keys, at)

    def shipped(self, seller: Seller, pk: int, at: datetime) -> Trade:
        """Order, ship, sign within four days."""
        trade = self.trade(seller, pk, at)
        trade.register()
        trade.ship(at + self.hours(4, 40))
        trade.sign(at + self.hours(60, 96))
        return trade

    def request(self, trade: Trade, flow: Flow, at: datetime, part: float = 1) -> Request:
        """Apply."""
        reasons = {Flow.UNSHIPPED: _BEFORE, Flow.REFUND_ONLY: _KEPT}.get(flow, _BACK)
        return Request(trade, next(self.refund_pks), next(self.refund_nos), flow, self.rng.choice(reasons), at, part)

    def promise(self, request: Request) -> None:
        """Promise and send the money of a request that was agreed in its last step."""
        request.promise(next(self.payment_pks), next(self.payment_nos))

    def hours(self, least: float, most: float) -> timedelta:
        """Choose a time."""
        return timedelta(seconds=round(self.rng.uniform(least, most) * 3600))

    def long_ago(self) -> datetime:
        """Choose a moment from which everything is over."""
        return self.now - self.hours(40 * 24, self.days * 24)


# Orders without a request ---------------------------------------------------------------------------------------------


def unpaid(t: Teller, seller: Seller, pk: int) -> None:
    """Waits for payment."""
    trade = t.trade(seller, pk, t.now - t.hours(0.1, 20))
    trade.register(paid=False)
    trade.write()


def never_paid(t: Teller, seller: Seller, pk: int) -> None:
    """Closed without payment."""
    trade = t.trade(seller, pk, t.long_ago())
    trade.register(paid=False)
    trade.walk.step(trade.created_at + DAY, seller.front, "close", "TRADE_CLOSED", "超时未付款")
    trade.write()


def to_ship(t: Teller, seller: Seller, pk: int) -> None:
    """Waits to be shipped."""
    trade = t.trade(seller, pk, t.now - t.hours(0.1, 47))
    trade.register()
    trade.write()


def under_way(t: Teller, seller: Seller, pk: int) -> None:
    """Shipped, not confirmed."""
    trade = t.trade(seller, pk, t.now - t.hours(42, 9 * 24))
    trade.register()
    trade.ship(trade.created_at + t.hours(4, 40))
    trade.write()


def finished(t: Teller, seller: Seller, pk: int) -> None:
    """Finished, the buyer may still apply."""
    trade = t.shipped(seller, pk, t.now - t.hours(6 * 24, 19 * 24))
    trade.finish(trade.created_at + t.hours(100, 140))
    trade.write()


def over(t: Teller, seller: Seller, pk: int) -> None:
    """Finished long ago, by the buyer or by itself."""
    trade = t.shipped(seller, pk, t.long_ago())
    shipped = trade.walk.now["shipped_at"]
    if t.rng.random() < 0.5:
        trade.finish(trade.created_at + t.hours(100, 190))
    else:
        trade.finish(shipped + 10 * DAY + timedelta(seconds=1), TIMEOUT)
    trade.write()


# Requests that are over -----------------------------------------------------------------------------------------------


def refunded_before_shipment(t: Teller, seller: Seller, pk: int) -> None:
    """Voided, agreed, paid; the trade is closed."""
    trade = t.trade(seller, pk, t.long_ago())
    trade.register()
    request = t.request(trade, Flow.UNSHIPPED, trade.created_at + t.hours(1, 20))
    request.walk.step(request.at + 3 * H, seller.warehouse, "void_result_voided", void_result="voided")
    request.walk.step(request.at + 4 * H, request.agent, "agree", "WAIT_SYSTEM_TRANSFER")
    t.promise(request)
    request.pay(request.at + 6 * H)
    request.write()
    trade.write()


def refunded_in_part(t: Teller, seller: Seller, pk: int) -> None:
    """The buyer keeps the goods and gets some money back; later the trade is finished."""
    trade = t.shipped(seller, pk, t.long_ago())
    request = t.request(trade, Flow.REFUND_ONLY, trade.created_at + t.hours(97, 150), t.rng.uniform(0.05, 0.5))
    request.walk.step(request.at + t.hours(1, 40), request.agent, "agree", "WAIT_SYSTEM_TRANSFER")
    t.promise(request)
    assert request.walk.at is not None
    request.pay(request.walk.at + t.hours(1, 20))
    request.write()
    trade.finish(request.at + 6 * DAY)
    trade.write()


def returned(t: Teller, seller: Seller, pk: int) -> None:
    """Sent back, inspected, paid; after the trade was finished, or before."""
    trade = t.shipped(seller, pk, t.long_ago())
    after = t.rng.random() < 0.25
    if after:
        trade.finish(trade.created_at + t.hours(98, 120))
    request = t.request(trade, Flow.RETURN_REFUND, trade.created_at + t.hours(121, 180))
    _come_back(t, request)
    _receive(t, request)
    t.promise(request)
    assert request.walk.at is not None
    request.pay(request.walk.at + t.hours(1, 20))
    request.write()
    if trade.walk.status == "WAIT_BUYER_CONFIRM_GOODS":
        trade.finish(request.at + 14 * DAY)
    trade.write()


def _come_back(t: Teller, request: Request) -> None:
    request.walk.step(request.at + t.hours(1, 20), request.agent, "agree", "WAIT_BUYER_RETURN_GOODS")
    at = request.at + t.hours(24, 72)
    number = f"YT{request.pk:013d}"
    front = request.trade.seller.front
    request.walk.step(
        at, front, "return_shipment", "WAIT_SELLER_CONFIRM_GOODS", f"yuantong {number}", goods_sent_back=True
    )
    t.book.shipments.add(request.pk, number, at)
    request.sent_back = number, at


def _receive(t: Teller, request: Request) -> None:
    at, who = request.at + t.hours(90, 150), request.trade.seller.warehouse
    request.walk.step(at, who, "receive_pass", "WAIT_SYSTEM_TRANSFER", "包装完好，数量相符。", received_at=at)
    t.book.inspections.add(request.pk, True, "包装完好，数量相符。", who[2], who[1], at)


def cancelled(t: Teller, seller: Seller, pk: int) -> None:
    """Withdrawn by the buyer."""
    trade = t.shipped(seller, pk, t.long_ago())
    request = t.request(trade, Flow.RETURN_REFUND, trade.created_at + t.hours(97, 150))
    _close(request, request.at + t.hours(1, 60), seller.front, "cancel")
    trade.finish(request.at + 8 * DAY)
    trade.write()


def refused(t: Teller, seller: Seller, pk: int) -> None:
    """Refused, and closed by itself after a week."""
    trade = t.shipped(seller, pk, t.long_ago())
    request = t.request(trade, Flow.REFUND_ONLY, trade.created_at + t.hours(97, 150))
    _refuse(t, request)
    assert request.walk.at is not None
    _close(request, request.walk.at + 7 * DAY + timedelta(seconds=1), TIMEOUT, "expire")
    trade.finish(request.at + 14 * DAY)
    trade.write()


def _refuse(t: Teller, request: Request) -> None:
    words = "亲，图片看不清问题在哪里，请补充清晰照片。"
    request.walk.step(request.at + t.hours(1, 40), request.agent, "refuse", "SELLER_REFUSE_BUYER", words, refusals=1)


def _close(request: Request, at: datetime, who: tuple[str, int | None, str], action: str) -> None:
    request.walk.step(at, who, action, "CLOSED")
    request.finished_at = at
    request.write()


# Requests that are open -----------------------------------------------------------------------------------------------


def _open(t: Teller, request: Request, rule: str) -> None:
    request.wait(rule)
    request.write()
    request.trade.write()


def asks_before_shipment(t: Teller, seller: Seller, pk: int) -> None:
    """Waits for the warehouse and the agent."""
    trade = t.trade(seller, pk, t.now - t.hours(6, 53))
    trade.register()
    at = max(trade.created_at + t.hours(0.5, 5), t.now - 47 * H)
    _open(t, t.request(trade, Flow.UNSHIPPED, at), "TMO-1")


def asks_for_money(t: Teller, seller: Seller, pk: int) -> None:
    """Keeps the goods, waits for the seller."""
    trade = t.shipped(seller, pk, t.now - t.hours(97, 165))
    request = t.request(trade, Flow.REFUND_ONLY, max(trade.created_at + 97 * H, t.now - 71 * H), 0.4)
    _open(t, request, request.answer_rule)


def asks_to_return(t: Teller, seller: Seller, pk: int) -> None:
    """Wants to send back, waits for the seller."""
    trade = t.shipped(seller, pk, t.now - t.hours(97, 165))
    request = t.request(trade, Flow.RETURN_REFUND, max(trade.created_at + 97 * H, t.now - 71 * H))
    _open(t, request, request.answer_rule)


def sends_back(t: Teller, seller: Seller, pk: int) -> None:
    """Agreed; the buyer has to send."""
    trade = t.shipped(seller, pk, t.now - t.hours(120, 230))
    request = t.request(trade, Flow.RETURN_REFUND, trade.created_at + 97 * H)
    request.walk.step(request.at + H, request.agent, "agree", "WAIT_BUYER_RETURN_GOODS")
    _open(t, request, "TMO-5")


def comes_back(t: Teller, seller: Seller, pk: int) -> None:
    """On its way to the warehouse."""
    trade = t.shipped(seller, pk, t.now - t.hours(172, 330))
    request = t.request(trade, Flow.RETURN_REFUND, trade.created_at + 97 * H)
    _come_back(t, request)
    _open(t, request, "TMO-6")


def is_refused(t: Teller, seller: Seller, pk: int) -> None:
    """Refused; the buyer has to answer."""
    trade = t.shipped(seller, pk, t.now - t.hours(140, 260))
    request = t.request(trade, Flow.REFUND_ONLY, trade.created_at + 97 * H)
    _refuse(t, request)
    _open(t, request, "TMO-7")


def is_being_paid(t: Teller, seller: Seller, pk: int) -> None:
    """Agreed before shipment; finance has not confirmed yet."""
    trade = t.trade(seller, pk, t.now - t.hours(20, 40))
    trade.register()
    request = t.request(trade, Flow.UNSHIPPED, trade.created_at + t.hours(1, 10))
    request.walk.step(request.at + 2 * H, seller.warehouse, "void_result_voided", void_result="voided")
    request.walk.step(request.at + 3 * H, request.agent, "agree", "WAIT_SYSTEM_TRANSFER")
    t.promise(request)
    request.write()
    trade.write()


Fate = Callable[[Teller, Seller, int], None]
FATES: tuple[tuple[Fate, float], ...] = (
    (unpaid, 0.6),
    (never_paid, 3.0),
    (to_ship, 1.4),
    (under_way, 4.0),
    (finished, 6.0),
    (over, 55.0),
    (refunded_before_shipment, 6.0),
    (refunded_in_part, 5.0),
    (returned, 11.0),
    (cancelled, 4.0),
    (refused, 2.5),
    (asks_before_shipment, 0.2),
    (asks_for_money, 0.25),
    (asks_to_return, 0.35),
    (sends_back, 0.2),
    (comes_back, 0.25),
    (is_refused, 0.15),
    (is_being_paid, 0.1),
)
"""The fates and how often each comes, in percent."""
