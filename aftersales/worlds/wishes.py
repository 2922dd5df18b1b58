"""What may be asked for, and with which details a step can be taken: few of each, one of every kind that matters."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from orders.states import OrderStatus
from refunds.services.assessing import why_no_request
from refunds.states import GOODS_KINDS, ExchangeStatus, Flow, GoodsStatus

from .stand_ins import KINDS, THEN, order_of
from .state import Request, Trade

X = ExchangeStatus
Wish = tuple[tuple[str, Any], ...]
NOTHING: Wish = ()


class Asked(NamedTuple):
    """What a buyer asks for; called, it judges a request that is modified, as the prepare wants it."""

    flow: str
    amount: int = 0
    fast: bool = False
    takes: bool = True

    @property
    def wants_goods(self) -> bool:
        """Whether goods are asked for, not money."""
        return KINDS[self.flow] in GOODS_KINDS

    def __call__(self, refund: Any) -> dict[str, Any]:
        """Give the fields of the request that follow."""
        return {
            "kind": KINDS[self.flow],
            "flow": self.flow,
            "fast": self.fast,
            "amount_fen": self.amount,
            "goods_status": GoodsStatus.NOT_RECEIVED if self.takes else GoodsStatus.RECEIVED,
        }

    def __str__(self) -> str:
        words = [self.flow, f"{self.amount} of 2" * bool(self.amount), "kept" * (not self.takes), "fast" * self.fast]
        return ", ".join(word for word in words if word)


def askings(trade: Trade) -> Iterator[Asked]:
    """Give what may be asked for the line now (APP-1…7): nothing for goods that were given back, or paid back.

    All that is left is asked for; a part of it comes by an agreement, a settlement or a decision.
    """
    if trade.gone:
        return
    if "a" not in trade.shipped and trade.status != OrderStatus.TRADE_FINISHED:
        if trade.left:
            yield Asked(str(Flow.UNSHIPPED), trade.left)
        return
    if not trade.left:
        return
    yield Asked(str(Flow.REFUND_ONLY), trade.left)
    for fast in (False, True):
        yield Asked(str(Flow.REFUND_ONLY), trade.left, fast, takes=False)
        yield Asked(str(Flow.RETURN_REFUND), trade.left, fast)
    yield Asked(str(Flow.EXCHANGE))
    yield Asked(str(Flow.RESHIP))


def may_apply(trade: Trade) -> bool:
    """Say whether the order takes a request at all; the rule that runs is asked (APP-4, TMO-8)."""
    return not trade.open_requests and why_no_request(order_of(trade)) is None


class Facts(NamedTuple):
    """What a step of a request looks at of its order: few facts, so that few steps have to be worked out.

    `askings` is what a change of the request may ask for, `can_turn` whether a refund of the line could be judged.
    """

    left: int
    shipped: bool
    can_turn: bool
    askings: tuple[Asked, ...]


def facts_of(trade: Trade) -> Facts:
    """Read them from the order; the rule that runs says whether it takes requests (its judgement reads a database)."""
    takes_requests = why_no_request(order_of(trade), THEN) is None
    return Facts(
        trade.left,
        "a" in trade.shipped,
        takes_requests and not trade.gone and trade.left > 0,
        tuple(askings(trade)) if takes_requests else (),
    )


def wishes(request: Request, facts: Facts, action: str, outcome: str, role: str) -> Iterator[Wish]:
    """Give the details with which somebody may take the step."""
    if action == "modify":
        yield from _modified(request, facts, outcome)
    elif action == "agree" and role != "system":
        yield from _agreed(request)
    elif outcome == "partial" or (action, outcome) == ("settle", "refund"):
        least = request.amount if request.flow == Flow.UNSHIPPED else 1
        for amount in range(request.amount, least - 1, -1):
            yield (("amount_fen", amount),)
    elif action == "refuse" or (action, outcome) == ("receive", "fail"):
        yield (("reason", "other"),)
    else:
        yield NOTHING


def _modified(request: Request, facts: Facts, outcome: str) -> Iterator[Wish]:
    now = Asked(request.flow)
    for asked in facts.askings:
        other_side = asked.wants_goods != now.wants_goods
        if other_side == (outcome == "kind") and (not request.goods_sent_back or asked.flow == request.flow):
            yield (("judge", asked),)


def _agreed(request: Request) -> Iterator[Wish]:
    if request.status == X.WAIT_SELLER_AGREE:
        for differs in (False, True):
            for first in (False, True) if request.flow == Flow.EXCHANGE else (False,):
                yield (("differs", differs), ("ships_first", first))
        return
    yield NOTHING
    if request.amount > 1 and request.flow != Flow.UNSHIPPED:
        yield (("amount_fen", 1),)


def said(wish: Wish) -> str:
    """Name the details in a trace."""
    words = [
        {"judge": str(value), "differs": "with a difference", "ships_first": "to be sent first"}.get(
            name, f"{value} of 2" if name == "amount_fen" else ""
        )
        for name, value in wish
        if value
    ]
    return ", ".join(word for word in words if word)
