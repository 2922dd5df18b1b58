"""How a story is written down, and how it is played: what was bought and asked for, and what happened when.

The steps are a line of words, each with the hours after the application (or the order): `take 1, agree 3.5, pay 30`.
A word may carry more: `refuse:wrong_kind 5`. What is written is played by `Case`; what is not written is the clock's.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from aftersales.core import clock
from orders import services as orders
from orders.models.orders import Flag
from refunds.states import Kind

from . import (
    claims,
    complaints,
    enquiries,
    exchanges,
    feedback,
    invoices,
    missing,
    payouts,
    proposals,
    service,
    surveys,
    text,
    ticket_words,
    warranty,
)
from .case import Case
from .timeline import Story


@dataclass(frozen=True, slots=True)
class Told:
    """A story: in which shop, how many hours ago it was applied for (ordered, without a reason), and what happened.

    `lead` are the hours from the order to the application. `shopped` says how far the order was by then: paid, part,
    shipped, signed or finished. `cart` is how many different goods, or "bundle";
    `buyer` the number of one who comes again, -1 for anybody.
    """

    shop: str
    ago: float
    steps: str = ""
    reason: str = ""
    kind: str = Kind.REFUND_ONLY
    lead: float = 0
    shopped: str = "signed"
    received: bool = True
    part: float = 1
    count: int = 1
    cart: int | str = 1
    seven_day: bool = True
    surface: bool = False
    buyer: int = -1

    @property
    def begins(self) -> timedelta:
        """How long before the present it begins."""
        return timedelta(hours=self.ago + self.lead)


def play(case: Case, told: Told) -> Story:
    """Play a story from the order on."""
    start = clock.now()
    lead = timedelta(hours=told.lead)
    if told.reason:
        yield from _shop(case, told)
        yield start + lead
        case.apply(told.kind, told.reason, received=told.received, part=told.part, count=told.count)
    else:
        case.buy(paid="unpaid" not in told.steps)
    for hours, word, more in _steps(told.steps):
        yield start + lead + timedelta(hours=hours)
        if word == "talk":
            yield from case.talk()
        else:
            WORDS[word](case, more)
    if told.reason or "tk:" in told.steps:
        yield from surveys.heard(case)


def _shop(case: Case, told: Told) -> Story:
    """Order, ship, sign, confirm before the application. Shipping is in time (TMO-15) where it can be."""
    start, lead = clock.now(), timedelta(hours=told.lead)
    goods = case.bundle() if told.cart == "bundle" else case.choose(int(told.cart), seven_day=told.seven_day)
    case.buy(*goods, shipping="surface" if told.surface else "courier")
    if told.shopped == "paid":
        return
    yield start + min(lead * 0.25, timedelta(hours=case.rng.uniform(6, 40)))
    case.ship(*(["1"] if told.shopped == "part" else []))
    if told.shopped in ("signed", "finished"):
        yield start + lead * 0.7
        case.sign()
    if told.shopped == "finished":
        yield start + lead * 0.85
        case.confirm()


def _steps(line: str) -> list[tuple[float, str, str]]:
    found = []
    for step in line.split(","):
        if step.strip():
            word, hours = step.split()
            verb, _colon, more = word.partition(":")
            found.append((float(hours), verb, more))
    return found


def _modify(case: Case, more: str) -> None:
    kind, _slash, reason = more.partition("/")
    changes = {name: value for name, value in (("kind", kind), ("reason", reason)) if value}
    case.modify(**changes, pictures=case.of(text.PICTURES, case.refund.reason) if not changes else ())


def _again(case: Case, more: str) -> None:
    last = case.refund
    case.apply(last.kind, more or last.reason, received=last.goods_status == "received", count=1)


def _send_back(case: Case, more: str) -> None:
    carrier, _slash, number = more.partition("/")
    case.send_back(carrier, number)


def _settle_debt(case: Case, more: str) -> None:
    for note in case.order.notes.filter(flag=Flag.YELLOW, settled_at=None):
        orders.note_settle(note=note, actor=case.cast.warehouse)


WORDS: dict[str, Callable[[Case, str], object]] = {
    # the order
    "unpaid": lambda case, more: None,
    "close": lambda case, more: orders.order_close(order=case.order, actor=case.stage.buyer, note="超时未付款"),
    "pay_late": lambda case, more: case.pay_order(),
    "ship": lambda case, more: case.ship(*more),
    "ship_over": lambda case, more: case.ship(consented=more == "consented"),
    "sign": lambda case, more: case.sign(),
    "confirm": lambda case, more: case.confirm(),
    "note": lambda case, more: case.note(case.rng.choice(text.ORDER_NOTES), more),
    "owe": lambda case, more: case.owe(),
    "make_good": _settle_debt,
    "extend": lambda case, more: orders.order_extend_receipt(order=case.order, actor=case.agent),
    # the request
    "take": lambda case, more: case.take(),
    "hand_over": lambda case, more: case.hand_over(),
    "say": lambda case, more: case.say(case.rng.choice(text.BUYER_NUDGES)),
    "protest": lambda case, more: case.say(case.rng.choice(text.BUYER_AFTER_REFUSAL)),
    "answer": lambda case, more: case.answer(case.rng.choice(text.SELLER_ANSWERS)),
    "modify": _modify,
    "cancel": lambda case, more: case.cancel(),
    "again": _again,
    "agree": lambda case, more: case.agree(float(more) if more else 1),
    "refuse": lambda case, more: case.refuse(more),
    "void": lambda case, more: case.void(more or "voided"),
    "send_back": _send_back,
    "receive": lambda case, more: case.receive(passed=more != "fail"),
    # the money and the platform
    "pay": lambda case, more: case.pay(),
    "fail": lambda case, more: case.fail_payment(),
    "lose": lambda case, more: case.lose_payment(),
    "intervene": lambda case, more: case.intervene(),
    "defend": lambda case, more: case.defend(),
    "decide": lambda case, more: case.decide(*_outcome(more)),
    "settle": lambda case, more: case.settle(float(more) if more else None),
    "done": lambda case, more: case.tasks_done(),
    "not_there": lambda case, more: case.ask_for_money(),
    **payouts.WORDS,
    **claims.WORDS,
    **exchanges.WORDS,
    **proposals.WORDS,
    **enquiries.WORDS,
    **invoices.WORDS,
    **complaints.WORDS,
    **missing.WORDS,
    **warranty.WORDS,
    **service.WORDS,
    **feedback.WORDS,
    **ticket_words.WORDS,
}


def _outcome(more: str) -> tuple[str, float]:
    outcome, _slash, part = more.partition("/")
    return outcome, float(part or 1)
